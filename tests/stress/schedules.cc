// Interleavings that chance seldom finds, forced: a thread stops at a named point of the library
// while another one does what must not hurt it.
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>

#include "base/fault.h"
#include "stress.h"

namespace {

using namespace stress;

// Runs `during` once, on the first thread that comes to the point.
void once(const char *point, std::function<void()> during) {
  auto first = std::make_shared<std::atomic<bool>>(true);
  brisk::fault::on_pause(point, [first, during = std::move(during)] {
    if (first->exchange(false)) during();
  });
}

class SchedulesTest : public testing::Test {
 protected:
  void TearDown() override { brisk::fault::reset(); }

  void make(uint64_t capacity) {
    brisk_cache_options options = options_of(capacity);
    options.compression = BRISK_COMPRESSION_OFF;
    cache_ = new_cache(runtime_.get(), options);
  }

  // Frees the slot of the key and gives it to another one of the same size.
  void recycle(const std::string &key) {
    ASSERT_EQ(erase(cache_, key), BRISK_OK);
    ASSERT_EQ(put(cache_, std::string(key.size(), '#'), std::string(value_size, '#')), BRISK_OK);
  }

  static std::string value_of(const std::string &key) {
    return key + std::string(value_size - key.size(), '.');
  }
  static std::string key_of(size_t number) { return "key" + std::to_string(100000 + number); }

  // Puts new keys until the index has grown; gives the number of the next.
  size_t put_until_growth(size_t from) {
    const uint64_t before = stats_of(cache_).index_bytes;
    do {
      EXPECT_EQ(put(cache_, key_of(from), value_of(key_of(from))), BRISK_OK);
      ++from;
    } while (stats_of(cache_).index_bytes == before);
    return from;
  }

  static constexpr size_t value_size = 100;
  Runtime runtime_ = new_runtime(BRISK_CLOCK_MANUAL);
  Cache cache_;
};

TEST_F(SchedulesTest, ASlotThatIsRecycledUnderAReaderIsNotRead) {
  make(1 << 20);
  for (const char *point : {"read.matched", "read.copied"}) {
    ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
    once(point, [this] { recycle("key"); });
    EXPECT_EQ(read(cache_, "key"), "BRISK_MISS") << point;
    brisk::fault::reset();
  }
}

TEST_F(SchedulesTest, AValueThatIsReplacedUnderAReaderIsReadAsTheNewOne) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
  const std::string other(value_size, 'n');
  once("read.matched", [&] {
    ASSERT_EQ(put(cache_, "key", other), BRISK_OK);
    ASSERT_EQ(put(cache_, "#", std::string(value_size + 2, '#')), BRISK_OK);  // into the old slot
  });
  EXPECT_EQ(read(cache_, "key"), other);
}

TEST_F(SchedulesTest, AnEntryThatIsPinnedBeforeItIsOverwrittenKeepsItsValue) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
  const std::string other(value_size, 'n');
  Value pinned;
  once("overwrite.matched", [&] { ASSERT_EQ(get(cache_, "key", &pinned), BRISK_OK); });
  ASSERT_EQ(put(cache_, "key", other), BRISK_OK);
  EXPECT_EQ(bytes_of(pinned.get()), value_of("key"));
  EXPECT_EQ(read(cache_, "key"), other);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);  // nobody pins this one
  EXPECT_EQ(stats_of(cache_).evicted_replaced, 2u);
}

TEST_F(SchedulesTest, AnEntryThatGoesBeforeItIsOverwrittenIsPutAnew) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
  const std::string other(value_size, 'n');
  once("overwrite.matched", [&] { recycle("key"); });
  ASSERT_EQ(put(cache_, "key", other), BRISK_OK);
  EXPECT_EQ(read(cache_, "key"), other);
  EXPECT_EQ(read(cache_, "###"), std::string(value_size, '#'));
}

