// The work that every contestant does, for those written in C++: keys, values, checks and the timed
// loop. The Rust contestant repeats it line by line. run.py gives the numbers: how many keys, how
// much room, which sequence.
//
// A contestant is a class with
//   explicit Contestant(const Work &work);             room for work.room entries
//   bool get(const Key &key, Value &value);            copies the value out, as the caller keeps it
//   void put(const Key &key, const Value &value);      copies the value in
//   size_t get_many(const Key *, size_t, Value *);     only where the cache has batches; counts the
//   values found
//
// Works: W1 gets keys that are all there. W2 gets and sets, with less room than keys; a miss
// inserts nothing. W4 fills the cache and weighs the process. W1-batch is W1 by get_many.
//
// A key is computed from its id in the loop, not fetched from a table: two multiplications each way
// cost 2 ns and touch no memory, where a table of a million keys adds a cache miss to every
// contestant and hides their own.
#ifndef BRISK_BENCH_PEERS_WORKLOAD_H
#define BRISK_BENCH_PEERS_WORKLOAD_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <barrier>
#include <chrono>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace peers {

using Key = std::array<uint64_t, 2>;
using Value = std::array<uint64_t, 8>;
static_assert(sizeof(Key) == 16 && sizeof(Value) == 64);

inline constexpr size_t kBatch = 100;
inline constexpr size_t kBlock = 64 * kBatch;   // operations between two looks at the clock
inline constexpr uint32_t kSet = 0x8000'0000u;  // in a sequence: this operation is a set

