//! The runtime: what caches share.

use std::ptr;
use std::time::Duration;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::ttl::nanoseconds;
use crate::{Result, Size};

/// Which clock a runtime reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clock {
    /// The monotonic clock of the system, read to a tick of 4 milliseconds.
    #[default]
    System,
    /// A clock that starts at zero and moves only by [`Runtime::advance`], for tests.
    Manual,
}

/// Figures of a runtime at one moment, as C has them.
pub type RuntimeStats = brisk_runtime_stats;

/// One memory budget, one clock and one set of names for the caches in it. Most programs never see
/// one: a cache lives in the default runtime of its process unless its builder says otherwise.
#[derive(Clone, Debug)]
pub struct Runtime(Handle<brisk_runtime>);

impl Runtime {
    /// Settings for a runtime of its own, apart from the default one.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// The default runtime of this process, the same at each call. It cannot be closed.
    pub fn process() -> Result<Self> {
        ready()?;
        let mut raw = ptr::null_mut();
        // SAFETY: the place for the runtime is alive.
        call(|error| unsafe { brisk_runtime_default(&mut raw, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Self(unsafe { Handle::given(raw) }))
    }

    /// Closes every cache of the runtime and ends its background work. May block; may be repeated.
    /// Later calls on the runtime and its caches fail as closed.
    pub fn close(&self) -> Result<()> {
        // SAFETY: the runtime is alive.
        call(|error| unsafe { brisk_runtime_close(self.raw(), error) })?;
        Ok(())
    }

    /// Time since an arbitrary start, to the tick that decides about expiry.
    pub fn now(&self) -> Result<Duration> {
        let mut now = 0;
        // SAFETY: the runtime and the place for the time are alive.
        call(|error| unsafe { brisk_runtime_now(self.raw(), &mut now, error) })?;
        Ok(Duration::from_nanos(now))
    }

    /// Moves a manual clock forward and frees, before it returns, what has expired by then. Fails
    /// as invalid for a system clock. Walks over all entries.
    pub fn advance(&self, step: Duration) -> Result<()> {
        let step = nanoseconds(step);
        // SAFETY: the runtime is alive.
        call(|error| unsafe { brisk_runtime_advance(self.raw(), step, error) })?;
        Ok(())
    }

    /// The figures of this runtime.
    pub fn stats(&self) -> Result<RuntimeStats> {
        let mut stats = RuntimeStats::INIT;
        // SAFETY: the runtime is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_runtime_read_stats(self.raw(), &mut stats, error) })?;
        Ok(stats)
    }

    pub(crate) fn raw(&self) -> *mut brisk_runtime {
        self.0.raw()
    }
}

/// Settings of a [`Runtime`].
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are built"]
pub struct RuntimeBuilder {
    clock: Clock,
    budget: Option<Result<u64>>,
    budget_percent: u32,
}

impl RuntimeBuilder {
    /// The clock to read; by default that of the system.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Bound on the bytes held by everything in this runtime, as a number or as text such as
    /// `"1 GiB"`; by default, and for 0, there is none.
    pub fn budget(mut self, budget: impl Size) -> Self {
        self.budget = Some(budget.bytes());
        self
    }

    /// The same bound as a share of the memory that the container or machine has, 1 to 100; by
    /// default, and for 0, there is none. The smaller bound counts.
    pub fn budget_percent(mut self, percent: u32) -> Self {
        self.budget_percent = percent;
        self
    }

    /// Creates the runtime. Fails as invalid for a setting out of its range.
    pub fn build(self) -> Result<Runtime> {
        ready()?;
        let mut raw = brisk_runtime_options::INIT;
        raw.clock = match self.clock {
            Clock::System => BRISK_CLOCK_SYSTEM,
            Clock::Manual => BRISK_CLOCK_MANUAL,
        };
        raw.budget_bytes = self.budget.transpose()?.unwrap_or(0);
        raw.budget_percent = self.budget_percent;
        let mut runtime = ptr::null_mut();
        // SAFETY: the options are as large as they say, and the place for the runtime is alive.
        call(|error| unsafe { brisk_runtime_new(&raw, &mut runtime, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Runtime(unsafe { Handle::given(runtime) }))
    }
}
