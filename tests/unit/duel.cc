// The default policy and its parts, held against the rules written down plainly: lists and exact
// ghosts. Every rule in a shadow and S3-FIFO in the cache hit what the plain one hits; the cache by
// default stays close to the best of them, whatever the load; erased keys leave the shadows; all
// memory is charged.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <list>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "cache/cache.h"
#include "cache/policy/judge.h"
#include "cache/policy/shadow.h"
#include "simulations.h"
#include "zipf.h"

namespace brisk::cache {
namespace {

using brisk_test::zipf;
using Trace = std::vector<uint64_t>;

// One rule over keys that weigh the same.
class Plain {
 public:
  // With `many` what leaves the small queue unused has its contest too.
  Plain(Rule rule, size_t capacity, bool many)
      : rule_(rule), many_(many), capacity_(capacity), target_(rule.small_weight(capacity)) {
    sketch_.resize({capacity, many ? Sketch::a_line_least : Sketch::a_line_most});
  }

  bool request(uint64_t key) {
    if (const auto at = held_.find(key); at != held_.end()) {
      at->second->uses = std::min(at->second->uses + 1, 3u);
      return true;
    }
    bool up = std::erase(ghosts_, key) != 0;
    const bool ghost = up;
    count(key, 1);
    if (rule_.clock()) up = true;
    const bool main_full = main_.size() >= capacity_ - target_;
    if (ghost && rule_.contest && main_full) up = wins_contest(key);
    while (small_.size() + main_.size() >= capacity_) evict();
    std::list<Item> &queue = up ? main_ : small_;
    queue.push_front({key, 0});
    held_[key] = queue.begin();
    return false;
  }

 private:
  struct Item {
    uint64_t key;
    unsigned uses;
  };

  void evict() {
    while (!small_.empty() && (small_.size() >= target_ || main_.empty())) {
      const Item item = small_.back();
      const bool room = !rule_.clock() && main_.size() < capacity_ - target_;
      if (!room) count(item.key, item.uses);
      if (!room && item.uses < rule_.uses && !(many_ && rule_.contest && wins_contest(item.key))) {
        drop(small_);
        ghosts_.push_front(item.key);
        const size_t most = 2 * (capacity_ - target_);
        if (ghosts_.size() > most) ghosts_.pop_back();
        return;
      }
      small_.back().uses = 0;
      main_.splice(main_.begin(), small_, std::prev(small_.end()));
      if (!room) break;
    }
    cooled_tail();
    drop(main_);
  }
  bool wins_contest(uint64_t key) {
    if (main_.empty()) return true;
    const Item &rival = cooled_tail();
    const unsigned wanted = sketch_.count(hash(key));
    const unsigned its = sketch_.count(hash(rival.key)) + rival.uses;
    if (its > wanted + 3) main_.splice(main_.begin(), main_, std::prev(main_.end()));
    return wanted > its;
  }
  Item &cooled_tail() {
    while (main_.back().uses > 0) {
      Item &item = main_.back();
      item.uses = rule_.clock() ? 0 : item.uses - 1;
      count(item.key, 1);
      main_.splice(main_.begin(), main_, std::prev(main_.end()));
    }
    return main_.back();
  }
  void drop(std::list<Item> &queue) {
    held_.erase(queue.back().key);
    queue.pop_back();
  }
  void count(uint64_t key, unsigned times) { sketch_.add(hash(key), times); }
  static uint64_t hash(uint64_t key) { return hash_bytes(&key, sizeof key, 2); }

