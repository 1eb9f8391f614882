#include "cache/codec.h"

// For contexts whose memory comes from the account.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <chrono>
#include <new>

#include "base/fault.h"
#include "base/memory.h"

namespace brisk::cache {
namespace {
// Bounds a context at some 2 MiB whatever the value's size.
constexpr int window_log = 17;

// Nobody waits on a wakeup alone: glibc before 2.41 may lose one (bug 25847).
constexpr std::chrono::milliseconds wait_most{10};

struct alignas(16) Prefix {
  uint64_t charge;
};
}  // namespace

Codec::~Codec() {
  for (ZSTD_CCtx *context : packers_) ZSTD_freeCCtx(context);
  for (ZSTD_DCtx *context : unpackers_) ZSTD_freeDCtx(context);
}

// zstd gives back a pointer alone: what was charged for it stands before it.
void *Codec::allocate(void *codec, size_t size) {
  auto &self = *static_cast<Codec *>(codec);
  if (self.charge() + size > self.most_) return nullptr;
  bool refused = false;
  memory::Block block = memory::Block::take(sizeof(Prefix) + size, self.account_, &refused);
  if (refused) self.refused_.store(size, std::memory_order_relaxed);
  if (!block) return nullptr;
  const uint64_t charge = block.charge();
  self.charge_.fetch_add(charge, std::memory_order_relaxed);
  return new (block.release()) Prefix{charge} + 1;
}

void Codec::release(void *codec, void *block) {
  if (block == nullptr) return;
  auto &self = *static_cast<Codec *>(codec);
  Prefix *const prefix = static_cast<Prefix *>(block) - 1;
  const uint64_t charge = prefix->charge;
  self.charge_.fetch_sub(charge, std::memory_order_relaxed);
  memory::Block::give_back(prefix, charge, self.account_);
}

ZSTD_CCtx *Codec::new_packer() noexcept {
  ZSTD_CCtx *context = ZSTD_createCCtx_advanced({allocate, release, this});
  if (context == nullptr) return nullptr;
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level_);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ++packers_made_;
  return context;
}

ZSTD_DCtx *Codec::new_unpacker() noexcept {
  ZSTD_DCtx *context = ZSTD_createDCtx_advanced({allocate, release, this});
  if (context != nullptr) ++unpackers_made_;
  return context;
}

ZSTD_CCtx *Codec::take_packer() noexcept try {
  std::unique_lock lock(mutex_);
  if (unpackers_made_ == 0) {
    packers_.reserve(contexts_max);
    unpackers_.reserve(contexts_max);
    ZSTD_DCtx *unpacker = new_unpacker();
    if (unpacker == nullptr) return nullptr;
    unpackers_.push_back(unpacker);
  }
  if (packers_.empty() && packers_made_ < contexts_max) {
    if (ZSTD_CCtx *context = new_packer()) return context;
    if (packers_made_ == 0) return nullptr;
  }
  while (packers_.empty()) packer_idle_.wait_for(lock, wait_most);
  ZSTD_CCtx *context = packers_.back();
  packers_.pop_back();
  return context;
} catch (const std::bad_alloc &) {
  return nullptr;
}

ZSTD_DCtx *Codec::take_unpacker() noexcept {
  std::unique_lock lock(mutex_);
  if (unpackers_.empty() && unpackers_made_ < contexts_max) {
    if (ZSTD_DCtx *context = new_unpacker()) return context;
    if (unpackers_made_ == 0) return nullptr;  // the child of a fork, and no room for another one
  }
  while (unpackers_.empty()) unpacker_idle_.wait_for(lock, wait_most);
  ZSTD_DCtx *context = unpackers_.back();
  unpackers_.pop_back();
  return context;
}

size_t Codec::pack(const void *from, size_t size, void *to, size_t *refused) noexcept {
  *refused = 0;
  if (BRISK_FAULT("pack")) return 0;
  ZSTD_CCtx *context = take_packer();
  if (context == nullptr) {
    *refused = refused_.exchange(0, std::memory_order_relaxed);
    return 0;
  }
  const size_t packed = ZSTD_compress2(context, to, packed_limit(size), from, size);
  {
    std::lock_guard lock(mutex_);
    packers_.push_back(context);  // reserved
    packer_idle_.notify_one();
  }
  if (!ZSTD_isError(packed)) return packed;
  *refused = refused_.exchange(0, std::memory_order_relaxed);
  return 0;
}

bool Codec::unpack(const void *from, size_t packed, void *to, size_t size) noexcept {
  ZSTD_DCtx *context = take_unpacker();
  if (context == nullptr) return false;
  const size_t unpacked = ZSTD_decompressDCtx(context, to, size, from, packed);
  {
    std::lock_guard lock(mutex_);
    unpackers_.push_back(context);
    unpacker_idle_.notify_one();
  }
  return unpacked == size;
}

void Codec::fork_release(bool in_child) noexcept {
  if (in_child) {
    new (&packer_idle_) std::condition_variable;
    new (&unpacker_idle_) std::condition_variable;
    // What other threads had in hand is lost to the child, which makes its own.
    packers_made_ = packers_.size();
    unpackers_made_ = unpackers_.size();
  }
  mutex_.unlock();
}

}  // namespace brisk::cache
