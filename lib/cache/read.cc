// Reads beyond the common hit (hit.h), still without a lock: entries with a lifetime, packed or
// large values, long keys, wrong tags, misses, pins.
//
// A candidate is compared and copied while writers go on, and counts only when the version of its
// bucket is unchanged afterwards (index.h). A miss counts only when the table is still the one that
// was searched. What cannot be copied that way (a value in a block of its own, a packed value, a
// key too long for its slot) is pinned first: the bucket's pin bit, a count in the entry, two
// locked instructions. The clock is read only when the entry has a lifetime.
#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "cache/hit.h"

namespace brisk::cache {
namespace {

constexpr uint8_t slow_flags = has_blob | is_compressed | has_long_key;
// Pins beyond this many get a copy instead, so that the count of 15 bits cannot run over.
constexpr uint16_t pins_many = Entry::pins_max / 2;
// Time of last use is kept to this, so that a hot entry is written to 250 times a second at most.
constexpr uint64_t use_tick = 4'000'000;

}  // namespace

// Calls take(bucket, version, slot, entry) for each entry that may have the key. Answers done ends
// the search with true, retry begins it again, other goes on.
template <class Take>
[[gnu::always_inline]] inline bool Cache::probe(const void *key, size_t size, uint64_t hash,
                                                Take &&take) {
  const uint8_t tag = Index::tag(hash);
  while (true) {
  again:
    const Table *const table = store_.index.table();
    uint32_t at = table->home(hash);
    for (uint32_t probes = 0; probes < table->count; ++probes, at = table->after(at)) {
      Bucket &bucket = table->buckets[at];
      const uint32_t version = bucket.stable_version();
      for (unsigned mask = bucket.match(tag); mask != 0; mask &= mask - 1) {
        const auto slot = static_cast<unsigned>(std::countr_zero(mask));
        Entry &entry = *store_.arena.at(bucket.refs[slot].load(std::memory_order_relaxed));
        __builtin_prefetch(reinterpret_cast<const char *>(&entry) + 64);
        if (entry.key_size != size) continue;
        const bool may_be = (entry.flags & has_long_key) != 0
                                ? entry.blob().hash == hash
                                : racy_equal(entry.slot_key(), key, size);
        if (!may_be) continue;
        switch (take(bucket, version, slot, entry)) {
          case Answer::done:
            return true;
          case Answer::retry:
            goto again;
          case Answer::other:
            break;
        }
      }
      const bool passed = bucket.was_passed();
      if (!bucket.unchanged(version)) goto again;
      if (!passed) break;
    }
    if (store_.index.table() == table) return false;
  }
}

// Runs use() with the entry's bucket held still, if nothing changed since `version`.
template <class Use>
inline bool Cache::pin(Bucket &bucket, uint32_t version, Entry &entry, Use &&use) noexcept {
  BRISK_PAUSE("read.before_pin");
  if (!bucket.lock_pin(version)) return false;
  use(entry);
  bucket.unlock_pin(version);
  return true;
}

bool Cache::is_expired(Entry &entry) const noexcept {
  const uint8_t flags = entry.flags;
  if ((flags & (has_lifetime | has_use)) == 0) return false;
  const uint64_t now = runtime_->clock().now();
  if ((flags & has_use) == 0) return entry.lifetime().deadline <= now;
  return entry.use().deadline <= now || Clock::add(entry.use().last, options_.idle) <= now;
}

bool Cache::is_live(Entry &entry) const noexcept {
  if ((entry.flags & is_absent) != 0) return false;
  if ((entry.flags & has_refresh) != 0 && entry.refresh().deadline <= runtime_->clock().now())
    return false;
  return !is_expired(entry);
}

[[gnu::always_inline]] inline void Cache::note_use(Bucket &bucket, uint32_t version, unsigned slot,
                                                   Entry &entry, uint64_t hash) noexcept {
  bucket.warm(slot);
  note_sample(hash);
  if (records_use_) [[unlikely]]
    record_use(bucket, version, entry, hash);
}

void Cache::record_use(Bucket &bucket, uint32_t version, Entry &entry, uint64_t hash) noexcept {
  if (logs_hits_) log_hit(hash);
  if (options_.idle == BRISK_FOREVER) return;
  const uint64_t now = runtime_->clock().now();
  if (now - entry.use().last < use_tick) return;
  // When this fails the bucket is changing; the next hit will do.
  pin(bucket, version, entry, [now](Entry &held) { held.use().last = now; });
}

void Cache::log_hit(uint64_t hash) noexcept {
  if (hit_log_->add(hash)) return;
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  play_hits();
  hit_log_->add(hash);
}

void Cache::play_hits() noexcept {
  if (!logs_hits_) return;
  hit_log_->drain([this](uint64_t hash) { store_.index.prefetch(hash); },
                  [this](uint64_t hash) {
                    const Index::Position position = store_.find(hash);
                    if (position) policy_->hit(*store_.arena.at(position.ref()));
                  });
}

void Cache::log_miss(uint64_t hash) noexcept {
  if (judge_->samples(hash)) judge_->note_miss(hash);
  if (miss_log_->add(hash)) return;
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  play_misses(false);
  miss_log_->add(hash);
}

void Cache::play_misses(bool own) noexcept {
  const auto expect = [this](uint64_t missed) { policy_->expect_miss(missed); };
  const auto play = [this](uint64_t missed) { policy_->miss(missed); };
  own ? miss_log_->drain_own(expect, play) : miss_log_->drain(expect, play);
}

void Cache::count(bool hit, Key key) noexcept {
  counters_.with([&](Counters &counters, bool exclusive) {
    if (!hit) counters.misses.add(1, exclusive);
    count_lookup(counters, exclusive, key);
  });
}

// True for a hit, which may still be BRISK_SHORT_BUFFER and then is not counted as one: the caller
// comes again.
bool Cache::read_slow(Key key, uint64_t hash, void *buffer, size_t capacity, size_t *value_size,
                      brisk_status *status) {
  bool live = true;
  bool pins = false;
  double cost = 0;
  const bool found = probe(key.data, key.size, hash,
                           [&](Bucket &bucket, uint32_t version, unsigned slot, Entry &entry) {
                             if ((entry.flags & slow_flags) != 0) {
                               pins = true;
                               return Answer::done;
                             }
                             live = is_live(entry);
                             const size_t size = entry.value_size;
                             const double saved = entry.cost();
                             BRISK_PAUSE("read.matched");
                             if (live && size <= capacity)
                               racy_read(buffer, entry.slot_key() + key.size, size);
                             if (!bucket.unchanged(version)) return Answer::retry;
                             cost = saved;
                             *value_size = size;
                             *status = size <= capacity ? BRISK_OK : BRISK_SHORT_BUFFER;
                             if (live) note_use(bucket, version, slot, entry, hash);
                             return Answer::done;
                           });
  if (pins) return read_by_pin(key, hash, buffer, capacity, value_size, status);
  if (found && live) {
    if (*status == BRISK_OK) save_cost(cost);
    return true;
  }
  *value_size = 0;
  *status = BRISK_MISS;
  return false;
}

bool Cache::read_by_pin(Key key, uint64_t hash, void *buffer, size_t capacity, size_t *value_size,
                        brisk_status *status) {
  Entry *const entry = pin_key(key, hash, Pin::use);
  if (entry != nullptr) {
    if (entry->raw_size() <= capacity) save_cost(entry->cost());
    if (read_pinned(*entry, Pin::use, buffer, capacity, value_size, status)) return true;
    drop_broken(entry, key);
  }
  *value_size = 0;
  *status = BRISK_MISS;
  return false;
}

// False, with the pin kept, when the stored bytes do not unpack.
bool Cache::read_pinned(Entry &entry, Pin how, void *buffer, size_t capacity, size_t *value_size,
                        brisk_status *status) {
  const uint32_t size = entry.raw_size();
  *value_size = size;
  *status = size <= capacity ? BRISK_OK : BRISK_SHORT_BUFFER;
  if (size <= capacity && size != 0) {
    if (!entry.compressed()) {
      std::memcpy(buffer, entry.stored(), size);
    } else if (!codec_.unpack(entry.stored(), entry.stored_size(), buffer, size,
                              entry.dictionary())) {
      return false;
    } else if (how == Pin::use && settled_.packs_later(size)) {
      unpack_for_good(entry, buffer);
    }
  }
  drop_pin(entry);
  return true;
}

Entry *Cache::pin_key(Key key, uint64_t hash, Pin how) {
  Entry *pinned = nullptr;
  probe(key.data, key.size, hash,
        [&](Bucket &bucket, uint32_t version, unsigned slot, Entry &entry) {
          const bool expired = how == Pin::stale ? is_expired(entry) : !is_live(entry);
          const bool long_key = (entry.flags & has_long_key) != 0;
          if (!bucket.unchanged(version)) return Answer::retry;
          if (expired && !long_key) return Answer::done;
          if (!pin(bucket, version, entry, [](Entry &held) { add_pin(held); }))
            return Answer::retry;
          if (long_key) {  // outside of the slot: only now can it be compared
            const bool same = Store::has_key(entry, key.data, key.size);
            if (!same || expired) drop_pin(entry);
            if (!same) return Answer::other;
            if (expired) return Answer::done;
          }
          pinned = &entry;
          if (how == Pin::use) note_use(bucket, version, slot, entry, hash);
          return Answer::done;
        });
  return pinned;
}

// A packed value that does not unpack is a fault of memory, not of the caller: the entry goes, and
// the key is missing.
void Cache::drop_broken(Entry *entry, Key key) {
  drop_pin(*entry);
  remove(key.data, key.size);
}

brisk_status Cache::read(const void *key, size_t size, void *buffer, size_t capacity,
                         size_t *value_size) noexcept {
  brisk_status status;
  const uint64_t hash = store_.hash(key, size);
  const bool hit = read_slow({key, size}, hash, buffer, capacity, value_size, &status);
  if (!hit) note_miss(hash);
  if (status != BRISK_SHORT_BUFFER) count(hit, {key, size});
  return status;
}

// Turns a pinned entry into what the caller gets: the pin itself, or a copy when the value is
// packed or pinned very often.
brisk_status Cache::hand_out(Entry *entry, Pin how, Key key, brisk_value **value) {
  if (!entry->compressed() && entry->pins.load(std::memory_order_relaxed) < pins_many) {
    *value = value::of(entry);
    return BRISK_OK;
  }
  Loose *loose = nullptr;
  try {
    loose = make_loose(entry->raw_size());
  } catch (...) {
    drop_pin(*entry);
    throw;
  }
  if (loose == nullptr) {
    drop_pin(*entry);
    return BRISK_REFUSED;
  }
  size_t size;
  brisk_status status;
  if (!read_pinned(*entry, how, loose->data(), loose->size, &size, &status)) {
    value::unref(value::of(loose));
    drop_broken(entry, key);
    return BRISK_MISS;
  }
  *value = value::of(loose);
  return BRISK_OK;
}

// Null when the budget has no room. Throws bad_alloc when the system has none.
Loose *Cache::make_loose(size_t size) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    bool refused = false;
    if (Loose *loose = Loose::make(size, *this, account_, &refused)) return loose;
    if (!refused) throw std::bad_alloc();
    std::lock_guard lock(mutex_);
    if (!make_room(memory::allocator().good_size(sizeof(Loose) + size))) return nullptr;
  }
  return nullptr;
}

