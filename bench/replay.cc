// Replays traces of requests through the cache: hit ratio, time and bytes of each policy, and how
// far it stays behind the best policy there is a figure for.
//
// BRISK_TRACES names a folder of NAME.bin.zst (records of 12 bytes, little endian: a key of 8, a
// size of 4) and reference.csv (trace, policy, percent, capacity, hits, requests, ratio). Every
// object counts as one: its key, a value of 8 bytes, and max_entries as the only limit that binds,
// which is checked afterwards. With sizes (--bytes) a value is as long as the trace says, and the
// capacity is that share of the bytes of all objects. A request is a read, and a put where that
// misses; a value begins with its key's complement, which every hit checks. Threads take the
// requests in turns, 64 at a time. Time is what the whole replay took over its requests. Distance
// is counted in points of hit ratio, against the best of the textbook policies of the reference;
// Belady, who knows the future, aside. With --json all of this goes to peers/traces.py, which puts
// the same requests to others.
//
// With an aim (--aim) other than objects every key has a cost, the same in each run and whatever
// its size: 1000 / u^(1/1.2), at most a thousand times as much, u even between 0 and 1 and made
// from the key; a tail as heavy as that of web requests. Only with the aim cost are values put with
// it, but what was saved is told for each.
#include <brisk/brisk.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

constexpr const char *kHelp =
    "usage: replay [--policy NAME,...] [--trace NAME,...] [--percent P,...] [--threads N,...]\n"
    "              [--least N] [--rounds N] [--bytes] [--aim NAME,...] [--json]\n"
    "\n"
    "Replays the traces in the folder BRISK_TRACES through the cache, once for each policy (auto,\n"
    "s3fifo, lru), size (percent of the distinct objects; 0.1,1,5,10) and number of threads (1).\n"
    "Sizes below --least objects (100) are left out. The time is the best of --rounds (1). With\n"
    "--bytes objects have the sizes of the trace, and there is no reference to compare with.\n"
    "The aims are objects (alone where none is given), bytes and cost. With --json there is a "
    "line\n"
    "for each size, with what the reference knows of it, and then one for each row.\n";

[[noreturn]] void fail(const std::string &why) {
  std::fprintf(stderr, "replay: %s\n", why.c_str());
  std::exit(1);
}

std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

struct Options {
  std::vector<std::string> policies{"auto", "s3fifo", "lru"};
  std::vector<std::string> traces;
  std::vector<std::string> percents{"0.1", "1", "5", "10"};
  std::vector<std::string> threads{"1"};
  std::vector<std::string> aims{"objects"};
  uint64_t least = 100;
  unsigned rounds = 1;
  bool bytes = false;
  bool json = false;
};

Options parse(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--help") {
      std::fputs(kHelp, stdout);
      std::exit(0);
    }
    if (name == "--bytes" || name == "--json") {
      (name == "--bytes" ? options.bytes : options.json) = true;
      continue;
    }
    if (i + 1 == argc) fail(name + " is unknown or lacks its value; see --help");
    const std::string value = argv[++i];
    if (name == "--policy") {
      options.policies = split(value);
    } else if (name == "--trace") {
      options.traces = split(value);
    } else if (name == "--percent") {
      options.percents = split(value);
    } else if (name == "--aim") {
      options.aims = split(value);
    } else if (name == "--threads") {
      options.threads = split(value);
    } else if (name == "--least") {
      options.least = std::strtoull(value.c_str(), nullptr, 10);
    } else if (name == "--rounds") {
      options.rounds = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    } else {
      fail(name + " is unknown; see --help");
    }
  }
  return options;
}

brisk_policy policy_of(const std::string &name) {
  if (name == "auto") return BRISK_POLICY_AUTO;
  if (name == "s3fifo") return BRISK_POLICY_S3FIFO;
  if (name == "lru") return BRISK_POLICY_LRU;
  fail("policy " + name + " is unknown; see --help");
}

brisk_aim aim_of(const std::string &name) {
  if (name == "objects") return BRISK_AIM_OBJECTS;
  if (name == "bytes") return BRISK_AIM_BYTES;
  if (name == "cost") return BRISK_AIM_COST;
  fail("aim " + name + " is unknown; see --help");
}

