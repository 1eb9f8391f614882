/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_CACHE_H
#define BRISK_CACHE_H

/**
 * The cache.
 *
 * A cache maps keys to values, both plain bytes, within a bound on every byte it holds. Reads take
 * no lock. A value is copied out (brisk_cache_read) or pinned in place (brisk_cache_get). A write
 * is visible when the call returns.
 */

#include <brisk/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which entries a full cache gives up. Later versions may add values. */
typedef int32_t brisk_policy;
enum {
  BRISK_POLICY_AUTO = 0,   /**< The rule that does best now, out of several that are tried on a
                                sample of the keys. */
  BRISK_POLICY_LRU = 1,    /**< Least recently used. */
  BRISK_POLICY_S3FIFO = 2, /**< Three FIFO queues with a ghost list (Yang and others, FIFO Queues
                                are All You Need for Cache Eviction, SOSP 2023). */
};

/** What a policy maximizes. Later versions may add values. */
typedef int32_t brisk_aim;
enum {
  BRISK_AIM_OBJECTS = 0, /**< The share of lookups that hit: small values are kept rather than
                              large ones. */
  BRISK_AIM_BYTES = 1,   /**< The share of the bytes asked for that hit. */
  BRISK_AIM_COST = 2,    /**< The share of the cost that hits save: costly values are kept rather
                              than cheap ones, in proportion to the bytes they take. Loads carry
                              their time as their cost, puts what brisk_cache_put_cost gives; a
                              value without a cost counts as the cheapest. */
};

/** Whether values are compressed. Later versions may add values. */
typedef int32_t brisk_compression;
enum {
  BRISK_COMPRESSION_AUTO = 0, /**< With zstd, from compression_threshold bytes up, where that
                                   saves at least an eighth; a value that does not shrink stays
                                   raw, and so does one of 256 MiB. From 8 MiB of capacity up a
                                   dictionary is trained in the background from the values there
                                   are, and again when they change; then small values shrink as
                                   well. Without a compression_threshold, and with policies but
                                   LRU, values in such a cache of at most a 4096th of its
                                   capacity are packed when they have come to stay, by a later
                                   write or when a dictionary comes, and a sixteenth of the
                                   capacity is left unpacked to those read most; where values are
                                   loaded, from about a quarter of it, when a load takes no
                                   longer than a dozen unpackings, to about a 64th. */
  BRISK_COMPRESSION_OFF = 1,  /**< Never. */
};

/** Why an entry left the cache. Later versions may add values. */
typedef int32_t brisk_cause;
enum {
  BRISK_CAUSE_CAPACITY = 1, /**< Evicted to make room. */
  BRISK_CAUSE_EXPIRED = 2,  /**< Its lifetime, or its time without use, ended. */
  BRISK_CAUSE_ERASED = 3,   /**< Erased or cleared by a caller. */
  BRISK_CAUSE_REPLACED = 4, /**< A newer value took its key. */
};

/**
 * A bounded, compressed key/value cache in memory. May be used from any thread. Counted by
 * brisk_cache_ref and brisk_cache_unref; brisk_cache_close ends its work.
 */
typedef struct brisk_cache brisk_cache;

/**
 * One pinned value. Its bytes stay valid and unchanged until the last brisk_value_unref, even after
 * the entry is evicted or the cache is closed and released. Counted by brisk_value_ref and
 * brisk_value_unref.
 */
typedef struct brisk_value brisk_value;

/**
 * A walk over the keys of a cache. One thread at a time; it keeps its cache alive. Has one owner,
 * who releases it with brisk_cursor_unref.
 */
typedef struct brisk_cursor brisk_cursor;

