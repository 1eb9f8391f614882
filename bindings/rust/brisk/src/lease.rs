//! Leases: a part in the load of one key.

use std::{ptr, time::Duration};

use brisk_sys::*;

use crate::cache::parts;
use crate::error::call;
use crate::handle::Handle;
use crate::ttl::timeout;
use crate::{Cache, Error, Result, Ttl, Value};

/// What a lookup that joins a load answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Begin {
    /// The key has this value.
    Value(Value),
    /// A new load, which this lease leads and must end.
    Lead(Lease),
    /// The same, with the value from before, which may be used until the load ends: in a cache with
    /// [`stale`](crate::CacheBuilder::stale).
    Stale(Lease, Value),
    /// A load that another caller leads, and this lease waits for.
    Wait(Lease),
    /// There is no room to unpack the value, because callers pin what the cache holds.
    Refused,
    /// The key is known to have no value.
    Absent,
}

/// How a wait ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Waited {
    /// The load gave this value.
    Value(Value),
    /// The leader abandoned the load; the lease that waited leads now and must end it.
    Lead,
    /// The load takes longer, and goes on; the lease may wait again.
    Timeout,
    /// The load found that there is no value.
    Absent,
}

impl Cache {
    /// Looks key up, and where it is missing joins its load, without blocking. What
    /// [`get_or_load`](Self::get_or_load) is made of, for programs that load elsewhere: on another
    /// thread, or as a task.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// use brisk::Begin;
    ///
    /// let cache = brisk::Cache::builder().build()?;
    /// if let Begin::Lead(lead) = cache.begin("page")? {
    ///     std::thread::spawn(move || lead.complete("made elsewhere"));
    /// }
    /// match cache.begin("page")? {
    ///     Begin::Value(page) => assert_eq!(page, b"made elsewhere"),
    ///     Begin::Wait(lease) => drop(lease.wait(None)?),
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn begin(&self, key: impl AsRef<[u8]>) -> Result<Begin> {
        self.begin_under(key, None)
    }

    /// [`begin`](Self::begin) for a load that is needed by the load of `parent`, so that a circle
    /// of loads fails as a deadlock.
    pub fn begin_under(&self, key: impl AsRef<[u8]>, parent: Option<&Lease>) -> Result<Begin> {
        let (key, size) = parts(key.as_ref());
        let parent = parent.map_or(ptr::null_mut(), Lease::raw);
        let mut value = ptr::null_mut();
        let mut lease = ptr::null_mut();
        // SAFETY: cache and parent are alive, the key is as long as said, and so are the places for
        // value and lease.
        let status = call(|error| unsafe {
            brisk_cache_begin(self.raw(), key, size, parent, &mut value, &mut lease, error)
        })?;
        // SAFETY: the call gave one reference for each that is not NULL.
        let (value, lease) = unsafe { (Value::adopt(value), Handle::adopt(lease).map(Lease)) };
        match (status, value, lease) {
            (BRISK_OK, Some(value), _) => Ok(Begin::Value(value)),
            (BRISK_LEAD, None, Some(lease)) => Ok(Begin::Lead(lease)),
            (BRISK_LEAD, Some(value), Some(lease)) => Ok(Begin::Stale(lease, value)),
            (BRISK_WAIT, _, Some(lease)) => Ok(Begin::Wait(lease)),
            (BRISK_REFUSED, ..) => Ok(Begin::Refused),
            (BRISK_ABSENT, ..) => Ok(Begin::Absent),
            (other, ..) => Err(Error::unexpected(other)),
        }
    }
}

/// A part in the load of one key: the lead, or a place among those who wait. When the last clone of
/// a lead is dropped and the load has not ended, it is abandoned, so that one of the waiters leads.
///
/// The lead ends the load with [`complete`](Self::complete), [`fail`](Self::fail) or
/// [`abandon`](Self::abandon), once, on any thread. These fail as invalid for a lease that waits and
/// for a load that has ended, and as closed when the cache is.
#[derive(Clone, Debug)]
pub struct Lease(Handle<brisk_lease>);

