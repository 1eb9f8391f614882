// Expiry against models that are plain to see: the timing wheel against a sorted set of deadlines,
// and a cache with lifetimes and an idle limit, on a manual clock, against a table of its keys.
//
// A million operations each (a tenth under a sanitizer), or BRISK_OPERATIONS, in sequences with a
// seed each; BRISK_SEED replays the first. BRISK_SOAK_SECONDS bounds each test and lets it tell how
// far it is. Where the two disagree the program says which sequence and step, and aborts.
#include <brisk/brisk.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cache/wheel.h"

namespace brisk_test {
namespace {

using brisk::Account;
using brisk::cache::Arena;
using brisk::cache::Entry;
using brisk::cache::has_lifetime;
using brisk::cache::Wheel;

constexpr uint64_t tick = uint64_t{1} << 22;

double number_from(const char *variable, double otherwise) {
  const char *text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtod(text, nullptr);
}

// One sequence of operations, and how its numbers are drawn.
class Sequence {
 public:
  Sequence(const char *name, uint64_t seed) : name_(name), seed_(seed), random_(seed) {}

  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool one_in(uint64_t count) { return below(count) == 0; }

  // A distance in time: of every magnitude up to 2^bits, and often just at, before or behind where
  // a wheel of the hierarchy turns.
  uint64_t distance(unsigned bits) {
    if (!one_in(3)) return below(uint64_t{1} << below(bits));
    const uint64_t turn = (tick << (6 * below(7))) * (1 + below(3));
    return std::min(turn + below(3) - 1, (uint64_t{1} << bits) - 1);
  }

  void must(bool holds, const char *what) const {
    if (holds) [[likely]]
      return;
    std::fprintf(stderr, "%s: %s, at step %llu; BRISK_SEED=%llu replays it\n", name_, what,
                 static_cast<unsigned long long>(step), static_cast<unsigned long long>(seed_));
    std::abort();
  }

  uint64_t step = 0;