inline constexpr uint64_t mix(uint64_t x) {  // the finalizer of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

inline constexpr Key key_of(uint64_t id) {
  return {mix(id + 0x9e3779b97f4a7c15u), mix(id + 0x3c6ef372fe94f82au)};
}

inline constexpr Value value_of(const Key &key) {
  Value value{};
  for (size_t i = 0; i < value.size(); i++) value[i] = key[0] + i;
  return value;
}

// Makes the compiler believe that somebody reads all of object.
template <class T>
inline void keep(const T &object) {
  asm volatile("" : : "r"(&object) : "memory");
}

[[noreturn]] inline void fail(const std::string &why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

// A file, mapped and read once.
class Mapping {
 public:
  explicit Mapping(const char *path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail(std::string("cannot read ") + path);
    size_ = static_cast<size_t>(status.st_size);
    void *data = mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    if (data == MAP_FAILED) fail(std::string("cannot map ") + path);
    close(file);
    data_ = static_cast<const char *>(data);
  }
  const char *data() const { return data_; }
  size_t size() const { return size_; }

 private:
  const char *data_;
  size_t size_;
};

// A file of ids, a power of two of them, walked round and round.
class Sequence {
 public:
  explicit Sequence(const char *path) {
    const Mapping file(path);
    size_ = file.size() / sizeof(uint32_t);
    if ((size_ & (size_ - 1)) != 0) fail(std::string("not a sequence: ") + path);
    ids_ = reinterpret_cast<const uint32_t *>(file.data());
  }
  size_t size() const { return size_; }
  uint32_t operator[](size_t i) const { return ids_[i & (size_ - 1)]; }

 private:
  const uint32_t *ids_;
  size_t size_;
};

struct Work {
  std::string name;
  uint32_t keys;
  size_t room;
  unsigned threads;
  double seconds;
  const char *sequence;
};

// Runs block(position) over and over on each thread, from another offset on each, for work.seconds;
// block does kBlock operations. Returns operations in a second, all threads together.
template <class Block>
double operations_per_second(const Work &work, size_t sequence_size, Block block) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> rates(work.threads);
  std::barrier start(static_cast<std::ptrdiff_t>(work.threads));
  const auto run = [&](unsigned thread) {
    size_t position = sequence_size / work.threads * thread;
    size_t done = 0;
    double elapsed = 0;
    start.arrive_and_wait();
    for (const auto begin = Clock::now(); elapsed < work.seconds;) {
      block(position);
      position += kBlock;
      done += kBlock;
      elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    }
    rates[thread] = static_cast<double>(done) / elapsed;
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < work.threads; thread++) others.emplace_back(run, thread);
  run(0);
  for (std::thread &other : others) other.join();
  double sum = 0;
  for (double rate : rates) sum += rate;
  return sum;
}

inline double resident_bytes() {
  std::FILE *status = std::fopen("/proc/self/status", "r");
  if (status == nullptr) fail("cannot read /proc/self/status");
  double kib = 0;
  for (char line[256]; std::fgets(line, sizeof line, status) != nullptr;) {
    if (std::sscanf(line, "VmRSS: %lf", &kib) == 1) break;
  }
  std::fclose(status);
  return kib * 1024;
}

template <class Contestant>
void fill(Contestant &cache, const Work &work) {
  for (uint32_t id = 0; id < work.keys; id++) {
    const Key key = key_of(id);
    cache.put(key, value_of(key));
  }
}

// Gets one key and checks what comes; returns whether it was there.
template <class Contestant>
bool checked_get(Contestant &cache, uint32_t id) {
  const Key key = key_of(id);
  Value value;
  if (!cache.get(key, value)) return false;
  if (value != value_of(key)) fail("a wrong value came back");
  return true;
}

inline void report(const char *version, double rate, double hit) {
  std::printf("{\"version\": \"%s\", \"ns\": %.3f, \"mops\": %.4f, \"hit\": %.6f}\n", version,
              1e9 / rate, rate / 1e6, hit);
}

template <class Contestant>
void all_hits(const Work &work, const char *version) {
  const Sequence sequence(work.sequence);
  Contestant cache(work);
  fill(cache, work);
  for (uint32_t id = 0; id < work.keys; id++) {
    if (!checked_get(cache, id)) fail("an entry is missing although there is room");
  }
  const auto single = [&](size_t position) {
    Value value;
    size_t found = 0;
    for (size_t i = 0; i < kBlock; i++) {
      found += cache.get(key_of(sequence[position + i]), value);
      keep(value);
    }
    if (found != kBlock) fail("an entry was lost");
  };
  const auto batch = [&](size_t position) {
    if constexpr (requires { &Contestant::get_many; }) {
      std::array<Key, kBatch> keys;
      std::array<Value, kBatch> values;
      size_t found = 0;
      for (size_t i = 0; i < kBlock; i += kBatch) {
        for (size_t k = 0; k < kBatch; k++) keys[k] = key_of(sequence[position + i + k]);
        found += cache.get_many(keys.data(), kBatch, values.data());
        keep(values);
      }
      if (found != kBlock) fail("an entry was lost");
    } else {
      fail("this cache has no batches");
    }
  };
  const auto run = [&](auto block) {
    for (size_t i = 0; i < sequence.size(); i += kBlock) block(i);
    report(version, operations_per_second(work, sequence.size(), block), 1);
  };
  work.name == "W1" ? run(single) : run(batch);
}

template <class Contestant>
void mixed(const Work &work, const char *version) {
  const Sequence sequence(work.sequence);
  Contestant cache(work);
  const auto set = [&](uint32_t id) {
    const Key key = key_of(id);
    cache.put(key, value_of(key));
  };
  // One round warms the cache; its second half, the same for all, gives the hit ratio.
  size_t gets = 0;
  size_t hits = 0;
  for (size_t i = 0; i < sequence.size(); i++) {
    const uint32_t id = sequence[i] & ~kSet;
    if ((sequence[i] & kSet) != 0) {
      set(id);
    } else {
      const bool hit = checked_get(cache, id);
      if (i < sequence.size() / 2) continue;
      gets++;
      hits += hit;
    }
  }
  const double rate = operations_per_second(work, sequence.size(), [&](size_t position) {
    Value value;
    for (size_t i = 0; i < kBlock; i++) {
      const uint32_t id = sequence[position + i];
      if ((id & kSet) != 0) {
        set(id & ~kSet);
      } else {
        cache.get(key_of(id), value);
        keep(value);
      }
    }
  });
  report(version, rate, static_cast<double>(hits) / static_cast<double>(gets));
}

template <class Contestant>
void weight(const Work &work, const char *version) {
  const double before = resident_bytes();
  Contestant cache(work);
  fill(cache, work);
  const double held = resident_bytes() - before;
  size_t kept = 0;
  for (uint32_t id = 0; id < work.keys; id++) kept += checked_get(cache, id);
  if (kept != work.keys) fail("an entry is missing although there is room");
  std::printf("{\"version\": \"%s\", \"bytes\": %.2f}\n", version, held / work.keys);
}

// The program of a contestant: WORK KEYS ROOM THREADS SECONDS [SEQUENCE], one line of JSON out.
template <class Contestant>
int run(int argc, char **argv, const char *version) {
  if (argc < 6) fail("usage: WORK KEYS ROOM THREADS SECONDS [SEQUENCE]");
  const Work work{.name = argv[1],
                  .keys = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10)),
                  .room = std::strtoul(argv[3], nullptr, 10),
                  .threads = static_cast<unsigned>(std::strtoul(argv[4], nullptr, 10)),
                  .seconds = std::strtod(argv[5], nullptr),
                  .sequence = argc > 6 ? argv[6] : ""};
  if (work.name == "W1" || work.name == "W1-batch") {
    all_hits<Contestant>(work, version);
  } else if (work.name == "W2") {
    mixed<Contestant>(work, version);
  } else if (work.name == "W4") {
    weight<Contestant>(work, version);
  } else {
    fail("unknown work " + work.name);
  }
  return 0;
}

}  // namespace peers

#endif  // BRISK_BENCH_PEERS_WORKLOAD_H
