// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! The cache.
//!
//! A cache maps keys to values, both plain bytes, within a bound on every byte it holds. Reads take
//! no lock. A value is copied out ([`brisk_cache_read`]) or pinned in place ([`brisk_cache_get`]).
//! A write is visible when the call returns.

use core::ffi::c_void;
use core::marker::{PhantomData, PhantomPinned};

use crate::*;

/// Which entries a full cache gives up. Later versions may add values.
pub type brisk_policy = i32;
/// The rule that does best now, out of several that are tried on a sample of the keys.
pub const BRISK_POLICY_AUTO: brisk_policy = 0;
/// Least recently used.
pub const BRISK_POLICY_LRU: brisk_policy = 1;
/// Three FIFO queues with a ghost list (Yang and others, FIFO Queues are All You Need for Cache
/// Eviction, SOSP 2023).
pub const BRISK_POLICY_S3FIFO: brisk_policy = 2;

/// What a policy maximizes. Later versions may add values.
pub type brisk_aim = i32;
/// The share of lookups that hit: small values are kept rather than large ones.
pub const BRISK_AIM_OBJECTS: brisk_aim = 0;
/// The share of the bytes asked for that hit.
pub const BRISK_AIM_BYTES: brisk_aim = 1;
/// The share of the cost that hits save: costly values are kept rather than cheap ones, in
/// proportion to the bytes they take. Loads carry their time as their cost, puts what
/// [`brisk_cache_put_cost`] gives; a value without a cost counts as the cheapest.
pub const BRISK_AIM_COST: brisk_aim = 2;

/// Whether values are compressed. Later versions may add values.
pub type brisk_compression = i32;
/// With zstd, from compression_threshold bytes up, where that saves at least an eighth; a value
/// that does not shrink stays raw, and so does one of 256 MiB. From 8 MiB of capacity up a
/// dictionary is trained in the background from the values there are, and again when they change;
/// then small values shrink as well. Without a compression_threshold, and with policies but LRU,
/// values in such a cache of at most a 4096th of its capacity are packed when they have come to
/// stay, by a later write or when a dictionary comes, and a sixteenth of the capacity is left
/// unpacked to those read most; where values are loaded, from about a quarter of it, when a load
/// takes no longer than a dozen unpackings, to about a 64th.
pub const BRISK_COMPRESSION_AUTO: brisk_compression = 0;
/// Never.
pub const BRISK_COMPRESSION_OFF: brisk_compression = 1;

/// Why an entry left the cache. Later versions may add values.
pub type brisk_cause = i32;
/// Evicted to make room.
pub const BRISK_CAUSE_CAPACITY: brisk_cause = 1;
/// Its lifetime, or its time without use, ended.
pub const BRISK_CAUSE_EXPIRED: brisk_cause = 2;
/// Erased or cleared by a caller.
pub const BRISK_CAUSE_ERASED: brisk_cause = 3;
/// A newer value took its key.
pub const BRISK_CAUSE_REPLACED: brisk_cause = 4;

