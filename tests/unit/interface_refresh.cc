// Values kept beyond their lifetime: no read serves them; loads do, while one makes a new value and
// when it fails, each for as long as the cache was told and not a tick longer.
#include <cmath>

#include "loads.h"
#include "workers.h"

namespace brisk_test {
namespace {

constexpr uint64_t ttl = 10 * second;

class Refresh : public testing::Test {
 protected:
  Cache make(uint64_t stale, uint64_t stale_if_error,
             const std::function<void(brisk_cache_options &)> &set = nullptr) {
    return new_cache(runtime, [&](auto &o) {
      o.ttl_ns = ttl;
      o.stale_ns = stale;
      o.stale_if_error_ns = stale_if_error;
      if (set) set(o);
    });
  }

  static Workers pool() {
    brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
    options.threads = 1;
    Workers made;
    EXPECT_EQ(call(brisk_workers_new, nullptr, &options, made.out()), BRISK_OK);
    return made;
  }

  // A loader that runs in the pool, or on this thread where the pool takes nothing.
  Waited get_or_refresh(brisk_cache *cache, std::string_view key, User &user,
                        brisk_workers *workers) {
    Value value;
    Waited waited;
    waited.result = call(brisk_cache_get_or_refresh, cache, key.data(), key.size(), nullptr,
                         User::run, &user, User::destroy, workers, 20 * second, value.out());
    EXPECT_EQ(value != nullptr, waited.result == BRISK_OK);
    if (value != nullptr) waited.value = text(value);
    return waited;
  }

