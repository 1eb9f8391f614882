//! Tasks: work that is submitted, and the handle that waits for what it gives.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{fmt, mem, ptr};

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::outcome::{self, Ran};
use crate::ttl::{nanoseconds, timeout};
use crate::{Completions, Error, Outcome, Result, Size, TaskContext, TaskError, Token, Workers};

/// Which tasks are taken first. Within one priority the oldest is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Priority {
    /// First.
    High,
    /// After those of high priority.
    #[default]
    Normal,
    /// When nothing else is queued.
    Low,
}

/// How far a task is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// It waits for a thread, or for memory.
    Queued,
    /// A thread runs it.
    Running,
    /// It succeeded.
    Done,
    /// It failed, or panicked.
    Failed,
    /// Its deadline passed while it ran.
    TimedOut,
    /// It was cancelled before it began, or failed after it was.
    Cancelled,
    /// Its deadline passed, or the pool was closed, before it began.
    NeverStarted,
    /// A state that this version of the crate does not know, as C numbers it.
    Other(i32),
}

impl TaskState {
    fn of(state: brisk_task_state) -> Self {
        match state {
            BRISK_TASK_STATE_QUEUED => Self::Queued,
            BRISK_TASK_STATE_RUNNING => Self::Running,
            BRISK_TASK_STATE_DONE => Self::Done,
            BRISK_TASK_STATE_FAILED => Self::Failed,
            BRISK_TASK_STATE_TIMED_OUT => Self::TimedOut,
            BRISK_TASK_STATE_CANCELLED => Self::Cancelled,
            BRISK_TASK_STATE_NEVER_STARTED => Self::NeverStarted,
            other => Self::Other(other),
        }
    }
}

/// How a task runs, for [`Workers::submit_with`].
#[derive(Clone, Debug, Default)]
#[must_use = "options do nothing by themselves"]
pub struct TaskOptions<'a> {
    name: &'a [u8],
    priority: Priority,
    deadline: Option<Duration>,
    bytes: Option<Result<u64>>,
    patience: Duration,
    token: Option<&'a Token>,
    completions: Option<(&'a Completions, u64)>,
}

impl<'a> TaskOptions<'a> {
    /// A task of normal priority, without a name, a deadline, bytes and a token.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name for the list of [`Workers::close`]; at most 255 bytes.
    pub fn name<N: AsRef<[u8]> + ?Sized>(mut self, name: &'a N) -> Self {
        self.name = name.as_ref();
        self
    }

    /// When it is taken.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Time from now in which it must end; by default forever. A task is not interrupted, but sees
    /// it as a cancellation.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Memory that it will take, as a number of bytes or as text such as `"1 GiB"`: it starts when
    /// the budget of the runtime has them, which are given back when it ends; by default none.
    pub fn bytes(mut self, bytes: impl Size) -> Self {
        self.bytes = Some(bytes.bytes());
        self
    }

    /// How long to wait for room in a full queue; by default not at all.
    pub fn wait_for_room(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What cancels it, besides its handle.
    pub fn token(mut self, token: &'a Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Where its end is told as well, and the tag that tells which task it is.
    pub fn completions(mut self, completions: &'a Completions, tag: u64) -> Self {
        self.completions = Some((completions, tag));
        self
    }
}

impl Workers {
    /// Queues a task with default options: no deadline, and a full queue refuses it.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let workers = brisk::Workers::builder().build()?;
    /// let mut task = workers.submit(|_| "42".parse::<i32>())?;
    /// assert_eq!(task.wait(None)?, 42);
    /// # Ok(())
    /// # }
    /// ```
    pub fn submit<T, E>(
        &self,
        work: impl FnOnce(&TaskContext) -> Result<T, E> + Send + 'static,
    ) -> Result<TaskHandle<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.submit_with(TaskOptions::new(), work)
    }

    /// [`submit`](Self::submit) with options. Fails as [`Refused`](crate::ErrorKind::Refused) when
    /// the queue had no room in time, as closed when the pool is, and as too large for bytes beyond
    /// the budget; the work is then dropped.
    ///
    /// Work that waits for another task of the pool runs queued tasks meanwhile. A panic in it is
    /// kept for whoever waits.
    pub fn submit_with<T, E>(
        &self,
        options: TaskOptions<'_>,
        work: impl FnOnce(&TaskContext) -> Result<T, E> + Send + 'static,
    ) -> Result<TaskHandle<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let mut raw = brisk_task_options::INIT;
        raw.priority = match options.priority {
            Priority::High => BRISK_TASK_PRIORITY_HIGH,
            Priority::Normal => BRISK_TASK_PRIORITY_NORMAL,
            Priority::Low => BRISK_TASK_PRIORITY_LOW,
        };
        raw.deadline_ns = timeout(options.deadline);
        raw.bytes = options.bytes.transpose()?.unwrap_or(0);
        // Too long for the field is too long for a name as well, and the library says so.
        raw.name_size = u32::try_from(options.name.len()).unwrap_or(u32::MAX);
        raw.name = options.name.as_ptr().cast();
        let token = options.token.map_or(ptr::null_mut(), Token::raw);
        let mut completions = ptr::null_mut();
        if let Some((queue, tag)) = options.completions {
            completions = queue.raw();
            raw.tag = tag;
        }
        Job::submit(work, |run, user, destroy, task, error| {
            // SAFETY: all handles are alive or NULL, the options are as large as they say, and the
            // job goes with its functions.
            unsafe {
                brisk_workers_submit(
                    self.raw(),
                    &raw,
                    run,
                    user,
                    destroy,
                    nanoseconds(options.patience),
                    token,
                    completions,
                    task,
                    error,
                )
            }
        })
    }
}

