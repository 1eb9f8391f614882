// brisk for C++17 and later: the C interface (<brisk/brisk.h>) as values, ranges and exceptions.
//
// Handles. Runtime, Cache, Value and Lease are counted references, the size of a pointer: a copy is
// one more reference to the same object, a move takes the reference along and leaves an empty
// handle, whose calls throw InvalidArgument. They may be destroyed in any order; whatever an object
// needs lives as long as it does. The objects may be used from any thread at once. For one handle
// variable the rule of std::shared_ptr holds: calls from many threads are fine, assigning to it
// while another thread uses it is not. Keys is the exception: it has one owner and one thread.
//
// Answers. What may be expected in a healthy program is a result and never throws: a missing key is
// an empty optional, a put without room is false, a load that takes too long is an Answer without a
// value. Everything else is a brisk::Error, or std::bad_alloc when the system has no memory.
//
// Bytes. Keys and values are bytes and may hold any, NUL included. Input is read during the call
// and copied; nothing refers to it afterwards.
//
// Durations. A lifetime of zero inherits that of the cache, `forever` never ends.
#pragma once

#include <brisk/brisk.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __has_include(<version>)
#include <version>
#endif
#ifdef __cpp_lib_span
#include <span>
#endif

namespace brisk {
// A name of its own in the linker's eyes, so that programs built with different versions of this
// header can share a process.
inline namespace v0_1 {

using Duration = std::chrono::nanoseconds;

// As a lifetime, never expires; as a timeout, waits without end.
inline constexpr Duration forever = Duration::max();

// ---- Errors -------------------------------------------------------------------------------------

// Why a call failed. status() is the negative number of the C interface, what() names the input,
// the limit and the way out. The classes below are what callers tell apart; other failures, such as
// BRISK_TOO_LARGE and BRISK_EXISTS, are plain Errors.
class BRISK_API Error : public std::runtime_error {
 public:
  Error(brisk_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  brisk_status status() const noexcept { return status_; }
  const char *status_name() const noexcept { return brisk_status_name(status_); }

 private:
  brisk_status status_;
};

// An argument is wrong, or the handle is empty.
struct BRISK_API InvalidArgument : Error {
  using Error::Error;
};
// The cache or runtime was closed before the call, or while it waited.
struct BRISK_API Closed : Error {
  using Error::Error;
};
// The loader of this key failed, in this call or in the one that this call waited for.
struct BRISK_API LoadFailed : Error {
  using Error::Error;
};
// A load waits, directly or through others, for itself.
struct BRISK_API Deadlock : Error {
  using Error::Error;
};

namespace detail {

// Receives the error of one call, and throws it.
class Failure {
 public:
  Failure() = default;
  Failure(const Failure &) = delete;
  Failure &operator=(const Failure &) = delete;
  ~Failure() { brisk_error_unref(error_); }

  brisk_error **out() noexcept { return &error_; }

  // Passes success and outcomes on.
  brisk_status check(brisk_status status) const {
    if (status < 0) raise(status);
    return status;
  }

 private:
  [[noreturn]] void raise(brisk_status status) const {
    // Without memory for an error object there is none.
    const char *text = error_ != nullptr ? brisk_error_message(error_) : brisk_status_name(status);
    switch (status) {
      case BRISK_OUT_OF_MEMORY:
        throw std::bad_alloc();
      case BRISK_INVALID:
        throw InvalidArgument(status, text);
      case BRISK_CLOSED:
        throw Closed(status, text);
      case BRISK_LOAD_FAILED:
        throw LoadFailed(status, text);
      case BRISK_DEADLOCK:
        throw Deadlock(status, text);
      default:
        throw Error(status, text);
    }
  }

  brisk_error *error_ = nullptr;
};

// Calls a function of the C interface with everything but its last parameter. Returns success and
// outcomes, throws failures.
template <auto Function, class... Arguments>
brisk_status call(Arguments... arguments) {
  Failure failure;
  return failure.check(Function(arguments..., failure.out()));
}

inline uint64_t nanoseconds(Duration duration) {
  if (duration == forever) return BRISK_FOREVER;
  if (duration < Duration::zero()) {
    throw InvalidArgument(BRISK_INVALID,
                          std::to_string(duration.count()) + " ns is a negative duration");
  }
  return static_cast<uint64_t>(duration.count());
}

// Without a timeout the default of the cache holds, which is 0 in C. What is left until a deadline
// may be zero or less: then the call does not wait.
inline uint64_t timeout(std::optional<Duration> duration) {
  return duration ? nanoseconds(std::max(*duration, Duration(1))) : 0;
}

}  // namespace detail

// ---- The library --------------------------------------------------------------------------------

// The version of the loaded library, for example "0.1.0".
inline std::string_view version() noexcept { return brisk_version(); }

// One line about the loaded library: versions, compiler, allocator, path.
inline std::string_view build_info() noexcept { return brisk_build_info(); }

// Whether the loaded library was built from the same description of the interface as these headers.
inline bool matches_headers() noexcept {
  return brisk_abi_version() == BRISK_ABI_VERSION && brisk_abi_digest() == BRISK_ABI_DIGEST;
}

// Reads a size such as "64 MiB", "1.5GB" or "4096".
inline uint64_t bytes(std::string_view text) {
  uint64_t size = 0;
  detail::call<brisk_parse_size>(text.data(), text.size(), &size);
  return size;
}

#ifdef __cpp_lib_span
// Bytes as a key or value.
inline std::string_view view(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}
#endif

// ---- Handles ------------------------------------------------------------------------------------

// Marks a constructor that takes over one reference, from C code for example.
struct Adopt {};
inline constexpr Adopt adopt;

namespace detail {

// One reference to a counted object of the C interface, or none.
template <class Raw, Raw *(*Ref)(Raw *), void (*Unref)(Raw *)>
class Handle {
 public:
  Handle(Adopt, Raw *raw) noexcept : raw_(raw) {}
  Handle(const Handle &other) noexcept : raw_(Ref(other.raw_)) {}
  Handle(Handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Handle &operator=(Handle other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Handle() { Unref(raw_); }

  // Whether this handle refers to an object.
  explicit operator bool() const noexcept { return raw_ != nullptr; }

  // The handle of the C interface, borrowed.
  Raw *raw() const noexcept { return raw_; }

 protected:
  Handle() = default;

 private:
  Raw *raw_ = nullptr;
};

}  // namespace detail

// One pinned value: its bytes stay where they are, unchanged, as long as a Value refers to them,
// even when the entry is evicted or the cache is gone. An empty Value reads as no bytes.
class Value : public detail::Handle<brisk_value, brisk_value_ref, brisk_value_unref> {
 public:
  using Handle::Handle;
  Value() = default;

  std::string_view view() const noexcept {
    size_t size = 0;
    const void *data = brisk_value_data(raw(), &size);
    return {static_cast<const char *>(data), size};
  }
  std::string_view operator*() const noexcept { return view(); }
  operator std::string_view() const noexcept { return view(); }
  std::string str() const { return std::string(view()); }

  const char *data() const noexcept { return view().data(); }
  size_t size() const noexcept { return view().size(); }
  bool empty() const noexcept { return view().empty(); }

#ifdef __cpp_lib_span
  std::span<const std::byte> bytes() const noexcept {
    const std::string_view all = view();
    return {reinterpret_cast<const std::byte *>(all.data()), all.size()};
  }
#endif

  friend bool operator==(const Value &a, const Value &b) noexcept { return *a == *b; }
  friend bool operator!=(const Value &a, const Value &b) noexcept { return *a != *b; }
  friend bool operator==(const Value &a, std::string_view b) noexcept { return *a == b; }
  friend bool operator!=(const Value &a, std::string_view b) noexcept { return *a != b; }
  friend bool operator==(std::string_view a, const Value &b) noexcept { return a == *b; }
  friend bool operator!=(std::string_view a, const Value &b) noexcept { return a != *b; }
};

// ---- The runtime --------------------------------------------------------------------------------

enum class Clock : brisk_clock {
  system = BRISK_CLOCK_SYSTEM,
  manual = BRISK_CLOCK_MANUAL,  // starts at zero and moves only by Runtime::advance
};

struct RuntimeOptions {
  Clock clock = Clock::system;
  uint64_t budget = 0;          // bound on the bytes that everything in it holds; 0: none
  uint32_t budget_percent = 0;  // the same as a share of the container's memory; 0: none
};

using RuntimeStats = brisk_runtime_stats;

// What caches share: a memory budget, a clock, and the names under which they are found again. Most
// programs need none: a cache without one lives in the runtime of the process.
class Runtime : public detail::Handle<brisk_runtime, brisk_runtime_ref, brisk_runtime_unref> {
 public:
  using Handle::Handle;

  // A runtime of its own.
  explicit Runtime(const RuntimeOptions &options = {}) : Runtime(adopt, create(options)) {}

  // The default one of this process, which cannot be closed.
  static Runtime process() {
    brisk_runtime *runtime = nullptr;
    detail::call<brisk_runtime_default>(&runtime);
    return Runtime(adopt, runtime);
  }

  // Closes its caches and ends its work; later calls throw Closed. May block. May be repeated.
  void close() { detail::call<brisk_runtime_close>(raw()); }

  // Time since an arbitrary start, to the tick that decides about expiry.
  Duration now() const {
    uint64_t now = 0;
    detail::call<brisk_runtime_now>(required(), &now);
    return Duration(static_cast<Duration::rep>(now));
  }

  // Moves a manual clock forward and frees what has expired by then.
  void advance(Duration step) {
    detail::call<brisk_runtime_advance>(raw(), detail::nanoseconds(step));
  }

  RuntimeStats stats() const {
    RuntimeStats stats = BRISK_RUNTIME_STATS_INIT;
    detail::call<brisk_runtime_read_stats>(required(), &stats);
    return stats;
  }

  // In C no runtime means the default one; here an empty handle is a mistake.
  brisk_runtime *required() const {
    if (raw() == nullptr) throw InvalidArgument(BRISK_INVALID, "the runtime was moved from");
    return raw();
  }

 private:
  static brisk_runtime *create(const RuntimeOptions &options) {
    brisk_runtime_options raw = BRISK_RUNTIME_OPTIONS_INIT;
    raw.clock = static_cast<brisk_clock>(options.clock);
    raw.budget_bytes = options.budget;
    raw.budget_percent = options.budget_percent;
    brisk_runtime *runtime = nullptr;
    detail::call<brisk_runtime_new>(&raw, &runtime);
    return runtime;
  }
};

// ---- Loads --------------------------------------------------------------------------------------

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
};

// What a lookup that may load answers: the value, or why there is none.
struct Answer {
  Outcome outcome;
  Value value;  // empty unless the outcome is value
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
    return brisk_lease_fail(lease.raw(), message.data(), message.size(), nullptr);
  }
};

}  // namespace detail

// ---- The cache ----------------------------------------------------------------------------------

enum class Policy : brisk_policy {
  automatic = BRISK_POLICY_AUTO,
  lru = BRISK_POLICY_LRU,
  s3fifo = BRISK_POLICY_S3FIFO,
};

enum class Compression : brisk_compression {
  automatic = BRISK_COMPRESSION_AUTO,  // zstd, where it pays
  off = BRISK_COMPRESSION_OFF,
};

// What is zero or empty has the documented default of the C interface.
struct CacheOptions {
  uint64_t capacity = 0;  // bound on every byte held; 0: 64 MiB. See bytes("1 GiB")
  Duration ttl = {};      // lifetime from the last write; 0: forever
  Duration idle = {};     // lifetime from the last use; 0: forever
  uint64_t max_entries = 0;
  std::string name = {};  // unique in the runtime, for Cache::find
  Policy policy = Policy::automatic;
  Compression compression = Compression::automatic;
  int32_t compression_level = 0;       // -7 to 19; 0: 1
  uint64_t compression_threshold = 0;  // smaller values stay raw; 0: 512
  Duration load_timeout = {};          // of loads that name none; 0: 30 seconds
  uint32_t event_capacity = 0;         // events kept for next_event; 0: none
};

using CacheStats = brisk_cache_stats;

// Why an entry left the cache. Later versions may add values.
enum class Cause : brisk_cause {
  capacity = BRISK_CAUSE_CAPACITY,
  expired = BRISK_CAUSE_EXPIRED,
  erased = BRISK_CAUSE_ERASED,
  replaced = BRISK_CAUSE_REPLACED,
};

struct Event {
  std::string key;
  Cause cause;
};

// The keys of a cache, each once, in no order: `for (std::string_view key : cache.keys())`. A key
// that comes or goes during the walk may be missing. A range to be walked once, by one thread; a
// key is valid until the next step. Keeps its cache alive.
class Keys {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using reference = std::string_view;
    using pointer = void;

    iterator() = default;
    std::string_view operator*() const noexcept { return keys_->key_; }
    iterator &operator++() {
      if (!keys_->next()) keys_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator &a, const iterator &b) noexcept {
      return a.keys_ == b.keys_;
    }
    friend bool operator!=(const iterator &a, const iterator &b) noexcept { return !(a == b); }

   private:
    friend class Keys;
    explicit iterator(Keys *keys) noexcept : keys_(keys) {}

    Keys *keys_ = nullptr;
  };

  explicit Keys(Adopt, brisk_cursor *cursor) noexcept : cursor_(cursor) {}

  // Each begin takes the next key, so that a walk that stopped goes on where it was.
  iterator begin() { return ++iterator(this); }
  iterator end() noexcept { return {}; }

 private:
  struct Unref {
    void operator()(brisk_cursor *cursor) const noexcept { brisk_cursor_unref(cursor); }
  };

  bool next() {
    size_t size = 0;
    brisk_status status;
    while ((status = detail::call<brisk_cursor_next>(cursor_.get(), buffer_.data(), buffer_.size(),
                                                     &size)) == BRISK_SHORT_BUFFER) {
      buffer_.resize(size);
    }
    key_ = std::string_view(buffer_.data(), size);
    return status == BRISK_OK;
  }

  std::unique_ptr<brisk_cursor, Unref> cursor_;
  std::vector<char> buffer_;  // keeps its place when the walk is moved, unlike a short string
  std::string_view key_;
};

namespace detail {

// Many byte strings as one batch of the C interface: one after the other, and their sizes.
struct Packed {
  std::string bytes;
  std::vector<uint32_t> sizes;

