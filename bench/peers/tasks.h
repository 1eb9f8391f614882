// The work that every pool of threads does: WORK THREADS SECONDS. Prints a line of JSON.
//
// A contestant is a class with
//   explicit Contestant(unsigned threads);
//   template <class F> void many(size_t count, F task);   queues count tasks one by one, waits for
//   all template <class F> void batch(size_t count, F item);  the same as one call, cut as it likes
//   template <class F> void one(F task);                  queues a task and waits for it
//   void race();                                          three tasks, done when the first is
//   Clock::duration late(Clock::duration timeout);        how long a wait took that had this
//   timeout, for a task that takes longer
// of which the last two are for those that have such a thing.
//
// Works: T1 tasks that do nothing. T2 10,000 tasks that take a microsecond. T3 items of a batch
// that do nothing. T4 one task there and back. T5 a race of three. T6 by how much a wait of a
// millisecond is longer. The figure is nanoseconds a task; a round of 64 or more is repeated until
// the time is over, and the median round counts, because threads are put to sleep and woken in
// between.
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

// Of what take() gives, again and again, after a first time in which threads start.
template <class Take>
double median(double seconds, Take take) {
  std::vector<double> taken;
  take();
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end || taken.empty()) taken.push_back(take());
  const auto middle = taken.begin() + static_cast<std::ptrdiff_t>(taken.size() / 2);
  std::nth_element(taken.begin(), middle, taken.end());
  return *middle;
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
    ns = median(seconds, [&] {
      ++rounds;
      const auto begin = Clock::now();
      round();
      return nanoseconds(Clock::now() - begin) / static_cast<double>(count);
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
  } else if (work == "T5") {
    if constexpr (requires { pool.race(); }) {
      measure(64, [&] {
        for (size_t i = 0; i < count; i++) pool.race();
      });
    } else {
      fail("this pool has no races");
    }
  } else if (work == "T6") {
    constexpr auto timeout = std::chrono::milliseconds(1);
    if constexpr (requires { pool.late(timeout); }) {
      ns = median(seconds, [&] { return nanoseconds(pool.late(timeout) - timeout); });
    } else {
      fail("this pool has no waits that end");
    }
  } else {
    fail("unknown work " + work);
  }
  std::printf("{\"version\": \"%s\", \"ns\": %.3f}\n", version, ns);
  return 0;
}

}  // namespace tasks

#endif
