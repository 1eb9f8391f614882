// Bad input: each function refuses it with a status and a message, and touches nothing.
#include <brisk/brisk.h>

#include <cmath>
#include <cstring>

#include "interface.h"

namespace brisk_test {
namespace {

char junk_place;
template <class T>
T *junk() {
  return reinterpret_cast<T *>(&junk_place);
}

// A place for a handle that holds junk before the call and must hold NULL after it.
template <class T>
class Out {
 public:
  ~Out() { EXPECT_EQ(object_, nullptr) << "a handle that was not written"; }
  operator T **() { return &object_; }

 private:
  T *object_ = junk<T>();
};

const uint32_t one_size[] = {1};

struct Case {
  const char *name;
  std::function<Result()> run;
  const char *says;
};

class Arguments : public testing::Test {
 protected:
  Runtime runtime = new_runtime();
  Cache cache = new_cache(runtime);
  size_t size = 0;
  uint64_t number = 0;
  brisk_cause cause = 0;
  brisk_value *values[1] = {};
  uint32_t sizes[1] = {};
  char buffer[8] = {};

  static void expect(brisk_status status, const std::vector<Case> &cases) {
    for (const Case &one : cases) {
      const Result result = one.run();
      EXPECT_EQ(result, status) << one.name;
      EXPECT_TRUE(result.says(one.says))
          << one.name << ": " << result << " should say " << one.says;
    }
  }
};

TEST_F(Arguments, NullWhereAHandleIsDueIsInvalid) {
  const char *says = "is NULL";
  expect(
      BRISK_INVALID,
      {
          {"runtime_close", [&] { return call(brisk_runtime_close, nullptr); }, says},
          {"runtime_advance", [&] { return call(brisk_runtime_advance, nullptr, 1u); }, says},
          {"cache_close", [&] { return call(brisk_cache_close, nullptr); }, says},
          {"cache_put", [&] { return put(nullptr, "k", "v"); }, says},
          {"cache_put_many",
           [&] {
             return call(brisk_cache_put_many, nullptr, 1u, "k", 1u, one_size, "v", 1u, one_size,
                         0u, &size);
           },
           says},
          {"cache_get", [&] { return call(brisk_cache_get, nullptr, "k", 1u, Out<brisk_value>()); },
           says},
          {"cache_get_many",
           [&] {
             return call(brisk_cache_get_many, nullptr, 1u, "k", 1u, one_size, values, &size);
           },
           says},
          {"cache_read",
           [&] { return call(brisk_cache_read, nullptr, "k", 1u, buffer, sizeof buffer, &size); },
           says},
          {"cache_read_many",
           [&] {
             return call(brisk_cache_read_many, nullptr, 1u, "k", 1u, one_size, buffer,
                         sizeof buffer, sizes, &size);
           },
           says},
          {"cache_contains", [&] { return contains(nullptr, "k"); }, says},
          {"cache_touch", [&] { return touch(nullptr, "k"); }, says},
          {"cache_erase", [&] { return erase(nullptr, "k"); }, says},
          {"cache_erase_matching",
           [&] { return call(brisk_cache_erase_matching, nullptr, "*", 1u, &number); }, says},
          {"cache_clear", [&] { return call(brisk_cache_clear, nullptr); }, says},
          {"cache_keys", [&] { return call(brisk_cache_keys, nullptr, Out<brisk_cursor>()); },
           says},
          {"cursor_next",
           [&] { return call(brisk_cursor_next, nullptr, buffer, sizeof buffer, &size); }, says},
          {"cache_hot_keys",
           [&] { return call(brisk_cache_hot_keys, nullptr, 1u, Out<brisk_cursor>()); }, says},
          {"cache_save_hot", [&] { return call(brisk_cache_save_hot, nullptr, "f", 1u); }, says},
          {"cache_restore_hot",
           [&] { return call(brisk_cache_restore_hot, nullptr, "f", 1u, &number); }, says},
          {"cache_next_event",
           [&] {
             return call(brisk_cache_next_event, nullptr, buffer, sizeof buffer, &size, &cause);
           },
           says},
          {"cache_read_stats",
           [&] {
             brisk_cache_stats figures = BRISK_CACHE_STATS_INIT;
             return call(brisk_cache_read_stats, nullptr, &figures);
           },
           says},
          {"cache_begin",
           [&] {
             return call(brisk_cache_begin, nullptr, "k", 1u, nullptr, Out<brisk_value>(),
                         Out<brisk_lease>());
           },
           says},
          {"lease_complete",
           [&] { return call(brisk_lease_complete, nullptr, "v", 1u, 0u, Out<brisk_value>()); },
           says},
          {"lease_fail", [&] { return call(brisk_lease_fail, nullptr, "m", 1u); }, says},
          {"lease_abandon", [&] { return call(brisk_lease_abandon, nullptr); }, says},
          {"lease_wait", [&] { return call(brisk_lease_wait, nullptr, 1u, Out<brisk_value>()); },
           says},
          {"cache_get_or_load",
           [&] {
             const brisk_load_fn load = [](void *, brisk_lease *, const void *,
                                           size_t) -> brisk_status {
               ADD_FAILURE() << "the loader ran";
               return BRISK_OK;
             };
             return call(brisk_cache_get_or_load, nullptr, "k", 1u, nullptr, load, nullptr, nullptr,
                         0u, Out<brisk_value>());
           },
           says},
      });
}

TEST_F(Arguments, NullWhereAResultIsDueIsInvalidAndNamed) {
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  Lease lead;
  Lease waits;
  ASSERT_EQ(call(brisk_cache_begin, cache, "lead", 4u, nullptr, Out<brisk_value>(), lead.out()),
            BRISK_LEAD);
  ASSERT_EQ(call(brisk_cache_begin, cache, "lead", 4u, nullptr, Out<brisk_value>(), waits.out()),
            BRISK_WAIT);
  const brisk_load_fn load = [](void *, brisk_lease *, const void *, size_t) -> brisk_status {
    return 0;
  };
  expect(
      BRISK_INVALID,
      {
          {"parse_size", [&] { return call(brisk_parse_size, "1", 1u, nullptr); }, "size is NULL"},
          {"runtime_new", [&] { return call(brisk_runtime_new, nullptr, nullptr); },
           "runtime is NULL"},
          {"runtime_default", [&] { return call(brisk_runtime_default, nullptr); },
           "runtime is NULL"},
          {"runtime_now", [&] { return call(brisk_runtime_now, runtime, nullptr); },
           "now_ns is NULL"},
          {"runtime_read_stats", [&] { return call(brisk_runtime_read_stats, runtime, nullptr); },
           "stats is NULL"},
          {"cache_new", [&] { return call(brisk_cache_new, runtime, nullptr, nullptr); },
           "cache is NULL"},
          {"cache_find", [&] { return call(brisk_cache_find, runtime, "n", 1u, nullptr); },
           "cache is NULL"},
          {"cache_put_many",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, "k", 1u, one_size, "v", 1u, one_size, 0u,
                         nullptr);
           },
           "stored is NULL"},
          {"cache_get", [&] { return call(brisk_cache_get, cache, "k", 1u, nullptr); },
           "value is NULL"},
          {"cache_get_many values",
           [&] { return call(brisk_cache_get_many, cache, 1u, "k", 1u, one_size, nullptr, &size); },
           "values is NULL"},
          {"cache_get_many found",
           [&] {
             return call(brisk_cache_get_many, cache, 1u, "k", 1u, one_size, values, nullptr);
           },
           "found is NULL"},
          {"cache_read",
           [&] { return call(brisk_cache_read, cache, "k", 1u, buffer, 8u, nullptr); },
           "size is NULL"},
          {"cache_read_many sizes",
           [&] {
             return call(brisk_cache_read_many, cache, 1u, "k", 1u, one_size, buffer, 8u, nullptr,
                         &size);
           },
           "value_sizes is NULL"},
          {"cache_read_many done",
           [&] {
             return call(brisk_cache_read_many, cache, 1u, "k", 1u, one_size, buffer, 8u, sizes,
                         nullptr);
           },
           "done is NULL"},
          {"cache_erase_matching",
           [&] { return call(brisk_cache_erase_matching, cache, "*", 1u, nullptr); },
           "erased is NULL"},
          {"cache_keys", [&] { return call(brisk_cache_keys, cache, nullptr); }, "cursor is NULL"},
          {"cursor_next", [&] { return call(brisk_cursor_next, cursor, buffer, 8u, nullptr); },
           "size is NULL"},
          {"cache_hot_keys", [&] { return call(brisk_cache_hot_keys, cache, 1u, nullptr); },
           "cursor is NULL"},
          {"cache_restore_hot",
           [&] { return call(brisk_cache_restore_hot, cache, "f", 1u, nullptr); },
           "restored is NULL"},
          {"next_event size",
           [&] { return call(brisk_cache_next_event, cache, buffer, 8u, nullptr, &cause); },
           "size is NULL"},
          {"next_event cause",
           [&] { return call(brisk_cache_next_event, cache, buffer, 8u, &size, nullptr); },
           "cause is NULL"},
          {"cache_read_stats", [&] { return call(brisk_cache_read_stats, cache, nullptr); },
           "stats is NULL"},
          {"cache_begin value",
           [&] {
             return call(brisk_cache_begin, cache, "k", 1u, nullptr, nullptr, Out<brisk_lease>());
           },
           "value is NULL"},
          {"cache_begin lease",
           [&] {
             return call(brisk_cache_begin, cache, "k", 1u, nullptr, Out<brisk_value>(), nullptr);
           },
           "lease is NULL"},
          {"lease_wait", [&] { return call(brisk_lease_wait, waits, 1u, nullptr); },
           "value is NULL"},
          {"get_or_load value",
           [&] {
             return call(brisk_cache_get_or_load, cache, "k", 1u, nullptr, load, nullptr, nullptr,
                         0u, nullptr);
           },
           "value is NULL"},
          {"get_or_load load",
           [&] {
             return call(brisk_cache_get_or_load, cache, "k", 1u, nullptr, nullptr, nullptr,
                         nullptr, 0u, Out<brisk_value>());
           },
           "load is NULL"},
      });
  EXPECT_EQ(call(brisk_lease_abandon, lead), BRISK_OK);
}

