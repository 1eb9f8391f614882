// Where room comes from, and how entries leave.
//
// Room for a slot: a free slot of its size; a slab that is empty or that the account still gives;
// entries moved together when free slots of other sizes have added up; at last the entry that the
// policy gives up. Room for a block: the same, until slabs have gone back to the account. What
// callers pin is passed over; when nothing else is left, there is no room. All of it with the write
// lock held, but take_block and shed, which take it.
//
// An entry leaves in steps: out of the wheel, the policy and the index, then counted and told of,
// then freed, or left to those who pin it. The last of them puts it on a list (drop_pin) that the
// next holder of the write lock frees.
#include <algorithm>
#include <cstring>

#include "cache/cache.h"

namespace brisk::cache {

// Room is asked for three times: of this cache, of the others in the runtime, and once more of this
// one.
memory::Block Cache::take_block(size_t size, bool *refused) {
  const uint64_t bytes = memory::allocator().good_size(size);
  memory::Block block;
  for (int attempt = 0; attempt < 4; ++attempt) {
    block = memory::Block::take(size, account_, refused);
    if (block || !*refused) break;
    if (attempt == 0) {
      std::lock_guard lock(mutex_);
      if (!make_room(bytes)) break;
    } else if (attempt == 1) {
      runtime_->shed(bytes, *this);
    } else {
      shed(bytes);
    }
  }
  return block;
}

bool Cache::make_index_room() noexcept {
  Index &index = store_.index;
  if (index.size() < index.capacity()) return true;
  const size_t now = index.capacity() / Index::per_bucket;
  // As many as will fit when the cache is full, judged by the entries there are; a quarter more at
  // least, so that growing stays rare, twice as many at most.
  const double mean =
      static_cast<double>(entry_bytes_ + index.charge()) / static_cast<double>(index.size());
  const auto fit =
      static_cast<size_t>(static_cast<double>(options_.capacity) / mean * 1.05) / Index::per_bucket;
  const size_t wanted = std::clamp(fit, now + now / 4, 2 * now);
  auto hash_of = [this](EntryRef ref) { return store_.hash_of(*store_.arena.at(ref)); };
  if (index.grow(wanted, hash_of)) return true;
  const uint64_t bytes = (now + now / 4) * sizeof(Bucket) + memory::page_size;
  if (make_room(bytes) && index.grow(now + now / 4, hash_of)) return true;
  return index.size() < index.capacity() || evict();
}

Entry *Cache::take_slot(Arena::SizeClass size_class) noexcept {
  while (true) {
    if (Entry *entry = store_.arena.allocate(size_class)) return entry;
    // A slab that is not full for each size, at least where that is not much.
    const size_t scattered_most =
        std::clamp<size_t>(store_.arena.classes() * Arena::slab_size, options_.capacity / 64,
                           std::max<size_t>(2 * Arena::slab_size, options_.capacity / 32));
    if (store_.arena.scattered() > scattered_most && compact()) continue;
    if (!evict() && !compact()) return nullptr;
  }
}

// Until the account can give this many bytes. False when all that is left is pinned.
bool Cache::make_room(uint64_t bytes) noexcept {
  reclaim();
  play_hits();
  return bytes <= options_.capacity && lower_held(options_.capacity - bytes);
}

bool Cache::lower_held(uint64_t most) noexcept {
  while (account_.held() > most) {
    const uint64_t excess = account_.held() - most;
    if (store_.arena.give_back(excess) != 0) continue;
    if (store_.arena.scattered() > excess + 2 * Arena::slab_size && compact()) continue;
    if (!evict() && !compact()) return false;
  }
  return true;
}

void Cache::shed(uint64_t bytes) noexcept {
  std::lock_guard lock(mutex_);
  reclaim();
  play_hits();
  const uint64_t held = account_.held();
  lower_held(held - std::min(held, bytes));
}

bool Cache::evict() noexcept {
  const Placed victim = policy_->victim();
  if (victim.entry == nullptr) return false;
  take_out(*victim.entry, victim.hash, victim.position, capacity);
  return true;
}

bool Cache::compact() noexcept {
  return store_.arena.vacate([this](Entry &entry) { return move_entry(entry); });
}

bool Cache::move_entry(Entry &entry) noexcept {
  const uint64_t hash = store_.hash_of(entry);
  const Index::Position position = store_.index.locate(hash, store_.arena.ref(&entry));
  if (!position || Store::pinned(entry)) return false;
  const size_t size = store_.arena.slot_size(&entry);
  Entry *const to = store_.arena.allocate(store_.arena.class_of(size));
  if (to == nullptr) return false;
  BRISK_PAUSE("move.before_lock");
  position.bucket->lock();
  if (Store::pinned(entry)) {
    position.bucket->unlock();
    store_.arena.free(to);
    return false;
  }
  racy_write(to, &entry, size);
  position.bucket->refs[position.slot].store(store_.arena.ref(to), std::memory_order_relaxed);
  position.bucket->unlock();
  policy_->replace(entry, *to, Change::moved);
  if ((to->flags & has_lifetime) != 0) wheel_.replace(entry, *to);
  store_.arena.free(&entry);
  return true;
}

void Cache::take_out(Entry &entry, uint64_t hash, Index::Position position, Cause cause) noexcept {
  if ((entry.flags & has_lifetime) != 0) wheel_.remove(entry);
  unlist(entry, hash, position, cause);
}

void Cache::unlist(Entry &entry, uint64_t hash, Index::Position position, Cause cause) noexcept {
  policy_->remove(entry);
  store_.index.erase(hash, position);
  depart(entry, cause);
  retire(entry);
}

// Counts an entry that leaves, and tells of it.
void Cache::depart(Entry &entry, Cause cause) noexcept {
  ++departures_[cause].entries;
  departures_[cause].bytes += store_.weight(entry);
  if (events_.wanted()) events_.push(entry.key(), entry.key_size, cause);
}

// An entry that is in the index, the policy and the wheel no longer: frees it or leaves it to those
// who pin it.
void Cache::retire(Entry &entry) noexcept {
  const uint64_t weight = store_.weight(entry);
  entry_bytes_ -= weight;
  raw_bytes_ -= entry.raw_size();
  stored_bytes_ -= entry.stored_size();
  compressed_ -= entry.compressed();
  if (Store::pinned(entry)) {
    hold();
    pinned_more(weight);
    BRISK_PAUSE("write.before_detach");
    if (entry.pins.fetch_or(Entry::detached, std::memory_order_acq_rel) != 0) return;
    pinned_less(weight);
    holds_.fetch_sub(1, std::memory_order_relaxed);  // never the last: a handle or a call is alive
  }
  free_entry(entry);
}

void Cache::free_entry(Entry &entry) noexcept {
  codec_.drop(entry.dictionary());
  if (entry.blobbed()) memory::Block::give_back(entry.blob().data, entry.blob().charge, account_);
  store_.arena.free(&entry);
}

void Cache::reclaim() noexcept {
  if (reclaim_.load(std::memory_order_relaxed) == 0) return;
  EntryRef ref = reclaim_.exchange(0, std::memory_order_acquire);
  while (ref != 0) {
    Entry &entry = *store_.arena.at(ref);
    ref = entry.next;
    reclaim_bytes_.fetch_sub(store_.weight(entry), std::memory_order_relaxed);
    free_entry(entry);
  }
}

uint64_t Cache::expire(uint64_t now, size_t most, bool thorough) noexcept {
  return wheel_.advance(now, most, thorough, [&](Entry &entry) {
    if ((entry.flags & has_use) != 0) {
      const uint64_t end =
          std::min<uint64_t>(entry.use().deadline, Clock::add(entry.use().last, options_.idle));
      if (end > now) {
        entry.lifetime().deadline = end;
        wheel_.add(entry);
        return;
      }
    }
    const uint64_t hash = store_.hash_of(entry);
    unlist(entry, hash, store_.index.locate(hash, store_.arena.ref(&entry)), expired);
  });
}

}  // namespace brisk::cache
