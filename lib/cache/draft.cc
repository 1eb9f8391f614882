#include "cache/draft.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace brisk::cache {

Cache::Draft::Draft(Cache &cache, const void *key, size_t key_size, uint64_t hash,
                    const void *value, size_t value_size, Terms terms, uint8_t kind)
    : key(key),
      key_size(key_size),
      hash(hash),
      raw(value),
      raw_size(value_size),
      terms(terms),
      stored(value),
      stored_size(value_size),
      flags(kind),
      cache_(cache),
      of_(nullptr) {
  // The write lock is held for less long when the bucket has arrived by then.
  cache.store_.index.prefetch(hash);
  flags |= terms.parts();
  if (cache.options_.idle != BRISK_FOREVER) flags |= has_lifetime | has_use;
  if (key_size > inline_key_max) flags |= has_long_key;
  if (cache.options_.compress) {
    cache.codec_.see(value_size);
    if (!cache.settled_.packs_later(value_size) && cache.codec_.wants(value_size)) pack();
  }
  measure();
}

Cache::Draft::Draft(Cache &cache, Entry &of, uint64_t hash, const void *value, bool packs)
    : key(of.key()),
      key_size(of.key_size),
      hash(hash),
      raw(value),
      raw_size(of.raw_size()),
      terms{},
      stored(value),
      stored_size(raw_size),
      flags(of.flags & (has_lifetime | has_refresh | has_use | has_long_key)),
      cache_(cache),
      of_(&of) {
  if (packs && cache.codec_.wants(raw_size)) pack();
  measure();
}

void Cache::Draft::measure() noexcept {
  const size_t slot_key = (flags & has_long_key) != 0 ? 0 : key_size;
  const size_t in_slot = sizeof(Entry) + Entry::parts_size(flags) + slot_key + stored_size;
  if ((flags & has_long_key) != 0 || in_slot > slot_max) flags |= has_blob;
  const size_t beside = (flags & has_blob) != 0 ? 0 : stored_size;
  slot_size = sizeof(Entry) + Entry::parts_size(flags) + slot_key + beside;
}

bool Cache::Draft::take_blob() {
  if ((flags & has_blob) == 0) return true;
  const size_t before = (flags & has_long_key) != 0 ? key_size : 0;
  bool refused = false;
  blob = cache_.take_block(before + stored_size, &refused);
  if (!blob && refused && packed_) {
    // Packed bytes and their copy need more room together than the value alone.
    packed_.reset();
    stored = raw;
    stored_size = raw_size;
    cache_.codec_.drop(std::exchange(dictionary_, uint8_t{0}));
    flags &= static_cast<uint8_t>(~is_compressed);
    blob = cache_.take_block(before + stored_size, &refused);
  }
  if (!blob) {
    if (!refused) throw std::bad_alloc();
    return false;
  }
  char *data = static_cast<char *>(blob.data());
  if (before != 0) std::memcpy(data, key, before);
  if (stored_size != 0) std::memcpy(data + before, stored, stored_size);
  packed_.reset();
  return true;
}

void Cache::Draft::fill_times(Entry &entry, uint64_t now, uint64_t idle_end) noexcept {
  if (of_ != nullptr) {
    if ((flags & has_lifetime) != 0) entry.lifetime().deadline = uint64_t{of_->lifetime().deadline};
    if ((flags & has_refresh) != 0) entry.refresh() = of_->refresh();
    if ((flags & has_use) != 0) entry.use() = of_->use();
    return;
  }
  if ((flags & has_lifetime) != 0) entry.lifetime().deadline = std::min(terms.kept, idle_end);
  if ((flags & has_refresh) != 0) {
    entry.refresh().deadline = terms.fresh;
    entry.refresh().cost = terms.cost;
  }
  if ((flags & has_use) != 0) {
    entry.use().last = now;
    entry.use().deadline = terms.kept;
  }
}

void Cache::Draft::fill(Entry &entry, uint64_t now, uint64_t idle_end) {
  racy_write_fence();
  entry.key_size = static_cast<uint16_t>(key_size);
  entry.value_size = static_cast<uint16_t>((flags & has_blob) != 0 ? 0 : stored_size);
  entry.pins.store(0, std::memory_order_relaxed);
  entry.flags = flags;
  entry.queue = 0;
  fill_times(entry, now, idle_end);
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
    const uint32_t dictionary = std::exchange(dictionary_, uint8_t{0});
    entry.packed().word = static_cast<uint32_t>(raw_size) | dictionary << Packed::size_bits;
  }
  if ((flags & has_long_key) == 0) racy_write(entry.slot_key(), key, key_size);
}

void Cache::Draft::pack() {
  if (raw_size > Packed::raw_size_max) return;
  void *to = scratch_;
  const size_t limit = Codec::packed_limit(raw_size);
  if (limit > scratch_size) {
    bool refused = false;
    packed_ = cache_.take_block(limit, &refused);
    if (!packed_)
      return;  // raw, then; if there is no room for that either, the write will find out
    to = packed_.data();
  }
  const size_t size = cache_.pack(stored, raw_size, to, &dictionary_);
  if (size == 0) {
    packed_.reset();
    return;
  }
  stored = to;
  stored_size = size;
  flags |= is_compressed;
}

}  // namespace brisk::cache