/// A bounded, compressed key/value cache in memory. May be used from any thread. Counted by
/// [`brisk_cache_ref`] and [`brisk_cache_unref`]; [`brisk_cache_close`] ends its work.
#[repr(C)]
pub struct brisk_cache {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// One pinned value. Its bytes stay valid and unchanged until the last [`brisk_value_unref`], even
/// after the entry is evicted or the cache is closed and released. Counted by [`brisk_value_ref`]
/// and [`brisk_value_unref`].
#[repr(C)]
pub struct brisk_value {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// A walk over the keys of a cache. One thread at a time; it keeps its cache alive. Has one owner,
/// who releases it with [`brisk_cursor_unref`].
#[repr(C)]
pub struct brisk_cursor {
    _data: [u8; 0],
    _marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// Settings of a cache. A zero field selects the documented default.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_cache_options {
    /// Set by [`brisk_cache_options::INIT`].
    pub struct_size: u32,
    /// Which entries a full cache gives up; default [`BRISK_POLICY_AUTO`].
    pub policy: brisk_policy,
    /// Bound on all bytes held: keys, values, nodes, index, slack; at least 262144; default 64 MiB.
    pub capacity_bytes: u64,
    /// Bound on the number of entries; default none.
    pub max_entries: u64,
    /// Lifetime of an entry from its last write, in nanoseconds; default [`BRISK_FOREVER`].
    pub ttl_ns: u64,
    /// Lifetime of an entry from its last use, in nanoseconds; default [`BRISK_FOREVER`].
    pub idle_ns: u64,
    /// Whether values are compressed; default [`BRISK_COMPRESSION_AUTO`].
    pub compression: brisk_compression,
    /// The zstd level, -7 to 19; default: 1, and with a dictionary the one of 1, -1 and 3 that
    /// measures best.
    pub compression_level: i32,
    /// Values of fewer bytes stay raw; default: 512, and with a dictionary down to 80 where
    /// measuring shows that it pays.
    pub compression_threshold: u64,
    /// What a zero timeout of a load means, in nanoseconds; default 30 seconds.
    pub load_timeout_ns: u64,
    /// Events kept for [`brisk_cache_next_event`], the oldest dropped first; default none. At most
    /// 1048576. Each has 64 bytes for its key and its cause: a longer key takes the room of
    /// several.
    pub event_capacity: u32,
    /// Bytes of name; default none. At most 255.
    pub name_size: u32,
    /// A name, unique in the runtime, to find the cache by; copied; default none.
    pub name: *const c_void,
    /// Every lifetime is shortened at random by up to this share of it, so that what was written
    /// together does not expire together; 0 to 0.5, default 0.
    pub ttl_jitter: f64,
    /// For so long after its lifetime a value is still given to those who ask for a load, while one
    /// of them makes a new one, in nanoseconds; default none (stale-while-revalidate of RFC 5861).
    pub stale_ns: u64,
    /// For so long after its lifetime a value is given to those who ask for a load that fails, in
    /// nanoseconds; default none (stale-if-error of RFC 5861).
    pub stale_if_error_ns: u64,
    /// How readily a loaded value is loaded anew before its lifetime ends, in proportion to what
    /// its load took: a caller of [`brisk_cache_begin`] leads with the probability of XFetch
    /// (Vattani and others, Optimal Probabilistic Cache Stampede Prevention, VLDB 2015), where 1 is
    /// the optimum; 0 to 1000, default 0, never.
    pub early_beta: f64,
    /// How many of the keys asked for most are remembered, for [`brisk_cache_hot_keys`]; at most
    /// 1024, UINT64_MAX for none; default 128, or fewer where they would take more than a 128th of
    /// the capacity. Each has 116 bytes, 64 of them for its key: a longer key takes the room of
    /// several.
    pub hot_keys: u64,
    /// Not zero: a loaded value carries what its load took as its cost, in nanoseconds, unless
    /// [`brisk_lease_set_cost`] gives another; default 0, unless early_beta is set or aim is
    /// [`BRISK_AIM_COST`]. A cost takes 16 bytes of its entry.
    pub load_costs: u32,
    /// What the policy maximizes; default [`BRISK_AIM_OBJECTS`]. With [`BRISK_POLICY_LRU`], which
    /// has no choice, anything else is refused.
    pub aim: brisk_aim,
}

impl brisk_cache_options {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        policy: 0,
        capacity_bytes: 0,
        max_entries: 0,
        ttl_ns: 0,
        idle_ns: 0,
        compression: 0,
        compression_level: 0,
        compression_threshold: 0,
        load_timeout_ns: 0,
        event_capacity: 0,
        name_size: 0,
        name: core::ptr::null(),
        ttl_jitter: 0.0,
        stale_ns: 0,
        stale_if_error_ns: 0,
        early_beta: 0.0,
        hot_keys: 0,
        load_costs: 0,
        aim: 0,
    };
}

impl Default for brisk_cache_options {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_cache_options: 128 {
        struct_size: 0,
        policy: 4,
        capacity_bytes: 8,
        max_entries: 16,
        ttl_ns: 24,
        idle_ns: 32,
        compression: 40,
        compression_level: 44,
        compression_threshold: 48,
        load_timeout_ns: 56,
        event_capacity: 64,
        name_size: 68,
        name: 72,
        ttl_jitter: 80,
        stale_ns: 88,
        stale_if_error_ns: 96,
        early_beta: 104,
        hot_keys: 112,
        load_costs: 120,
        aim: 124,
    }
}

/// Figures of a cache. Counts run from its creation; a count may lag by the calls in flight on
/// other threads. The parts of held_bytes add up to it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct brisk_cache_stats {
    /// Set by [`brisk_cache_stats::INIT`].
    pub struct_size: u32,
    /// Always zero.
    pub reserved: u32,
    /// Entries now, those among them that are kept beyond their lifetime, or say that there is no
    /// value.
    pub entries: u64,
    /// Lookups that found a live entry; one that needs a larger buffer counts when it comes again.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// hits / (hits + misses), 0 before the first lookup.
    pub hit_ratio: f64,
    /// Values stored.
    pub puts: u64,
    /// Values not stored because nothing could be evicted.
    pub refusals: u64,
    /// Loads that completed.
    pub loads: u64,
    /// Loads that failed or were abandoned.
    pub load_failures: u64,
    /// Time spent in completed and failed loads, in nanoseconds.
    pub load_ns: u64,
    /// Entries evicted to make room.
    pub evicted_capacity: u64,
    /// Entries that expired.
    pub evicted_expired: u64,
    /// Entries erased or cleared by callers.
    pub evicted_erased: u64,
    /// Entries replaced by newer values.
    pub evicted_replaced: u64,
    /// Bytes of entries evicted to make room.
    pub evicted_capacity_bytes: u64,
    /// Bytes of entries that expired.
    pub evicted_expired_bytes: u64,
    /// Bytes of entries erased or cleared by callers.
    pub evicted_erased_bytes: u64,
    /// Bytes of entries replaced by newer values.
    pub evicted_replaced_bytes: u64,
    /// Events lost because the queue was full.
    pub events_dropped: u64,
    /// The bound on held_bytes.
    pub capacity_bytes: u64,
    /// Bytes held now, from the allocator's point of view.
    pub held_bytes: u64,
    /// The most bytes that were held at one time.
    pub peak_bytes: u64,
    /// Part of held_bytes: live entries with their nodes.
    pub entry_bytes: u64,
    /// Part of held_bytes: the hash index.
    pub index_bytes: u64,
    /// Part of held_bytes: ghost lists, and what the default policy samples.
    pub policy_bytes: u64,
    /// Part of held_bytes: compression contexts, dictionaries, and samples while one is trained.
    pub codec_bytes: u64,
    /// Part of held_bytes: memory taken and not in use by an entry.
    pub slack_bytes: u64,
    /// Part of held_bytes: the cache object, its counters, its event queue and its hot keys.
    pub other_bytes: u64,
    /// Part of held_bytes: values that left the cache or were unpacked, and that callers still pin.
    pub pinned_bytes: u64,
    /// Part of held_bytes: values whose last pin is gone and that the next write frees.
    pub reclaim_bytes: u64,
    /// Bytes of all live values as callers see them.
    pub raw_bytes: u64,
    /// Bytes of all live values as they are stored; raw_bytes / stored_bytes is the compression
    /// ratio.
    pub stored_bytes: u64,
    /// Live entries whose value is compressed.
    pub compressed_entries: u64,
    /// Misses that were given a value whose lifetime is over, because a load makes a new one.
    pub stale_hits: u64,
    /// Callers that were given the value from before because their load failed.
    pub stale_errors: u64,
    /// Misses that loaded nothing, because the key was known to have no value.
    pub absent_hits: u64,
    /// The costs of all values that were found, once for each hit.
    pub saved_cost: f64,
}

