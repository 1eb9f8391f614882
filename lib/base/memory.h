// Where the library's large memory comes from: mimalloc, loaded privately, or libc where it is
// absent.
//
// mimalloc is opened at the first allocation, not when libbrisk loads (0.2 ms that a host without a
// cache never pays), with RTLD_LOCAL and by its mi_* names, so that malloc and operator new of the
// host stay the host's. It reads the environment, so a setuid program keeps libc. Under a sanitizer
// libc's malloc serves, which the sanitizer watches. The choice is made once for a process. Small
// bookkeeping objects use operator new as any C++ does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/account.h"

namespace brisk::memory {

inline constexpr size_t page_size = 4096;

struct Allocator {
  const char *name;
  void *(*allocate)(size_t size);
  void (*release)(void *block);
  // What a block of this size will really take, known before it is taken.
  size_t (*good_size)(size_t size);
};

// The allocator in use; picks it at the first call.
const Allocator &allocator() noexcept;
// Its name, or "none yet" before the first allocation: asking loads nothing.
const char *allocator_name() noexcept;

// A block that an account has reserved in full, slack included. Freed and given back by the
// destructor.
class Block {
 public:
  Block() = default;
  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;
  Block(Block &&other) noexcept { *this = static_cast<Block &&>(other); }
  Block &operator=(Block &&other) noexcept;
  ~Block() { reset(); }

  // Empty when the account or the system has no room; `account_refused` tells which.
  static Block take(size_t size, Account &account, bool *account_refused) noexcept;

  void *data() const noexcept { return data_; }
  // Bytes reserved: the size asked for and what the allocator rounds it up by.
  size_t charge() const noexcept { return charge_; }
  explicit operator bool() const noexcept { return data_ != nullptr; }
  void reset() noexcept {
    if (data_ != nullptr)
      give_back(std::exchange(data_, nullptr), std::exchange(charge_, 0), *account_);
  }

  // Gives the block away as its parts; the new owner calls give_back.
  void *release() noexcept { return std::exchange(data_, nullptr); }
  static void give_back(void *data, size_t charge, Account &account) noexcept;

 private:
  void *data_ = nullptr;
  size_t charge_ = 0;
  Account *account_ = nullptr;
};

// Address space that is taken at once and charged page by page by its user. Never unmapped before
// the destructor, so that a reader without a lock may look at any of it at any time; pages that
// were never written cost nothing.
class Region {
 public:
  Region() = default;
  Region(const Region &) = delete;
  Region &operator=(const Region &) = delete;
  Region(Region &&other) noexcept { *this = static_cast<Region &&>(other); }
  Region &operator=(Region &&other) noexcept;
  ~Region();

  // Empty when the system refuses. `alignment` is a power of two, at least a page.
  static Region take(size_t size, size_t alignment) noexcept;

  char *data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }
  explicit operator bool() const noexcept { return data_ != nullptr; }
  // Gives the pages back to the system, if it takes them; they read as zero afterwards.
  void drop(size_t offset, size_t size) noexcept;
  // Asks for huge pages where the kernel leaves the choice to the program.
  void prefer_huge_pages() noexcept;

 private:
  void *block_ = nullptr;
  char *data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace brisk::memory
