// The contestants rocksdb-lru, rocksdb-hyperclock and rocksdb-zstd: RocksDB's block caches on their
// own, and its LRU cache over its compressed secondary cache. The first argument chooses.
//
// Charges count entries, without the metadata, so that room means the same for all. The number of
// shards is set by hand, because the default would take a charge of one for one byte and leave LRU
// a single shard: 64 is what the library gives itself from 32 MiB up. HyperClock takes no lock, and
// by default one shard up to 64 MiB. The library that Debian builds has its assertions in it.
#include <rocksdb/cache.h>
#include <rocksdb/version.h>

#include <memory>
#include <string_view>

#include "readthrough.h"
#include "replay.h"

namespace {

constexpr int kLruShardBits = 6;
constexpr int kClockShardBits = 0;

template <class Value>
class Cache {
 public:
  explicit Cache(std::shared_ptr<rocksdb::Cache> cache) : cache_(std::move(cache)) {}

  bool get(const peers::Key &key, Value &value) {
    rocksdb::Cache::Handle *handle = cache_->Lookup(slice(key));
    if (handle == nullptr) return false;
    std::memcpy(&value, cache_->Value(handle), sizeof value);
    cache_->Release(handle);
    return true;
  }

  void put(const peers::Key &key, const Value &value) {
    const auto destroy = [](const rocksdb::Slice &, void *data) {
      delete static_cast<Value *>(data);
    };
    if (!cache_->Insert(slice(key), new Value(value), 1, destroy).ok()) peers::fail("a put failed");
  }

  size_t held() const { return cache_->GetUsage(); }

 private:
  static rocksdb::Slice slice(const peers::Key &key) {
    return {reinterpret_cast<const char *>(key.data()), sizeof key};
  }

  std::shared_ptr<rocksdb::Cache> cache_;
};

std::shared_ptr<rocksdb::Cache> lru(size_t entries, int shard_bits) {
  return rocksdb::NewLRUCache(rocksdb::LRUCacheOptions(entries, shard_bits, false, 0.5, nullptr,
                                                       rocksdb::kDefaultToAdaptiveMutex,
                                                       rocksdb::kDontChargeCacheMetadata));
}

std::shared_ptr<rocksdb::Cache> hyperclock(size_t entries) {
  return rocksdb::HyperClockCacheOptions(entries, 1, kClockShardBits, false, nullptr,
                                         rocksdb::kDontChargeCacheMetadata)
      .MakeSharedCache();
}

struct Lru : Cache<peers::Value> {
  explicit Lru(const peers::Work &work) : Cache(lru(work.room, kLruShardBits)) {}
};

struct HyperClock : Cache<peers::Value> {
  explicit HyperClock(const peers::Work &work) : Cache(hyperclock(work.room)) {}
};

// For traces, whose caches are small: one shard, as the library gives itself then. HyperClock takes
// keys of 16 bytes alone, and takes their bits for a hash.
class OfTrace {
 public:
  explicit OfTrace(std::shared_ptr<rocksdb::Cache> cache) : cache_(std::move(cache)) {}
  bool get(uint64_t key, uint64_t &value) { return cache_.get(peers::key_of(key), value); }
  void put(uint64_t key, uint64_t value) { cache_.put(peers::key_of(key), value); }
  size_t held() const { return cache_.held(); }

 private:
  Cache<uint64_t> cache_;
};

struct LruOfTrace : OfTrace {
  explicit LruOfTrace(size_t entries) : OfTrace(lru(entries, 0)) {}
};

struct HyperClockOfTrace : OfTrace {
  explicit HyperClockOfTrace(size_t entries) : OfTrace(hyperclock(entries)) {}
};

// Values of any size, for W3, charged by their bytes and by what the cache adds.
class Bytes {
 public:
  explicit Bytes(std::shared_ptr<rocksdb::Cache> cache) : cache_(std::move(cache)) {}

  bool get(const peers::Key &key, char *to, size_t *size) {
    rocksdb::Cache::Handle *handle =
        cache_->Lookup(slice(key), &kHelper, create, rocksdb::Cache::Priority::LOW, true);
    if (handle == nullptr) return false;
    const auto *value = static_cast<const std::string *>(cache_->Value(handle));
    *size = value->size();
    std::memcpy(to, value->data(), value->size());
    cache_->Release(handle);
    return true;
  }

