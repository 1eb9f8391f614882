// A set of modules: which there are, and one load each, after what it depends on.
//
// A load is led by the thread that finds its module unloaded; others wait for it, each up to its
// own deadline. Before a module is led everything that it depends on is loaded, and nothing is held
// while waiting, so declared dependencies cannot deadlock. Loads that callbacks ask for can: who is
// about to wait follows who leads what, and whose thread waits for which, and refuses a circle.
//
// Lock order: a set's mutex, then the log of a host. Loads and callbacks run outside both. One
// condition wakes all who wait for a load, because loads are few and long.
//
// fork: a load that another thread of the parent leads starts anew in the child; one that the
// forking thread leads goes on in both.
//
// References: who holds a handle may use a set. Threads in the background only hold its memory, so
// that the last handle ends their work (Member::hold).
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/runtime.h"
#include "modules/graph.h"
#include "modules/module.h"
#include "modules/report.h"
#include "modules/search.h"

namespace brisk::modules {

struct Options {
  bool eager = false;
  uint64_t timeout = 30'000'000'000;
};

class Modules final : public Member {
 public:
  // Throws Failure (CLOSED).
  static Ref<Modules> make(Ref<Runtime> runtime, const Options &options);

  void close() noexcept override;

  // The methods below throw Failure, CLOSED among others. A timeout of 0 is that of the set.
  size_t scan(const std::string &folder);  // empty: the search path
  void add(Manifest manifest, Callback callback, bool warm_up);
  brisk_status load(std::string_view name, uint64_t timeout);
  brisk_status load_all(uint32_t threads, uint64_t timeout);
  void preload();
  bool retry(std::string_view name);
  bool state(std::string_view name, brisk_module_state *state);
  brisk_status symbol(std::string_view name, const char *symbol, uint64_t timeout,
                      uint64_t *address);
  Ref<Report> report();
  // A loaded driver, for as long as the set lives; null after the timeout.
  const Driver *driver(std::string_view name, uint64_t timeout);

  std::string_view name() const noexcept override { return {}; }
  void hold() noexcept override { holds_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept override;
  uint64_t sweep(uint64_t) noexcept override { return UINT64_MAX; }
  void shed(uint64_t) noexcept override {}
  void fork_prepare() noexcept override;
  void fork_release(bool in_child) noexcept override;

 private:
  using Lock = std::unique_lock<std::mutex>;
  struct Crew;
  struct Waiting {
    pthread_t thread;
    const Module *module;
  };

  Modules(Ref<Runtime> runtime, const Options &options);
  ~Modules() override = default;
  void last_unref() noexcept override;

  // All of these with the lock.
  void check_open() const;
  Module *find(std::string_view name);
  Module &required(std::string_view name);
  uint64_t deadline(uint64_t timeout) const noexcept;
  static bool wait(std::condition_variable &condition, Lock &lock, uint64_t deadline);
  bool insert(Found found);
  Module &insert(std::unique_ptr<Module> module);
  std::vector<size_t> needs(size_t index) const;
  Order order(const Module &module) const;
  std::string circle_text(const std::vector<size_t> &circle) const;
  bool is_complete(const Order &order) const;
  bool is_ready(Module &module);
  void check_circle(const Module &module) const;
  brisk_status bring(Module &module, uint64_t deadline, Lock &lock, Row *row = nullptr);
  brisk_status settle(Module &module, uint64_t deadline, Lock &lock, Row *row = nullptr);
  void lead(Module &module, Lock &lock, Row *row);
  void forget_failure(Module &module);
  void load_complete_ones(Lock &lock);
  [[noreturn]] static void fail_with(const std::vector<const Module *> &failed);

  // The threads in the background: crew.cc.
  bool start(const char *name, void (Modules::*body)(Crew &), const std::shared_ptr<Crew> &crew);
  std::shared_ptr<Crew> recruit(uint32_t threads);
  brisk_status watch(const std::shared_ptr<Crew> &crew, uint64_t end, Lock &lock);
  void notify_crews() noexcept;
  void work(Crew &crew);
  void work_in_idle_time(Crew &crew);

  const Ref<Runtime> runtime_;
  const Options options_;
  std::atomic<uint32_t> holds_{1};  // one for all references

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Module>> all_;
  std::map<std::string, size_t, std::less<>> by_name_;
  std::vector<std::string> scanned_;
  std::vector<Waiting> waiting_;
  std::vector<pthread_t> background_;  // those that run, of those that were started
  uint32_t started_ = 0;
  std::vector<Crew *> crews_;  // whose caller waits
  uint32_t loading_ = 0;
  uint32_t forks_ = 0;  // a thread that went through one leaves its crew
  bool preloading_ = false;
  bool closed_ = false;
};

}  // namespace brisk::modules
