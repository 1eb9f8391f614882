// The write path: room first, then the entry, then the index.
//
// A write packs the value and takes a block for a large one before it takes the write lock. Under
// the lock it frees what waits to be freed, takes a slot (evicting until there is one), fills it,
// and only then lets the index show it; so a reader sees the old value or the new one, and a
// failure on the way leaves neither half. When the budget gives nothing more and nothing can be
// evicted, the write is refused and the key has no value: an older one would be wrong.
#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/error.h"
#include "base/fault.h"
#include "cache/cache.h"

namespace brisk::cache {
namespace {

// What one write spends on entries that expired and nobody asked for.
constexpr size_t expire_some = 8;
// A part of the capacity for values that are not packed although they shrink, in caches of some
// size, and for values that lie in a slot even so.
constexpr uint64_t raw_share = 16;
constexpr uint64_t raw_share_from = uint64_t{8} << 20;
constexpr size_t raw_share_value_max = 1536;
// Packed here first when it may fit into a slot.
constexpr size_t scratch_size = 16384;

}  // namespace

// Everything about an entry that can be settled before the write lock is taken.
class Cache::Draft {
 public:
  Draft(Cache &cache, const void *key, size_t key_size, uint64_t hash, const void *value,
        size_t value_size, Terms terms, uint8_t kind = 0)
      : key(key),
        key_size(key_size),
        hash(hash),
        raw(value),
        raw_size(value_size),
        terms(terms),
        stored(value),
        stored_size(value_size),
        flags(kind),
        cache_(cache) {
    // The write lock is held for less long when the bucket has arrived by then.
    cache.store_.index.prefetch(hash);
    flags |= terms.parts();
    if (cache.options_.idle != BRISK_FOREVER) flags |= has_lifetime | has_use;
    if (key_size > inline_key_max) flags |= has_long_key;
    if (cache.options_.compress && cache.codec_.wants(value_size) && !cache.stays_raw(value_size))
      pack(cache);
    const size_t slot_key = (flags & has_long_key) != 0 ? 0 : key_size;
    const size_t in_slot = sizeof(Entry) + Entry::parts_size(flags) + slot_key + stored_size;
    if ((flags & has_long_key) != 0 || in_slot > slot_max) flags |= has_blob;
    const size_t beside = (flags & has_blob) != 0 ? 0 : stored_size;
    slot_size = sizeof(Entry) + Entry::parts_size(flags) + slot_key + beside;
  }
  ~Draft() { cache_.codec_.drop(dictionary_); }
  Draft(const Draft &) = delete;
  Draft &operator=(const Draft &) = delete;

  // Moves a value that is too large for a slot into a block. False when the budget refuses.
  bool take_blob(Cache &cache) {
    if ((flags & has_blob) == 0) return true;
    const size_t before = (flags & has_long_key) != 0 ? key_size : 0;
    bool refused = false;
    blob = cache.take_block(before + stored_size, &refused);
    if (!blob && refused && packed) {
      // Packed bytes and their copy need more room together than the value alone.
      packed.reset();
      stored = raw;
      stored_size = raw_size;
      cache.codec_.drop(std::exchange(dictionary_, uint8_t{0}));
      flags &= static_cast<uint8_t>(~is_compressed);
      blob = cache.take_block(before + stored_size, &refused);
    }
    if (!blob) {
      if (!refused) throw std::bad_alloc();
      return false;
    }
    char *data = static_cast<char *>(blob.data());
    if (before != 0) std::memcpy(data, key, before);
    if (stored_size != 0) std::memcpy(data + before, stored, stored_size);
    packed.reset();
    return true;
  }

  void fill(Entry &entry, uint64_t now, uint64_t idle_end) {
    racy_write_fence();
    entry.key_size = static_cast<uint16_t>(key_size);
    entry.value_size = static_cast<uint16_t>((flags & has_blob) != 0 ? 0 : stored_size);
    entry.pins.store(0, std::memory_order_relaxed);
    entry.flags = flags;
    entry.queue = 0;
    if ((flags & has_lifetime) != 0) entry.lifetime().deadline = std::min(terms.kept, idle_end);
    if ((flags & has_refresh) != 0) {
      entry.refresh().deadline = terms.fresh;
      entry.refresh().cost = terms.cost;
    }
    if ((flags & has_use) != 0) {
      entry.use().last = now;
      entry.use().deadline = terms.kept;
    }
    if ((flags & has_blob) != 0) {
      Blob &parts = entry.blob();
      parts.charge = blob.charge();
      parts.hash = hash;
      parts.stored_size = static_cast<uint32_t>(stored_size);
      parts.data = static_cast<char *>(blob.release());
    } else {
      racy_write(entry.slot_key() + key_size, stored, stored_size);
    }
    if ((flags & is_compressed) != 0) {
      entry.packed().raw_size = static_cast<uint32_t>(raw_size);
      entry.packed().dictionary = std::exchange(dictionary_, uint8_t{0});
    }
    if ((flags & has_long_key) == 0) racy_write(entry.slot_key(), key, key_size);
  }

