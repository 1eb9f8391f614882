// Packing after the write, and unpacking for good: an entry is written again in its other form.
//
// Both pin the entry, make the other form without the lock, and put it in the place of the first if
// that is still there; readers see one or the other. Neither is a use, nor a newer value: heat and
// deadlines stay.
#include <algorithm>

#include "base/fault.h"
#include "cache/draft.h"

namespace brisk::cache {
namespace {

// What one write packs for others: until it is so many bytes before, or 64 values.
constexpr size_t settle_some = 16384;
constexpr size_t settle_least = settle_some / 64;
// Of the values that are unpacked for callers, one in so many is kept that way.
constexpr uint64_t unpacked_one_in = 64;

}  // namespace

// Who looks for work as a reader leaves it to others when the lock is taken. Who has packed waits
// for it, or the work would be in vain.
std::unique_lock<AdaptiveMutex> Cache::lock_to_settle(bool waits) noexcept {
  return waits ? std::unique_lock(mutex_) : std::unique_lock(mutex_, std::try_to_lock);
}

// The next that waits, pinned, or null.
Entry *Cache::take_settled(uint64_t *hash, bool waits) noexcept {
  const auto lock = lock_to_settle(waits);
  if (!lock || closed()) return nullptr;
  for (unsigned turns = 0; turns < 64; ++turns) {
    const Placed next = policy_->next_to_pack();
    if (next.entry == nullptr) break;
    if (!settled_.wants(*next.entry) || Store::pinned(*next.entry)) continue;
    *hash = next.hash;
    return &pin_at(next.position);
  }
  return nullptr;
}

// A reader packs one.
void Cache::pack_settled(bool waits) noexcept {
  uint64_t hash;
  for (size_t packed = 0; packed < (waits ? settle_some : 1) && settled_.any();) {
    Entry *const entry = take_settled(&hash, waits);
    if (entry == nullptr) return;
    packed += std::max<size_t>(entry->raw_size(), settle_least);
    write_again(*entry, hash, entry->stored(), Change::moved);
    drop_pin(*entry);
  }
}

// Of an entry that the caller pins.
void Cache::unpack_for_good(Entry &entry, const void *value) noexcept {
  const uint64_t count = counters_.with(
      [](Counters &counters, bool exclusive) { return counters.unpacked.add(1, exclusive); });
  if (count % unpacked_one_in != 0) [[likely]]
    return;
  // Another one has to be packed for it: readers alone would fill the cache with what is not.
  if (!settled_.many()) write_again(entry, store_.hash_of(entry), value, Change::promoted);
  pack_settled(false);
}

// `value` is that of the entry, which the caller pins.
void Cache::write_again(Entry &entry, uint64_t hash, const void *value, Change change) noexcept
    try {
  Draft draft(*this, entry, hash, value, change == Change::moved);
  if (change == Change::moved && (draft.flags & is_compressed) == 0) return;
  if (!draft.take_blob()) return;
  BRISK_PAUSE("settle.before_commit");
  const auto lock = lock_to_settle(change == Change::moved);
  if (!lock || closed()) return;
  commit(draft, {.same = &entry, .change = change});
} catch (const std::bad_alloc &) {
}

}  // namespace brisk::cache
