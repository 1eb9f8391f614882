// The extern "C" side of <brisk/workers.h>.
#include "abi/workers.h"

#include <cmath>

#include "abi/runtime.h"
#include "base/clock.h"
#include "base/futex.h"

using brisk::Clock;
using brisk::monotonic_now;
using brisk::Ref;
using namespace brisk::abi;
using namespace brisk::workers;

namespace {

constexpr uint64_t default_timeout = 30'000'000'000;

uint64_t or_default(uint64_t timeout) noexcept { return timeout != 0 ? timeout : default_timeout; }

uint64_t wait_until(uint64_t timeout) noexcept {
  return Clock::add(monotonic_now(), or_default(timeout));
}

template <class Handle, class Object>
Handle *handle(Object *object) noexcept {
  return reinterpret_cast<Handle *>(object);
}

template <class Raw>
auto &must(Raw *raw, const char *name) {
  require(raw, name);
  return *of(raw);
}

template <class Raw>
auto share(Raw *raw) noexcept {
  return Ref<std::remove_pointer_t<decltype(of(raw))>>::share(of(raw));
}

[[noreturn]] void closed() { brisk::fail(BRISK_CLOSED, "the pool of workers is closed"); }

void check_name(const void *name, uint32_t size, uint32_t most) {
  require_bytes(name, size, "name");
  if (size > most)
    brisk::fail(BRISK_INVALID, "name_size is %u; a name has at most %u bytes", size, most);
}

void check_reserved(uint32_t reserved) {
  if (reserved != 0) brisk::fail(BRISK_INVALID, "reserved is %u; it must be zero", reserved);
}

Options pool_options(const brisk_workers_options *given) {
  const auto raw = read_options(given, "brisk_workers_options");
  constexpr uint32_t threads_max = 1024;
  constexpr uint64_t tasks_max = uint64_t{1} << 24;
  Options options;
  if (raw.threads > threads_max) {
    brisk::fail(BRISK_INVALID, "threads is %u; it must be 1 to %u, or 0 for one each processor",
                raw.threads, threads_max);
  }
  if (raw.queue_tasks > tasks_max) {
    brisk::fail(BRISK_INVALID, "queue_tasks is %llu; it must be at most %llu",
                static_cast<unsigned long long>(raw.queue_tasks),
                static_cast<unsigned long long>(tasks_max));
  }
  check_name(raw.name, raw.name_size, 12);
  check_reserved(raw.reserved);
  options.threads = raw.threads;
  if (raw.queue_tasks != 0) options.queue_tasks = raw.queue_tasks;
  if (raw.queue_bytes != 0) options.queue_bytes = raw.queue_bytes;
  if (raw.name_size != 0) options.name.assign(static_cast<const char *>(raw.name), raw.name_size);
  return options;
}

// Fills in what the options say.
void set_up(Task &task, const brisk_task_options &options, const Workers &pool, brisk_token *token,
            brisk_completions *completions) {
  if (options.priority < BRISK_TASK_PRIORITY_NORMAL || options.priority > BRISK_TASK_PRIORITY_LOW) {
    brisk::fail(BRISK_INVALID,
                "priority is %d; it must be BRISK_TASK_PRIORITY_NORMAL, _HIGH or _LOW",
                options.priority);
  }
  check_name(options.name, options.name_size, 255);
  check_reserved(options.reserved);
  const uint64_t most = std::min(pool.bytes_max(), BRISK_FOREVER);
  if (options.bytes > most) {
    brisk::fail(BRISK_TOO_LARGE,
                "a task that takes %llu bytes can never start: the budget, or the bound of the "
                "queue, is %llu; raise it, or do the task in parts",
                static_cast<unsigned long long>(options.bytes),
                static_cast<unsigned long long>(most));
  }
  task.priority = static_cast<int8_t>(options.priority);
  task.bytes = options.bytes;
  task.uses_more = options.bytes != 0 || options.deadline_ns != 0;
  if (options.deadline_ns != 0) task.deadline = Clock::add(monotonic_now(), options.deadline_ns);
  if (options.name_size == 0 && token == nullptr && completions == nullptr) return;
  task.uses_more = true;
  task.extra = std::make_unique<Task::Extra>(
      share(token), share(completions), options.tag,
      std::string(static_cast<const char *>(options.name), options.name_size));
}

// Copies as much text as fits, by whole lines.
void copy_lines(const std::string &lines, void *buffer, size_t capacity, size_t *size) {
  *size = lines.size();
  size_t fits = std::min(lines.size(), capacity);
  while (fits != 0 && lines[fits - 1] != '\n') --fits;
  if (fits != 0) std::memcpy(buffer, lines.data(), fits);
}

brisk_status begin_batch(brisk_workers *workers, size_t count, uint64_t timeout_ns, uint32_t race,
                         const Batch::Call &call, brisk_token *token, brisk_batch **batch,
                         brisk_error **error) {
  bool ours = true;  // the user data
  const brisk_status status = guard(error, [&]() -> brisk_status {
    constexpr size_t count_max = Batch::count_max;
    require(batch, "batch");
    *batch = nullptr;
    Workers &pool = must(workers, "workers");
    const bool runs = call.item != nullptr || call.range != nullptr;
    require(runs ? &call : nullptr, "run");
    if (race > 1) brisk::fail(BRISK_INVALID, "race is %u; it must be 0 or 1", race);
    if (count > count_max) {
      brisk::fail(BRISK_TOO_LARGE, "count is %zu; a batch has at most %zu items", count, count_max);
    }
    if (pool.closed()) closed();
    ours = false;
    const uint64_t deadline =
        timeout_ns == 0 ? BRISK_FOREVER : Clock::add(monotonic_now(), timeout_ns);
    Ref<Batch> begun = Batch::begin(pool, call, count, race != 0, deadline, share(token));
    if (!begun) return BRISK_REFUSED;
    *batch = handle<brisk_batch>(begun.release());
    return BRISK_OK;
  });
  if (ours && call.destroy != nullptr) call.destroy(call.user);
  return status;
}

}  // namespace

