//! Completions: the ends of tasks, for event loops that poll descriptors.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::ptr;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::Result;

/// A queue of tasks that ended: a descriptor that polls as readable while the queue is not empty,
/// and their tags. A clone is the same queue. Programs that `await` have no need of it.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// use brisk::{Completions, TaskOptions, Workers};
///
/// let workers = Workers::builder().build()?;
/// let ended = Completions::new()?;
/// let options = TaskOptions::new().completions(&ended, 7);
/// let mut task = workers.submit_with(options, |_| Ok::<_, brisk::Error>("done"))?;
/// assert_eq!(task.wait(None)?, "done");
/// // An event loop waits for the descriptor instead.
/// let mut tags = [0; 16];
/// while ended.next(&mut tags)?.is_empty() {}
/// assert_eq!(tags[0], 7);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Completions(Handle<brisk_completions>);

impl Completions {
    /// An empty queue.
    pub fn new() -> Result<Self> {
        ready()?;
        let mut raw = ptr::null_mut();
        // SAFETY: the place for the queue is alive.
        call(|error| unsafe { brisk_completions_new(&mut raw, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Self(unsafe { Handle::given(raw) }))
    }

    /// Takes the tags of tasks that ended off the queue, the first first, as many as there is room
    /// for. Never blocks; empty when there are none.
    pub fn next<'a>(&self, tags: &'a mut [u64]) -> Result<&'a [u64]> {
        let mut taken = 0;
        let (place, room) = (tags.as_mut_ptr(), tags.len());
        // SAFETY: the queue is alive, there is room for as many tags as said, and the place for
        // their number is alive.
        call(|error| unsafe {
            brisk_completions_next(self.raw(), room, place, &mut taken, error)
        })?;
        Ok(&tags[..taken])
    }

    pub(crate) fn raw(&self) -> *mut brisk_completions {
        self.0.raw()
    }
}

impl AsRawFd for Completions {
    fn as_raw_fd(&self) -> RawFd {
        // SAFETY: the queue is alive.
        unsafe { brisk_completions_fd(self.raw()) }
    }
}

impl AsFd for Completions {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: a live queue has a descriptor, which stays open as long.
        unsafe { BorrowedFd::borrow_raw(self.as_raw_fd()) }
    }
}