TEST_F(Arguments, BytesMayBeNullOnlyWithoutASize) {
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  Lease lead;
  ASSERT_EQ(call(brisk_cache_begin, cache, "lead", 4u, nullptr, Out<brisk_value>(), lead.out()),
            BRISK_LEAD);
  const brisk_load_fn load = [](void *, brisk_lease *, const void *, size_t) -> brisk_status {
    return 0;
  };
  expect(
      BRISK_INVALID,
      {
          {"parse_size", [&] { return call(brisk_parse_size, nullptr, 1u, &number); },
           "text is NULL"},
          {"cache_new",
           [&] {
             brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
             options.name_size = 3;
             return call(brisk_cache_new, runtime, &options, Out<brisk_cache>());
           },
           "name is NULL"},
          {"cache_find",
           [&] { return call(brisk_cache_find, runtime, nullptr, 3u, Out<brisk_cache>()); },
           "name is NULL"},
          {"cache_put key", [&] { return call(brisk_cache_put, cache, nullptr, 1u, "v", 1u, 0u); },
           "key is NULL"},
          {"cache_put value",
           [&] { return call(brisk_cache_put, cache, "k", 1u, nullptr, 1u, 0u); }, "value is NULL"},
          {"cache_put_many keys",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, nullptr, 1u, one_size, "v", 1u, one_size,
                         0u, &size);
           },
           "keys is NULL"},
          {"cache_put_many key_sizes",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, "k", 1u, nullptr, "v", 1u, one_size, 0u,
                         &size);
           },
           "key_sizes is NULL"},
          {"cache_put_many values",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, "k", 1u, one_size, nullptr, 1u, one_size,
                         0u, &size);
           },
           "values is NULL"},
          {"cache_put_many value_sizes",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, "k", 1u, one_size, "v", 1u, nullptr, 0u,
                         &size);
           },
           "value_sizes is NULL"},
          {"cache_get",
           [&] { return call(brisk_cache_get, cache, nullptr, 1u, Out<brisk_value>()); },
           "key is NULL"},
          {"cache_get_many",
           [&] {
             return call(brisk_cache_get_many, cache, 1u, nullptr, 1u, one_size, values, &size);
           },
           "keys is NULL"},
          {"cache_read key",
           [&] { return call(brisk_cache_read, cache, nullptr, 1u, buffer, 8u, &size); },
           "key is NULL"},
          {"cache_read buffer",
           [&] { return call(brisk_cache_read, cache, "k", 1u, nullptr, 8u, &size); },
           "buffer is NULL"},
          {"cache_read_many keys",
           [&] {
             return call(brisk_cache_read_many, cache, 1u, nullptr, 1u, one_size, buffer, 8u, sizes,
                         &size);
           },
           "keys is NULL"},
          {"cache_read_many buffer",
           [&] {
             return call(brisk_cache_read_many, cache, 1u, "k", 1u, one_size, nullptr, 8u, sizes,
                         &size);
           },
           "buffer is NULL"},
          {"cache_contains", [&] { return call(brisk_cache_contains, cache, nullptr, 1u); },
           "key is NULL"},
          {"cache_touch", [&] { return call(brisk_cache_touch, cache, nullptr, 1u, 0u); },
           "key is NULL"},
          {"cache_erase", [&] { return call(brisk_cache_erase, cache, nullptr, 1u); },
           "key is NULL"},
          {"cache_erase_matching",
           [&] { return call(brisk_cache_erase_matching, cache, nullptr, 1u, &number); },
           "pattern is NULL"},
          {"cursor_next", [&] { return call(brisk_cursor_next, cursor, nullptr, 8u, &size); },
           "buffer is NULL"},
          {"save_hot", [&] { return call(brisk_cache_save_hot, cache, nullptr, 1u); },
           "path is NULL"},
          {"save_hot empty", [&] { return call(brisk_cache_save_hot, cache, nullptr, 0u); },
           "path is \"\""},
          {"restore_hot",
           [&] { return call(brisk_cache_restore_hot, cache, nullptr, 1u, &number); },
           "path is NULL"},
          {"restore_hot NUL",
           [&] { return call(brisk_cache_restore_hot, cache, "a\0b", 3u, &number); },
           "without NUL"},
          {"next_event",
           [&] { return call(brisk_cache_next_event, cache, nullptr, 8u, &size, &cause); },
           "buffer is NULL"},
          {"cache_begin",
           [&] {
             return call(brisk_cache_begin, cache, nullptr, 1u, nullptr, Out<brisk_value>(),
                         Out<brisk_lease>());
           },
           "key is NULL"},
          {"lease_complete",
           [&] { return call(brisk_lease_complete, lead, nullptr, 1u, 0u, Out<brisk_value>()); },
           "value is NULL"},
          {"lease_fail", [&] { return call(brisk_lease_fail, lead, nullptr, 1u); },
           "message is NULL"},
          {"get_or_load",
           [&] {
             return call(brisk_cache_get_or_load, cache, nullptr, 1u, nullptr, load, nullptr,
                         nullptr, 0u, Out<brisk_value>());
           },
           "key is NULL"},
      });
  EXPECT_EQ(call(brisk_lease_complete, lead, "v", 1u, 0u, nullptr), BRISK_OK)
      << "the lead still leads";
}

