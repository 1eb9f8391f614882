//! Many items at once: batches with a deadline, maps that borrow, and races.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, mem, ptr};

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::outcome::{self, Ran};
use crate::ttl::timeout;
use crate::{Error, Outcome, Result, TaskContext, TaskError, Token, Workers};

/// How a batch or a race runs. A [`Duration`] will do wherever one is due, for its deadline alone,
/// a [`Token`] for that alone, and `None` for neither.
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "options do nothing by themselves"]
pub struct BatchOptions<'a> {
    deadline: Option<Duration>,
    token: Option<&'a Token>,
}

impl<'a> BatchOptions<'a> {
    /// No deadline, and no token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Time from now in which all items must end; by default forever.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// What cancels the items that have not ended.
    pub fn token(mut self, token: &'a Token) -> Self {
        self.token = Some(token);
        self
    }
}

impl From<Duration> for BatchOptions<'_> {
    fn from(deadline: Duration) -> Self {
        Self::new().deadline(deadline)
    }
}

impl From<Option<Duration>> for BatchOptions<'_> {
    fn from(deadline: Option<Duration>) -> Self {
        Self {
            deadline,
            token: None,
        }
    }
}

impl<'a> From<&'a Token> for BatchOptions<'a> {
    fn from(token: &'a Token) -> Self {
        Self::new().token(token)
    }
}

/// Why a race has no winner.
#[derive(Debug)]
#[non_exhaustive]
pub enum RaceError<E> {
    /// No item succeeded: what came of each, in their order.
    Lost(Vec<TaskError<E>>),
    /// The race did not begin: the pool is closed, or its queue full.
    Workers(Error),
}

impl<E: fmt::Display> fmt::Display for RaceError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(whys) => {
                f.write_str("nobody won the race")?;
                let mut lines = whys.iter().enumerate();
                lines.try_for_each(|(index, why)| write!(f, "; {index}: {why}"))
            }
            Self::Workers(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error> std::error::Error for RaceError<E> {}

impl<E> From<Error> for RaceError<E> {
    fn from(error: Error) -> Self {
        Self::Workers(error)
    }
}

impl<E: fmt::Display> From<RaceError<E>> for Error {
    fn from(error: RaceError<E>) -> Self {
        match error {
            RaceError::Workers(error) => error,
            lost => Self::new(BRISK_LOAD_FAILED, lost.to_string()),
        }
    }
}

impl Workers {
    /// Calls a function for each item, on as many threads as there are, and waits until all have
    /// returned. Returns the outcome of each, in their order. Items and function may borrow, since
    /// nothing ends this before they return; a pool that closes starts no more of them.
    ///
    /// Fails as closed when the pool is, and as refused when its queue has no room.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let workers = brisk::Workers::builder().build()?;
    /// let texts = ["1".to_owned(), "2".to_owned(), "x".to_owned()];
    /// let numbers = workers.map(&texts, |text, _| text.parse::<u8>())?;
    /// assert_eq!(numbers.iter().flatten().sum::<u8>(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn map<I, T, E>(
        &self,
        items: impl IntoIterator<Item = I>,
        work: impl Fn(I, &TaskContext) -> Result<T, E> + Send + Sync,
    ) -> Result<Vec<Outcome<T, E>>>
    where
        I: Send,
        T: Send,
        E: Send,
    {
        let mut items = Items::new(items, work);
        let all = Returned(&mut items);
        let (_, states) = all.0.run(self, BatchOptions::new(), false)?;
        drop(all);
        Ok(items.outcomes(states))
    }

    /// Calls a function for each item, on as many threads as there are, and waits until all have
    /// returned, their deadline has passed, or their token was cancelled. Returns the outcome of
    /// each, in their order. Items that still run are not interrupted; what they give is dropped.
    ///
    /// Fails as closed when the pool is, and as refused when its queue has no room.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// # use std::time::Duration;
    /// let workers = brisk::Workers::builder().build()?;
    /// let paths = vec!["/proc/version", "/proc/nothing"];
    /// let texts = workers.batch(paths, Duration::from_secs(5), |path, _| std::fs::read(path))?;
    /// assert!(texts[0].is_ok());
    /// assert!(matches!(texts[1], Err(brisk::TaskError::Failed(_))));
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch<'a, I, T, E>(
        &self,
        items: impl IntoIterator<Item = I>,
        options: impl Into<BatchOptions<'a>>,
        work: impl Fn(I, &TaskContext) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Vec<Outcome<T, E>>>
    where
        I: Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let items = Items::new(items, work);
        let (_, states) = items.run(self, options.into(), false)?;
        Ok(items.outcomes(states))
    }

    /// Calls a function for each item, on as many threads as there are. The first success wins, and
    /// cancels the others: returns the index of the winner and what it gives. Without a success
    /// every failure is listed.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// # use std::time::Duration;
    /// let workers = brisk::Workers::builder().build()?;
    /// let mirrors = ["/proc/nothing", "/proc/version"];
    /// let first = workers.race(mirrors, Duration::from_secs(5), |path, _| std::fs::read(path))?;
    /// assert_eq!(first.0, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn race<'a, I, T, E>(
        &self,
        items: impl IntoIterator<Item = I>,
        options: impl Into<BatchOptions<'a>>,
        work: impl Fn(I, &TaskContext) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<(usize, T), RaceError<E>>
    where
        I: Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        let items = Items::new(items, work);
        let (winner, states) = items.run(self, options.into(), true)?;
        // The first success, unless the deadline came before it was told.
        let order = usize::try_from(winner).into_iter().chain(0..states.len());
        let won = order
            .into_iter()
            .find(|at| states.get(*at) == Some(&BRISK_TASK_STATE_DONE));
        let mut outcomes = items.outcomes(states);
        if let Some(at) = won {
            if let Ok(value) = outcomes.swap_remove(at) {
                return Ok((at, value));
            }
        }
        let lost = outcomes.into_iter().filter_map(Result::err);
        Err(RaceError::Lost(lost.collect()))
    }
}

