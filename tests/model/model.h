// A cache beside a plain map and a clock of its own: every answer of the cache must be one that the
// map allows.
//
// The map knows the newest value of each key and when it ends. A hit must be that value, before its
// end. A miss is allowed where the cache may have evicted; in a mode with ample room it must be
// exact. What the caller pins must stay as it was. Operations are chosen by a stream of numbers: a
// random engine, or the bytes of a fuzzer.
#pragma once

#include <brisk/brisk.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace brisk_test {

struct Mode {
  const char *name;
  brisk_policy policy;
  uint64_t capacity;
  bool compress;
  uint64_t idle;
  uint64_t max_entries;
  uint32_t keys;       // how many different ones
  uint32_t size_bits;  // values of up to 2^this bytes
  bool exact;          // room is ample: a miss must be one in the map as well
};

inline std::ostream &operator<<(std::ostream &out, const Mode &mode) { return out << mode.name; }

class Model {
 public:
  // Gives a number below the bound.
  using Choose = std::function<uint64_t(uint64_t)>;

  Model(const Mode &mode, Choose choose) : mode_(mode), choose_(std::move(choose)) {
    brisk_runtime_options runtime_options = BRISK_RUNTIME_OPTIONS_INIT;
    runtime_options.clock = BRISK_CLOCK_MANUAL;
    must(brisk_runtime_new(&runtime_options, &runtime_, nullptr) == BRISK_OK, "runtime");
    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    options.policy = mode.policy;
    options.capacity_bytes = mode.capacity;
    options.compression = mode.compress ? BRISK_COMPRESSION_AUTO : BRISK_COMPRESSION_OFF;
    options.idle_ns = mode.idle;
    options.max_entries = mode.max_entries;
    options.event_capacity = 64;
    must(brisk_cache_new(runtime_, &options, &cache_, nullptr) == BRISK_OK, "cache");
  }
  Model(const Model &) = delete;
  Model &operator=(const Model &) = delete;