  Runtime runtime = new_runtime();
};

TEST_F(Refresh, NoReadServesAValueBeyondItsLifetime) {
  const std::string values[] = {"small", prose(2000), noise(50000), prose(50000)};
  const std::string keys[] = {"key", std::string(3000, 'k')};
  for (const std::string &value : values) {
    for (const std::string &key : keys) {
      for (const uint64_t idle : {uint64_t{0}, 100 * second}) {
        Cache cache = make(5 * second, 7 * second, [&](auto &o) { o.idle_ns = idle; });
        ASSERT_EQ(put(cache, key, value), BRISK_OK);
        advance(runtime, ttl - 1);
        EXPECT_EQ(get(cache, key), value);
        EXPECT_EQ(read(cache, key), value);
        advance(runtime, 1);
        EXPECT_EQ(get(cache, key), std::nullopt);
        EXPECT_EQ(read(cache, key), std::nullopt);
        EXPECT_EQ(contains(cache, key), BRISK_MISS);
        EXPECT_EQ(touch(cache, key, second), BRISK_MISS);
        EXPECT_TRUE(brisk_test::keys(cache).empty());
        EXPECT_EQ(stats(cache).entries, 1u) << "it is kept, for loads";
        const Begun lead = begin(cache, key);
        ASSERT_EQ(lead.result, BRISK_LEAD);
        EXPECT_TRUE(text(lead.value) == value);
        EXPECT_EQ(erase(cache, key), BRISK_MISS);
        EXPECT_EQ(stats(cache).entries, 0u);
      }
    }
  }
}

TEST_F(Refresh, ServesWhileOneLoadsAndNotALittleLonger) {
  Cache cache = make(5 * second, 0);
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Begun lead = begin(cache, "key");
  ASSERT_EQ(lead.result, BRISK_LEAD);
  EXPECT_EQ(text(lead.value), "old");
  for (int i = 0; i < 3; ++i) {
    const Begun other = begin(cache, "key");
    ASSERT_EQ(other.result, BRISK_OK);
    EXPECT_EQ(text(other.value), "old");
  }
  const Begun own = begin(cache, "key", lead.lease);
  EXPECT_EQ(own.result, BRISK_OK) << "a value is at hand, so nobody waits for himself";
  EXPECT_EQ(stats(cache).stale_hits, 5u);
  EXPECT_EQ(stats(cache).hits, 0u);
  advance(runtime, 5 * second - 1);
  EXPECT_EQ(begin(cache, "key").result, BRISK_OK);
  advance(runtime, 1);
  const Begun waits = begin(cache, "key");
  ASSERT_EQ(waits.result, BRISK_WAIT);
  ASSERT_EQ(complete(lead.lease, "new"), BRISK_OK);
  EXPECT_EQ(wait(waits.lease).value, "new");
  EXPECT_EQ(get(cache, "key"), "new");
  EXPECT_EQ(text(lead.value), "old") << "what was given stays";
  advance(runtime, ttl + 5 * second);
  EXPECT_EQ(stats(cache).entries, 0u);
  EXPECT_EQ(begin(cache, "key").value, nullptr);
}

TEST_F(Refresh, AValueThatIsLoadedInTimeReplacesTheOldOne) {
  Cache cache = make(5 * second, 0, [](auto &o) { o.event_capacity = 10; });
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  const Begun lead = begin(cache, "key");
  ASSERT_EQ(complete(lead.lease, "new"), BRISK_OK);
  EXPECT_EQ(get(cache, "key"), "new");
  EXPECT_EQ(stats(cache).entries, 1u);
  EXPECT_EQ(next_event(cache)->second, BRISK_CAUSE_REPLACED);
  advance(runtime, ttl - 1);
  EXPECT_EQ(get(cache, "key"), "new") << "with a lifetime of its own";
  advance(runtime, 1);
  EXPECT_EQ(get(cache, "key"), std::nullopt);
}

TEST_F(Refresh, AFailureIsAnsweredWithTheOldValueForAsLongAsWasAsked) {
  Cache cache = make(0, 5 * second);
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  for (int round = 1; round <= 2; ++round) {
    Begun lead = begin(cache, "key");
    ASSERT_EQ(lead.result, BRISK_LEAD);
    EXPECT_EQ(lead.value, nullptr) << "not while the load runs";
    const Begun waits = begin(cache, "key");
    ASSERT_EQ(waits.result, BRISK_WAIT);
    EXPECT_EQ(wait(lead.lease).result, BRISK_INVALID) << "the leader waits for nobody";
    EXPECT_EQ(fail(lead.lease, "the disk is gone"), BRISK_STALE);
    EXPECT_EQ(wait(waits.lease).value, "old");
    EXPECT_EQ(wait(waits.lease).value, "old");
    EXPECT_EQ(wait(lead.lease).value, "old");
    EXPECT_EQ(stats(cache).stale_errors, 2u * static_cast<unsigned>(round)) << "each caller once";
    EXPECT_EQ(stats(cache).load_failures, static_cast<unsigned>(round));
    EXPECT_EQ(get(cache, "key"), std::nullopt);
    advance(runtime, 5 * second - 1 - (round == 2));
  }
  Cache late = make(0, 5 * second);
  ASSERT_EQ(put(late, "key", "old"), BRISK_OK);
  advance(runtime, ttl + 5 * second - 1);
  const Begun lead = begin(late, "key");
  const Begun waits = begin(late, "key");
  advance(runtime, 1);
  EXPECT_EQ(fail(lead.lease, "the disk is gone"), BRISK_OK);
  const Waited waited = wait(waits.lease);
  EXPECT_EQ(waited.result, BRISK_LOAD_FAILED);
  EXPECT_EQ(waited.result.message, "the disk is gone");
  EXPECT_EQ(stats(late).stale_hits + stats(late).stale_errors, 0u);
}

TEST_F(Refresh, WhatWasErasedOrWrittenMeanwhileIsNotServedAgain) {
  Cache cache = make(5 * second, 5 * second);
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Begun lead = begin(cache, "key");
  ASSERT_EQ(erase(cache, "key"), BRISK_MISS);
  const Begun next = begin(cache, "key");
  EXPECT_EQ(next.result, BRISK_LEAD);
  EXPECT_EQ(next.value, nullptr);
  EXPECT_EQ(fail(lead.lease, "no"), BRISK_OK);
  EXPECT_EQ(wait(lead.lease).result, BRISK_LOAD_FAILED);

  ASSERT_EQ(put(cache, "other", "old"), BRISK_OK);
  advance(runtime, ttl);
  Begun outdated = begin(cache, "other");
  ASSERT_EQ(put(cache, "other", "newer"), BRISK_OK);
  EXPECT_EQ(text(begin(cache, "other").value), "newer");
  ASSERT_EQ(complete(outdated.lease, "older"), BRISK_OK);
  EXPECT_EQ(get(cache, "other"), "newer");
}

TEST_F(Refresh, ATouchMovesBothEnds) {
  for (const uint64_t idle : {uint64_t{0}, 1000 * second}) {
    Cache cache = make(5 * second, 0, [&](auto &o) { o.idle_ns = idle; });
    ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
    ASSERT_EQ(put(cache, "forever", "value", BRISK_FOREVER), BRISK_OK);
    for (const char *key : {"key", "forever"}) {
      ASSERT_EQ(touch(cache, key, 20 * second), BRISK_OK);
      advance(runtime, 20 * second - 1);
      EXPECT_EQ(get(cache, key), "value");
      ASSERT_EQ(touch(cache, key, ttl), BRISK_OK);
      advance(runtime, ttl);
      EXPECT_EQ(get(cache, key), std::nullopt) << key;
      Begun lead = begin(cache, key);
      EXPECT_EQ(text(lead.value), "value");
      ASSERT_EQ(abandon(lead.lease), BRISK_OK);
      lead = {};
      advance(runtime, 5 * second);
      EXPECT_EQ(begin(cache, key).value, nullptr);
      ASSERT_EQ(put(cache, "forever", "value", BRISK_FOREVER), BRISK_OK);
    }
    ASSERT_EQ(put(cache, "key", "value"), BRISK_OK);
    ASSERT_EQ(touch(cache, "key", BRISK_FOREVER), BRISK_OK);
    advance(runtime, 900 * second);
    EXPECT_EQ(get(cache, "key"), "value");
  }
}

TEST_F(Refresh, EntriesGrowOnlyWhereItIsAskedFor) {
  const auto weight = [&](uint64_t stale, uint64_t lifetime) {
    Cache cache = make(stale, 0);
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ(put(cache, std::to_string(1000 + i), std::string(76, 'v'), lifetime), BRISK_OK);
    return stats(cache).entry_bytes;
  };
  EXPECT_EQ(weight(0, BRISK_FOREVER), 9600u);
  EXPECT_EQ(weight(second, BRISK_FOREVER), 9600u);
  EXPECT_LT(weight(0, second), weight(second, second));
}

// The share of callers that lead, of many, so long before the end; against what the paper gives.
TEST_F(Refresh, ComesEarlyAsOftenAsXFetchSays) {
  constexpr uint64_t cost = 100 * second;
  constexpr uint64_t life = 10000 * second;
  for (const double beta : {0.0, 0.5, 1.0, 3.0}) {
    Cache cache = make(0, 0, [&](auto &o) { o.early_beta = beta, o.ttl_ns = life; });
    constexpr int count = 2000;
    const auto key = [](int i) { return std::to_string(i); };
    {
      std::vector<Begun> leads;
      for (int i = 0; i < count; ++i) leads.push_back(begin(cache, key(i)));
      ASSERT_EQ(put(cache, "put", "value"), BRISK_OK);
      advance(runtime, cost);
      for (const Begun &lead : leads) ASSERT_EQ(complete(lead.lease, "value"), BRISK_OK);
    }
    advance(runtime, life - 500 * second);
    for (const double before : {500., 200., 100., 30.}) {
      int leads = 0;
      for (int i = 0; i < count; ++i) {
        const Begun begun = begin(cache, key(i));
        EXPECT_EQ(text(begun.value), "value") << "found by everybody, and used meanwhile";
        leads += begun.result == BRISK_LEAD;
      }
      const double expected = beta == 0 ? 0 : std::exp(-before / (100 * beta));
      EXPECT_NEAR(static_cast<double>(leads) / count, expected, 0.045) << beta << " " << before;
      const double next = before == 500 ? 200 : before == 200 ? 100 : before == 100 ? 30 : 0;
      advance(runtime, static_cast<uint64_t>(before - next) * second);
    }
    EXPECT_EQ(stats(cache).stale_hits, 0u);
  }
}

TEST_F(Refresh, WhatIsLoadedEarlyReplacesThatValueAndNoNewerOne) {
  for (const std::string &old : {std::string("old"), prose(3000), noise(50000)}) {
    Cache cache = make(0, 0, [](auto &o) { o.early_beta = 1000; });
    const auto slow = [&](const std::string &value) {
      const Begun lead = begin(cache, "key");
      advance(runtime, 1000 * second);
      EXPECT_EQ(complete(lead.lease, value), BRISK_OK);
    };
    slow(old);
    Begun lead = begin(cache, "key");
    ASSERT_EQ(lead.result, BRISK_LEAD);
    EXPECT_TRUE(text(lead.value) == old);
    EXPECT_EQ(fail(lead.lease, "the disk is gone"), BRISK_STALE) << "it is there, after all";
    EXPECT_TRUE(wait(lead.lease).value == old);

    lead = begin(cache, "key");
    ASSERT_EQ(lead.result, BRISK_LEAD);
    EXPECT_EQ(begin(cache, "key").result, BRISK_OK) << "one load at a time";
    ASSERT_EQ(touch(cache, "key"), BRISK_OK);
    ASSERT_EQ(complete(lead.lease, "new"), BRISK_OK);
    EXPECT_EQ(get(cache, "key"), "new");
    EXPECT_TRUE(text(lead.value) == old);
    EXPECT_EQ(begin(cache, "key").result, BRISK_OK) << "that load cost nothing";

    ASSERT_EQ(erase(cache, "key"), BRISK_OK);
    slow(old);
    lead = begin(cache, "key");
    ASSERT_EQ(lead.result, BRISK_LEAD);
    ASSERT_EQ(put(cache, "key", "newer"), BRISK_OK);
    ASSERT_EQ(complete(lead.lease, "outdated"), BRISK_OK);
    EXPECT_EQ(get(cache, "key"), "newer");

    ASSERT_EQ(erase(cache, "key"), BRISK_OK);
    slow(old);
    ASSERT_EQ(touch(cache, "key", 20 * second), BRISK_OK);
    EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD) << "a touch keeps what it cost";
    lead = {};
    ASSERT_EQ(put(cache, "other", "frees what waits"), BRISK_OK);
    EXPECT_EQ(stats(cache).pinned_bytes + stats(cache).reclaim_bytes, 0u);
  }
}

TEST_F(Refresh, AKeyThatIsKnownToHaveNoValueIsNotLoaded) {
  const std::string keys[] = {"key", std::string(3000, 'k')};
  for (const std::string &key : keys) {
    Cache cache = make(5 * second, 5 * second, [](auto &o) { o.event_capacity = 10; });
    Begun lead = begin(cache, key);
    const Begun waits = begin(cache, key);
    ASSERT_EQ(complete_absent(lead.lease, 20 * second), BRISK_OK);
    EXPECT_EQ(complete_absent(lead.lease), BRISK_INVALID) << "the load has ended";
    EXPECT_EQ(complete_absent(waits.lease), BRISK_INVALID) << "it waits";
    EXPECT_EQ(wait(waits.lease).result, BRISK_ABSENT);
    EXPECT_EQ(wait(lead.lease).result, BRISK_ABSENT);
    Loader never{[](brisk_lease *, std::string_view) { return BRISK_OK; }};
    advance(runtime, 20 * second - 1);
    EXPECT_EQ(begin(cache, key).result, BRISK_ABSENT);
    EXPECT_EQ(get_or_load(cache, key, never).result, BRISK_ABSENT);
    EXPECT_EQ(never.runs, 0);
    EXPECT_EQ(get(cache, key), std::nullopt);
    EXPECT_EQ(read(cache, key), std::nullopt);
    EXPECT_EQ(contains(cache, key), BRISK_MISS);
    EXPECT_EQ(touch(cache, key, 100 * second), BRISK_MISS);
    EXPECT_TRUE(brisk_test::keys(cache).empty());
    EXPECT_EQ(stats(cache).absent_hits, 2u);
    EXPECT_EQ(stats(cache).loads, 1u);
    EXPECT_EQ(stats(cache).load_failures, 0u);
    EXPECT_EQ(stats(cache).entries, 1u);
    advance(runtime, 1);
    EXPECT_EQ(stats(cache).entries, 0u) << "nothing is kept of it";
    EXPECT_EQ(begin(cache, key).result, BRISK_LEAD);
  }
}

TEST_F(Refresh, WhatIsWrittenOrErasedEndsTheKnowledge) {
  Cache cache = make(5 * second, 5 * second, [](auto &o) { o.event_capacity = 10; });
  const auto know = [&] { return complete_absent(begin(cache, "key").lease, BRISK_FOREVER); };
  ASSERT_EQ(know(), BRISK_OK);
  ASSERT_EQ(put(cache, "key", ""), BRISK_OK);
  EXPECT_EQ(begin(cache, "key").result, BRISK_OK);
  EXPECT_EQ(get(cache, "key"), "");
  ASSERT_EQ(erase(cache, "key"), BRISK_OK);
  ASSERT_EQ(know(), BRISK_OK);
  while (next_event(cache)) continue;
  EXPECT_EQ(erase(cache, "key"), BRISK_MISS);
  EXPECT_EQ(next_event(cache)->second, BRISK_CAUSE_ERASED);
  EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD);