  const Rule rule_;
  const bool many_;
  const size_t capacity_;
  const size_t target_;
  std::list<Item> small_;
  std::list<Item> main_;
  std::unordered_map<uint64_t, std::list<Item>::iterator> held_;
  std::deque<uint64_t> ghosts_;
  Account account_{1 << 20};
  Sketch sketch_{account_};
};

// Every fourth request goes round a loop that does not fit.
Trace looped(Trace trace, size_t loop) {
  for (size_t i = 0; i < trace.size(); i += 4) trace[i] = 1'000'000 + i / 4 % loop;
  return trace;
}

// What is popular moves on all the time.
Trace drifting(Trace trace, size_t stay) {
  for (size_t i = 0; i < trace.size(); ++i) trace[i] += i / stay;
  return trace;
}

struct Load {
  const char *name;
  Trace trace;
};

const std::vector<Load> &loads() {
  constexpr size_t length = 200'000;
  static const std::vector<Load> all{
      {"popular", zipf(length, 10'000, 0.9)},
      {"loop", looped(zipf(length, 5'000, 0.8), 2'000)},
      {"drift", drifting(zipf(length, 3'000, 1.1), 20)},
  };
  return all;
}
constexpr size_t capacity = 500;

bool request(Shadow &shadow, uint32_t id, uint32_t weight, uint64_t full, bool many = false) {
  if (shadow.use(id) != 0) return true;
  shadow.store(id, {weight, 0}, full, {.by_size = false, .bytes_bind = true, .many = many});
  return false;
}

template <class Request>
double points(const Trace &trace, Request &&request) {
  size_t hits = 0;
  for (const uint64_t key : trace) hits += request(key);
  return 100 * static_cast<double>(hits) / static_cast<double>(trace.size());
}

double plain_points(const Trace &trace, Rule rule, bool many = false) {
  Plain plain(rule, capacity, many);
  return points(trace, [&](uint64_t key) { return plain.request(key); });
}

double cache_points(const Trace &trace, int32_t policy) {
  Options options;
  options.policy = policy;
  options.max_entries = capacity;
  const Ref<Cache> cache = Cache::make(Ref<Runtime>::adopt(new Runtime(true, UINT64_MAX)), options);
  return points(trace, [&](uint64_t key) {
    char buffer[8];
    size_t size;
    if (cache->read(&key, sizeof key, buffer, sizeof buffer, &size) == BRISK_OK) return true;
    EXPECT_EQ(cache->put(&key, sizeof key, "value", 5, 0), BRISK_OK);
    return false;
  });
}

TEST(Duel, AShadowOfEveryRuleHitsWhatThePlainRuleHits) {
  SKIP_LONG_SIMULATIONS();
  for (const Load &load : loads()) {
    for (size_t number = 0; number < 2 * rules.size(); ++number) {
      const size_t at = number / 2;
      const bool many = number % 2 != 0;
      if (many && !rules[at].contest) continue;
      Account account(1 << 20);
      Shadow shadow(rules[at], account, Aim::objects);
      ASSERT_TRUE(shadow.resize({capacity, many ? Sketch::a_line_least : Sketch::a_line_most}));
      EXPECT_EQ(shadow.charge(), account.held());
      const double got = points(load.trace, [&](uint64_t key) {
        const auto id = static_cast<uint32_t>(hash_bytes(&key, sizeof key, 1));
        return request(shadow, id, 100, 100 * capacity, many);
      });
      EXPECT_NEAR(got, plain_points(load.trace, rules[at], many), 0.5)
          << load.name << ", rule " << at << (many ? ", many" : "");
    }
  }
}

TEST(Duel, S3FifoInTheCacheHitsWhatThePlainRuleHits) {
  SKIP_LONG_SIMULATIONS();
  for (const Load &load : loads()) {
    EXPECT_NEAR(cache_points(load.trace, BRISK_POLICY_S3FIFO),
                plain_points(load.trace, rules[first_rule]), 0.5)
        << load.name;
  }
}

TEST(Duel, TheDefaultIsCloseToTheBestRuleOfEveryLoad) {
  SKIP_LONG_SIMULATIONS();
  double spread = 0;
  for (const Load &load : loads()) {
    double best = 0;
    double worst = 100;
    for (const Rule rule : rules) {
      const double got = plain_points(load.trace, rule);
      best = std::max(best, got);
      worst = std::min(worst, got);
    }
    spread = std::max(spread, best - worst);
    EXPECT_GT(cache_points(load.trace, BRISK_POLICY_AUTO), best - 1) << load.name;
  }
  EXPECT_GT(spread, 4) << "or else any rule would do";
}

// A MiB of values, each of the size that size_of(key) gives.
template <class SizeOf>
double points_in_bytes(int32_t policy, SizeOf &&size_of) {
  const std::string value(4000, 'v');
  Options options;
  options.policy = policy;
  options.capacity = 1 << 20;
  options.compress = false;
  const Ref<Cache> cache = Cache::make(Ref<Runtime>::adopt(new Runtime(true, UINT64_MAX)), options);
  return points(loads()[0].trace, [&](uint64_t key) {
    char buffer[4000];
    size_t size;
    if (cache->read(&key, sizeof key, buffer, sizeof buffer, &size) == BRISK_OK) return true;
    EXPECT_EQ(cache->put(&key, sizeof key, value.data(), size_of(key), 0), BRISK_OK);
    return false;
  });
}

// Every fourth request stores, the others read, and store nothing when they miss: what was missed
// is all that tells which of the keys that come are wanted.
TEST(Duel, WhatIsMissedCountsAsAskedFor) {
  SKIP_LONG_SIMULATIONS();
  Options options;
  options.max_entries = 5000;
  const Ref<Cache> cache = Cache::make(Ref<Runtime>::adopt(new Runtime(true, UINT64_MAX)), options);
  const Trace trace = zipf(1'000'000, 50'000, 0.99);
  size_t hits = 0;
  size_t reads = 0;
  for (size_t i = 0; i < trace.size(); ++i) {
    char buffer[8];
    size_t size;
    const uint64_t key = trace[i];
    if (i % 4 == 0) {
      ASSERT_EQ(cache->put(&key, sizeof key, "value", 5, 0), BRISK_OK);
      continue;
    }
    const bool hit = cache->read(&key, sizeof key, buffer, sizeof buffer, &size) == BRISK_OK;
    if (i < trace.size() / 2) continue;
    ++reads;
    hits += hit;
  }
  EXPECT_GT(static_cast<double>(hits) / static_cast<double>(reads), 0.776);
}

// Among keys that are equally popular, many small ones are worth more than a few large ones.
TEST(Duel, WhereBytesAreTheLimitSmallEntriesStayLonger) {
  SKIP_LONG_SIMULATIONS();
  const auto size = [](uint64_t key) { return key % 4 == 0 ? 4000 : 300; };
  EXPECT_GT(points_in_bytes(BRISK_POLICY_AUTO, size),
            points_in_bytes(BRISK_POLICY_S3FIFO, size) + 2);
}

TEST(Duel, SizesThatDifferCostFewHits) {
  SKIP_LONG_SIMULATIONS();
  const auto equal = [](uint64_t) { return 600; };
  const auto differing = [](uint64_t key) { return 200 + key * 7919 % 801; };
  const auto lost = [&](int32_t policy) {
    return points_in_bytes(policy, equal) - points_in_bytes(policy, differing);
  };
  EXPECT_LT(lost(BRISK_POLICY_S3FIFO), 3.5);
  EXPECT_LT(lost(BRISK_POLICY_AUTO), 5);
}

TEST(Duel, TheRuleFollowsTheLoad) {
  Account account(64 << 20);
  std::atomic<uint32_t> below{0};
  Judge judge(account, below, Aim::objects);
  EXPECT_EQ(below, 0u) << "nothing is sampled before there are shadows";
  EXPECT_GT(judge.missing({capacity, Sketch::a_line_least}), 0u);
  judge.change_full(0, 100 * capacity);
  judge.resize({capacity, Sketch::a_line_least});
  EXPECT_EQ(judge.missing({capacity, Sketch::a_line_least}), 0u);
  EXPECT_EQ(judge.charge(), account.held());
  const auto ask = [&](const Trace &trace) {
    for (const uint64_t key : trace) {
      const uint64_t hash = hash_bytes(&key, sizeof key, 1);
      if (!judge.samples(hash)) continue;
      judge.note_miss(hash);
      judge.note_store(hash, 100, 0);
    }
    return judge.rule();
  };
  EXPECT_TRUE(ask(loads()[1].trace).contest) << "which alone stands a loop";
  EXPECT_FALSE(ask(loads()[2].trace).contest);
}

// A loop and another load at the same time: what their hits save says which of them rules.
TEST(Duel, TheRuleFollowsTheAim) {
  const auto contest = [](double loop_cost) {
    Account account(64 << 20);
    std::atomic<uint32_t> below{0};
    Judge judge(account, below, Aim::cost);
    judge.change_full(0, 100 * capacity);
    judge.resize({capacity, Sketch::a_line_least});
    const Trace &loop = loads()[1].trace;
    const Trace &other = loads()[2].trace;
    const auto ask = [&](uint64_t key, double cost) {
      const uint64_t hash = hash_bytes(&key, sizeof key, 1);
      if (!judge.samples(hash)) return;
      judge.note_miss(hash);
      judge.note_store(hash, 100, cost);
    };
    for (size_t i = 0; i < std::min(loop.size(), other.size()); ++i) {
      ask(loop[i] | uint64_t{1} << 60, loop_cost);
      ask(other[i], 1);
    }
    return judge.rule().contest;
  };
  EXPECT_FALSE(contest(0.01));
  EXPECT_TRUE(contest(100));
}

TEST(Duel, AnErasedKeyLeavesAShadowWithoutAGhost) {
  Account account(1 << 20);
  Shadow shadow(rules[0], account, Aim::objects);
  ASSERT_TRUE(shadow.resize({100, Sketch::a_line_least}));
  std::mt19937 random(7);
  std::unordered_map<uint32_t, bool> erased;
  for (int i = 0; i < 20'000; ++i) {
    const auto id = static_cast<uint32_t>(random() % 300);
    if (random() % 3 == 0) {
      shadow.erase(id);
      erased[id] = true;
      EXPECT_EQ(shadow.use(id), 0u);
    } else {
      const bool hit = request(shadow, id, 10, 1000);
      EXPECT_FALSE(hit && erased[id]) << "the first request after an erasure misses";
      erased[id] = false;
      EXPECT_EQ(shadow.use(id), 10u);
    }
    ASSERT_LE(shadow.small_weight() + shadow.main_weight(), 1000u);
  }
  for (uint32_t id = 0; id < 300; ++id) shadow.erase(id);
  EXPECT_EQ(shadow.small_weight() + shadow.main_weight(), 0u);
  EXPECT_EQ(shadow.entries(), 0u);
}

// All that fits is a little more than a number of entries: that little is no room in main.
TEST(Duel, AScanDoesNotFlowThroughMain) {
  for (const uint64_t spare : {0, 10, 50, 90}) {
    Account account(1 << 20);
    Shadow shadow(rules[0], account, Aim::objects);
    ASSERT_TRUE(shadow.resize({200, Sketch::a_line_least}));
    const uint64_t full = 10'000 + spare;
    for (uint32_t id = 0; id < 300; ++id) request(shadow, id, 100, full);
    std::vector<uint32_t> stayed;
    for (uint32_t id = 0; id < 200; ++id) {
      if (shadow.use(id) != 0) stayed.push_back(id);
    }
    ASSERT_GT(stayed.size(), 80u);
    for (uint32_t id = 1000; id < 3000; ++id) request(shadow, id, 100, full);
    EXPECT_EQ(std::ranges::count_if(stayed, [&](uint32_t id) { return shadow.use(id) != 0; }),
              static_cast<ptrdiff_t>(stayed.size()))
        << spare;
  }
}

TEST(Duel, ASketchCountsAndFades) {
  Account account(1 << 20);
  Sketch sketch(account);
  const auto hash = [](uint64_t key) { return hash_bytes(&key, sizeof key, 1); };
  sketch.add(hash(1), 1);
  EXPECT_EQ(sketch.count(hash(1)), 0u) << "without memory";
  EXPECT_GT(sketch.missing({1000, 24}), 0u);
  sketch.resize({1000, 24});
  EXPECT_EQ(sketch.missing({1000, 24}), 0u);
  EXPECT_GT(sketch.missing({1000, 6}), 0u);
  EXPECT_EQ(sketch.charge(), account.held());
  // Fewer additions than lead to the first halving.
  for (uint64_t key = 0; key < 50; ++key) sketch.add(hash(key), 1 + key % 7);
  size_t exact = 0;
  for (uint64_t key = 0; key < 50; ++key) {
    EXPECT_GE(sketch.count(hash(key)), 1 + key % 7);
    exact += sketch.count(hash(key)) == 1 + key % 7;
  }
  EXPECT_GT(exact, 45u);
  sketch.add(hash(1), 100);
  EXPECT_EQ(sketch.count(hash(1)), 15u);
  for (uint64_t key = 0; key < 12'000; ++key) sketch.add(hash(1000 + key), 1);
  EXPECT_LT(sketch.count(hash(1)), 15u);
}

// A full cache makes room for what is asked for and no more; a shadow without all of its memory
// would make its rule look worse than it is.
TEST(Duel, AJudgeAsksForWhatItTakes) {
  for (const uint64_t entries : {20u, 500u, 5'000u, 60'389u, 1'000'000u}) {
    Account account(64 << 20);
    std::atomic<uint32_t> below{0};
    Judge judge(account, below, Aim::objects);
    const uint64_t needed = judge.missing({entries, Sketch::a_line_least});
    ASSERT_TRUE(account.reserve(account.limit() - needed));
    judge.resize({entries, Sketch::a_line_least});
    EXPECT_EQ(judge.charge(), needed) << entries;
    EXPECT_NE(below, 0u) << entries;
    account.release(account.limit() - needed);
  }
}

// Notes from many threads while the shadows are made anew: for the thread sanitizer above all.
TEST(Duel, AJudgeTakesNotesFromManyThreads) {
  Account account(64 << 20);
  {
    std::atomic<uint32_t> below{0};
    Judge judge(account, below, Aim::objects);
    judge.change_full(0, 100 * capacity);
    std::vector<std::thread> threads;
    for (uint64_t thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&, thread] {
        for (uint64_t i = 0; i < 20'000; ++i) {
          const uint64_t key = i * i % (1000 + thread);
          const uint64_t hash = hash_bytes(&key, sizeof key, 1);
          if (!judge.samples(hash)) continue;
          if (i % 5 == 0) {
            judge.note_erase(hash);
          } else if (i % 3 == 0) {
            judge.note_hit(hash);
          } else if (i % 3 == 1) {
            judge.note_miss(hash);
          } else {
            judge.note_store(hash, 100, 0);
          }
          EXPECT_GT(judge.rule().uses, 0);
        }
      });
    }
    for (uint64_t entries = 100; entries < 2000; entries += 100)
      judge.resize({entries, Sketch::a_line_least});
    for (std::thread &thread : threads) thread.join();
    EXPECT_EQ(judge.charge(), account.held());
  }
  EXPECT_EQ(account.held(), 0u);
}

}  // namespace
}  // namespace brisk::cache
