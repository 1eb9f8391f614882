//! The host stays as it was: its allocator serves it alone.

mod common;

use common::{cache, noise};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void, CStr};

/// Counts what each thread allocates, in bytes.
struct Counter;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the allocator of the system does the work.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get() + layout.size());
        // SAFETY: as the caller says.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as the caller says.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTER: Counter = Counter;

fn allocated_by(run: impl FnOnce()) -> usize {
    let before = ALLOCATED.get();
    run();
    ALLOCATED.get() - before
}

#[test]
fn the_cache_takes_nothing_of_the_allocator_of_the_program() {
    let cache = cache();
    let values: Vec<_> = (0..10_000).map(|i| noise(1000, i)).collect();
    let put = allocated_by(|| {
        for (i, value) in (0_u32..).zip(&values) {
            cache.put(i.to_ne_bytes(), value).unwrap();
        }
    });
    assert_eq!(put, 0);
    assert!(cache.stats().unwrap().held_bytes > 10_000_000);

    let mut buffer = Vec::with_capacity(1000);
    let mut batch = brisk::Batch::new();
    let names: Vec<_> = (0..100_u32).map(u32::to_ne_bytes).collect();
    cache.read_many(&names, &mut batch).unwrap();
    let read = allocated_by(|| {
        for name in &names {
            assert!(cache.read(name, &mut buffer).unwrap());
            assert_eq!(cache.read_into(name, &mut []).unwrap(), Some(1000));
            assert!(cache.get(name).unwrap().is_some());
            assert!(cache
                .get_or_load(name, || Err::<&str, _>("not called"))
                .is_ok());
        }
        cache.read_many(&names, &mut batch).unwrap();
    });
    assert_eq!(read, 0, "a hit allocates nothing");
    assert!(
        allocated_by(|| drop(cache.get_many(&names).unwrap())) > 0,
        "the counter counts"
    );

    assert!(
        file_of("malloc\0").contains("libc.so"),
        "{}",
        file_of("malloc\0")
    );
    assert!(file_of("brisk_version\0").contains("libbrisk.so"));
}

#[repr(C)]
struct Symbol {
    file: *const c_char,
    base: *mut c_void,
    name: *const c_char,
    address: *mut c_void,
}

extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dladdr(address: *const c_void, symbol: *mut Symbol) -> c_int;
}

/// The file that a symbol of this process comes from.
fn file_of(name: &str) -> String {
    let mut symbol = std::mem::MaybeUninit::<Symbol>::uninit();
    // SAFETY: the name ends in NUL, NULL stands for the whole process, and dladdr fills in the
    // place that it is given when it finds the address.
    unsafe {
        let address = dlsym(std::ptr::null_mut(), name.as_ptr().cast());
        assert_ne!(dladdr(address, symbol.as_mut_ptr()), 0);
        CStr::from_ptr(symbol.assume_init().file)
            .to_string_lossy()
            .into_owned()
    }
}
