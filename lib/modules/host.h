// What a driver may ask of brisk: the functions behind the host table.
//
// A host belongs to one load of one driver and lives as long as the process, because the driver
// does and may call it at any time. It keeps the runtime alive, counts the driver's memory in the
// runtime's budget, and keeps the latest lines that the driver logged. The lock of the log is a
// leaf; fork takes it last.
#pragma once

#include <brisk/driver.h>

#include <deque>
#include <mutex>
#include <string>

#include "base/runtime.h"

namespace brisk::modules {

class Host {
 public:
  // Never destroyed: a driver that failed to come up may still have kept it.
  static Host &make(Ref<Runtime> runtime);

  const brisk_host *table() const noexcept { return &table_; }
  // A line each, oldest first.
  std::string log_text();

  void fork_prepare() noexcept { mutex_.lock(); }
  void fork_release() noexcept { mutex_.unlock(); }

 private:
  explicit Host(Ref<Runtime> runtime);

  static Host &of(const brisk_host *table) noexcept;
  static void *allocate(const brisk_host *table, size_t size) noexcept;
  static void release(const brisk_host *table, void *block) noexcept;
  static brisk_status fail(const brisk_host *table, brisk_error **error, brisk_status status,
                           const void *message, size_t size) noexcept;
  static void log(const brisk_host *table, brisk_log level, const void *message,
                  size_t size) noexcept;
  static brisk_status submit(const brisk_host *table, brisk_driver_task_fn task, void *user,
                             brisk_destroy_fn destroy) noexcept;
  static uint64_t now(const brisk_host *table) noexcept;

  brisk_host table_;  // first, so that the table is the host
  const Ref<Runtime> runtime_;
  std::mutex mutex_;
  std::deque<std::string> lines_;
};

}  // namespace brisk::modules
