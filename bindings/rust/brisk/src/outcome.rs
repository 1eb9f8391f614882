//! Outcomes: what a task or an item gives, or why it gives nothing.

use std::any::Any;
use std::fmt;

use brisk_sys::*;

use crate::{Error, Result};

/// What a task, or one item of a batch, gives.
pub type Outcome<T, E> = Result<T, TaskError<E>>;

/// Why a task, or one item of a batch, gives nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum TaskError<E> {
    /// It failed with this error.
    Failed(E),
    /// It panicked.
    Panicked(Panic),
    /// Its deadline passed while it ran; it is not interrupted, and what it gives is dropped.
    TimedOut,
    /// It was cancelled before it began, or failed after it was.
    Cancelled,
    /// Its deadline passed, or the pool was closed, before it began.
    NeverStarted,
    /// It takes longer than the timeout of this wait, and goes on; it may be waited for again.
    Pending,
    /// The pool has no answer: the task waits for itself, or its outcome was taken already.
    Workers(Error),
}

impl<E> TaskError<E> {
    /// Why there is nothing in this state, which is neither success nor failure.
    pub(crate) fn of(state: brisk_task_state) -> Self {
        match state {
            BRISK_TASK_STATE_QUEUED | BRISK_TASK_STATE_RUNNING => Self::Pending,
            BRISK_TASK_STATE_TIMED_OUT => Self::TimedOut,
            BRISK_TASK_STATE_CANCELLED => Self::Cancelled,
            BRISK_TASK_STATE_NEVER_STARTED => Self::NeverStarted,
            other => Self::Workers(Error::unexpected(other)),
        }
    }
}

impl<E: fmt::Display> fmt::Display for TaskError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Panicked(panic) => write!(f, "the task panicked: {panic}"),
            Self::TimedOut => f.write_str("the deadline of the task passed while it ran"),
            Self::Cancelled => f.write_str("the task was cancelled"),
            Self::NeverStarted => f.write_str(
                "the task never started: its deadline passed, or the pool was closed, before",
            ),
            Self::Pending => f.write_str(
                "the task takes longer than the timeout of this wait; wait again, or cancel it",
            ),
            Self::Workers(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for TaskError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::Workers(error) => error.source(),
            _ => None,
        }
    }
}

impl<E> From<Error> for TaskError<E> {
    fn from(error: Error) -> Self {
        Self::Workers(error)
    }
}

impl<E: fmt::Display> From<TaskError<E>> for Error {
    fn from(error: TaskError<E>) -> Self {
        let status = match error {
            TaskError::Workers(error) => return error,
            TaskError::Failed(_) | TaskError::Panicked(_) => BRISK_LOAD_FAILED,
            TaskError::Cancelled => BRISK_CLOSED,
            TaskError::TimedOut | TaskError::NeverStarted | TaskError::Pending => BRISK_TIMEOUT,
        };
        Self::new(status, error.to_string())
    }
}

/// The panic of a task, kept for whoever asks for its outcome.
pub struct Panic(Box<dyn Any + Send>);

impl Panic {
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self(payload)
    }

    /// What `panic!` was given, where it is text.
    pub fn message(&self) -> Option<&str> {
        let text = self.0.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| self.0.downcast_ref::<&str>().copied())
    }

    /// What was thrown.
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.0
    }

    /// Lets the panic go on, on this thread.
    pub fn resume(self) -> ! {
        std::panic::resume_unwind(self.0)
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().unwrap_or("with something that is no text"))
    }
}

impl fmt::Debug for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Panic").field(&self.message()).finish()
    }
}

/// What work on a thread of the pool came to.
pub(crate) type Ran<T, E> = std::thread::Result<Result<T, E>>;

/// Runs work where a panic must not go on, into the library.
pub(crate) fn run<T, E>(work: impl FnOnce() -> Result<T, E>) -> Ran<T, E> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
}

/// What the library is told of it.
pub(crate) fn status<T, E>(ran: &Ran<T, E>) -> brisk_status {
    match ran {
        Ok(Ok(_)) => BRISK_OK,
        Ok(Err(_)) => BRISK_LOAD_FAILED,
        Err(_) => BRISK_INTERNAL,
    }
}

/// What the caller is told of it.
pub(crate) fn outcome<T, E>(ran: Ran<T, E>) -> Outcome<T, E> {
    match ran {
        Ok(result) => result.map_err(TaskError::Failed),
        Err(payload) => Err(TaskError::Panicked(Panic::new(payload))),
    }
}
