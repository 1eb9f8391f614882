//! Loads: the value of a key, made by one caller when it is missing.

use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, time::Duration};

use brisk_sys::{BRISK_ABSENT, BRISK_LOAD_FAILED, BRISK_REFUSED, BRISK_TIMEOUT};

use crate::lease::{Begin, Lease, Waited};
use crate::{Cache, Error, Ttl, Value, Workers};

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
    /// The key is known to have no value.
    Absent,
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
    /// caller tries anew. Where the cache has [`stale_if_error`](crate::CacheBuilder::stale_if_error)
    /// all of them get the value from before instead. A loader that panics gives the lead to another caller, and the panic goes
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
        match self.join(key.as_ref(), options)? {
            Joined::Value(value) => Ok(value),
            Joined::Lead(lead, _) => run(&lead, options.ttl, loader),
        }
    }

    /// [`get_or_load_with`](Self::get_or_load_with) in a cache with
    /// [`stale`](crate::CacheBuilder::stale): within that time of its lifetime the value from before
    /// comes at once, and the loader runs on a thread of the pool. Where the pool takes no task, it
    /// runs on this one. What a loader on the pool fails with is counted and told to nobody.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// use brisk::{Cache, LoadOptions, Workers};
    /// use std::time::Duration;
    ///
    /// let workers = Workers::builder().threads(2).build()?;
    /// let minute = Duration::from_secs(60);
    /// let cache = Cache::builder().ttl(minute).stale(5 * minute).build()?;
    /// let load = |_: &_| std::fs::read("/proc/version");
    /// let page = cache.get_or_refresh("version", LoadOptions::new(), &workers, load)?;
    /// assert!(!page.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_or_refresh<V, E, F>(
        &self,
        key: impl AsRef<[u8]>,
        options: LoadOptions<'_>,
        workers: &Workers,
        loader: F,
    ) -> Result<Value, LoadError<E>>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
        F: FnOnce(&Lease) -> Result<V, E> + Send + 'static,
    {
        let ttl = options.ttl;
        let (lead, value) = match self.join(key.as_ref(), options)? {
            Joined::Value(value) => return Ok(value),
            Joined::Lead(lead, None) => return run(&lead, ttl, loader),
            Joined::Lead(lead, Some(value)) => (lead, value),
        };
        // Shared, so that a pool that refuses the task gives the loader back.
        let shared = Arc::new(Mutex::new(Some(loader)));
        let (theirs, leading) = (shared.clone(), lead.clone());
        let queued = workers.submit(move |_| -> Result<(), ()> {
            if let Some(loader) = take(&theirs) {
                let _ = run(&leading, ttl, loader);
            }
            Ok(())
        });
        match queued {
            Ok(_) => Ok(value),
            Err(refused) => match take(&shared) {
                Some(loader) => run(&lead, ttl, loader),
                None => Err(refused.into()),
            },
        }
    }

    /// [`get_or_load_with`](Self::get_or_load_with) for keys that may have no value: a loader that
    /// returns `None` spares the next loads for so long as `absent` says, and all get `None`.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// use brisk::{Cache, LoadOptions};
    /// use std::time::Duration;
    ///
    /// let cache = Cache::builder().build()?;
    /// let home = |name: &'static str| move |_: &_| Ok::<_, brisk::Error>(std::env::var(name).ok());
    /// let minute = Duration::from_secs(60);
    /// let none = cache.find_or_load("nobody", LoadOptions::new(), minute, home("NO_SUCH_NAME"))?;
    /// assert!(none.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn find_or_load<V, E>(
        &self,
        key: impl AsRef<[u8]>,
        options: LoadOptions<'_>,
        absent: impl Into<Ttl>,
        loader: impl FnOnce(&Lease) -> Result<Option<V>, E>,
    ) -> Result<Option<Value>, LoadError<E>>
    where
        V: AsRef<[u8]>,
        E: fmt::Display,
    {
        let answer = match self.join(key.as_ref(), options) {
            Ok(Joined::Value(value)) => Ok(value),
            Ok(Joined::Lead(lead, _)) => run_or_absent(&lead, options.ttl, absent.into(), loader),
            Err(error) => Err(error),
        };
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(LoadError::Absent) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn join<E>(&self, key: &[u8], options: LoadOptions<'_>) -> Result<Joined, LoadError<E>> {
        match self.begin_under(key, options.parent)? {
            Begin::Value(value) => Ok(Joined::Value(value)),
            Begin::Refused => Err(LoadError::Refused),
            Begin::Absent => Err(LoadError::Absent),
            Begin::Lead(lease) => Ok(Joined::Lead(lease, None)),
            Begin::Stale(lease, value) => Ok(Joined::Lead(lease, Some(value))),
            Begin::Wait(lease) => match lease.wait(options.timeout)? {
                Waited::Value(value) => Ok(Joined::Value(value)),
                Waited::Timeout => Err(LoadError::Timeout),
                Waited::Absent => Err(LoadError::Absent),
                Waited::Lead => Ok(Joined::Lead(lease, None)),
            },
        }
    }
}

/// What there is once no other caller leads.
enum Joined {
    Value(Value),
    /// With the value from before, where it may be used meanwhile.
    Lead(Lease, Option<Value>),
}

fn take<T>(from: &Mutex<Option<T>>) -> Option<T> {
    from.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Runs a loader and ends the load that it leads, whatever becomes of it.
pub(crate) fn run<V, E>(
    lease: &Lease,
    ttl: Ttl,
    loader: impl FnOnce(&Lease) -> Result<V, E>,
) -> Result<Value, LoadError<E>>
where
    V: AsRef<[u8]>,
    E: fmt::Display,
{
    run_or_absent(lease, ttl, Ttl::Inherit, |lease| loader(lease).map(Some))
}

fn run_or_absent<V, E>(
    lease: &Lease,
    ttl: Ttl,
    absent: Ttl,
    loader: impl FnOnce(&Lease) -> Result<Option<V>, E>,
) -> Result<Value, LoadError<E>>
where
    V: AsRef<[u8]>,
    E: fmt::Display,
{
    let unwinding = Abandon(lease);
    let answer = match loader(lease) {
        Ok(None) => Err(lease
            .complete_absent(absent)
            .map_or_else(LoadError::Cache, |()| LoadError::Absent)),
        Ok(Some(value)) => lease.complete_with_ttl(value, ttl).map_err(|error| {
            // A value that cannot be stored ends the load; one that has ended does not mind.
            let _ = lease.fail(error.message());
            LoadError::Cache(error)
        }),
        Err(error) => {
            // The cache may be closed, and its waiters with it; the loader's error counts.
            match lease.fail(error.to_string()) {
                Ok(true) => match lease.wait(Duration::ZERO) {
                    Ok(Waited::Value(value)) => Ok(value),
                    _ => Err(LoadError::Loader(error)),
                },
                _ => Err(LoadError::Loader(error)),
            }
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
            LoadError::Absent => Self::new(BRISK_ABSENT, message),
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
            Self::Absent => f.write_str("the key is known to have no value"),
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