TEST_F(Arguments, AClosedHandleSaysSo) {
  Cursor cursor;
  ASSERT_EQ(call(brisk_cache_keys, cache, cursor.out()), BRISK_OK);
  Lease lead;
  Lease waits;
  ASSERT_EQ(call(brisk_cache_begin, cache, "lead", 4u, nullptr, Out<brisk_value>(), lead.out()),
            BRISK_LEAD);
  ASSERT_EQ(call(brisk_cache_begin, cache, "lead", 4u, nullptr, Out<brisk_value>(), waits.out()),
            BRISK_WAIT);
  ASSERT_EQ(call(brisk_runtime_close, runtime), BRISK_OK);
  EXPECT_EQ(call(brisk_runtime_close, runtime), BRISK_OK) << "close is idempotent";
  EXPECT_EQ(call(brisk_cache_close, cache), BRISK_OK) << "close is idempotent";

  const brisk_load_fn load = [](void *, brisk_lease *, const void *, size_t) -> brisk_status {
    ADD_FAILURE() << "the loader ran";
    return 0;
  };
  const char *runtime_says = "the runtime is closed";
  const char *says = "the cache is closed";
  expect(
      BRISK_CLOSED,
      {
          {"runtime_now", [&] { return call(brisk_runtime_now, runtime, &number); }, runtime_says},
          {"runtime_advance", [&] { return call(brisk_runtime_advance, runtime, 1u); },
           runtime_says},
          {"runtime_read_stats",
           [&] {
             brisk_runtime_stats figures = BRISK_RUNTIME_STATS_INIT;
             return call(brisk_runtime_read_stats, runtime, &figures);
           },
           runtime_says},
          {"cache_new", [&] { return call(brisk_cache_new, runtime, nullptr, Out<brisk_cache>()); },
           runtime_says},
          {"cache_find",
           [&] { return call(brisk_cache_find, runtime, "n", 1u, Out<brisk_cache>()); },
           runtime_says},
          {"cache_put", [&] { return put(cache, "k", "v"); }, says},
          {"cache_put_many",
           [&] {
             return call(brisk_cache_put_many, cache, 1u, "k", 1u, one_size, "v", 1u, one_size, 0u,
                         &size);
           },
           says},
          {"cache_get", [&] { return call(brisk_cache_get, cache, "k", 1u, Out<brisk_value>()); },
           says},
          {"cache_get_many",
           [&] { return call(brisk_cache_get_many, cache, 1u, "k", 1u, one_size, values, &size); },
           says},
          {"cache_read", [&] { return call(brisk_cache_read, cache, "k", 1u, buffer, 8u, &size); },
           says},
          {"cache_read_many",
           [&] {
             return call(brisk_cache_read_many, cache, 1u, "k", 1u, one_size, buffer, 8u, sizes,
                         &size);
           },
           says},
          {"cache_contains", [&] { return contains(cache, "k"); }, says},
          {"cache_touch", [&] { return touch(cache, "k"); }, says},
          {"cache_erase", [&] { return erase(cache, "k"); }, says},
          {"cache_erase_matching",
           [&] { return call(brisk_cache_erase_matching, cache, "*", 1u, &number); }, says},
          {"cache_clear", [&] { return call(brisk_cache_clear, cache); }, says},
          {"cache_keys", [&] { return call(brisk_cache_keys, cache, Out<brisk_cursor>()); }, says},
          {"cursor_next", [&] { return call(brisk_cursor_next, cursor, buffer, 8u, &size); }, says},
          {"hot_keys", [&] { return call(brisk_cache_hot_keys, cache, 1u, Out<brisk_cursor>()); },
           says},
          {"save_hot", [&] { return call(brisk_cache_save_hot, cache, "f", 1u); }, says},
          {"restore_hot", [&] { return call(brisk_cache_restore_hot, cache, "f", 1u, &number); },
           says},
          {"next_event",
           [&] { return call(brisk_cache_next_event, cache, buffer, 8u, &size, &cause); }, says},
          {"cache_read_stats",
           [&] {
             brisk_cache_stats figures = BRISK_CACHE_STATS_INIT;
             return call(brisk_cache_read_stats, cache, &figures);
           },
           says},
          {"cache_begin",
           [&] {
             return call(brisk_cache_begin, cache, "k", 1u, nullptr, Out<brisk_value>(),
                         Out<brisk_lease>());
           },
           says},
          {"lease_complete",
           [&] { return call(brisk_lease_complete, lead, "v", 1u, 0u, Out<brisk_value>()); }, says},
          {"lease_fail", [&] { return call(brisk_lease_fail, lead, "m", 1u); }, says},
          {"lease_abandon", [&] { return call(brisk_lease_abandon, lead); }, says},
          {"lease_wait", [&] { return call(brisk_lease_wait, waits, 1u, Out<brisk_value>()); },
           says},
          {"get_or_load",
           [&] {
             return call(brisk_cache_get_or_load, cache, "k", 1u, nullptr, load, nullptr, nullptr,
                         0u, Out<brisk_value>());
           },
           says},
      });
}

