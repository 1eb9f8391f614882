// What modules cost: a call through a symbol, a scan, and loading many that wait or do not.
//
// Loads are timed once an iteration, on modules that are new each time: what was opened stays open.
// `small` opens libraries that are there for this alone, copies of one, with load_all and, in turn,
// one after the other; `waiting` are callbacks that sleep for 40 ms. A `ratio` is that of medians.
#include <benchmark/benchmark.h>
#include <brisk/brisk.h>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using benchmark::State;

void check(brisk_status status, brisk_error *error) {
  if (status == BRISK_OK) return;
  std::fprintf(stderr, "%s\n", brisk_error_message(error));
  std::abort();
}

// A folder of copies of one library, each with its manifest.
class Folder {
 public:
  Folder(int count, bool libraries) {
    std::string name = (std::filesystem::temp_directory_path() / "brisk-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
    for (int i = 0; i < count; ++i) {
      const std::string base = path + "/module" + std::to_string(i);
      std::ofstream(base + ".module") << "version = 1.0\ndependencies =\n";
      std::filesystem::permissions(base + ".module", std::filesystem::perms(0644));
      if (libraries) std::filesystem::copy(BRISK_BENCH_MODULE, base + ".so");
    }
  }
  ~Folder() { std::filesystem::remove_all(path); }

  std::string path;
};

class Modules {
 public:
  Modules() {
    brisk_error *error = nullptr;
    check(brisk_modules_new(nullptr, nullptr, &raw, &error), error);
  }
  ~Modules() { brisk_modules_unref(raw); }

  uint64_t scan(const std::string &folder) {
    brisk_error *error = nullptr;
    uint64_t found = 0;
    check(brisk_modules_scan(raw, folder.data(), folder.size(), &found, &error), error);
    return found;
  }
  void load(const std::string &name) {
    brisk_error *error = nullptr;
    check(brisk_modules_load(raw, name.data(), name.size(), 0, &error), error);
  }
  void load_all(uint32_t threads) {
    brisk_error *error = nullptr;
    check(brisk_modules_load_all(raw, threads, 0, &error), error);
  }

  brisk_modules *raw = nullptr;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Two things that are measured in turn, so that what a neighbour takes is taken from both.
class Turns {
 public:
  void add(double ours, double other) {
    ours_.push_back(ours);
    other_.push_back(other);
  }
  // Tells both in a unit of so many seconds, and their ratio.
  void tell(State &state, const char *other, double unit) {
    state.counters["brisk"] = median(ours_) / unit;
    state.counters[other] = median(other_) / unit;
    state.counters["ratio"] = median(ours_) / median(other_);
  }

 private:
  static double median(std::vector<double> &times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
  }
  std::vector<double> ours_;
  std::vector<double> other_;
};

using Add = int (*)(int, int);
constexpr int calls = 1'000'000;

// Seconds for a call through an address that the compiler does not know.
double call(Add add) {
  benchmark::DoNotOptimize(add);
  int sum = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) {
    sum = add(sum, 1);
    benchmark::DoNotOptimize(sum);
  }
  return seconds_since(begin) / calls;
}

// Through a symbol of a module, and of the same library opened without brisk.
void symbol_call(State &state) {
  const Folder folder(1, true);
  Modules modules;
  modules.scan(folder.path);
  uint64_t address = 0;
  brisk_error *error = nullptr;
  check(brisk_modules_symbol(modules.raw, "module0", 7, "bench_add", 0, &address, &error), error);
  void *const library = dlopen(BRISK_BENCH_MODULE, RTLD_NOW | RTLD_LOCAL);
  void *const plain = library == nullptr ? nullptr : dlsym(library, "bench_add");
  if (plain == nullptr) std::abort();
  Turns turns;
  for (auto _ : state) {
    const double ours = call(reinterpret_cast<Add>(static_cast<uintptr_t>(address)));
    turns.add(ours, call(reinterpret_cast<Add>(reinterpret_cast<uintptr_t>(plain))));
    state.SetIterationTime(ours);
  }
  turns.tell(state, "plain", 1e-9);
}
BENCHMARK(symbol_call)->UseManualTime()->Iterations(100);

void symbol_lookup(State &state) {
  const Folder folder(1, true);
  Modules modules;
  modules.scan(folder.path);
  uint64_t address = 0;
  for (auto _ : state) {
    brisk_modules_symbol(modules.raw, "module0", 7, "bench_add", 0, &address, nullptr);
    benchmark::DoNotOptimize(address);
  }
}
BENCHMARK(symbol_lookup);

void scan(State &state) {
  const Folder folder(500, false);
  for (auto _ : state) {
    Modules modules;
    if (modules.scan(folder.path) != 500) std::abort();
  }
}
BENCHMARK(scan)->Unit(benchmark::kMillisecond);

brisk_status wait(void *, brisk_module_step, void *, size_t) {
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  return BRISK_OK;
}

void waiting(State &state) {
  for (auto _ : state) {
    Modules modules;
    for (int i = 0; i < 50; ++i) {
      const std::string name = "module" + std::to_string(i);
      brisk_module_options options = BRISK_MODULE_OPTIONS_INIT;
      options.name = name.data();
      options.name_size = static_cast<uint32_t>(name.size());
      brisk_error *error = nullptr;
      check(brisk_modules_add(modules.raw, &options, wait, nullptr, nullptr, &error), error);
    }
    const auto begin = std::chrono::steady_clock::now();
    modules.load_all(static_cast<uint32_t>(state.range(0)));
    state.SetIterationTime(seconds_since(begin));
  }
}
BENCHMARK(waiting)->Arg(4)->Arg(8)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

double load_small(const Folder &folder, uint32_t threads) {
  Modules modules;
  modules.scan(folder.path);
  const auto begin = std::chrono::steady_clock::now();
  if (threads != 0) {
    modules.load_all(threads);
  } else {
    for (int i = 0; i < 50; ++i) modules.load("module" + std::to_string(i));
  }
  return seconds_since(begin);
}

// The same in a child, because what is opened stays, and makes opening more slower.
double load_in_child(const Folder &folder, uint32_t threads) {
  int ends[2];
  double seconds = 0;
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    seconds = load_small(folder, threads);
    _exit(write(ends[1], &seconds, sizeof seconds) == sizeof seconds ? 0 : 1);
  }
  if (read(ends[0], &seconds, sizeof seconds) != sizeof seconds) std::abort();
  close(ends[0]);
  close(ends[1]);
  waitpid(child, nullptr, 0);
  return seconds;
}

// On so many threads, and one after the other.
void small(State &state) {
  const Folder folder(50, true);
  Turns turns;
  for (auto _ : state) {
    const double ours = load_in_child(folder, static_cast<uint32_t>(state.range(0)));
    turns.add(ours, load_in_child(folder, 0));
    state.SetIterationTime(ours);
  }
  turns.tell(state, "one_by_one", 1e-3);
}
BENCHMARK(small)->Arg(1)->Arg(4)->Arg(8)->UseManualTime()->Iterations(100)->Unit(
    benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