impl brisk_cache_stats {
    /// What a call starts from: `struct_size` is that of this struct, all else is zero.
    pub const INIT: Self = Self {
        struct_size: core::mem::size_of::<Self>() as u32,
        reserved: 0,
        entries: 0,
        hits: 0,
        misses: 0,
        hit_ratio: 0.0,
        puts: 0,
        refusals: 0,
        loads: 0,
        load_failures: 0,
        load_ns: 0,
        evicted_capacity: 0,
        evicted_expired: 0,
        evicted_erased: 0,
        evicted_replaced: 0,
        evicted_capacity_bytes: 0,
        evicted_expired_bytes: 0,
        evicted_erased_bytes: 0,
        evicted_replaced_bytes: 0,
        events_dropped: 0,
        capacity_bytes: 0,
        held_bytes: 0,
        peak_bytes: 0,
        entry_bytes: 0,
        index_bytes: 0,
        policy_bytes: 0,
        codec_bytes: 0,
        slack_bytes: 0,
        other_bytes: 0,
        pinned_bytes: 0,
        reclaim_bytes: 0,
        raw_bytes: 0,
        stored_bytes: 0,
        compressed_entries: 0,
        stale_hits: 0,
        stale_errors: 0,
        absent_hits: 0,
        saved_cost: 0.0,
    };
}

