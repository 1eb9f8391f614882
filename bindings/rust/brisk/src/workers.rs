//! Workers: a pool of threads.

use std::ptr;
use std::time::Duration;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::ttl::timeout;
use crate::{Result, Runtime, Size};

/// Figures of a pool at one moment, as C has them. Counts run from its creation.
pub type WorkersStats = brisk_workers_stats;

/// A pool of threads that runs tasks: one at a time with [`submit`](Self::submit), many at once with
/// [`map`](Self::map) and [`batch`](Self::batch), and against each other with
/// [`race`](Self::race). A clone is the same pool; when the last one goes, the pool ends with the
/// tasks that it has.
///
/// Threads start when there is work for them, block every signal, and start anew in the child of a
/// fork. A wait inside a task runs other tasks meanwhile, so that tasks that wait for tasks never
/// use up the threads. Every method but [`close`](Self::close) fails as closed after it.
#[derive(Clone, Debug)]
pub struct Workers(Handle<brisk_workers>);

impl Workers {
    /// Settings for a new pool.
    pub fn builder() -> WorkersBuilder {
        WorkersBuilder::default()
    }

    /// Ends the pool: tasks that have not begun are never started, those that run are cancelled and
    /// waited for; nothing is 30 seconds, and zero does not wait. May be repeated.
    ///
    /// Returns the tasks that still run, each with how long it has run, such as
    /// `import of events.h5 (1250 ms)`; the pool ends with them. Fails as a deadlock inside a task
    /// of this pool.
    pub fn close(&self, patience: impl Into<Option<Duration>>) -> Result<Vec<String>> {
        let mut patience = timeout(patience.into());
        let mut lines = vec![0_u8; 1024];
        loop {
            let mut size = 0;
            let (place, room) = (lines.as_mut_ptr().cast(), lines.len());
            // SAFETY: the pool is alive, there is room for as many bytes as said, and the place for
            // the size is alive.
            call(|error| unsafe {
                brisk_workers_close(self.raw(), patience, place, room, &mut size, error)
            })?;
            if size <= room {
                let text = String::from_utf8_lossy(&lines[..size]);
                return Ok(text.lines().map(String::from).collect());
            }
            lines.resize(size, 0);
            patience = 1;
        }
    }

    /// The figures of this pool.
    pub fn stats(&self) -> Result<WorkersStats> {
        let mut stats = WorkersStats::INIT;
        // SAFETY: the pool is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_workers_read_stats(self.raw(), &mut stats, error) })?;
        Ok(stats)
    }

    #[inline]
    pub(crate) fn raw(&self) -> *mut brisk_workers {
        self.0.raw()
    }
}

/// Settings of a pool of [`Workers`]. What is not set has its default.
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are built"]
pub struct WorkersBuilder {
    runtime: Option<Runtime>,
    threads: u32,
    queue_tasks: u64,
    queue_bytes: Option<Result<u64>>,
    name: Vec<u8>,
}

impl WorkersBuilder {
    /// Threads at most, 1 to 1024; by default, and for 0, one for each processor that this process
    /// may use.
    pub fn threads(mut self, threads: u32) -> Self {
        self.threads = threads;
        self
    }

    /// Tasks that may wait for a thread at a time, at most 16777216; by default, and for 0, 65536.
    pub fn queue_tasks(mut self, tasks: u64) -> Self {
        self.queue_tasks = tasks;
        self
    }

    /// Bytes that tasks which wait may have declared together, as a number or as text such as
    /// `"1 GiB"`; by default, and for 0, there is no bound but the budget.
    pub fn queue_bytes(mut self, bytes: impl Size) -> Self {
        self.queue_bytes = Some(bytes.bytes());
        self
    }

    /// The name of the threads, as a debugger shows it; at most 12 bytes. By default, and when
    /// empty, `brisk`.
    pub fn name(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.name = name.into();
        self
    }

    /// The runtime whose budget counts; by default that of the process.
    pub fn runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Creates the pool. Fails as invalid for a setting out of its range, and as closed when the
    /// runtime is.
    pub fn build(self) -> Result<Workers> {
        ready()?;
        let mut raw = brisk_workers_options::INIT;
        raw.threads = self.threads;
        raw.queue_tasks = self.queue_tasks;
        raw.queue_bytes = self.queue_bytes.transpose()?.unwrap_or(0);
        // Too long for the field is too long for a name as well, and the library says so.
        raw.name_size = u32::try_from(self.name.len()).unwrap_or(u32::MAX);
        raw.name = self.name.as_ptr().cast();
        let runtime = self.runtime.as_ref().map_or(ptr::null_mut(), Runtime::raw);
        let mut workers = ptr::null_mut();
        // SAFETY: runtime and name are alive, the options as large as they say, the name as long,
        // and the place for the pool is alive.
        call(|error| unsafe { brisk_workers_new(runtime, &raw, &mut workers, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Workers(unsafe { Handle::given(workers) }))
    }
}