  void add(std::string_view piece) {
    if (piece.size() > BRISK_VALUE_SIZE_MAX) {
      throw Error(BRISK_TOO_LARGE, std::to_string(piece.size()) +
                                       " bytes are too many for a key or value; at most " +
                                       std::to_string(BRISK_VALUE_SIZE_MAX));
    }
    bytes.append(piece);
    sizes.push_back(static_cast<uint32_t>(piece.size()));
  }

  template <class Range>
  static Packed of(Range &&pieces) {
    Packed packed;
    for (auto &&piece : pieces) packed.add(piece);
    return packed;
  }
};

}  // namespace detail

// A bounded, compressed key/value cache in memory. Batches take any range of things that convert to
// std::string_view, or a list in braces.
class Cache : public detail::Handle<brisk_cache, brisk_cache_ref, brisk_cache_unref> {
 public:
  using Handle::Handle;

  // Throws Error with BRISK_EXISTS when the name is taken by a live cache.
  explicit Cache(const CacheOptions &options = {}) : Cache(adopt, create(nullptr, options)) {}
  explicit Cache(const Runtime &runtime, const CacheOptions &options = {})
      : Cache(adopt, create(runtime.required(), options)) {}

  // The live cache of this name.
  static std::optional<Cache> find(std::string_view name) { return find_in(nullptr, name); }
  static std::optional<Cache> find(const Runtime &runtime, std::string_view name) {
    return find_in(runtime.required(), name);
  }