impl Lease {
    /// Ends the load with a value, which every waiter gets, and pins it. It is stored with the
    /// lifetime that the cache has for its entries, unless there is no room, or the key was written
    /// or erased since the load began.
    pub fn complete(&self, value: impl AsRef<[u8]>) -> Result<Value> {
        self.complete_with_ttl(value, Ttl::Inherit)
    }

    /// [`complete`](Self::complete) with a lifetime of its own.
    pub fn complete_with_ttl(&self, value: impl AsRef<[u8]>, ttl: impl Into<Ttl>) -> Result<Value> {
        let (value, size) = parts(value.as_ref());
        let ttl = ttl.into().nanoseconds();
        let mut pinned = ptr::null_mut();
        // SAFETY: the lease is alive, the value as long as said, and so is the place for the pin.
        let status = call(|error| unsafe {
            brisk_lease_complete(self.raw(), value, size, ttl, &mut pinned, error)
        })?;
        // SAFETY: the call gave one reference, or NULL.
        unsafe { Value::adopt(pinned) }.ok_or_else(|| Error::unexpected(status))
    }

    /// Gives the cost that the value will carry, in place of the time that its load takes; before
    /// [`complete`](Self::complete). See [`Cache::put_with_cost`].
    pub fn set_cost(&self, cost: f64) -> Result<()> {
        // SAFETY: the lease is alive.
        call(|error| unsafe { brisk_lease_set_cost(self.raw(), cost, error) })?;
        Ok(())
    }

    /// Ends the load with the knowledge that the key has no value: nobody loads it while that holds.
    pub fn complete_absent(&self, ttl: impl Into<Ttl>) -> Result<()> {
        let ttl = ttl.into().nanoseconds();
        // SAFETY: the lease is alive.
        call(|error| unsafe { brisk_lease_complete_absent(self.raw(), ttl, error) })?;
        Ok(())
    }

    /// Ends the load with a failure, which every waiter gets with this message. Nothing is stored;
    /// the next caller begins a new load. True when they get the value from before instead, and so
    /// does this lease from [`wait`](Self::wait): in a cache with
    /// [`stale_if_error`](crate::CacheBuilder::stale_if_error).
    pub fn fail(&self, message: impl AsRef<str>) -> Result<bool> {
        let (message, size) = parts(message.as_ref().as_bytes());
        // SAFETY: the lease is alive, the message as long as said.
        let status = call(|error| unsafe { brisk_lease_fail(self.raw(), message, size, error) })?;
        Ok(status == BRISK_STALE)
    }

    /// Gives the lead to one of the waiters; without waiters the load ends.
    pub fn abandon(&self) -> Result<()> {
        // SAFETY: the lease is alive.
        call(|error| unsafe { brisk_lease_abandon(self.raw(), error) })?;
        Ok(())
    }

    /// Waits for the load to end. Without a timeout that of the cache holds; one of zero does not
    /// wait. Fails with the message of the leader when the load failed, as closed when the cache is
    /// closed meanwhile, and as invalid for a lease that leads a load which has not ended.
    pub fn wait(&self, timeout: impl Into<Option<Duration>>) -> Result<Waited> {
        let timeout = self::timeout(timeout.into());
        let mut value = ptr::null_mut();
        // SAFETY: the lease and the place for the value are alive.
        let status =
            call(|error| unsafe { brisk_lease_wait(self.raw(), timeout, &mut value, error) })?;
        // SAFETY: the call gave one reference, or NULL.
        match (status, unsafe { Value::adopt(value) }) {
            (BRISK_OK, Some(value)) => Ok(Waited::Value(value)),
            (BRISK_LEAD, _) => Ok(Waited::Lead),
            (BRISK_TIMEOUT, _) => Ok(Waited::Timeout),
            (BRISK_ABSENT, _) => Ok(Waited::Absent),
            (other, _) => Err(Error::unexpected(other)),
        }
    }

    fn raw(&self) -> *mut brisk_lease {
        self.0.raw()
    }
}
