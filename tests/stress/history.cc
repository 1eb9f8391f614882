// Histories of values under load: whatever is read is a whole value of its key, and never older
// than one that was replaced or erased before the read began, or than what the same thread saw
// before. Bytes held stay within the bound.
//
// Every write of a key has a version. Writers of one key take turns, so that versions are in order,
// and publish after the call what no later read may fall short of. Readers, touches, clears and
// eviction know of no turns.
#include <array>
#include <deque>
#include <mutex>

#include "base/fault.h"
#include "stress.h"

namespace {

using namespace stress;

constexpr size_t many = 20;  // more than one group of a batch

struct Setting {
  const char *name;
  brisk_policy policy;
  size_t keys;
  uint64_t capacity;
  size_t size_most;
  uint64_t ttl = 0;
  uint64_t idle = 0;
  bool shaken = false;
};

void PrintTo(const Setting &setting, std::ostream *out) { *out << setting.name; }

struct Key {
  std::string text;
  std::mutex turn;
  uint64_t written = 0;  // the last version; with the turn
  // What a read that begins now may not fall short of: twice a version that was put, and one more
  // when it is gone.
  std::atomic<uint64_t> floor{0};
};

class HistoryTest : public testing::TestWithParam<Setting> {
 protected:
  static constexpr size_t workers = 6;
  HistoryTest() : keys_(GetParam().keys) {
    for (size_t i = 0; i < keys_.size(); ++i) {
      keys_[i].text = "key:" + std::to_string(i % 10) + ":" + std::to_string(i);
      if (i % 11 == 3) keys_[i].text += std::string(100, 'm');
      if (i % 13 == 5) keys_[i].text += std::string(1200, 'l');
    }
    const Setting &setting = GetParam();
    runtime_ = new_runtime(BRISK_CLOCK_SYSTEM);
    brisk_cache_options options = options_of(setting.capacity);
    options.policy = setting.policy;
    options.ttl_ns = setting.ttl;
    options.idle_ns = setting.idle;
    cache_ = new_cache(runtime_.get(), options);
  }

  void report(const char *what, size_t key, uint64_t version, uint64_t floor) {
    if (failed_.exchange(true)) return;
    ADD_FAILURE() << what << ": key " << key << ", version " << version << ", floor " << floor;
  }

  std::vector<Key> keys_;
  Runtime runtime_;
  Cache cache_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> failed_{false};
  std::atomic<uint64_t> lookups_{0};
};

// What one thread does, and what it remembers.
class Worker {
 public:
  Worker(std::vector<Key> &keys, const Setting &setting, brisk_cache *cache, uint64_t seed)
      : keys_(keys),
        setting_(setting),
        cache_(cache),
        random_(seed),
        seen_(keys.size()),
        buffer_(1 << 20, '\0') {}

  // One step; null, or what went wrong.
  const char *step() {
    const uint64_t dice = random_.below(1000);
    if (dice < 400) return read();
    if (dice < 550) return get();
    if (dice < 600) return read_many();
    if (dice < 640) return get_many();
    if (dice < 900) return put();
    if (dice < 950) return touch();
    if (dice < 997) return erase();
    if (dice < 999) return erase_matching();
    return clear();
  }

  const char *let_go() {
    const char *wrong = nullptr;
    while (!held_.empty() && wrong == nullptr) wrong = drop_oldest();
    return wrong;
  }

  size_t key = 0;
  uint64_t version = 0;
  uint64_t floor = 0;
  uint64_t lookups = 0;

 private:
  struct Held {
    Value value;
    size_t key;
    uint64_t version;
    uint64_t until;
  };

  // Low numbers more often: some keys are hot.
  size_t pick() { return random_.below(1 + random_.below(keys_.size())); }

  const char *check(std::string_view value, size_t which, uint64_t least) {
    key = which;
    floor = std::max(least, 2 * seen_[which]);
    if (const char *wrong = check_value(value, which, &version)) return wrong;
    if (2 * version < least) return "a version that was replaced before the read began";
    if (version < seen_[which]) return "a version older than one that this thread has seen";
    seen_[which] = version;
    return nullptr;
  }

