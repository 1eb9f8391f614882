#include "modules/modules.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "base/error.h"
#include "modules/host.h"

namespace brisk::modules {
namespace {

constexpr size_t message_max = 65536;

std::string quoted_name(std::string_view name) { return quoted(name.data(), name.size()); }

// What a manifest says; where it cannot be understood, its name alone, and the problem.
Manifest understand(const Found &found, std::string *problem) {
  *problem = found.problem;
  try {
    if (problem->empty()) return parse_manifest(found.text, found.stem);
  } catch (const Failure &failure) {
    *problem = failure.message();
  }
  Manifest manifest;
  manifest.name = found.stem;
  return manifest;
}

std::string problem_text(const Module &module, const std::string &problem) {
  return "module " + module.manifest.name + ": " + module.source + ": " + problem;
}

}  // namespace

Modules::Modules(Ref<Runtime> runtime, const Options &options)
    : runtime_(std::move(runtime)), options_(options) {}

Ref<Modules> Modules::make(Ref<Runtime> runtime, const Options &options) {
  Runtime &joined = *runtime;
  auto modules = Ref<Modules>::adopt(new Modules(std::move(runtime), options));
  joined.join(*modules);
  return modules;
}

void Modules::last_unref() noexcept {
  close();
  runtime_->leave(*this);
  let_go();
}

void Modules::let_go() noexcept {
  if (holds_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Modules::close() noexcept {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  notify_crews();
}

void Modules::check_open() const {
  if (closed_) fail(BRISK_CLOSED, "the set of modules is closed");
}

Module *Modules::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : all_[found->second].get();
}

Module &Modules::required(std::string_view name) {
  if (Module *module = find(name)) return *module;
  std::string message = "there is no module " + quoted_name(name) + "; ";
  if (scanned_.empty()) message += "no folder was scanned";
  for (const std::string &folder : scanned_)
    message += (&folder == &scanned_.front() ? "scanned were " : ", ") + folder;
  throw Failure(BRISK_LOAD_FAILED, std::move(message));
}

uint64_t Modules::deadline(uint64_t timeout) const noexcept {
  return Clock::add(Clock(false).exact(), timeout != 0 ? timeout : options_.timeout);
}

// False when the deadline has passed.
bool Modules::wait(std::condition_variable &condition, Lock &lock, uint64_t deadline) {
  using namespace std::chrono;
  if (deadline > static_cast<uint64_t>(INT64_MAX)) {
    condition.wait(lock);
    return true;
  }
  const auto until = steady_clock::time_point(nanoseconds(static_cast<int64_t>(deadline)));
  return condition.wait_until(lock, until) == std::cv_status::no_timeout;
}

// False for a name that is taken: what was found first stays.
bool Modules::insert(Found found) {
  std::string problem;
  Manifest manifest = understand(found, &problem);
  if (find(manifest.name) != nullptr) return false;
  Module &module = insert(std::make_unique<Module>(std::move(manifest), std::move(found.path)));
  if (!problem.empty()) module.fail(BRISK_LOAD_FAILED, problem_text(module, problem));
  return true;
}

Module &Modules::insert(std::unique_ptr<Module> module) {
  const auto [at, fresh] = by_name_.emplace(module->manifest.name, all_.size());
  try {
    all_.push_back(std::move(module));
  } catch (...) {
    by_name_.erase(at);
    throw;
  }
  return *all_.back();
}

size_t Modules::scan(const std::string &folder) {
  std::vector<std::string> folders{folder};
  std::vector<std::vector<Found>> read;
  if (folder.empty()) folders = search_path();
  for (const std::string &each : folders) {
    // A search path names what may be there; what is there and cannot be trusted is told.
    if (folder.empty() && access(each.c_str(), F_OK) != 0) continue;
    read.push_back(read_folder(each));
  }
  Lock lock(mutex_);
  check_open();
  size_t found = 0;
  for (std::vector<Found> &manifests : read) {
    for (Found &manifest : manifests) found += insert(std::move(manifest)) ? 1 : 0;
  }
  for (std::string &each : folders) {
    if (std::find(scanned_.begin(), scanned_.end(), each) == scanned_.end())
      scanned_.push_back(std::move(each));
  }
  if (options_.eager) load_complete_ones(lock);
  return found;
}

void Modules::add(Manifest manifest, Callback callback, bool warm_up) {
  check_name(manifest.name);
  for (const std::string &dependency : manifest.dependencies) check_name(dependency);
  Lock lock(mutex_);
  check_open();
  if (find(manifest.name) != nullptr)
    fail(BRISK_EXISTS, "there is a module %s already", quoted_name(manifest.name).c_str());
  insert(std::make_unique<Module>(std::move(manifest), "", std::move(callback), warm_up));
  if (options_.eager) load_complete_ones(lock);
}

// Names that nobody has are left out: is_ready() tells of them.
std::vector<size_t> Modules::needs(size_t index) const {
  std::vector<size_t> found;
  for (const std::string &name : all_[index]->manifest.dependencies) {
    if (const auto at = by_name_.find(name); at != by_name_.end()) found.push_back(at->second);
  }
  return found;
}

Order Modules::order(const Module &module) const {
  const auto pending = [this](size_t index) {
    return all_[index]->is(BRISK_MODULE_STATE_LOADED) ? std::vector<size_t>() : needs(index);
  };
  return order_from(by_name_.find(module.manifest.name)->second, pending);
}

std::string Modules::circle_text(const std::vector<size_t> &circle) const {
  std::string text = "modules need each other in a circle: ";
  for (const size_t index : circle) text += all_[index]->manifest.name + " -> ";
  return text + all_[circle.front()]->manifest.name;
}

// Whether everything that a module needs is loaded. Where something of it failed or is not there,
// the module has failed afterwards.
bool Modules::is_ready(Module &module) {
  bool ready = true;
  for (const std::string &name : module.manifest.dependencies) {
    const std::string needs = "module " + module.manifest.name + " needs " + name;
    const Module *other = find(name);
    if (other == nullptr) {
      module.fail(BRISK_LOAD_FAILED, needs + ", and there is no module of this name");
      return false;
    }
    if (other->is(BRISK_MODULE_STATE_FAILED)) {
      module.fail(other->ended.status, needs + ": " + other->ended.reason);
      return false;
    }
    ready = ready && other->is(BRISK_MODULE_STATE_LOADED);
  }
  return ready;
}

brisk_status Modules::load(std::string_view name, uint64_t timeout) {
  Lock lock(mutex_);
  check_open();
  Module &module = required(name);
  if (module.is(BRISK_MODULE_STATE_LOADED)) return BRISK_OK;
  return bring(module, deadline(timeout), lock);
}

brisk_status Modules::bring(Module &module, uint64_t deadline, Lock &lock, Row *row) {
  // Once, unless somebody forgets a failure meanwhile.
  while (!module.is(BRISK_MODULE_STATE_LOADED)) {
    if (module.is(BRISK_MODULE_STATE_FAILED))
      throw Failure(module.ended.status, module.ended.reason);
    const Order parts = order(module);
    if (!parts.circle.empty()) module.fail(BRISK_DEADLOCK, circle_text(parts.circle));
    for (const size_t index : parts.sequence) {
      const brisk_status status = settle(*all_[index], deadline, lock, row);
      if (status != BRISK_OK) return status;
    }
  }
  return BRISK_OK;
}

// Waits for a load in flight, or leads it when everything that it needs is there.
brisk_status Modules::settle(Module &module, uint64_t deadline, Lock &lock, Row *row) {
  while (true) {
    check_open();
    if (module.is(BRISK_MODULE_STATE_LOADED) || module.is(BRISK_MODULE_STATE_FAILED))
      return BRISK_OK;
    if (module.is(BRISK_MODULE_STATE_UNLOADED)) {
      if (is_ready(module)) lead(module, lock, row);
      return BRISK_OK;
    }
    check_circle(module);
    waiting_.push_back({pthread_self(), &module});
    const bool in_time = wait(changed_, lock, deadline);
    const auto mine = std::find_if(waiting_.begin(), waiting_.end(), [](const Waiting &other) {
      return pthread_equal(other.thread, pthread_self()) != 0;
    });
    waiting_.erase(mine);
    if (row != nullptr) *row = {};
    if (!in_time && module.is(BRISK_MODULE_STATE_LOADING)) return BRISK_TIMEOUT;
  }
}

// Follows who leads the module, and what that thread waits for, and so on.
void Modules::check_circle(const Module &module) const {
  std::string path = module.manifest.name;
  const Module *at = &module;
  while (pthread_equal(at->leader, pthread_self()) == 0) {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting &other) {
      return pthread_equal(other.thread, at->leader) != 0;
    });
    if (next == waiting_.end() || !next->module->is(BRISK_MODULE_STATE_LOADING)) return;
    at = next->module;
    path += " -> " + at->manifest.name;
  }
  throw Failure(BRISK_DEADLOCK, "loads wait for each other in a circle: " + path + " -> " +
                                    module.manifest.name +
                                    "; declare the dependency, or do not load it from a callback");
}

