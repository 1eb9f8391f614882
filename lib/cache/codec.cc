#include "cache/codec.h"

// For contexts whose memory comes from the account, and for lean frames.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <chrono>
#include <new>

#include "base/fault.h"

namespace brisk::cache {
namespace {
// Bounds a context at some 2 MiB whatever the value's size.
constexpr int window_log = 17;
constexpr int usual_level = 1;

// Nobody waits on a wakeup alone: glibc before 2.41 may lose one (bug 25847).
constexpr std::chrono::milliseconds wait_most{10};

// A dictionary is worn out when values pack so much worse than they did.
constexpr double drift = 1.15;
constexpr uint64_t pause_most = 64;  // capacities

}  // namespace

Codec::~Codec() {
  for (ZSTD_CCtx *context : packers_) ZSTD_freeCCtx(context);
  for (ZSTD_DCtx *context : unpackers_) ZSTD_freeDCtx(context);
}

ZSTD_CCtx *Codec::new_packer() noexcept {
  ZSTD_CCtx *context =
      ZSTD_createCCtx_advanced({CodecMemory::allocate, CodecMemory::release, &memory_});
  if (context == nullptr) return nullptr;
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel,
                         settings_.level != 0 ? settings_.level : usual_level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  ZSTD_CCtx_setParameter(context, ZSTD_c_format, ZSTD_f_zstd1_magicless);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 0);
  ++packers_made_;
  return context;
}

ZSTD_DCtx *Codec::new_unpacker() noexcept {
  ZSTD_DCtx *context =
      ZSTD_createDCtx_advanced({CodecMemory::allocate, CodecMemory::release, &memory_});
  if (context == nullptr) return nullptr;
  ZSTD_DCtx_setParameter(context, ZSTD_d_format, ZSTD_f_zstd1_magicless);
  ++unpackers_made_;
  return context;
}

Codec::Packer Codec::take_packer() noexcept try {
  std::unique_lock lock(mutex_);
  if (unpackers_made_ == 0) {
    packers_.reserve(contexts_max);
    unpackers_.reserve(contexts_max);
    ZSTD_DCtx *unpacker = new_unpacker();
    if (unpacker == nullptr) return {};
    unpackers_.push_back(unpacker);
  }
  if (packers_.empty() && packers_made_ < contexts_max) {
    if (ZSTD_CCtx *context = new_packer()) return {context, dictionaries_.begin_packing()};
    if (packers_made_ == 0) return {};
  }
  while (packers_.empty()) packer_idle_.wait_for(lock, wait_most);
  ZSTD_CCtx *context = packers_.back();
  packers_.pop_back();
  return {context, dictionaries_.begin_packing()};
} catch (const std::bad_alloc &) {
  return {};
}

void Codec::give_packer(Packer packer, size_t size, size_t packed) noexcept {
  std::lock_guard lock(mutex_);
  packers_.push_back(packer.context);  // reserved
  packer_idle_.notify_one();
  if (packer.dictionary != nullptr) dictionaries_.end_packing(*packer.dictionary, packed != 0);
  watch(size, packed != 0 ? packed : size);
}

ZSTD_DCtx *Codec::take_unpacker() noexcept {
  std::unique_lock lock(mutex_);
  if (unpackers_.empty() && unpackers_made_ < contexts_max) {
    if (ZSTD_DCtx *context = new_unpacker()) return context;
    if (unpackers_made_ == 0) return nullptr;  // the child of a fork, and no room for another one
  }
  while (unpackers_.empty()) unpacker_idle_.wait_for(lock, wait_most);
  ZSTD_DCtx *context = unpackers_.back();
  unpackers_.pop_back();
  return context;
}

void Codec::see(size_t size) noexcept {
  if (size < sample_min()) return;
  const uint64_t seen = seen_.load(std::memory_order_relaxed) + size;
  seen_.store(seen, std::memory_order_relaxed);
  if (seen >= next_training_.load(std::memory_order_relaxed)) [[unlikely]] {
    State collecting = State::collecting;
    state_.compare_exchange_strong(collecting, State::due, std::memory_order_relaxed);
  }
}

bool Codec::wants(size_t size) noexcept {
  if (size < threshold()) return false;
  std::atomic<uint16_t> &failures = failures_[size_class(size)];
  const uint16_t count = failures.load(std::memory_order_relaxed);
  if (count < failures_many) return true;
  const bool again = count >= failures_many + tried_one_in - 1;
  failures.store(again ? failures_many - 1 : static_cast<uint16_t>(count + 1),
                 std::memory_order_relaxed);
  return again;
}

