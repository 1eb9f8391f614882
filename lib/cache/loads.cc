#include "cache/loads.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fault.h"
#include "base/glob.h"
#include "cache/cache.h"

namespace brisk::cache {

Load::~Load() {
  if (value != nullptr) value::unref(value);
  if (stale.value != nullptr) value::unref(stale.value);
  if (stale.entry != nullptr) Cache::drop_pin(*stale.entry);
}

Need::Need(std::shared_ptr<Load> by, std::shared_ptr<const Load> of)
    : by_(std::move(by)), of_(std::move(of)) {
  std::lock_guard lock(Runtime::links_mutex());
  // Every load that `of` needs, itself included, each once.
  std::vector<const Load *> all{of_.get()};
  for (size_t at = 0; at < all.size(); ++at) {
    if (all[at] == by_.get()) {
      fail(
          BRISK_DEADLOCK,
          "the load of key %s waits for itself; a loader must not ask for a key that needs its own",
          quoted(of_->key.data(), of_->key.size()).c_str());
    }
    for (const Load *load : all[at]->needs) {
      const bool running = load->state.load(std::memory_order_relaxed) == Load::State::running;
      if (running && std::find(all.begin(), all.end(), load) == all.end()) all.push_back(load);
    }
  }
  by_->needs.push_back(of_.get());
}

Need::~Need() {
  if (by_ == nullptr) return;
  std::lock_guard lock(Runtime::links_mutex());
  by_->needs.erase(std::find(by_->needs.begin(), by_->needs.end(), of_.get()));
}

brisk_status Loads::begin(const void *key, size_t size, Lease *parent, bool early,
                          brisk_value **value, Lease **lease) {
  const std::string_view name(static_cast<const char *>(key), size);
  const auto need = [parent](const std::shared_ptr<Load> &load) {
    return parent == nullptr ? Need() : Need(parent->load_, load);
  };
  std::lock_guard lock(mutex_);
  if (closed_) fail(BRISK_CLOSED, "the cache is closed");
  const auto found = map_.find(name);
  if (found != map_.end()) {
    if (early) return BRISK_OK;
    const std::shared_ptr<Load> load = found->second;
    *value = give_stale(*load);
    if (*value != nullptr) return BRISK_OK;
    *lease = new Lease(cache_, load, need(load));
    ++load->waiting;
    return BRISK_WAIT;
  }
  // Somebody may have stored the value since the caller missed; with the lock held nobody else can
  // begin its load.
  auto load = std::make_shared<Load>(name);
  if (early) value::unref(std::exchange(*value, nullptr));
  const brisk_status status = cache_.peek(key, size, early, value, &load->stale);
  if (status == BRISK_ABSENT) absent_hits_.fetch_add(1, std::memory_order_relaxed);
  if (status != BRISK_MISS) return status;
  detached_.reserve(detached_.size() + map_.size() +
                    1);  // so that superseding a load needs no memory
  const auto placed = map_.emplace(load->key, load).first;
  Lease *leader;
  try {
    leader = new Lease(cache_, load, need(load));
  } catch (...) {
    map_.erase(placed);
    throw;
  }
  running_.fetch_add(1, std::memory_order_seq_cst);
  load->leader = leader;
  load->started = cache_.clock().exact();
  leader->leads_ = true;
  *lease = leader;
  *value = give_stale(*load);
  return BRISK_LEAD;
}

brisk_value *Loads::give_stale(const Load &load) noexcept {
  const uint64_t now = cache_.clock().now();
  if (load.stale.value == nullptr || load.stale.until <= now) return nullptr;
  if (load.stale.end <= now) stale_hits_.fetch_add(1, std::memory_order_relaxed);
  value::ref(load.stale.value);
  return load.stale.value;
}

void Loads::supersede(const void *key, size_t size) noexcept {
  std::lock_guard lock(mutex_);
  const auto found = map_.find(std::string_view(static_cast<const char *>(key), size));
  if (found != map_.end()) detach(found);
}

void Loads::supersede_matching(const char *pattern, size_t size) noexcept {
  std::lock_guard lock(mutex_);
  for (auto at = map_.begin(); at != map_.end();) {
    const auto load = at++;
    if (glob_match(pattern, size, load->first.data(), load->first.size())) detach(load);
  }
}

// Later callers no longer join it, and its value will not be stored.
void Loads::detach(Map::iterator at) noexcept {
  at->second->superseded = true;
  detached_.push_back(at->second);
  map_.erase(at);
}

void Loads::finish(Load &load, Load::State state) noexcept {
  load.state = state;
  load.leader = nullptr;
  if (load.superseded) {
    std::erase_if(detached_, [&](const auto &detached) { return detached.get() == &load; });
  } else {
    map_.erase(load.key);
  }
  running_.fetch_sub(1, std::memory_order_seq_cst);
  const bool made = state == Load::State::completed || state == Load::State::absent;
  (made ? completed_ : failed_).fetch_add(1, std::memory_order_relaxed);
  time_.fetch_add(cache_.clock().exact() - load.started, std::memory_order_relaxed);
  load.changed.notify_all();
}

// What was erased or written meanwhile is not served again.
void Loads::finish_failed(Load &load, std::string message) noexcept {
  load.message = std::move(message);
  load.serves_stale = load.stale.value != nullptr && !load.superseded &&
                      load.stale.until_error > cache_.clock().now();
  finish(load, Load::State::failed);
}

void Loads::close() noexcept {
  std::lock_guard lock(mutex_);
  closed_ = true;
  while (!map_.empty() || !detached_.empty()) {
    const std::shared_ptr<Load> load = map_.empty() ? detached_.back() : map_.begin()->second;
    finish(*load, Load::State::closed);
  }
}

void Loads::fork_release(bool in_child) noexcept {
  if (in_child) {
    // Who leads a load may be a thread that the child does not have: new callers begin anew.
    // Conditions are fresh, because their waiters are threads of the parent.
    while (!map_.empty()) detach(map_.begin());
    for (const std::shared_ptr<Load> &load : detached_)
      new (&load->changed) std::condition_variable;
  }
  mutex_.unlock();
}

Lease::Lease(Cache &cache, std::shared_ptr<Load> load, Need need)
    : cache_(Ref<Cache>::share(&cache)), load_(std::move(load)), need_(std::move(need)) {}

Lease::~Lease() {
  std::lock_guard lock(cache_->loads().mutex_);
  if (leads_ && load_->state == Load::State::running) give_up();
  if (!leads_) --load_->waiting;
  end_if_deserted();
}

void Lease::check_leads(const char *verb) const {
  if (load_->state == Load::State::closed) brisk::fail(BRISK_CLOSED, "the cache is closed");
  if (!leads_) {
    brisk::fail(BRISK_INVALID,
                "only the lead of a load may %s it, and this lease waits; wait for its value",
                verb);
  }
  if (load_->state != Load::State::running) {
    brisk::fail(BRISK_INVALID, "the load of key %s has ended; nothing is left to %s",
                quoted(load_->key.data(), load_->key.size()).c_str(), verb);
  }
}

void Lease::complete(const void *value, size_t size, uint64_t ttl, brisk_value **pinned) {
  Loads &loads = cache_->loads();
  std::optional<double> given;
  uint64_t started;
  {
    std::lock_guard lock(loads.mutex_);
    check_leads("complete");
    given = load_->cost;
    started = load_->started;
  }
  if (size > BRISK_VALUE_SIZE_MAX) {
    brisk::fail(BRISK_TOO_LARGE, "a value of %zu bytes is larger than %llu", size,
                static_cast<unsigned long long>(BRISK_VALUE_SIZE_MAX));
  }
  const auto took = static_cast<double>(cache_->clock().exact() - started);
  cache_->note_load(took, size);
  const double cost = given.value_or(cache_->options().load_costs ? took : 0);
  Cache::DraftPointer draft =
      cache_->draft_loaded(load_->key.data(), load_->key.size(), value, size, ttl, cost);
  BRISK_PAUSE("load.before_store");
  std::lock_guard lock(loads.mutex_);
  check_leads("complete");
  const bool wanted = pinned != nullptr || load_->kept || load_->waiting != 0;
  brisk_value *kept = cache_->keep_loaded(load_->superseded ? nullptr : draft.get(), value, size,
                                          wanted, load_->stale.entry);
  if (wanted && kept == nullptr)
    load_->message = "the budget of the runtime has no room for the loaded value";
  load_->value = kept;
  loads.finish(*load_, Load::State::completed);
  if (pinned != nullptr) {
    if (kept == nullptr) brisk::fail(BRISK_OUT_OF_MEMORY, "%s", load_->message.c_str());
    value::ref(kept);
    *pinned = kept;
  }
}

void Lease::complete_absent(uint64_t ttl) {
  Loads &loads = cache_->loads();
  {
    std::lock_guard lock(loads.mutex_);
    check_leads("complete");
  }
  Cache::DraftPointer draft = cache_->draft_absent(load_->key.data(), load_->key.size(), ttl);
  std::lock_guard lock(loads.mutex_);
  check_leads("complete");
  cache_->keep_loaded(load_->superseded ? nullptr : draft.get(), nullptr, 0, false,
                      load_->stale.entry);
  loads.finish(*load_, Load::State::absent);
}

void Lease::set_cost(double cost) {
  std::lock_guard lock(cache_->loads().mutex_);
  check_leads("give a cost to");
  load_->cost = cost;
}

brisk_status Lease::fail(std::string message) {
  std::lock_guard lock(cache_->loads().mutex_);
  check_leads("fail");
  cache_->loads().finish_failed(*load_, std::move(message));
  return load_->serves_stale ? BRISK_STALE : BRISK_OK;
}

void Lease::fail_if_running(std::string message) noexcept {
  std::lock_guard lock(cache_->loads().mutex_);
  if (!leads_ || load_->state != Load::State::running) return;
  cache_->loads().finish_failed(*load_, std::move(message));
}

void Lease::abandon() {
  std::lock_guard lock(cache_->loads().mutex_);
  check_leads("abandon");
  give_up();
  --load_->waiting;  // this lease does not wait for another turn
  end_if_deserted();
  ++load_->waiting;
}

// With the table's lock. One of those who wait finds the load without a leader and takes the lead.
void Lease::give_up() noexcept {
  leads_ = false;
  ++load_->waiting;
  load_->leader = nullptr;
  load_->cost.reset();
  load_->changed.notify_one();
}

void Lease::end_if_deserted() noexcept {
  if (load_->state != Load::State::running || load_->leader != nullptr || load_->waiting != 0)
    return;
  cache_->loads().finish_failed(*load_, {});
}

void Lease::keep_value() noexcept {
  std::lock_guard lock(cache_->loads().mutex_);
  load_->kept = true;
}

brisk_status Lease::outcome(brisk_value **value) {
  std::lock_guard lock(cache_->loads().mutex_);
  return answer(value);
}

brisk_status Lease::answer(brisk_value **value) {
  switch (load_->state) {
    case Load::State::completed:
      if (load_->value == nullptr) brisk::fail(BRISK_OUT_OF_MEMORY, "%s", load_->message.c_str());
      value::ref(load_->value);
      *value = load_->value;
      return BRISK_OK;
    case Load::State::absent:
      return BRISK_ABSENT;
    case Load::State::failed:
      if (load_->serves_stale) {
        if (!std::exchange(counted_, true))
          cache_->loads().stale_errors_.fetch_add(1, std::memory_order_relaxed);
        value::ref(load_->stale.value);
        *value = load_->stale.value;
        return BRISK_OK;
      }
      // The loader's own message, whole.
      throw Failure(BRISK_LOAD_FAILED,
                    load_->message.empty() ? "the load was abandoned" : load_->message);
    case Load::State::running:
      brisk::fail(BRISK_LOAD_FAILED, "the loader abandoned the load");
    default:
      brisk::fail(BRISK_CLOSED, "the cache is closed");
  }
}

brisk_status Lease::wait(uint64_t timeout, brisk_value **value) {
  *value = nullptr;
  if (timeout == 0) timeout = cache_->options().load_timeout;
  std::unique_lock lock(cache_->loads().mutex_);
  if (leads_ && load_->state == Load::State::running)
    brisk::fail(BRISK_INVALID,
                "this lease leads the load; complete, fail or abandon it instead of waiting");
  const auto ended = [&] {
    return load_->state != Load::State::running || load_->leader == nullptr;
  };
  // Later than any clock will show, and still a time that the clock can represent.
  constexpr uint64_t forever = uint64_t{1} << 61;
  // Less than this is no wait: the system would make it some fifty times as long.
  constexpr uint64_t shortest = 1000;
  if (timeout < shortest) {
    if (!ended()) return BRISK_TIMEOUT;
  } else if (timeout >= forever) {
    load_->changed.wait(lock, ended);
  } else if (!load_->changed.wait_for(lock, std::chrono::nanoseconds(timeout), ended)) {
    return BRISK_TIMEOUT;
  }
  if (load_->state != Load::State::running) return answer(value);
  load_->leader = this;
  load_->started = cache_->clock().exact();
  leads_ = true;
  --load_->waiting;
  return BRISK_LEAD;
}

}  // namespace brisk::cache
