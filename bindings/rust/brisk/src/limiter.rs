//! Limiters: how often something is done.

use std::ptr;
use std::time::Duration;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::ttl::timeout;
use crate::Result;

/// Figures of a limiter at one moment, as C has them. Counts run from its creation.
pub type LimiterStats = brisk_limiter_stats;

/// A bound on how often something is done: a bucket that holds tokens up to its burst and fills at
/// its rate. A clone is the same limiter.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// # use std::time::Duration;
/// let requests = brisk::Limiter::new(100.0, 10.0)?;
/// if requests.acquire(1.0, Duration::from_secs(1))? {
///     // one of a hundred in a second, or of ten at once
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Limiter(Handle<brisk_limiter>);

impl Limiter {
    /// A limiter that lets `rate` tokens through in a second, more than 0, and `burst` at once, at
    /// least 1. The bucket is full at the start.
    pub fn new(rate: f64, burst: f64) -> Result<Self> {
        ready()?;
        let mut raw = ptr::null_mut();
        // SAFETY: the place for the limiter is alive.
        call(|error| unsafe { brisk_limiter_new(rate, burst, &mut raw, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Self(unsafe { Handle::given(raw) }))
    }

    /// Takes tokens, more than 0 and at most the burst, waiting for them in turn; nothing is 30
    /// seconds, and zero does not wait. False, at once, when they would not be there in time.
    pub fn acquire(&self, tokens: f64, patience: impl Into<Option<Duration>>) -> Result<bool> {
        let patience = timeout(patience.into());
        // SAFETY: the limiter is alive.
        let status =
            call(|error| unsafe { brisk_limiter_acquire(self.0.raw(), tokens, patience, error) })?;
        Ok(status == BRISK_OK)
    }

    /// The figures of this limiter.
    pub fn stats(&self) -> Result<LimiterStats> {
        let mut stats = LimiterStats::INIT;
        // SAFETY: the limiter is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_limiter_read_stats(self.0.raw(), &mut stats, error) })?;
        Ok(stats)
    }
}