double cost_of(uint64_t key) {
  uint64_t mixed = (key ^ key >> 32) * 0xd6e8feb86659fd93u;
  mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93u;
  const double even = (static_cast<double>(mixed >> 11) + 0.5) * 0x1p-53;
  return 1000 * std::min(std::pow(even, -1 / 1.2), 1000.0);
}

struct Trace {
  std::string name;
  std::vector<uint64_t> keys;
  std::vector<uint32_t> sizes;
  std::vector<double> costs;
  uint64_t objects = 0;
  uint64_t bytes = 0;  // of all objects, each once
  uint32_t largest = 0;
};

Trace read_trace(const std::filesystem::path &path) {
  constexpr size_t record = 12;
  std::ifstream file(path, std::ios::binary);
  const std::string packed((std::istreambuf_iterator<char>(file)), {});
  Trace trace;
  trace.name = path.stem().stem().string();
  std::string raw;
  std::string piece(ZSTD_DStreamOutSize(), '\0');
  ZSTD_DStream *const stream = ZSTD_createDStream();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  size_t left = 1;
  while (in.pos < in.size) {
    ZSTD_outBuffer out{piece.data(), piece.size(), 0};
    left = ZSTD_decompressStream(stream, &out, &in);
    if (ZSTD_isError(left) != 0) fail(path.string() + ": " + ZSTD_getErrorName(left));
    raw.append(piece, 0, out.pos);
  }
  ZSTD_freeDStream(stream);
  if (raw.empty() || raw.size() % record != 0) fail(path.string() + " is no trace");
  std::unordered_map<uint64_t, uint32_t> seen;
  for (size_t at = 0; at < raw.size(); at += record) {
    uint64_t key;
    uint32_t size;
    std::memcpy(&key, raw.data() + at, sizeof key);
    std::memcpy(&size, raw.data() + at + sizeof key, sizeof size);
    trace.keys.push_back(key);
    trace.sizes.push_back(size);
    trace.costs.push_back(cost_of(key));
    trace.largest = std::max(trace.largest, size);
    if (seen.emplace(key, size).second) trace.bytes += size;
  }
  trace.objects = seen.size();
  return trace;
}

// trace, percent -> policy -> points, and the capacity of the cell.
struct Cell {
  uint64_t capacity = 0;
  std::map<std::string, double> points;
};
using Reference = std::map<std::pair<std::string, std::string>, Cell>;

Reference read_reference(const std::filesystem::path &path) {
  Reference reference;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = split(line);
    if (fields.size() < 7) continue;
    Cell &cell = reference[{fields[0], fields[2]}];
    cell.capacity = std::strtoull(fields[3].c_str(), nullptr, 10);
    cell.points[fields[1]] = 100 * std::strtod(fields[6].c_str(), nullptr);
  }
  return reference;
}

bool is_textbook(const std::string &policy) {
  static constexpr const char *kNames[] = {
      "LRU", "FIFO", "CLOCK",   "SIEVE",     "2Q",
      "ARC", "LIRS", "S3-FIFO", "W-TinyLFU", "W-TinyLFU-climb"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](const char *name) { return policy == name; });
}

double best_of(const Cell &cell) {
  double best = 0;
  for (const auto &[policy, points] : cell.points) {
    if (is_textbook(policy)) best = std::max(best, points);
  }
  return best;
}

void print_cell(const Trace &trace, const std::string &percent, uint64_t capacity,
                const Cell *known) {
  std::printf("{\"trace\": \"%s\", \"percent\": \"%s\", \"capacity\": %" PRIu64, trace.name.c_str(),
              percent.c_str(), capacity);
  if (known != nullptr) {
    std::printf(", \"best\": %.6f, \"reference\": {", best_of(*known) / 100);
    const char *comma = "";
    for (const auto &[policy, points] : known->points) {
      std::printf("%s\"%s\": %.6f", comma, policy.c_str(), points / 100);
      comma = ", ";
    }
    std::printf("}");
  }
  std::printf("}\n");
}

struct Outcome {
  double points = 0;       // of requests
  double byte_points = 0;  // of the bytes asked for
  double cost_points = 0;  // of the cost of all requests
  double nanoseconds = 0;
  brisk_cache_stats stats = BRISK_CACHE_STATS_INIT;
};