void Modules::lead(Module &module, Lock &lock, Row *row) {
  if (module.manifest.is_driver() && module.host == nullptr) module.host = &Host::make(runtime_);
  module.state = BRISK_MODULE_STATE_LOADING;
  module.leader = pthread_self();
  module.started = Clock(false).exact();
  module.busy_since.store(0, std::memory_order_relaxed);
  ++module.attempts;
  ++loading_;
  lock.unlock();
  Ended ended = run_load(module, module.host, row);
  lock.lock();
  --loading_;
  module.ended = std::move(ended);
  module.state =
      module.ended.status == BRISK_OK ? BRISK_MODULE_STATE_LOADED : BRISK_MODULE_STATE_FAILED;
  changed_.notify_all();
}

void Modules::load_complete_ones(Lock &lock) {
  std::vector<const Module *> failed;
  for (size_t i = 0; i < all_.size(); ++i) {
    Module &module = *all_[i];
    if (!module.is(BRISK_MODULE_STATE_UNLOADED) || !is_complete(order(module))) continue;
    try {
      bring(module, deadline(0), lock);
    } catch (const Failure &failure) {
      if (failure.status() == BRISK_CLOSED) throw;
    }
  }
  for (const auto &module : all_) {
    if (module->is(BRISK_MODULE_STATE_FAILED)) failed.push_back(module.get());
  }
  if (!failed.empty()) fail_with(failed);
}

