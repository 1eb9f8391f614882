#include "base/runtime.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <new>

#include "base/error.h"

namespace brisk {
namespace {

// Expired entries are freed at most this long after they stopped being served.
constexpr uint64_t sweep_step = 100'000'000;

// Every runtime, for fork. Leaked on purpose: a thread may still use it while the process exits.
struct All {
  std::mutex mutex;
  std::vector<Runtime *> runtimes;
  std::mutex links;
};

All &all() {
  static All *const instance = new All;
  return *instance;
}

}  // namespace

Runtime::Runtime(bool manual_clock, uint64_t budget) : account_(budget), clock_(manual_clock) {
  static const bool hooked = [] {
    pthread_atfork(fork_prepare, fork_parent, fork_child);
    return true;
  }();
  static_cast<void>(hooked);
  std::lock_guard lock(all().mutex);
  all().runtimes.push_back(this);
}

Runtime::~Runtime() {
  std::lock_guard lock(all().mutex);
  std::erase(all().runtimes, this);
}

void Runtime::last_unref() noexcept {
  {
    std::lock_guard lock(sweep_mutex_);
    sweeper_stops_ = true;
    orphaned_ = sweeper_runs_;
    sweep_wake_.notify_all();
    if (orphaned_) return;
  }
  delete this;
}

Ref<Runtime> Runtime::process_default() {
  static Runtime *const instance = [] {
    auto *runtime = new Runtime(false, UINT64_MAX);
    runtime->is_default_ = true;
    return runtime;
  }();
  return Ref<Runtime>::share(instance);
}

std::mutex &Runtime::links_mutex() noexcept { return all().links; }

void Runtime::join(Member &member) {
  std::lock_guard lock(mutex_);
  if (closed()) fail(BRISK_CLOSED, "the runtime is closed");
  if (!member.name().empty()) {
    for (Member *other : members_) {
      if (other->name() == member.name()) {
        fail(BRISK_EXISTS, "the name %s is taken by a live cache; find it by that name or close it",
             quoted(member.name().data(), member.name().size()).c_str());
      }
    }
  }
  members_.push_back(&member);
  member.number_ = ++joined_;
}

void Runtime::leave(Member &member) noexcept {
  std::lock_guard lock(mutex_);
  std::erase(members_, &member);
}

Ref<Member> Runtime::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  for (Member *member : members_) {
    if (member->name() == name && member->try_ref()) return Ref<Member>::adopt(member);
  }
  return {};
}

size_t Runtime::caches() {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(
      members_.begin(), members_.end(), [](const Member *member) { return member->is_cache(); }));
}

template <class Use>
void Runtime::each_member(Use &&use) noexcept {
  uint64_t seen = 0;
  while (true) {
    Member *member = nullptr;
    {
      std::lock_guard lock(mutex_);
      const auto next = std::upper_bound(
          members_.begin(), members_.end(), seen,
          [](uint64_t number, const Member *other) { return number < other->number_; });
      if (next == members_.end()) return;
      member = *next;
      seen = member->number_;
      member->hold();
    }
    use(*member);
    member->let_go();
  }
}

void Runtime::close() noexcept {
  closed_.store(true, std::memory_order_release);
  each_member([](Member &member) { member.close(); });
  stop_sweeper();
}

void Runtime::advance(uint64_t step) noexcept {
  clock_.advance(step);
  sweep_members();
}

bool Runtime::shed(uint64_t bytes, const Member &asking) noexcept {
  if (account_.room() >= bytes) return false;
  each_member([&](Member &member) {
    if (&member != &asking) member.shed(bytes);
  });
  return true;
}

uint64_t Runtime::sweep_members() noexcept {
  uint64_t due = UINT64_MAX;
  each_member([&](Member &member) { due = std::min(due, member.sweep(clock_.now())); });
  return due;
}

void Runtime::wake_sweeper(uint64_t due) noexcept {
  if (clock_.manual()) return;
  std::lock_guard lock(sweep_mutex_);
  if (due >= sweep_due_ && sweeper_runs_) return;
  sweep_due_ = std::min(due, sweep_due_);
  if (sweeper_runs_) {
    sweep_wake_.notify_one();
  } else if (!sweeper_stops_) {
    start_sweeper();
  }
}

void Runtime::start_sweeper() {
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread;
  auto body = [](void *runtime) -> void * {
    static_cast<Runtime *>(runtime)->sweeper();
    return nullptr;
  };
  // Without a thread, entries are still never served past their end, and writers still free them.
  if (pthread_create(&thread, nullptr, body, this) == 0) {
    pthread_setname_np(thread, "brisk-sweep");
    pthread_detach(thread);
    sweeper_runs_ = true;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Runtime::sweeper() {
  std::unique_lock lock(sweep_mutex_);
  while (!sweeper_stops_) {
    if (sweep_due_ == UINT64_MAX) {
      sweep_wake_.wait(lock);
      continue;
    }
    const uint64_t now = clock_.now();
    if (now < sweep_due_) {
      sweep_wake_.wait_for(lock,
                           std::chrono::nanoseconds(std::min(sweep_due_ - now, sweep_step * 10)));
      continue;
    }
    sweep_due_ = UINT64_MAX;
    lock.unlock();
    const uint64_t due = sweep_members();
    lock.lock();
    if (due != UINT64_MAX) {
      sweep_due_ = std::min(sweep_due_, std::max(due, Clock::add(clock_.now(), sweep_step)));
    }
  }
  sweeper_runs_ = false;
  sweep_ended_.notify_all();
  const bool orphaned = orphaned_;
  lock.unlock();
  if (orphaned) delete this;
}

void Runtime::stop_sweeper() noexcept {
  std::unique_lock lock(sweep_mutex_);
  sweeper_stops_ = true;
  sweep_wake_.notify_all();
  sweep_ended_.wait(lock, [&] { return !sweeper_runs_; });
}

void Runtime::fork_prepare() {
  all().mutex.lock();
  for (Runtime *runtime : all().runtimes) {
    runtime->mutex_.lock();
    for (Member *member : runtime->members_) member->fork_prepare();
    runtime->sweep_mutex_.lock();
  }
  all().links.lock();
}

void Runtime::fork_release(bool in_child) noexcept {
  if (in_child) {
    // Its waiters are threads of the parent; a fresh one has none. The sweeper starts again when it
    // is asked for, not here: most children soon become another program.
    new (&sweep_wake_) std::condition_variable;
    new (&sweep_ended_) std::condition_variable;
    sweeper_runs_ = false;
  }
  sweep_mutex_.unlock();
  for (Member *member : members_) member->fork_release(in_child);
  mutex_.unlock();
}

void Runtime::fork_parent() {
  all().links.unlock();
  for (Runtime *runtime : all().runtimes) runtime->fork_release(false);
  all().mutex.unlock();
}

void Runtime::fork_child() {
  all().links.unlock();
  for (Runtime *runtime : all().runtimes) runtime->fork_release(true);
  all().mutex.unlock();
}

}  // namespace brisk