TEST_F(SchedulesTest, AnEntryIsNotOverwrittenThroughAnOutgrownTable) {
  make(8 << 20);
  const size_t next = put_until_growth(0);
  const std::string other(value_size, 'n');
  std::string key;
  bool came = false;
  once("overwrite.matched", [&] {
    came = true;
    put_until_growth(next);
    recycle(key);
  });
  // A key is left to the write path if another one has its tag in its bucket.
  for (size_t i = next / 2; !came; ++i) {
    key = key_of(i);
    ASSERT_EQ(put(cache_, key, other), BRISK_OK);
  }
  EXPECT_EQ(read(cache_, key), other);
  EXPECT_EQ(read(cache_, std::string(key.size(), '#')), std::string(value_size, '#'));
}

TEST_F(SchedulesTest, AValueThatWasHalfWrittenAtAForkIsGoneInTheChild) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
  const std::string other(value_size, 'n');
  int status = -1;
  once("overwrite.written", [&] {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      const bool gone = read(cache_, "key") == "BRISK_MISS" && stats_of(cache_).entries == 0;
      const bool back = put(cache_, "key", other) == BRISK_OK && read(cache_, "key") == other;
      _exit(gone && back ? 0 : 1);
    }
    ASSERT_EQ(waitpid(child, &status, 0), child);
  });
  ASSERT_EQ(put(cache_, "key", other), BRISK_OK);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(read(cache_, "key"), other);
}

// The put has looked for loads before this one begins, and is not seen by it.
TEST_F(SchedulesTest, AValueThatIsPutWhileAnEarlyLoadBeginsIsNotReplacedByIt) {
  brisk_cache_options options = options_of(1 << 20);
  options.ttl_ns = 1'000'000'000;
  options.early_beta = 1000;
  cache_ = new_cache(runtime_.get(), options);
  const auto begin = [this](brisk_lease **lease) {
    brisk_value *value = nullptr;
    const brisk_status status =
        brisk_cache_begin(cache_.get(), "key", 3, nullptr, &value, lease, nullptr);
    brisk_value_unref(value);
    return status;
  };
  const auto complete = [](brisk_lease *lease, const char *value) {
    EXPECT_EQ(brisk_lease_complete(lease, value, 3, 0, nullptr, nullptr), BRISK_OK);
    brisk_lease_unref(lease);
  };
  brisk_lease *lease = nullptr;
  ASSERT_EQ(begin(&lease), BRISK_LEAD);
  ASSERT_EQ(brisk_runtime_advance(runtime_.get(), 1'000'000'000'000, nullptr), BRISK_OK);
  complete(lease, "old");
  once("put.begun", [&] { ASSERT_EQ(begin(&lease), BRISK_LEAD); });
  ASSERT_EQ(put(cache_, "key", "new"), BRISK_OK);
  complete(lease, "was");
  EXPECT_EQ(read(cache_, "key"), "new");
}

// A table whose buckets never changed before it was outgrown, under a reader that has found its
// entry there.
TEST_F(SchedulesTest, AReaderInAnOutgrownTableTrustsNothing) {
  make(8 << 20);
  const size_t next = put_until_growth(0);
  const std::string key = key_of(next / 2);
  once("read.matched", [&] {
    put_until_growth(next);
    recycle(key);
  });
  EXPECT_EQ(read(cache_, key), "BRISK_MISS");
}

// The same where the system does not take the pages of the old table back, as when the host has
// locked its memory, and the reader arrives after the versions were changed.
TEST_F(SchedulesTest, AnOutgrownTableThatStaysInMemoryIsEmpty) {
  make(8 << 20);
  const size_t next = put_until_growth(0);
  const std::string key = key_of(next / 2);
  Gate in_old_table;
  Gate retired;
  Gate looked;
  Gate recycled;
  Threads reader;
  once("read.begun", [&] {
    in_old_table.open();
    retired.wait();
  });
  once("index.retired", [&] {
    retired.open();
    looked.wait();
  });
  once("read.matched", [&] {
    looked.open();
    recycled.wait();
  });
  reader.start(1, [&](size_t) { EXPECT_EQ(read(cache_, key), "BRISK_MISS"); });
  ASSERT_TRUE(in_old_table.wait());
  brisk::fault::arm("drop", 1);
  put_until_growth(next);
  brisk::fault::arm("drop", 0);
  recycle(key);
  recycled.open();
}

