// Workers: a pool of threads, its tasks and batches, cancellation, completions and limiters.
#pragma once

#include <brisk/workers.h>

#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/runtime.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace brisk {
inline namespace v0_1 {

enum class Priority : brisk_task_priority {
  normal = BRISK_TASK_PRIORITY_NORMAL,
  high = BRISK_TASK_PRIORITY_HIGH,
  low = BRISK_TASK_PRIORITY_LOW,
};

// How far a task or an item is, or how it ended.
enum class TaskState : brisk_task_state {
  queued = BRISK_TASK_STATE_QUEUED,
  running = BRISK_TASK_STATE_RUNNING,
  done = BRISK_TASK_STATE_DONE,
  failed = BRISK_TASK_STATE_FAILED,
  timed_out = BRISK_TASK_STATE_TIMED_OUT,
  cancelled = BRISK_TASK_STATE_CANCELLED,
  never_started = BRISK_TASK_STATE_NEVER_STARTED,
};

// A cancellation that many tasks can share.
class Token : public detail::Handle<brisk_token, brisk_token_ref, brisk_token_unref> {
 public:
  using Handle::Handle;

  // What cancels the parent cancels this one too.
  explicit Token(const Token *parent = nullptr) : Token(adopt, create(parent)) {}

  void cancel() { detail::call<brisk_token_cancel>(raw()); }
  bool cancelled() const noexcept { return brisk_token_is_cancelled(raw()) != 0; }

 private:
  static brisk_token *create(const Token *parent) {
    brisk_token *token = nullptr;
    detail::call<brisk_token_new>(parent != nullptr ? parent->raw() : nullptr, &token);
    return token;
  }
};

// The tags of tasks that ended, for an event loop: fd() is readable while there are some.
class Completions
    : public detail::Handle<brisk_completions, brisk_completions_ref, brisk_completions_unref> {
 public:
  using Handle::Handle;
  Completions() : Completions(adopt, create()) {}

  int fd() const noexcept { return brisk_completions_fd(raw()); }

  // Takes at most this many tags, the first first. Never blocks.
  std::vector<uint64_t> take(size_t most = 64) {
    std::vector<uint64_t> tags(most);
    size_t taken = 0;
    detail::call<brisk_completions_next>(raw(), most, tags.data(), &taken);
    tags.resize(taken);
    return tags;
  }

 private:
  static brisk_completions *create() {
    brisk_completions *completions = nullptr;
    detail::call<brisk_completions_new>(&completions);
    return completions;
  }
};

// One task.
class Task : public detail::Handle<brisk_task, brisk_task_ref, brisk_task_unref> {
 public:
  using Handle::Handle;
  Task() = default;

  TaskState state() const noexcept { return static_cast<TaskState>(brisk_task_poll(raw())); }

  // Waits for the end; nothing when it takes longer. Without a timeout, 30 seconds.
  std::optional<TaskState> wait(std::optional<Duration> timeout = {}) const {
    brisk_task_state state = 0;
    const brisk_status status =
        detail::call<brisk_task_wait>(raw(), detail::timeout(timeout), &state);
    if (status == BRISK_TIMEOUT) return std::nullopt;
    return static_cast<TaskState>(state);
  }

  // What a task that is done gave. Throws what it failed with, as an Error.
  std::string result() const {
    std::string result;
    size_t size = 0;
    while (detail::call<brisk_task_read>(raw(), result.data(), result.size(), &size) ==
           BRISK_SHORT_BUFFER) {
      result.resize(size);
    }
    result.resize(size);
    return result;
  }

  void cancel() { detail::call<brisk_task_cancel>(raw()); }
  // For the task itself: whether it should stop.
  bool cancelled() const noexcept { return brisk_task_is_cancelled(raw()) != 0; }

  // For the task itself.
  void succeed(std::string_view result) {
    detail::call<brisk_task_succeed>(raw(), result.data(), result.size());
  }
  void fail(std::string_view why) { detail::call<brisk_task_fail>(raw(), why.data(), why.size()); }
};

// Many calls of one function, and the outcome of each.
class Batch : public detail::Handle<brisk_batch, brisk_batch_ref, brisk_batch_unref> {
 public:
  using Handle::Handle;
  Batch(Adopt, brisk_batch *raw, size_t count) noexcept : Handle(adopt, raw), count_(count) {}

  size_t size() const noexcept { return count_; }

  // Waits for the end, which a deadline, a won race or a cancellation bring about as well. False
  // when it takes longer. Without a timeout, 30 seconds.
  bool wait(std::optional<Duration> timeout = {}) {
    return detail::call<brisk_batch_wait>(raw(), detail::timeout(timeout), &winner_) == BRISK_OK;
  }

  // The first item that succeeded, after a wait.
  std::optional<size_t> winner() const noexcept {
    return winner_ == BRISK_FOREVER ? std::nullopt : std::optional<size_t>(winner_);
  }

  std::vector<TaskState> states() const {
    std::vector<int32_t> raw_states(count_);
    detail::call<brisk_batch_states>(raw(), count_, raw_states.data());
    std::vector<TaskState> states;
    for (const int32_t state : raw_states) states.push_back(static_cast<TaskState>(state));
    return states;
  }

  // Throws what this item failed with, as an Error, if it did.
  void check(size_t index) const { detail::call<brisk_batch_check>(raw(), index); }

  void cancel() { detail::call<brisk_batch_cancel>(raw()); }
  // For the items: whether they should stop.
  bool cancelled() const noexcept { return brisk_batch_is_cancelled(raw()) != 0; }
  // For an item that is about to return a failure.
  void fail(size_t index, std::string_view why) {
    detail::call<brisk_batch_fail>(raw(), index, why.data(), why.size());
  }

 private:
  size_t count_ = 0;
  uint64_t winner_ = BRISK_FOREVER;
};

// What is zero or empty has the documented default of the C interface.
struct WorkersOptions {
  uint32_t threads = 0;      // at most; 0: one for each processor
  uint64_t queue_tasks = 0;  // that may wait; 0: 65536
  uint64_t queue_bytes = 0;  // that those may have declared; 0: no bound but the budget
  std::string name = {};     // of the threads, at most 12 bytes
};

struct TaskOptions {
  Priority priority = Priority::normal;
  Duration deadline = {};      // from now; 0: none
  Duration room_timeout = {};  // how long to wait for room in a full queue; 0: not at all
  uint64_t bytes = 0;          // that the task will take; it starts when the budget has them
  std::string name = {};       // for reports
  const Token *token = nullptr;
  const Completions *completions = nullptr;
  uint64_t tag = 0;  // which completions tell
};

using WorkersStats = brisk_workers_stats;

// A pool of threads. Tasks and items may be called with a Task or a Batch of their own, and run on
// several threads at once. What they throw is their failure.
class Workers : public detail::Handle<brisk_workers, brisk_workers_ref, brisk_workers_unref> {
 public:
  using Handle::Handle;

  explicit Workers(const WorkersOptions &options = {}) : Workers(adopt, create(nullptr, options)) {}
  explicit Workers(const Runtime &runtime, const WorkersOptions &options = {})
      : Workers(adopt, create(runtime.required(), options)) {}

  // Calls work() or work(task) on a thread of the pool. What it returns, if it converts to
  // std::string_view, is the result. An empty Task when the queue has no room.
  template <class Work>
  Task submit(Work work, const TaskOptions &options = {}) {
    brisk_task_options raw = BRISK_TASK_OPTIONS_INIT;
    raw.priority = static_cast<brisk_task_priority>(options.priority);
    raw.deadline_ns = detail::nanoseconds(options.deadline);
    raw.bytes = options.bytes;
    raw.tag = options.tag;
    raw.name_size = detail::name_size(options.name);
    raw.name = options.name.data();
    auto owned = std::make_unique<Work>(std::move(work));
    brisk_task *task = nullptr;
    detail::call<brisk_workers_submit>(
        this->raw(), &raw, &run_task<Work>, static_cast<void *>(owned.release()), &destroy<Work>,
        detail::nanoseconds(options.room_timeout),
        options.token != nullptr ? options.token->raw() : nullptr,
        options.completions != nullptr ? options.completions->raw() : nullptr, &task);
    return Task(adopt, task);
  }

  // Calls item(index) or item(index, batch) for each index below count. All must end within the
  // timeout; 0: whenever. Nothing when the queue has no room.
  template <class Item>
  std::optional<Batch> batch(size_t count, Item item, Duration timeout = {},
                             const Token *token = nullptr) {
    return begin(count, std::move(item), timeout, token, 0);
  }
  // The same, ended by the first item that does not throw; the others are cancelled.
  template <class Item>
  std::optional<Batch> race(size_t count, Item item, Duration timeout = {},
                            const Token *token = nullptr) {
    return begin(count, std::move(item), timeout, token, 1);
  }

  // Ends the pool: what has not begun never starts, what runs is cancelled and waited for. Gives a
  // line for each task that still runs when the timeout passes. Without a timeout, 30 seconds.
  std::string close(std::optional<Duration> timeout = {}) {
    std::string lines(4096, '\0');
    size_t size = 0;
    detail::call<brisk_workers_close>(raw(), detail::timeout(timeout), lines.data(), lines.size(),
                                      &size);
    lines.resize(size < lines.size() ? size : lines.size());
    return lines;
  }

  WorkersStats stats() const {
    WorkersStats stats = BRISK_WORKERS_STATS_INIT;
    detail::call<brisk_workers_read_stats>(raw(), &stats);
    return stats;
  }

 private:
  static brisk_workers *create(brisk_runtime *runtime, const WorkersOptions &options) {
    brisk_workers_options raw = BRISK_WORKERS_OPTIONS_INIT;
    raw.threads = options.threads;
    raw.queue_tasks = options.queue_tasks;
    raw.queue_bytes = options.queue_bytes;
    raw.name_size = detail::name_size(options.name);
    raw.name = options.name.data();
    brisk_workers *workers = nullptr;
    detail::call<brisk_workers_new>(runtime, &raw, &workers);
    return workers;
  }

  template <class Work>
  static void destroy(void *work) noexcept {
    std::unique_ptr<Work>(static_cast<Work *>(work)).reset();
  }

  template <class Work>
  static brisk_status run_task(void *user, brisk_task *raw_task) {
    Work &work = *static_cast<Work *>(user);
    Task task(adopt, brisk_task_ref(raw_task));
    auto make = [&]() -> decltype(auto) {
      if constexpr (std::is_invocable_v<Work &, Task &>) {
        return std::invoke(work, task);
      } else {
        return std::invoke(work);
      }
    };
    try {
      if constexpr (std::is_void_v<decltype(make())>) {
        make();
      } else {
        auto &&result = make();
        task.succeed(result);
      }
      return BRISK_OK;
    } catch (const Error &error) {
      task.fail(error.what());
      return error.status();
    }  // the library takes care of what else is thrown
  }

  // The loop is compiled with the item, which may be inlined.
  template <class Call>
  static void each(size_t first, size_t last, size_t *at, Call &&call) {
    for (size_t i = first; i != last; ++i) {
      __atomic_store_n(at, i, __ATOMIC_RELEASE);
      call(i);
    }
  }

  template <class Item>
  static brisk_status run_range(void *user, size_t first, size_t last, size_t *at,
                                brisk_batch *raw_batch) {
    Item &item = *static_cast<Item *>(user);
    if constexpr (std::is_invocable_v<Item &, size_t, Batch &>) {
      Batch batch(adopt, brisk_batch_ref(raw_batch));
      each(first, last, at, [&](size_t index) {
        if (!batch) batch = Batch(adopt, brisk_batch_ref(raw_batch));  // an item took it
        std::invoke(item, index, batch);
      });
    } else {
      each(first, last, at, [&](size_t index) { std::invoke(item, index); });
    }
    return BRISK_OK;
  }

  template <class Item>
  std::optional<Batch> begin(size_t count, Item item, Duration timeout, const Token *token,
                             uint32_t race) {
    auto owned = std::make_unique<Item>(std::move(item));
    brisk_batch *batch = nullptr;
    const brisk_status status = detail::call<brisk_workers_batch_ranges>(
        raw(), count, detail::nanoseconds(timeout), race, &run_range<Item>,
        static_cast<void *>(owned.release()), &destroy<Item>,
        token != nullptr ? token->raw() : nullptr, &batch);
    if (status != BRISK_OK) return std::nullopt;
    return std::optional<Batch>(std::in_place, adopt, batch, count);
  }
};

using LimiterStats = brisk_limiter_stats;

// A bound on how often something is done: `rate` times a second, `burst` at once.
class Limiter : public detail::Handle<brisk_limiter, brisk_limiter_ref, brisk_limiter_unref> {
 public:
  using Handle::Handle;
  Limiter(double rate, double burst) : Limiter(adopt, create(rate, burst)) {}

  // Waits for its turn; false at once when that is too far away. Without a timeout, 30 seconds.
  bool acquire(double tokens = 1, std::optional<Duration> timeout = {}) {
    return detail::call<brisk_limiter_acquire>(raw(), tokens, detail::timeout(timeout)) == BRISK_OK;
  }

  LimiterStats stats() const {
    LimiterStats stats = BRISK_LIMITER_STATS_INIT;
    detail::call<brisk_limiter_read_stats>(raw(), &stats);
    return stats;
  }

 private:
  static brisk_limiter *create(double rate, double burst) {
    brisk_limiter *limiter = nullptr;
    detail::call<brisk_limiter_new>(rate, burst, &limiter);
    return limiter;
  }
};

}  // namespace v0_1
}  // namespace brisk
