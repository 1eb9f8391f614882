// Puts that change nothing but the bytes of a value: the key is there, plain, with a value of the
// same size, and nobody pins it. The new value is written where the old one is.
//
// The bucket's two bits keep everybody else from the entry meanwhile: readers distrust what they
// copied, pins wait, and whoever has the write lock waits before it takes the entry out of the
// index or moves it. So the write lock is not needed, and threads that put different keys do not
// meet. Everything else is left to the write path. Cost: a lookup, one locked instruction, a copy.
#include <cstring>

#include "cache/hit.h"

namespace brisk::cache {

bool Cache::overwrite(Key key, uint64_t hash, const void *value, size_t value_size,
                      uint64_t ttl) noexcept {
  // Entries of such a cache leave no trace but heat, and have no deadline unless a put gives one.
  if (!plain_.load(std::memory_order_acquire) || options_.events != 0) return false;
  if ((ttl == 0 ? options_.ttl : ttl) != BRISK_FOREVER || value_size > slot_max) return false;
  if (options_.compress && value_size >= codec_.threshold()) return false;
  const Table &table = *store_.index.table();
  Lookup lookup;
  lookup.key = key.data;
  lookup.key_size = key.size;
  lookup.hash = hash;
  lookup.bucket = &table.buckets[table.home(hash)];
  if (lookup.find(table, store_.arena) != Lookup::Found::candidate) return false;
  // Before the entry has arrived: what comes after a locked instruction waits for it, and would
  // then wait for the entry as well.
  BRISK_PAUSE("overwrite.matched");
  if (!lookup.bucket->lock_at(lookup.version)) return false;
  Entry &entry = *lookup.entry;
  if (entry.key_size != key.size || entry.flags != 0 || entry.value_size != value_size ||
      Store::pinned(entry) || !racy_equal(entry.after(), key.data, key.size)) {
    lookup.bucket->unlock_at(lookup.version);
    return false;
  }
  racy_write(entry.after() + key.size, value, value_size);
  BRISK_PAUSE("overwrite.written");
  lookup.bucket->unlock();
  lookup.bucket->warm(lookup.slot);
  note_sample(lookup.hash);
  const size_t slot =
      store_.arena.class_size(store_.arena.class_of(sizeof(Entry) + key.size + value_size));
  counters_.with([slot](Counters &counters, bool exclusive) {
    counters.overwrites.add(1, exclusive);
    counters.overwritten_bytes.add(slot, exclusive);
  });
  return true;
}

}  // namespace brisk::cache