TEST_F(SchedulesTest, AMissInAnOutgrownTableIsNone) {
  make(8 << 20);
  const size_t next = put_until_growth(0);
  const std::string key = key_of(next / 2);
  once("read.begun", [&] { put_until_growth(next); });
  EXPECT_EQ(read(cache_, key), value_of(key));
}

TEST_F(SchedulesTest, AKeyIsFoundWhileTheIndexGrows) {
  make(8 << 20);
  const size_t next = put_until_growth(0);
  size_t found = 0;
  for (const char *point : {"index.published", "index.retired"}) {
    once(point, [&] {
      for (size_t i = 0; i + 1 < next; ++i) found += read(cache_, key_of(i)) == value_of(key_of(i));
    });
  }
  put_until_growth(next);
  EXPECT_EQ(found, 2 * (next - 1));
}

TEST_F(SchedulesTest, APinThatComesTooLateIsNone) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", value_of("key")), BRISK_OK);
  once("read.before_pin", [this] { recycle("key"); });
  Value value;
  EXPECT_EQ(get(cache_, "key", &value), BRISK_MISS);
  EXPECT_EQ(read(cache_, "###"), std::string(value_size, '#'));
  // And the one that took its place is nobody's.
  EXPECT_EQ(erase(cache_, "###"), BRISK_OK);
  EXPECT_EQ(stats_of(cache_).pinned_bytes, 0u);
}

TEST_F(SchedulesTest, ThePinOfAReplacedValueIsThatOfTheNewOne) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", "old"), BRISK_OK);
  once("read.before_pin", [this] { ASSERT_EQ(put(cache_, "key", "new"), BRISK_OK); });
  Value value;
  ASSERT_EQ(get(cache_, "key", &value), BRISK_OK);
  EXPECT_EQ(bytes_of(value.get()), "new");
}

TEST_F(SchedulesTest, ALastPinMayGoJustBeforeTheEntryIsDetached) {
  make(1 << 20);
  for (const size_t size : {size_t{100}, size_t{10000}}) {
    ASSERT_EQ(put(cache_, "key", std::string(size, 'v')), BRISK_OK);
    Value value;
    ASSERT_EQ(get(cache_, "key", &value), BRISK_OK);
    once("write.before_detach", [&] { value.reset(); });
    ASSERT_EQ(erase(cache_, "key"), BRISK_OK);
    brisk::fault::reset();
    const brisk_cache_stats stats = stats_of(cache_);
    EXPECT_EQ(stats.pinned_bytes, 0u);
    EXPECT_EQ(stats.reclaim_bytes, 0u);
    EXPECT_EQ(stats.entry_bytes, 0u);
  }
  cache_.reset();
  EXPECT_EQ(held_by(runtime_), 0u);
}

TEST_F(SchedulesTest, AnEntryThatIsPinnedWhileItIsAboutToMoveStays) {
  make(1 << 20);
  constexpr size_t keys = 6000;
  for (size_t i = 0; i < keys; ++i) put(cache_, key_of(i), value_of(key_of(i)));
  Random random(1);
  for (size_t i = 0; i < keys; ++i) {
    if (random.below(8) != 0) erase(cache_, key_of(i));
  }
  std::vector<std::pair<std::string, Value>> pinned;
  brisk::fault::on_pause("move.before_lock", [&] {
    if (!pinned.empty()) return;
    for (size_t i = 0; i < keys; ++i) {
      Value value;
      if (get(cache_, key_of(i), &value) == BRISK_OK)
        pinned.emplace_back(key_of(i), std::move(value));
    }
  });
  for (size_t i = 0; i < 300; ++i) put(cache_, "large" + std::to_string(i), std::string(1500, 'x'));
  ASSERT_FALSE(pinned.empty()) << "nothing was moved";
  // Whatever was given up too early is in use again now.
  for (size_t i = 0; i < 300; ++i) put(cache_, key_of(keys + i), value_of(key_of(keys + i)));
  for (const auto &[key, value] : pinned) EXPECT_EQ(bytes_of(value.get()), value_of(key));
}