// Whether all that an order needs is known.
bool Modules::is_complete(const Order &order) const {
  return std::all_of(order.sequence.begin(), order.sequence.end(), [this](size_t index) {
    return all_[index]->is(BRISK_MODULE_STATE_LOADED) ||
           needs(index).size() == all_[index]->manifest.dependencies.size();
  });
}

void Modules::fail_with(const std::vector<const Module *> &failed) {
  std::string message =
      std::to_string(failed.size()) + (failed.size() == 1 ? " module failed" : " modules failed");
  for (const Module *module : failed) {
    if (message.size() > message_max) {
      message += "; and more";
      break;
    }
    message += "; " + module->ended.reason;
  }
  throw Failure(BRISK_LOAD_FAILED, std::move(message));
}

bool Modules::retry(std::string_view name) {
  Lock lock(mutex_);
  check_open();
  Module *module = find(name);
  if (module == nullptr) return false;
  if (!module->is(BRISK_MODULE_STATE_FAILED)) return true;
  Order parts = order(*module);
  parts.circle.push_back(by_name_.find(name)->second);
  for (const auto &list : {parts.sequence, parts.circle}) {
    for (const size_t index : list) forget_failure(*all_[index]);
  }
  return true;
}

void Modules::forget_failure(Module &module) {
  if (module.is(BRISK_MODULE_STATE_LOADED) || module.is(BRISK_MODULE_STATE_LOADING)) return;
  module.ended = {};
  module.state = BRISK_MODULE_STATE_UNLOADED;
  if (module.source.empty()) return;
  std::string problem;
  Manifest manifest = understand(read_manifest(module.source), &problem);
  if (problem.empty()) {
    manifest.name = module.manifest.name;
    module.manifest = std::move(manifest);
  } else {
    module.fail(BRISK_LOAD_FAILED, problem_text(module, problem));
  }
}

bool Modules::state(std::string_view name, brisk_module_state *state) {
  Lock lock(mutex_);
  check_open();
  const Module *module = find(name);
  if (module != nullptr) *state = module->state;
  return module != nullptr;
}

brisk_status Modules::symbol(std::string_view name, const char *symbol, uint64_t timeout,
                             uint64_t *address) {
  Lock lock(mutex_);
  check_open();
  Module &module = required(name);
  if (const brisk_status status = bring(module, deadline(timeout), lock); status != BRISK_OK)
    return status;
  const Library library = module.ended.library;
  // The system's loader has a lock of its own, under which libraries run code that may come here.
  lock.unlock();
  if (!library) {
    fail(BRISK_INVALID, "module %s is given by a callback and has no symbols",
         quoted_name(name).c_str());
  }
  void *found = symbol_of(library, symbol);
  if (found == nullptr)
    throw Failure(BRISK_INVALID, library.path + " has no symbol " + quoted_name(symbol));
  *address = reinterpret_cast<uintptr_t>(found);
  return BRISK_OK;
}

const Driver *Modules::driver(std::string_view name, uint64_t timeout) {
  Lock lock(mutex_);
  check_open();
  Module &module = required(name);
  if (bring(module, deadline(timeout), lock) != BRISK_OK) return nullptr;
  if (module.ended.driver == nullptr)
    fail(BRISK_INVALID, "module %s is no driver", quoted_name(name).c_str());
  return module.ended.driver.get();
}

void Modules::fork_prepare() noexcept {
  mutex_.lock();
  for (const auto &module : all_) {
    if (module->host != nullptr) module->host->fork_prepare();
  }
}

void Modules::fork_release(bool in_child) noexcept {
  for (const auto &module : all_) {
    if (module->host != nullptr) module->host->fork_release();
  }
  if (in_child) {
    const auto gone = [](pthread_t thread) { return pthread_equal(thread, pthread_self()) == 0; };
    // Its waiters are threads of the parent; a fresh one has none.
    new (&changed_) std::condition_variable;
    std::erase_if(waiting_, [&](const Waiting &other) { return gone(other.thread); });
    std::erase_if(background_, gone);
    const auto left = static_cast<uint32_t>(background_.size());
    holds_.fetch_sub(std::exchange(started_, left) - left, std::memory_order_relaxed);
    for (const auto &module : all_) {
      if (!module->is(BRISK_MODULE_STATE_LOADING) || !gone(module->leader)) continue;
      module->state = BRISK_MODULE_STATE_UNLOADED;
      --loading_;
    }
    preloading_ = false;
    crews_.clear();
    ++forks_;
  }
  mutex_.unlock();
}

}  // namespace brisk::modules