  // Not kept when the key was erased since the load began.
  {
    Begun outdated = begin(cache, "key");
    EXPECT_EQ(outdated.result, BRISK_LEAD);
    ASSERT_EQ(erase(cache, "key"), BRISK_MISS);
    ASSERT_EQ(complete_absent(outdated.lease), BRISK_OK);
  }
  EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD);

  // A value that was kept goes; one that came meanwhile stays.
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  EXPECT_EQ(text(begin(cache, "key").value), "old");
  ASSERT_EQ(know(), BRISK_OK);
  EXPECT_EQ(begin(cache, "key").result, BRISK_ABSENT);
  ASSERT_EQ(erase(cache, "key"), BRISK_MISS);
  Begun lead = begin(cache, "key");
  ASSERT_EQ(put(cache, "key", "new"), BRISK_OK);
  ASSERT_EQ(complete_absent(lead.lease), BRISK_OK);
  EXPECT_EQ(wait(lead.lease).result, BRISK_ABSENT);
  EXPECT_EQ(get(cache, "key"), "new");
}

TEST_F(Refresh, GetOrLoadGivesTheOldValueToTheOthersAndToAllWhenItFails) {
  Cache cache = make(5 * second, 5 * second);
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Loader never{[](brisk_lease *, std::string_view) { return BRISK_OK; }};
  Loader fails{[&](brisk_lease *, std::string_view) {
    EXPECT_EQ(get_or_load(cache, "key", never).value, "old");
    return BRISK_INVALID;
  }};
  EXPECT_EQ(get_or_load(cache, "key", fails).value, "old");
  EXPECT_EQ(never.runs, 0);
  EXPECT_EQ(stats(cache).stale_errors, 1u);
  Loader loads{[&](brisk_lease *lease, std::string_view) {
    EXPECT_EQ(get_or_load(cache, "key", never).value, "old");
    return complete(lease, "new").status;
  }};
  EXPECT_EQ(get_or_load(cache, "key", loads).value, "new");
  EXPECT_EQ(never.runs, 0);
}