TEST_F(SchedulesTest, ATouchNeverBringsAnOlderValueBack) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", "old"), BRISK_OK);
  once("touch.before_commit", [this] { ASSERT_EQ(put(cache_, "key", "new"), BRISK_OK); });
  EXPECT_EQ(brisk_cache_touch(cache_.get(), "key", 3, second, nullptr), BRISK_OK);
  EXPECT_EQ(read(cache_, "key"), "new");
  ASSERT_EQ(brisk_runtime_advance(runtime_.get(), second, nullptr), BRISK_OK);
  EXPECT_EQ(read(cache_, "key"), "BRISK_MISS") << "the newer value has the new lifetime";

  ASSERT_EQ(put(cache_, "key", "erased"), BRISK_OK);
  once("touch.before_commit", [this] { ASSERT_EQ(erase(cache_, "key"), BRISK_OK); });
  EXPECT_EQ(brisk_cache_touch(cache_.get(), "key", 3, second, nullptr), BRISK_MISS);
  EXPECT_EQ(read(cache_, "key"), "BRISK_MISS");
}

// Values that shrink, in a cache that packs them when they have come to stay.
class Settling : public SchedulesTest {
 protected:
  void SetUp() override { cache_ = new_cache(runtime_.get(), options_of(capacity)); }

  static std::string text_of(size_t number, const char *version) {
    std::string text;
    while (text.size() < 1000) text += version + std::to_string(number + text.size()) + ", ";
    return text;
  }
  void put_all(const char *version) {
    for (size_t i = 0; i < count; ++i)
      ASSERT_EQ(put(cache_, key_of(i), text_of(i, version)), BRISK_OK);
  }

  static constexpr uint64_t capacity = 8 << 20;
  static constexpr size_t count = 2000;
};

TEST_F(Settling, AValueThatIsPutWhileTheOldOneIsPackedStays) {
  bool came = false;
  once("settle.before_commit", [&] {
    came = true;
    put_all("new");
  });
  for (size_t i = 0; !came; ++i) {
    ASSERT_LT(i, count);
    ASSERT_EQ(put(cache_, key_of(i), text_of(i, "old")), BRISK_OK);
  }
  size_t old = 0;  // the one whose write packed others
  for (size_t i = 0; i < count; ++i) old += read(cache_, key_of(i)) != text_of(i, "new");
  EXPECT_EQ(old, 0u);
  EXPECT_GT(stats_of(cache_).compressed_entries, count / 2);
}

TEST_F(Settling, AKeyThatIsErasedWhileItsValueIsPackedIsGone) {
  bool came = false;
  once("settle.before_commit", [&] {
    came = true;
    for (size_t i = 0; i < count; ++i) (void)erase(cache_, key_of(i));
  });
  for (size_t i = 0; !came; ++i) {
    ASSERT_LT(i, count);
    ASSERT_EQ(put(cache_, key_of(i), text_of(i, "old")), BRISK_OK);
  }
  EXPECT_EQ(stats_of(cache_).entries, 0u);
}

TEST_F(Settling, AValueThatIsPutWhileTheOldOneIsUnpackedForGoodStays) {
  put_all("old");
  for (const size_t i : {count / 2, count / 2 + 1}) {
    bool came = false;
    once("settle.before_commit", [&] {
      came = true;
      ASSERT_EQ(put(cache_, key_of(i), text_of(i, "new")), BRISK_OK);
    });
    for (int reads = 0; reads < 200 && !came; ++reads)
      ASSERT_EQ(read(cache_, key_of(i)), text_of(i, "old"));
    ASSERT_TRUE(came);
    EXPECT_EQ(read(cache_, key_of(i)), text_of(i, "new"));
  }
}