size_t Codec::pack(const void *from, size_t size, void *to, uint8_t *dictionary,
                   size_t *refused) noexcept {
  *refused = 0;
  *dictionary = 0;
  if (BRISK_FAULT("pack")) return 0;
  const Packer packer = take_packer();
  if (packer.context == nullptr) {
    *refused = memory_.take_refused();
    return 0;
  }
  // An attempt that ended early leaves the context in its session, where it keeps its dictionary.
  ZSTD_CCtx_reset(packer.context, ZSTD_reset_session_only);
  size_t got = ZSTD_CCtx_refCDict(
      packer.context, packer.dictionary != nullptr ? packer.dictionary->packer.get() : nullptr);
  if (!ZSTD_isError(got)) got = ZSTD_compress2(packer.context, to, packed_limit(size), from, size);
  const size_t packed = ZSTD_isError(got) ? 0 : got;
  std::atomic<uint16_t> &failures = failures_[size_class(size)];
  if (packed != 0) {
    if (packer.dictionary != nullptr) *dictionary = packer.dictionary->number;
    if (failures.load(std::memory_order_relaxed) != 0) failures.store(0, std::memory_order_relaxed);
  } else {
    const uint16_t count = failures.load(std::memory_order_relaxed);
    if (count < failures_many)
      failures.store(static_cast<uint16_t>(count + 1), std::memory_order_relaxed);
    *refused = memory_.take_refused();
  }
  give_packer(packer, size, packed);
  return packed;
}

bool Codec::unpack(const void *from, size_t packed, void *to, size_t size,
                   uint8_t number) noexcept {
  const Dictionary *const dictionary = number != 0 ? dictionaries_.at(number) : nullptr;
  if (number != 0 && dictionary == nullptr) return false;
  ZSTD_DCtx *context = take_unpacker();
  if (context == nullptr) return false;
  const size_t unpacked = ZSTD_decompress_usingDDict(
      context, to, size, from, packed, dictionary != nullptr ? dictionary->unpacker : nullptr);
  {
    std::lock_guard lock(mutex_);
    unpackers_.push_back(context);
    unpacker_idle_.notify_one();
  }
  return unpacked == size;
}

void Codec::drop(uint8_t dictionary) noexcept {
  if (dictionary == 0 || !dictionaries_.drop(dictionary)) return;
  std::lock_guard lock(mutex_);
  dictionaries_.free_unused();
}

// With the lock held, after a value was tried.
void Codec::watch(size_t size, size_t stored) noexcept {
  raw_ += static_cast<double>(size);
  stored_ += static_cast<double>(stored);
  if (raw_ < static_cast<double>(samples_size()) * 2) return;
  const double ratio = raw_ / stored_;
  raw_ = stored_ = 0;
  if (ratio >= ratio_best_) {
    ratio_best_ = ratio;
  } else if (ratio * drift < ratio_best_ && dictionaries_.any()) {
    const uint64_t next = trained_at_ + pause_;
    if (next < next_training_.load(std::memory_order_relaxed))
      next_training_.store(next, std::memory_order_relaxed);
  }
}

bool Codec::begin_training() noexcept {
  State due = State::due;
  return state_.compare_exchange_strong(due, State::running, std::memory_order_acquire);
}

Trained Codec::train(const Samples &samples, void *content, CodecMemory &memory) noexcept {
  Dictionary *current;
  {
    std::lock_guard lock(mutex_);
    current = dictionaries_.begin_packing();
  }
  training::Current now;
  if (current != nullptr) now = {current->content, current->size, current->level};
  const Trained trained =
      training::train(samples, settings_.level, now, content, dictionary_size(), memory);
  if (current != nullptr) {
    std::lock_guard lock(mutex_);
    dictionaries_.end_packing(*current, false);
  }
  if (trained.unpacking != 0) unpacking_.store(trained.unpacking, std::memory_order_relaxed);
  return trained;
}

bool Codec::adopt(const Trained &trained, const void *content) noexcept {
  if (trained.size == 0 || !dictionaries_.adopt(content, trained.size, trained.level, mutex_))
    return false;
  if (settings_.threshold == 0) threshold_.store(trained.threshold, std::memory_order_relaxed);
  for (std::atomic<uint16_t> &failures : failures_) failures.store(0, std::memory_order_relaxed);
  return true;
}

// The first training sees the first values only, and is made good when the cache has seen more.
void Codec::end_training(const Trained &adopted) noexcept {
  std::lock_guard lock(mutex_);
  const bool first = pause_ == 0;
  trained_at_ = seen_.load(std::memory_order_relaxed);
  if (first) {
    pause_ = capacity_ / 2;
  } else {
    pause_ = adopted.size != 0 ? capacity_ : std::min(4 * pause_, pause_most * capacity_);
  }
  if (adopted.size != 0) {
    raw_ = stored_ = 0;
    ratio_best_ = adopted.ratio;
  }
  const bool again = first || !dictionaries_.any();
  next_training_.store(again ? trained_at_ + pause_ : UINT64_MAX, std::memory_order_relaxed);
  state_.store(State::collecting, std::memory_order_release);
}

size_t Codec::dictionaries() noexcept {
  std::lock_guard lock(mutex_);
  return dictionaries_.live();
}

bool Codec::fork_release(bool in_child) noexcept {
  bool lost = false;
  if (in_child) {
    new (&packer_idle_) std::condition_variable;
    new (&unpacker_idle_) std::condition_variable;
    // What other threads had in hand is lost to the child, which makes its own.
    packers_made_ = packers_.size();
    unpackers_made_ = unpackers_.size();
    dictionaries_.mend();
    lost = state_.load(std::memory_order_relaxed) == State::running;
    if (lost) state_.store(State::due, std::memory_order_relaxed);
  }
  mutex_.unlock();
  return lost;
}

}  // namespace brisk::cache
