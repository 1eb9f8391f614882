// Samples of the live values, for the training of a dictionary, and the thread that trains.
//
// The samples come from buckets all over the index, a bucket at a time under the write lock, where
// its values are pinned; they are copied without it. What they and the training take is reserved
// like everything else, and given back at the end. The thread holds the cache's memory, not the
// cache, and is gone afterwards.
#include <cstring>
#include <memory>

#include "base/thread.h"
#include "cache/cache.h"

namespace brisk::cache {
namespace {

// Of values packed in memory order nothing is to be learned from their neighbours; this is prime.
constexpr uint64_t stride = 1'000'003;

}  // namespace

struct Cache::Sampling {
  char *bytes = nullptr;
  size_t capacity = 0;
  size_t used = 0;
  size_t *sizes = nullptr;
  size_t count = 0;

  bool full() const noexcept {
    return capacity - used < training::sample_max || count == training::samples_max;
  }
};

void Cache::start_training() noexcept {
  hold();
  const bool started = start_thread("brisk-train", [this] {
    train();
    let_go();
  });
  if (started) return;
  codec_.skip_training();
  holds_.fetch_sub(1, std::memory_order_relaxed);  // never the last: a call is in progress
}

// Memory for the codec, other entries making way. Null when there is none.
void *Cache::take_codec_memory(size_t size) noexcept {
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (void *block = CodecMemory::allocate(&codec_.memory(), size)) return block;
    const size_t refused = codec_.memory().take_refused();
    if (refused == 0) return nullptr;
    std::lock_guard lock(mutex_);
    if (!make_room(memory::allocator().good_size(refused + memory::page_size))) return nullptr;
  }
  return nullptr;
}

void Cache::train() noexcept {
  const auto release = [this](void *block) { CodecMemory::release(&codec_.memory(), block); };
  using Memory = std::unique_ptr<void, decltype(release)>;
  const size_t capacity = codec_.samples_size();
  const size_t sizes = training::samples_max * sizeof(size_t);
  const Memory samples(take_codec_memory(sizes + capacity), release);
  // Never written to: it stands for what zstd takes from the system while it trains.
  Memory own(
      samples != nullptr ? take_codec_memory(training::memory(codec_.dictionary_size())) : nullptr,
      release);
  if (own == nullptr) return codec_.skip_training();
  auto *const begin = static_cast<char *>(samples.get());
  Sampling sampling{begin + sizes, capacity, 0, new (begin) size_t[training::samples_max], 0};
  const uint64_t steps = std::min<uint64_t>(training::samples_max, store_.index.table()->count);
  for (uint64_t step = 0; step < steps && !sampling.full(); ++step) {
    if (closed()) return codec_.skip_training();
    sample_bucket(step * stride, sampling);
  }
  codec_.train({sampling.bytes, sampling.sizes, sampling.count});
}

void Cache::sample_bucket(uint64_t number, Sampling &sampling) noexcept {
  std::array<Entry *, Bucket::slots> chosen;
  size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    const Table &table = *store_.index.table();
    Bucket &bucket = table.buckets[number % table.count];
    bucket.lock();  // nobody overwrites what is to be pinned
    for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
      const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
      if (ref == 0) continue;
      Entry &entry = *store_.arena.at(ref);
      if (entry.raw_size() < codec_.sample_min()) continue;
      if (entry.compressed() && entry.raw_size() > training::sample_max) continue;
      add_pin(entry);
      chosen[count++] = &entry;
    }
    bucket.unlock();
  }
  for (size_t i = 0; i < count; ++i) {
    Entry &entry = *chosen[i];
    const size_t size = std::min<size_t>(entry.raw_size(), training::sample_max);
    if (!sampling.full()) {
      char *const to = sampling.bytes + sampling.used;
      bool copied = true;
      if (entry.compressed()) {
        copied = codec_.unpack(entry.stored(), entry.stored_size(), to, size, entry.dictionary());
      } else {
        std::memcpy(to, entry.stored(), size);
      }
      if (copied) {
        sampling.used += size;
        sampling.sizes[sampling.count++] = size;
      }
    }
    drop_pin(entry);
  }
}

}  // namespace brisk::cache