Outcome replay(const Trace &trace, brisk_policy policy, brisk_aim aim, uint64_t limit, bool bytes,
               unsigned threads) {
  brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
  options.policy = policy;
  options.aim = aim;
  options.compression = BRISK_COMPRESSION_OFF;
  options.max_entries = bytes ? 0 : limit;
  // Where entries are the limit, room for far more of them.
  options.capacity_bytes = bytes ? limit : std::max<uint64_t>(uint64_t{1} << 20, limit * 256);
  brisk_cache *cache;
  brisk_error *error = nullptr;
  if (brisk_cache_new(nullptr, &options, &cache, &error) != BRISK_OK)
    fail(brisk_error_message(error));
  constexpr size_t block = 64;
  std::atomic<size_t> next{0};
  std::atomic<uint64_t> hits{0};
  std::atomic<uint64_t> hit_bytes{0};
  std::atomic<double> saved{0};
  const std::string payload(bytes ? std::max<size_t>(trace.largest, 8) : 8, 'v');
  struct Buffers {
    std::string in;
    std::string out;
  };
  std::vector<Buffers> buffers(threads, {payload, payload});  // made before the clock starts
  const auto run = [&](Buffers &own_buffers) {
    auto &[in, out] = own_buffers;
    uint64_t own = 0;
    uint64_t own_bytes = 0;
    double own_saved = 0;
    for (size_t at; (at = next.fetch_add(block, std::memory_order_relaxed)) < trace.keys.size();) {
      const size_t end = std::min(at + block, trace.keys.size());
      for (; at < end; ++at) {
        const uint64_t key = trace.keys[at];
        const uint64_t value = ~key;
        size_t size;
        if (brisk_cache_read(cache, &key, sizeof key, out.data(), out.size(), &size, nullptr) ==
            BRISK_OK) {
          if ((!bytes && size != sizeof value) ||
              std::memcmp(out.data(), &value, std::min(size, sizeof value)) != 0)
            fail("a wrong value came back");
          ++own;
          own_bytes += trace.sizes[at];
          own_saved += trace.costs[at];
        } else {
          std::memcpy(in.data(), &value, sizeof value);
          brisk_cache_put_cost(cache, &key, sizeof key, in.data(), bytes ? trace.sizes[at] : 8, 0,
                               aim == BRISK_AIM_COST ? trace.costs[at] : 0, nullptr);
        }
      }
    }
    hits += own;
    hit_bytes += own_bytes;
    saved += own_saved;
  };
  std::vector<std::thread> others;
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned thread = 1; thread < threads; ++thread)
    others.emplace_back(run, std::ref(buffers[thread]));
  run(buffers[0]);
  for (std::thread &other : others) other.join();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  Outcome outcome;
  const auto requests = static_cast<double>(trace.keys.size());
  uint64_t asked = 0;
  for (const uint32_t size : trace.sizes) asked += size;
  double costs = 0;
  for (const double cost : trace.costs) costs += cost;
  outcome.cost_points = 100 * saved / costs;
  outcome.points = 100 * static_cast<double>(hits) / requests;
  outcome.byte_points = 100 * static_cast<double>(hit_bytes) / static_cast<double>(asked);
  outcome.nanoseconds = took.count() / requests;
  if (brisk_cache_read_stats(cache, &outcome.stats, nullptr) != BRISK_OK) fail("no figures");
  if (!bytes && outcome.stats.entries > limit) fail("the cache holds more than it may");
  if (!bytes && outcome.stats.entries < limit && outcome.stats.evicted_capacity != 0)
    fail("the bytes were the limit, not the entries");
  brisk_cache_unref(cache);
  return outcome;
}

struct Distance {
  double sum = 0;
  double worst = 0;
  unsigned cells = 0;
  void add(double points) {
    sum += points;
    worst = cells++ == 0 ? points : std::max(worst, points);
  }
};

}  // namespace