 private:
  const char *const name_;
  const uint64_t seed_;
  std::mt19937_64 random_;
};

constexpr uint64_t sequence_steps = 50'000;

// Plays sequences until there were as many operations as asked for, or no time is left. play()
// returns how many entries expired.
template <class Play>
void play(const char *name, Play &&play) {
  using Clock = std::chrono::steady_clock;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  constexpr double usual = 1e5;
#else
  constexpr double usual = 1e6;
#endif
  const auto wanted = static_cast<uint64_t>(number_from("BRISK_OPERATIONS", usual));
  const double seconds = number_from("BRISK_SOAK_SECONDS", 0);
  auto seed = static_cast<uint64_t>(number_from("BRISK_SEED", 0));
  if (seed == 0) seed = std::random_device()();
  const auto begin = Clock::now();
  double told = 0;
  uint64_t done = 0;
  uint64_t expired = 0;
  while (done < wanted) {
    Sequence sequence(name, seed++);
    expired += play(sequence);
    done += sequence_steps;
    const double passed = std::chrono::duration<double>(Clock::now() - begin).count();
    if (seconds == 0 || (passed < told + 10 && done < wanted && passed < seconds)) continue;
    told = passed;
    std::fprintf(stderr, "%s: %.1f million of %.1f million operations in %.0f s\n", name,
                 static_cast<double>(done) / 1e6, static_cast<double>(wanted) / 1e6, passed);
    if (passed >= seconds) break;
  }
}

class WheelModel {
 public:
  explicit WheelModel(Sequence &sequence)
      : sequence_(sequence),
        entries_max_(sequence.one_in(50) ? 20'000 : 1 + sequence.below(2000)),
        now_(start(sequence)),
        wheel_(arena_, now_) {
    must(arena_.open(8 << 20), "no address space");
  }

  void step() {
    switch (sequence_.below(8)) {
      case 0:
      case 1:
      case 2:
        return add();
      case 3:
        return remove();
      case 4:
        return replace();
      default:
        return advance();
    }
  }

  void check() { must(wheel_.empty() == due_.empty(), "empty is wrong"); }

  uint64_t taken() const { return taken_; }

  // Whatever is left is still there to be taken out, one by one.
  void finish() {
    while (!all_.empty()) remove(all_.size() - 1);
    check();
  }

 private:
  using Due = std::pair<uint64_t, Entry *>;

  static uint64_t start(Sequence &sequence) {
    switch (sequence.below(4)) {
      case 0:
        return 0;
      case 1:
        return UINT64_MAX - sequence.distance(50);
      default:
        return sequence.below(UINT64_MAX) >> sequence.below(64);
    }
  }

  void must(bool holds, const char *what) const { sequence_.must(holds, what); }

  uint64_t later(unsigned bits) {
    const uint64_t distance = sequence_.distance(bits);
    return distance > UINT64_MAX - now_ ? UINT64_MAX : now_ + distance;
  }

  // One that is over already counts from the tick that has begun.
  Due due_of(Entry &entry) const {
    return {std::max<uint64_t>(entry.lifetime().deadline, now_ & ~(tick - 1)), &entry};
  }

  Entry *make(uint64_t deadline) {
    Entry *entry = arena_.allocate(arena_.class_of(64));
    must(entry != nullptr, "no room");
    entry->flags = has_lifetime;
    entry->lifetime().deadline = deadline;
    return entry;
  }

  // Under which deadline an entry stands in due_ is kept in its slot, behind its lifetime.
  void hang(Entry &entry) {
    wheel_.add(entry);
    note(entry, due_of(entry).first);
  }
  void note(Entry &entry, uint64_t key) {
    due_.emplace(key, &entry);
    std::memcpy(entry.slot_key(), &key, sizeof key);
  }
  uint64_t forget(Entry &entry) {
    uint64_t key;
    std::memcpy(&key, entry.slot_key(), sizeof key);
    must(due_.erase({key, &entry}) == 1, "an entry that is not there");
    return key;
  }

  void add() {
    if (all_.size() >= entries_max_) return;
    uint64_t deadline = sequence_.one_in(50) ? UINT64_MAX : later(63);
    if (sequence_.one_in(30)) deadline = now_ - std::min(now_, sequence_.distance(40));
    Entry *entry = make(deadline);
    hang(*entry);
    all_.push_back(entry);
  }

  void remove() {
    if (all_.empty()) return;
    const size_t at = sequence_.below(all_.size());
    if (sequence_.one_in(2)) return remove(at);
    wheel_.remove(*all_[at]);
    forget(*all_[at]);
    all_[at]->lifetime().deadline = later(50);
    hang(*all_[at]);
  }
  void remove(size_t at) {
    wheel_.remove(*all_[at]);
    forget(*all_[at]);
    drop(at);
  }
  void drop(size_t at) {
    arena_.free(all_[at]);
    all_[at] = all_.back();
    all_.pop_back();
  }

  void replace() {
    if (all_.empty()) return;
    const size_t at = sequence_.below(all_.size());
    Entry *to = make(all_[at]->lifetime().deadline);
    wheel_.replace(*all_[at], *to);
    note(*to, forget(*all_[at]));
    arena_.free(all_[at]);
    all_[at] = to;
  }

  void advance() {
    // Seldom far, so that there is something left.
    now_ = std::min(later(sequence_.one_in(64) ? 55 : 25), UINT64_MAX - 1);
    const bool thorough = sequence_.one_in(2);
    const size_t most = sequence_.one_in(4) ? 1 + sequence_.below(5) : SIZE_MAX;
    size_t taken = 0;
    gone_.clear();
    const uint64_t next = wheel_.advance(now_, most, thorough, [&](Entry &entry) {
      ++taken;
      must(entry.lifetime().deadline <= now_, "taken too early");
      forget(entry);
      if (sequence_.one_in(4)) {
        // An idle limit moves the end on.
        const uint64_t on = 1 + sequence_.distance(45);
        entry.lifetime().deadline = on > UINT64_MAX - now_ ? UINT64_MAX : now_ + on;
        hang(entry);
      } else {
        gone_.insert(&entry);
      }
    });
    taken_ += taken;
    if (!gone_.empty()) {
      std::erase_if(all_, [&](Entry *entry) { return gone_.count(entry) != 0; });
      for (Entry *entry : gone_) arena_.free(entry);
    }
    if (taken >= most && next == now_) return;  // there may be more
    const uint64_t first = due_.empty() ? UINT64_MAX : due_.begin()->first;
    must(!thorough || first > now_, "not all that was due was taken");
    must(first / tick >= now_ / tick, "what is due by whole ticks was not taken");
    must(next > now_, "to come again at once, for nothing");
    // Come again before anything is late by more than the wheel's own coarseness.
    must(first >= UINT64_MAX - 2 * tick || next <= std::max(now_, first) + 2 * tick,
         "to come again too late");
    must(!due_.empty() || next == UINT64_MAX, "to come again though nothing is left");
  }

  Sequence &sequence_;
  const size_t entries_max_;
  uint64_t now_;
  Account account_{8 << 20};
  Arena arena_{nullptr, account_};
  Wheel wheel_;
  std::set<Due> due_;
  std::vector<Entry *> all_;
  std::set<Entry *> gone_;
  uint64_t taken_ = 0;
};

TEST(Expiry, TheWheelAgreesWithASortedSet) {
  play("wheel", [](Sequence &sequence) {
    WheelModel model(sequence);
    for (; sequence.step < sequence_steps; ++sequence.step) {
      model.step();
      model.check();
    }
    model.finish();
    return model.taken();
  });
}

class CacheModel {
 public:
  explicit CacheModel(Sequence &sequence)
      : sequence_(sequence),
        idle_(sequence.one_in(2) ? 0 : unit * (1 + sequence.distance(40) / unit)),
        ttl_(sequence.one_in(2) ? 0 : some_time()),
        keys_(sequence.one_in(4) ? 2000 : 1 + sequence.below(200)) {
    brisk_runtime_options runtime = BRISK_RUNTIME_OPTIONS_INIT;
    runtime.clock = BRISK_CLOCK_MANUAL;
    must(brisk_runtime_new(&runtime, &runtime_, nullptr) == BRISK_OK, "no runtime");
    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    options.policy = sequence.one_in(2) ? BRISK_POLICY_LRU : BRISK_POLICY_AUTO;
    options.compression = BRISK_COMPRESSION_OFF;
    options.idle_ns = idle_;
    options.ttl_ns = ttl_;
    must(brisk_cache_new(runtime_, &options, &cache_, nullptr) == BRISK_OK, "no cache");
    advance(sequence.below(UINT64_MAX) >> (1 + sequence.below(63)));
  }
  CacheModel(const CacheModel &) = delete;
  CacheModel &operator=(const CacheModel &) = delete;
  ~CacheModel() {
    brisk_cache_unref(cache_);
    brisk_runtime_unref(runtime_);
  }