/// A task, and what it gives, which never leaves the memory of Rust. Dropping the handle lets the
/// task go on.
///
/// It is a future as well, woken by the end of the task itself. Nothing wakes it at its deadline: a
/// task that has passed it is told when a thread next gets to it, or when it returns.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// let workers = brisk::Workers::builder().build()?;
/// let task = workers.submit(|_| std::fs::read("/proc/version"))?;
/// let size = async { Ok::<_, brisk::Error>(task.await?.len()) };
/// # drop(size);
/// # Ok(())
/// # }
/// ```
#[must_use = "a task whose handle is dropped goes on unseen"]
pub struct TaskHandle<T, E> {
    task: Handle<brisk_task>,
    job: Arc<dyn Given<T, E>>,
}

impl<T, E> TaskHandle<T, E> {
    /// Waits for the end of the task, and takes what it gives; nothing is 30 seconds, and
    /// [`Duration::MAX`] as long as it takes. A wait that ends first is [`TaskError::Pending`], and
    /// may be repeated; what was taken may not.
    ///
    /// Inside a task of the same pool it runs other tasks meanwhile, one of which may make it longer
    /// than its timeout. A task that waits for itself fails as a deadlock.
    pub fn wait(&mut self, patience: impl Into<Option<Duration>>) -> Outcome<T, E> {
        let mut state = 0;
        let patience = timeout(patience.into());
        // SAFETY: the task is alive, and so is the place for its state.
        call(|error| unsafe { brisk_task_wait(self.task.raw(), patience, &mut state, error) })?;
        self.take(state)
    }

    /// How far the task is. Never blocks.
    pub fn state(&self) -> TaskState {
        TaskState::of(self.poll_raw())
    }

    /// Cancels the task: one that has not begun ends now, one that runs sees it when it looks. May
    /// be repeated.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: the task is alive.
        call(|error| unsafe { brisk_task_cancel(self.task.raw(), error) })?;
        Ok(())
    }

    fn poll_raw(&self) -> brisk_task_state {
        // SAFETY: the task is alive.
        unsafe { brisk_task_poll(self.task.raw()) }
    }

    fn take(&mut self, state: brisk_task_state) -> Outcome<T, E> {
        if state != BRISK_TASK_STATE_DONE && state != BRISK_TASK_STATE_FAILED {
            return Err(TaskError::of(state));
        }
        // SAFETY: it is written before either end is told, and only this handle, borrowed alone,
        // reads it after.
        match unsafe { (*self.job.end().ran.get()).take() } {
            Some(ran) => outcome::outcome(ran),
            None => Err(TaskError::Workers(Error::new(
                BRISK_INVALID,
                "the outcome of the task was taken already; keep what the first wait gave",
            ))),
        }
    }
}

impl<T, E> Future for TaskHandle<T, E> {
    type Output = Outcome<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.poll_raw();
        if state < BRISK_TASK_STATE_DONE {
            if !self.job.end().wake_later(context.waker()) {
                return Poll::Pending;
            }
            state = self.poll_raw();
        }
        if state < BRISK_TASK_STATE_DONE {
            // It was woken on the last step before the end is told.
            std::thread::yield_now();
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.take(state))
    }
}

