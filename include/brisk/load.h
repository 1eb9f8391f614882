/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_LOAD_H
#define BRISK_LOAD_H

/**
 * Loading missing values.
 *
 * A load fills a missing key exactly once, however many callers ask at the same time.
 * brisk_cache_begin answers with the value, with the lead, or with a lease to wait on; the leader
 * ends the load, and every waiter gets its value or its error. brisk_cache_get_or_load is the same
 * with a callback. A timeout bounds waiting: a running loader is not interrupted, and no second
 * load of its key starts while it lives. A cache with stale_ns gives the value from before, whose
 * lifetime is over, to all who ask while one makes the new one; one with stale_if_error_ns gives it
 * when that fails. A load may also end with the knowledge that there is no value
 * (brisk_lease_complete_absent), which spares the next loads. Every other call misses all of these.
 */

#include <brisk/cache.h>
#include <brisk/workers.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A part in the load of one key: the lead, or a place among those who wait. May be used from any
 * thread. When the last reference to a lead goes and the load has not ended, it is abandoned.
 * Counted by brisk_lease_ref and brisk_lease_unref.
 */
typedef struct brisk_lease brisk_lease;

/**
 * Makes the value of a key and ends the lease with brisk_lease_complete or brisk_lease_fail. Runs
 * on the calling thread, outside every lock. Its result counts only when the lease was not ended: a
 * failure then becomes the failure of the load, anything else BRISK_LOAD_FAILED. A load that this
 * one needs is begun with this lease as its parent. An exception that leaves it becomes a failure
 * of the load.
 *
 * @param user   The pointer that was given with the callback.
 * @param lease  The lead of this load, borrowed for the call.
 * @param key    The key, borrowed for the call.
 */
typedef brisk_status (*brisk_load_fn)(void *user, brisk_lease *lease, const void *key,
                                      size_t key_size);

/**
 * Looks key up, and where it is missing joins its load. Never blocks. BRISK_OK gives the value,
 * BRISK_LEAD the lead of a new load, BRISK_WAIT a place among those who wait for the load in
 * flight. Within stale_ns of the end of its lifetime a value comes with the lead, and in place of a
 * wait; with early_beta also before.
 *
 * @param parent  The lead under which this load is needed, so that a circle of loads is found; NULL
 *                for none.
 * @param value   Receives the pinned value on BRISK_OK, and on BRISK_LEAD one that may be used
 *                until the load ends; otherwise NULL.
 * @param lease   Receives the lease on BRISK_LEAD and BRISK_WAIT, otherwise NULL.
 *
 * Outcomes: BRISK_LEAD, BRISK_WAIT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID,
 * BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_cache_begin(brisk_cache *cache, const void *key, size_t key_size,
                                         brisk_lease *parent, brisk_value **value,
                                         brisk_lease **lease, brisk_error **error);

/**
 * Ends the load with a value: every waiter gets it. It is stored unless the cache has no room, or
 * the key was written or erased since the load began; waiters get it all the same. A lease that
 * does not lead, or a load that has ended, answers BRISK_INVALID.
 *
 * @param lease   The lead.
 * @param value   The value; copied.
 * @param ttl_ns  Lifetime in nanoseconds; 0 inherits that of the cache, BRISK_FOREVER never
 *                expires.
 * @param pinned  Receives the value, pinned; may be NULL.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_lease_complete(brisk_lease *lease, const void *value,
                                            size_t value_size, uint64_t ttl_ns,
                                            brisk_value **pinned, brisk_error **error);

/**
 * Gives the cost that the value will carry, in place of the time that the load takes; before
 * brisk_lease_complete. A cache with early_beta takes it for nanoseconds.
 *
 * @param lease  The lead.
 * @param cost   What it costs to make the value, in any unit that is the same for all values of the
 *               cache; finite and not negative, 0 for none.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_lease_set_cost(brisk_lease *lease, double cost, brisk_error **error);

/**
 * Ends the load with the knowledge that the key has no value: every waiter gets BRISK_ABSENT, and
 * so does everybody who asks for a load while it is known. Reads miss the key. An older value that
 * was kept goes.
 *
 * @param lease   The lead.
 * @param ttl_ns  For how long this is known, in nanoseconds; 0 inherits the lifetime of the cache,
 *                BRISK_FOREVER until the key is written or erased.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_lease_complete_absent(brisk_lease *lease, uint64_t ttl_ns,
                                                   brisk_error **error);

/**
 * Ends the load with a failure: every waiter gets BRISK_LOAD_FAILED with this message. Nothing is
 * stored; the next caller begins a new load. BRISK_STALE says that every waiter gets the value from
 * before instead, and so does this lease from brisk_lease_wait.
 *
 * @param lease    The lead.
 * @param message  Why, as text; copied.
 *
 * Outcomes: BRISK_STALE. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
 */
