#include "cache/dictionary.h"

// For dictionaries whose memory comes from the account.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace brisk::cache {
namespace {

// Of a few blocks, by what the allocator rounds them up.
constexpr size_t slack = size_t{32} << 10;
// Values are small, and the tables for packing follow the size that is expected.
constexpr unsigned long long usual_size = 1024;

ZSTD_compressionParameters parameters_for(size_t size, int level) noexcept {
  ZSTD_compressionParameters parameters = ZSTD_getCParams(level, usual_size, size);
  if (parameters.strategy <= ZSTD_dfast) {
    // A place for every second byte, and one for every fourth: larger tables find a hundredth more,
    // and are in the way of other data.
    const auto places = static_cast<unsigned>(std::max<size_t>(std::bit_width(size), 15)) - 2;
    parameters.hashLog = std::min(parameters.hashLog, places);
    parameters.chainLog = std::min(parameters.chainLog, places - 1);
  }
  return parameters;
}

}  // namespace

size_t PackingTables::size(size_t size, int level) noexcept {
  return ZSTD_estimateCDictSize_advanced(size, parameters_for(size, level), ZSTD_dlm_byRef);
}

size_t PackingTables::context_size(size_t size, int level) noexcept {
  return ZSTD_estimateCCtxSize_usingCParams(parameters_for(size, level));
}

bool PackingTables::make(const void *content, size_t size, int level,
                         CodecMemory &memory) noexcept {
  const ZSTD_compressionParameters parameters = parameters_for(size, level);
  const size_t needed = ZSTD_estimateCDictSize_advanced(size, parameters, ZSTD_dlm_byRef);
  memory_ = &memory;
  block_ = CodecMemory::allocate(&memory, needed);
  if (block_ == nullptr) return false;
  // zstd 1.5.4 leaves the level of such tables as it finds it; 0 is none.
  std::memset(block_, 0, needed);
  tables_ = ZSTD_initStaticCDict(block_, needed, content, size, ZSTD_dlm_byRef, ZSTD_dct_auto,
                                 parameters);
  return tables_ != nullptr;
}

void PackingTables::reset() noexcept {
  tables_ = nullptr;
  if (block_ != nullptr) CodecMemory::release(memory_, std::exchange(block_, nullptr));
}

Dictionaries::~Dictionaries() {
  for (std::atomic<Dictionary *> &dictionary : live_) destroy(dictionary.load());
}

void Dictionaries::destroy(Dictionary *dictionary) noexcept {
  if (dictionary == nullptr) return;
  ZSTD_freeDDict(dictionary->unpacker);
  CodecMemory::release(&memory_, dictionary->content);
  dictionary->~Dictionary();
  CodecMemory::release(&memory_, dictionary);
}

size_t Dictionaries::memory(size_t size, int level) noexcept {
  return sizeof(Dictionary) + size + PackingTables::size(size, level) +
         ZSTD_estimateDDictSize(size, ZSTD_dlm_byRef) + slack;
}

Dictionary *Dictionaries::prepare(const void *content, size_t size, int level) noexcept {
  void *const block = CodecMemory::allocate(&memory_, sizeof(Dictionary));
  if (block == nullptr) return nullptr;
  auto *const made = new (block) Dictionary;
  made->size = size;
  made->level = level;
  const ZSTD_customMem memory{CodecMemory::allocate, CodecMemory::release, &memory_};
  made->content = CodecMemory::allocate(&memory_, size);
  if (made->content != nullptr) {
    std::memcpy(made->content, content, size);
    made->unpacker =
        ZSTD_createDDict_advanced(made->content, size, ZSTD_dlm_byRef, ZSTD_dct_fullDict, memory);
  }
  if (made->unpacker != nullptr && made->packer.make(made->content, size, level, memory_))
    return made;
  destroy(made);
  return nullptr;
}

bool Dictionaries::place(Dictionary &dictionary) noexcept {
  for (Number number = 1; number <= live_max; ++number) {
    if (live_[number].load(std::memory_order_relaxed) != nullptr) continue;
    dictionary.number = number;
    live_[number].store(&dictionary, std::memory_order_release);
    Dictionary *const old = current_;
    current_ = &dictionary;
    if (old != nullptr) {
      if (old->packing == 0) old->packer.reset();
      if (drop(old->number)) free_unused();
    }
    return true;
  }
  return false;
}

Dictionary *Dictionaries::begin_packing() noexcept {
  if (current_ == nullptr) return nullptr;
  current_->users.fetch_add(1, std::memory_order_relaxed);
  ++current_->packing;
  return current_;
}

void Dictionaries::end_packing(Dictionary &dictionary, bool kept) noexcept {
  if (--dictionary.packing == 0 && &dictionary != current_) dictionary.packer.reset();
  if (!kept && drop(dictionary.number)) free_unused();
}

bool Dictionaries::drop(Number number) noexcept {
  Dictionary *const dictionary = live_[number].load(std::memory_order_relaxed);
  return dictionary->users.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

void Dictionaries::free_unused() noexcept {
  for (std::atomic<Dictionary *> &place : live_) {
    Dictionary *const dictionary = place.load(std::memory_order_relaxed);
    if (dictionary == nullptr || dictionary->users.load(std::memory_order_acquire) != 0) continue;
    place.store(nullptr, std::memory_order_relaxed);
    destroy(dictionary);
  }
}

void Dictionaries::mend() noexcept {
  for (std::atomic<Dictionary *> &place : live_) {
    Dictionary *const dictionary = place.load(std::memory_order_relaxed);
    if (dictionary == nullptr) continue;
    dictionary->packing = 0;
    if (dictionary != current_) dictionary->packer.reset();
  }
}

size_t Dictionaries::live() const noexcept {
  size_t count = 0;
  for (const std::atomic<Dictionary *> &place : live_)
    count += place.load(std::memory_order_relaxed) != nullptr;
  return count;
}

}  // namespace brisk::cache
