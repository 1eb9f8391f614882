// W3: read-through of records of about a KiB within a number of bytes, for those written in C++. A
// miss is answered by the record itself, copied, which is the loader least kind to compression. The
// Rust contestant repeats it line by line.
//
// A contestant is a class with
//   explicit Contestant(size_t bytes);                    room for so many bytes
//   bool get(const Key &key, char *to, size_t *size);     copies the value out
//   void put(const Key &key, const char *from, size_t size);
//
// The first half of the sequence warms the cache; the second is timed and counted. Every value that
// comes out is compared by its size and last byte, and in one of 64 operations as a whole.
#ifndef BRISK_BENCH_PEERS_READTHROUGH_H
#define BRISK_BENCH_PEERS_READTHROUGH_H

#include <string_view>

#include "workload.h"

namespace peers {

// A file of records, mapped: their number, then where each begins and the last one ends, in 8 bytes
// each, then all of them.
class Records {
 public:
  static constexpr size_t kMost = 65536;

  explicit Records(const char *path) {
    const Mapping file(path);
    bytes_ = file.data();
    starts_ = reinterpret_cast<const uint64_t *>(bytes_) + 1;
    count_ = starts_[-1];
    if (file.size() < 16 || starts_[count_] != file.size())
      fail(std::string("not a file of records: ") + path);
  }

  std::string_view of(uint32_t id) const {
    const size_t at = mix(id + 0x5851f42d4c957f2du) % count_;
    return {bytes_ + starts_[at], starts_[at + 1] - starts_[at]};
  }

 private:
  const char *bytes_;
  const uint64_t *starts_;
  size_t count_;
};

template <class Contestant>
void read_through(const Work &work, const char *records_path, const char *version) {
  using Clock = std::chrono::steady_clock;
  const Sequence sequence(work.sequence);
  const Records records(records_path);
  const double before = resident_bytes();
  Contestant cache(work.room);
  char value[Records::kMost];
  size_t misses = 0;
  const auto run = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
      const Key key = key_of(sequence[i]);
      const std::string_view record = records.of(sequence[i]);
      size_t size = 0;
      if (!cache.get(key, value, &size)) {
        misses++;
        size = record.size();
        std::memcpy(value, record.data(), size);
        cache.put(key, value, size);
      } else if (size != record.size() || value[size - 1] != record.back() ||
                 (i % 64 == 0 && std::memcmp(value, record.data(), size) != 0)) {
        fail("a wrong value came back");
      }
      keep(value);
    }
  };
  const size_t half = sequence.size() / 2;
  run(0, half);
  misses = 0;
  const auto begin = Clock::now();
  run(half, sequence.size());
  const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto count = static_cast<double>(sequence.size() - half);
  const double miss = static_cast<double>(misses) / count;
  std::printf(
      "{\"version\": \"%s\", \"ns\": %.3f, \"hit\": %.6f, \"miss\": %.6f, \"resident\": %.4f}\n",
      version, elapsed / count * 1e9, 1 - miss, miss,
      (resident_bytes() - before) / static_cast<double>(work.room));
}

// The program: WORK KEYS BYTES THREADS SECONDS SEQUENCE RECORDS.
template <class Contestant>
int run_read_through(int argc, char **argv, const char *version) {
  if (argc < 8) fail("usage: WORK KEYS BYTES THREADS SECONDS SEQUENCE RECORDS");
  const Work work{.name = argv[1],
                  .keys = static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10)),
                  .room = std::strtoul(argv[3], nullptr, 10),
                  .threads = 1,
                  .seconds = 0,
                  .sequence = argv[6]};
  read_through<Contestant>(work, argv[7], version);
  return 0;
}

inline bool is_read_through(int argc, char **argv) {
  return argc > 1 && std::string_view(argv[1]) == "W3";
}

}  // namespace peers

#endif  // BRISK_BENCH_PEERS_READTHROUGH_H