brisk_status Cache::get(const void *key, size_t size, brisk_value **value, bool *early) {
  const Key one{key, size};
  *value = nullptr;
  const uint64_t hash = store_.hash(key, size);
  Entry *const entry = pin_key(one, hash, Pin::use);
  if (early != nullptr) *early = entry != nullptr && is_early(*entry, hash);
  if (entry != nullptr) save_cost(entry->cost());
  const brisk_status status = entry == nullptr ? BRISK_MISS : hand_out(entry, Pin::use, one, value);
  if (entry == nullptr) note_miss(hash);
  count(status != BRISK_MISS, one);
  return status;
}

bool Cache::contains(const void *key, size_t size) {
  const Key one{key, size};
  bool live = false;
  bool long_key = false;
  const uint64_t hash = store_.hash(key, size);
  const bool found =
      probe(key, size, hash, [&](Bucket &bucket, uint32_t version, unsigned, Entry &entry) {
        long_key = (entry.flags & has_long_key) != 0;
        live = is_live(entry);
        BRISK_PAUSE("contains.looked");
        return bucket.unchanged(version) ? Answer::done : Answer::retry;
      });
  if (!found || !long_key) return found && live;
  Entry *const entry = pin_key(one, hash, Pin::look);
  if (entry != nullptr) drop_pin(*entry);
  return entry != nullptr;
}