extern "C" {

brisk_status brisk_workers_new(brisk_runtime *runtime, const brisk_workers_options *options,
                               brisk_workers **workers, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(workers, "workers");
    *workers = nullptr;
    *workers =
        handle<brisk_workers>(new Workers(runtime_or_default(runtime), pool_options(options)));
    return BRISK_OK;
  });
}

brisk_status brisk_workers_close(brisk_workers *workers, uint64_t timeout_ns, void *stragglers,
                                 size_t capacity, size_t *size, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(size, "size");
    *size = 0;
    require_bytes(stragglers, capacity, "stragglers");
    Workers &pool = must(workers, "workers");
    if (pool.close(wait_until(timeout_ns))) return BRISK_OK;
    copy_lines(pool.stragglers(), stragglers, capacity, size);
    return BRISK_TIMEOUT;
  });
}

brisk_status brisk_workers_submit(brisk_workers *workers, const brisk_task_options *options,
                                  brisk_task_fn run, void *user, brisk_destroy_fn destroy,
                                  uint64_t timeout_ns, brisk_token *token,
                                  brisk_completions *completions, brisk_task **task,
                                  brisk_error **error) {
  // Owns the user data from here on.
  const bool plain = options == nullptr && token == nullptr && completions == nullptr &&
                     task == nullptr && workers != nullptr;
  const Task::Call call{run, user, destroy};
  Ref<Task> made = Ref<Task>::adopt(plain ? of(workers)->make_task(call) : Task::make(call));
  if (!made && destroy != nullptr) destroy(user);
  return guard(error, [&]() -> brisk_status {
    if (task != nullptr) *task = nullptr;
    Workers &pool = must(workers, "workers");
    require(reinterpret_cast<const void *>(run), "run");
    if (!made) throw std::bad_alloc();
    if (pool.closed()) closed();
    if (options != nullptr || token != nullptr || completions != nullptr)
      set_up(*made, read_options(options, "brisk_task_options"), pool, token, completions);
    made->home = &pool;
    Ref<Task> kept;
    if (task != nullptr) {
      made->hold();
      kept = Ref<Task>::adopt(made.get());
    }
    if (completions != nullptr) of(completions)->expect();
    const Submitted submitted =
        pool.submit(made.release(), timeout_ns == 0 ? 0 : wait_until(timeout_ns));
    if (submitted != Submitted::queued && completions != nullptr) of(completions)->forget();
    if (submitted == Submitted::closed) closed();
    if (submitted == Submitted::refused) return BRISK_REFUSED;
    if (task != nullptr) *task = handle<brisk_task>(kept.release());
    return BRISK_OK;
  });
}

brisk_status brisk_task_wait(brisk_task *task, uint64_t timeout_ns, brisk_task_state *state,
                             brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(state, "state");
    *state = BRISK_TASK_STATE_NEVER_STARTED;
    Task &waited = must(task, "task");
    *state = waited.state();
    const bool ended = waited.ended() || waited.home->wait(waited, wait_until(timeout_ns));
    *state = waited.state();
    return ended ? BRISK_OK : BRISK_TIMEOUT;
  });
}

