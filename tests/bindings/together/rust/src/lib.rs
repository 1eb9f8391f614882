//! A guest in Rust: it finds the host's cache by name, and reads, writes and loads there.
use std::ffi::{c_char, c_int, CStr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::{thread, time::Duration};

static LOADS: AtomicI64 = AtomicI64::new(0);

unsafe fn text<'a>(pointer: *const c_char) -> &'a str {
    // SAFETY: the host hands in C strings that live as long as the call.
    unsafe { CStr::from_ptr(pointer) }.to_str().unwrap()
}

fn shared(name: &str) -> brisk::Cache {
    brisk::Cache::find(name)
        .unwrap()
        .expect("the host has this cache")
}

/// Loads a key, slowly; returns the size of its value, or the negative status.
///
/// # Safety
/// `name` and `key` are C strings, `out` has room for `capacity` bytes.
#[no_mangle]
pub unsafe extern "C" fn guest_load(
    name: *const c_char,
    key: *const c_char,
    out: *mut u8,
    capacity: usize,
) -> c_int {
    // SAFETY: as this function asks of its caller.
    let (name, key) = unsafe { (text(name), text(key)) };
    let value = shared(name).get_or_load(key, || {
        LOADS.fetch_add(1, Ordering::Relaxed);
        thread::sleep(Duration::from_millis(2));
        Ok::<_, brisk::Error>(format!("rust made {key}"))
    });
    let value = value.unwrap();
    assert!(value.len() <= capacity);
    // SAFETY: there is room, as was just checked.
    unsafe { out.copy_from_nonoverlapping(value.as_ptr(), value.len()) };
    value.len() as c_int
}

/// How many loaders ran here.
#[no_mangle]
pub extern "C" fn guest_loads() -> i64 {
    LOADS.load(Ordering::Relaxed)
}

/// Puts `rust` under key; returns 0, or the status of the error.
///
/// # Safety
/// `name` and `key` are C strings.
#[no_mangle]
pub unsafe extern "C" fn guest_put(name: *const c_char, key: *const c_char) -> c_int {
    // SAFETY: as this function asks of its caller.
    let (name, key) = unsafe { (text(name), text(key)) };
    match brisk::Cache::find(name) {
        Ok(Some(cache)) => cache
            .put(key, "rust")
            .map_or_else(|error| error.status(), |_| 0),
        Ok(None) => 1,
        Err(error) => error.status(),
    }
}