  ~Model() {
    end_load();
    pins_.clear();
    must(figures().pinned_bytes == 0, "pins are left");
    brisk_cache_unref(cache_);
    // A thread that trains a dictionary keeps what it looks at until it is done.
    for (int wait = 0; wait < 10'000 && held_bytes() != 0; ++wait)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    must(held_bytes() == 0, "bytes are left");
    brisk_runtime_unref(runtime_);
  }

  void step() {
    ++steps_;
    switch (choose_(24)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return put();
      case 6:
      case 7:
      case 8:
      case 9:
        return read();
      case 10:
      case 11:
      case 12:
        return get();
      case 13:
        return get_many();
      case 14:
        return read_many();
      case 15:
        return touch();
      case 16:
        return erase();
      case 17:
        return advance();
      case 18:
        return unpin();
      case 19:
        return contains();
      case 20:
        return load_a_bit();
      case 21:
        if (choose_(64) == 0) return erase_matching();
        return put_many();
      case 22:
        if (choose_(256) == 0) return clear();
        return walk();
      default:
        return events();
    }
  }

  // After every step.
  void check() {
    const brisk_cache_stats now = figures();
    must(now.held_bytes <= now.capacity_bytes && now.peak_bytes <= now.capacity_bytes,
         "held beyond the capacity");
    must(now.entry_bytes + now.index_bytes + now.policy_bytes + now.codec_bytes + now.slack_bytes +
                 now.other_bytes + now.pinned_bytes + now.reclaim_bytes ==
             now.held_bytes,
         "the parts do not add up");
    must(mode_.max_entries == 0 || now.entries <= mode_.max_entries, "too many entries");
    must(now.entries <= map_.size(), "more entries than were put");
    must(now.refusals == refusals_, "refusals are miscounted");
    must(now.hits == hits_ && now.misses == misses_, "hits and misses are miscounted");
    must(now.puts == puts_ && now.puts == now.entries + now.evicted_capacity + now.evicted_erased +
                                              now.evicted_expired + now.evicted_replaced,
         "what came is not what went and what stayed");
    if (mode_.exact) {
      must(now.entries == map_.size(), "entries are miscounted");
      must(now.evicted_capacity == 0, "evicted for no reason");
    }
  }

  // Every key once more, and every pin.
  void check_all() {
    for (uint64_t number = 0; number < mode_.keys; ++number) read_key(key(number));
    for (const Pin &pin : pins_) pin.check(*this);
    check();
  }

  uint64_t steps() const { return steps_; }
  uint64_t hits() const { return hits_; }

 private:
  uint64_t held_bytes() {
    brisk_runtime_stats figures = BRISK_RUNTIME_STATS_INIT;
    must(brisk_runtime_read_stats(runtime_, &figures, nullptr) == BRISK_OK, "runtime stats");
    return figures.held_bytes;
  }

  struct Known {
    std::string value;
    uint64_t end;   // of its lifetime
    uint64_t used;  // last
  };

  class Pin {
   public:
    Pin(brisk_value *value, std::string expected) : value_(value), expected_(std::move(expected)) {}
    Pin(Pin &&other) noexcept
        : value_(std::exchange(other.value_, nullptr)), expected_(std::move(other.expected_)) {}
    Pin &operator=(Pin &&other) noexcept {
      std::swap(value_, other.value_);
      std::swap(expected_, other.expected_);
      return *this;
    }
    ~Pin() { brisk_value_unref(value_); }
    void check(Model &model) const {
      size_t size = 0;
      const void *data = brisk_value_data(value_, &size);
      model.must(std::string_view(static_cast<const char *>(data), size) == expected_,
                 "a pinned value changed");
    }

   private:
    brisk_value *value_;
    std::string expected_;
  };

  void must(bool holds, const char *what) {
    if (holds) return;
    std::fprintf(stderr, "%s: %s, at step %llu of this sequence\n", mode_.name, what,
                 static_cast<unsigned long long>(steps_));
    std::abort();
  }

  brisk_cache_stats figures() {
    brisk_cache_stats now = BRISK_CACHE_STATS_INIT;
    must(brisk_cache_read_stats(cache_, &now, nullptr) == BRISK_OK, "stats");
    return now;
  }

  // Keys of all sizes, some of them long.
  static std::string key(uint64_t number) {
    std::string text = std::to_string(number);
    const size_t sizes[] = {0, 0, 0, 0, 8, 30, 200, 1018, 1030, 3000};
    const size_t more = number % 7 == 6 ? sizes[number / 7 % 10] : 0;
    return number == 0 ? std::string() : text + std::string(more, 'k');
  }
  // Some keys are asked for more often than others.
  std::string some_key() {
    return key(choose_(choose_(3) == 0 ? mode_.keys : mode_.keys / 32 + 1));
  }

  std::string some_value() {
    const size_t size = choose_((uint64_t{1} << choose_(mode_.size_bits + 1)) + 1);
    const uint64_t seed = ++written_;
    std::string value(size, static_cast<char>('a' + seed % 26));
    // The number of the write, so that no two values are the same; then noise, or not.
    const size_t noisy = choose_(3) == 0 ? size : choose_(size + 1) / 2;
    uint64_t state = seed * 0x9e3779b97f4a7c15u;
    for (size_t at = 0; at < noisy; ++at) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      value[at] = static_cast<char>(state >> 56);
    }
    for (size_t at = 0; at < size && at < 8; ++at) value[at] = static_cast<char>(seed >> (8 * at));
    return value;
  }

  // All times are multiples of the 4 ms to which the last use is kept.
  static constexpr uint64_t unit = 4'000'000;
  uint64_t some_ttl() {
    switch (choose_(8)) {
      case 0:
        return unit * (1 + choose_(10));
      case 1:
        return unit * (1 + choose_(100000));
      case 2:
        return 1 + choose_(uint64_t{1} << choose_(62));
      case 3:
        return BRISK_FOREVER;
      default:
        return 0;
    }
  }
  uint64_t end_of(uint64_t ttl) const {
    if (ttl == 0 || ttl > BRISK_FOREVER - now_) return BRISK_FOREVER;
    return now_ + ttl;
  }
  bool live(const Known &known) const {
    return known.end > now_ && (mode_.idle == 0 || known.used + mode_.idle > now_);
  }

