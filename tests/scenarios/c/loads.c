/* Loads, by loader and by lease. */
#include <string.h>

#include "player.h"

enum { leases_max = 16 };

static brisk_lease *leases[leases_max];

static brisk_lease **lease_at(size_t at) {
  const uint64_t number = number_at(at);
  if (number >= leases_max) die("too many leases", word_at(at));
  return &leases[number];
}

void drop_leases(void) {
  for (size_t i = 0; i < leases_max; i++) brisk_lease_unref(leases[i]);
}

struct load {
  struct bytes text; /* the value, or the message */
  uint64_t ttl;
};

static brisk_status give(void *user, brisk_lease *lease, const void *key, size_t size) {
  const struct load *load = user;
  (void)key, (void)size;
  return brisk_lease_complete(lease, load->text.data, load->text.size, load->ttl, NULL, NULL);
}

static brisk_status deny(void *user, brisk_lease *lease, const void *key, size_t size) {
  const struct load *load = user;
  (void)key, (void)size;
  return brisk_lease_fail(lease, load->text.data, load->text.size, NULL);
}

static brisk_status give_none(void *user, brisk_lease *lease, const void *key, size_t size) {
  const struct load *load = user;
  (void)key, (void)size;
  return brisk_lease_complete_absent(lease, load->ttl, NULL);
}

/* Loads the key that is being loaded; keeps what that says, and fails with its words. */
static brisk_status again(void *user, brisk_lease *lease, const void *key, size_t size) {
  brisk_error **inner = user;
  brisk_value *value = NULL;
  brisk_cache_get_or_load(cache, key, size, lease, again, NULL, NULL, 0, &value, inner);
  brisk_value_unref(value);
  const char *message = brisk_error_message(*inner);
  return brisk_lease_fail(lease, message, strlen(message), NULL);
}

static void load_with(brisk_load_fn loader, struct load load) {
  const struct bytes key = bytes_at(1);
  brisk_value *value = NULL;
  const brisk_status status = brisk_cache_get_or_load(cache, key.data, key.size, NULL, loader,
                                                      &load, NULL, 0, &value, &failure);
  answer_value(status, value);
}

void play_load(void) { load_with(give, (struct load){bytes_at(2), number_at(3)}); }
void play_load_fails(void) { load_with(deny, (struct load){bytes_at(2), 0}); }

void play_load_absent(void) { load_with(give_none, (struct load){{NULL, 0}, number_at(2)}); }

void play_load_self(void) {
  const struct bytes key = bytes_at(1);
  brisk_value *value = NULL;
  brisk_error *inner = NULL;
  const brisk_status status = brisk_cache_get_or_load(cache, key.data, key.size, NULL, again,
                                                      &inner, NULL, 0, &value, &failure);
  if (inner == NULL) {
    answer_value(status, value);
    return;
  }
  brisk_error_unref(failure);
  failure = inner;
  answer(brisk_error_status(inner));
}

void play_begin(void) {
  brisk_lease **lease = lease_at(1);
  const struct bytes key = bytes_at(2);
  brisk_value *value = NULL;
  brisk_lease_unref(*lease);
  const brisk_status status =
      brisk_cache_begin(cache, key.data, key.size, NULL, &value, lease, &failure);
  answer_value(status, value);
}

void play_wait(void) {
  brisk_value *value = NULL;
  const brisk_status status = brisk_lease_wait(*lease_at(1), number_at(2), &value, &failure);
  answer_value(status, value);
}

void play_complete(void) {
  const struct bytes value = bytes_at(2);
  answer(brisk_lease_complete(*lease_at(1), value.data, value.size, number_at(3), NULL, &failure));
}

void play_set_cost(void) {
  answer(brisk_lease_set_cost(*lease_at(1), (double)number_at(2), &failure));
}

void play_complete_absent(void) {
  answer(brisk_lease_complete_absent(*lease_at(1), number_at(2), &failure));
}

void play_fail(void) {
  const struct bytes message = bytes_at(2);
  const brisk_status status = brisk_lease_fail(*lease_at(1), message.data, message.size, &failure);
  answer(status == BRISK_STALE ? BRISK_OK : status);
}

void play_abandon(void) { answer(brisk_lease_abandon(*lease_at(1), &failure)); }

void play_drop(void) {
  brisk_lease **lease = lease_at(1);
  brisk_lease_unref(*lease);
  *lease = NULL;
  answer(BRISK_OK);
}
