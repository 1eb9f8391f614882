#include "cache/hot.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <numeric>
#include <span>
#include <string_view>

#include "base/hash.h"

namespace brisk::cache {

bool Hot::open(uint32_t keys, Account &account, uint64_t now) noexcept {
  if (keys == 0) return true;
  bool refused = false;
  block_ = memory::Block::take(keys * bytes_each, account, &refused);
  if (!block_) return false;
  most_ = keys;
  aged_ = now;
  items_ = static_cast<Item *>(block_.data());
  cells_ = reinterpret_cast<Cell *>(items_ + keys);
  counts_ = reinterpret_cast<Count *>(cells_ + keys * cells_each);
  keys_ = reinterpret_cast<char *>(counts_ + keys);
  std::fill_n(cells_, keys * cells_each, Cell{0, none});
  return true;
}

void Hot::note(const void *key, size_t size, uint64_t hash, uint64_t lookups,
               uint64_t now) noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  age(now);
  add(key, size, hash, lookups);
}

void Hot::add(const void *key, size_t size, uint64_t hash, uint64_t lookups) noexcept {
  Cell &home = cell(hash);
  const auto raised = [lookups](Count count) {
    return count + static_cast<Count>(std::min(lookups, static_cast<uint64_t>(count_max - count)));
  };
  for (Place place = home.first; place != none; place = items_[place].next) {
    if (items_[place].hash != hash) continue;
    counts_[place] = raised(counts_[place]);
    if (counts_[place] == count_max) halve();
    if (place == least_) find_least();
    return;
  }
  const Count count = raised(home.count);
  if (count_ == most_ && counts_[least_] < count && items_[least_].size == size) {
    const Place place = least_;
    unlink(place);
    put(place, key, size, hash, count, items_[place].at);
    find_least();
  } else if (make_room(size, count)) {
    put(static_cast<Place>(count_++), key, size, hash, count, key_bytes_);
    key_bytes_ += size;
    find_least();
  } else {
    home.count = count;
  }
}

// For one more key with this count, at the cost of those that have less. False, and nothing has
// changed, when they do not give enough.
bool Hot::make_room(size_t size, Count count) noexcept {
  if (count_ < most_ && key_bytes_ + size <= key_room()) return true;
  if (size > key_room() || counts_[least_] >= count) return false;
  size_t free = key_room() - key_bytes_;
  for (Place place = 0; place < count_ && free < size; ++place) {
    if (counts_[place] < count) free += items_[place].size;
  }
  if (free < size) return false;
  while (count_ == most_ || key_bytes_ + size > key_room()) remove(least_);
  return true;
}

void Hot::put(Place place, const void *key, size_t size, uint64_t hash, Count count,
              size_t at) noexcept {
  Cell &home = cell(hash);
  items_[place] = {hash, static_cast<uint32_t>(at), static_cast<uint16_t>(size), home.first};
  counts_[place] = count;
  home.first = place;
  if (size != 0) std::memcpy(keys_ + at, key, size);
}

void Hot::remove(Place place) noexcept {
  unlink(place);
  const Item gone = items_[place];
  key_bytes_ -= gone.size;
  std::memmove(keys_ + gone.at, keys_ + gone.at + gone.size, key_bytes_ - gone.at);
  const auto last = static_cast<Place>(--count_);
  if (place != last) {
    *link(last) = place;
    items_[place] = items_[last];
    counts_[place] = counts_[last];
  }
  for (Item &item : std::span(items_, count_)) {
    if (item.at > gone.at) item.at -= gone.size;
  }
  find_least();
}

// Takes an item out of its cell, which counts on for it.
void Hot::unlink(Place place) noexcept {
  Cell &home = cell(items_[place].hash);
  home.count = std::max(home.count, counts_[place]);
  *link(place) = items_[place].next;
}

// What leads to an item: its cell, or the item before it.
Hot::Place *Hot::link(Place place) noexcept {
  Place *at = &cell(items_[place].hash).first;
  while (*at != place) at = &items_[*at].next;
  return at;
}

void Hot::find_least() noexcept {
  Count least = count_max;
  for (uint32_t place = 0; place < count_; ++place) least = std::min(least, counts_[place]);
  least_ = static_cast<Place>(std::find(counts_, counts_ + count_, least) - counts_);
}

void Hot::age(uint64_t now) noexcept {
  if (now - aged_ < half_life) return;
  // After 32 times nothing is left.
  const uint64_t times = (now - aged_) / half_life;
  for (uint64_t i = 0; i < std::min<uint64_t>(times, 32); ++i) halve();
  aged_ += times * half_life;
}

void Hot::halve() noexcept {
  for (Count &count : std::span(counts_, count_)) count /= 2;
  for (Cell &one : std::span(cells_, most_ * cells_each)) one.count /= 2;
}

HotKeys Hot::top(size_t count, uint64_t now) {
  HotKeys found;
  const std::lock_guard lock(mutex_);
  age(now);
  std::vector<Place> order(count_);
  std::iota(order.begin(), order.end(), Place{0});
  const auto key = [this](Place place) {
    return std::string_view(keys_ + items_[place].at, items_[place].size);
  };
  std::sort(order.begin(), order.end(), [&](Place a, Place b) {
    if (counts_[a] != counts_[b]) return counts_[a] > counts_[b];
    return key(a) < key(b);
  });
  order.resize(std::min(order.size(), count));
  found.keys.reserve(key_bytes_);
  found.sizes.reserve(order.size());
  found.lookups.reserve(order.size());
  for (const Place place : order) {
    found.keys += key(place);
    found.sizes.push_back(items_[place].size);
    found.lookups.push_back(static_cast<uint64_t>(counts_[place]));
  }
  return found;
}

void Hot::restore(const HotKeys &keys, uint64_t seed, uint64_t now) noexcept {
  const std::lock_guard lock(mutex_);
  age(now);
  const char *key = keys.keys.data();
  for (size_t i = 0; i < keys.sizes.size(); ++i) {
    add(key, keys.sizes[i], hash_bytes(key, keys.sizes[i], seed), keys.lookups[i]);
    key += keys.sizes[i];
  }
}

}  // namespace brisk::cache
