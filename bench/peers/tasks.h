// The work that every pool of threads does: WORK THREADS SECONDS. Prints a line of JSON.
//
// A contestant is a class with
//   explicit Contestant(unsigned threads);
//   template <class F> void many(size_t count, F task);   queues count tasks one by one, waits for
//   all template <class F> void batch(size_t count, F item);  the same as one call, cut as it likes
//   template <class F> void one(F task);                  queues a task and waits for it
//
// Works: T1 tasks that do nothing. T2 10,000 tasks that take a microsecond. T3 items of a batch
// that do nothing. T4 one task there and back. The figure is nanoseconds a task; a round of 64 or
// more is repeated until the time is over, and the median round counts, because threads are put to
// sleep and woken in between.
#ifndef BRISK_BENCH_PEERS_TASKS_H
#define BRISK_BENCH_PEERS_TASKS_H

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace tasks {

using Clock = std::chrono::steady_clock;

inline double nanoseconds(Clock::duration time) {
  return std::chrono::duration<double, std::nano>(time).count();
}

// Keeps a core busy for a microsecond.
inline void work_a_microsecond() {
  const auto end = Clock::now() + std::chrono::microseconds(1);
  while (Clock::now() < end) {
  }
}

[[noreturn]] inline void fail(const std::string &why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

template <class Round>
double median_round(double seconds, size_t count, Round round) {
  std::vector<double> rounds;
  round();  // threads start in the first
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end || rounds.empty()) {
    const auto begin = Clock::now();
    round();
    rounds.push_back(nanoseconds(Clock::now() - begin) / static_cast<double>(count));
  }
  std::nth_element(rounds.begin(), rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2),
                   rounds.end());
  return rounds[rounds.size() / 2];
}

template <class Contestant>
int run(int argc, char **argv, const char *version) {
  if (argc != 4) fail("usage: WORK THREADS SECONDS");
  const std::string work = argv[1];
  Contestant pool(static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
  const double seconds = std::strtod(argv[3], nullptr);
  std::atomic<size_t> ran{0};
  size_t rounds = 0;
  size_t count = 0;
  double ns = 0;
  const auto measure = [&](size_t each, auto round) {
    count = each;
    ns = median_round(seconds, each, [&] {
      ++rounds;
      round();
    });
  };
  if (work == "T1") {
    measure(100'000, [&] { pool.many(count, [] {}); });
  } else if (work == "T2") {
    measure(10'000, [&] { pool.many(count, [] { work_a_microsecond(); }); });
  } else if (work == "T3") {
    measure(1'000'000, [&] { pool.batch(count, [](size_t) {}); });
  } else if (work == "T4") {
    measure(64, [&] {
      for (size_t i = 0; i < count; i++) pool.one([&ran] { ran.fetch_add(1); });
    });
    if (ran != rounds * count) fail("a task was lost");
  } else {
    fail("unknown work " + work);
  }
  std::printf("{\"version\": \"%s\", \"ns\": %.3f}\n", version, ns);
  return 0;
}

}  // namespace tasks

#endif