  const char *unexpected(brisk_status status) {
    std::snprintf(text_, sizeof text_, "unexpected %s", brisk_status_name(status));
    return text_;
  }

  const char *read() {
    const size_t which = pick();
    const uint64_t least = keys_[which].floor.load(std::memory_order_acquire);
    size_t size = 0;
    ++lookups;
    const std::string &text = keys_[which].text;
    const brisk_status status = brisk_cache_read(cache_, text.data(), text.size(), buffer_.data(),
                                                 buffer_.size(), &size, nullptr);
    if (status == BRISK_MISS) return nullptr;
    if (status != BRISK_OK) return unexpected(status);
    return check({buffer_.data(), size}, which, least);
  }

  const char *get() {
    const size_t which = pick();
    const uint64_t least = keys_[which].floor.load(std::memory_order_acquire);
    brisk_value *pinned = nullptr;
    ++lookups;
    const std::string &text = keys_[which].text;
    const brisk_status status = brisk_cache_get(cache_, text.data(), text.size(), &pinned, nullptr);
    if (status == BRISK_MISS || status == BRISK_REFUSED) return nullptr;
    if (status != BRISK_OK) return unexpected(status);
    return keep(Value(pinned), which, least);
  }

  // Looks, keeps the pin for a while, and looks again when it lets go.
  const char *keep(Value value, size_t which, uint64_t least) {
    if (const char *wrong = check(bytes_of(value.get()), which, least)) return wrong;
    held_.push_back({std::move(value), which, version, steps_ + random_.below(200)});
    ++steps_;
    return held_.size() > 8 || held_.front().until < steps_ ? drop_oldest() : nullptr;
  }

  const char *drop_oldest() {
    const Held oldest = std::move(held_.front());
    held_.pop_front();
    key = oldest.key;
    floor = 2 * oldest.version;
    if (check_value(bytes_of(oldest.value.get()), oldest.key, &version) != nullptr)
      return "a pinned value was torn";
    return version == oldest.version ? nullptr : "a pinned value became another one";
  }

  void choose_many() {
    packed_.clear();
    for (size_t i = 0; i < chosen_.size(); ++i) {
      chosen_[i] = pick();
      sizes_[i] = static_cast<uint32_t>(keys_[chosen_[i]].text.size());
      leasts_[i] = keys_[chosen_[i]].floor.load(std::memory_order_acquire);
      packed_ += keys_[chosen_[i]].text;
    }
  }

  const char *read_many() {
    choose_many();
    std::array<uint32_t, many> found{};
    size_t done = 0;
    const brisk_status status =
        brisk_cache_read_many(cache_, many, packed_.data(), packed_.size(), sizes_.data(),
                              buffer_.data(), buffer_.size(), found.data(), &done, nullptr);
    lookups += done;
    if (status != BRISK_OK) return unexpected(status);
    size_t at = 0;
    for (size_t i = 0; i < many; ++i) {
      if (found[i] == UINT32_MAX) continue;
      if (const char *wrong = check({buffer_.data() + at, found[i]}, chosen_[i], leasts_[i]))
        return wrong;
      at += found[i];
    }
    return nullptr;
  }

  const char *get_many() {
    choose_many();
    std::array<brisk_value *, many> values{};
    size_t found = 0;
    const brisk_status status = brisk_cache_get_many(cache_, many, packed_.data(), packed_.size(),
                                                     sizes_.data(), values.data(), &found, nullptr);
    lookups += many;
    if (status != BRISK_OK) return unexpected(status);
    const char *wrong = nullptr;
    for (size_t i = 0; i < many; ++i) {
      Value value(values[i]);
      if (value == nullptr || wrong != nullptr) continue;
      --found;
      wrong = check(bytes_of(value.get()), chosen_[i], leasts_[i]);
      if (wrong == nullptr && i % 8 == 0) wrong = keep(std::move(value), chosen_[i], leasts_[i]);
    }
    return wrong != nullptr || found == 0 ? wrong : "get_many miscounts what it found";
  }