/// Items that may borrow. When this goes, every call for them has returned, which is so already
/// when their batch has ended, unless a pool that closes ended it.
struct Returned<'a, T>(&'a mut Arc<T>);

impl<T> Drop for Returned<'_, T> {
    fn drop(&mut self) {
        while Arc::get_mut(self.0).is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
}

/// The items of a batch, each with what came of it, and the function that runs them.
struct Items<I, T, E, F> {
    cells: Box<[UnsafeCell<Cell<I, T, E>>]>,
    work: F,
}

enum Cell<I, T, E> {
    Waits(I),
    Ran(Ran<T, E>),
    Taken,
}

// SAFETY: the library gives each cell to one thread, and after it has told the end of an item, that
// cell to the caller alone. The function is shared as it is.
unsafe impl<I: Send, T: Send, E: Send, F: Sync> Sync for Items<I, T, E, F> {}

impl<I, T, E, F> Items<I, T, E, F>
where
    I: Send,
    T: Send,
    E: Send,
    F: Fn(I, &TaskContext) -> Result<T, E> + Send + Sync,
{
    fn new(items: impl IntoIterator<Item = I>, work: F) -> Arc<Self> {
        let cells = items.into_iter().map(Cell::Waits).map(UnsafeCell::new);
        Arc::new(Self {
            cells: cells.collect(),
            work,
        })
    }

    /// Runs the items until the end of their batch. Returns the winner and the state of each.
    fn run(
        self: &Arc<Self>,
        workers: &Workers,
        options: BatchOptions<'_>,
        race: bool,
    ) -> Result<(u64, Vec<brisk_task_state>)> {
        let count = self.cells.len();
        let user = Arc::into_raw(self.clone()).cast_mut().cast();
        let token = options.token.map_or(ptr::null_mut(), Token::raw);
        let deadline = timeout(options.deadline);
        let mut raw = ptr::null_mut();
        // SAFETY: pool and token are alive or NULL for none, the items go with their functions, and
        // the place for the batch is alive.
        let status = call(|error| unsafe {
            brisk_workers_batch_ranges(
                workers.raw(),
                count,
                deadline,
                race.into(),
                Some(Self::range),
                user,
                Some(Self::destroy),
                token,
                &mut raw,
                error,
            )
        })?;
        if status == BRISK_REFUSED {
            return Err(Error::new(
                BRISK_REFUSED,
                "the queue of the pool is full; wait, or submit less at a time",
            ));
        }
        // SAFETY: the call gave one reference.
        let batch: Handle<brisk_batch> = unsafe { Handle::given(raw) };
        let mut winner = BRISK_FOREVER;
        // SAFETY: the batch is alive, and so is the place for the winner.
        call(|error| unsafe { brisk_batch_wait(batch.raw(), BRISK_FOREVER, &mut winner, error) })?;
        let mut states = vec![0; count];
        // SAFETY: the batch is alive, and there is room for as many states as said.
        call(|error| unsafe {
            brisk_batch_states(batch.raw(), count, states.as_mut_ptr(), error)
        })?;
        Ok((winner, states))
    }

    /// What came of each item, whose states the library has told.
    fn outcomes(&self, states: Vec<brisk_task_state>) -> Vec<Outcome<T, E>> {
        let outcome = |(cell, state): (&UnsafeCell<_>, _)| match state {
            BRISK_TASK_STATE_DONE | BRISK_TASK_STATE_FAILED => {
                // SAFETY: the thread that ran the item is done with its cell, and only the caller
                // that waited for the batch asks for it.
                match unsafe { mem::replace(&mut *cell.get(), Cell::Taken) } {
                    Cell::Ran(ran) => outcome::outcome(ran),
                    _ => Err(TaskError::of(BRISK_TASK_STATE_NEVER_STARTED)),
                }
            }
            other => Err(TaskError::of(other)),
        };
        self.cells.iter().zip(states).map(outcome).collect()
    }

    unsafe extern "C" fn range(
        user: *mut c_void,
        first: usize,
        last: usize,
        at: *mut usize,
        batch: *mut brisk_batch,
    ) -> brisk_status {
        // SAFETY: the library calls once for each index below their number, with items that it has
        // not released yet, a batch that outlives the call, and a place that threads share.
        unsafe {
            let items = &*user.cast::<Self>().cast_const();
            let at = AtomicUsize::from_ptr(at);
            for index in first..last {
                at.store(index, Ordering::Release);
                let status = items.item(index, batch);
                if status != BRISK_OK {
                    return status;
                }
            }
        }
        BRISK_OK
    }

    /// # Safety
    /// Nobody else may use the cell of this item meanwhile, and the batch is alive.
    unsafe fn item(&self, index: usize, batch: *mut brisk_batch) -> brisk_status {
        // SAFETY: as above.
        unsafe {
            let cell = self.cells[index].get();
            let Cell::Waits(item) = mem::replace(&mut *cell, Cell::Taken) else {
                return BRISK_INTERNAL;
            };
            let ran = outcome::run(|| (self.work)(item, &TaskContext::item(batch)));
            let status = outcome::status(&ran);
            *cell = Cell::Ran(ran);
            status
        }
    }

    unsafe extern "C" fn destroy(user: *mut c_void) {
        // A destructor that panics has told so itself, and the batch ends all the same.
        let _ = outcome::run(|| -> Result<(), ()> {
            // SAFETY: this is the reference of the library, which it gives up with this call.
            drop(unsafe { Arc::from_raw(user.cast::<Self>().cast_const()) });
            Ok(())
        });
    }
}
