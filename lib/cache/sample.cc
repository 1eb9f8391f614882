// Samples of the live values, for the training of a dictionary, and the thread that trains; it
// packs what came before the dictionary as well.
//
// The samples come from buckets all over the index, a bucket at a time under the write lock, where
// its values are pinned; they are copied without it. What they and the training take is reserved
// like everything else, and given back at the end. The thread holds the cache's memory, not the
// cache, and is gone afterwards.
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

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
    const Trained adopted = train();
    if (adopted.size != 0) pack_earlier();
    codec_.end_training(adopted);
    let_go();
  });
  if (started) return;
  codec_.end_training({});
  holds_.fetch_sub(1, std::memory_order_relaxed);  // never the last: a call is in progress
}

// Lets the codec take so many bytes at most, for which other entries make way: of this cache, and
// where it has room, of others in the runtime. Whether take() could.
template <class Take>
bool Cache::take_codec_memory(size_t bytes, Take &&take) noexcept {
  if (take()) return true;
  {
    std::lock_guard lock(mutex_);
    if (!make_room(bytes)) return false;
  }
  if (take()) return true;
  runtime_->shed(bytes, *this);
  return take();
}

void *Cache::take_codec_memory(size_t size) noexcept {
  if (codec_.charge() + size > codec_.memory().most()) return nullptr;
  void *block = nullptr;
  take_codec_memory(memory::allocator().good_size(size + memory::page_size), [&] {
    block = CodecMemory::allocate(&codec_.memory(), size);
    return block != nullptr;
  });
  return block;
}

// What is adopted; it has no size when nothing is.
Trained Cache::train() noexcept {
  const auto release = [this](void *block) { CodecMemory::release(&codec_.memory(), block); };
  using Memory = std::unique_ptr<void, decltype(release)>;
  const size_t capacity = codec_.samples_size();
  const size_t sizes = training::samples_max * sizeof(size_t);
  const size_t needed = codec_.training_size();
  const Memory samples(take_codec_memory(sizes + capacity), release);
  // Never written to: it stands for what the training takes, so that a full cache has it.
  const Memory own(samples != nullptr ? take_codec_memory(needed) : nullptr, release);
  if (own == nullptr) return {};
  auto *const begin = static_cast<char *>(samples.get());
  Sampling sampling{begin + sizes, capacity, 0, new (begin) size_t[training::samples_max], 0};
  const uint64_t steps = std::min<uint64_t>(training::samples_max, store_.index.table()->count);
  for (uint64_t step = 0; step < steps && !sampling.full() && !closed(); ++step)
    sample_bucket(step * stride, sampling);
  Account account(needed);
  CodecMemory memory(account, needed);
  Trained trained;
  void *const content = CodecMemory::allocate(&memory, codec_.dictionary_size());
  if (content != nullptr && !closed())
    trained = codec_.train({sampling.bytes, sampling.sizes, sampling.count}, content, memory);
  if (trained.size != 0 && !take_codec_memory(codec_.adopted_size(trained),
                                              [&] { return codec_.adopt(trained, content); }))
    trained = {};
  CodecMemory::release(&memory, content);
  return trained;
}

// Those of a bucket that are chosen; how many there are.
template <class Chosen>
size_t Cache::pin_bucket(uint64_t number, Pinned &pinned, Chosen &&chosen) noexcept {
  size_t count = 0;
  std::lock_guard lock(mutex_);
  const Table &table = *store_.index.table();
  Bucket &bucket = table.buckets[number % table.count];
  for (const std::atomic<EntryRef> &place : bucket.refs) {
    const EntryRef ref = place.load(std::memory_order_relaxed);
    if (ref == 0) continue;
    Entry &entry = *store_.arena.at(ref);
    if (chosen(entry)) pinned[count++] = &entry;
  }
  if (count == 0) return 0;
  bucket.lock();  // nobody overwrites what is to be pinned
  for (size_t i = 0; i < count; ++i) add_pin(*pinned[i]);
  bucket.unlock();
  return count;
}

void Cache::sample_bucket(uint64_t number, Sampling &sampling) noexcept {
  Pinned pinned;
  const size_t count = pin_bucket(number, pinned, [this](Entry &entry) {
    return entry.raw_size() >= codec_.sample_min() &&
           (!entry.compressed() || entry.raw_size() <= training::sample_max);
  });
  for (size_t i = 0; i < count; ++i) {
    Entry &entry = *pinned[i];
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

// What came to stay before there was this dictionary waits for nobody: main's hand may be long in
// coming by, and what is asked for most came first. Who only looks, leaves the lock to others.
void Cache::pack_earlier() noexcept {
  constexpr uint64_t some = 1024;  // buckets, a fifth of a millisecond
  if (settled_.raw_most() == 0) return;
  Pinned pinned;
  for (uint64_t number = 0; !closed() && number < store_.index.table()->count; ++number) {
    const size_t count = pin_bucket(number, pinned, [this](Entry &entry) {
      return policy_->settled(entry) && settled_.wants(entry);
    });
    for (size_t i = 0; i < count; ++i) {
      Entry &entry = *pinned[i];
      write_again(entry, store_.hash_of(entry), entry.stored(), Change::moved);
      drop_pin(entry);
    }
    if (number % some == some - 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace brisk::cache