  const char *put() {
    const size_t which = pick();
    Key &k = keys_[which];
    const std::lock_guard lock(k.turn);
    const uint64_t next = ++k.written;
    const size_t size =
        random_.below(8) != 0 ? random_.below(200) : random_.below(setting_.size_most);
    const std::string value = make_value(which, next, size, random_.below(2) == 0);
    // What is refused takes the older value with it.
    const uint64_t ttl = setting_.ttl != 0 && random_.below(4) == 0 ? setting_.ttl * 4 : 0;
    const brisk_status status = brisk_cache_put(cache_, k.text.data(), k.text.size(), value.data(),
                                                value.size(), ttl, nullptr);
    if (status != BRISK_OK && status != BRISK_REFUSED) return unexpected(status);
    k.floor.store(2 * next + (status == BRISK_OK ? 0 : 1), std::memory_order_release);
    return nullptr;
  }

  const char *erase() {
    const size_t which = pick();
    Key &k = keys_[which];
    const std::lock_guard lock(k.turn);
    const brisk_status status = brisk_cache_erase(cache_, k.text.data(), k.text.size(), nullptr);
    if (status != BRISK_OK && status != BRISK_MISS) return unexpected(status);
    k.floor.store(2 * k.written + 1, std::memory_order_release);
    return nullptr;
  }

  // Never brings anything back, and never loses what is newer.
  const char *touch() {
    const Key &k = keys_[pick()];
    const uint64_t ttl = random_.below(2) == 0 ? BRISK_FOREVER : second;
    const brisk_status status =
        brisk_cache_touch(cache_, k.text.data(), k.text.size(), ttl, nullptr);
    return status == BRISK_OK || status == BRISK_MISS || status == BRISK_REFUSED
               ? nullptr
               : unexpected(status);
  }

  template <class Chosen, class Call>
  const char *erase_all(Chosen &&chosen, Call &&call) {
    std::vector<uint64_t> before(keys_.size());
    for (size_t i = 0; i < keys_.size(); ++i)
      before[i] = keys_[i].floor.load(std::memory_order_acquire);
    const brisk_status status = call();
    if (status != BRISK_OK) return unexpected(status);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (!chosen(i)) continue;
      // What was there when the call began is gone; a later version may be there.
      uint64_t now = before[i];
      if (now % 2 == 0)
        keys_[i].floor.compare_exchange_strong(now, now + 1, std::memory_order_acq_rel);
    }
    return nullptr;
  }

  const char *clear() {
    return erase_all([](size_t) { return true; },
                     [this] { return brisk_cache_clear(cache_, nullptr); });
  }

  const char *erase_matching() {
    const size_t group = random_.below(10);
    const std::string pattern = "key:" + std::to_string(group) + ":*";
    uint64_t erased = 0;
    return erase_all([&](size_t i) { return i % 10 == group; },
                     [&] {
                       return brisk_cache_erase_matching(cache_, pattern.data(), pattern.size(),
                                                         &erased, nullptr);
                     });
  }

  std::vector<Key> &keys_;
  const Setting &setting_;
  brisk_cache *cache_;
  Random random_;
  std::vector<uint64_t> seen_;
  std::string buffer_;
  std::string packed_;
  std::array<size_t, many> chosen_{};
  std::array<uint32_t, many> sizes_{};
  std::array<uint64_t, many> leasts_{};
  std::deque<Held> held_;
  uint64_t steps_ = 0;
  char text_[64] = "";
};

// Gives the processor away now and then where another thread could get in between, so that it does.
class Shaking {
 public:
  explicit Shaking(bool shaken) {
#ifdef BRISK_FAULTS
    if (!shaken) return;
    for (const char *point : {"read.matched", "read.before_pin", "write.before_detach",
                              "move.before_lock", "touch.before_commit", "index.published"}) {
      brisk::fault::on_pause(point, [this] {
        if (count_.fetch_add(1, std::memory_order_relaxed) % 5 == 0) std::this_thread::yield();
      });
    }
#else
    static_cast<void>(shaken);
#endif
  }
  ~Shaking() {
#ifdef BRISK_FAULTS
    brisk::fault::reset();
#endif
  }

