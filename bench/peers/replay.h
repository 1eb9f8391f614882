// Replays a trace of requests, for those written in C++: a request is a get, and a put where that
// misses. Every object counts as one, whatever its size: the key and the value are 8 bytes each and
// the capacity is a number of entries, which the contestant is told in whatever way makes it hold
// as many. How many it holds at the end is told with the hits. The Rust contestant repeats this.
//
// A contestant is a class with
//   explicit Contestant(size_t entries);
//   bool get(uint64_t key, uint64_t &value);
//   void put(uint64_t key, uint64_t value);
//   size_t held();
//
// Threads take the requests in turns, 64 at a time, as bench/replay.cc does for brisk. Time is what
// the whole replay took, over its requests.
#ifndef BRISK_BENCH_PEERS_REPLAY_H
#define BRISK_BENCH_PEERS_REPLAY_H

#include <atomic>
#include <string_view>

#include "workload.h"

namespace peers {

// A file of requests, mapped: a key of 8 bytes and a size of 4 each.
class Trace {
 public:
  explicit Trace(const char *path) : file_(path) {
    if (file_.size() % kRecord != 0) fail(std::string("not a trace: ") + path);
  }
  size_t size() const { return file_.size() / kRecord; }
  uint64_t operator[](size_t i) const {
    uint64_t key;
    std::memcpy(&key, file_.data() + i * kRecord, sizeof key);
    return key;
  }

 private:
  static constexpr size_t kRecord = 12;
  const Mapping file_;
};

template <class Contestant>
void replay(const Trace &trace, size_t entries, unsigned threads, const char *version) {
  using Clock = std::chrono::steady_clock;
  Contestant cache(entries);
  std::atomic<size_t> next{0};
  std::atomic<size_t> hits{0};
  const auto run = [&] {
    constexpr size_t turn = 64;
    size_t own = 0;
    for (size_t at; (at = next.fetch_add(turn, std::memory_order_relaxed)) < trace.size();) {
      for (const size_t end = std::min(at + turn, trace.size()); at < end; ++at) {
        const uint64_t key = trace[at];
        uint64_t value;
        if (!cache.get(key, value)) {
          cache.put(key, ~key);
        } else if (value == ~key) {
          ++own;
        } else {
          fail("a wrong value came back");
        }
      }
    }
    hits += own;
  };
  std::vector<std::thread> others;
  const auto begin = Clock::now();
  for (unsigned thread = 1; thread < threads; ++thread) others.emplace_back(run);
  run();
  for (std::thread &other : others) other.join();
  const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
  const auto requests = static_cast<double>(trace.size());
  std::printf(
      "{\"version\": \"%s\", \"capacity\": %zu, \"threads\": %u, \"hit\": %.6f, \"ns\": %.2f, "
      "\"held\": %zu}\n",
      version, entries, threads, static_cast<double>(hits) / requests, took.count() / requests,
      cache.held());
}

inline bool is_replay(int argc, char **argv) {
  return argc > 1 && std::string_view(argv[1]) == "trace";
}

// The program: trace FILE THREADS ENTRIES..., a line of JSON for each number of entries.
template <class Contestant>
int run_replay(int argc, char **argv, const char *version) {
  if (argc < 5) fail("usage: trace FILE THREADS ENTRIES...");
  const Trace trace(argv[2]);
  const auto threads = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
  for (int i = 4; i < argc; ++i)
    replay<Contestant>(trace, std::strtoul(argv[i], nullptr, 10), threads, version);
  return 0;
}

}  // namespace peers

#endif  // BRISK_BENCH_PEERS_REPLAY_H
