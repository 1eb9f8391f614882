#include "cache/value.h"

#include <new>

#include "base/memory.h"
#include "cache/cache.h"

namespace brisk::cache {

Loose *Loose::make(size_t size, Cache &cache, Account &account, bool *account_refused) noexcept {
  memory::Block block = memory::Block::take(sizeof(Loose) + size, account, account_refused);
  if (!block) return nullptr;
  const uint64_t charge = block.charge();
  auto *loose =
      new (block.release()) Loose{{1}, static_cast<uint32_t>(size), charge, &cache, &account};
  cache.hold();
  if (&account == &cache.account()) cache.pinned_more(charge);
  return loose;
}

namespace value {
namespace {

Loose *loose_of(const brisk_value *value) noexcept {
  const auto bits = reinterpret_cast<uintptr_t>(value);
  return (bits & loose_bit) != 0 ? reinterpret_cast<Loose *>(bits & ~loose_bit) : nullptr;
}

Entry *entry_of(const brisk_value *value) noexcept {
  return reinterpret_cast<Entry *>(reinterpret_cast<uintptr_t>(value));
}

}  // namespace

const void *data(const brisk_value *value, size_t *size) noexcept {
  if (Loose *loose = loose_of(value)) {
    *size = loose->size;
    return loose->data();
  }
  Entry *entry = entry_of(value);
  *size = entry->stored_size();
  return entry->stored();
}

void ref(brisk_value *value) noexcept {
  if (Loose *loose = loose_of(value)) {
    loose->references.fetch_add(1, std::memory_order_relaxed);
  } else {
    Cache::add_pin(*entry_of(value));
  }
}

void unref(brisk_value *value) noexcept {
  Loose *loose = loose_of(value);
  if (loose == nullptr) {
    Cache::drop_pin(*entry_of(value));
    return;
  }
  if (loose->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  Cache &cache = *loose->cache;
  Account &account = *loose->account;
  const uint64_t charge = loose->charge;
  loose->~Loose();
  if (&account == &cache.account()) cache.pinned_less(charge);
  memory::Block::give_back(loose, charge, account);
  cache.let_go();
}

}  // namespace value
}  // namespace brisk::cache
