// The values that have come to stay and are not packed yet.
//
// Packing costs more than all else a write does, and most newcomers leave before anybody asks for
// them again. So with a policy that tries newcomers out they are stored as they are; those that the
// policy keeps wait in a queue of its own, and the next writer packs some after its write
// (settle.cc). A part of the room is for those that stay as they are: the ones read most, or any
// while there is room. How large that is depends on what a miss costs: a value that is not packed
// saves the time of its unpacking, and takes the place of one or two that would be hits. For the
// holder of the write lock, but for packs_later(), note_load(), any() and many().
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "cache/codec.h"
#include "cache/entry.h"
#include "cache/policy/rules.h"

namespace brisk::cache {

class Settled {
 public:
  // `raw_usual` bytes of entries may stay as they are, as long as nothing is known of loads; with
  // none, values are packed when they come.
  Settled(Codec &codec, uint64_t raw_usual) noexcept
      : codec_(codec), raw_usual_(raw_usual), raw_most_(raw_usual) {}

  // Whether a value of this size waits. One that is large among newcomers would push them out.
  bool packs_later(size_t size) const noexcept { return size <= raw_usual_ / 256; }
  uint64_t raw_most() const noexcept { return raw_most_.load(std::memory_order_relaxed); }

  // The load of a value of this size took so many nanoseconds, which counts if such values wait to
  // be packed. Any thread; what is lost to a race is not missed.
  void note_load(double took, size_t size) noexcept {
    const double unpacking = codec_.unpacking() * static_cast<double>(size);
    if (raw_usual_ == 0 || unpacking == 0 || !packs_later(size) || size < codec_.threshold())
      return;
    if (took == 0) return;  // by a clock that stands
    const double before = loads_.load(std::memory_order_relaxed);
    const double now = std::clamp(took / unpacking, usual / most, usual * most);
    const double mean = before + (now - before) / 256;
    loads_.store(mean, std::memory_order_relaxed);
    const auto raw = static_cast<uint64_t>(static_cast<double>(raw_usual_) * usual / mean);
    const uint64_t raw_before = raw_most();
    // Not for every breath: what has to go is packed.
    if (raw > raw_before + raw_before / 8 || raw < raw_before - raw_before / 8)
      raw_most_.store(raw, std::memory_order_relaxed);
  }

  // Whether an entry will be packed once it stays.
  bool wants(Entry &entry) const noexcept {
    return may_wait(entry) && codec_.may_pack(entry.stored_size());
  }
  // The same for one that comes to stay now: those of a size that never shrinks are tried again now
  // and then.
  bool takes(Entry &entry) noexcept { return may_wait(entry) && codec_.wants(entry.stored_size()); }

  // How many wait to be packed, as the policy tells. While they are many, no reader adds to them,
  // nor main's hand.
  void set_waiting(uint64_t entries) noexcept {
    waiting_.store(entries, std::memory_order_relaxed);
  }
  bool any() const noexcept { return waiting_.load(std::memory_order_relaxed) != 0; }
  bool many() const noexcept { return waiting_.load(std::memory_order_relaxed) >= 64; }

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
  // Where a load takes as long as so many unpackings, the room is the usual one; where it is `most`
  // times as quick or slow, as many times larger or smaller, and no more beyond. Found on records
  // of a KiB with Zipf's law.
  static constexpr double usual = 56;
  static constexpr double most = 4;

  bool may_wait(Entry &entry) const noexcept {
    return raw_usual_ != 0 && (entry.flags & (is_compressed | is_absent)) == 0 &&
           packs_later(entry.stored_size());
  }
  static uint16_t part(double of) noexcept { return static_cast<uint16_t>(of * Regime::whole); }

  Codec &codec_;
  const uint64_t raw_usual_;
  // Readers look at what stands above, writers change the rest.
  alignas(64) std::atomic<uint64_t> raw_most_;
  std::atomic<double> loads_{usual};  // a moving mean, in unpackings
  std::atomic<uint64_t> waiting_{0};
  double packed_ = 1;  // moving means of what is left of an entry's weight
  double kept_ = 1;
  uint16_t trial_ = Regime::whole;
  uint16_t trial_of_light_ = Regime::whole;
};

}  // namespace brisk::cache
