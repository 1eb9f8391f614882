// Memory that is not given: each allocation and each reservation of an operation fails in turn, the
// first, the second, and so on until the operation gets through. Whatever fails, the answer is a
// status with a message, nothing leaks, and the cache goes on as before.
#include <unistd.h>

#include <memory>

#include "base/fault.h"
#include "failing_new.h"
#include "interface.h"

namespace brisk_test {
namespace {

struct World {
  Runtime runtime = new_runtime();
  Cache cache;
  Value value;
  Lease lease;
  Lease other_lease;
  Cursor cursor;
  size_t size = 0;
  Handle<brisk_workers, brisk_workers_unref> workers;
  uint64_t number = 0;
  brisk_error *error = nullptr;

  World() = default;
  World(const World &) = delete;
  World &operator=(const World &) = delete;
  ~World() { brisk_error_unref(error); }
};

const std::string small = "0123456789";
const std::string large = noise(100000);
const std::string packed = prose(100000);
const std::string half_packed = prose(3000);
const std::string long_key(3000, 'k');
const std::string hot_path = testing::TempDir() + "brisk-memory-failures-hot";

struct Operation {
  const char *name;
  std::function<void(World &)> prepare;
  std::function<brisk_status(World &)> run;  // allocates nothing of its own
  std::string key;                           // whose value, afterwards, is nothing or one of these
  std::vector<std::string> values;
  std::vector<brisk_status> may = {BRISK_OUT_OF_MEMORY, BRISK_REFUSED};
};

void make(World &world, const std::function<void(brisk_cache_options &)> &set = nullptr) {
  world.cache = new_cache(world.runtime, set);
  ASSERT_EQ(put(world.cache, "stays", small), BRISK_OK);
  ASSERT_EQ(put(world.cache, "stays packed", half_packed), BRISK_OK);
}

brisk_status raw_put(World &world, const std::string &key, const std::string &value,
                     uint64_t ttl = 0) {
  return brisk_cache_put(world.cache, key.data(), key.size(), value.data(), value.size(), ttl,
                         &world.error);
}

brisk_status loader(void *, brisk_lease *lease, const void *, size_t) {
  const brisk_status status =
      brisk_lease_complete(lease, packed.data(), packed.size(), 0, nullptr, nullptr);
  return status;
}

std::vector<Operation> operations() {
  const auto plain = [](World &world) { make(world); };
  const auto full = [](World &world) {
    make(world, [](auto &o) { o.capacity_bytes = 1 << 20, o.event_capacity = 100; });
    for (int i = 0; i < 3000; ++i)
      ASSERT_EQ(put(world.cache, std::to_string(i), noise(300)), BRISK_OK);
    ASSERT_EQ(put(world.cache, "stays", small), BRISK_OK);
    ASSERT_EQ(put(world.cache, "stays packed", half_packed), BRISK_OK);
  };
  const auto putting = [](const std::string &key, const std::string &value, uint64_t ttl = 0) {
    return [&key, &value, ttl](World &world) { return raw_put(world, key, value, ttl); };
  };
  static const std::string key = "key";
  std::vector<Operation> all = {
      {"runtime_new",
       [](World &) {},
       [](World &world) {
         brisk_runtime *made = nullptr;
         const brisk_status status = brisk_runtime_new(nullptr, &made, &world.error);
         brisk_runtime_unref(made);
         return status;
       },
       "",
       {}},
      {"cache_new",
       plain,
       [](World &world) {
         brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
         options.policy = BRISK_POLICY_LRU;
         options.event_capacity = 100;
         options.max_entries = 1000;
         options.name = "a name that is too long for any small string";
         options.name_size = 40;
         brisk_cache *made = nullptr;
         const brisk_status status = brisk_cache_new(world.runtime, &options, &made, &world.error);
         EXPECT_EQ(made != nullptr, status == BRISK_OK);
         brisk_cache_unref(made);
         return status;
       },
       "",
       {}},
      {"put small", plain, putting(key, small), key, {small}},
      {"put with a lifetime", plain, putting(key, small, second), key, {small}},
      {"put large", plain, putting(key, large), key, {large}},
      {"put packed", plain, putting(key, packed), key, {packed}},
      {"put with a long key", plain, putting(long_key, large), long_key, {large}},
      {"put the first packed value",
       [](World &world) { world.cache = new_cache(world.runtime); },
       putting(key, half_packed),
       key,
       {half_packed}},
      {"put where one is",
       [](World &world) {
         make(world);
         ASSERT_EQ(put(world.cache, key, "older"), BRISK_OK);
       },
       putting(key, packed),
       key,
       {packed}},
      {"put where the index grows",
       [](World &world) {
         make(world);
         for (int i = 0; stats(world.cache).entries < 448; ++i) {
           ASSERT_EQ(put(world.cache, std::to_string(i), "v"), BRISK_OK);
         }
       },
       putting(key, small),
       key,
       {small}},
      {"put small into a full cache", full, putting(key, small), key, {small}},
      {"put large into a full cache", full, putting(key, large), key, {large}},
      {"put packed into a full cache", full, putting(key, packed), key, {packed}},
      {"get small",
       plain,
       [](World &world) {
         return brisk_cache_get(world.cache, "stays", 5, world.value.out(), &world.error);
       },
       "stays",
       {small}},
      {"get packed",
       plain,
       [](World &world) {
         return brisk_cache_get(world.cache, "stays packed", 12, world.value.out(), &world.error);
       },
       "stays packed",
       {half_packed}},
      {"get many",
       plain,
       [](World &world) {
         const uint32_t sizes[] = {5, 12};
         brisk_value *values[2] = {};
         const brisk_status status = brisk_cache_get_many(world.cache, 2, "staysstays packed", 17,
                                                          sizes, values, &world.size, &world.error);
         EXPECT_TRUE(status >= 0 || (values[0] == nullptr && values[1] == nullptr));
         brisk_value_unref(values[0]);
         brisk_value_unref(values[1]);
         return status;
       },
       "stays",
       {small}},
      {"touch",
       plain,
       [](World &world) {
         return brisk_cache_touch(world.cache, "stays packed", 12, second, &world.error);
       },
       "stays packed",
       {half_packed}},
      {"erase matching",
       plain,
       [](World &world) {
         return brisk_cache_erase_matching(world.cache, "none*", 5, &world.number, &world.error);
       },
       "",
       {}},
      {"walk",
       [](World &world) {
         make(world);
         for (int i = 0; i < 300; ++i)
           ASSERT_EQ(put(world.cache, "a key of some size " + std::to_string(i), ""), BRISK_OK);
       },
       [](World &world) {
         brisk_status status = brisk_cache_keys(world.cache, world.cursor.out(), &world.error);
         char buffer[100];
         int seen = 0;
         while (status == BRISK_OK) {
           status =
               brisk_cursor_next(world.cursor, buffer, sizeof buffer, &world.size, &world.error);
           seen += status == BRISK_OK;
           if (status == BRISK_OUT_OF_MEMORY) {
             // The walk may go on, and neither loses a key nor gives one twice.
             while (brisk_cursor_next(world.cursor, buffer, sizeof buffer, &world.size, nullptr) ==
                    BRISK_OK)
               ++seen;
             EXPECT_EQ(seen, 302);
             return status;
           }
         }
         EXPECT_EQ(seen == 302, status == BRISK_END);
         return status == BRISK_END ? BRISK_OK : status;
       },
       "",
       {}},
      {"hot_keys",
       [](World &world) {
         make(world);
         ASSERT_EQ(read(world.cache, "stays"), small);
       },
       [](World &world) {
         return brisk_cache_hot_keys(world.cache, 9, world.cursor.out(), &world.error);
       },
       "",
       {}},
      {"save_hot and restore_hot",
       [](World &world) {
         make(world);
         ASSERT_EQ(read(world.cache, "stays"), small);
       },
       [](World &world) {
         const brisk_status status =
             brisk_cache_save_hot(world.cache, hot_path.data(), hot_path.size(), &world.error);
         if (status != BRISK_OK) return status;
         const brisk_status restored = brisk_cache_restore_hot(
             world.cache, hot_path.data(), hot_path.size(), &world.number, &world.error);
         unlink(hot_path.c_str());
         return restored;
       },
       "",
       {}},
      {"begin",
       plain,
       [](World &world) {
         const brisk_status status =
             brisk_cache_begin(world.cache, key.data(), 3, nullptr, world.value.out(),
                               world.lease.out(), &world.error);
         return status == BRISK_LEAD ? BRISK_OK : status;
       },
       "",
       {}},
      {"begin and wait",
       [](World &world) {
         make(world);
         ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr, world.value.out(),
                        world.lease.out()),
                   BRISK_LEAD);
         ASSERT_EQ(call(brisk_cache_begin, world.cache, "up", 2u, nullptr, world.value.out(),
                        world.other_lease.out()),
                   BRISK_LEAD);
       },
       [](World &world) {
         brisk_lease *waits = nullptr;
         const brisk_status status = brisk_cache_begin(world.cache, "key", 3, world.other_lease,
                                                       world.value.out(), &waits, &world.error);
         EXPECT_EQ(waits != nullptr, status == BRISK_WAIT);
         brisk_lease_unref(waits);
         return status == BRISK_WAIT ? BRISK_OK : status;
       },
       "",
       {}},
      {"fail",
       [](World &world) {
         make(world);
         ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr, world.value.out(),
                        world.lease.out()),
                   BRISK_LEAD);
       },
       [](World &world) {
         return brisk_lease_fail(world.lease, large.data(), large.size(), &world.error);
       },
       "",
       {}},
      {"supersede",
       [](World &world) {
         make(world);
         ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr, world.value.out(),
                        world.lease.out()),
                   BRISK_LEAD);
       },
       putting(key, small),
       key,
       {small}},
      {"get_or_load",
       plain,
       [](World &world) {
         return brisk_cache_get_or_load(world.cache, key.data(), 3, nullptr, loader, nullptr,
                                        nullptr, 0, world.value.out(), &world.error);
       },
       key,
       {packed},
       {BRISK_OUT_OF_MEMORY, BRISK_REFUSED, BRISK_LOAD_FAILED}},
      {"get_or_refresh",
       [](World &world) {
         make(world, [](auto &o) { o.stale_ns = second; });
         ASSERT_EQ(put(world.cache, "key", small, second), BRISK_OK);
         advance(world.runtime, second);
         // A pool that takes nothing, so that all of it happens here.
         size_t size = 0;
         ASSERT_EQ(call(brisk_workers_new, nullptr, nullptr, world.workers.out()), BRISK_OK);
         ASSERT_EQ(call(brisk_workers_close, world.workers, 10 * second, nullptr, 0u, &size),
                   BRISK_OK);
       },
       [](World &world) {
         return brisk_cache_get_or_refresh(world.cache, key.data(), 3, nullptr, loader, nullptr,
                                           nullptr, world.workers, 0, world.value.out(),
                                           &world.error);
       },
       key,
       {packed},
       {BRISK_OUT_OF_MEMORY, BRISK_REFUSED, BRISK_LOAD_FAILED}},
      {"complete_absent",
       [](World &world) {
         make(world);
         ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr, world.value.out(),
                        world.lease.out()),
                   BRISK_LEAD);
       },
       [](World &world) { return brisk_lease_complete_absent(world.lease, second, &world.error); },
       "",
       {}},
      {"advance",
       [](World &world) {
         make(world);
         for (int i = 0; i < 1000; ++i)
           ASSERT_EQ(put(world.cache, std::to_string(i), "v", second), BRISK_OK);
       },
       [](World &world) {
         const brisk_status status = brisk_runtime_advance(world.runtime, 2 * second, &world.error);
         return status;
       },
       "",
       {}},
      {"stats",
       plain,
       [](World &world) {
         brisk_cache_stats figures = BRISK_CACHE_STATS_INIT;
         return brisk_cache_read_stats(world.cache, &figures, &world.error);
       },
       "",
       {}},
  };
  for (const auto &[name, value] : {std::make_pair("complete small", &small),
                                    {"complete large", &large},
                                    {"complete packed", &packed}}) {
    all.push_back({name,
                   [](World &world) {
                     make(world);
                     ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr,
                                    world.value.out(), world.lease.out()),
                               BRISK_LEAD);
                     ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr,
                                    world.value.out(), world.other_lease.out()),
                               BRISK_WAIT);
                   },
                   [value = value](World &world) {
                     return brisk_lease_complete(world.lease, value->data(), value->size(), 0,
                                                 world.value.out(), &world.error);
                   },
                   key,
                   {*value}});
  }
  return all;
}

