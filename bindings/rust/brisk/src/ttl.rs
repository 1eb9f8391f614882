//! Times: lifetimes and timeouts, and the nanoseconds that the C interface takes for them.

use std::time::Duration;

use brisk_sys::BRISK_FOREVER;

/// How long an entry lives. A [`Duration`] will do wherever one is due.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// # use std::time::Duration;
/// let cache = brisk::Cache::builder().ttl(Duration::from_secs(60)).build()?;
/// cache.put_with_ttl("session", "...", Duration::from_secs(5))?;
/// cache.put_with_ttl("settings", "...", brisk::Ttl::Forever)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// As long as the cache says; for the cache itself, forever.
    #[default]
    Inherit,
    /// This long. None at all is a nanosecond: the entry is gone with the next tick of the clock.
    After(Duration),
    /// Until it is erased, replaced or evicted.
    Forever,
}

impl From<Duration> for Ttl {
    fn from(duration: Duration) -> Self {
        Self::After(duration)
    }
}

impl Ttl {
    #[inline]
    pub(crate) fn nanoseconds(self) -> u64 {
        match self {
            Self::Inherit => 0,
            Self::After(duration) => nanoseconds(duration).max(1),
            Self::Forever => BRISK_FOREVER,
        }
    }
}

/// Without a timeout the default of the cache holds, which is 0 in C. A timeout of zero does not
/// wait.
pub(crate) fn timeout(duration: Option<Duration>) -> u64 {
    duration.map_or(0, |duration| nanoseconds(duration).max(1))
}

/// What does not fit is forever.
#[inline]
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(BRISK_FOREVER)
}
