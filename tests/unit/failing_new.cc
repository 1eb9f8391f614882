#include "failing_new.h"

#include <cstdlib>
#include <new>
#include <stdexcept>

namespace brisk_test {
namespace {
thread_local uint64_t countdown = 0;
thread_local uint64_t counted = 0;
thread_local Throws thrown = Throws::bad_alloc;

bool fails() noexcept {
  ++counted;
  return countdown != 0 && --countdown == 0;
}

void *allocate(std::size_t size, std::size_t alignment) noexcept {
  if (size == 0) size = 1;
  return alignment == 0
             ? std::malloc(size)
             : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void *allocate_or_throw(std::size_t size, std::size_t alignment = 0) {
  if (fails()) {
    if (thrown == Throws::number) throw 42;
    if (thrown == Throws::runtime_error) throw std::runtime_error("the test threw this");
    throw std::bad_alloc();
  }
  void *memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void fail_new(uint64_t nth, Throws what) noexcept {
  countdown = nth;
  counted = 0;
  thrown = what;
}

uint64_t news() noexcept { return counted; }

}  // namespace brisk_test

using brisk_test::allocate;
using brisk_test::allocate_or_throw;
using brisk_test::fails;

void *operator new(std::size_t size) { return allocate_or_throw(size); }
void *operator new[](std::size_t size) { return allocate_or_throw(size); }
void *operator new(std::size_t size, const std::nothrow_t &) noexcept {
  return fails() ? nullptr : allocate(size, 0);
}
void *operator new[](std::size_t size, const std::nothrow_t &) noexcept {
  return fails() ? nullptr : allocate(size, 0);
}
void *operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void *operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void *memory, const std::nothrow_t &) noexcept { std::free(memory); }
void operator delete[](void *memory, const std::nothrow_t &) noexcept { std::free(memory); }