int main(int argc, char **argv) {
  const Options options = parse(argc, argv);
  const char *const folder = std::getenv("BRISK_TRACES");
  if (folder == nullptr) {
    std::puts("skipped: BRISK_TRACES names no folder of traces");
    return 0;
  }
  std::vector<std::pair<std::string, std::string>> runs;  // policy and aim; LRU has but one
  for (const std::string &policy : options.policies) {
    for (const std::string &aim : options.aims) {
      if (policy != "lru" || aim == "objects") runs.emplace_back(policy, aim);
    }
  }
  const Reference reference = read_reference(std::filesystem::path(folder) / "reference.csv");
  std::vector<std::filesystem::path> paths;
  for (const auto &file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".zst") continue;
    const std::string name = file.path().stem().stem().string();
    const auto &wanted = options.traces;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end())
      paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  std::map<std::pair<std::string, std::string>, Distance> distances;  // by policy and threads
  std::map<std::string, Distance> others;
  if (!options.json)
    std::printf("%-10s %5s %8s %7s %-7s %-7s %7s %7s %7s %7s %7s %8s %7s\n", "trace", "%",
                "capacity", "threads", "policy", "aim", "behind", "hit %", "byte %", "cost %", "ns",
                "B/entry", "policy B");
  for (const auto &path : paths) {
    const Trace trace = read_trace(path);
    for (const std::string &percent : options.percents) {
      const double share = std::strtod(percent.c_str(), nullptr) / 100;
      const auto cell = reference.find({trace.name, percent});
      const bool known = !options.bytes && cell != reference.end();
      const uint64_t all = options.bytes ? trace.bytes : trace.objects;
      const uint64_t limit = known ? cell->second.capacity
                                   : static_cast<uint64_t>(static_cast<double>(all) * share + 0.5);
      if (limit < (options.bytes ? uint64_t{256} << 10 : options.least)) continue;
      const double best = known ? best_of(cell->second) : 0;
      if (known) {
        for (const auto &[policy, points] : cell->second.points) others[policy].add(best - points);
      }
      if (options.json) print_cell(trace, percent, limit, known ? &cell->second : nullptr);
      for (const std::string &threads : options.threads) {
        for (const auto &[policy, aim] : runs) {
          const auto count = static_cast<unsigned>(std::strtoul(threads.c_str(), nullptr, 10));
          Outcome outcome =
              replay(trace, policy_of(policy), aim_of(aim), limit, options.bytes, count);
          for (unsigned round = 1; round < options.rounds; ++round) {
            const Outcome again =
                replay(trace, policy_of(policy), aim_of(aim), limit, options.bytes, count);
            outcome.nanoseconds = std::min(outcome.nanoseconds, again.nanoseconds);
          }
          char middle[16] = "-";
          if (known && aim == "objects") {
            std::snprintf(middle, sizeof middle, "%.2f", best - outcome.points);
            distances[{policy, threads}].add(best - outcome.points);
          }
          const auto entries = static_cast<double>(std::max<uint64_t>(outcome.stats.entries, 1));
          if (options.json) {
            std::printf("{\"contestant\": \"%s\", \"version\": \"%s\", \"capacity\": %" PRIu64
                        ", \"threads\": %u, \"hit\": %.6f, \"ns\": %.2f, "
                        "\"held\": %.0f, \"entry_bytes\": %.1f, \"policy_bytes\": %.1f}\n",
                        policy.c_str(), brisk_version(), limit, count, outcome.points / 100,
                        outcome.nanoseconds, entries,
                        static_cast<double>(outcome.stats.held_bytes) / entries,
                        static_cast<double>(outcome.stats.policy_bytes) / entries);
            continue;
          }
          std::printf("%-10s %5s %8" PRIu64
                      " %7s %-7s %-7s %7s %7.2f %7.2f %7.2f %7.1f %8.1f %7.1f\n",
                      trace.name.c_str(), percent.c_str(), limit, threads.c_str(), policy.c_str(),
                      aim.c_str(), middle, outcome.points, outcome.byte_points, outcome.cost_points,
                      outcome.nanoseconds, static_cast<double>(outcome.stats.held_bytes) / entries,
                      static_cast<double>(outcome.stats.policy_bytes) / entries);
          std::fflush(stdout);
        }
      }
    }
  }
  if (distances.empty() || options.json) return 0;
  std::printf("\npoints behind the best textbook policy of each cell\n%-18s %7s %6s %6s %5s\n",
              "policy", "threads", "mean", "worst", "cells");
  const auto print = [](const char *policy, const char *threads, const Distance &distance) {
    std::printf("%-18s %7s %6.2f %6.2f %5u\n", policy, threads, distance.sum / distance.cells,
                distance.worst, distance.cells);
  };
  for (const auto &[key, distance] : distances)
    print(("brisk " + key.first).c_str(), key.second.c_str(), distance);
  for (const auto &[policy, distance] : others) print(policy.c_str(), "-", distance);
  return 0;
}
