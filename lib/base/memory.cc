#include "base/memory.h"

#include <dlfcn.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <utility>

#include "base/fault.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BRISK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define BRISK_SANITIZED 1
#endif
#endif
#ifndef BRISK_SANITIZED
#define BRISK_SANITIZED 0
#endif

namespace brisk::memory {
namespace {

// glibc: a header of 8 bytes, steps of 16; whole pages from the size on that malloc maps by itself.
size_t libc_good_size(size_t size) {
  constexpr size_t mapped_from = size_t{128} << 10;
  const size_t step = size >= mapped_from ? page_size : size_t{16};
  const size_t header = size >= mapped_from ? size_t{16} : size_t{8};
  return (std::max(size, size_t{24}) + header + step - 1) & ~(step - 1);
}

constexpr Allocator libc{"libc", std::malloc, std::free, libc_good_size};
Allocator mimalloc{"mimalloc", nullptr, nullptr, nullptr};
std::atomic<const Allocator *> chosen{nullptr};

template <class F>
bool find(void *library, const char *name, F *&function) noexcept {
  function = reinterpret_cast<F *>(dlsym(library, name));
  return function != nullptr;
}

const Allocator *choose() noexcept {
  // Racing threads all open the same library and store the same pointers; the function-local static
  // orders them.
  static const Allocator *const choice = [] {
    if (BRISK_SANITIZED || getauxval(AT_SECURE) != 0) return &libc;
    void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) return &libc;
    if (find(library, "mi_malloc", mimalloc.allocate) &&
        find(library, "mi_free", mimalloc.release) &&
        find(library, "mi_good_size", mimalloc.good_size)) {
      return static_cast<const Allocator *>(&mimalloc);
    }
    return &libc;
  }();
  chosen.store(choice, std::memory_order_release);
  return choice;
}

}  // namespace

const Allocator &allocator() noexcept {
  const Allocator *choice = chosen.load(std::memory_order_acquire);
  return choice != nullptr ? *choice : *choose();
}

const char *allocator_name() noexcept {
  const Allocator *choice = chosen.load(std::memory_order_acquire);
  return choice != nullptr ? choice->name : "none yet";
}

Block &Block::operator=(Block &&other) noexcept {
  if (this != &other) {
    reset();
    data_ = std::exchange(other.data_, nullptr);
    charge_ = std::exchange(other.charge_, 0);
    account_ = other.account_;
  }
  return *this;
}

Block Block::take(size_t size, Account &account, bool *account_refused) noexcept {
  Block block;
  const size_t charge = allocator().good_size(size);
  *account_refused = !account.reserve(charge);
  if (*account_refused) return block;
  block.data_ = BRISK_FAULT("allocate") ? nullptr : allocator().allocate(size);
  if (block.data_ == nullptr) {
    account.release(charge);
    return block;
  }
  block.charge_ = charge;
  block.account_ = &account;
  return block;
}

void Block::give_back(void *data, size_t charge, Account &account) noexcept {
  allocator().release(data);
  account.release(charge);
}

Region &Region::operator=(Region &&other) noexcept {
  std::swap(block_, other.block_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Region::~Region() {
  if (block_ != nullptr) allocator().release(block_);
}

Region Region::take(size_t size, size_t alignment) noexcept {
  Region region;
  if (BRISK_FAULT("region") || size > SIZE_MAX - alignment) return region;
  // Over-allocated and aligned by hand: address space is free, and alignments differ in what
  // allocators allow.
  void *block = allocator().allocate(size + alignment);
  if (block == nullptr) return region;
  const uintptr_t start = reinterpret_cast<uintptr_t>(block);
  region.block_ = block;
  region.data_ = reinterpret_cast<char *>((start + alignment - 1) & ~(uintptr_t{alignment} - 1));
  region.size_ = size;
  return region;
}

void Region::drop(size_t offset, size_t size) noexcept {
  // Fails where the host has locked its memory; the pages then stay, and so does what they say.
  if (!BRISK_FAULT("drop")) madvise(data_ + offset, size, MADV_DONTNEED);
}

void Region::prefer_huge_pages() noexcept { madvise(data_, size_, MADV_HUGEPAGE); }

}  // namespace brisk::memory
