#include "base/fault.h"

#ifdef BRISK_FAULTS

#include <atomic>
#include <map>
#include <mutex>

namespace brisk::fault {
namespace {

std::atomic<bool> active{false};  // keeps the points cheap while no test uses them
std::mutex mutex;
std::string armed;
uint64_t countdown = 0;
uint64_t counted = 0;
std::map<std::string, std::function<void()>> hooks;

void update() { active.store(!armed.empty() || !hooks.empty(), std::memory_order_release); }

}  // namespace

void arm(const std::string &point, uint64_t nth) {
  std::lock_guard lock(mutex);
  armed = nth == 0 ? "" : point;
  countdown = nth;
  counted = 0;
  update();
}

uint64_t hits() {
  std::lock_guard lock(mutex);
  return counted;
}

void on_pause(const std::string &point, std::function<void()> hook) {
  std::lock_guard lock(mutex);
  hooks[point] = std::move(hook);
  update();
}

void reset() {
  std::lock_guard lock(mutex);
  armed.clear();
  hooks.clear();
  update();
}

bool fails(const char *point) noexcept {
  if (!active.load(std::memory_order_acquire)) return false;
  std::lock_guard lock(mutex);
  if (armed.empty() || (armed != "*" && armed != point)) return false;
  ++counted;
  return countdown != 0 && --countdown == 0;
}

void pause(const char *point) noexcept {
  if (!active.load(std::memory_order_acquire)) return;
  std::function<void()> hook;
  {
    std::lock_guard lock(mutex);
    auto found = hooks.find(point);
    if (found == hooks.end()) return;
    hook = found->second;
  }
  hook();
}

}  // namespace brisk::fault

#endif