impl Default for brisk_cache_stats {
    fn default() -> Self {
        Self::INIT
    }
}

layout! {
    brisk_cache_stats: 296 {
        struct_size: 0,
        reserved: 4,
        entries: 8,
        hits: 16,
        misses: 24,
        hit_ratio: 32,
        puts: 40,
        refusals: 48,
        loads: 56,
        load_failures: 64,
        load_ns: 72,
        evicted_capacity: 80,
        evicted_expired: 88,
        evicted_erased: 96,
        evicted_replaced: 104,
        evicted_capacity_bytes: 112,
        evicted_expired_bytes: 120,
        evicted_erased_bytes: 128,
        evicted_replaced_bytes: 136,
        events_dropped: 144,
        capacity_bytes: 152,
        held_bytes: 160,
        peak_bytes: 168,
        entry_bytes: 176,
        index_bytes: 184,
        policy_bytes: 192,
        codec_bytes: 200,
        slack_bytes: 208,
        other_bytes: 216,
        pinned_bytes: 224,
        reclaim_bytes: 232,
        raw_bytes: 240,
        stored_bytes: 248,
        compressed_entries: 256,
        stale_hits: 264,
        stale_errors: 272,
        absent_hits: 280,
        saved_cost: 288,
    }
}

extern "C" {
    /// Creates a cache. The caller owns one reference.
    ///
    /// - `runtime`: The runtime to live in; NULL for the default one.
    /// - `options`: Settings; NULL for the defaults. Start from [`brisk_cache_options::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_EXISTS`], [`BRISK_OUT_OF_MEMORY`].
    /// Any thread.
    pub fn brisk_cache_new(
        runtime: *mut brisk_runtime,
        options: *const brisk_cache_options,
        cache: *mut *mut brisk_cache,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Finds a live cache by its name. The caller owns one more reference to it.
    ///
    /// - `runtime`: The runtime to look in; NULL for the default one.
    /// - `name`: The name that the cache was created with.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_find(
        runtime: *mut brisk_runtime,
        name: *const c_void,
        name_size: usize,
        cache: *mut *mut brisk_cache,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Drops every entry, gives the name free, and answers waiting loads with [`BRISK_CLOSED`].
    /// Idempotent; later calls on the cache return [`BRISK_CLOSED`]. Pinned values stay valid.
    ///
    /// Fails with [`BRISK_INVALID`]. Any thread. Walks over all entries.
    pub fn brisk_cache_close(cache: *mut brisk_cache, error: *mut *mut brisk_error)
        -> brisk_status;

    /// Copies value under key, in place of an older one. Key and value together may take half of
    /// the capacity, in bytes, at most. On [`BRISK_REFUSED`] and [`BRISK_OUT_OF_MEMORY`] the key
    /// has no value afterwards, so that an older version never comes back.
    ///
    /// - `key`: The key, at most 65535 bytes; may be empty.
    /// - `value`: The value, at most 2147483647 bytes; may be empty.
    /// - `ttl_ns`: Lifetime in nanoseconds; 0 inherits that of the cache, [`BRISK_FOREVER`] never
    ///   expires.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_put(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        value: *const c_void,
        value_size: usize,
        ttl_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Does [`brisk_cache_put`] for a value that carries its cost, in 16 bytes more. Every hit adds
    /// the cost to saved_cost of [`brisk_cache_stats`].
    ///
    /// - `key`: The key, at most 65535 bytes; may be empty.
    /// - `value`: The value, at most 2147483647 bytes; may be empty.
    /// - `ttl_ns`: Lifetime in nanoseconds; 0 inherits that of the cache, [`BRISK_FOREVER`] never
    ///   expires.
    /// - `cost`: What it costs to make the value, in any unit that is the same for all values of
    ///   the cache, nanoseconds for example; finite and not negative, 0 for none.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_put_cost(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        value: *const c_void,
        value_size: usize,
        ttl_ns: u64,
        cost: f64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Does [`brisk_cache_put`] for each entry in turn and stops at the first that is not stored.
    /// The sizes must add up to the sizes of keys and values; they are all checked first, and
    /// nothing is stored when one is wrong.
    ///
    /// - `count`: The number of entries.
    /// - `keys`: All keys, one after the other.
    /// - `key_sizes`: The size of each key, in bytes.
    /// - `values`: All values, one after the other.
    /// - `value_sizes`: The size of each value, in bytes.
    /// - `ttl_ns`: Lifetime of all in nanoseconds; 0 inherits that of the cache,
    ///   [`BRISK_FOREVER`] never expires.
    /// - `stored`: Receives how many entries were stored.
    ///
    /// Outcomes: [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_put_many(
        cache: *mut brisk_cache,
        count: usize,
        keys: *const c_void,
        keys_size: usize,
        key_sizes: *const u32,
        values: *const c_void,
        values_size: usize,
        value_sizes: *const u32,
        ttl_ns: u64,
        stored: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Pins the value of key, without a copy when it is stored raw. A compressed value is unpacked
    /// into memory that counts towards the bound; [`BRISK_REFUSED`] says that there is no room for
    /// that.
    ///
    /// - `value`: Receives the pinned value on [`BRISK_OK`], otherwise NULL.
    ///
    /// Outcomes: [`BRISK_MISS`], [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_get(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        value: *mut *mut brisk_value,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Pins the values of many keys in one call, at a lower cost a key. A value that
    /// [`brisk_cache_get`] would refuse counts as not found. On failure every element is NULL.
    ///
    /// - `count`: The number of keys.
    /// - `keys`: All keys, one after the other.
    /// - `key_sizes`: The size of each key, in bytes.
    /// - `values`: Receives a pinned value for each key, NULL where there is none.
    /// - `found`: Receives how many were found.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_get_many(
        cache: *mut brisk_cache,
        count: usize,
        keys: *const c_void,
        keys_size: usize,
        key_sizes: *const u32,
        values: *mut *mut brisk_value,
        found: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Copies the value of key into buffer. Takes no lock and allocates nothing when the value is
    /// stored raw and small.
    ///
    /// - `buffer`: Where the value is copied; may be NULL when its capacity is 0.
    /// - `size`: Receives the size of the value in bytes, 0 on a miss.
    ///
    /// Outcomes: [`BRISK_MISS`], [`BRISK_SHORT_BUFFER`]. Fails with [`BRISK_INVALID`],
    /// [`BRISK_CLOSED`], [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_read(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Copies the values of many keys in one call, at a lower cost a key. Stops at the first value
    /// that does not fit: [`BRISK_SHORT_BUFFER`], with the size of that value in its element of
    /// value_sizes; go on from there.
    ///
    /// - `count`: The number of keys.
    /// - `keys`: All keys, one after the other.
    /// - `key_sizes`: The size of each key, in bytes.
    /// - `buffer`: Where the values are copied, one after the other.
    /// - `value_sizes`: Receives the size of each value in bytes, UINT32_MAX where there is none.
    /// - `done`: Receives how many keys were answered.
    ///
    /// Outcomes: [`BRISK_SHORT_BUFFER`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_read_many(
        cache: *mut brisk_cache,
        count: usize,
        keys: *const c_void,
        keys_size: usize,
        key_sizes: *const u32,
        buffer: *mut c_void,
        capacity: usize,
        value_sizes: *mut u32,
        done: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Tells whether key has a live value: [`BRISK_OK`] or [`BRISK_MISS`]. Does not count as a use.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`]. Any thread.
    pub fn brisk_cache_contains(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Starts the lifetime of an entry anew. Counts as a use.
    ///
    /// - `ttl_ns`: New lifetime from now in nanoseconds; 0 inherits that of the cache,
    ///   [`BRISK_FOREVER`] never expires.
    ///
    /// Outcomes: [`BRISK_MISS`], [`BRISK_REFUSED`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_touch(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        ttl_ns: u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Removes the entry of key. A load of key that is in flight reaches its waiters and is not
    /// stored.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_TOO_LARGE`]. Any thread.
    pub fn brisk_cache_erase(
        cache: *mut brisk_cache,
        key: *const c_void,
        key_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Removes every entry whose key matches, for example user:123:\*, and that was in the cache
    /// when the call began. Costs a walk over all keys; other writers go on in between.
    ///
    /// - `pattern`: A glob over the whole key: ? is any byte, \* any bytes, \[a-z\] and \[!a-z\]
    ///   a set, a backslash takes the next byte as it is.
    /// - `erased`: Receives how many entries were removed.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread. Walks over all entries.
    pub fn brisk_cache_erase_matching(
        cache: *mut brisk_cache,
        pattern: *const c_void,
        pattern_size: usize,
        erased: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Removes every entry that was in the cache when the call began.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread. Walks over all entries.
    pub fn brisk_cache_clear(cache: *mut brisk_cache, error: *mut *mut brisk_error)
        -> brisk_status;

    /// Begins a walk over the keys, in no order. A key that is in the cache for the whole walk is
    /// returned exactly once; one that comes or goes meanwhile at most once.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_keys(
        cache: *mut brisk_cache,
        cursor: *mut *mut brisk_cursor,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Copies the next key into buffer. After [`BRISK_SHORT_BUFFER`] the same key comes again.
    ///
    /// - `buffer`: Where the key is copied.
    /// - `size`: Receives the size of the key in bytes.
    ///
    /// Outcomes: [`BRISK_END`], [`BRISK_SHORT_BUFFER`]. Fails with [`BRISK_INVALID`],
    /// [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. One thread at a time.
    pub fn brisk_cursor_next(
        cursor: *mut brisk_cursor,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns how often the key that [`brisk_cursor_next`] gave last was asked for, as far as that
    /// is known; 0 for a cursor of another kind.
    ///
    /// - `cursor`: A cursor of [`brisk_cache_hot_keys`]; NULL reads as 0.
    ///
    /// One thread at a time.
    pub fn brisk_cursor_lookups(cursor: *const brisk_cursor) -> u64;

    /// Begins a walk over the keys that are asked for most, whether they are in the cache or not,
    /// the hottest first and as they are now. Every lookup counts that [`brisk_cache_read_stats`]
    /// counts: exactly for the first 4095 of a thread, then by sampling. Counts are halved every
    /// six hours, so that keys which nobody asks for any more make way.
    ///
    /// - `count`: How many keys at most.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread.
    pub fn brisk_cache_hot_keys(
        cache: *mut brisk_cache,
        count: usize,
        cursor: *mut *mut brisk_cursor,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Writes the hot keys with their counts to a file that only its owner may read, in place of an
    /// older one and as a whole. A file that cannot be written is [`BRISK_INVALID`].
    ///
    /// - `path`: The file.
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`], [`BRISK_OUT_OF_MEMORY`]. Any thread. Walks
    /// over all entries.
    pub fn brisk_cache_save_hot(
        cache: *mut brisk_cache,
        path: *const c_void,
        path_size: usize,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Adds the hot keys of a file that [`brisk_cache_save_hot`] wrote, in an earlier process for
    /// example, to those of the cache; the hottest stay where not all have room. [`BRISK_MISS`]
    /// says that there is no such file. One that cannot be read, or is damaged, is
    /// [`BRISK_INVALID`], and nothing is added.
    ///
    /// - `path`: The file.
    /// - `restored`: Receives how many keys the file has, 0 when there is none.
    ///
    /// Outcomes: [`BRISK_MISS`]. Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`],
    /// [`BRISK_OUT_OF_MEMORY`]. Any thread. Walks over all entries.
    pub fn brisk_cache_restore_hot(
        cache: *mut brisk_cache,
        path: *const c_void,
        path_size: usize,
        restored: *mut u64,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Takes the oldest event off the queue that event_capacity switches on: an entry that left the
    /// cache. After [`BRISK_SHORT_BUFFER`] the same event comes again.
    ///
    /// - `buffer`: Where the key is copied.
    /// - `size`: Receives the size of the key in bytes.
    /// - `cause`: Receives why the entry left.
    ///
    /// Outcomes: [`BRISK_END`], [`BRISK_SHORT_BUFFER`]. Fails with [`BRISK_INVALID`],
    /// [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_cache_next_event(
        cache: *mut brisk_cache,
        buffer: *mut c_void,
        capacity: usize,
        size: *mut usize,
        cause: *mut brisk_cause,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Reads the figures of a cache.
    ///
    /// - `stats`: Receives the figures. Start from [`brisk_cache_stats::INIT`].
    ///
    /// Fails with [`BRISK_INVALID`], [`BRISK_CLOSED`]. Any thread.
    pub fn brisk_cache_read_stats(
        cache: *mut brisk_cache,
        stats: *mut brisk_cache_stats,
        error: *mut *mut brisk_error,
    ) -> brisk_status;

    /// Returns the bytes of a pinned value. They live as long as the value; NULL only for a NULL
    /// value.
    ///
    /// - `value`: A value; NULL reads as empty.
    /// - `size`: Receives the number of bytes; may be NULL.
    ///
    /// Any thread.
    pub fn brisk_value_data(value: *const brisk_value, size: *mut usize) -> *const c_void;

    /// Adds a reference to cache and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_cache_ref(cache: *mut brisk_cache) -> *mut brisk_cache;

    /// Drops a reference to cache. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_cache_unref(cache: *mut brisk_cache);

    /// Adds a reference to value and returns it, NULL for NULL.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_value_ref(value: *mut brisk_value) -> *mut brisk_value;

    /// Drops a reference to value. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_value_unref(value: *mut brisk_value);

    /// Releases cursor. NULL is ignored.
    ///
    /// Any thread. Never fails, never blocks.
    pub fn brisk_cursor_unref(cursor: *mut brisk_cursor);
}
