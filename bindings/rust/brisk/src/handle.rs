//! Handles: one reference to an object of the C interface, released when it is dropped.

use std::{fmt, ptr::NonNull};

use brisk_sys::*;

/// An object that is released by its owners.
///
/// # Safety
/// `unref` releases one reference, on any thread, and never fails.
pub(crate) unsafe trait Object {
    unsafe fn unref(raw: *mut Self);
}

/// An object that counts its references and may be used from many threads at once.
///
/// # Safety
/// `add_ref` adds one reference to a live object, on any thread.
pub(crate) unsafe trait Shared: Object {
    unsafe fn add_ref(raw: *mut Self);
}

macro_rules! object {
    ($type:ident, $unref:ident) => {
        // SAFETY: rule 3 of base.h.
        unsafe impl Object for $type {
            #[inline]
            unsafe fn unref(raw: *mut Self) {
                // SAFETY: as the caller says.
                unsafe { $unref(raw) }
            }
        }
    };
    ($type:ident, $unref:ident, $ref:ident) => {
        object!($type, $unref);
        // SAFETY: rule 3 of base.h.
        unsafe impl Shared for $type {
            #[inline]
            unsafe fn add_ref(raw: *mut Self) {
                // SAFETY: as the caller says.
                unsafe { $ref(raw) };
            }
        }
    };
}

object!(brisk_batch, brisk_batch_unref, brisk_batch_ref);
object!(brisk_cache, brisk_cache_unref, brisk_cache_ref);
object!(
    brisk_completions,
    brisk_completions_unref,
    brisk_completions_ref
);
object!(brisk_cursor, brisk_cursor_unref);
object!(brisk_intern, brisk_intern_unref, brisk_intern_ref);
object!(brisk_lease, brisk_lease_unref, brisk_lease_ref);
object!(brisk_limiter, brisk_limiter_unref, brisk_limiter_ref);
object!(brisk_modules, brisk_modules_unref, brisk_modules_ref);
object!(
    brisk_module_report,
    brisk_module_report_unref,
    brisk_module_report_ref
);
object!(brisk_runtime, brisk_runtime_unref, brisk_runtime_ref);
object!(brisk_task, brisk_task_unref, brisk_task_ref);
object!(brisk_token, brisk_token_unref, brisk_token_ref);
object!(brisk_value, brisk_value_unref, brisk_value_ref);
object!(brisk_workers, brisk_workers_unref, brisk_workers_ref);

/// One reference to a live object.
pub(crate) struct Handle<T: Object>(NonNull<T>);

// SAFETY: any thread may use an object, one at a time at least, and release it.
unsafe impl<T: Object> Send for Handle<T> {}
// SAFETY: a shared object may be used from many threads at once.
unsafe impl<T: Shared> Sync for Handle<T> {}

impl<T: Object> Handle<T> {
    /// Takes over one reference; nothing for NULL.
    ///
    /// # Safety
    /// `raw` is NULL or one reference that the caller owns and gives away.
    #[inline]
    pub unsafe fn adopt(raw: *mut T) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }

    /// Takes over a reference that a call without failure has written.
    ///
    /// # Safety
    /// As for [`adopt`](Self::adopt).
    pub unsafe fn given(raw: *mut T) -> Self {
        // SAFETY: as the caller says.
        unsafe { Self::adopt(raw) }.expect("the library gives an object where it does not fail")
    }

    /// The object, borrowed.
    #[inline]
    pub fn raw(&self) -> *mut T {
        self.0.as_ptr()
    }
}

impl<T: Shared> Clone for Handle<T> {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: this handle keeps the object alive.
        unsafe { T::add_ref(self.raw()) };
        Self(self.0)
    }
}

impl<T: Object> Drop for Handle<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the reference is this handle's own, and goes with it.
        unsafe { T::unref(self.raw()) }
    }
}

impl<T: Object> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
