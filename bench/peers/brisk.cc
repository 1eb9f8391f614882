// The contestant brisk, through its C interface. With "raw" as its first argument it compresses
// nothing.
#include <brisk/brisk.h>

#include "readthrough.h"

namespace {

class Brisk {
 public:
  // Room counts entries only in W2, where it is less than the keys; the bytes are ample for all.
  explicit Brisk(const peers::Work &work) {
    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    options.capacity_bytes = uint64_t{256} << 20;
    if (work.room < work.keys) options.max_entries = work.room;
    if (brisk_cache_new(nullptr, &options, &cache_, nullptr) != BRISK_OK) peers::fail("no cache");
  }
  ~Brisk() { brisk_cache_unref(cache_); }
  Brisk(const Brisk &) = delete;
  Brisk &operator=(const Brisk &) = delete;

  bool get(const peers::Key &key, peers::Value &value) {
    size_t size;
    return brisk_cache_read(cache_, key.data(), sizeof key, value.data(), sizeof value, &size,
                            nullptr) == BRISK_OK;
  }

  void put(const peers::Key &key, const peers::Value &value) {
    if (brisk_cache_put(cache_, key.data(), sizeof key, value.data(), sizeof value, 0, nullptr) !=
        BRISK_OK) {
      peers::fail("a put failed");
    }
  }

  size_t get_many(const peers::Key *keys, size_t count, peers::Value *values) {
    static constexpr auto kKeySizes = [] {
      std::array<uint32_t, peers::kBatch> sizes{};
      sizes.fill(sizeof(peers::Key));
      return sizes;
    }();
    std::array<uint32_t, peers::kBatch> sizes;
    size_t done = 0;
    if (brisk_cache_read_many(cache_, count, keys, count * sizeof *keys, kKeySizes.data(), values,
                              count * sizeof *values, sizes.data(), &done, nullptr) != BRISK_OK) {
      peers::fail("a batch failed");
    }
    size_t found = 0;
    for (size_t i = 0; i < done; i++) found += sizes[i] == sizeof *values;
    return found;
  }

 private:
  brisk_cache *cache_ = nullptr;
};

template <brisk_compression Compression>
class Bytes {
 public:
  explicit Bytes(size_t bytes) {
    brisk_cache_options options = BRISK_CACHE_OPTIONS_INIT;
    options.capacity_bytes = bytes;
    options.compression = Compression;
    if (brisk_cache_new(nullptr, &options, &cache_, nullptr) != BRISK_OK) peers::fail("no cache");
  }
  ~Bytes() { brisk_cache_unref(cache_); }
  Bytes(const Bytes &) = delete;
  Bytes &operator=(const Bytes &) = delete;

  bool get(const peers::Key &key, char *to, size_t *size) {
    return brisk_cache_read(cache_, key.data(), sizeof key, to, peers::Records::kMost, size,
                            nullptr) == BRISK_OK;
  }

  void put(const peers::Key &key, const char *from, size_t size) {
    if (brisk_cache_put(cache_, key.data(), sizeof key, from, size, 0, nullptr) != BRISK_OK)
      peers::fail("a put failed");
  }

 private:
  brisk_cache *cache_ = nullptr;
};

}  // namespace

int main(int argc, char **argv) {
  const bool raw = argc > 1 && std::string_view(argv[1]) == "raw";
  argc -= raw;
  argv += raw;
  if (!peers::is_read_through(argc, argv)) return peers::run<Brisk>(argc, argv, brisk_version());
  using Raw = Bytes<BRISK_COMPRESSION_OFF>;
  using Packed = Bytes<BRISK_COMPRESSION_AUTO>;
  return raw ? peers::run_read_through<Raw>(argc, argv, brisk_version())
             : peers::run_read_through<Packed>(argc, argv, brisk_version());
}
