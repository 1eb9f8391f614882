// Threads of the library's own: named, detached, and deaf to signals, which are the host's.
#pragma once

#include <functional>

namespace brisk {

// Runs body, which must not throw, on a new thread; its name is a literal. False when the system
// has none to give; body is then destroyed unused.
bool start_thread(const char *name, std::function<void()> body) noexcept;

}  // namespace brisk
