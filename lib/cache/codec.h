// Compression of values with zstd (RFC 8878).
//
// A value is packed when that saves an eighth; otherwise the attempt ends early and the value stays
// raw. Contexts are kept between calls and charged to the cache's account as zstd asks for their
// memory. There is no first context for packing without one for unpacking, so a packed value can
// always be read. Where contexts are few, callers wait for one, for microseconds. Any thread; no
// lock is held while zstd works.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/account.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace brisk::cache {

class Codec {
 public:
  // Its contexts take `most` bytes at most, so that they do not crowd out a small cache's entries.
  Codec(Account &account, uint64_t most, int level) noexcept
      : account_(account), most_(most), level_(level) {}
  ~Codec();

  // The size of the packed value in `to`, or 0 when it should stay raw. `to` needs
  // packed_limit(size) bytes.
  size_t pack(const void *from, size_t size, void *to, size_t *refused) noexcept;
  static size_t packed_limit(size_t size) noexcept { return size - size / 8; }
  // False when the packed bytes do not give exactly `size` bytes.
  bool unpack(const void *from, size_t packed, void *to, size_t size) noexcept;

  uint64_t charge() const noexcept { return charge_.load(std::memory_order_relaxed); }
  void fork_prepare() noexcept { mutex_.lock(); }
  void fork_release(bool in_child) noexcept;

 private:
  static constexpr size_t contexts_max = 4;

  static void *allocate(void *codec, size_t size);
  static void release(void *codec, void *block);

  ZSTD_CCtx_s *take_packer() noexcept;
  ZSTD_DCtx_s *take_unpacker() noexcept;
  ZSTD_CCtx_s *new_packer() noexcept;
  ZSTD_DCtx_s *new_unpacker() noexcept;

  Account &account_;
  const uint64_t most_;
  const int level_;
  std::atomic<uint64_t> charge_{0};
  std::atomic<size_t> refused_{0};  // what the account did not give, until pack() takes note of it
  std::mutex mutex_;
  // One for each kind: a context that comes back wakes one caller, not a crowd.
  std::condition_variable packer_idle_;
  std::condition_variable unpacker_idle_;
  std::vector<ZSTD_CCtx_s *> packers_;
  std::vector<ZSTD_DCtx_s *> unpackers_;
  size_t packers_made_ = 0;
  size_t unpackers_made_ = 0;
};

}  // namespace brisk::cache
