#include "cache/codec_memory.h"

#include <new>

#include "base/memory.h"

namespace brisk::cache {
namespace {

// zstd gives back a pointer alone: what was charged for it stands before it.
struct alignas(16) Prefix {
  uint64_t charge;
};

}  // namespace

void *CodecMemory::allocate(void *memory, size_t size) noexcept {
  auto &self = *static_cast<CodecMemory *>(memory);
  if (self.charge() + size > self.most_) return nullptr;
  bool refused = false;
  memory::Block block = memory::Block::take(sizeof(Prefix) + size, self.account_, &refused);
  if (refused) self.refused_.store(size, std::memory_order_relaxed);
  if (!block) return nullptr;
  const uint64_t charge = block.charge();
  self.charge_.fetch_add(charge, std::memory_order_relaxed);
  return new (block.release()) Prefix{charge} + 1;
}

void CodecMemory::release(void *memory, void *block) noexcept {
  if (block == nullptr) return;
  auto &self = *static_cast<CodecMemory *>(memory);
  Prefix *const prefix = static_cast<Prefix *>(block) - 1;
  const uint64_t charge = prefix->charge;
  self.charge_.fetch_sub(charge, std::memory_order_relaxed);
  memory::Block::give_back(prefix, charge, self.account_);
}

}  // namespace brisk::cache