  void put(const peers::Key &key, const char *from, size_t size) {
    auto *value = new std::string(from, size);
    if (!cache_->Insert(slice(key), value, &kHelper, sizeof(std::string) + size).ok())
      peers::fail("a put failed");
  }

 private:
  static rocksdb::Slice slice(const peers::Key &key) {
    return {reinterpret_cast<const char *>(key.data()), sizeof key};
  }
  static rocksdb::Status create(const void *from, size_t size, void **object, size_t *charge) {
    *object = new std::string(static_cast<const char *>(from), size);
    *charge = sizeof(std::string) + size;
    return rocksdb::Status::OK();
  }
  static size_t size_of(void *object) { return static_cast<std::string *>(object)->size(); }
  static rocksdb::Status save(void *object, size_t offset, size_t size, void *to) {
    std::memcpy(to, static_cast<std::string *>(object)->data() + offset, size);
    return rocksdb::Status::OK();
  }
  static void destroy(const rocksdb::Slice &, void *object) {
    delete static_cast<std::string *>(object);
  }
  inline static const rocksdb::Cache::CacheItemHelper kHelper{size_of, save, destroy};

  std::shared_ptr<rocksdb::Cache> cache_;
};

rocksdb::LRUCacheOptions lru_of(size_t bytes) {
  rocksdb::LRUCacheOptions options;
  options.capacity = bytes;
  options.num_shard_bits = 0;
  return options;
}

struct LruBytes : Bytes {
  explicit LruBytes(size_t bytes) : Bytes(rocksdb::NewLRUCache(lru_of(bytes))) {}
};

struct ClockBytes : Bytes {
  explicit ClockBytes(size_t bytes)
      : Bytes(rocksdb::HyperClockCacheOptions(bytes, kUsual, kClockShardBits).MakeSharedCache()) {}

 private:
  static constexpr size_t kUsual = 1024 + sizeof(std::string);  // the charge of an entry
};

// Both tiers together have the bytes: a quarter holds values as they are, the rest compressed. With
// an eighth or less above, half a point more reads hit, and each takes longer.
struct ZstdBytes : Bytes {
  explicit ZstdBytes(size_t bytes) : Bytes(make(bytes)) {}

 private:
  static std::shared_ptr<rocksdb::Cache> make(size_t bytes) {
    rocksdb::CompressedSecondaryCacheOptions below;
    below.capacity = bytes - bytes / 4;
    below.num_shard_bits = 0;
    below.compression_type = rocksdb::kZSTD;
    rocksdb::LRUCacheOptions above = lru_of(bytes / 4);
    above.secondary_cache = rocksdb::NewCompressedSecondaryCache(below);
    return rocksdb::NewLRUCache(above);
  }
};

}  // namespace

int main(int argc, char **argv) {
  const std::string version = rocksdb::GetRocksVersionAsString();
  const std::string_view which = argc > 1 ? argv[1] : "";
  if (peers::is_read_through(argc - 1, argv + 1)) {
    if (which == "lru")
      return peers::run_read_through<LruBytes>(argc - 1, argv + 1, version.c_str());
    if (which == "hyperclock")
      return peers::run_read_through<ClockBytes>(argc - 1, argv + 1, version.c_str());
    if (which == "zstd")
      return peers::run_read_through<ZstdBytes>(argc - 1, argv + 1, version.c_str());
  }
  if (peers::is_replay(argc - 1, argv + 1)) {
    if (which == "lru") return peers::run_replay<LruOfTrace>(argc - 1, argv + 1, version.c_str());
    if (which == "hyperclock")
      return peers::run_replay<HyperClockOfTrace>(argc - 1, argv + 1, version.c_str());
  }
  if (which == "lru") return peers::run<Lru>(argc - 1, argv + 1, version.c_str());
  if (which == "hyperclock") return peers::run<HyperClock>(argc - 1, argv + 1, version.c_str());
  peers::fail("the first argument is lru, hyperclock or, for W3, zstd");
}