  // What the map says of a key, which the cache has just answered.
  const std::string *expect(const std::string &key, bool hit, bool is_use) {
    const auto found = map_.find(key);
    if (found == map_.end() || !live(found->second)) {
      must(!hit, "a value that was never put, erased, replaced or expired");
      return nullptr;
    }
    if (!hit) {
      must(!mode_.exact, "a miss though there is room");
      map_.erase(found);
      return nullptr;
    }
    if (is_use) found->second.used = now_;
    return &found->second.value;
  }

  void count(bool hit) { ++(hit ? hits_ : misses_); }

  void stored(const std::string &key, std::string value, uint64_t ttl) {
    map_[key] = {std::move(value), end_of(ttl), now_};
    ++puts_;
  }

  void put() {
    const std::string name = some_key();
    std::string value = some_value();
    const uint64_t ttl = some_ttl();
    const brisk_status status =
        brisk_cache_put(cache_, name.data(), name.size(), value.data(), value.size(), ttl, nullptr);
    superseded(name);
    after_put(status, name, std::move(value), ttl);
  }

  void after_put(brisk_status status, const std::string &name, std::string value, uint64_t ttl) {
    if (status == BRISK_OK) return stored(name, std::move(value), ttl);
    if (status == BRISK_TOO_LARGE) {
      return must(name.size() + value.size() > mode_.capacity / 2, "too large though it is not");
    }
    must(status == BRISK_REFUSED, "a put failed");
    must(!pins_.empty() || load_ != nullptr, "refused though nothing is pinned");
    ++refusals_;
    map_.erase(name);
  }

  void put_many() {
    const size_t count = choose_(5);
    std::vector<std::string> names;
    std::vector<std::string> values;
    std::string all_names;
    std::string all_values;
    std::vector<uint32_t> name_sizes;
    std::vector<uint32_t> value_sizes;
    for (size_t i = 0; i < count; ++i) {
      names.push_back(some_key());
      values.push_back(some_value());
      all_names += names.back();
      all_values += values.back();
      name_sizes.push_back(static_cast<uint32_t>(names.back().size()));
      value_sizes.push_back(static_cast<uint32_t>(values.back().size()));
    }
    const uint64_t ttl = some_ttl();
    size_t done = 0;
    const brisk_status status = brisk_cache_put_many(
        cache_, count, all_names.data(), all_names.size(), name_sizes.data(), all_values.data(),
        all_values.size(), value_sizes.data(), ttl, &done, nullptr);
    must((status == BRISK_OK) == (done == count), "put_many stopped without a reason");
    for (size_t i = 0; i < done; ++i) {
      superseded(names[i]);
      stored(names[i], values[i], ttl);
    }
    if (status != BRISK_OK) {
      if (status == BRISK_REFUSED) superseded(names[done]);
      after_put(status, names[done], values[done], ttl);
    }
  }

  void read() { read_key(some_key()); }

  void read_key(const std::string &name) {
    // A buffer that is too short now and then.
    buffer_.resize(choose_(4) == 0 ? choose_(300) : (size_t{1} << mode_.size_bits) + 1);
    size_t size = 0;
    const brisk_status status = brisk_cache_read(cache_, name.data(), name.size(), buffer_.data(),
                                                 buffer_.size(), &size, nullptr);
    must(status == BRISK_OK || status == BRISK_MISS || status == BRISK_SHORT_BUFFER,
         "a read failed");
    if (status != BRISK_SHORT_BUFFER) count(status == BRISK_OK);
    const std::string *const value = expect(name, status != BRISK_MISS, true);
    if (value == nullptr) return;
    must(size == value->size() && (status == BRISK_SHORT_BUFFER) == (size > buffer_.size()),
         "a wrong size");
    must(status == BRISK_SHORT_BUFFER || std::string_view(buffer_).substr(0, size) == *value,
         "a wrong value");
  }

  void take(const std::string &name, brisk_value *value) {
    const std::string *const expected = expect(name, value != nullptr, true);
    if (value == nullptr) return;
    Pin pin(value, *expected);
    pin.check(*this);
    if (pins_.size() < 40 && choose_(3) == 0) pins_.push_back(std::move(pin));
  }

