// One entry of the cache: a header of 16 bytes, then only the parts that this entry needs, then key
// and value.
//
//   next prev key_size value_size pins flags queue | [lifetime 16] [refresh 16] [use 16] [blob 32]
//   [packed 4] | key | value
//
// What fits in a slot of the arena lies there in one piece. A larger value lies in a block of its
// own (blob), its key still in the slot; a key beyond inline_key_max lies in the block before its
// value, with its hash in the slot.
//
// Invariants. key, sizes and flags never change once the entry is in the index, and the value only
// under both bits of its bucket, so a reader without a lock may copy them and validate afterwards
// (index.h); a pinned value never changes. next, prev and queue belong to
// the policy, lifetime links to the wheel, both under the write lock. The deadlines and the time of
// last use change under the lock bit of the entry's bucket. pins changes by locked instructions; it
// counts callers, and its top bit says that the entry left the index.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cache/racy.h"

namespace brisk::cache {

// An entry by its place in the arena, in units of 8 bytes; 0 is none. Half the size of a pointer.
using EntryRef = uint32_t;
inline constexpr EntryRef entry_ref_limit =
    0x80000000u;  // the top bit is free for links to mark their heads

inline constexpr size_t inline_key_max = 1024;
inline constexpr size_t slot_max = 2040;  // eight to a slab

enum Flags : uint8_t {
  has_lifetime = 1,  // Lifetime follows the header
  has_use = 2,       // Use follows: the cache has an idle limit
  has_blob = 4,      // Blob follows: the value lies outside of the slot
  is_compressed = 8,
  has_long_key = 16,  // the key lies in the blob
  has_refresh = 32,   // Refresh follows
  is_absent = 64,     // there is no value, and that is known
  slot_is_free = 128,
};

struct Lifetime {
  Shared<uint64_t> deadline;  // nanoseconds of the cache's clock
  Shared<EntryRef> next;
  Shared<EntryRef> prev;
};

// Of an entry that loads may serve beyond its lifetime, until Lifetime::deadline, that is loaded
// anew before its end, or that carries its cost.
struct Refresh {
  Shared<uint64_t> deadline;
  Shared<double> cost;  // of making the value, in a unit of the caller's; of a load, nanoseconds
};

// Of an entry in a cache with an idle limit. Lifetime::deadline is then only when the wheel looks
// at it again.
struct Use {
  Shared<uint64_t> last;
  Shared<uint64_t> deadline;
};

struct Blob {
  Shared<char *> data;
  Shared<uint64_t> charge;
  Shared<uint64_t> hash;  // of the key, read when the key lies in the blob
  Shared<uint32_t> stored_size;
};

// Of a compressed value: its size, and above that the number of its dictionary (Dictionaries).
struct Packed {
  static constexpr unsigned size_bits = 28;
  static constexpr uint32_t raw_size_max = (1u << size_bits) - 1;  // larger ones stay raw
  Shared<uint32_t> word;
};

struct Entry {
  Shared<EntryRef> next;
  Shared<EntryRef> prev;
  Shared<uint16_t> key_size;
  Shared<uint16_t> value_size;  // as stored in the slot; Blob has its own
  std::atomic<uint16_t> pins;
  Shared<uint8_t> flags;
  Shared<uint8_t> queue;

  static constexpr uint16_t detached = 0x8000;
  static constexpr uint16_t pins_max = 0x7fff;

  static constexpr size_t parts_size(unsigned flags) noexcept {
    if (flags == 0) [[likely]]
      return 0;
    return ((flags & has_lifetime) != 0 ? sizeof(Lifetime) : 0) +
           ((flags & has_refresh) != 0 ? sizeof(Refresh) : 0) +
           ((flags & has_use) != 0 ? sizeof(Use) : 0) +
           ((flags & has_blob) != 0 ? sizeof(Blob) : 0) +
           ((flags & is_compressed) != 0 ? sizeof(Packed) : 0);
  }

  char *after() noexcept { return reinterpret_cast<char *>(this + 1); }
  Lifetime &lifetime() noexcept { return *reinterpret_cast<Lifetime *>(after()); }
  Refresh &refresh() noexcept {
    return *reinterpret_cast<Refresh *>(after() + parts_size(flags & has_lifetime));
  }
  Use &use() noexcept {
    return *reinterpret_cast<Use *>(after() + parts_size(flags & (has_lifetime | has_refresh)));
  }
  Blob &blob() noexcept { return *reinterpret_cast<Blob *>(after() + before_blob()); }
  Packed &packed() noexcept {
    return *reinterpret_cast<Packed *>(after() + before_blob() + parts_size(flags & has_blob));
  }
  double cost() noexcept {
    if ((flags & has_refresh) == 0) [[likely]]
      return 0;
    return refresh().cost;
  }
  char *slot_key() noexcept { return after() + parts_size(flags); }

  // The rest is for holders of a pin or of the write lock, who may follow a blob.
  bool blobbed() const noexcept { return (flags & has_blob) != 0; }
  bool compressed() const noexcept { return (flags & is_compressed) != 0; }
  bool long_key() const noexcept { return (flags & has_long_key) != 0; }
  const char *key() noexcept { return long_key() ? blob().data : slot_key(); }
  const char *stored() noexcept {
    if (!blobbed()) return slot_key() + key_size;
    return blob().data + (long_key() ? key_size : 0);
  }
  uint32_t stored_size() noexcept { return blobbed() ? blob().stored_size : uint32_t{value_size}; }
  uint8_t dictionary() noexcept {
    return compressed() ? static_cast<uint8_t>(packed().word >> Packed::size_bits) : uint8_t{0};
  }
  uint32_t raw_size() noexcept {
    return compressed() ? packed().word & Packed::raw_size_max : stored_size();
  }

 private:
  size_t before_blob() const noexcept {
    return parts_size(flags & (has_lifetime | has_refresh | has_use));
  }
};
static_assert(sizeof(Entry) == 16 && sizeof(Lifetime) == 16 && sizeof(Blob) == 32 &&
              sizeof(Packed) == 4);

}  // namespace brisk::cache
