// Threads that load many modules: as few as it takes.
//
// Loading a small library is work for the processor and for the system's loader, which lets one in
// at a time, so that a second thread only gets in the way. What profits is a load that waits: for a
// disk, a network, a license server. A crew therefore starts with one thread and grows only when
// each of its threads has been outside the system's loader for a while with the same load, doubling
// up to its limit. The caller loads nothing itself, so that its timeout holds. A thread pays for
// its start by what each load leaves to the next one (Row), which loads one by one have to find
// out.
#include <algorithm>

#include "base/error.h"
#include "base/thread.h"
#include "modules/modules.h"

namespace brisk::modules {
namespace {

constexpr uint32_t threads_default = 4;
constexpr uint32_t threads_max = 256;
constexpr uint64_t patience = 500'000;  // ns that a load may take before it counts as long
constexpr uint64_t nap_min = patience + patience / 4;  // until the caller looks at the loads
constexpr uint64_t nap_max = 8 * patience;

uint64_t now() noexcept { return Clock(false).exact(); }

}  // namespace

// All of it under the lock of the set.
struct Modules::Crew {
  struct Part {
    size_t unmet = 0;  // of what it needs, not ended yet
    std::vector<size_t> dependents;
  };
  std::vector<Part> parts;    // as all_ was when the crew began
  std::vector<size_t> ready;  // everything they need has ended; taken in this order
  size_t taken = 0;
  std::vector<Module *> active;
  // Of its own, so that the end of a load wakes nobody who only counts them.
  std::condition_variable idle;   // for threads without a part that is ready
  std::condition_variable watch;  // for the caller
  size_t remaining = 0;
  uint32_t idlers = 0;
  uint32_t threads = 0;
  uint32_t limit = 1;
  uint32_t forks = 0;

  size_t waiting() const noexcept { return ready.size() - taken; }