  void get() {
    const std::string name = some_key();
    brisk_value *value = nullptr;
    const brisk_status status = brisk_cache_get(cache_, name.data(), name.size(), &value, nullptr);
    must((status == BRISK_OK) == (value != nullptr), "a value without OK");
    count(status != BRISK_MISS);
    if (status == BRISK_REFUSED) return refused_copy(name);
    must(status == BRISK_OK || status == BRISK_MISS, "a get failed");
    take(name, value);
  }

  // The entry may have gone to make room for its own copy, in vain.
  void refused_copy(const std::string &name) {
    must(mode_.compress && !mode_.exact, "a copy was refused for no reason");
    const auto found = map_.find(name);
    must(found != map_.end() && live(found->second), "refused to copy what is not there");
    found->second.used = now_;
  }

  void get_many() {
    const size_t count_of = choose_(40);
    std::string all;
    std::vector<std::string> names;
    std::vector<uint32_t> sizes;
    for (size_t i = 0; i < count_of; ++i) {
      names.push_back(some_key());
      all += names.back();
      sizes.push_back(static_cast<uint32_t>(names.back().size()));
    }
    std::vector<brisk_value *> values(count_of, nullptr);
    size_t found = 0;
    const brisk_cache_stats before = figures();
    must(brisk_cache_get_many(cache_, count_of, all.data(), all.size(), sizes.data(), values.data(),
                              &found, nullptr) == BRISK_OK,
         "get_many failed");
    const brisk_cache_stats after = figures();
    size_t there = 0;
    for (size_t i = 0; i < count_of; ++i) {
      there += values[i] != nullptr;
      // One that found no room for its copy counts as not found, and may be there all the same.
      if (values[i] == nullptr && mode_.compress && !mode_.exact) continue;
      take(names[i], values[i]);
    }
    must(there == found, "found is miscounted");
    hits_ = after.hits;
    misses_ = after.misses;
    must(after.hits - before.hits + after.misses - before.misses == count_of,
         "each key counts once");
    must(after.hits - before.hits >= found, "what was found counts as a hit");
    must(after.hits - before.hits == found || mode_.compress,
         "what was not found counts as a miss");
  }

  void read_many() {
    const size_t count_of = choose_(40);
    std::string all;
    std::vector<std::string> names;
    std::vector<uint32_t> sizes;
    for (size_t i = 0; i < count_of; ++i) {
      names.push_back(some_key());
      all += names.back();
      sizes.push_back(static_cast<uint32_t>(names.back().size()));
    }
    buffer_.resize(choose_((size_t{2} << mode_.size_bits) + 1));
    std::vector<uint32_t> value_sizes(count_of, 0);
    size_t done = 0;
    const brisk_status status =
        brisk_cache_read_many(cache_, count_of, all.data(), all.size(), sizes.data(),
                              buffer_.data(), buffer_.size(), value_sizes.data(), &done, nullptr);
    must(status == BRISK_OK ? done == count_of : status == BRISK_SHORT_BUFFER && done < count_of,
         "read_many failed");
    size_t at = 0;
    for (size_t i = 0; i < done; ++i) {
      const bool hit = value_sizes[i] != UINT32_MAX;
      count(hit);
      const std::string *const value = expect(names[i], hit, true);
      if (value == nullptr) continue;
      must(value_sizes[i] == value->size() &&
               std::string_view(buffer_).substr(at, value_sizes[i]) == *value,
           "a wrong value");
      at += value_sizes[i];
    }
    if (status == BRISK_OK) return;
    const std::string *const value = expect(names[done], true, true);
    must(value != nullptr && value_sizes[done] == value->size() &&
             value->size() > buffer_.size() - at,
         "it would have fitted");
  }

  void contains() {
    const std::string name = some_key();
    const brisk_status status = brisk_cache_contains(cache_, name.data(), name.size(), nullptr);
    must(status == BRISK_OK || status == BRISK_MISS, "contains failed");
    expect(name, status == BRISK_OK, false);
  }

  void touch() {
    const std::string name = some_key();
    const uint64_t ttl = some_ttl();
    const brisk_status status = brisk_cache_touch(cache_, name.data(), name.size(), ttl, nullptr);
    if (status == BRISK_REFUSED) {
      must(!mode_.exact, "a touch was refused for no reason");
      return;
    }
    must(status == BRISK_OK || status == BRISK_MISS, "touch failed");
    if (expect(name, status == BRISK_OK, true) != nullptr) map_[name].end = end_of(ttl);
  }

