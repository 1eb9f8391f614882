// The write path: room first, then the entry, then the index.
//
// A write packs the value, unless that waits until it has come to stay (settled.h), and takes a
// block for a large one before it takes the write lock. Under the lock it frees what waits to be
// freed, takes a slot (evicting until there is one), fills it, and only then lets the index show
// it; so a reader sees the old value or the new one, and a failure on the way leaves neither half.
// When the budget gives nothing more and nothing can be evicted, the write is refused and the key
// has no value: an older one would be wrong. Afterwards, without the lock, it packs what others
// have left to be packed.
#include <algorithm>
#include <cstring>
#include <new>

#include "base/error.h"
#include "base/fault.h"
#include "cache/draft.h"

namespace brisk::cache {
namespace {

// What one write spends on entries that expired and nobody asked for.
constexpr size_t expire_some = 8;

}  // namespace

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
    if (draft.take_blob()) {
      for (bool again = true;; again = false) {
        bool stored;
        {
          std::lock_guard lock(mutex_);
          check_open();
          stored = commit(draft, {}) == BRISK_OK;
        }
        if (stored) {
          pack_settled(true);
          return BRISK_OK;
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
  pack_settled(true);
  if (codec_.due()) [[unlikely]]
    start_training();
  const uint64_t hash = store_.hash(key, size);
  DraftPointer draft(new Draft(*this, key, size, hash, value, value_size, terms(ttl, hash, cost)));
  if (!draft->take_blob()) draft.reset();
  return draft;
}

Cache::DraftPointer Cache::draft_absent(const void *key, size_t size, uint64_t ttl) {
  const uint64_t hash = store_.hash(key, size);
  const uint64_t end = terms(ttl, hash).fresh;
  DraftPointer draft(new Draft(*this, key, size, hash, nullptr, 0, {end, end}, is_absent));
  if (!draft->take_blob()) draft.reset();
  return draft;
}

brisk_value *Cache::keep_loaded(Draft *draft, const void *value, size_t value_size, bool wanted,
                                const Entry *refreshed) {
  if (draft != nullptr) {
    std::lock_guard lock(mutex_);
    if (!closed() && commit(*draft, {.absent = true, .refreshed = refreshed}) == BRISK_OK &&
        wanted && (draft->flags & is_compressed) == 0) {
      return value::of(&pin_at(store_.find(draft->key, draft->key_size, draft->hash)));
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

Entry &Cache::pin_at(Index::Position position) noexcept {
  Entry &entry = *store_.arena.at(position.ref());
  position.bucket->lock();  // nobody overwrites it
  add_pin(entry);
  position.bucket->unlock();
  return entry;
}

// Frees what waits and a little of what expired.
void Cache::housekeeping() noexcept {
  reclaim();
  play_hits();
  if (sampled_below_.load(std::memory_order_relaxed) != 0) play_misses(true);
  if (!wheel_.empty()) {
    const uint64_t due = expire(runtime_->clock().now(), expire_some, false);
    if (swept_ == UINT64_MAX) tell_sweeper(due);  // the child of a fork has none yet
  }
  constexpr uint64_t writes = 32;
  if (puts_ % writes == 0) [[unlikely]]
    grant_memory();
}

// To the policy, what it would like to have.
void Cache::grant_memory() noexcept {
  const uint64_t bytes = policy_->wanted_memory();
  if (bytes == 0) return;
  make_room(bytes);
  policy_->take_memory();
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
  if (!position) policy_->expect(draft.hash);
  Entry *entry = nullptr;
  if (position || (make_index_room() && (store_.index.size() < options_.max_entries || evict()))) {
    entry = take_slot(store_.arena.class_of(draft.slot_size));
  }
  if (entry == nullptr) return BRISK_REFUSED;
  // Making room may have evicted the very entry, or moved it.
  if (position) position = store_.find(draft.key, draft.key_size, draft.hash);
  Entry *const old = position ? store_.arena.at(position.ref()) : nullptr;
  uint64_t now = 0;
  uint64_t idle_end = BRISK_FOREVER;
  if (options_.idle != BRISK_FOREVER) {
    now = runtime_->clock().now();
    idle_end = Clock::add(now, options_.idle);
  }
  draft.fill(*entry, now, idle_end);
  if (old == nullptr) {
    store_.index.insert(draft.hash, store_.arena.ref(entry));
    policy_->admit(*entry, draft.hash);
  } else {
    store_.index.replace(position, store_.arena.ref(entry));
    if (condition.change == Change::written) position.bucket->warm(position.slot);
    policy_->replace(*old, *entry, condition.change);
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
  if (!draft.take_blob()) return BRISK_REFUSED;
  brisk_status status;
  {
    std::lock_guard lock(mutex_);
    check_open();
    status = commit(draft, {.same = entry});
  }
  pack_settled(true);
  return status;
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