  // Drops every entry; later calls throw Closed, and so do waiting loads. Pinned values stay valid.
  // May block. May be repeated.
  void close() { detail::call<brisk_cache_close>(raw()); }

  // Stores a copy of value in place of an older one. False when the cache has no room because
  // callers pin what it holds; the key then has no value.
  bool put(std::string_view key, std::string_view value, Duration ttl = {}) {
    return detail::call<brisk_cache_put>(raw(), key.data(), key.size(), value.data(), value.size(),
                                         detail::nanoseconds(ttl)) == BRISK_OK;
  }

  // Stores pairs of key and value (a map will do) in turn, up to the first that has no room.
  // Returns how many were stored. A key or value beyond the limits of all caches throws before any
  // is.
  template <class Range = std::initializer_list<std::pair<std::string_view, std::string_view>>>
  size_t put_many(Range &&entries, Duration ttl = {}) {
    detail::Packed keys;
    detail::Packed values;
    for (auto &&[key, value] : entries) {
      keys.add(key);
      values.add(value);
    }
    size_t stored = 0;
    detail::call<brisk_cache_put_many>(raw(), keys.sizes.size(), keys.bytes.data(),
                                       keys.bytes.size(), keys.sizes.data(), values.bytes.data(),
                                       values.bytes.size(), values.sizes.data(),
                                       detail::nanoseconds(ttl), &stored);
    return stored;
  }