  void erase() {
    const std::string name = some_key();
    const brisk_status status = brisk_cache_erase(cache_, name.data(), name.size(), nullptr);
    must(status == BRISK_OK || status == BRISK_MISS, "erase failed");
    superseded(name);
    expect(name, status == BRISK_OK, false);
    map_.erase(name);
  }

  void erase_matching() {
    const std::string pattern = std::to_string(choose_(10)) + "*";
    uint64_t erased = 0;
    must(brisk_cache_erase_matching(cache_, pattern.data(), pattern.size(), &erased, nullptr) ==
             BRISK_OK,
         "erase_matching failed");
    if (load_ != nullptr && load_key_[0] == pattern[0]) load_superseded_ = true;
    const size_t before = map_.size();
    std::erase_if(map_, [&](const auto &one) { return one.first[0] == pattern[0]; });
    must(mode_.exact ? erased == before - map_.size() : erased <= before - map_.size(),
         "erased is miscounted");
  }

  void clear() {
    must(brisk_cache_clear(cache_, nullptr) == BRISK_OK && figures().entries == 0, "clear failed");
    map_.clear();
    load_superseded_ = true;
  }

  void advance() {
    uint64_t step = 0;
    switch (choose_(4)) {
      case 0:
        step = unit * choose_(10);
        break;
      case 1:
        step = choose_(20) == 0 ? unit * choose_(10000) : 0;
        break;
      case 2:
        step = choose_(20) == 0 ? unit * choose_(uint64_t{1} << choose_(30)) : unit * choose_(4);
        break;
      default:
        step = unit;
    }
    must(brisk_runtime_advance(runtime_, step, nullptr) == BRISK_OK, "advance failed");
    now_ += step;
    uint64_t now = 0;
    must(brisk_runtime_now(runtime_, &now, nullptr) == BRISK_OK && now == now_,
         "the clock is wrong");
    // What expired is gone now, without being asked for.
    std::erase_if(map_, [&](const auto &one) { return !live(one.second); });
    must(figures().entries <= map_.size(), "expired entries are still there");
  }

  void unpin() {
    if (pins_.empty()) return;
    const size_t at = choose_(pins_.size());
    pins_[at].check(*this);
    std::swap(pins_[at], pins_.back());
    pins_.pop_back();
    if (choose_(8) == 0) pins_.clear();
  }

  // A load that is begun, goes on while other things happen, and ends.
  void load_a_bit() {
    if (load_ != nullptr) return end_load();
    load_key_ = some_key();
    brisk_value *value = nullptr;
    const brisk_status status = brisk_cache_begin(cache_, load_key_.data(), load_key_.size(),
                                                  nullptr, &value, &load_, nullptr);
    count(status == BRISK_OK || status == BRISK_REFUSED);
    if (status == BRISK_REFUSED) return refused_copy(load_key_);
    must(status == (value != nullptr ? BRISK_OK : BRISK_LEAD) &&
             (load_ == nullptr) == (value != nullptr),
         "begin failed");
    load_superseded_ = false;
    take(load_key_, value);
  }

  void end_load() {
    if (load_ == nullptr) return;
    switch (choose_(4)) {
      case 0:
        must(brisk_lease_fail(load_, "no", 2, nullptr) == BRISK_OK, "fail failed");
        break;
      case 1:
        break;  // abandoned
      default: {
        const std::string loaded = some_value();
        const uint64_t ttl = some_ttl();
        const uint64_t puts = figures().puts;
        brisk_value *value = nullptr;
        must(brisk_lease_complete(load_, loaded.data(), loaded.size(), ttl, &value, nullptr) ==
                 BRISK_OK,
             "complete failed");
        Pin(value, loaded).check(*this);
        const bool was_stored = figures().puts != puts;
        must(!(was_stored && load_superseded_), "a superseded load was stored");
        must(was_stored || load_superseded_ || !mode_.exact, "a load was not stored");
        if (was_stored) stored(load_key_, loaded, ttl);
      }
    }
    brisk_lease_unref(std::exchange(load_, nullptr));
  }

