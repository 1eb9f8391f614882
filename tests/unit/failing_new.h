// An operator new that a test can make fail. Linked into a test program it replaces the one of the
// whole process, the library's included.
#pragma once

#include <cstdint>

namespace brisk_test {

enum class Throws { bad_alloc, runtime_error, number };

// The nth allocation of this thread from here on fails (1 is the next); 0 disarms.
void fail_new(uint64_t nth, Throws what = Throws::bad_alloc) noexcept;
// How many allocations this thread has made since.
uint64_t news() noexcept;

}  // namespace brisk_test
