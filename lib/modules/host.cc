#include "modules/host.h"

#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/memory.h"
#include "base/thread.h"

namespace brisk::modules {
namespace {

constexpr size_t lines_max = 16;
constexpr size_t line_max = 256;
constexpr size_t header = 16;  // before each block: what it was charged

}  // namespace

Host::Host(Ref<Runtime> runtime)
    : table_{static_cast<uint32_t>(sizeof(brisk_host)),
             BRISK_DRIVER_VERSION,
             allocate,
             release,
             fail,
             log,
             submit,
             now},
      runtime_(std::move(runtime)) {}

Host &Host::make(Ref<Runtime> runtime) {
  // Kept where the leak checker sees them.
  static std::mutex mutex;
  static auto *const all = new std::vector<Host *>;
  auto *host = new Host(std::move(runtime));
  std::lock_guard lock(mutex);
  all->push_back(host);
  return *host;
}

Host &Host::of(const brisk_host *table) noexcept {
  return *reinterpret_cast<Host *>(const_cast<brisk_host *>(table));
}

std::string Host::log_text() {
  std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string &line : lines_) text += line + "\n";
  return text;
}

void *Host::allocate(const brisk_host *table, size_t size) noexcept {
  bool refused = false;
  if (size > SIZE_MAX - header) return nullptr;
  memory::Block block = memory::Block::take(size + header, of(table).runtime_->account(), &refused);
  if (!block) return nullptr;
  const uint64_t charge = block.charge();
  char *data = static_cast<char *>(block.release());
  std::memcpy(data, &charge, sizeof charge);
  return data + header;
}

void Host::release(const brisk_host *table, void *block) noexcept {
  if (block == nullptr) return;
  char *data = static_cast<char *>(block) - header;
  uint64_t charge = 0;
  std::memcpy(&charge, data, sizeof charge);
  memory::Block::give_back(data, charge, of(table).runtime_->account());
}

brisk_status Host::fail(const brisk_host *, brisk_error **error, brisk_status status,
                        const void *message, size_t size) noexcept {
  if (status >= 0) status = BRISK_INTERNAL;
  const char *text = size == 0 ? "the driver gave no reason" : static_cast<const char *>(message);
  if (error != nullptr)
    *error = brisk_error::make(status, text, size == 0 ? std::strlen(text) : size);
  return status;
}

void Host::log(const brisk_host *table, brisk_log level, const void *message,
               size_t size) noexcept {
  Host &host = of(table);
  const char *name = level >= BRISK_LOG_WARNING ? "warning: "
                     : level == BRISK_LOG_INFO  ? "info: "
                                                : "debug: ";
  try {
    std::string line = name;
    line.append(static_cast<const char *>(message), std::min(size, line_max));
    std::lock_guard lock(host.mutex_);
    host.lines_.push_back(std::move(line));
    if (host.lines_.size() > lines_max) host.lines_.pop_front();
  } catch (const std::bad_alloc &) {
    // A line is lost; there is nobody to tell.
  }
}

brisk_status Host::submit(const brisk_host *, brisk_driver_task_fn task, void *user,
                          brisk_destroy_fn destroy) noexcept {
  const auto end = [=] {
    if (destroy != nullptr) destroy(user);
  };
  const bool started = start_thread("brisk-driver", [=] {
    task(user);
    end();
  });
  if (started) return BRISK_OK;
  end();
  return BRISK_OUT_OF_MEMORY;
}

uint64_t Host::now(const brisk_host *table) noexcept { return of(table).runtime_->clock().exact(); }

}  // namespace brisk::modules