TEST_F(Arguments, NullIsNothingForReferencesAndReaders) {
  EXPECT_EQ(brisk_runtime_ref(nullptr), nullptr);
  EXPECT_EQ(brisk_cache_ref(nullptr), nullptr);
  EXPECT_EQ(brisk_value_ref(nullptr), nullptr);
  EXPECT_EQ(brisk_lease_ref(nullptr), nullptr);
  EXPECT_EQ(brisk_error_ref(nullptr), nullptr);
  brisk_runtime_unref(nullptr);
  brisk_cache_unref(nullptr);
  brisk_value_unref(nullptr);
  brisk_lease_unref(nullptr);
  brisk_cursor_unref(nullptr);
  brisk_error_unref(nullptr);
  EXPECT_EQ(brisk_error_status(nullptr), BRISK_OK);
  EXPECT_STREQ(brisk_error_message(nullptr), "");
  EXPECT_EQ(brisk_cursor_lookups(nullptr), 0u);
  size_t size = 9;
  EXPECT_EQ(brisk_value_data(nullptr, &size), nullptr);
  EXPECT_EQ(size, 0u);
  EXPECT_EQ(brisk_value_data(nullptr, nullptr), nullptr);
}

TEST_F(Arguments, ErrorMayBeNull) {
  EXPECT_EQ(brisk_cache_clear(nullptr, nullptr), BRISK_INVALID);
  EXPECT_EQ(brisk_cache_put(nullptr, "k", 1, "v", 1, 0, nullptr), BRISK_INVALID);
  EXPECT_EQ(brisk_runtime_new(nullptr, nullptr, nullptr), BRISK_INVALID);
}

