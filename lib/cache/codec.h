// Compression of values with zstd (RFC 8878), in frames without what the entry says anyway: no
// magic number, no size, no dictionary's number, no checksum.
//
// A value is packed when that saves an eighth; otherwise the attempt ends early and the value stays
// raw. Sizes of which many values in a row did not shrink are tried rarely until one does. Values
// are packed with a dictionary as soon as there is one: when enough values have come by, due() says
// so once, and somebody calls train() with samples of them on a thread of its own. That comes again
// when values pack clearly worse than the samples did, and less and less often when it was in vain.
//
// Contexts are kept between calls. There is no first context for packing without one for unpacking,
// so a packed value can always be read. Where contexts are few, callers wait for one, for
// microseconds. Any thread; no lock is held while zstd works. The lock is a leaf.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "cache/codec_memory.h"
#include "cache/dictionary.h"
#include "cache/training.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace brisk::cache {

class Codec {
 public:
  struct Settings {
    int level = 0;         // 0: chosen by measuring, 1 until then
    size_t threshold = 0;  // values of fewer bytes stay raw; 0: chosen by measuring, 512 until then
  };

  // `capacity` is what the cache may hold; the codec takes a quarter of it at most.
  Codec(Account &account, uint64_t capacity, Settings settings) noexcept
      : memory_(account, capacity / 4),
        capacity_(capacity),
        settings_(settings),
        threshold_(settings.threshold != 0 ? settings.threshold : threshold_usual),
        next_training_(capacity < capacity_min ? UINT64_MAX : samples_size()) {}
  ~Codec();

  // Takes note of a value of this size: what it sees makes due() true.
  void see(size_t size) noexcept;
  // Whether a value of this size is to be packed, or tried once more.
  bool wants(size_t size) noexcept;
  // Whether wants() would say yes, but for attempts.
  bool may_pack(size_t size) const noexcept {
    return size >= threshold() &&
           failures_[size_class(size)].load(std::memory_order_relaxed) < failures_many;
  }
  // The size of the packed value in `to`, or 0 when it should stay raw. `to` needs
  // packed_limit(size) bytes. What was packed counts as a user of its dictionary until drop().
  size_t pack(const void *from, size_t size, void *to, uint8_t *dictionary,
              size_t *refused) noexcept;
  static size_t packed_limit(size_t size) noexcept { return size - size / 8; }
  // False when the packed bytes do not give exactly `size` bytes.
  bool unpack(const void *from, size_t packed, void *to, size_t size, uint8_t dictionary) noexcept;
  void drop(uint8_t dictionary) noexcept;

  // True once each time that training is called for; end_training() must follow.
  bool due() noexcept {
    return state_.load(std::memory_order_relaxed) == State::due && begin_training();
  }
  // Bytes of samples that are enough.
  size_t samples_size() const noexcept {
    return std::clamp<size_t>(capacity_ / 64, size_t{128} << 10, size_t{2} << 20);
  }
  // The most that a dictionary has.
  size_t dictionary_size() const noexcept {
    return std::clamp<size_t>(capacity_ / 256, size_t{16} << 10, size_t{64} << 10);
  }
  // The smallest value that a sample may be of.
  size_t sample_min() const noexcept {
    return settings_.threshold != 0 ? settings_.threshold : training::value_min;
  }
  // Bytes that a training takes beside its samples, and the dictionary that comes out of it.
  size_t training_size() const noexcept {
    return training::memory(dictionary_size(), samples_size(), settings_.level);
  }
  static size_t adopted_size(const Trained &trained) noexcept {
    return Dictionaries::memory(trained.size, trained.level);
  }
  // Leaves the content of a dictionary in `content`, which has room for dictionary_size() bytes.
  // Contexts for measuring it are taken from `memory`.
  Trained train(const Samples &samples, void *content, CodecMemory &memory) noexcept;
  // Values are packed with it from now on. False when it is none, or there is no memory for it.
  bool adopt(const Trained &trained, const void *content) noexcept;
  // `adopted` has a size when there is a new dictionary.
  void end_training(const Trained &adopted) noexcept;
  // Where the memory for samples comes from.
  CodecMemory &memory() noexcept { return memory_; }

  uint64_t charge() const noexcept { return memory_.charge(); }
  size_t dictionaries() noexcept;
  size_t threshold() const noexcept { return threshold_.load(std::memory_order_relaxed); }
  // Nanoseconds for a byte of a value, as the last training measured it; 0 before.
  double unpacking() const noexcept { return unpacking_.load(std::memory_order_relaxed); }
  void fork_prepare() noexcept { mutex_.lock(); }
  // True when the child has lost a training.
  bool fork_release(bool in_child) noexcept;

 private:
  static constexpr size_t contexts_max = 4;
  static constexpr size_t threshold_usual = 512;
  static constexpr uint64_t capacity_min = uint64_t{8} << 20;  // for a dictionary
  static constexpr size_t sizes = 64;                          // classes of values' sizes
  // Values of one size are tried until so many in a row stayed raw, then one in so many more.
  static constexpr uint16_t failures_many = 16;
  static constexpr uint16_t tried_one_in = 512;

  static size_t size_class(size_t size) noexcept {
    return static_cast<size_t>(std::bit_width(size)) % sizes;
  }

  enum class State : uint8_t { collecting, due, running };

  struct Packer {
    ZSTD_CCtx_s *context;
    Dictionary *dictionary;
  };

  Packer take_packer() noexcept;
  void give_packer(Packer packer, size_t size, size_t packed) noexcept;
  ZSTD_DCtx_s *take_unpacker() noexcept;
  ZSTD_CCtx_s *new_packer() noexcept;
  ZSTD_DCtx_s *new_unpacker() noexcept;
  bool begin_training() noexcept;
  void watch(size_t size, size_t packed) noexcept;

  CodecMemory memory_;
  const uint64_t capacity_;
  const Settings settings_;
  std::atomic<size_t> threshold_;
  std::atomic<double> unpacking_{0};
  // What puts leave: counts may be lost to races, and nobody minds.
  std::atomic<uint64_t> seen_{0};  // raw bytes of all values that could be packed
  std::array<std::atomic<uint16_t>, sizes> failures_{};  // in a row
  std::atomic<uint64_t> next_training_;                  // at so many bytes seen
  std::atomic<State> state_{State::collecting};

  std::mutex mutex_;  // guards what follows
  Dictionaries dictionaries_{memory_};
  double raw_ = 0;  // of the values tried in this window
  double stored_ = 0;
  double ratio_best_ = 1;    // of raw to stored bytes, of any window since the dictionary came
  uint64_t pause_ = 0;       // bytes to see between trainings
  uint64_t trained_at_ = 0;  // bytes seen by then
  // One for each kind: a context that comes back wakes one caller, not a crowd.
  std::condition_variable packer_idle_;
  std::condition_variable unpacker_idle_;
  std::vector<ZSTD_CCtx_s *> packers_;
  std::vector<ZSTD_DCtx_s *> unpackers_;
  size_t packers_made_ = 0;
  size_t unpackers_made_ = 0;
};

}  // namespace brisk::cache