 private:
  std::atomic<uint64_t> count_{0};
};

TEST_P(HistoryTest, OnlyWholeValuesInOrderWithinTheBound) {
  const Setting &setting = GetParam();
  const uint64_t start = seed();
  const Shaking shaking(setting.shaken);
  const Deadline deadline(0.3);
  Threads threads;
  threads.start(workers, [&](size_t number) {
    Worker worker(keys_, setting, cache_.get(), start + number);
    while (!stop_.load(std::memory_order_relaxed)) {
      if (const char *wrong = worker.step())
        report(wrong, worker.key, worker.version, worker.floor);
      if (failed_.load(std::memory_order_relaxed)) break;
    }
    if (const char *wrong = worker.let_go())
      report(wrong, worker.key, worker.version, worker.floor);
    lookups_.fetch_add(worker.lookups);
  });

  // Copies that threads take or drop at this instant may be counted on one side only.
  const uint64_t tolerance = workers * (setting.size_most + setting.size_most / 8 + 16384);
  uint64_t samples = 0;
  while ((!deadline.passed() || samples <= 10) && !failed_.load()) {
    const brisk_cache_stats stats = stats_of(cache_);
    ASSERT_LE(stats.held_bytes, setting.capacity);
    ASSERT_LE(stats.peak_bytes, setting.capacity);
    const uint64_t parts = stats.entry_bytes + stats.index_bytes + stats.policy_bytes +
                           stats.codec_bytes + stats.slack_bytes + stats.other_bytes +
                           stats.pinned_bytes + stats.reclaim_bytes;
    ASSERT_GE(parts, stats.held_bytes);
    ASSERT_LE(parts, stats.held_bytes + tolerance);
    ++samples;
  }
  stop_ = true;
  threads.join();

  // Every lookup is counted once, and with everything gone nothing is left over.
  const brisk_cache_stats stats = stats_of(cache_);
  EXPECT_EQ(stats.hits + stats.misses, lookups_.load());
  EXPECT_EQ(stats.pinned_bytes, 0u);
  ASSERT_EQ(brisk_cache_clear(cache_.get(), nullptr), BRISK_OK);
  const brisk_cache_stats empty = stats_of(cache_);
  EXPECT_EQ(empty.entries, 0u);
  EXPECT_EQ(empty.entry_bytes, 0u);
  EXPECT_EQ(empty.raw_bytes, 0u);
  EXPECT_EQ(empty.stored_bytes, 0u);
  EXPECT_EQ(empty.compressed_entries, 0u);
  EXPECT_EQ(empty.reclaim_bytes, 0u);
  EXPECT_EQ(empty.puts, empty.evicted_capacity + empty.evicted_expired + empty.evicted_erased +
                            empty.evicted_replaced);
  cache_.reset();
  EXPECT_TRUE(eventually([this] { return held_by(runtime_) == 0; }));
}

constexpr uint64_t MiB = 1 << 20;

INSTANTIATE_TEST_SUITE_P(
    Settings, HistoryTest,
    testing::Values(Setting{"FewKeys", BRISK_POLICY_AUTO, 12, MiB / 2, 12000},
                    Setting{"ManyKeys", BRISK_POLICY_AUTO, 20000, 8 * MiB, 12000},
                    Setting{"ManyKeysByRecency", BRISK_POLICY_LRU, 20000, 2 * MiB, 4000},
                    Setting{"Expiring", BRISK_POLICY_AUTO, 300, 8 * MiB, 4000, 30 * millisecond,
                            20 * millisecond},
                    Setting{"ExpiringByRecency", BRISK_POLICY_LRU, 300, MiB, 4000, 30 * millisecond,
                            0},
                    Setting{"Shaken", BRISK_POLICY_AUTO, 12, MiB / 2, 2500, 0, 0, true},
                    Setting{"ShakenByRecency", BRISK_POLICY_LRU, 2000, MiB / 2, 2500, 0, 0, true}),
    [](const auto &info) { return std::string(info.param.name); });

}  // namespace