// Options and figures of other versions of the interface.

template <class Options>
struct Grown {
  Options options;
  unsigned char tail[24];
};

template <class Options>
void expect_sizes(const Options &init, const std::function<Result(const Options *)> &use) {
  Options options = init;
  EXPECT_EQ(use(nullptr), BRISK_OK) << "NULL is the defaults";
  EXPECT_EQ(use(&options), BRISK_OK);
  for (const uint32_t size : {0u, 1u, 4u, 7u, 65537u, 1u << 31, UINT32_MAX}) {
    options = init;
    options.struct_size = size;
    const Result result = use(&options);
    EXPECT_EQ(result, BRISK_INVALID) << size;
    EXPECT_TRUE(result.says("struct_size") && result.says(std::to_string(size)) &&
                result.says("_INIT"))
        << result;
  }
  options = init;
  options.struct_size = 8;
  EXPECT_EQ(use(&options), BRISK_OK) << "an older struct: the rest is default";

  Grown<Options> grown{init, {}};
  grown.options.struct_size = sizeof grown;
  EXPECT_EQ(use(&grown.options), BRISK_OK) << "a newer struct whose new fields are zero";
  for (size_t at = 0; at < sizeof grown.tail; ++at) {
    std::memset(grown.tail, 0, sizeof grown.tail);
    grown.tail[at] = 1;
    const Result result = use(&grown.options);
    EXPECT_EQ(result, BRISK_INVALID) << "a newer struct that wants something unknown, at " << at;
    EXPECT_TRUE(result.says(std::to_string(sizeof(Options) + at))) << result;
  }
  // What lies behind struct_size is not looked at.
  grown.options.struct_size = sizeof(Options);
  EXPECT_EQ(use(&grown.options), BRISK_OK);
}

TEST_F(Arguments, OptionsOfOtherVersions) {
  expect_sizes<brisk_runtime_options>(BRISK_RUNTIME_OPTIONS_INIT,
                                      [](const brisk_runtime_options *options) {
                                        Runtime made;
                                        return call(brisk_runtime_new, options, made.out());
                                      });
  expect_sizes<brisk_cache_options>(BRISK_CACHE_OPTIONS_INIT,
                                    [&](const brisk_cache_options *options) {
                                      Cache made;
                                      return call(brisk_cache_new, runtime, options, made.out());
                                    });
}