BRISK_API brisk_status brisk_lease_fail(brisk_lease *lease, const void *message,
                                        size_t message_size, brisk_error **error);

/**
 * Gives the lead to one of the waiters; without waiters the load ends.
 *
 * @param lease  The lead.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED. Any thread.
 */
BRISK_API brisk_status brisk_lease_abandon(brisk_lease *lease, brisk_error **error);

/**
 * Waits for the load to end. BRISK_LEAD says that the leader abandoned it and that this lease leads
 * now. May be called again after BRISK_TIMEOUT. A lease that leads answers BRISK_INVALID until its
 * load has ended.
 *
 * @param lease       A lease that waits.
 * @param timeout_ns  How long to wait in nanoseconds; 0 inherits load_timeout_ns of the cache, less
 *                    than 1000 does not wait.
 * @param value       Receives the pinned value on BRISK_OK, otherwise NULL.
 *
 * Outcomes: BRISK_TIMEOUT, BRISK_LEAD, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_LOAD_FAILED, BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
 */
BRISK_API brisk_status brisk_lease_wait(brisk_lease *lease, uint64_t timeout_ns,
                                        brisk_value **value, brisk_error **error);

/**
 * Gives the value of key, loading it when it is missing: one caller runs load, for as long as that
 * takes, the others wait for its value or its error up to their timeout.
 *
 * @param parent      The lead under which this load is needed; NULL for none.
 * @param load        Makes the value when this caller leads; its user data is destroyed before the
 *                    call returns.
 * @param user        Handed to load as it is.
 * @param destroy     Releases user; may be NULL.
 * @param timeout_ns  How long to wait for a load that another caller leads, in nanoseconds; 0
 *                    inherits load_timeout_ns of the cache.
 * @param value       Receives the pinned value on BRISK_OK, otherwise NULL.
 *
 * Outcomes: BRISK_TIMEOUT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_TOO_LARGE, BRISK_LOAD_FAILED, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY, BRISK_INTERNAL. Any
 * thread. Blocks up to its timeout. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_cache_get_or_load(brisk_cache *cache, const void *key,
                                               size_t key_size, brisk_lease *parent,
                                               brisk_load_fn load, void *user,
                                               brisk_destroy_fn destroy, uint64_t timeout_ns,
                                               brisk_value **value, brisk_error **error);

/**
 * Does brisk_cache_get_or_load, but where a value comes with the lead it is given at once, and load
 * runs as a task of the pool. Where the pool takes no task, load runs on the calling thread. What a
 * load in the pool fails with is counted and told to nobody.
 *
 * @param parent      The lead under which this load is needed; NULL for none.
 * @param load        Makes the value when this caller leads; its user data is destroyed when the
 *                    load has run, or when it turns out that this caller does not lead.
 * @param user        Handed to load as it is.
 * @param destroy     Releases user; may be NULL.
 * @param workers     The pool on which a value is made anew while the one from before is given.
 * @param timeout_ns  How long to wait for a load that another caller leads, in nanoseconds; 0
 *                    inherits load_timeout_ns of the cache.
 * @param value       Receives the pinned value on BRISK_OK, otherwise NULL.
 *
 * Outcomes: BRISK_TIMEOUT, BRISK_REFUSED, BRISK_ABSENT. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_TOO_LARGE, BRISK_LOAD_FAILED, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY, BRISK_INTERNAL. Any
 * thread. Blocks up to its timeout. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_cache_get_or_refresh(brisk_cache *cache, const void *key,
                                                  size_t key_size, brisk_lease *parent,
                                                  brisk_load_fn load, void *user,
                                                  brisk_destroy_fn destroy, brisk_workers *workers,
                                                  uint64_t timeout_ns, brisk_value **value,
                                                  brisk_error **error);

/**
 * Adds a reference to lease and returns it, NULL for NULL.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API brisk_lease *brisk_lease_ref(brisk_lease *lease);

/**
 * Drops a reference to lease. NULL is ignored.
 *
 * Any thread. Never fails, never blocks.
 */
BRISK_API void brisk_lease_unref(brisk_lease *lease);

#ifdef __cplusplus
}
#endif

#endif