TEST_F(Refresh, InTheBackgroundTheOldValueComesAtOnce) {
  Cache cache = make(5 * second, 0);
  Workers workers = pool();
  Gate gate;
  Loader loader{[&](brisk_lease *lease, std::string_view key) {
    EXPECT_EQ(key, "key");
    EXPECT_TRUE(gate.wait());
    return complete(lease, "new").status;
  }};
  User missing{&loader, {}};
  gate.open();
  EXPECT_EQ(get_or_refresh(cache, "key", missing, workers).value, "new") << "with none at hand";
  EXPECT_EQ(missing.destroyed, 1);
  User hits{&loader, {}};
  EXPECT_EQ(get_or_refresh(cache, "key", hits, workers).value, "new");
  EXPECT_EQ(hits.destroyed, 1);
  EXPECT_EQ(loader.runs, 1);

  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Gate second_gate;
  Loader slow{[&](brisk_lease *lease, std::string_view) {
    EXPECT_TRUE(second_gate.wait());
    return complete(lease, "newer").status;
  }};
  User leads{&slow, {}};
  EXPECT_EQ(get_or_refresh(cache, "key", leads, workers).value, "old");
  EXPECT_EQ(leads.destroyed, 0) << "the load needs it";
  User others{&slow, {}};
  EXPECT_EQ(get_or_refresh(cache, "key", others, workers).value, "old");
  EXPECT_EQ(others.destroyed, 1);
  second_gate.open();
  EXPECT_TRUE(eventually([&] { return get(cache, "key") == "newer"; }));
  EXPECT_TRUE(eventually([&] { return leads.destroyed == 1; }));
  EXPECT_EQ(slow.runs, 1);
  EXPECT_EQ(stats(cache).stale_hits, 2u);
}