  // Pins the value of key, without a copy when it is stored raw. Nothing on a miss, and when there
  // is no room to unpack a compressed value.
  std::optional<Value> get(std::string_view key) const {
    brisk_value *value = nullptr;
    const brisk_status status =
        detail::call<brisk_cache_get>(raw(), key.data(), key.size(), &value);
    return status == BRISK_OK ? std::optional<Value>(std::in_place, adopt, value) : std::nullopt;
  }

  // Pins the values of many keys in one call. Answers in the order of the keys.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<std::optional<Value>> get_many(Range &&keys) const {
    const detail::Packed packed = detail::Packed::of(keys);
    std::vector<brisk_value *> pinned(packed.sizes.size());
    std::vector<std::optional<Value>> values(pinned.size());
    size_t found = 0;
    detail::call<brisk_cache_get_many>(raw(), pinned.size(), packed.bytes.data(),
                                       packed.bytes.size(), packed.sizes.data(), pinned.data(),
                                       &found);
    for (size_t i = 0; i < pinned.size(); ++i) {
      if (pinned[i] != nullptr) values[i].emplace(adopt, pinned[i]);
    }
    return values;
  }

  // Copies the value of key into buffer. Returns its size, which is more than capacity when it did
  // not fit and nothing was copied; nothing on a miss.
  std::optional<size_t> read(std::string_view key, void *buffer, size_t capacity) const {
    size_t size = 0;
    const brisk_status status =
        detail::call<brisk_cache_read>(raw(), key.data(), key.size(), buffer, capacity, &size);
    return status == BRISK_MISS ? std::nullopt : std::optional<size_t>(size);
  }