brisk_task_state brisk_task_poll(const brisk_task *task) {
  return task == nullptr ? BRISK_TASK_STATE_NEVER_STARTED : of(task)->state();
}

brisk_status brisk_task_cancel(brisk_task *task, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Task &cancelled = must(task, "task");
    if (!cancelled.ended()) cancelled.home->cancel(cancelled);
    return BRISK_OK;
  });
}

uint32_t brisk_task_is_cancelled(const brisk_task *task) {
  return task != nullptr && (of(task)->cancelled() || of(task)->overdue(monotonic_now()));
}

brisk_status brisk_task_succeed(brisk_task *task, const void *result, size_t result_size,
                                brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require_bytes(result, result_size, "result");
    if (result_size > BRISK_VALUE_SIZE_MAX) {
      brisk::fail(BRISK_TOO_LARGE, "a result of %zu bytes is larger than %llu; give it in parts",
                  result_size, static_cast<unsigned long long>(BRISK_VALUE_SIZE_MAX));
    }
    must(task, "task").say().result.assign(static_cast<const char *>(result), result_size);
    return BRISK_OK;
  });
}

brisk_status brisk_task_fail(brisk_task *task, const void *message, size_t message_size,
                             brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require_bytes(message, message_size, "message");
    must(task, "task").say().reason.assign(static_cast<const char *>(message), message_size);
    return BRISK_OK;
  });
}

brisk_status brisk_task_read(brisk_task *task, void *buffer, size_t capacity, size_t *size,
                             brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(size, "size");
    *size = 0;
    require_bytes(buffer, capacity, "buffer");
    const Task &ended = must(task, "task");
    const brisk_task_state state = ended.state();
    if (state == BRISK_TASK_STATE_FAILED) {
      const Task::Said *said = ended.said();
      const bool silent = said == nullptr || said->reason.empty();
      throw brisk::Failure(ended.status < 0 ? ended.status : BRISK_INTERNAL,
                           silent ? "the task failed and gave no reason" : said->reason);
    }
    if (state != BRISK_TASK_STATE_DONE) {
      brisk::fail(BRISK_INVALID, "the task has no result: %s",
                  Task::is_end(state) ? "it was cancelled, or not done in time"
                                      : "it has not ended; wait for it first");
    }
    const Task::Said *said = ended.said();
    if (said == nullptr) return BRISK_OK;
    *size = said->result.size();
    if (*size > capacity) return BRISK_SHORT_BUFFER;
    if (*size != 0) std::memcpy(buffer, said->result.data(), *size);
    return BRISK_OK;
  });
}

brisk_status brisk_workers_batch(brisk_workers *workers, size_t count, uint64_t timeout_ns,
                                 uint32_t race, brisk_item_fn run, void *user,
                                 brisk_destroy_fn destroy, brisk_token *token, brisk_batch **batch,
                                 brisk_error **error) {
  return begin_batch(workers, count, timeout_ns, race, {run, nullptr, user, destroy}, token, batch,
                     error);
}

brisk_status brisk_workers_batch_ranges(brisk_workers *workers, size_t count, uint64_t timeout_ns,
                                        uint32_t race, brisk_range_fn run, void *user,
                                        brisk_destroy_fn destroy, brisk_token *token,
                                        brisk_batch **batch, brisk_error **error) {
  return begin_batch(workers, count, timeout_ns, race, {nullptr, run, user, destroy}, token, batch,
                     error);
}

brisk_status brisk_batch_wait(brisk_batch *batch, uint64_t timeout_ns, uint64_t *winner,
                              brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(winner, "winner");
    *winner = BRISK_FOREVER;
    Batch &waited = must(batch, "batch");
    const bool ended = waited.wait(or_default(timeout_ns));
    *winner = waited.winner();
    return ended ? BRISK_OK : BRISK_TIMEOUT;
  });
}

brisk_status brisk_batch_states(brisk_batch *batch, size_t count, int32_t *states,
                                brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    if (count != 0) require(states, "states");
    must(batch, "batch").states(states, count);
    return BRISK_OK;
  });
}

brisk_status brisk_batch_check(brisk_batch *batch, size_t index, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Batch &asked = must(batch, "batch");
    if (index >= asked.count()) {
      brisk::fail(BRISK_INVALID, "index is %zu; the batch has %zu items", index, asked.count());
    }
    asked.check(index);
    return BRISK_OK;
  });
}