  // Whether every thread is busy with a load that takes long and could leave room for another.
  bool is_slow() const noexcept {
    const uint64_t time = now();
    return waiting() != 0 && active.size() == threads &&
           std::all_of(active.begin(), active.end(), [time](const Module *module) {
             const uint64_t since = module->busy_since.load(std::memory_order_relaxed);
             return since != 0 && time >= since + patience;
           });
  }
};

// Those that are in a circle have failed afterwards, and everything else has an order.
std::shared_ptr<Modules::Crew> Modules::recruit(uint32_t threads) {
  auto crew = std::make_shared<Crew>();
  crew->limit = std::min(threads != 0 ? threads : threads_default, threads_max);
  crew->forks = forks_;
  for (const auto &module : all_) {
    if (!module->is(BRISK_MODULE_STATE_UNLOADED)) continue;
    const Order parts = order(*module);
    for (const size_t index : parts.circle)
      all_[index]->fail(BRISK_DEADLOCK, circle_text(parts.circle));
  }
  // With room for all, so that threads need no memory to go on.
  crew->parts.resize(all_.size());
  crew->ready.reserve(all_.size());
  crew->active.reserve(crew->limit);
  const auto pending = [this](size_t index) {
    return all_[index]->is(BRISK_MODULE_STATE_UNLOADED) ||
           all_[index]->is(BRISK_MODULE_STATE_LOADING);
  };
  for (size_t index = 0; index < all_.size(); ++index) {
    if (!pending(index)) continue;
    ++crew->remaining;
    for (const size_t needed : needs(index)) {
      if (!pending(needed)) continue;
      ++crew->parts[index].unmet;
      crew->parts[needed].dependents.push_back(index);
    }
    if (crew->parts[index].unmet == 0) crew->ready.push_back(index);
  }
  return crew;
}

brisk_status Modules::load_all(uint32_t threads, uint64_t timeout) {
  Lock lock(mutex_);
  check_open();
  const uint64_t end = deadline(timeout);
  for (const auto &module : all_) {
    if (module->is(BRISK_MODULE_STATE_LOADING) &&
        pthread_equal(module->leader, pthread_self()) != 0) {
      fail(BRISK_DEADLOCK, "the load of module %s cannot load all, because that waits for itself",
           module->manifest.name.c_str());
    }
  }
  const std::shared_ptr<Crew> crew = recruit(threads);
  const brisk_status status = watch(crew, end, lock);
  check_open();
  if (status != BRISK_OK) return status;
  std::vector<const Module *> failed;
  for (const auto &module : all_) {
    if (module->is(BRISK_MODULE_STATE_FAILED)) failed.push_back(module.get());
  }
  if (!failed.empty()) fail_with(failed);
  return BRISK_OK;
}

void Modules::notify_crews() noexcept {
  for (Crew *crew : crews_) {
    crew->idle.notify_all();
    crew->watch.notify_all();
  }
}

// Starts threads for a crew as it needs them, until it has ended.
brisk_status Modules::watch(const std::shared_ptr<Crew> &crew, uint64_t end, Lock &lock) {
  struct Listed {
    std::vector<Crew *> &crews;
    Crew *crew;
    ~Listed() { std::erase(crews, crew); }
  };
  crews_.push_back(crew.get());
  const Listed listed{crews_, crew.get()};
  uint64_t nap = nap_min;  // a look gets in the way of the loads, so fewer and fewer
  while (crew->remaining != 0 && !closed_) {
    const bool may_grow = crew->threads < crew->limit && crew->waiting() != 0;
    if (crew->threads == 0 || (may_grow && crew->is_slow())) {
      const size_t more = std::min<size_t>(
          {std::max(crew->threads, 1u), crew->limit - crew->threads, crew->waiting()});
      for (size_t i = 0; i < std::max<size_t>(more, 1); ++i)
        crew->threads += start("brisk-load", &Modules::work, crew) ? 1 : 0;
      nap = nap_min;
      if (crew->threads == 0) fail(BRISK_OUT_OF_MEMORY, "the system gives no thread to load on");
    }
    wait(crew->watch, lock, may_grow ? std::min(end, Clock::add(now(), nap)) : end);
    nap = std::min(2 * nap, nap_max);
    if (crew->remaining != 0 && now() >= end) return BRISK_TIMEOUT;
  }
  return BRISK_OK;
}

void Modules::work(Crew &crew) {
  Row row;
  Lock lock(mutex_);
  while (crew.remaining != 0 && !closed_) {
    if (crew.waiting() == 0) {
      row = {};
      ++crew.idlers;
      crew.idle.wait(lock);
      --crew.idlers;
      continue;
    }
    const size_t index = crew.ready[crew.taken++];
    Module &module = *all_[index];
    crew.active.push_back(&module);
    try {
      bring(module, UINT64_MAX, lock, &row);
    } catch (const std::exception &) {
      // It is kept with the module. Without memory to keep it, it is tried again at its next use.
    } catch (const Failure &) {
    }
    // In the child of a fork the others are gone, and so is who waits for this crew.
    if (crew.forks != forks_) return;
    std::erase(crew.active, &module);
    --crew.remaining;
    for (const size_t dependent : crew.parts[index].dependents) {
      if (--crew.parts[dependent].unmet == 0) crew.ready.push_back(dependent);
    }
    if (crew.idlers != 0) crew.idle.notify_all();
  }
  --crew.threads;
  crew.idle.notify_all();
  crew.watch.notify_all();
}

void Modules::preload() {
  Lock lock(mutex_);
  check_open();
  if (preloading_) return;
  preloading_ = true;
  if (!start("brisk-preload", &Modules::work_in_idle_time, std::make_shared<Crew>())) {
    preloading_ = false;
    fail(BRISK_OUT_OF_MEMORY, "the system gives no thread to load on");
  }
}

// One module after the other, while nobody else loads, and idle for as long as each took.
void Modules::work_in_idle_time(Crew &crew) {
  Lock lock(mutex_);
  crew.forks = forks_;
  size_t index = 0;
  while (index < all_.size() && !closed_ && crew.forks == forks_) {
    if (loading_ != 0) {
      changed_.wait(lock);
      continue;
    }
    Module &module = *all_[index];
    if (!module.is(BRISK_MODULE_STATE_UNLOADED)) {
      ++index;
      continue;
    }
    const Order parts = order(module);
    const uint64_t begin = now();
    try {
      if (parts.circle.empty()) {
        const auto next = std::find_if(
            parts.sequence.begin(), parts.sequence.end(),
            [this](size_t part) { return all_[part]->is(BRISK_MODULE_STATE_UNLOADED); });
        settle(*all_[*next], UINT64_MAX, lock);
      } else {
        bring(module, UINT64_MAX, lock);
      }
    } catch (const std::exception &) {
      ++index;
    } catch (const Failure &) {
      ++index;
    }
    const uint64_t pause = Clock::add(now(), now() - begin);
    while (!closed_ && wait(changed_, lock, pause)) {
    }
  }
  preloading_ = false;
}

bool Modules::start(const char *name, void (Modules::*body)(Crew &),
                    const std::shared_ptr<Crew> &crew) {
  std::function<void()> run = [this, body, crew] {
    {
      Lock lock(mutex_);
      background_.push_back(pthread_self());
    }
    (this->*body)(*crew);
    {
      Lock lock(mutex_);
      std::erase_if(background_,
                    [](pthread_t thread) { return pthread_equal(thread, pthread_self()) != 0; });
      --started_;
    }
    let_go();
  };
  background_.reserve(started_ + 1);
  if (!start_thread(name, std::move(run))) return false;
  ++started_;
  hold();  // the thread gets no further than the lock, which is held here
  return true;
}

}  // namespace brisk::modules