/** Settings of a cache. A zero field selects the documented default. */
typedef struct brisk_cache_options {
  uint32_t struct_size;           /**< Set by BRISK_CACHE_OPTIONS_INIT. */
  brisk_policy policy;            /**< Which entries a full cache gives up; default
                                       BRISK_POLICY_AUTO. */
  uint64_t capacity_bytes;        /**< Bound on all bytes held: keys, values, nodes, index,
                                       slack; at least 262144; default 64 MiB. */
  uint64_t max_entries;           /**< Bound on the number of entries; default none. */
  uint64_t ttl_ns;                /**< Lifetime of an entry from its last write, in nanoseconds;
                                       default BRISK_FOREVER. */
  uint64_t idle_ns;               /**< Lifetime of an entry from its last use, in nanoseconds;
                                       default BRISK_FOREVER. */
  brisk_compression compression;  /**< Whether values are compressed; default
                                       BRISK_COMPRESSION_AUTO. */
  int32_t compression_level;      /**< The zstd level, -7 to 19; default: 1, and with a
                                       dictionary the one of 1, -1 and 3 that measures best. */
  uint64_t compression_threshold; /**< Values of fewer bytes stay raw; default: 512, and with a
                                       dictionary down to 80 where measuring shows that it pays. */
  uint64_t load_timeout_ns;       /**< What a zero timeout of a load means, in nanoseconds;
                                       default 30 seconds. */
  uint32_t event_capacity;        /**< Events kept for brisk_cache_next_event, the oldest dropped
                                       first; default none. At most 1048576. Each has 64 bytes
                                       for its key and its cause: a longer key takes the room of
                                       several. */
  uint32_t name_size;             /**< Bytes of name; default none. At most 255. */
  const void *name;               /**< A name, unique in the runtime, to find the cache by;
                                       copied; default none. */
  double ttl_jitter;              /**< Every lifetime is shortened at random by up to this share
                                       of it, so that what was written together does not expire
                                       together; 0 to 0.5, default 0. */
  uint64_t stale_ns;              /**< For so long after its lifetime a value is still given to
                                       those who ask for a load, while one of them makes a new
                                       one, in nanoseconds; default none (stale-while-revalidate
                                       of RFC 5861). */
  uint64_t stale_if_error_ns;     /**< For so long after its lifetime a value is given to those
                                       who ask for a load that fails, in nanoseconds; default
                                       none (stale-if-error of RFC 5861). */
  double early_beta;              /**< How readily a loaded value is loaded anew before its
                                       lifetime ends, in proportion to what its load took: a
                                       caller of brisk_cache_begin leads with the probability of
                                       XFetch (Vattani and others, Optimal Probabilistic Cache
                                       Stampede Prevention, VLDB 2015), where 1 is the optimum; 0
                                       to 1000, default 0, never. */
  uint64_t hot_keys;              /**< How many of the keys asked for most are remembered, for
                                       brisk_cache_hot_keys; at most 1024, UINT64_MAX for none;
                                       default 128, or fewer where they would take more than a
                                       128th of the capacity. Each has 116 bytes, 64 of them for
                                       its key: a longer key takes the room of several. */
  uint32_t load_costs;            /**< Not zero: a loaded value carries what its load took as its
                                       cost, in nanoseconds, unless brisk_lease_set_cost gives
                                       another; default 0, unless early_beta is set or aim is
                                       BRISK_AIM_COST. A cost takes 16 bytes of its entry. */
  brisk_aim aim;                  /**< What the policy maximizes; default BRISK_AIM_OBJECTS. With
                                       BRISK_POLICY_LRU, which has no choice, anything else is
                                       refused. */
} brisk_cache_options;

