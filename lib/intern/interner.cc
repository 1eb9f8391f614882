#include "intern/interner.h"

#include <brisk/base.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "base/equal.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/hash.h"

namespace brisk::intern {
namespace {

constexpr uint64_t strings_max = uint64_t{1} << 34;  // what 32 bits of units of 4 reach
constexpr uint64_t step = 16384;  // charged at once, so that the account is not hot
constexpr uint64_t first_slots = memory::page_size / sizeof(uint64_t);
constexpr size_t group_max = 32;

constexpr uint64_t round_up(uint64_t bytes, uint64_t to) noexcept {
  return (bytes + to - 1) / to * to;
}

constexpr uint64_t cost(uint64_t size, uint64_t unit) noexcept {
  return round_up(sizeof(String) + size + 1, unit);
}

}  // namespace

Interner::Interner(Ref<Runtime> runtime, uint64_t capacity)
    : seed_(runtime->seed()),
      string_max_(std::min<uint64_t>(BRISK_VALUE_SIZE_MAX,
                                     std::min(capacity, strings_max) - sizeof(Interner) -
                                         3 * memory::page_size - cost(0, unit))),
      runtime_(std::move(runtime)),
      account_(capacity, &runtime_->account()) {}

Ref<Interner> Interner::make(Ref<Runtime> runtime, uint64_t capacity) {
  auto made = Ref<Interner>::adopt(new Interner(std::move(runtime), capacity));
  Interner &interner = *made;
  // What others in the runtime hold in excess makes way.
  constexpr uint64_t least = sizeof(Interner) + memory::page_size + 2 * step;
  interner.runtime_->shed(least, interner);
  uint64_t wanted = 0;
  if (!interner.account_.reserve(sizeof(Interner))) {
    if (interner.runtime_->account().room() >= least) throw std::bad_alloc();
    fail(BRISK_OUT_OF_MEMORY,
         "the budget of the runtime has no room for an interner; raise budget_bytes");
  }
  interner.own_bytes_ = sizeof(Interner);
  const uint64_t most = round_up(std::min(capacity, strings_max), memory::page_size);
  interner.strings_.region = memory::Region::take(most, memory::page_size);
  interner.references_.region = memory::Region::take(
      round_up(most / cost(0, unit) * sizeof(uint32_t), memory::page_size), memory::page_size);
  if (!interner.strings_.region || !interner.references_.region ||
      interner.grow(first_slots, &wanted) != Added::yes) {
    throw std::bad_alloc();
  }
  interner.strings_.used = unit;  // so that no reference is 0
  interner.base_ = interner.strings_.region.data();
  interner.list_ = reinterpret_cast<uint32_t *>(interner.references_.region.data());
  interner.runtime_->join(interner);
  interner.joined_ = true;
  return made;
}

Interner::~Interner() {
  const uint64_t table = tables_used_ == 0 ? 0 : tables_[tables_used_ - 1].bytes();
  account_.release(own_bytes_ + strings_.charged + references_.charged + table);
}

void Interner::last_unref() noexcept {
  if (joined_) runtime_->leave(*this);
  let_go();
}

void Interner::let_go() noexcept {
  if (holds_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

Interner::Key Interner::key(const char *bytes, uint32_t size) const noexcept {
  const uint64_t hash =
      size <= hash_inlined ? hash_short(bytes, size, seed_) : hash_bytes(bytes, size, seed_);
  return {bytes, size, static_cast<uint32_t>(hash >> 32)};
}

const String *Interner::look(const Table &table, const Key &key) const noexcept {
  constexpr size_t small = 64;
  for (uint64_t at = table.home(key.hash);; at = table.next(at)) {
    const uint64_t slot = table.slots[at].load(std::memory_order_acquire);
    if (slot == 0) return nullptr;
    if (static_cast<uint32_t>(slot) != key.hash) continue;
    const String *found = string(static_cast<uint32_t>(slot >> 32));
    if (found->size != key.size) continue;
    if (key.size <= small ? equal_small(found->bytes(), key.bytes, key.size)
                          : std::memcmp(found->bytes(), key.bytes, key.size) == 0) {
      return found;
    }
  }
}

const String *Interner::look(const Key &key) const noexcept {
  while (true) {
    const Table *const table = table_.load(std::memory_order_acquire);
    BRISK_PAUSE("intern.table_read");
    if (const String *found = look(*table, key)) return found;
    if (table_.load(std::memory_order_seq_cst) == table) return nullptr;
  }
}

void Interner::count_hits(uint64_t hits) noexcept {
  hits_.with([&](Tally &tally, bool exclusive) { tally.add(hits, exclusive); });
}

uint32_t Interner::find(const char *string, uint32_t size) noexcept {
  const String *found = look(key(string, size));
  if (found == nullptr) return none;
  count_hits(1);
  return found->id;
}

uint32_t Interner::put(const char *string, uint32_t size) {
  const Key wanted = key(string, size);
  const String *found = look(wanted);
  if (found == nullptr) return put_new(wanted);
  count_hits(1);
  return found->id;
}

uint32_t Interner::put_new(const Key &key) {
  for (bool again = false;; again = true) {
    uint64_t wanted = 0;
    {
      std::lock_guard lock(mutex_);
      if (const String *found = look(tables_[tables_used_ - 1], key)) {
        count_hits(1);
        return found->id;
      }
      const Added added = add(key, &wanted);
      if (added == Added::yes) return count_.load(std::memory_order_relaxed) - 1;
      if (added == Added::no_memory) throw std::bad_alloc();
    }
    if (again || !runtime_->shed(wanted, *this)) {
      refusals_.fetch_add(1, std::memory_order_relaxed);
      return none;
    }
  }
}

// The slots of the first strings, and then these, arrive together.
size_t Interner::look_ahead(const char **strings, const uint32_t *sizes, size_t count,
                            Key *keys) const noexcept {
  const Table &table = *table_.load(std::memory_order_acquire);
  count = std::min(count, group_max);
  for (size_t i = 0; i < count; ++i) {
    keys[i] = key(*strings, sizes[i]);
    __builtin_prefetch(&table.slots[table.home(keys[i].hash)]);
    *strings += sizes[i];
  }
  for (size_t i = 0; i < count; ++i) {
    const uint64_t slot = table.slots[table.home(keys[i].hash)].load(std::memory_order_relaxed);
    __builtin_prefetch(string(static_cast<uint32_t>(slot >> 32)));
  }
  return count;
}

size_t Interner::find_many(const char *strings, const uint32_t *sizes, size_t count,
                           uint32_t *ids) noexcept {
  Key keys[group_max];
  size_t there = 0;
  for (size_t begin = 0; begin < count;) {
    const size_t group = look_ahead(&strings, sizes + begin, count - begin, keys);
    for (size_t i = 0; i < group; ++i) {
      const String *found = look(keys[i]);
      there += found != nullptr;
      ids[begin + i] = found != nullptr ? found->id : none;
    }
    begin += group;
  }
  count_hits(there);
  return there;
}

void Interner::put_many(const char *strings, const uint32_t *sizes, size_t count, uint32_t *ids,
                        size_t *done) {
  Key keys[group_max];
  std::fill_n(ids, count, none);
  while (*done < count) {
    const size_t group = look_ahead(&strings, sizes + *done, count - *done, keys);
    uint64_t hits = 0;
    bool refused = false;
    for (size_t i = 0; i < group && !refused; ++i) {
      const String *found = look(keys[i]);
      hits += found != nullptr;
      const uint32_t id = found != nullptr ? found->id : put_new(keys[i]);
      refused = id == none;
      if (!refused) ids[(*done)++] = id;
    }
    count_hits(hits);
    if (refused) return;
  }
}

Interner::Added Interner::add(const Key &key, uint64_t *wanted) noexcept {
  const uint32_t id = count_.load(std::memory_order_relaxed);
  const uint64_t slots = tables_[tables_used_ - 1].count;
  if ((id + uint64_t{1}) * 4 > slots * 3) {
    const Added grown = grow(round_up(slots + slots / 2, first_slots), wanted);
    if (grown != Added::yes && (id + uint64_t{1}) * 8 > slots * 7) return grown;
  }
  const uint64_t bytes = cost(key.size, unit);
  if (!make_room(strings_, bytes, wanted) || !make_room(references_, sizeof(uint32_t), wanted))
    return Added::no_room;
  const auto reference = static_cast<uint32_t>(strings_.used / unit);
  char *const to = strings_.region.data() + strings_.used;
  const String header{id, key.size};
  std::memcpy(to, &header, sizeof header);
  if (key.size != 0) std::memcpy(to + sizeof header, key.bytes, key.size);
  to[sizeof header + key.size] = '\0';
  list_[id] = reference;
  strings_.used += bytes;
  references_.used += sizeof(uint32_t);
  string_bytes_ += key.size;
  count_.store(id + 1, std::memory_order_release);
  const Table &table = tables_[tables_used_ - 1];
  uint64_t at = table.home(key.hash);
  while (table.slots[at].load(std::memory_order_relaxed) != 0) at = table.next(at);
  table.slots[at].store(uint64_t{reference} << 32 | key.hash, std::memory_order_release);
  return Added::yes;
}

bool Interner::make_room(Stretch &stretch, uint64_t bytes, uint64_t *wanted) noexcept {
  const uint64_t end = stretch.used + bytes;
  if (end <= stretch.charged) return true;
  if (end > stretch.region.size()) return false;
  for (const uint64_t by : {step, uint64_t{memory::page_size}}) {
    *wanted = std::min<uint64_t>(round_up(end, by), stretch.region.size()) - stretch.charged;
    if (account_.reserve(*wanted)) {
      stretch.charged += *wanted;
      return true;
    }
  }
  return false;
}

Interner::Added Interner::grow(uint64_t slots, uint64_t *wanted) noexcept {
  *wanted = slots * sizeof(Slot);
  if (tables_used_ == tables_max || !account_.reserve(*wanted)) return Added::no_room;
  Table &larger = tables_[tables_used_];
  if (!larger.open(slots)) {
    account_.release(*wanted);
    return Added::no_memory;
  }
  if (tables_used_++ == 0) {
    table_.store(&larger, std::memory_order_release);
    return Added::yes;
  }
  Table &table = tables_[tables_used_ - 2];
  for (uint64_t from = 0; from < table.count; ++from) {
    const uint64_t slot = table.slots[from].load(std::memory_order_relaxed);
    if (slot == 0) continue;
    uint64_t at = larger.home(static_cast<uint32_t>(slot));
    while (larger.slots[at].load(std::memory_order_relaxed) != 0) at = larger.next(at);
    larger.slots[at].store(slot, std::memory_order_relaxed);
  }
  table_.store(&larger, std::memory_order_seq_cst);
  BRISK_PAUSE("intern.published");
  table.region.drop(0, table.bytes());
  account_.release(table.bytes());
  return Added::yes;
}

bool Interner::Table::open(uint64_t wanted) noexcept {
  region = memory::Region::take(wanted * sizeof(Slot), memory::page_size);
  if (!region) return false;
  std::memset(region.data(), 0, wanted * sizeof(Slot));
  slots = reinterpret_cast<Slot *>(region.data());
  count = wanted;
  return true;
}

Figures Interner::figures() noexcept {
  uint64_t hits = 0;
  hits_.each([&](const Tally &tally) { hits += tally.read(); });
  std::lock_guard lock(mutex_);
  return {count_.load(std::memory_order_relaxed),    string_bytes_,    hits,
          refusals_.load(std::memory_order_relaxed), account_.limit(), account_.held()};
}

}  // namespace brisk::intern
