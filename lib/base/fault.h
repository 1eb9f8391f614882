// Named points at which a test makes the library fail or wait. A release build contains none of
// them: the macros are constants there, and the names are not in the binary.
//
//   if (BRISK_FAULT("reserve")) return false;
//   BRISK_PAUSE("pin.before_lock");
//
// The first is true when a test armed the point and its turn has come, the second runs the test's
// hook, which may wait for another thread.
#pragma once

#ifdef BRISK_FAULTS

#include <cstdint>
#include <functional>
#include <string>

namespace brisk::fault {
// The nth hit of the point fails (1 is the next); 0 disarms. The point "*" counts the hits of all
// points.
void arm(const std::string &point, uint64_t nth);
// How often the armed point was hit since arm().
uint64_t hits();
void on_pause(const std::string &point, std::function<void()> hook);
void reset();

bool fails(const char *point) noexcept;
void pause(const char *point) noexcept;
}  // namespace brisk::fault

#define BRISK_FAULT(point) (::brisk::fault::fails(point))
#define BRISK_PAUSE(point) (::brisk::fault::pause(point))

#else

#define BRISK_FAULT(point) false
#define BRISK_PAUSE(point) static_cast<void>(0)

#endif