TEST_F(Settling, WhatLeavesBeforeItStaysIsNotPacked) {
  size_t next = 0;
  const auto put_some = [&](size_t some) {
    for (const size_t end = next + some; next < end; ++next)
      ASSERT_EQ(put(cache_, key_of(next), text_of(next, "old")), BRISK_OK);
  };
  put_some(30'000);
  ASSERT_GT(stats_of(cache_).evicted_capacity, 0u);
  // A dictionary makes room for a while, however late it comes.
  EXPECT_TRUE(eventually([&] {
    brisk::fault::arm("pack", UINT64_MAX);
    put_some(2000);
    return brisk::fault::hits() < 200;
  })) << brisk::fault::hits();
}

TEST_F(SchedulesTest, AKeyThatGoesWhileOneLooksIsNotThere) {
  make(1 << 20);
  ASSERT_EQ(put(cache_, "key", "value"), BRISK_OK);
  once("contains.looked", [this] { ASSERT_EQ(erase(cache_, "key"), BRISK_OK); });
  EXPECT_EQ(brisk_cache_contains(cache_.get(), "key", 3, nullptr), BRISK_MISS);
}

TEST_F(SchedulesTest, AnEntryIsLiveFromTheMomentItIsShown) {
  make(1 << 20);
  ASSERT_EQ(brisk_runtime_advance(runtime_.get(), second, nullptr), BRISK_OK);
  for (int round = 0; round < 2; ++round) {
    std::string seen;
    once("write.shown", [&] { seen = read(cache_, "key"); });
    const std::string value = "value " + std::to_string(round);
    ASSERT_EQ(put(cache_, "key", value, second), BRISK_OK);
    EXPECT_EQ(seen, value);
  }
}

TEST_F(SchedulesTest, AWriteDuringALoadIsNotOverwrittenByIt) {
  make(1 << 20);
  for (const bool writes : {true, false}) {
    brisk_value *found = nullptr;
    brisk_lease *lease = nullptr;
    const std::string key = writes ? "written" : "erased";
    ASSERT_EQ(
        brisk_cache_begin(cache_.get(), key.data(), key.size(), nullptr, &found, &lease, nullptr),
        BRISK_LEAD);
    const Lease lead(lease);
    once("load.before_store", [&] {
      if (writes) {
        ASSERT_EQ(put(cache_, key, "newer"), BRISK_OK);
      } else {
        ASSERT_EQ(erase(cache_, key), BRISK_MISS);
      }
    });
    brisk_value *given = nullptr;
    ASSERT_EQ(brisk_lease_complete(lead.get(), "loaded", 6, 0, &given, nullptr), BRISK_OK);
    const Value value(given);
    EXPECT_EQ(bytes_of(value.get()), "loaded");
    EXPECT_EQ(read(cache_, key), writes ? "newer" : "BRISK_MISS");
    brisk::fault::reset();
  }
}

TEST(WorkersSchedules, TasksThatPileUpCallAnotherThanTheOneThatSearches) {
  brisk_workers_options options = BRISK_WORKERS_OPTIONS_INIT;
  options.threads = 2;
  brisk_workers *made = nullptr;
  ASSERT_EQ(brisk_workers_new(nullptr, &options, &made, nullptr), BRISK_OK);
  const std::unique_ptr<brisk_workers, Release<brisk_workers_unref>> pool(made);
  std::atomic<unsigned> ran{0};
  const auto submit = [&] {
    const auto run = [](void *user, brisk_task *) -> brisk_status {
      static_cast<std::atomic<unsigned> *>(user)->fetch_add(1);
      return BRISK_OK;
    };
    ASSERT_EQ(brisk_workers_submit(pool.get(), nullptr, run, &ran, nullptr, 0, nullptr, nullptr,
                                   nullptr, nullptr),
              BRISK_OK);
  };
  std::atomic<bool> stands{false};
  Gate gate;
  once("workers.searching", [&] {
    stands = true;
    while (!gate.wait()) {
    }
  });
  submit();
  EXPECT_TRUE(eventually([&] { return stands.load(); }));
  for (int i = 0; i < 128; ++i) submit();
  EXPECT_TRUE(eventually([&] { return ran.load() > 32; })) << ran;
  gate.open();
  EXPECT_TRUE(eventually([&] { return ran.load() == 129; })) << ran;
  brisk::fault::reset();
}

}  // namespace
