//! Loads: the value of a key, made by one caller when it is missing.

use std::{fmt, time::Duration};

use brisk_sys::{BRISK_LOAD_FAILED, BRISK_REFUSED, BRISK_TIMEOUT};

use crate::lease::{Begin, Lease, Waited};
use crate::{Cache, Error, Ttl, Value};

/// How a load runs, for [`Cache::get_or_load_with`].
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "options do nothing by themselves"]
pub struct LoadOptions<'a> {
    timeout: Option<Duration>,
    ttl: Ttl,
    parent: Option<&'a Lease>,
}

impl<'a> LoadOptions<'a> {
    /// The timeout and the lifetime of the cache, and no parent.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long to wait for a load that another caller leads; by default as long as the cache says.
    /// Zero does not wait. A loader that runs is not interrupted.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The lifetime of the value that the loader returns; by default that of the cache.
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// The lease of the load that needs this one, so that a circle of loads fails as a deadlock.
    pub fn parent(mut self, parent: &'a Lease) -> Self {
        self.parent = Some(parent);
        self
    }
}

/// Why there is no value after a load.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError<E> {
    /// The loader that this call ran failed with this error.
    Loader(E),
    /// The load of another caller takes longer than the timeout, and goes on.
    Timeout,
    /// There is no room to unpack the value, because callers pin what the cache holds.
    Refused,
    /// The cache has no answer: the loader of another caller failed, the load waits for itself, the
    /// cache is closed, or an argument is wrong.
    Cache(Error),
}

impl Cache {
    /// Gives the value of key, loading it when it is missing: one caller runs its loader, on its
    /// own thread and for as long as it takes, and all others wait for the value.
    ///
    /// An error of the loader comes back to the caller that ran it, as it is; the others get its
    /// text as an [`Error`] of kind [`LoadFailed`](crate::ErrorKind::LoadFailed), and the next
    /// caller tries anew. A loader that panics gives the lead to another caller, and the panic goes
    /// on. Both `?` into a [`brisk::Error`](Error).
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let cache = brisk::Cache::builder().build()?;
    /// let version = cache.get_or_load("version", || std::fs::read("/proc/version"))?;
    /// let again = cache.get_or_load("version", || Err::<&str, _>("not called"))?;
    /// assert_eq!(version, again);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_or_load<V, E>(
        &self,
        key: impl AsRef<[u8]>,
        loader: impl FnOnce() -> Result<V, E>,
    ) -> Result<Value, LoadError<E>>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        self.get_or_load_with(key, LoadOptions::new(), |_| loader())
    }

    /// [`get_or_load`](Self::get_or_load) with options, and with a loader that is given the lease
    /// of its load, to name it as the parent of the loads that it needs in turn.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// use brisk::LoadOptions;
    ///
    /// let cache = brisk::Cache::builder().build()?;
    /// let options = LoadOptions::new();
    /// let page = cache.get_or_load_with("page", options, |lease| -> brisk::Result<_> {
    ///     let under = LoadOptions::new().parent(lease);
    ///     let head = cache.get_or_load_with("head", under, |_| -> brisk::Result<_> { Ok("head") })?;
    ///     Ok([&head[..], b" and page"].concat())
    /// })?;
    /// assert_eq!(page, b"head and page");
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_or_load_with<V, E>(
        &self,
        key: impl AsRef<[u8]>,
        options: LoadOptions<'_>,
        loader: impl FnOnce(&Lease) -> Result<V, E>,
    ) -> Result<Value, LoadError<E>>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        let lead = match self.begin_under(key, options.parent)? {
            Begin::Value(value) => return Ok(value),
            Begin::Refused => return Err(LoadError::Refused),
            Begin::Lead(lease) => lease,
            Begin::Wait(lease) => match lease.wait(options.timeout)? {
                Waited::Value(value) => return Ok(value),
                Waited::Timeout => return Err(LoadError::Timeout),
                Waited::Lead => lease,
            },
        };
        run(&lead, options.ttl, loader)
    }
}

/// Runs a loader and ends the load that it leads, whatever becomes of it.
fn run<V, E>(
    lease: &Lease,
    ttl: Ttl,
    loader: impl FnOnce(&Lease) -> Result<V, E>,
) -> Result<Value, LoadError<E>>
where
    V: AsRef<[u8]>,
    E: fmt::Display,
{
    let unwinding = Abandon(lease);
    let answer = match loader(lease) {
        Ok(value) => lease.complete_with_ttl(value, ttl).map_err(|error| {
            // A value that cannot be stored ends the load; one that has ended does not mind.
            let _ = lease.fail(error.message());
            LoadError::Cache(error)
        }),
        Err(error) => {
            // The cache may be closed, and its waiters with it; the loader's error counts.
            let _ = lease.fail(error.to_string());
            Err(LoadError::Loader(error))
        }
    };
    std::mem::forget(unwinding);
    answer
}

/// Gives the lead away when a panic passes, also where the loader has kept a clone of the lease.
struct Abandon<'a>(&'a Lease);

impl Drop for Abandon<'_> {
    fn drop(&mut self) {
        let _ = self.0.abandon();
    }
}

impl<E> From<Error> for LoadError<E> {
    fn from(error: Error) -> Self {
        Self::Cache(error)
    }
}

impl<E: fmt::Display> From<LoadError<E>> for Error {
    fn from(error: LoadError<E>) -> Self {
        let message = error.to_string();
        match error {
            LoadError::Loader(_) => Self::new(BRISK_LOAD_FAILED, message),
            LoadError::Timeout => Self::new(BRISK_TIMEOUT, message),
            LoadError::Refused => Self::new(BRISK_REFUSED, message),
            LoadError::Cache(error) => error,
        }
    }
}

impl<E: fmt::Display> fmt::Display for LoadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loader(error) => error.fmt(f),
            Self::Timeout => f.write_str(
                "the load by another caller takes longer than the timeout, and goes on; wait again \
                 or longer",
            ),
            Self::Refused => f.write_str(
                "there is no room to unpack the value, because callers pin what the cache holds",
            ),
            Self::Cache(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for LoadError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Loader(error) => error.source(),
            _ => None,
        }
    }
}
