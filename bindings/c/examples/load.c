/* Eight threads ask for the same missing key at once: one of them loads it, all of them get it. */
#define _POSIX_C_SOURCE 200809L
#include <brisk/brisk.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { THREADS = 8 };

/* The loader. It runs on the thread of the caller that leads, and ends the load with a value or
 * with a message. */
static brisk_status load(void *user, brisk_lease *lease, const void *key, size_t key_size) {
  (void)user;
  nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL); /* something slow */
  if (key_size == 7 && memcmp(key, "nowhere", 7) == 0) {
    return brisk_lease_fail(lease, "there is no such place", 22, NULL);
  }
  char value[64];
  const int size =
      snprintf(value, sizeof value, "all about %.*s", (int)key_size, (const char *)key);
  return brisk_lease_complete(lease, value, (size_t)size, 0, NULL, NULL);
}

/* Gives the value of key as text, or why there is none. */
static void ask(brisk_cache *cache, const char *key, char *answer, size_t capacity) {
  brisk_error *error = NULL;
  brisk_value *value = NULL;
  const uint64_t timeout_ns = UINT64_C(5000000000);
  const brisk_status status = brisk_cache_get_or_load(cache, key, strlen(key), NULL, load, NULL,
                                                      NULL, timeout_ns, &value, &error);
  if (status == BRISK_OK) {
    size_t size = 0;
    const char *data = brisk_value_data(value, &size);
    snprintf(answer, capacity, "%.*s", (int)size, data);
  } else if (status > 0) {
    snprintf(answer, capacity, "%s", brisk_status_name(status));
  } else {
    snprintf(answer, capacity, "%s: %s", brisk_status_name(status), brisk_error_message(error));
  }
  brisk_value_unref(value);
  brisk_error_unref(error);
}

struct asker {
  brisk_cache *cache;
  pthread_t thread;
  char answer[64];
};

static void *run(void *user) {
  struct asker *asker = user;
  ask(asker->cache, "Lisbon", asker->answer, sizeof asker->answer);
  return NULL;
}

int main(void) {
  brisk_error *error = NULL;
  brisk_cache *cache = NULL;
  if (brisk_cache_new(NULL, NULL, &cache, &error) < 0) goto failed;

  struct asker askers[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    askers[i].cache = cache;
    if (pthread_create(&askers[i].thread, NULL, run, &askers[i]) != 0) {
      fprintf(stderr, "no thread could be started\n");
      return 1;
    }
  }
  int right = 0;
  for (int i = 0; i < THREADS; ++i) {
    pthread_join(askers[i].thread, NULL);
    right += strcmp(askers[i].answer, "all about Lisbon") == 0;
  }

  char answer[96];
  ask(cache, "nowhere", answer, sizeof answer);

  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  if (brisk_cache_read_stats(cache, &stats, &error) < 0) goto failed;
  printf("%d of %d callers got \"%s\", made by %llu load\n", right, THREADS, askers[0].answer,
         (unsigned long long)stats.loads);
  printf("nowhere: %s\n", answer);

  brisk_cache_unref(cache);
  return 0;

failed:
  fprintf(stderr, "%s\n", brisk_error_message(error));
  brisk_error_unref(error);
  brisk_cache_unref(cache);
  return 1;
}