template <class Figures>
void expect_figures(const std::function<Result(Figures *)> &read) {
  for (const uint32_t size : {0u, 1u, 4u, 7u, 65537u, UINT32_MAX}) {
    Figures figures{};
    figures.struct_size = size;
    EXPECT_EQ(read(&figures), BRISK_INVALID) << size;
  }
  // At most struct_size bytes are written, and all of those.
  for (const size_t size :
       {sizeof(uint32_t) * 2, sizeof(Figures) - 8, sizeof(Figures), sizeof(Figures) + 16}) {
    alignas(Figures) unsigned char room[sizeof(Figures) + 64];
    std::memset(room, 0xa5, sizeof room);
    auto *figures = reinterpret_cast<Figures *>(room);
    figures->struct_size = static_cast<uint32_t>(size);
    EXPECT_EQ(read(figures), BRISK_OK);
    EXPECT_EQ(figures->struct_size, size);
    for (size_t at = size; at < sizeof room; ++at)
      ASSERT_EQ(room[at], 0xa5) << "wrote beyond, at " << at;
    for (size_t at = sizeof(Figures); at < size; ++at)
      EXPECT_EQ(room[at], 0) << "an unknown figure is zero";
  }
}

TEST_F(Arguments, FiguresOfOtherVersions) {
  expect_figures<brisk_runtime_stats>([&](brisk_runtime_stats *figures) {
    return call(brisk_runtime_read_stats, runtime, figures);
  });
  expect_figures<brisk_cache_stats>(
      [&](brisk_cache_stats *figures) { return call(brisk_cache_read_stats, cache, figures); });
}

TEST_F(Arguments, UnknownAndOutOfRangeOptionsAreNamedWithTheirLimit) {
  struct Bad {
    std::function<void(brisk_cache_options &)> set;
    std::vector<const char *> says;
  };
  const std::string long_name(256, 'n');
  const Bad cache_options[] = {
      {[](auto &o) { o.policy = -1; }, {"policy is -1", "BRISK_POLICY_AUTO"}},
      {[](auto &o) { o.policy = 99; }, {"policy is 99"}},
      {[](auto &o) { o.compression = -1; }, {"compression is -1"}},
      {[](auto &o) { o.compression = 2; }, {"compression is 2", "BRISK_COMPRESSION_AUTO"}},
      {[](auto &o) { o.compression_level = -8; }, {"compression_level is -8", "-7 to 19"}},
      {[](auto &o) { o.compression_level = 20; }, {"compression_level is 20", "-7 to 19"}},
      {[](auto &o) { o.capacity_bytes = 1; }, {"capacity_bytes is 1", "262144"}},
      {[](auto &o) { o.capacity_bytes = 262143; }, {"capacity_bytes is 262143", "262144"}},
      {[](auto &o) { o.capacity_bytes = UINT64_MAX; }, {"capacity_bytes is 18446744073709551615"}},
      {[](auto &o) { o.event_capacity = 1048577; }, {"event_capacity is 1048577", "1048576"}},
      {[](auto &o) { o.capacity_bytes = 1 << 20, o.event_capacity = 1048576; }, {"event_capacity"}},
      {[](auto &o) { o.ttl_jitter = -0.01; }, {"ttl_jitter is -0.01", "0 to 0.5"}},
      {[](auto &o) { o.ttl_jitter = 0.51; }, {"ttl_jitter is 0.51", "0 to 0.5"}},
      {[](auto &o) { o.ttl_jitter = std::nan(""); }, {"ttl_jitter is nan"}},
      {[](auto &o) { o.early_beta = -1; }, {"early_beta is -1", "0 to 1000"}},
      {[](auto &o) { o.early_beta = std::nan(""); }, {"early_beta is nan"}},
      {[](auto &o) { o.aim = 3; }, {"aim is 3", "BRISK_AIM_OBJECTS"}},
      {[](auto &o) { o.aim = -1; }, {"aim is -1"}},
      {[](auto &o) { o.aim = 1, o.policy = BRISK_POLICY_LRU; }, {"aim is 1", "recency"}},
      {[](auto &o) { o.hot_keys = 1025; }, {"hot_keys is 1025", "1024"}},
      {[](auto &o) { o.capacity_bytes = 262144, o.hot_keys = 300; }, {"hot_keys is 300"}},
      {[&](auto &o) { o.name = long_name.data(), o.name_size = 256; }, {"name_size is 256", "255"}},
  };
  for (const Bad &bad : cache_options) {
    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    bad.set(options);
    const Result result = call(brisk_cache_new, runtime, &options, Out<brisk_cache>());
    EXPECT_EQ(result, BRISK_INVALID);
    for (const char *says : bad.says)
      EXPECT_TRUE(result.says(says)) << result << " should say " << says;
  }

  struct BadRuntime {
    std::function<void(brisk_runtime_options &)> set;
    const char *says;
  };
  const BadRuntime runtime_options[] = {
      {[](auto &o) { o.clock = 2; }, "clock is 2"},
      {[](auto &o) { o.clock = -1; }, "clock is -1"},
      {[](auto &o) { o.budget_percent = 101; }, "budget_percent is 101"},
      {[](auto &o) { o.reserved = 1; }, "reserved is 1"},
  };
  for (const BadRuntime &bad : runtime_options) {
    brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
    bad.set(options);
    const Result result = call(brisk_runtime_new, &options, Out<brisk_runtime>());
    EXPECT_EQ(result, BRISK_INVALID);
    EXPECT_TRUE(result.says(bad.says)) << result;
  }
}