  // Copies the value of key into buffer, in the memory it has where that is enough. False on a
  // miss; buffer is then empty.
  bool read(std::string_view key, std::string &buffer) const {
    buffer.resize(std::max<size_t>(buffer.size(), 512));  // so that one call is enough for most
    std::optional<size_t> size;
    while ((size = read(key, buffer.data(), buffer.size())) > buffer.size()) buffer.resize(*size);
    buffer.resize(size.value_or(0));
    return size.has_value();
  }

  // Copies the values of many keys into buffer, one after the other. The views, in the order of the
  // keys, live until buffer changes.
  template <class Range = std::initializer_list<std::string_view>>
  std::vector<std::optional<std::string_view>> read_many(Range &&keys, std::string &buffer) const {
    const detail::Packed packed = detail::Packed::of(keys);
    const size_t count = packed.sizes.size();
    std::vector<uint32_t> sizes(count);
    size_t done = 0;      // keys answered,
    size_t key_used = 0;  // their bytes,
    size_t used = 0;      // and those of their values
    buffer.resize(std::max<size_t>(buffer.size(), 64 * count));
    while (done < count) {
      size_t answered = 0;
      const brisk_status status = detail::call<brisk_cache_read_many>(
          raw(), count - done, packed.bytes.data() + key_used, packed.bytes.size() - key_used,
          packed.sizes.data() + done, buffer.data() + used, buffer.size() - used,
          sizes.data() + done, &answered);
      for (const size_t end = done + answered; done < end; ++done) {
        key_used += packed.sizes[done];
        if (sizes[done] != missing) used += sizes[done];
      }
      if (status == BRISK_SHORT_BUFFER) {
        buffer.resize(used + std::max<size_t>(sizes[done], buffer.size()));
      }
    }
    buffer.resize(used);

    std::vector<std::optional<std::string_view>> values(count);
    const char *at = buffer.data();
    for (size_t i = 0; i < count; ++i) {
      if (sizes[i] == missing) continue;
      values[i].emplace(at, sizes[i]);
      at += sizes[i];
    }
    return values;
  }

  // Whether key has a live value. Does not count as a use.
  bool contains(std::string_view key) const {
    return detail::call<brisk_cache_contains>(raw(), key.data(), key.size()) == BRISK_OK;
  }

  // Starts the lifetime of an entry anew. False when there is none, or no room to keep track of it.
  bool touch(std::string_view key, Duration ttl = {}) {
    return detail::call<brisk_cache_touch>(raw(), key.data(), key.size(),
                                           detail::nanoseconds(ttl)) == BRISK_OK;
  }

  // Whether there was an entry to erase.
  bool erase(std::string_view key) {
    return detail::call<brisk_cache_erase>(raw(), key.data(), key.size()) == BRISK_OK;
  }

  // Erases every key that matches a glob such as "user:123:*" (?, *, [a-z], [!a-z], backslash).
  // Returns how many. Walks over all keys.
  uint64_t erase_matching(std::string_view pattern) {
    uint64_t erased = 0;
    detail::call<brisk_cache_erase_matching>(raw(), pattern.data(), pattern.size(), &erased);
    return erased;
  }

  void clear() { detail::call<brisk_cache_clear>(raw()); }

  Keys keys() const {
    brisk_cursor *cursor = nullptr;
    detail::call<brisk_cache_keys>(raw(), &cursor);
    return Keys(adopt, cursor);
  }