  void step() {
    Known &known = keys_[sequence_.below(keys_.size())];
    const std::string name = std::to_string(&known - keys_.data());
    switch (sequence_.below(10)) {
      case 0:
      case 1:
      case 2:
        return put(name, known);
      case 3:
      case 4:
        return read(name, known);
      case 5:
        return touch(name, known);
      case 6:
        return erase(name, known);
      case 7:
        must(brisk_cache_contains(cache_, name.data(), name.size(), nullptr) ==
                 (known.there ? BRISK_OK : BRISK_MISS),
             "contains is wrong");
        return;
      default:
        // Seldom far, so that there is something left.
        return advance(sequence_.distance(sequence_.one_in(200)  ? 60
                                          : sequence_.one_in(20) ? 40
                                                                 : 24));
    }
  }

  // What is there, and why the others went, to the last one.
  void check() {
    brisk_cache_stats now = BRISK_CACHE_STATS_INIT;
    must(brisk_cache_read_stats(cache_, &now, nullptr) == BRISK_OK, "no figures");
    must(now.entries == there_, "entries are miscounted");
    must(now.evicted_expired == expired_, "expired entries are miscounted");
    must(now.evicted_erased == erased_, "erased entries are miscounted");
    must(now.evicted_capacity == 0, "evicted for no reason");
  }

  uint64_t expired() const { return expired_; }