#define BRISK_CACHE_OPTIONS_INIT \
  {(uint32_t)sizeof(brisk_cache_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0.0, 0, 0, 0.0, \
   0, 0, 0}

/**
 * Figures of a cache. Counts run from its creation; a count may lag by the calls in flight on other
 * threads. The parts of held_bytes add up to it.
 */
typedef struct brisk_cache_stats {
  uint32_t struct_size;            /**< Set by BRISK_CACHE_STATS_INIT. */
  uint32_t reserved;               /**< Always zero. */
  uint64_t entries;                /**< Entries now, those among them that are kept beyond their
                                        lifetime, or say that there is no value. */
  uint64_t hits;                   /**< Lookups that found a live entry; one that needs a larger
                                        buffer counts when it comes again. */
  uint64_t misses;                 /**< Lookups that did not. */
  double hit_ratio;                /**< hits / (hits + misses), 0 before the first lookup. */
  uint64_t puts;                   /**< Values stored. */
  uint64_t refusals;               /**< Values not stored because nothing could be evicted. */
  uint64_t loads;                  /**< Loads that completed. */
  uint64_t load_failures;          /**< Loads that failed or were abandoned. */
  uint64_t load_ns;                /**< Time spent in completed and failed loads, in nanoseconds. */
  uint64_t evicted_capacity;       /**< Entries evicted to make room. */
  uint64_t evicted_expired;        /**< Entries that expired. */
  uint64_t evicted_erased;         /**< Entries erased or cleared by callers. */
  uint64_t evicted_replaced;       /**< Entries replaced by newer values. */
  uint64_t evicted_capacity_bytes; /**< Bytes of entries evicted to make room. */
  uint64_t evicted_expired_bytes;  /**< Bytes of entries that expired. */
  uint64_t evicted_erased_bytes;   /**< Bytes of entries erased or cleared by callers. */
  uint64_t evicted_replaced_bytes; /**< Bytes of entries replaced by newer values. */
  uint64_t events_dropped;         /**< Events lost because the queue was full. */
  uint64_t capacity_bytes;         /**< The bound on held_bytes. */
  uint64_t held_bytes;             /**< Bytes held now, from the allocator's point of view. */
  uint64_t peak_bytes;             /**< The most bytes that were held at one time. */
  uint64_t entry_bytes;            /**< Part of held_bytes: live entries with their nodes. */
  uint64_t index_bytes;            /**< Part of held_bytes: the hash index. */
  uint64_t policy_bytes;           /**< Part of held_bytes: ghost lists, and what the default
                                        policy samples. */
  uint64_t codec_bytes;            /**< Part of held_bytes: compression contexts, dictionaries,
                                        and samples while one is trained. */
  uint64_t slack_bytes;            /**< Part of held_bytes: memory taken and not in use by an
                                        entry. */
  uint64_t other_bytes;            /**< Part of held_bytes: the cache object, its counters, its
                                        event queue and its hot keys. */
  uint64_t pinned_bytes;           /**< Part of held_bytes: values that left the cache or were
                                        unpacked, and that callers still pin. */
  uint64_t reclaim_bytes;          /**< Part of held_bytes: values whose last pin is gone and
                                        that the next write frees. */
  uint64_t raw_bytes;              /**< Bytes of all live values as callers see them. */
  uint64_t stored_bytes;           /**< Bytes of all live values as they are stored; raw_bytes /
                                        stored_bytes is the compression ratio. */
  uint64_t compressed_entries;     /**< Live entries whose value is compressed. */
  uint64_t stale_hits;             /**< Misses that were given a value whose lifetime is over,
                                        because a load makes a new one. */
  uint64_t stale_errors;           /**< Callers that were given the value from before because
                                        their load failed. */
  uint64_t absent_hits;            /**< Misses that loaded nothing, because the key was known to
                                        have no value. */
  double saved_cost;               /**< The costs of all values that were found, once for each
                                        hit. */
} brisk_cache_stats;

#define BRISK_CACHE_STATS_INIT \
  {(uint32_t)sizeof(brisk_cache_stats), 0, 0, 0, 0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0}

/**
 * Creates a cache. The caller owns one reference.
 *
 * @param runtime  The runtime to live in; NULL for the default one.
 * @param options  Settings; NULL for the defaults. Start from BRISK_CACHE_OPTIONS_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_EXISTS, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_new(brisk_runtime *runtime, const brisk_cache_options *options,
                                       brisk_cache **cache, brisk_error **error);

/**
 * Finds a live cache by its name. The caller owns one more reference to it.
 *
 * @param runtime  The runtime to look in; NULL for the default one.
 * @param name     The name that the cache was created with.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_find(brisk_runtime *runtime, const void *name, size_t name_size,
                                        brisk_cache **cache, brisk_error **error);

/**
 * Drops every entry, gives the name free, and answers waiting loads with BRISK_CLOSED. Idempotent;
 * later calls on the cache return BRISK_CLOSED. Pinned values stay valid.
 *
 * Fails with BRISK_INVALID. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_cache_close(brisk_cache *cache, brisk_error **error);

/**
 * Copies value under key, in place of an older one. Key and value together may take half of the
 * capacity, in bytes, at most. On BRISK_REFUSED and BRISK_OUT_OF_MEMORY the key has no value
 * afterwards, so that an older version never comes back.
 *
 * @param key     The key, at most 65535 bytes; may be empty.
 * @param value   The value, at most 2147483647 bytes; may be empty.
 * @param ttl_ns  Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never
 *                expires.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_put(brisk_cache *cache, const void *key, size_t key_size,
                                       const void *value, size_t value_size, uint64_t ttl_ns,
                                       brisk_error **error);

/**
 * Does brisk_cache_put for a value that carries its cost, in 16 bytes more. Every hit adds the cost
 * to saved_cost of brisk_cache_stats.
 *
 * @param key     The key, at most 65535 bytes; may be empty.
 * @param value   The value, at most 2147483647 bytes; may be empty.
 * @param ttl_ns  Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never
 *                expires.
 * @param cost    What it costs to make the value, in any unit that is the same for all values of
 *                the cache, nanoseconds for example; finite and not negative, 0 for none.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_put_cost(brisk_cache *cache, const void *key, size_t key_size,
                                            const void *value, size_t value_size, uint64_t ttl_ns,
                                            double cost, brisk_error **error);

/**
 * Does brisk_cache_put for each entry in turn and stops at the first that is not stored. The sizes
 * must add up to the sizes of keys and values; they are all checked first, and nothing is stored
 * when one is wrong.
 *
 * @param count        The number of entries.
 * @param keys         All keys, one after the other.
 * @param key_sizes    The size of each key, in bytes.
 * @param values       All values, one after the other.
 * @param value_sizes  The size of each value, in bytes.
 * @param ttl_ns       Lifetime of all in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER
 *                     never expires.
 * @param stored       Receives how many entries were stored.
 *
 * Outcomes: BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_put_many(brisk_cache *cache, size_t count, const void *keys,
                                            size_t keys_size, const uint32_t *key_sizes,
                                            const void *values, size_t values_size,
                                            const uint32_t *value_sizes, uint64_t ttl_ns,
                                            size_t *stored, brisk_error **error);

/**
 * Pins the value of key, without a copy when it is stored raw. A compressed value is unpacked into
 * memory that counts towards the bound; BRISK_REFUSED says that there is no room for that.
 *
 * @param value  Receives the pinned value on BRISK_OK, otherwise NULL.
 *
 * Outcomes: BRISK_MISS, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_get(brisk_cache *cache, const void *key, size_t key_size,
                                       brisk_value **value, brisk_error **error);

/**
 * Pins the values of many keys in one call, at a lower cost a key. A value that brisk_cache_get
 * would refuse counts as not found. On failure every element is NULL.
 *
 * @param count      The number of keys.
 * @param keys       All keys, one after the other.
 * @param key_sizes  The size of each key, in bytes.
 * @param values     Receives a pinned value for each key, NULL where there is none.
 * @param found      Receives how many were found.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_get_many(brisk_cache *cache, size_t count, const void *keys,
                                            size_t keys_size, const uint32_t *key_sizes,
                                            brisk_value **values, size_t *found,
                                            brisk_error **error);

/**
 * Copies the value of key into buffer. Takes no lock and allocates nothing when the value is stored
 * raw and small.
 *
 * @param buffer  Where the value is copied; may be NULL when its capacity is 0.
 * @param size    Receives the size of the value in bytes, 0 on a miss.
 *
 * Outcomes: BRISK_MISS, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_read(brisk_cache *cache, const void *key, size_t key_size,
                                        void *buffer, size_t capacity, size_t *size,
                                        brisk_error **error);

/**
 * Copies the values of many keys in one call, at a lower cost a key. Stops at the first value that
 * does not fit: BRISK_SHORT_BUFFER, with the size of that value in its element of value_sizes; go
 * on from there.
 *
 * @param count        The number of keys.
 * @param keys         All keys, one after the other.
 * @param key_sizes    The size of each key, in bytes.
 * @param buffer       Where the values are copied, one after the other.
 * @param value_sizes  Receives the size of each value in bytes, UINT32_MAX where there is none.
 * @param done         Receives how many keys were answered.
 *
 * Outcomes: BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_read_many(brisk_cache *cache, size_t count, const void *keys,
                                             size_t keys_size, const uint32_t *key_sizes,
                                             void *buffer, size_t capacity, uint32_t *value_sizes,
                                             size_t *done, brisk_error **error);

/**
 * Tells whether key has a live value: BRISK_OK or BRISK_MISS. Does not count as a use.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE. Any thread.
 */
BRISK_API brisk_status brisk_cache_contains(brisk_cache *cache, const void *key, size_t key_size,
                                            brisk_error **error);

/**
 * Starts the lifetime of an entry anew. Counts as a use.
 *
 * @param ttl_ns  New lifetime from now in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER
 *                never expires.
 *
 * Outcomes: BRISK_MISS, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_touch(brisk_cache *cache, const void *key, size_t key_size,
                                         uint64_t ttl_ns, brisk_error **error);

/**
 * Removes the entry of key. A load of key that is in flight reaches its waiters and is not stored.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE. Any thread.
 */
BRISK_API brisk_status brisk_cache_erase(brisk_cache *cache, const void *key, size_t key_size,
                                         brisk_error **error);

/**
 * Removes every entry whose key matches, for example user:123:*, and that was in the cache when the
 * call began. Costs a walk over all keys; other writers go on in between.
 *
 * @param pattern  A glob over the whole key: ? is any byte, * any bytes, [a-z] and [!a-z] a set, a
 *                 backslash takes the next byte as it is.
 * @param erased   Receives how many entries were removed.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_cache_erase_matching(brisk_cache *cache, const void *pattern,
                                                  size_t pattern_size, uint64_t *erased,
                                                  brisk_error **error);

/**
 * Removes every entry that was in the cache when the call began.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_cache_clear(brisk_cache *cache, brisk_error **error);

/**
 * Begins a walk over the keys, in no order. A key that is in the cache for the whole walk is
 * returned exactly once; one that comes or goes meanwhile at most once.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_keys(brisk_cache *cache, brisk_cursor **cursor,
                                        brisk_error **error);

/**
 * Copies the next key into buffer. After BRISK_SHORT_BUFFER the same key comes again.
 *
 * @param buffer  Where the key is copied.
 * @param size    Receives the size of the key in bytes.
 *
 * Outcomes: BRISK_END, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_OUT_OF_MEMORY. One thread at a time.
 */
BRISK_API brisk_status brisk_cursor_next(brisk_cursor *cursor, void *buffer, size_t capacity,
                                         size_t *size, brisk_error **error);

/**
 * Returns how often the key that brisk_cursor_next gave last was asked for, as far as that is
 * known; 0 for a cursor of another kind.
 *
 * @param cursor  A cursor of brisk_cache_hot_keys; NULL reads as 0.
 *
 * One thread at a time.
 */
BRISK_API uint64_t brisk_cursor_lookups(const brisk_cursor *cursor);

/**
 * Begins a walk over the keys that are asked for most, whether they are in the cache or not, the
 * hottest first and as they are now. Every lookup counts that brisk_cache_read_stats counts:
 * exactly for the first 4095 of a thread, then by sampling. Counts are halved every six hours, so
 * that keys which nobody asks for any more make way.
 *
 * @param count  How many keys at most.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_hot_keys(brisk_cache *cache, size_t count,
                                            brisk_cursor **cursor, brisk_error **error);

/**
 * Writes the hot keys with their counts to a file that only its owner may read, in place of an
 * older one and as a whole. A file that cannot be written is BRISK_INVALID.
 *
 * @param path  The file.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread. Walks over all entries.
 */
BRISK_API brisk_status brisk_cache_save_hot(brisk_cache *cache, const void *path, size_t path_size,
                                            brisk_error **error);

/**
 * Adds the hot keys of a file that brisk_cache_save_hot wrote, in an earlier process for example,
 * to those of the cache; the hottest stay where not all have room. BRISK_MISS says that there is no
 * such file. One that cannot be read, or is damaged, is BRISK_INVALID, and nothing is added.
 *
 * @param path      The file.
 * @param restored  Receives how many keys the file has, 0 when there is none.
 *
 * Outcomes: BRISK_MISS. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 * Walks over all entries.
 */
BRISK_API brisk_status brisk_cache_restore_hot(brisk_cache *cache, const void *path,
                                               size_t path_size, uint64_t *restored,
                                               brisk_error **error);

/**
 * Takes the oldest event off the queue that event_capacity switches on: an entry that left the
 * cache. After BRISK_SHORT_BUFFER the same event comes again.
 *
 * @param buffer  Where the key is copied.
 * @param size    Receives the size of the key in bytes.
 * @param cause   Receives why the entry left.
 *
 * Outcomes: BRISK_END, BRISK_SHORT_BUFFER. Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_cache_next_event(brisk_cache *cache, void *buffer, size_t capacity,
                                              size_t *size, brisk_cause *cause,
                                              brisk_error **error);

/**
 * Reads the figures of a cache.
 *
 * @param stats  Receives the figures. Start from BRISK_CACHE_STATS_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_cache_read_stats(brisk_cache *cache, brisk_cache_stats *stats,
                                              brisk_error **error);

/**
 * Returns the bytes of a pinned value. They live as long as the value; NULL only for a NULL value.
 *
 * @param value  A value; NULL reads as empty.
 * @param size   Receives the number of bytes; may be NULL.
 *
 * Any thread.
 */
BRISK_API const void *brisk_value_data(const brisk_value *value, size_t *size);

/**
 * Adds a reference to cache and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_cache *brisk_cache_ref(brisk_cache *cache);

/**
 * Drops a reference to cache. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_cache_unref(brisk_cache *cache);

/**
 * Adds a reference to value and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_value *brisk_value_ref(brisk_value *value);

/**
 * Drops a reference to value. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_value_unref(brisk_value *value);

/**
 * Releases cursor. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_cursor_unref(brisk_cursor *cursor);

#ifdef __cplusplus
}
#endif

#endif
