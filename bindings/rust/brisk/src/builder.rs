//! Settings of a cache.

use std::ptr;
use std::time::Duration;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::ttl::{nanoseconds, timeout};
use crate::{Cache, Result, Runtime, Size, Ttl};

/// Which entries a full cache gives up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// The best rule known for general use.
    #[default]
    Auto,
    /// Least recently used.
    Lru,
    /// Three FIFO queues with a ghost list.
    S3Fifo,
}

/// What a [`Policy`] maximizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Aim {
    /// The share of lookups that hit.
    #[default]
    Objects,
    /// The share of the bytes asked for that hit.
    Bytes,
    /// The share of the cost that hits save; see [`Cache::put_with_cost`].
    Cost,
}

/// Whether values are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// With zstd and a dictionary learned from the values, where that saves at least an eighth.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// Settings of a [`Cache`]. What is not set has its default.
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are built"]
pub struct CacheBuilder {
    runtime: Option<Runtime>,
    capacity: Option<Result<u64>>,
    max_entries: u64,
    ttl: Ttl,
    idle: Ttl,
    ttl_jitter: f64,
    early_beta: f64,
    load_costs: bool,
    stale: Option<Duration>,
    stale_if_error: Option<Duration>,
    name: Vec<u8>,
    policy: Policy,
    aim: Aim,
    compression: Compression,
    compression_level: i32,
    compression_threshold: u64,
    load_timeout: Option<Duration>,
    event_capacity: u32,
    hot_keys: u64,
}

impl CacheBuilder {
    /// Bound on all bytes held, from keys and values to index and slack: a number, or text such as
    /// `"64 MiB"`. At least 256 KiB; by default, and for 0, 64 MiB.
    pub fn capacity(mut self, capacity: impl Size) -> Self {
        self.capacity = Some(capacity.bytes());
        self
    }

    /// Bound on the number of entries; by default, and for 0, there is none.
    pub fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = entries;
        self
    }

    /// Lifetime of an entry from its last write; by default forever.
    pub fn ttl(mut self, ttl: impl Into<Ttl>) -> Self {
        self.ttl = ttl.into();
        self
    }

    /// Lifetime of an entry from its last use; by default forever.
    pub fn idle(mut self, ttl: impl Into<Ttl>) -> Self {
        self.idle = ttl.into();
        self
    }

    /// Every lifetime is shortened at random by up to this share of it, 0 to 0.5, so that what was
    /// written together does not expire together; by default 0.
    pub fn ttl_jitter(mut self, share: f64) -> Self {
        self.ttl_jitter = share;
        self
    }

    /// How readily a loaded value is loaded anew before its lifetime ends, in proportion to what its
    /// load took, so that not everybody finds it missing at once (XFetch). 1 is the optimum; 0 to
    /// 1000, by default 0, never.
    pub fn early_beta(mut self, beta: f64) -> Self {
        self.early_beta = beta;
        self
    }

    /// Whether a loaded value carries what its load took, in nanoseconds, as its cost; by default
    /// only with [`early_beta`](Self::early_beta) and [`Aim::Cost`].
    pub fn load_costs(mut self, keep: bool) -> Self {
        self.load_costs = keep;
        self
    }

    /// For so long after its lifetime a value is given to those who ask for a load, while one of
    /// them makes a new one; by default not at all. Lookups miss it.
    pub fn stale(mut self, duration: Duration) -> Self {
        self.stale = Some(duration);
        self
    }

    /// For so long after its lifetime a value is given to those who ask for a load that fails; by
    /// default not at all.
    pub fn stale_if_error(mut self, duration: Duration) -> Self {
        self.stale_if_error = Some(duration);
        self
    }

    /// A name, unique in the runtime, for [`Cache::find`] and for other languages; at most 255
    /// bytes. By default, and when empty, there is none.
    pub fn name(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.name = name.into();
        self
    }

    /// Which entries a full cache gives up.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// What the policy maximizes; invalid with [`Policy::Lru`] but for [`Aim::Objects`].
    pub fn aim(mut self, aim: Aim) -> Self {
        self.aim = aim;
        self
    }

    /// Whether values are compressed.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The zstd level, -7 to 19; by default, and for 0, one that the cache chooses.
    pub fn compression_level(mut self, level: i32) -> Self {
        self.compression_level = level;
        self
    }

    /// Values of fewer bytes stay raw; by default, and for 0, what the cache chooses.
    pub fn compression_threshold(mut self, bytes: u64) -> Self {
        self.compression_threshold = bytes;
        self
    }

    /// How long those wait for a load who name no timeout; by default 30 seconds.
    pub fn load_timeout(mut self, duration: Duration) -> Self {
        self.load_timeout = Some(duration);
        self
    }

    /// Events kept for [`Cache::next_event`], of which the oldest go first, at most 1048576; by
    /// default none. An event with a key of more than some 50 bytes takes the place of several.
    pub fn event_capacity(mut self, events: u32) -> Self {
        self.event_capacity = events;
        self
    }

    /// How many of the keys asked for most are remembered, for [`Cache::warm`]; at most 1024,
    /// `u64::MAX` for none; by default, and for 0, 128, or fewer in a cache of less than 2 MiB.
    pub fn hot_keys(mut self, keys: u64) -> Self {
        self.hot_keys = keys;
        self
    }

    /// The runtime to live in; by default that of the process.
    pub fn runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Creates the cache. Fails as invalid for a setting out of its range, as existing when the name
    /// is taken by a live cache, and as closed when the runtime is.
    pub fn build(self) -> Result<Cache> {
        ready()?;
        let mut raw = brisk_cache_options::INIT;
        raw.capacity_bytes = self.capacity.transpose()?.unwrap_or(0);
        raw.max_entries = self.max_entries;
        raw.ttl_ns = self.ttl.nanoseconds();
        raw.idle_ns = self.idle.nanoseconds();
        raw.ttl_jitter = self.ttl_jitter;
        raw.early_beta = self.early_beta;
        raw.load_costs = self.load_costs.into();
        raw.stale_ns = self.stale.map_or(0, nanoseconds);
        raw.stale_if_error_ns = self.stale_if_error.map_or(0, nanoseconds);
        raw.policy = match self.policy {
            Policy::Auto => BRISK_POLICY_AUTO,
            Policy::Lru => BRISK_POLICY_LRU,
            Policy::S3Fifo => BRISK_POLICY_S3FIFO,
        };
        raw.aim = match self.aim {
            Aim::Objects => BRISK_AIM_OBJECTS,
            Aim::Bytes => BRISK_AIM_BYTES,
            Aim::Cost => BRISK_AIM_COST,
        };
        raw.compression = match self.compression {
            Compression::Auto => BRISK_COMPRESSION_AUTO,
            Compression::Off => BRISK_COMPRESSION_OFF,
        };
        raw.compression_level = self.compression_level;
        raw.compression_threshold = self.compression_threshold;
        raw.load_timeout_ns = timeout(self.load_timeout);
        raw.event_capacity = self.event_capacity;
        raw.hot_keys = self.hot_keys;
        // Too long for the field is too long for a name as well, and the library says so.
        raw.name_size = u32::try_from(self.name.len()).unwrap_or(u32::MAX);
        raw.name = self.name.as_ptr().cast();
        let runtime = self.runtime.as_ref().map_or(ptr::null_mut(), Runtime::raw);
        let mut cache = ptr::null_mut();
        // SAFETY: runtime and name are alive, the options as large as they say, the name as long,
        // and the place for the cache is alive.
        call(|error| unsafe { brisk_cache_new(runtime, &raw, &mut cache, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Cache(unsafe { Handle::given(cache) }))
    }
}
