// Loads: leases, what a lookup that may load answers, and the run of a loader.
#pragma once

#include <brisk/load.h>

#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/value.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

namespace brisk {
inline namespace v0_1 {

struct Answer;

// A part in the load of one key: the lead, or a place among those who wait. When the last reference
// to a lead goes and the load has not ended, it is abandoned.
class Lease : public detail::Handle<brisk_lease, brisk_lease_ref, brisk_lease_unref> {
 public:
  using Handle::Handle;
  Lease() = default;

  // The lead ends the load with one of these. Another lease, and a load that has ended, throw
  // InvalidArgument.
  void complete(std::string_view value, Duration ttl = {}) {
    detail::call<brisk_lease_complete>(raw(), value.data(), value.size(), detail::nanoseconds(ttl),
                                       nullptr);
  }
  Value complete_pinned(std::string_view value, Duration ttl = {}) {
    brisk_value *pinned = nullptr;
    detail::call<brisk_lease_complete>(raw(), value.data(), value.size(), detail::nanoseconds(ttl),
                                       &pinned);
    return Value(adopt, pinned);
  }
  // What the value costs to make, in place of the time that its load takes; before complete.
  void set_cost(double cost) { detail::call<brisk_lease_set_cost>(raw(), cost); }
  // There is no value, and for so long nobody need look for one; 0: the lifetime of the cache.
  void complete_absent(Duration ttl = {}) {
    detail::call<brisk_lease_complete_absent>(raw(), detail::nanoseconds(ttl));
  }
  // Where those who wait get the value from before instead, so does this lease by wait().
  void fail(std::string_view message) {
    detail::call<brisk_lease_fail>(raw(), message.data(), message.size());
  }
  // Gives the lead to one of the waiters.
  void abandon() { detail::call<brisk_lease_abandon>(raw()); }

  // Waits for the leader: answers value, timeout (wait again if you like), or lead when the leader
  // abandoned the load and this lease leads now. Throws LoadFailed with the leader's message.
  Answer wait(std::optional<Duration> timeout = {});
};

enum class Outcome : brisk_status {
  value = BRISK_OK,
  timeout = BRISK_TIMEOUT,  // the load takes longer, and goes on
  refused = BRISK_REFUSED,  // there is no room to unpack the value, because callers pin the rest
  lead = BRISK_LEAD,        // the lease leads a new load and must end it
  wait = BRISK_WAIT,        // the lease waits for the load that another caller leads
  absent = BRISK_ABSENT,    // the key is known to have no value
};

// What a lookup that may load answers: the value, or why there is none.
struct Answer {
  Outcome outcome;
  Value value;  // empty unless the outcome is value, or lead with a value from before
  Lease lease;  // empty unless Cache::begin answered lead or wait

  explicit operator bool() const noexcept { return outcome == Outcome::value; }
  const Value &operator*() const noexcept { return value; }
  const Value *operator->() const noexcept { return &value; }
};

inline Answer Lease::wait(std::optional<Duration> timeout) {
  brisk_value *value = nullptr;
  const brisk_status status =
      detail::call<brisk_lease_wait>(raw(), detail::timeout(timeout), &value);
  return {static_cast<Outcome>(status), Value(adopt, value), Lease()};
}

struct LoadOptions {
  std::optional<Duration> timeout = {};  // for a load that another caller leads; none: the cache's
  Duration ttl = {};                     // of the value that the loader returns
  const Lease *parent = nullptr;         // the lead under which this load is needed
};

namespace detail {

// One run of a loader. An exception may not cross the frames of the C interface: it waits here for
// the leader, and its text goes to the waiters.
template <class Loader>
struct Run {
  Loader &loader;
  Duration ttl;
  std::exception_ptr thrown = nullptr;
  bool late = false;  // after the load had ended

  static brisk_status callback(void *user, brisk_lease *raw, const void *key,
                               size_t size) noexcept {
    Run &run = *static_cast<Run *>(user);
    Lease lease(adopt, brisk_lease_ref(raw));
    try {
      run.load(lease, std::string_view(static_cast<const char *>(key), size));
      return BRISK_OK;
    } catch (const std::exception &exception) {
      return run.fail(lease, exception.what());
    } catch (...) {
      return run.fail(lease, "the loader threw something that is not a std::exception");
    }
  }

 private:
  void load(Lease &lease, std::string_view key) {
    if constexpr (std::is_invocable_v<Loader &, Lease &, std::string_view>) {
      end(lease, [&]() -> decltype(auto) { return std::invoke(loader, lease, key); });
    } else {
      end(lease, [&]() -> decltype(auto) { return std::invoke(loader, key); });
    }
  }

  template <class Make>
  void end(Lease &lease, Make make) {
    if constexpr (std::is_void_v<decltype(make())>) {
      make();
    } else {
      auto &&value = make();
      lease.complete(value, ttl);
    }
  }

  brisk_status fail(const Lease &lease, std::string_view message) noexcept {
    thrown = std::current_exception();
    // Where the loader had ended the load before it threw, its waiters have their answer.
    const brisk_status status =
        brisk_lease_fail(lease.raw(), message.data(), message.size(), nullptr);
    late = status < 0;
    return status;
  }
};

// The same with a loader of its own, for a run on another thread.
template <class Loader>
struct OwnRun {
  OwnRun(Loader &&given, Duration ttl) : loader(std::move(given)), run{loader, ttl} {}

  static brisk_status callback(void *user, brisk_lease *raw, const void *key,
                               size_t size) noexcept {
    OwnRun &self = **static_cast<std::shared_ptr<OwnRun> *>(user);
    if (std::this_thread::get_id() == self.caller) self.here = true;
    return Run<Loader>::callback(&self.run, raw, key, size);
  }
  static void destroy(void *user) { delete static_cast<std::shared_ptr<OwnRun> *>(user); }

  Loader loader;
  Run<Loader> run;
  const std::thread::id caller = std::this_thread::get_id();
  bool here = false;  // it ran on the thread of its caller, who alone looks
};

}  // namespace detail

}  // namespace v0_1
}  // namespace brisk
