// The values that have come to stay and are not packed yet.
//
// Packing costs more than all else a write does, and most newcomers leave before anybody asks for
// them again. So with a policy that tries newcomers out they are stored as they are; those that the
// policy keeps are noted here, and packed by the next writer after its write (settle.cc). A part of
// the room is for those that stay as they are: the ones read most, or any while there is room.
//
// What waits is known by its hash, so that nothing has to be told when an entry leaves or moves; 64
// wait at most, and what finds no place is offered again when the policy comes by. For the holder
// of the write lock, but for has_place(), any() and packs_later().
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "cache/codec.h"
#include "cache/entry.h"
#include "cache/policy/rules.h"

namespace brisk::cache {

class Settled {
 public:
  // `raw_most` bytes of entries may stay as they are; with none, values are packed when they come.
  Settled(const Codec &codec, uint64_t raw_most) noexcept : codec_(codec), raw_most_(raw_most) {}

  // Whether a value of this size waits. One that is large among newcomers would push them out.
  bool packs_later(size_t size) const noexcept { return size <= raw_most_ / 256; }
  uint64_t raw_most() const noexcept { return raw_most_; }

  // Whether an entry will be packed once it stays.
  bool wants(Entry &entry) const noexcept {
    return raw_most_ != 0 && (entry.flags & (is_compressed | is_absent)) == 0 &&
           packs_later(entry.stored_size()) && codec_.may_pack(entry.stored_size());
  }
  // Notes an entry that stays, if it is to be packed.
  void offer(Entry &entry, uint64_t hash) noexcept {
    const uint32_t count = count_.load(std::memory_order_relaxed);
    if (count == most || !wants(entry)) return;
    hashes_[(first_ + count) % most] = hash;
    count_.store(count + 1, std::memory_order_relaxed);
  }
  bool has_place() const noexcept { return count_.load(std::memory_order_relaxed) != most; }
  bool any() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }
  // The one that waits longest, of those there are.
  uint64_t take() noexcept {
    const uint64_t hash = hashes_[first_];
    first_ = (first_ + 1) % most;
    count_.store(count_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    return hash;
  }

  // An entry came to stay, packed or as it is.
  void note_kept(uint64_t before, uint64_t after) noexcept {
    if (after == before && kept_ == 1) [[likely]]
      return;
    const auto share = static_cast<double>(after) / static_cast<double>(before);
    kept_ += (share - kept_) / 64;
    if (after < before) packed_ += (share - packed_) / 64;
    trial_ = part(kept_ * kept_);
    trial_of_light_ = part(kept_ * kept_ * kept_);
  }
  // What an entry that will be packed weighs then, by what those before it did.
  uint64_t expected(uint64_t weight) const noexcept {
    return static_cast<uint64_t>(static_cast<double>(weight) * packed_);
  }
  // Of the room of newcomers, what is left to them where they are larger than what stays: one of
  // them takes the place of several. The same number weighs less where each is as light as it will
  // be.
  uint16_t trial() const noexcept { return trial_; }
  uint16_t trial_of_light() const noexcept { return trial_of_light_; }

 private:
  static constexpr uint32_t most = 64;

  static uint16_t part(double of) noexcept { return static_cast<uint16_t>(of * Regime::whole); }

  const Codec &codec_;
  const uint64_t raw_most_;
  std::array<uint64_t, most> hashes_{};
  uint32_t first_ = 0;
  std::atomic<uint32_t> count_{0};
  double packed_ = 1;  // moving means of what is left of an entry's weight
  double kept_ = 1;
  uint16_t trial_ = Regime::whole;
  uint16_t trial_of_light_ = Regime::whole;
};

}  // namespace brisk::cache