// Fails the nth of something. Returns false when there were fewer.
struct Way {
  const char *name;
  std::function<void(uint64_t)> arm;
  std::function<bool(uint64_t)> disarm;  // whether the nth came by
};

Way point(const char *name) {
  return {name, [name](uint64_t nth) { brisk::fault::arm(name, nth); },
          [](uint64_t nth) {
            const bool reached = brisk::fault::hits() >= nth;
            brisk::fault::reset();
            return reached;
          }};
}

std::vector<Way> ways() {
  return {{"operator new", [](uint64_t nth) { fail_new(nth); },
           [](uint64_t nth) {
             const bool reached = news() >= nth;
             fail_new(0);
             return reached;
           }},
          point("allocate"),
          point("reserve"),
          point("region"),
          point("pack"),
          point("*")};
}

class MemoryFailures : public testing::TestWithParam<size_t> {};

TEST_P(MemoryFailures, AreStatusesAndNothingIsLost) {
  const Operation operation = operations()[GetParam()];
  uint64_t failures = 0;
  for (const Way &way : ways()) {
    SCOPED_TRACE(way.name);
    for (uint64_t nth = 1;; ++nth) {
      ASSERT_LT(nth, 1000u) << "it never gets through";
      SCOPED_TRACE(nth);
      World world;
      operation.prepare(world);
      way.arm(nth);
      const brisk_status status = operation.run(world);
      const bool reached = way.disarm(nth);
      if (!reached) {
        EXPECT_EQ(status, BRISK_OK) << "nothing failed, but " << brisk_status_name(status);
        break;
      }
      failures += status != BRISK_OK;
      const bool allowed =
          status == BRISK_OK || std::count(operation.may.begin(), operation.may.end(), status) != 0;
      EXPECT_TRUE(allowed) << brisk_status_name(status) << ": " << brisk_error_message(world.error);
      EXPECT_EQ(world.error != nullptr, status < 0);
      if (status < 0) {
        EXPECT_EQ(brisk_error_status(world.error), status);
        EXPECT_STRNE(brisk_error_message(world.error), "");
      }
      if (world.value != nullptr && !operation.values.empty()) {
        EXPECT_TRUE(text(world.value) == operation.values[0]) << "a wrong value";
      }
      if (world.cache != nullptr) {
        const auto figures = stats(world.cache);
        EXPECT_LE(figures.held_bytes, figures.capacity_bytes);
        EXPECT_EQ(parts(figures), figures.held_bytes);
        if (!operation.key.empty()) {
          const auto now = get(world.cache, operation.key);
          EXPECT_TRUE(!now ||
                      std::count(operation.values.begin(), operation.values.end(), *now) != 0)
              << "a wrong value";
        }
        for (const auto &[key, value] :
             {std::make_pair("stays", &small), {"stays packed", &half_packed}}) {
          const auto now = get(world.cache, key);
          EXPECT_TRUE(!now || *now == *value) << "a wrong value of another key";
        }
        // All is well again.
        world.value.reset();
        EXPECT_EQ(put(world.cache, "afterwards", packed), BRISK_OK);
        EXPECT_TRUE(get(world.cache, "afterwards") == packed);
      }
      world.value.reset();
      world.cursor.reset();
      world.lease.reset();
      world.other_lease.reset();
      if (world.cache != nullptr) {
        EXPECT_EQ(stats(world.cache).pinned_bytes, 0u);
      }
      world.cache.reset();
      EXPECT_EQ(runtime_stats(world.runtime).held_bytes, 0u) << "bytes are lost";
    }
  }
  RecordProperty("allocations_failed", static_cast<int>(failures));
}