 private:
  struct Known {
    bool there = false;
    uint64_t end = 0;   // of its lifetime
    uint64_t used = 0;  // last
    uint64_t value = 0;
  };

  // The last use is kept to some 4 ms: in multiples of that it is exact.
  static constexpr uint64_t unit = 4'000'000;

  void must(bool holds, const char *what) const { sequence_.must(holds, what); }

  uint64_t some_time() {
    return std::max<uint64_t>(1, sequence_.distance(sequence_.one_in(4) ? 63 : 34));
  }
  uint64_t some_ttl() {
    switch (sequence_.below(8)) {
      case 0:
        return BRISK_FOREVER;
      case 1:
        return 0;
      default:
        return some_time();
    }
  }
  uint64_t end_of(uint64_t ttl) const {
    if (ttl == 0) ttl = ttl_;
    return ttl == 0 || ttl > BRISK_FOREVER - now_ ? BRISK_FOREVER : now_ + ttl;
  }
  bool live(const Known &known) const {
    return known.end > now_ &&
           (idle_ == 0 || idle_ > BRISK_FOREVER - known.used || known.used + idle_ > now_);
  }

  void put(const std::string &name, Known &known) {
    const uint64_t ttl = some_ttl();
    known.value = ++written_;
    // Now and then one that lies in a block of its own.
    std::string value(sequence_.one_in(50) ? 5000 : sizeof known.value, '.');
    std::memcpy(value.data(), &known.value, sizeof known.value);
    must(brisk_cache_put(cache_, name.data(), name.size(), value.data(), value.size(), ttl,
                         nullptr) == BRISK_OK,
         "a put failed");
    there_ += !known.there;
    known.there = true;
    known.end = end_of(ttl);
    known.used = now_;
  }

  void read(const std::string &name, Known &known) {
    size_t size = 0;
    const brisk_status status =
        brisk_cache_read(cache_, name.data(), name.size(), buffer_, sizeof buffer_, &size, nullptr);
    must(status == (known.there ? BRISK_OK : BRISK_MISS), "a read is wrong");
    if (!known.there) return;
    must(std::memcmp(buffer_, &known.value, sizeof known.value) == 0, "an older value came back");
    known.used = now_;
  }

  void touch(const std::string &name, Known &known) {
    const uint64_t ttl = some_ttl();
    must(brisk_cache_touch(cache_, name.data(), name.size(), ttl, nullptr) ==
             (known.there ? BRISK_OK : BRISK_MISS),
         "a touch is wrong");
    if (!known.there) return;
    known.end = end_of(ttl);
    known.used = now_;
  }

  void erase(const std::string &name, Known &known) {
    must(brisk_cache_erase(cache_, name.data(), name.size(), nullptr) ==
             (known.there ? BRISK_OK : BRISK_MISS),
         "an erase is wrong");
    there_ -= known.there;
    erased_ += known.there;
    known.there = false;
  }

  void advance(uint64_t step) {
    if (idle_ != 0) step = step / unit * unit;
    if (step >= UINT64_MAX - 1 - now_) return;  // the end of time
    must(brisk_runtime_advance(runtime_, step, nullptr) == BRISK_OK, "advance failed");
    now_ += step;
    for (Known &known : keys_) {
      if (!known.there || live(known)) continue;
      known.there = false;
      --there_;
      ++expired_;
    }
    check();
  }

  Sequence &sequence_;
  const uint64_t idle_;
  const uint64_t ttl_;
  std::vector<Known> keys_;
  brisk_runtime *runtime_ = nullptr;
  brisk_cache *cache_ = nullptr;
  char buffer_[5000];
  uint64_t now_ = 0;
  uint64_t written_ = 0;
  uint64_t there_ = 0;
  uint64_t expired_ = 0;
  uint64_t erased_ = 0;
};

TEST(Expiry, ACacheAgreesWithATableOfItsKeys) {
  play("cache", [](Sequence &sequence) {
    CacheModel model(sequence);
    for (; sequence.step < sequence_steps; ++sequence.step) model.step();
    model.check();
    return model.expired();
  });
}

}  // namespace
}  // namespace brisk_test
