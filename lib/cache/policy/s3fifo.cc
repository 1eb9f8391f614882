#include "cache/policy/s3fifo.h"

namespace brisk::cache {

void S3Fifo::push(Entry &entry, uint8_t queue) noexcept {
  entry.queue = queue;
  queue_of(entry).push(&entry, store_.weight(entry));
}

void S3Fifo::move(Entry &entry, uint8_t queue) noexcept {
  remove(entry);
  push(entry, queue);
}

void S3Fifo::admit(Entry &entry, uint64_t hash) noexcept {
  push(entry, ghosts_.take(hash) ? in_main : in_small);
  const bool main_has_room = main_.weight() < full_ - full_ / small_share;
  if (main_has_room && small_.weight() > weight() / small_share) move(*small_.tail(), in_main);
}

void S3Fifo::remove(Entry &entry) noexcept { queue_of(entry).remove(&entry, store_.weight(entry)); }

void S3Fifo::replace(Entry &old, Entry &entry, bool) noexcept {
  // A write has warmed the entry in the index; its place in the queue stays.
  entry.queue = old.queue;
  queue_of(old).replace(&old, store_.weight(old), &entry, store_.weight(entry));
}

// What the next calls will look at arrives while the caller is busy with this victim: the bucket of
// the entry before it, which an earlier call has fetched, and the entry before that.
void S3Fifo::look_ahead(Entry &victim) const noexcept {
  if (victim.prev == 0) return;
  Entry &next = *store_.arena.at(victim.prev);
  store_.index.prefetch(store_.hash_of(next));
  __builtin_prefetch(store_.arena.at(next.prev));
}

Entry *S3Fifo::victim() noexcept {
  full_ = weight();
  // Every round moves an entry on, cools it or passes over a pin. Heat is at most 3, so that five
  // times round is enough, unless readers warm faster than this cools: then the next one without a
  // pin goes.
  const uint64_t entries = small_.entries() + main_.entries();
  uint64_t pins = 0;  // passed over in a row
  uint64_t main_pins = 0;
  for (uint64_t rounds = 0; pins <= 2 * entries; ++rounds) {
    // Where main has nothing but pins, the small queue is what is left.
    const bool from_small =
        !small_.empty() && (main_pins >= main_.entries() || small_.weight() >= full_ / small_share);
    Queue &queue = from_small ? small_ : main_;
    if (queue.empty()) return nullptr;
    Entry &entry = *queue.tail();
    if (Store::pinned(entry)) {
      ++pins;
      main_pins += !from_small;
      move(entry, in_main);
      continue;
    }
    pins = main_pins = 0;
    const Index::Position position = store_.locate(entry);
    const uint32_t heat = position.heat();
    if (from_small && heat < uses_needed) {
      ghosts_.add(store_.hash_of(entry));
      look_ahead(entry);
      return &entry;
    }
    if (!from_small && (heat == 0 || rounds > 5 * entries)) {
      look_ahead(entry);
      return &entry;
    }
    position.set_heat(from_small ? 0 : heat - 1);
    move(entry, in_main);
  }
  return nullptr;
}

}  // namespace brisk::cache