  // Takes the oldest event off the queue that event_capacity switches on.
  std::optional<Event> next_event() {
    std::string key(64, '\0');
    size_t size = 0;
    brisk_cause cause = 0;
    brisk_status status;
    while ((status = detail::call<brisk_cache_next_event>(raw(), key.data(), key.size(), &size,
                                                          &cause)) == BRISK_SHORT_BUFFER) {
      key.resize(size);
    }
    if (status == BRISK_END) return std::nullopt;
    key.resize(size);
    return Event{std::move(key), static_cast<Cause>(cause)};
  }

  CacheStats stats() const {
    CacheStats stats = BRISK_CACHE_STATS_INIT;
    detail::call<brisk_cache_read_stats>(raw(), &stats);
    return stats;
  }

  // Gives the value of key, loading it when it is missing: one caller runs its loader, on its own
  // thread, and the others wait for the value.
  //
  // The loader is called as loader(key) or loader(lease, key). What it returns, a std::string or
  // anything else that converts to std::string_view, is the value. One that returns nothing ends
  // the lease itself. A load that it needs in turn names the lease as its parent.
  //
  // An exception of the loader comes out of the call that ran it, as it is; the others get
  // LoadFailed with its text. The next caller tries anew.
  template <class Loader>
  Answer get_or_load(std::string_view key, Loader &&loader, const LoadOptions &options = {}) {
    detail::Run<std::remove_reference_t<Loader>> run{loader, options.ttl};
    brisk_value *raw_value = nullptr;
    detail::Failure failure;
    const brisk_status status = brisk_cache_get_or_load(
        raw(), key.data(), key.size(), options.parent != nullptr ? options.parent->raw() : nullptr,
        run.callback, &run, nullptr, detail::timeout(options.timeout), &raw_value, failure.out());
    Value value(adopt, raw_value);
    if (run.thrown != nullptr) std::rethrow_exception(run.thrown);
    return {static_cast<Outcome>(failure.check(status)), std::move(value), Lease()};
  }
  template <class Loader>
  Answer get_or_load(std::string_view key, Loader &&loader, Duration timeout) {
    LoadOptions options;
    options.timeout = timeout;
    return get_or_load(key, std::forward<Loader>(loader), options);
  }

  // The same without a callback: answers value, lead, wait or refused, and never blocks. Loads that
  // are not one function call, in coroutines for example, are built on it.
  Answer begin(std::string_view key, const Lease *parent = nullptr) {
    brisk_value *value = nullptr;
    brisk_lease *lease = nullptr;
    const brisk_status status = detail::call<brisk_cache_begin>(
        raw(), key.data(), key.size(), parent != nullptr ? parent->raw() : nullptr, &value, &lease);
    return {static_cast<Outcome>(status), Value(adopt, value), Lease(adopt, lease)};
  }

 private:
  // What read_many in C gives as the size of a value that is not there.
  static constexpr uint32_t missing = UINT32_MAX;

  static brisk_cache *create(brisk_runtime *runtime, const CacheOptions &options) {
    brisk_cache_options raw = BRISK_CACHE_OPTIONS_INIT;
    raw.policy = static_cast<brisk_policy>(options.policy);
    raw.capacity_bytes = options.capacity;
    raw.max_entries = options.max_entries;
    raw.ttl_ns = detail::nanoseconds(options.ttl);
    raw.idle_ns = detail::nanoseconds(options.idle);
    raw.compression = static_cast<brisk_compression>(options.compression);
    raw.compression_level = options.compression_level;
    raw.compression_threshold = options.compression_threshold;
    raw.load_timeout_ns = detail::nanoseconds(options.load_timeout);
    raw.event_capacity = options.event_capacity;
    // Too long for the field is too long for a name as well, and the library says so.
    raw.name_size = static_cast<uint32_t>(std::min<size_t>(options.name.size(), UINT32_MAX));
    raw.name = options.name.data();
    brisk_cache *cache = nullptr;
    detail::call<brisk_cache_new>(runtime, &raw, &cache);
    return cache;
  }

  static std::optional<Cache> find_in(brisk_runtime *runtime, std::string_view name) {
    brisk_cache *cache = nullptr;
    const brisk_status status =
        detail::call<brisk_cache_find>(runtime, name.data(), name.size(), &cache);
    return status == BRISK_OK ? std::optional<Cache>(std::in_place, adopt, cache) : std::nullopt;
  }
};

}  // namespace v0_1
}  // namespace brisk