INSTANTIATE_TEST_SUITE_P(Of, MemoryFailures, testing::Range(size_t{0}, operations().size()),
                         [](const auto &info) {
                           std::string name = operations()[info.param].name;
                           for (char &c : name)
                             c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

// An error object that cannot be made is a static one.
TEST(MemoryFailure, OfTheErrorItselfIsStillAnError) {
  brisk::fault::arm("error", 1);
  brisk_error *error = nullptr;
  EXPECT_EQ(brisk_cache_clear(nullptr, &error), BRISK_INVALID);
  brisk::fault::reset();
  ASSERT_NE(error, nullptr);
  EXPECT_STRNE(brisk_error_message(error), "");
  brisk_error_unref(brisk_error_ref(error));
  brisk_error_unref(error);
  EXPECT_STRNE(brisk_error_message(error), "") << "it is never freed";
}

// Closing and releasing need no memory.
TEST(MemoryFailure, DoesNotKeepAnythingFromClosing) {
  for (uint64_t nth = 1; nth < 20; ++nth) {
    World world;
    make(world);
    ASSERT_EQ(call(brisk_cache_begin, world.cache, "key", 3u, nullptr, world.value.out(),
                   world.lease.out()),
              BRISK_LEAD);
    ASSERT_EQ(erase(world.cache, "key"), BRISK_MISS);
    fail_new(nth);
    const brisk_status status = brisk_runtime_close(world.runtime, nullptr);
    fail_new(0);
    EXPECT_EQ(status, BRISK_OK);
    EXPECT_EQ(put(world.cache, "key", "value"), BRISK_CLOSED);
  }
}

// Fill a cache to the brim while a tenth of everything fails; what can be read is right.
TEST(MemoryFailure, AtRandomNeverGivesAWrongValue) {
  World world;
  world.cache =
      new_cache(world.runtime, [](auto &o) { o.capacity_bytes = 2 << 20, o.ttl_ns = second; });
  std::mt19937_64 random(1);
  std::vector<std::string> newest(500);
  for (int i = 0; i < 20000; ++i) {
    const size_t at = random() % newest.size();
    const std::string key = std::to_string(at);
    const size_t size = random() % (size_t{1} << (random() % 16));
    const std::string value =
        std::to_string(i) + " " + (random() % 2 == 0 ? prose(size) : noise(size));
    Value pinned;
    const bool reads = random() % 3 == 0;
    const uint64_t nth = 1 + random() % 10;
    const bool by_new = random() % 2 == 0;
    if (by_new) {
      fail_new(nth);
    } else {
      brisk::fault::arm("*", nth);
    }
    const brisk_status status =
        reads ? brisk_cache_get(world.cache, key.data(), key.size(), pinned.out(), nullptr)
              : brisk_cache_put(world.cache, key.data(), key.size(), value.data(), value.size(), 0,
                                nullptr);
    fail_new(0);
    brisk::fault::reset();
    if (reads) {
      ASSERT_TRUE(status == BRISK_OK || status == BRISK_MISS || status == BRISK_OUT_OF_MEMORY ||
                  status == BRISK_REFUSED);
      if (pinned != nullptr) {
        ASSERT_TRUE(text(pinned) == newest[at]) << key;
      }
    } else {
      ASSERT_TRUE(status == BRISK_OK || status == BRISK_OUT_OF_MEMORY || status == BRISK_REFUSED);
      newest[at] = status == BRISK_OK ? value : "\1 nothing";
      if (status != BRISK_OK) {
        ASSERT_EQ(contains(world.cache, key), BRISK_MISS);
      }
    }
    if (i % 100 == 0) advance(world.runtime, second / 4);
    const auto figures = stats(world.cache);
    ASSERT_LE(figures.held_bytes, figures.capacity_bytes);
    ASSERT_EQ(parts(figures), figures.held_bytes);
  }
  world.cache.reset();
  EXPECT_EQ(runtime_stats(world.runtime).held_bytes, 0u);
}

}  // namespace
}  // namespace brisk_test