brisk_status brisk_batch_cancel(brisk_batch *batch, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    must(batch, "batch").cancel();
    return BRISK_OK;
  });
}

uint32_t brisk_batch_is_cancelled(const brisk_batch *batch) {
  return batch != nullptr && of(batch)->cancelled();
}

brisk_status brisk_batch_fail(brisk_batch *batch, size_t index, const void *message,
                              size_t message_size, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require_bytes(message, message_size, "message");
    Batch &asked = must(batch, "batch");
    if (index >= asked.count()) {
      brisk::fail(BRISK_INVALID, "index is %zu; the batch has %zu items", index, asked.count());
    }
    asked.explain(index, std::string(static_cast<const char *>(message), message_size));
    return BRISK_OK;
  });
}

brisk_status brisk_workers_read_stats(brisk_workers *workers, brisk_workers_stats *stats,
                                      brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stats, "stats");
    Workers &pool = must(workers, "workers");
    if (pool.closed()) closed();
    write_figures(pool.stats(), stats, "brisk_workers_stats");
    return BRISK_OK;
  });
}

brisk_status brisk_token_new(brisk_token *parent, brisk_token **token, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(token, "token");
    *token = nullptr;
    *token = handle<brisk_token>(new Token(share(parent)));
    return BRISK_OK;
  });
}

brisk_status brisk_token_cancel(brisk_token *token, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    must(token, "token").cancel();
    return BRISK_OK;
  });
}

uint32_t brisk_token_is_cancelled(const brisk_token *token) {
  return token != nullptr && of(token)->cancelled();
}

brisk_status brisk_completions_new(brisk_completions **completions, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(completions, "completions");
    *completions = nullptr;
    *completions = handle<brisk_completions>(new Completions);
    return BRISK_OK;
  });
}

int32_t brisk_completions_fd(const brisk_completions *completions) {
  return completions == nullptr ? -1 : of(completions)->fd();
}

brisk_status brisk_completions_next(brisk_completions *completions, size_t count, uint64_t *tags,
                                    size_t *taken, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(taken, "taken");
    *taken = 0;
    if (count != 0) require(tags, "tags");
    *taken = must(completions, "completions").take(tags, count);
    return *taken != 0 ? BRISK_OK : BRISK_END;
  });
}

brisk_status brisk_limiter_new(double rate, double burst, brisk_limiter **limiter,
                               brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(limiter, "limiter");
    *limiter = nullptr;
    if (!(rate > 0) || !std::isfinite(rate))
      brisk::fail(BRISK_INVALID, "rate is %g tokens a second; it must be more than 0", rate);
    if (!(burst >= 1) || !std::isfinite(burst))
      brisk::fail(BRISK_INVALID, "burst is %g tokens; it must be at least 1", burst);
    *limiter = handle<brisk_limiter>(new Limiter(rate, burst));
    return BRISK_OK;
  });
}

brisk_status brisk_limiter_acquire(brisk_limiter *limiter, double tokens, uint64_t timeout_ns,
                                   brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Limiter &asked = must(limiter, "limiter");
    if (!(tokens > 0) || tokens > asked.burst()) {
      brisk::fail(BRISK_INVALID,
                  "tokens is %g; it must be more than 0 and at most the burst, which is %g", tokens,
                  asked.burst());
    }
    return asked.acquire(tokens, timeout_ns != 0 ? timeout_ns : default_timeout) ? BRISK_OK
                                                                                 : BRISK_TIMEOUT;
  });
}

brisk_status brisk_limiter_read_stats(brisk_limiter *limiter, brisk_limiter_stats *stats,
                                      brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(stats, "stats");
    write_figures(must(limiter, "limiter").stats(), stats, "brisk_limiter_stats");
    return BRISK_OK;
  });
}

#define BRISK_SHARED(name)                               \
  brisk_##name *brisk_##name##_ref(brisk_##name *name) { \
    if (name != nullptr) of(name)->ref();                \
    return name;                                         \
  }                                                      \
  void brisk_##name##_unref(brisk_##name *name) {        \
    if (name != nullptr) of(name)->unref();              \
  }

BRISK_SHARED(workers)
BRISK_SHARED(batch)
BRISK_SHARED(token)
BRISK_SHARED(completions)
BRISK_SHARED(limiter)

brisk_task *brisk_task_ref(brisk_task *task) {
  if (task != nullptr) of(task)->hold();
  return task;
}

void brisk_task_unref(brisk_task *task) {
  if (task != nullptr) of(task)->unref();
}

}  // extern "C"
