// The contestants rocksdb-lru and rocksdb-hyperclock: RocksDB's block caches on their own. The
// first argument chooses.
//
// Charges count entries, without the metadata, so that room means the same for all. The number of
// shards is set by hand, because the default would take a charge of one for one byte and leave LRU
// a single shard: 64 is what the library gives itself from 32 MiB up. HyperClock takes no lock, and
// by default one shard up to 64 MiB.
#include <rocksdb/cache.h>
#include <rocksdb/version.h>

#include <memory>
#include <string_view>

#include "workload.h"

namespace {

constexpr int kLruShardBits = 6;
constexpr int kClockShardBits = 0;

class Cache {
 public:
  explicit Cache(std::shared_ptr<rocksdb::Cache> cache) : cache_(std::move(cache)) {}

  bool get(const peers::Key &key, peers::Value &value) {
    rocksdb::Cache::Handle *handle = cache_->Lookup(slice(key));
    if (handle == nullptr) return false;
    std::memcpy(&value, cache_->Value(handle), sizeof value);
    cache_->Release(handle);
    return true;
  }

  void put(const peers::Key &key, const peers::Value &value) {
    const auto destroy = [](const rocksdb::Slice &, void *data) {
      delete static_cast<peers::Value *>(data);
    };
    if (!cache_->Insert(slice(key), new peers::Value(value), 1, destroy).ok())
      peers::fail("a put failed");
  }

 private:
  static rocksdb::Slice slice(const peers::Key &key) {
    return {reinterpret_cast<const char *>(key.data()), sizeof key};
  }

  std::shared_ptr<rocksdb::Cache> cache_;
};

struct Lru : Cache {
  explicit Lru(const peers::Work &work)
      : Cache(rocksdb::NewLRUCache(rocksdb::LRUCacheOptions(
            work.room, kLruShardBits, false, 0.5, nullptr, rocksdb::kDefaultToAdaptiveMutex,
            rocksdb::kDontChargeCacheMetadata))) {}
};

struct HyperClock : Cache {
  explicit HyperClock(const peers::Work &work)
      : Cache(rocksdb::HyperClockCacheOptions(work.room, 1, kClockShardBits, false, nullptr,
                                              rocksdb::kDontChargeCacheMetadata)
                  .MakeSharedCache()) {}
};

}  // namespace

int main(int argc, char **argv) {
  const std::string version = rocksdb::GetRocksVersionAsString();
  const std::string_view which = argc > 1 ? argv[1] : "";
  if (which == "lru") return peers::run<Lru>(argc - 1, argv + 1, version.c_str());
  if (which == "hyperclock") return peers::run<HyperClock>(argc - 1, argv + 1, version.c_str());
  peers::fail("the first argument is lru or hyperclock");
}