impl<T, E> fmt::Debug for TaskHandle<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("TaskHandle").field("state", &state).finish()
    }
}

/// A job as its handle knows it.
trait Given<T, E>: Send + Sync {
    fn end(&self) -> &End<T, E>;
}

/// What the end of a task leaves, and who is woken by it.
struct End<T, E> {
    ran: UnsafeCell<Option<Ran<T, E>>>,
    wake: Mutex<Wake>,
}

enum Wake {
    Nobody,
    Later(Waker),
    Ended,
}

impl<T, E> End<T, E> {
    /// Keeps who is to be woken; true when the task has ended instead.
    fn wake_later(&self, waker: &Waker) -> bool {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *wake {
            Wake::Ended => return true,
            Wake::Later(old) if old.will_wake(waker) => {}
            other => *other = Wake::Later(waker.clone()),
        }
        false
    }

    fn wake(&self) {
        let mut wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        let before = mem::replace(&mut *wake, Wake::Ended);
        drop(wake);
        if let Wake::Later(waker) = before {
            waker.wake();
        }
    }
}

/// The work of a task and its end, in one allocation that library and handle share.
struct Job<F, T, E> {
    work: UnsafeCell<Option<F>>,
    end: End<T, E>,
}

// SAFETY: the thread that runs the task has the work alone, and after the end is told the handle has
// the result alone; both came from, and go to, other threads.
unsafe impl<F: Send, T: Send, E: Send> Sync for Job<F, T, E> {}

impl<F: Send, T: Send, E: Send> Given<T, E> for Job<F, T, E> {
    fn end(&self) -> &End<T, E> {
        &self.end
    }
}

impl<F, T, E> Job<F, T, E>
where
    F: FnOnce(&TaskContext) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    /// Hands a job to a call that submits it, whether it fails or not.
    fn submit(
        work: F,
        submit: impl FnOnce(
            brisk_task_fn,
            *mut c_void,
            brisk_destroy_fn,
            *mut *mut brisk_task,
            *mut *mut brisk_error,
        ) -> brisk_status,
    ) -> Result<TaskHandle<T, E>> {
        let job = Arc::new(Self {
            work: UnsafeCell::new(Some(work)),
            end: End {
                ran: UnsafeCell::new(None),
                wake: Mutex::new(Wake::Nobody),
            },
        });
        let user = Arc::into_raw(job.clone()).cast_mut().cast();
        let mut task = ptr::null_mut();
        let status =
            call(|error| submit(Some(Self::run), user, Some(Self::destroy), &mut task, error))?;
        if status == BRISK_REFUSED {
            return Err(Error::new(
                BRISK_REFUSED,
                "the queue of the pool is full; wait for room, or submit less at a time",
            ));
        }
        // SAFETY: the call gave one reference.
        let task = unsafe { Handle::given(task) };
        Ok(TaskHandle { task, job })
    }

    unsafe extern "C" fn run(user: *mut c_void, task: *mut brisk_task) -> brisk_status {
        // SAFETY: the library calls once, with a job that it has not released yet and with a task
        // that outlives the call; until it returns nobody else touches the work and its result.
        unsafe {
            let job = &*user.cast::<Self>().cast_const();
            let Some(work) = (*job.work.get()).take() else {
                return BRISK_INTERNAL;
            };
            let ran = outcome::run(|| work(&TaskContext::task(task)));
            let status = outcome::status(&ran);
            *job.end.ran.get() = Some(ran);
            status
        }
    }

    unsafe extern "C" fn destroy(user: *mut c_void) {
        // A destructor or waker that panics has told so itself, and the task ends all the same.
        let _ = outcome::run(|| -> Result<(), ()> {
            // SAFETY: this is the reference of the library, which it gives up with this call.
            let job = unsafe { Arc::from_raw(user.cast::<Self>().cast_const()) };
            let _woken = WakeAtEnd(&job.end);
            // SAFETY: the task has run or never will. What it holds goes before its end is told.
            drop(unsafe { (*job.work.get()).take() });
            Ok(())
        });
    }
}

/// Wakes who waits, even when a destructor panics.
struct WakeAtEnd<'a, T, E>(&'a End<T, E>);

impl<T, E> Drop for WakeAtEnd<'_, T, E> {
    fn drop(&mut self) {
        self.0.wake();
    }
}
