// Interning: equal byte strings become one 32-bit id and one address.
//
// Strings lie one after the other in a stretch of address space, each behind its id and size, and
// never move. Two things lead to them: a list by id, and a table by hash with open addressing,
// whose slots hold a reference (4 bytes, in units of 4) and the upper half of the hash. Both only
// grow.
//
// A lookup takes no lock. A slot is written once, with release, after the string and its place in
// the list; who sees it sees them. A larger table is filled, published, and only then are the pages
// of the older one given back: they read as zero, so a reader that is still there may miss, never
// find a wrong string. Who misses looks whether the table is still the one that counts, and
// otherwise again. So what was put before a lookup began is found by it.
//
// Everything else is done with the mutex held: some hundred nanoseconds for a string, and 2 ns a
// string for all when the table grows, by half. Half of the hash is enough to grow it: a slot's
// place is its hash scaled to the table, so that the old slots go to the new table in their order.
//
// Charged to the account: pages of strings and list as they are begun, the table as a whole. When
// there is no room for a larger table, the one there is filled further before strings are refused.
// A string costs its bytes, a zero byte, 1.5 for alignment, 8 for id and size, 4 in the list, and
// 11 to 16 in the table.
//
// Lock order: the runtime's registry, then the mutex. A runtime is asked to make room (shed)
// without it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/account.h"
#include "base/memory.h"
#include "base/mutex.h"
#include "base/runtime.h"
#include "base/stripes.h"

namespace brisk::intern {

inline constexpr uint64_t capacity_min = 65536;
inline constexpr uint64_t capacity_default = uint64_t{64} << 20;
inline constexpr uint32_t none = UINT32_MAX;

// As it lies in memory; the bytes and a zero follow.
struct String {
  uint32_t id;
  uint32_t size;

  const char *bytes() const noexcept { return reinterpret_cast<const char *>(this + 1); }
};

struct Figures {
  uint64_t strings;
  uint64_t string_bytes;
  uint64_t hits;
  uint64_t refusals;
  uint64_t capacity;
  uint64_t held;
};

class Interner final : public Member {
 public:
  // Throws Failure: CLOSED, OUT_OF_MEMORY.
  static Ref<Interner> make(Ref<Runtime> runtime, uint64_t capacity);

  // Strings of more bytes never fit.
  uint64_t string_max() const noexcept { return string_max_; }

  // The id, none where there is no room. Throws std::bad_alloc.
  uint32_t put(const char *string, uint32_t size);
  // The id, none where the string is not there.
  uint32_t find(const char *string, uint32_t size) noexcept;

  // Many strings, one after the other. find_many writes an id for each, or none, and returns how
  // many are there; put_many stops at the first that has no room, and counts on as it goes.
  void put_many(const char *strings, const uint32_t *sizes, size_t count, uint32_t *ids,
                size_t *done);
  size_t find_many(const char *strings, const uint32_t *sizes, size_t count,
                   uint32_t *ids) noexcept;

  // Null for an id that was not given out.
  const String *at(uint32_t id) const noexcept {
    if (id >= count_.load(std::memory_order_acquire)) return nullptr;
    return string(list_[id]);
  }

  Figures figures() noexcept;

  // Member
  std::string_view name() const noexcept override { return {}; }
  void close() noexcept override {}  // addresses stay valid; there is no work to end
  void hold() noexcept override { holds_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept override;
  uint64_t sweep(uint64_t) noexcept override { return UINT64_MAX; }
  void shed(uint64_t) noexcept override {}  // nothing here can be had again
  void fork_prepare() noexcept override { mutex_.lock(); }
  void fork_release(bool in_child) noexcept override { mutex_.fork_release(in_child); }

 private:
  using Slot = std::atomic<uint64_t>;  // reference and hash; 0 is free
  struct Table {
    memory::Region region;
    Slot *slots = nullptr;
    uint64_t count = 0;

    uint64_t home(uint32_t hash) const noexcept { return hash * count >> 32; }
    uint64_t next(uint64_t at) const noexcept { return at + 1 == count ? 0 : at + 1; }
    uint64_t bytes() const noexcept { return count * sizeof(Slot); }
    bool open(uint64_t slots) noexcept;
  };
  // Address space of which pages are charged from the front as they are begun.
  struct Stretch {
    memory::Region region;
    uint64_t used = 0;
    uint64_t charged = 0;
  };
  struct Key {
    const char *bytes;
    uint32_t size;
    uint32_t hash;
  };
  enum class Added { yes, no_room, no_memory };

  Interner(Ref<Runtime> runtime, uint64_t capacity);
  ~Interner() override;
  void last_unref() noexcept override;

  Key key(const char *bytes, uint32_t size) const noexcept;
  const String *string(uint32_t reference) const noexcept {
    return reinterpret_cast<const String *>(base_ + size_t{reference} * unit);
  }

  const String *look(const Table &table, const Key &key) const noexcept;
  const String *look(const Key &key) const noexcept;
  size_t look_ahead(const char **strings, const uint32_t *sizes, size_t count,
                    Key *keys) const noexcept;
  void count_hits(uint64_t hits) noexcept;
  uint32_t put_new(const Key &key);

  // With the mutex held. `wanted` receives the bytes for which there was no room.
  Added add(const Key &key, uint64_t *wanted) noexcept;
  bool make_room(Stretch &stretch, uint64_t bytes, uint64_t *wanted) noexcept;
  Added grow(uint64_t slots, uint64_t *wanted) noexcept;

  static constexpr size_t unit = 4;
  static constexpr size_t tables_max = 48;  // from a page on, each half as large again

  // Read by every lookup.
  const uint64_t seed_;
  const uint64_t string_max_;
  const char *base_ = nullptr;
  uint32_t *list_ = nullptr;  // references by id
  std::atomic<const Table *> table_{nullptr};
  Ref<Runtime> runtime_;
  Account account_;
  Stripes<Tally> hits_;
  alignas(64) std::atomic<uint32_t> count_{0};

  alignas(64) AdaptiveMutex mutex_;
  Stretch strings_;
  Stretch references_;
  std::array<Table, tables_max> tables_;  // the last is in use, those before it have no pages
  size_t tables_used_ = 0;
  uint64_t string_bytes_ = 0;
  std::atomic<uint64_t> refusals_{0};
  std::atomic<uint64_t> holds_{1};
  uint64_t own_bytes_ = 0;
  bool joined_ = false;
};

}  // namespace brisk::intern