  const void *const key;
  const size_t key_size;
  const uint64_t hash;
  const void *const raw;
  const size_t raw_size;
  const Terms terms;
  const void *stored;
  size_t stored_size;
  uint8_t flags;
  size_t slot_size = 0;
  memory::Block blob;

 private:
  void pack(Cache &cache) {
    void *to = scratch;
    const size_t limit = Codec::packed_limit(raw_size);
    if (limit > scratch_size) {
      bool refused = false;
      packed = cache.take_block(limit, &refused);
      if (!packed)
        return;  // raw, then; if there is no room for that either, the write will find out
      to = packed.data();
    }
    const size_t size = cache.pack(stored, raw_size, to, &dictionary_);
    if (size == 0) {
      packed.reset();
      return;
    }
    stored = to;
    stored_size = size;
    flags |= is_compressed;
  }

  Cache &cache_;
  memory::Block packed;
  uint8_t dictionary_ = 0;  // that the packed value needs, until an entry has it
  char scratch[scratch_size];
};

// Packs, making room for the compression contexts when the cache is full before the first value is
// packed: at most an eighth of it, and for the three that there are to make.
size_t Cache::pack(const void *from, size_t size, void *to, uint8_t *dictionary) noexcept {
  for (int attempt = 0; attempt < 3; ++attempt) {
    size_t refused;
    const size_t packed = codec_.pack(from, size, to, dictionary, &refused);
    if (packed != 0 || refused == 0 || refused > options_.capacity / 8) return packed;
    std::lock_guard lock(mutex_);
    if (!make_room(memory::allocator().good_size(refused + memory::page_size))) return 0;
  }
  return 0;
}

// Some room is left to values as they are. Of those that come into it the cold ones leave soon, and
// the hot ones stay: they are read without unpacking.
bool Cache::stays_raw(size_t size) const noexcept {
  return options_.compress_from == 0 && options_.capacity >= raw_share_from &&
         size <= raw_share_value_max &&
         unpacked_bytes_.load(std::memory_order_relaxed) + size <= options_.capacity / raw_share;
}

void Cache::check_size(const void *key, size_t size, size_t value_size) const {
  const uint64_t most = options_.capacity / 2;
  if (size + value_size <= most) return;
  fail(BRISK_TOO_LARGE,
       "an entry of %zu bytes (key %s) is larger than half of this cache of %llu bytes; raise "
       "capacity_bytes",
       size + value_size, quoted(key, size).c_str(),
       static_cast<unsigned long long>(options_.capacity));
}

brisk_status Cache::put(const void *key, size_t size, const void *value, size_t value_size,
                        uint64_t ttl, double cost) {
  check_size(key, size, value_size);
  if (loads_.any()) loads_.supersede(key, size);
  BRISK_PAUSE("put.begun");
  const uint64_t hash = store_.hash(key, size);
  if (cost == 0 && overwrite({key, size}, hash, value, value_size, ttl)) return BRISK_OK;
  if (codec_.due()) [[unlikely]]
    start_training();
  try {
    Draft draft(*this, key, size, hash, value, value_size, terms(ttl, hash, cost));
    if (draft.take_blob(*this)) {
      for (bool again = true;; again = false) {
        {
          std::lock_guard lock(mutex_);
          check_open();
          if (commit(draft, {}) == BRISK_OK) return BRISK_OK;
        }
        if (!again || !runtime_->shed(Arena::slab_size * 2, *this)) break;
      }
    }
  } catch (const std::bad_alloc &) {
    remove(key, size);
    throw;
  }
  remove(key, size);
  std::lock_guard lock(mutex_);
  ++refusals_;
  return BRISK_REFUSED;
}

void Cache::DraftDeleter::operator()(Draft *draft) const noexcept { delete draft; }

Cache::DraftPointer Cache::draft_loaded(const void *key, size_t size, const void *value,
                                        size_t value_size, uint64_t ttl, double cost) {
  if (size + value_size > options_.capacity / 2) return nullptr;
  if (codec_.due()) [[unlikely]]
    start_training();
  const uint64_t hash = store_.hash(key, size);
  DraftPointer draft(new Draft(*this, key, size, hash, value, value_size, terms(ttl, hash, cost)));
  if (!draft->take_blob(*this)) draft.reset();
  return draft;
}

Cache::DraftPointer Cache::draft_absent(const void *key, size_t size, uint64_t ttl) {
  const uint64_t hash = store_.hash(key, size);
  const uint64_t end = terms(ttl, hash).fresh;
  DraftPointer draft(new Draft(*this, key, size, hash, nullptr, 0, {end, end}, is_absent));
  if (!draft->take_blob(*this)) draft.reset();
  return draft;
}

brisk_value *Cache::keep_loaded(Draft *draft, const void *value, size_t value_size, bool wanted,
                                const Entry *refreshed) {
  if (draft != nullptr) {
    std::lock_guard lock(mutex_);
    if (!closed() && commit(*draft, {.absent = true, .refreshed = refreshed}) == BRISK_OK &&
        wanted && (draft->flags & is_compressed) == 0) {
      const Index::Position position = store_.find(draft->key, draft->key_size, draft->hash);
      Entry &entry = *store_.arena.at(position.ref());
      position.bucket->lock();  // nobody overwrites it
      add_pin(entry);
      position.bucket->unlock();
      return value::of(&entry);
    }
  }
  if (!wanted) return nullptr;
  // Nothing to pin: a copy, within the cache's budget or else within the runtime's.
  Loose *loose = closed() ? nullptr : make_loose(value_size);
  bool refused = false;
  if (loose == nullptr) loose = Loose::make(value_size, *this, runtime_->account(), &refused);
  if (loose == nullptr) return nullptr;
  if (value_size != 0) std::memcpy(loose->data(), value, value_size);
  return value::of(loose);
}

// Frees what waits and a little of what expired.
void Cache::housekeeping() noexcept {
  reclaim();
  play_hits();
  if (!wheel_.empty()) {
    const uint64_t due = expire(runtime_->clock().now(), expire_some, false);
    if (swept_ == UINT64_MAX) tell_sweeper(due);  // the child of a fork has none yet
  }
  if (const uint64_t bytes = policy_->wanted_memory(); bytes != 0) [[unlikely]] {
    make_room(memory::allocator().good_size(bytes));
    policy_->take_memory();
  }
}

brisk_status Cache::commit(Draft &draft, const Condition &condition) {
  housekeeping();
  Index::Position position = store_.find(draft.key, draft.key_size, draft.hash);
  if (condition.same != nullptr && (!position || store_.arena.at(position.ref()) != condition.same))
    return BRISK_MISS;
  if (position && condition.absent) {
    Entry &old = *store_.arena.at(position.ref());
    if (is_live(old) && &old != condition.refreshed) return BRISK_MISS;
    if (is_expired(old)) {
      take_out(old, draft.hash, position, expired);
      position = {};
    }
  }
  Entry *entry = nullptr;
  if (position || (make_index_room() && (store_.index.size() < options_.max_entries || evict()))) {
    entry = take_slot(Arena::class_of(draft.slot_size));
  }
  if (entry == nullptr) return BRISK_REFUSED;
  // Making room may have evicted the very entry, or moved it.
  if (position) position = store_.find(draft.key, draft.key_size, draft.hash);
  Entry *const old = position ? store_.arena.at(position.ref()) : nullptr;
  const uint64_t now = runtime_->clock().now();
  const uint64_t idle_end =
      options_.idle == BRISK_FOREVER ? BRISK_FOREVER : Clock::add(now, options_.idle);
  draft.fill(*entry, now, idle_end);
  if (old == nullptr) {
    store_.index.insert(draft.hash, store_.arena.ref(entry));
    policy_->admit(*entry, draft.hash);
  } else {
    store_.index.replace(position, store_.arena.ref(entry));
    position.bucket->warm(position.slot);
    policy_->replace(*old, *entry, true);
    if ((old->flags & has_lifetime) != 0) wheel_.remove(*old);
    // A value that was only moved is no newer one.
    if (condition.same == nullptr) depart(*old, replaced);
    retire(*old);
  }
  BRISK_PAUSE("write.shown");
  if ((draft.flags & has_lifetime) != 0) hang(*entry);
  puts_ += condition.same == nullptr;
  const uint64_t weight = store_.weight(*entry);
  entry_bytes_ += weight;
  raw_bytes_ += draft.raw_size;
  stored_bytes_ += draft.stored_size;
  compressed_ += entry->compressed();
  if (!entry->compressed()) add_unpacked(draft.raw_size);
  return BRISK_OK;
}

void Cache::hang(Entry &entry) noexcept {
  wheel_.add(entry);
  tell_sweeper(entry.lifetime().deadline);
}

// When that is earlier than it knows.
void Cache::tell_sweeper(uint64_t due) noexcept {
  if (due >= swept_) return;
  swept_ = due;
  runtime_->wake_sweeper(due);
}

brisk_status Cache::touch(const void *key, size_t size, uint64_t ttl) {
  const uint64_t hash = store_.hash(key, size);
  brisk_status status;
  // A value that another thread put in the meantime gets the new lifetime instead.
  while (!touch_in_place(key, size, hash, ttl, &status)) {
    status = rewrite({key, size}, hash, ttl);
    if (status != BRISK_MISS) break;
  }
  return status;
}

// False for an entry that was made without a place for what it needs now.
bool Cache::touch_in_place(const void *key, size_t size, uint64_t hash, uint64_t ttl,
                           brisk_status *status) {
  const Terms terms = this->terms(ttl, hash);
  *status = BRISK_MISS;
  std::lock_guard lock(mutex_);
  housekeeping();
  const Index::Position position = store_.find(key, size, hash);
  if (!position || !is_live(*store_.arena.at(position.ref()))) return true;
  Entry &entry = *store_.arena.at(position.ref());
  if ((terms.parts() & ~entry.flags) != 0) return false;
  *status = BRISK_OK;
  position.bucket->warm(position.slot);
  policy_->hit(entry);
  const uint8_t flags = entry.flags;
  const uint64_t now = runtime_->clock().now();
  if ((flags & has_lifetime) != 0) wheel_.remove(entry);
  position.bucket->lock();
  if ((flags & has_refresh) != 0) entry.refresh().deadline = terms.fresh;
  if ((flags & has_use) != 0) {
    entry.use().last = now;
    entry.use().deadline = terms.kept;
    entry.lifetime().deadline = std::min(terms.kept, Clock::add(now, options_.idle));
  } else if ((flags & has_lifetime) != 0) {
    entry.lifetime().deadline = terms.kept;
  }
  position.bucket->unlock();
  if ((flags & has_lifetime) != 0) hang(entry);
  return true;
}

// Writes a value again, with a place for a deadline, unless it has left the index by then:
// BRISK_MISS. The pin keeps its entry from moving and its memory from another value.
brisk_status Cache::rewrite(Key key, uint64_t hash, uint64_t ttl) {
  Entry *const entry = pin_key(key, hash, Pin::look);
  if (entry == nullptr) return BRISK_MISS;
  const std::unique_ptr<Entry, void (*)(Entry *)> pin(entry,
                                                      [](Entry *pinned) { drop_pin(*pinned); });
  const void *value = entry->stored();
  memory::Block unpacked;
  if (entry->compressed()) {
    bool refused = false;
    unpacked = take_block(entry->raw_size(), &refused);
    if (!unpacked) {
      if (!refused) throw std::bad_alloc();
      return BRISK_REFUSED;
    }
    value = unpacked.data();
    if (!codec_.unpack(entry->stored(), entry->stored_size(), unpacked.data(), entry->raw_size(),
                       entry->dictionary())) {
      remove(key.data, key.size);
      return BRISK_MISS;
    }
  }
  BRISK_PAUSE("touch.before_commit");
  Draft draft(*this, key.data, key.size, hash, value, entry->raw_size(),
              terms(ttl, hash, entry->cost()));
  if (!draft.take_blob(*this)) return BRISK_REFUSED;
  std::lock_guard lock(mutex_);
  check_open();
  return commit(draft, {.same = entry});
}

bool Cache::erase(const void *key, size_t size) {
  if (loads_.any()) loads_.supersede(key, size);
  return remove(key, size);
}

bool Cache::remove(const void *key, size_t size) noexcept {
  const uint64_t hash = store_.hash(key, size);
  std::lock_guard lock(mutex_);
  const Index::Position position = store_.find(key, size, hash);
  if (!position) return false;
  Entry &entry = *store_.arena.at(position.ref());
  const bool live = is_live(entry);
  take_out(entry, hash, position, is_expired(entry) ? expired : erased);
  return live;
}

}  // namespace brisk::cache
