//! Cancellation: the token that tells of it, and what a task that runs sees of it.

use std::ptr::{self, NonNull};

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::Result;

/// A cancellation: set once, seen by every task and batch that was given it. A clone is the same
/// token.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// let all = brisk::Token::new()?;
/// let some = all.child()?;
/// some.cancel()?;
/// assert!(some.is_cancelled() && !all.is_cancelled());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Token(Handle<brisk_token>);

impl Token {
    /// A token of its own.
    pub fn new() -> Result<Self> {
        ready()?;
        Self::under(ptr::null_mut())
    }

    /// A token that is cancelled with this one, or alone.
    pub fn child(&self) -> Result<Self> {
        Self::under(self.raw())
    }

    fn under(parent: *mut brisk_token) -> Result<Self> {
        let mut raw = ptr::null_mut();
        // SAFETY: the parent is alive or NULL for none, and so is the place for the token.
        call(|error| unsafe { brisk_token_new(parent, &mut raw, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Self(unsafe { Handle::given(raw) }))
    }

    /// Cancels everything that was given this token or one below it. May be repeated.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: the token is alive.
        call(|error| unsafe { brisk_token_cancel(self.raw(), error) })?;
        Ok(())
    }

    /// Whether this token or one above it was cancelled.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        // SAFETY: the token is alive.
        unsafe { brisk_token_is_cancelled(self.raw()) != 0 }
    }

    pub(crate) fn raw(&self) -> *mut brisk_token {
        self.0.raw()
    }
}

/// A task, or an item of a batch, as its own function sees it while it runs.
#[derive(Debug)]
pub struct TaskContext(Running);

#[derive(Debug)]
enum Running {
    Task(NonNull<brisk_task>),
    Item(NonNull<brisk_batch>),
}

// SAFETY: both objects may be asked from any thread, and outlive the borrow of the context.
unsafe impl Sync for TaskContext {}

impl TaskContext {
    /// # Safety
    /// The task outlives the context.
    pub(crate) unsafe fn task(raw: *mut brisk_task) -> Self {
        Self(Running::Task(NonNull::new(raw).expect("a task that runs")))
    }

    /// # Safety
    /// The batch outlives the context.
    pub(crate) unsafe fn item(raw: *mut brisk_batch) -> Self {
        Self(Running::Item(NonNull::new(raw).expect("a batch that runs")))
    }

    /// Whether to stop early: it was cancelled, by its handle, its token or the end of its pool; its
    /// deadline has passed; or its race is won. Look from time to time.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        // SAFETY: the object outlives the context.
        let cancelled = match self.0 {
            Running::Task(task) => unsafe { brisk_task_is_cancelled(task.as_ptr()) },
            Running::Item(batch) => unsafe { brisk_batch_is_cancelled(batch.as_ptr()) },
        };
        cancelled != 0
    }
}
