// What one call of the C interface costs. Peers are compared in peers/; here brisk is compared with
// itself.
//
// Every benchmark has a cache of its own, filled before the clock starts: entries of 16-byte keys,
// asked for in a scattered order, so that a hit pays the cache misses it pays in a program. Names
// end in the size of a value or of a batch. Those that make new entries run a fixed number of
// times, so that the cache has room for all of them.
#include <benchmark/benchmark.h>
#include <brisk/brisk.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "peers/workload.h"

namespace {

using benchmark::State;
using peers::Key;

constexpr uint64_t kMiB = 1 << 20;
constexpr size_t kSmall = 64;
constexpr int64_t kFresh = 1 << 18;  // puts, erases and loads of a key each

brisk_cache *cache;
uint32_t entries;  // ids below this one have an entry

void check(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// As many entries as fill some 16 MiB, 100000 at most: more than a core's own caches, less than a
// minute of filling.
uint32_t entries_of(size_t size) {
  return static_cast<uint32_t>(std::min<uint64_t>(100'000, 16 * kMiB / size));
}

std::string noise(size_t size, uint64_t seed) {
  std::string bytes(size, '\0');
  for (char &byte : bytes) byte = static_cast<char>(peers::mix(seed++));
  return bytes;
}

// A record of the kind that services keep: field names and words that repeat, numbers that do not.
std::string record(size_t size, uint64_t seed) {
  static constexpr const char *kWords[] = {"active",   "pending", "Europe/Paris",
                                           "standard", "invoice", "priority"};
  std::string text = "[";
  while (text.size() < size) {
    const uint64_t draw = peers::mix(seed++);
    text += "{\"id\": " + std::to_string(draw >> 40) + ", \"state\": \"" + kWords[draw % 6] +
            "\", \"total\": " + std::to_string(draw % 10'000) + "},\n";
  }
  text.resize(size);
  return text;
}

bool put(uint32_t id, const std::string &value) {
  const Key key = peers::key_of(id);
  return brisk_cache_put(cache, key.data(), sizeof key, value.data(), value.size(), 0, nullptr) ==
         BRISK_OK;
}

void open(uint64_t capacity, brisk_compression compression) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.capacity_bytes = capacity;
  options.compression = compression;
  check(brisk_cache_new(nullptr, &options, &cache, nullptr) == BRISK_OK, "no cache");
  entries = 0;
}

void fill(size_t size, uint32_t count, std::string (*make)(size_t, uint64_t)) {
  for (; entries < count; entries++) check(put(entries, make(size, entries)), "a put failed");
}

void open_empty(const State &) { open(256 * kMiB, BRISK_COMPRESSION_OFF); }

void open_raw(const State &state) {
  const auto size = static_cast<size_t>(state.range(0));
  open(256 * kMiB, BRISK_COMPRESSION_OFF);
  fill(size, entries_of(size), noise);
}

void open_compressed(const State &state) {
  const auto size = static_cast<size_t>(state.range(0));
  open(256 * kMiB, BRISK_COMPRESSION_AUTO);
  fill(size, entries_of(size), record);
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
  check(brisk_cache_read_stats(cache, &stats, nullptr) == BRISK_OK, "no figures");
  check(stats.compressed_entries == entries, "a value was not compressed");
}

void open_small(const State &) {
  open(256 * kMiB, BRISK_COMPRESSION_OFF);
  fill(kSmall, 100'000, noise);
}

void open_full(const State &) {
  open(8 * kMiB, BRISK_COMPRESSION_OFF);
  fill(kSmall, 100'000, noise);
}

void open_fresh(const State &) {
  open(256 * kMiB, BRISK_COMPRESSION_OFF);
  fill(kSmall, kFresh, noise);
}

void shut(const State &) {
  brisk_cache_unref(cache);
  cache = nullptr;
}

// Ids in a scattered order that never ends, another one for each thread.
class Ids {
 public:
  explicit Ids(const State &state) : step_(static_cast<uint64_t>(state.thread_index()) << 32) {}
  uint32_t next() { return static_cast<uint32_t>((peers::mix(++step_) >> 32) * entries >> 32); }

 private:
  uint64_t step_;
};

void read(State &state) {
  Ids ids(state);
  std::string buffer(static_cast<size_t>(state.range(0)), '\0');
  size_t found = 0;
  for (auto _ : state) {
    const Key key = peers::key_of(ids.next());
    size_t size;
    found += brisk_cache_read(cache, key.data(), sizeof key, buffer.data(), buffer.size(), &size,
                              nullptr) == BRISK_OK;
  }
  if (found != static_cast<size_t>(state.iterations())) state.SkipWithError("a read missed");
}

void get(State &state) {
  Ids ids(state);
  size_t found = 0;
  for (auto _ : state) {
    const Key key = peers::key_of(ids.next());
    brisk_value *value;
    found += brisk_cache_get(cache, key.data(), sizeof key, &value, nullptr) == BRISK_OK;
    benchmark::DoNotOptimize(brisk_value_data(value, nullptr));
    brisk_value_unref(value);
  }
  if (found != static_cast<size_t>(state.iterations())) state.SkipWithError("a get missed");
}

void miss(State &state) {
  Ids ids(state);
  char buffer[kSmall];
  for (auto _ : state) {
    const Key key = peers::key_of(~ids.next());
    size_t size;
    benchmark::DoNotOptimize(
        brisk_cache_read(cache, key.data(), sizeof key, buffer, sizeof buffer, &size, nullptr));
  }
}

void contains(State &state) {
  Ids ids(state);
  for (auto _ : state) {
    const Key key = peers::key_of(ids.next());
    benchmark::DoNotOptimize(brisk_cache_contains(cache, key.data(), sizeof key, nullptr));
  }
}

// One iteration is one batch; items_per_second counts keys.
void read_many(State &state) {
  Ids ids(state);
  const auto count = static_cast<size_t>(state.range(0));
  std::vector<Key> keys(count);
  const std::vector<uint32_t> key_sizes(count, sizeof(Key));
  std::vector<uint32_t> sizes(count);
  std::vector<char> buffer(count * kSmall);
  size_t answered = 0;
  for (auto _ : state) {
    for (Key &key : keys) key = peers::key_of(ids.next());
    size_t done = 0;
    brisk_cache_read_many(cache, count, keys.data(), count * sizeof(Key), key_sizes.data(),
                          buffer.data(), buffer.size(), sizes.data(), &done, nullptr);
    answered += done;
  }
  if (answered != count * static_cast<size_t>(state.iterations()))
    state.SkipWithError("a batch stopped");
  state.SetItemsProcessed(static_cast<int64_t>(answered));
}

void put_new(State &state) {
  const std::string value = noise(kSmall, 0);
  uint32_t id = static_cast<uint32_t>(state.thread_index()) << 24;
  for (auto _ : state) benchmark::DoNotOptimize(put(id++, value));
}

void put_replace(State &state) {
  Ids ids(state);
  const std::string value = noise(static_cast<size_t>(state.range(0)), 0);
  for (auto _ : state) benchmark::DoNotOptimize(put(ids.next(), value));
}

void put_evict(State &state) {
  const std::string value = noise(kSmall, 0);
  uint32_t id = static_cast<uint32_t>(state.thread_index() + 1) << 30;
  for (auto _ : state) benchmark::DoNotOptimize(put(id++, value));
}

void put_compressed(State &state) {
  Ids ids(state);
  const std::string value = record(static_cast<size_t>(state.range(0)), 0);
  for (auto _ : state) benchmark::DoNotOptimize(put(ids.next(), value));
}

void erase(State &state) {
  uint32_t id = 0;
  size_t erased = 0;
  for (auto _ : state) {
    const Key key = peers::key_of(id++);
    erased += brisk_cache_erase(cache, key.data(), sizeof key, nullptr) == BRISK_OK;
  }
  if (erased != static_cast<size_t>(state.iterations())) state.SkipWithError("an erase missed");
}

// The whole of a load that finds nobody waiting: the lead, the value, the lease given back.
void load(State &state) {
  const std::string bytes = noise(kSmall, 0);
  uint32_t id = static_cast<uint32_t>(state.thread_index()) << 24;
  size_t led = 0;
  for (auto _ : state) {
    const Key key = peers::key_of(id++);
    brisk_value *value;
    brisk_lease *lease;
    if (brisk_cache_begin(cache, key.data(), sizeof key, nullptr, &value, &lease, nullptr) !=
        BRISK_LEAD)
      break;
    led += brisk_lease_complete(lease, bytes.data(), bytes.size(), 0, nullptr, nullptr) == BRISK_OK;
    brisk_lease_unref(lease);
  }
  if (led != static_cast<size_t>(state.iterations())) state.SkipWithError("a load failed");
}

// A load that is not needed: begin finds the value.
void load_hit(State &state) {
  Ids ids(state);
  for (auto _ : state) {
    const Key key = peers::key_of(ids.next());
    brisk_value *value;
    brisk_lease *lease;
    benchmark::DoNotOptimize(
        brisk_cache_begin(cache, key.data(), sizeof key, nullptr, &value, &lease, nullptr));
    brisk_value_unref(value);
    brisk_lease_unref(lease);
  }
}

// Interning beside what programs use for it. Names of 8 to 40 bytes, as in paths, labels and
// columns; bytes_per_string counts everything, in the map what malloc takes.
std::string intern_name(uint32_t id) {
  std::string text = "service." + std::to_string(id % 97) + ".metric." + std::to_string(id);
  text.resize(std::min<size_t>(text.size(), 8 + peers::mix(id) % 33));
  return text + std::to_string(id);
}

const std::vector<std::string> &names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made(1 << 18);
    for (uint32_t id = 0; id < made.size(); ++id) made[id] = intern_name(id);
    return made;
  }();
  return all;
}

// Counts what it takes, each block with the header of malloc.
template <class T>
struct Counting {
  using value_type = T;
  static inline size_t bytes = 0;
  static size_t taken(size_t count) {
    return std::max<size_t>(32, (count * sizeof(T) + 23) / 16 * 16);
  }

  Counting() = default;
  template <class U>
  Counting(const Counting<U> &) {}
  T *allocate(size_t count) {
    Counting<char>::bytes += taken(count);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T *data, size_t count) {
    Counting<char>::bytes -= taken(count);
    std::allocator<T>().deallocate(data, count);
  }
  bool operator==(const Counting &) const { return true; }
};
using MapString = std::basic_string<char, std::char_traits<char>, Counting<char>>;
struct MapHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Map = std::unordered_map<MapString, uint32_t, MapHash, std::equal_to<>,
                               Counting<std::pair<const MapString, uint32_t>>>;

brisk_intern *intern;
Map *map;

uint32_t intern_put(const std::string &name) {
  uint32_t id;
  check(brisk_intern_put(intern, name.data(), name.size(), &id, nullptr) == BRISK_OK, "no room");
  return id;
}

uint32_t map_put(const std::string &name) {
  const auto found = map->find(std::string_view(name));
  if (found != map->end()) return found->second;
  return map->emplace(name, static_cast<uint32_t>(map->size())).first->second;
}

void open_intern(const State &) {
  brisk_intern_options options = BRISK_INTERN_OPTIONS_INIT;
  options.capacity_bytes = 256 * kMiB;
  check(brisk_intern_new(nullptr, &options, &intern, nullptr) == BRISK_OK, "no interner");
  for (const std::string &name : names()) intern_put(name);
  entries = static_cast<uint32_t>(names().size());
}

void open_map(const State &) {
  map = new Map;
  for (const std::string &name : names()) map_put(name);
  entries = static_cast<uint32_t>(names().size());
}

void shut_interns(const State &) {
  brisk_intern_unref(intern);
  intern = nullptr;
  delete map;
  map = nullptr;
}

// All names in a scattered order, one after the other, so that only what is looked up is far away.
class Lookups {
 public:
  Lookups() {
    uint32_t id = 0;
    for (size_t i = 0; i < names().size(); ++i) {
      id = (id + 0x9e3779b1) % names().size();  // odd: each comes once
      bytes_ += names()[id];
      sizes_.push_back(static_cast<uint32_t>(names()[id].size()));
    }
  }
  std::string_view next(size_t count = 1) {
    if (at_ + count > sizes_.size()) at_ = offset_ = 0;
    const size_t begin = offset_;
    for (size_t end = at_ + count; at_ < end; ++at_) offset_ += sizes_[at_];
    return std::string_view(bytes_).substr(begin, offset_ - begin);
  }
  const uint32_t *sizes(size_t count) const { return sizes_.data() + at_ - count; }

 private:
  std::string bytes_;
  std::vector<uint32_t> sizes_;
  size_t at_ = 0;
  size_t offset_ = 0;
};

void intern_find(State &state) {
  Lookups lookups;
  for (auto _ : state) {
    const std::string_view name = lookups.next();
    uint32_t id;
    benchmark::DoNotOptimize(brisk_intern_find(intern, name.data(), name.size(), &id, nullptr));
  }
}

void map_find(State &state) {
  Lookups lookups;
  for (auto _ : state) benchmark::DoNotOptimize(map->find(lookups.next()));
}

void intern_find_many(State &state) {
  constexpr size_t batch = 64;
  Lookups lookups;
  uint32_t ids[batch];
  int64_t answered = 0;
  for (auto _ : state) {
    const std::string_view bytes = lookups.next(batch);
    size_t count;
    check(brisk_intern_find_many(intern, batch, bytes.data(), bytes.size(), lookups.sizes(batch),
                                 ids, &count, nullptr) == BRISK_OK,
          "a batch failed");
    answered += static_cast<int64_t>(count);
  }
  state.SetItemsProcessed(answered);
}

void intern_at(State &state) {
  Ids ids(state);
  for (auto _ : state) {
    size_t size;
    benchmark::DoNotOptimize(brisk_intern_at(intern, ids.next(), &size));
  }
}

// All of them into an empty one, growth included: time and bytes of each.
void intern_fill(State &state) {
  uint64_t held = 0;
  for (auto _ : state) {
    open_intern(state);
    brisk_intern_stats stats = BRISK_INTERN_STATS_INIT;
    check(brisk_intern_read_stats(intern, &stats, nullptr) == BRISK_OK, "no figures");
    held = stats.held_bytes;
    shut_interns(state);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(entries));
  state.counters["bytes_per_string"] = static_cast<double>(held) / entries;
}

void map_fill(State &state) {
  size_t held = 0;
  for (auto _ : state) {
    open_map(state);
    held = Counting<char>::bytes;
    shut_interns(state);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(entries));
  state.counters["bytes_per_string"] = static_cast<double>(held) / entries;
}

#define BRISK_BENCHMARK(function, opened) \
  BENCHMARK(function)->Setup(opened)->Teardown(shut)->UseRealTime()

BRISK_BENCHMARK(read, open_raw)->Arg(64)->Arg(1024)->Arg(16384)->ThreadRange(1, 2);
BRISK_BENCHMARK(read, open_compressed)->Name("read_compressed")->Arg(4096)->ThreadRange(1, 2);
BRISK_BENCHMARK(get, open_raw)->Arg(64)->Arg(1024)->Arg(16384)->ThreadRange(1, 2);
BRISK_BENCHMARK(get, open_compressed)->Name("get_compressed")->Arg(4096);
BRISK_BENCHMARK(miss, open_small)->ThreadRange(1, 2);
BRISK_BENCHMARK(contains, open_small);
BRISK_BENCHMARK(read_many, open_small)->Arg(16)->Arg(100)->ThreadRange(1, 2);
BRISK_BENCHMARK(put_new, open_empty)->Iterations(kFresh)->ThreadRange(1, 2);
BRISK_BENCHMARK(put_replace, open_raw)->Arg(64)->Arg(1024)->ThreadRange(1, 2);
BRISK_BENCHMARK(put_compressed, open_compressed)->Arg(4096);
BRISK_BENCHMARK(put_evict, open_full)->ThreadRange(1, 2);
BRISK_BENCHMARK(erase, open_fresh)->Iterations(kFresh);
BRISK_BENCHMARK(load, open_empty)->Iterations(kFresh)->ThreadRange(1, 2);
BRISK_BENCHMARK(load_hit, open_small);

#define BRISK_INTERN_BENCHMARK(function, opened) \
  BENCHMARK(function)->Setup(opened)->Teardown(shut_interns)->UseRealTime()

BRISK_INTERN_BENCHMARK(intern_find, open_intern)->ThreadRange(1, 2);
BRISK_INTERN_BENCHMARK(map_find, open_map);
BRISK_INTERN_BENCHMARK(intern_find_many, open_intern);
BRISK_INTERN_BENCHMARK(intern_at, open_intern);
BENCHMARK(intern_fill)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(map_fill)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