TEST_F(Arguments, TheEdgesOfTheOptionsAreAccepted) {
  const std::string name(255, 'n');
  const std::function<void(brisk_cache_options &)> good[] = {
      [](auto &o) { o.policy = BRISK_POLICY_LRU; },
      [](auto &o) { o.policy = BRISK_POLICY_S3FIFO; },
      [](auto &o) { o.compression = BRISK_COMPRESSION_OFF; },
      [](auto &o) { o.compression_level = -7; },
      [](auto &o) { o.compression_level = 19; },
      [](auto &o) { o.capacity_bytes = 262144; },
      [](auto &o) { o.event_capacity = 1; },
      [](auto &o) { o.event_capacity = 1048576, o.capacity_bytes = uint64_t{256} << 20; },
      [](auto &o) { o.hot_keys = 1; },
      [](auto &o) { o.hot_keys = 1024; },
      [](auto &o) { o.hot_keys = UINT64_MAX; },
      [](auto &o) { o.max_entries = 1; },
      [](auto &o) { o.max_entries = UINT64_MAX - 1; },
      [](auto &o) { o.ttl_ns = 1; },
      [](auto &o) { o.idle_ns = 1; },
      [](auto &o) { o.ttl_ns = 2, o.ttl_jitter = 0.5; },
      [](auto &o) { o.ttl_ns = UINT64_MAX - 1, o.idle_ns = UINT64_MAX - 1; },
      [&](auto &o) { o.name = name.data(), o.name_size = 255; },
  };
  int number = 0;
  for (const auto &set : good) {
    Cache made = new_cache(runtime, set);
    ASSERT_NE(made, nullptr) << number;
    const std::string value = prose(900);
    EXPECT_EQ(put(made, "key", value), BRISK_OK) << number;
    EXPECT_EQ(get(made, "key"), value) << number;
    ++number;
  }
}

// Sizes are checked before a single byte is read: these pointers lead nowhere.
TEST_F(Arguments, SizesBeyondTheLimitsAreRefusedUnread) {
  const void *nowhere = reinterpret_cast<const void *>(uintptr_t{0x10});
  const brisk_load_fn load = [](void *, brisk_lease *, const void *, size_t) -> brisk_status {
    return 0;
  };
  for (const size_t key_size : {size_t{65536}, size_t{1} << 31, SIZE_MAX}) {
    const std::string says = std::to_string(key_size);
    expect(
        BRISK_TOO_LARGE,
        {
            {"put", [&] { return call(brisk_cache_put, cache, nowhere, key_size, "v", 1u, 0u); },
             says.c_str()},
            {"get",
             [&] { return call(brisk_cache_get, cache, nowhere, key_size, Out<brisk_value>()); },
             says.c_str()},
            {"read",
             [&] { return call(brisk_cache_read, cache, nowhere, key_size, buffer, 8u, &size); },
             says.c_str()},
            {"contains", [&] { return call(brisk_cache_contains, cache, nowhere, key_size); },
             "65535"},
            {"touch", [&] { return call(brisk_cache_touch, cache, nowhere, key_size, 0u); },
             "65535"},
            {"erase", [&] { return call(brisk_cache_erase, cache, nowhere, key_size); }, "65535"},
            {"begin",
             [&] {
               return call(brisk_cache_begin, cache, nowhere, key_size, nullptr, Out<brisk_value>(),
                           Out<brisk_lease>());
             },
             "65535"},
            {"get_or_load",
             [&] {
               return call(brisk_cache_get_or_load, cache, nowhere, key_size, nullptr, load,
                           nullptr, nullptr, 0u, Out<brisk_value>());
             },
             "65535"},
        });
  }
  const uint32_t long_key[] = {65536};
  const std::string key(65536, 'k');
  expect(BRISK_TOO_LARGE, {
                              {"put_many",
                               [&] {
                                 return call(brisk_cache_put_many, cache, 1u, key.data(), 65536u,
                                             long_key, "v", 1u, one_size, 0u, &size);
                               },
                               "65536"},
                              {"get_many",
                               [&] {
                                 return call(brisk_cache_get_many, cache, 1u, key.data(), 65536u,
                                             long_key, values, &size);
                               },
                               "65536"},
                              {"read_many",
                               [&] {
                                 return call(brisk_cache_read_many, cache, 1u, key.data(), 65536u,
                                             long_key, buffer, 8u, sizes, &size);
                               },
                               "65536"},
                          });
  Lease lead;
  ASSERT_EQ(call(brisk_cache_begin, cache, "k", 1u, nullptr, Out<brisk_value>(), lead.out()),
            BRISK_LEAD);
  for (const size_t value_size : {size_t{1} << 31, SIZE_MAX}) {
    const Result result = call(brisk_cache_put, cache, "k", 1u, nowhere, value_size, 0u);
    EXPECT_EQ(result, BRISK_TOO_LARGE);
    EXPECT_TRUE(result.says(std::to_string(value_size)) && result.says("2147483647")) << result;
    EXPECT_EQ(call(brisk_lease_complete, lead, nowhere, value_size, 0u, Out<brisk_value>()),
              BRISK_TOO_LARGE);
  }
  // Within the limit of a value, beyond that of this cache.
  const Result result = call(brisk_cache_put, cache, "key", 3u, nowhere, (size_t{1} << 31) - 1, 0u);
  EXPECT_EQ(result, BRISK_TOO_LARGE);
  EXPECT_TRUE(result.says("\"key\"") && result.says("67108864") && result.says("capacity_bytes"))
      << result;
}