  void superseded(const std::string &name) {
    if (load_ != nullptr && name == load_key_) load_superseded_ = true;
  }

  void walk() {
    if (choose_(8) != 0) return;
    brisk_cursor *cursor = nullptr;
    must(brisk_cache_keys(cache_, &cursor, nullptr) == BRISK_OK, "keys failed");
    std::map<std::string, int> seen;
    std::string name(8192, '\0');
    size_t size = 0;
    brisk_status status;
    while ((status = brisk_cursor_next(cursor, name.data(), name.size(), &size, nullptr)) ==
           BRISK_OK) {
      must(++seen[name.substr(0, size)] == 1, "a key came twice");
      must(map_.count(name.substr(0, size)) == 1, "a key that is not there");
    }
    must(status == BRISK_END, "the walk failed");
    brisk_cursor_unref(cursor);
    must(seen.size() == figures().entries, "the walk did not see every key");
  }

  void events() {
    std::string name(8192, '\0');
    size_t size = 0;
    brisk_cause cause = 0;
    brisk_status status;
    for (uint64_t i = choose_(20); i > 0; --i) {
      status = brisk_cache_next_event(cache_, name.data(), name.size(), &size, &cause, nullptr);
      if (status == BRISK_END) return;
      must(status == BRISK_OK && cause >= BRISK_CAUSE_CAPACITY && cause <= BRISK_CAUSE_REPLACED,
           "an event failed");
    }
  }

  const Mode mode_;
  const Choose choose_;
  brisk_runtime *runtime_ = nullptr;
  brisk_cache *cache_ = nullptr;
  std::map<std::string, Known> map_;
  std::vector<Pin> pins_;
  brisk_lease *load_ = nullptr;
  std::string load_key_;
  bool load_superseded_ = false;
  std::string buffer_;
  uint64_t now_ = 0;
  uint64_t written_ = 0;
  uint64_t steps_ = 0;
  uint64_t hits_ = 0;
  uint64_t misses_ = 0;
  uint64_t puts_ = 0;
  uint64_t refusals_ = 0;
};

// idle in nanoseconds, a multiple of the unit above; capacity in bytes.
inline constexpr Mode modes[] = {
    {"ample lru", BRISK_POLICY_LRU, 256 << 20, true, 0, 0, 300, 14, true},
    {"ample s3fifo", BRISK_POLICY_S3FIFO, 256 << 20, false, 0, 0, 300, 14, true},
    {"ample idle", BRISK_POLICY_AUTO, 256 << 20, true, 400'000'000, 0, 200, 11, true},
    {"ample small", BRISK_POLICY_S3FIFO, 64 << 20, true, 0, 0, 5000, 6, true},
    {"tiny lru", BRISK_POLICY_LRU, 262144, true, 0, 0, 2000, 16, false},
    {"tiny s3fifo", BRISK_POLICY_S3FIFO, 262144, true, 0, 0, 2000, 16, false},
    {"tiny raw", BRISK_POLICY_S3FIFO, 262144, false, 0, 0, 4000, 13, false},
    {"tiny small", BRISK_POLICY_LRU, 262144, false, 0, 0, 20000, 7, false},
    {"tiny idle", BRISK_POLICY_LRU, 262144, false, 400'000'000, 0, 2000, 14, false},
    {"tiny auto", BRISK_POLICY_AUTO, 262144, false, 0, 0, 4000, 9, false},
    {"packed lru", BRISK_POLICY_LRU, 2 << 20, true, 0, 0, 3000, 18, false},
    {"packed s3fifo", BRISK_POLICY_S3FIFO, 4 << 20, true, 4'000'000'000, 0, 3000, 17, false},
    {"few lru", BRISK_POLICY_LRU, 64 << 20, true, 0, 50, 100, 12, false},
    {"few auto", BRISK_POLICY_AUTO, 64 << 20, false, 400'000'000, 100, 300, 8, false},
    {"few s3fifo", BRISK_POLICY_S3FIFO, 64 << 20, true, 400'000'000, 200, 400, 12, false},
};

}  // namespace brisk_test