TEST_F(Refresh, APoolThatTakesNothingLeavesTheLoadToTheCaller) {
  Cache cache = make(5 * second, 0);
  Workers closed = pool();
  size_t size = 0;
  ASSERT_EQ(call(brisk_workers_close, closed, 10 * second, nullptr, 0u, &size), BRISK_OK);
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Loader loader{[](brisk_lease *lease, std::string_view) { return complete(lease, "new").status; }};
  User user{&loader, {}};
  EXPECT_EQ(get_or_refresh(cache, "key", user, closed).value, "new");
  EXPECT_EQ(user.destroyed, 1);
  EXPECT_EQ(loader.runs, 1);
}

TEST_F(Refresh, ATaskThatNeverStartsLeavesTheLoadToTheNext) {
  Cache cache = make(5 * second, 0);
  Workers busy = pool();
  struct Block {
    Gate begun;
    Gate end;
  } block;
  const auto wait_there = [](void *user, brisk_task *) -> brisk_status {
    static_cast<Block *>(user)->begun.open();
    EXPECT_TRUE(static_cast<Block *>(user)->end.wait());
    return BRISK_OK;
  };
  ASSERT_EQ(call(brisk_workers_submit, busy, nullptr, wait_there, &block, nullptr, 0u, nullptr,
                 nullptr, nullptr),
            BRISK_OK);
  ASSERT_TRUE(block.begun.wait());
  ASSERT_EQ(put(cache, "key", "old"), BRISK_OK);
  advance(runtime, ttl);
  Loader loader{[](brisk_lease *lease, std::string_view) { return complete(lease, "new").status; }};
  User user{&loader, {}};
  EXPECT_EQ(get_or_refresh(cache, "key", user, busy).value, "old");
  std::thread closer([&] {
    size_t size = 0;
    EXPECT_EQ(call(brisk_workers_close, busy, 20 * second, nullptr, 0u, &size), BRISK_OK);
  });
  EXPECT_TRUE(eventually([&] { return user.destroyed == 1; }));
  block.end.open();
  closer.join();
  EXPECT_EQ(loader.runs, 0);
  EXPECT_EQ(begin(cache, "key").result, BRISK_LEAD);
}