TEST_F(Arguments, AnEntryLargerThanHalfOfTheCacheIsTooLargeAndTheOlderValueStays) {
  Cache small = new_cache(runtime, [](auto &o) { o.capacity_bytes = 1 << 20; });
  const std::string big = noise((1 << 20) / 2);
  EXPECT_EQ(put(small, "key", "old"), BRISK_OK);
  const Result result = put(small, "key", big);
  EXPECT_EQ(result, BRISK_TOO_LARGE);
  EXPECT_TRUE(result.says("524291 bytes") && result.says("\"key\"") && result.says("1048576"))
      << result;
  EXPECT_EQ(get(small, "key"), "old");
  EXPECT_EQ(put(small, "key", std::string_view(big).substr(3)), BRISK_OK) << "exactly half";
  EXPECT_EQ(get(small, "key"), big.substr(3));
}

TEST_F(Arguments, SizesOfABatchMustAddUp) {
  const uint32_t key_sizes[] = {1, 2};
  const uint32_t value_sizes[] = {3, 0};
  EXPECT_EQ(call(brisk_cache_put_many, cache, 2u, "abb", 3u, key_sizes, "xyz", 3u, value_sizes, 0u,
                 &size),
            BRISK_OK);
  EXPECT_EQ(size, 2u);
  for (const size_t wrong : {size_t{0}, size_t{2}, size_t{4}}) {
    const Result result = call(brisk_cache_put_many, cache, 2u, "abbb", wrong, key_sizes, "xyz", 3u,
                               value_sizes, 0u, &size);
    EXPECT_EQ(result, BRISK_INVALID);
    EXPECT_TRUE(result.says("key_sizes add up to 3") && result.says(std::to_string(wrong)))
        << result;
    EXPECT_EQ(size, 0u);
    EXPECT_EQ(call(brisk_cache_put_many, cache, 2u, "abb", 3u, key_sizes, "xyzz", wrong,
                   value_sizes, 0u, &size),
              BRISK_INVALID);
    brisk_value *two[2] = {junk<brisk_value>(), junk<brisk_value>()};
    EXPECT_EQ(call(brisk_cache_get_many, cache, 2u, "abbb", wrong, key_sizes, two, &size),
              BRISK_INVALID);
    EXPECT_EQ(two[0], nullptr);
    EXPECT_EQ(two[1], nullptr);
    uint32_t sizes_out[2];
    EXPECT_EQ(call(brisk_cache_read_many, cache, 2u, "abbb", wrong, key_sizes, buffer, 8u,
                   sizes_out, &size),
              BRISK_INVALID);
  }
}

TEST_F(Arguments, UnfinishedPatternsAreInvalid) {
  for (const std::string_view pattern : {"\\", "abc\\", "[", "[a", "[]", "[!]", "x[a-", "[a\\]"}) {
    const Result result =
        call(brisk_cache_erase_matching, cache, pattern.data(), pattern.size(), &number);
    EXPECT_EQ(result, BRISK_INVALID) << pattern;
    EXPECT_TRUE(result.says("pattern")) << result;
  }
}

TEST_F(Arguments, ALeaseThatWaitsCannotEndTheLoadAndALeadCannotWait) {
  Lease lead;
  Lease waits;
  ASSERT_EQ(call(brisk_cache_begin, cache, "k", 1u, nullptr, Out<brisk_value>(), lead.out()),
            BRISK_LEAD);
  ASSERT_EQ(call(brisk_cache_begin, cache, "k", 1u, nullptr, Out<brisk_value>(), waits.out()),
            BRISK_WAIT);
  const char *says = "this lease waits";
  expect(
      BRISK_INVALID,
      {
          {"complete",
           [&] { return call(brisk_lease_complete, waits, "v", 1u, 0u, Out<brisk_value>()); },
           says},
          {"fail", [&] { return call(brisk_lease_fail, waits, "m", 1u); }, says},
          {"abandon", [&] { return call(brisk_lease_abandon, waits); }, says},
          {"wait", [&] { return call(brisk_lease_wait, lead, 1u, Out<brisk_value>()); }, "leads"},
      });
  ASSERT_EQ(call(brisk_lease_complete, lead, "v", 1u, 0u, nullptr), BRISK_OK);
  const char *ended = "has ended";
  expect(BRISK_INVALID,
         {
             {"complete",
              [&] { return call(brisk_lease_complete, lead, "v", 1u, 0u, Out<brisk_value>()); },
              ended},
             {"fail", [&] { return call(brisk_lease_fail, lead, "m", 1u); }, ended},
             {"abandon", [&] { return call(brisk_lease_abandon, lead); }, ended},
         });
}

}  // namespace
}  // namespace brisk_test
