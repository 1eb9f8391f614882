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
 * load of its key starts while it lives.
 */

#include <brisk/cache.h>

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
 * flight.
 *
 * @param parent  The lead under which this load is needed, so that a circle of loads is found; NULL
 *                for none.
 * @param value   Receives the pinned value on BRISK_OK, otherwise NULL.
 * @param lease   Receives the lease on BRISK_LEAD and BRISK_WAIT, otherwise NULL.
 *
 * Outcomes: BRISK_LEAD, BRISK_WAIT, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED,
 * BRISK_TOO_LARGE, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY. Any thread.
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
 * Ends the load with a failure: every waiter gets BRISK_LOAD_FAILED with this message. Nothing is
 * stored; the next caller begins a new load.
 *
 * @param lease    The lead.
 * @param message  Why, as text; copied.
 *
 * Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_OUT_OF_MEMORY. Any thread.
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
 * now. May be called again after BRISK_TIMEOUT. A lease that leads answers BRISK_INVALID.
 *
 * @param lease       A lease that waits.
 * @param timeout_ns  How long to wait in nanoseconds; 0 inherits load_timeout_ns of the cache, less
 *                    than 1000 does not wait.
 * @param value       Receives the pinned value on BRISK_OK, otherwise NULL.
 *
 * Outcomes: BRISK_TIMEOUT, BRISK_LEAD. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_LOAD_FAILED,
 * BRISK_OUT_OF_MEMORY. Any thread. Blocks up to its timeout.
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
 * Outcomes: BRISK_TIMEOUT, BRISK_REFUSED. Fails with BRISK_INVALID, BRISK_CLOSED, BRISK_TOO_LARGE,
 * BRISK_LOAD_FAILED, BRISK_DEADLOCK, BRISK_OUT_OF_MEMORY, BRISK_INTERNAL. Any thread. Blocks up to
 * its timeout. Calls back outside every lock.
 */
BRISK_API brisk_status brisk_cache_get_or_load(brisk_cache *cache, const void *key,
                                               size_t key_size, brisk_lease *parent,
                                               brisk_load_fn load, void *user,
                                               brisk_destroy_fn destroy, uint64_t timeout_ns,
                                               brisk_value **value, brisk_error **error);

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