TEST_F(Refresh, UserDataIsReleasedOnceWhateverIsWrong) {
  Cache cache = make(5 * second, 0);
  Workers workers = pool();
  Loader loader{[](brisk_lease *, std::string_view) { return BRISK_OK; }};
  User user{&loader, {}};
  Value value;
  int calls = 0;
  const auto wrong = [&](brisk_cache *in, const void *key, size_t size, brisk_load_fn load,
                         brisk_workers *on, brisk_value **out, const char *says) {
    const Result result = call(brisk_cache_get_or_refresh, in, key, size, nullptr, load, &user,
                               User::destroy, on, 0u, out);
    EXPECT_EQ(result, BRISK_INVALID);
    EXPECT_TRUE(result.says(says)) << result;
    EXPECT_EQ(user.destroyed, ++calls);
  };
  wrong(nullptr, "k", 1, User::run, workers, value.out(), "cache is NULL");
  wrong(cache, nullptr, 1, User::run, workers, value.out(), "key is NULL");
  wrong(cache, "k", 1, nullptr, workers, value.out(), "load is NULL");
  wrong(cache, "k", 1, User::run, nullptr, value.out(), "workers is NULL");
  wrong(cache, "k", 1, User::run, workers, nullptr, "value is NULL");
  EXPECT_EQ(loader.runs, 0);
}

}  // namespace
}  // namespace brisk_test