void Cache::add_pin(Entry &entry) noexcept {
  uint16_t pins = entry.pins.load(std::memory_order_relaxed);
  // At the very end of the count a pin sticks for good: the entry is lost to the cache, but never
  // freed too early.
  while ((pins & Entry::pins_max) != Entry::pins_max &&
         !entry.pins.compare_exchange_weak(pins, static_cast<uint16_t>(pins + 1),
                                           std::memory_order_relaxed)) {
  }
}

void Cache::drop_pin(Entry &entry) noexcept {
  uint16_t pins = entry.pins.load(std::memory_order_relaxed);
  do {
    if ((pins & Entry::pins_max) == Entry::pins_max) return;
  } while (!entry.pins.compare_exchange_weak(pins, static_cast<uint16_t>(pins - 1),
                                             std::memory_order_acq_rel));
  if (pins != (Entry::detached | 1)) return;
  // The last pin of an entry that left the cache. Its memory waits for a holder of the write lock.
  Cache &cache = *static_cast<Cache *>(Arena::owner_of(&entry));
  const uint64_t weight = cache.store_.weight(entry);
  cache.pinned_less(weight);
  cache.reclaim_bytes_.fetch_add(weight, std::memory_order_relaxed);
  EntryRef head = cache.reclaim_.load(std::memory_order_relaxed);
  do {
    entry.next = head;
  } while (!cache.reclaim_.compare_exchange_weak(
      head, cache.store_.arena.ref(&entry), std::memory_order_release, std::memory_order_relaxed));
  cache.let_go();
}

}  // namespace brisk::cache
