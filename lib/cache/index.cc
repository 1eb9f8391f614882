#include "cache/index.h"

#include <sched.h>

#include <cstring>
#include <new>

#include "base/fault.h"
#include "base/spin.h"

namespace brisk::cache {
namespace {

// Whoever holds a bit holds it for some ten nanoseconds, unless the kernel took its core away.
class Patience {
 public:
  void wait() noexcept {
    if (++rounds_ % 64 == 0) {
      sched_yield();
    } else {
      spin_pause();
    }
  }

 private:
  unsigned rounds_ = 0;
};

}  // namespace

uint32_t Bucket::settled_version() const noexcept {
  uint32_t now = version.load(std::memory_order_acquire);
  for (Patience patience; (now & writing) != 0; now = version.load(std::memory_order_acquire))
    patience.wait();
  return now;
}

void Bucket::lock() noexcept {
  Patience patience;
  while (true) {
    uint32_t now = version.load(std::memory_order_relaxed) & ~(writing | pinning);
    if (version.compare_exchange_weak(now, now | writing | pinning, std::memory_order_acquire))
      break;
    patience.wait();
  }
  racy_write_fence();
}

// Another reader has the pin bit, for some ten nanoseconds, or the version is another one.
bool Bucket::wait_pin(uint32_t before) noexcept {
  before &= ~pinning;
  for (Patience patience;; patience.wait()) {
    uint32_t now = before;
    if (version.compare_exchange_weak(now, before | pinning, std::memory_order_acquire))
      return true;
    if ((now & ~pinning) != before) return false;
  }
}

Index::~Index() { account_.release(charge_); }

Index::Position Index::insert(uint64_t hash, EntryRef ref) noexcept {
  const Table &table = *table_.load(std::memory_order_relaxed);
  uint32_t at = table.home(hash);
  while (true) {
    Bucket &bucket = table.buckets[at];
    if (const unsigned free = bucket.match(0); free != 0) {
      const auto slot = static_cast<unsigned>(std::countr_zero(free));
      bucket.lock();
      bucket.tags[slot].store(tag(hash), std::memory_order_relaxed);
      bucket.refs[slot].store(ref, std::memory_order_relaxed);
      bucket.set_heat(slot, 0);
      bucket.unlock();
      ++size_;
      return {&bucket, slot};
    }
    bucket.pass(1);
    at = table.after(at);
  }
}

void Index::erase(uint64_t hash, Position position) noexcept {
  Bucket &bucket = *position.bucket;
  bucket.lock();
  bucket.tags[position.slot].store(0, std::memory_order_relaxed);
  bucket.refs[position.slot].store(0, std::memory_order_relaxed);
  bucket.unlock();
  --size_;
  const Table &table = *table_.load(std::memory_order_relaxed);
  for (uint32_t at = table.home(hash); &table.buckets[at] != &bucket; at = table.after(at)) {
    table.buckets[at].pass(-1);
  }
}

void Index::replace(Position position, EntryRef ref) noexcept {
  position.bucket->lock();
  position.bucket->refs[position.slot].store(ref, std::memory_order_relaxed);
  position.bucket->unlock();
}

std::unique_ptr<Table> Index::make_table(size_t buckets) noexcept {
  constexpr size_t page_buckets = memory::page_size / sizeof(Bucket);
  buckets = (buckets + page_buckets - 1) / page_buckets * page_buckets;
  if (buckets >= UINT32_MAX / 2) return nullptr;
  const size_t size = buckets * sizeof(Bucket);
  if (!account_.reserve(size)) return nullptr;
  std::unique_ptr<Table> table(new (std::nothrow) Table);
  if (table != nullptr) table->region = memory::Region::take(size, memory::page_size);
  if (table == nullptr || !table->region) {
    account_.release(size);
    return nullptr;
  }
  try {
    tables_.reserve(tables_.size() + 1);
  } catch (const std::bad_alloc &) {
    account_.release(size);
    return nullptr;
  }
  charge_ += size;
  table->region.prefer_huge_pages();
  std::memset(static_cast<void *>(table->region.data()), 0, size);
  table->buckets = reinterpret_cast<Bucket *>(table->region.data());
  table->count = static_cast<uint32_t>(buckets);
  // Zero is the version of a page that was given back: no bucket in use has it.
  for (size_t at = 0; at < buckets; ++at) {
    table->buckets[at].version.store(Bucket::step, std::memory_order_relaxed);
  }
  return table;
}

void Index::place(Table &table, uint64_t hash, EntryRef ref, uint32_t heat) noexcept {
  uint32_t at = table.home(hash);
  while (true) {
    Bucket &bucket = table.buckets[at];
    if (const unsigned free = bucket.match(0); free != 0) {
      const auto slot = static_cast<unsigned>(std::countr_zero(free));
      bucket.tags[slot].store(tag(hash), std::memory_order_relaxed);
      bucket.refs[slot].store(ref, std::memory_order_relaxed);
      bucket.set_heat(slot, heat);
      return;
    }
    bucket.pass(1);
    at = table.after(at);
  }
}

void Index::publish(std::unique_ptr<Table> next) noexcept {
  const Table *old = table_.load(std::memory_order_relaxed);
  table_.store(next.get(), std::memory_order_release);
  tables_.push_back(std::move(next));  // reserved by make_table
  BRISK_PAUSE("index.published");
  if (old == nullptr) return;
  for (uint32_t at = 0; at < old->count; ++at) {
    // Whoever comes later finds nothing, whether or not the system takes the pages back.
    old->buckets[at].lock();
    for (auto &tag : old->buckets[at].tags) tag.store(0, std::memory_order_relaxed);
    old->buckets[at].passed.store(0, std::memory_order_relaxed);
    old->buckets[at].unlock();
  }
  BRISK_PAUSE("index.retired");
  tables_[tables_.size() - 2]->region.drop(0, old->region.size());
  charge_ -= old->charge();
  account_.release(old->charge());
}

}  // namespace brisk::cache
