// The cache in memory. Reads take no lock (hit.h, read.cc); writes share one (write.cc), make room
// (room.cc) and walk over all keys (walk.cc).
//
// State. Store holds the entries, Policy their order, Wheel their deadlines, Codec packs values,
// Settled says which wait for that, Events tells what left, Loads fills what is missing, Hot
// knows which keys are asked for most (warm.cc). An entry is live while it is in the index, in one
// of the policy's queues and, if it has a lifetime, in the wheel: in all of them or in none when
// the write lock is free.
//
// A put of a value that takes as many bytes as the one before needs no lock either (overwrite.cc).
//
// Invariant: account().held() <= capacity at every instant. Every byte is reserved before it is
// taken: slabs, blobs, tables, ghosts, contexts, copies for callers, and this object.
//
// Life. The handle counts references. When the last one goes the cache is closed; its memory stays
// while callers hold values (hold/let_go counts an evicted pinned entry or a loose value each, and
// one for all handles).
//
// Lock order: Loads, then mutex_, then the bits of a bucket. The locks of Codec and Hot are leaves
// and never held across another.
#pragma once

#include <brisk/cache.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/runtime.h"
#include "base/stripes.h"
#include "cache/codec.h"
#include "cache/events.h"
#include "cache/hash_log.h"
#include "cache/hot.h"
#include "cache/loads.h"
#include "cache/policy/judge.h"
#include "cache/policy/policy.h"
#include "cache/settled.h"
#include "cache/store.h"
#include "cache/value.h"
#include "cache/wheel.h"

namespace brisk::cache {

struct Options {
  int32_t policy = BRISK_POLICY_AUTO;
  Aim aim = Aim::objects;
  uint64_t capacity = uint64_t{64} << 20;
  uint64_t max_entries = UINT64_MAX;
  uint64_t ttl = BRISK_FOREVER;
  uint64_t idle = BRISK_FOREVER;
  bool compress = true;
  int level = 0;  // and compress_from: 0 leaves it to the codec
  uint64_t compress_from = 0;
  double ttl_jitter = 0;
  uint64_t stale = 0;           // beyond their lifetime, for loads that run
  uint64_t stale_if_error = 0;  // and for loads that fail
  double early_beta = 0;
  bool load_costs = false;  // a load's own, kept with its value
  uint64_t load_timeout = 30'000'000'000;
  uint32_t events = 0;
  uint32_t hot_keys = Hot::keys_default;
  std::string name;
};

inline constexpr uint64_t capacity_min = 256 << 10;

struct Lookup;  // hit.h

// When an entry is no longer served by reads, and when it is gone.
struct Terms {
  uint64_t fresh;
  uint64_t kept;
  double cost = 0;  // of making the value

  uint8_t parts() const noexcept {
    return static_cast<uint8_t>((kept != BRISK_FOREVER ? has_lifetime : 0) |
                                (fresh != kept || cost != 0 ? has_refresh : 0));
  }
};

class Cache final : public Member {
 public:
  // Throws Failure, bad_alloc. Gives one reference.
  static Ref<Cache> make(Ref<Runtime> runtime, Options options);

  // The common lookup (hit.h). Unknown leaves everything to read(), whatever the reason; any
  // argument may be null.
  enum class Common { hit, miss, unknown };
  Common look_up(const void *key, size_t size, void *buffer, size_t capacity,
                 size_t *value_size) noexcept;
  // Keys are at most BRISK_KEY_SIZE_MAX bytes; the callers check.
  brisk_status read(const void *key, size_t size, void *buffer, size_t capacity,
                    size_t *value_size) noexcept;
  // `early`, where it is given, receives whether the value is due to be loaded anew.
  brisk_status get(const void *key, size_t size, brisk_value **value, bool *early = nullptr);
  bool contains(const void *key, size_t size);

  // Many keys at once (batch.cc).
  struct Keys {
    const char *bytes;  // one key after the other
    const uint32_t *sizes;
    size_t count;
  };
  // `done` keys were answered, all of them unless a value did not fit.
  brisk_status read_many(Keys keys, char *buffer, size_t capacity, uint32_t *sizes, size_t *done);
  // The values must be null before, so that each is released when this throws.
  void get_many(Keys keys, brisk_value **values, size_t *found);

  // BRISK_OK or BRISK_REFUSED. Throws Failure, bad_alloc; the key then has no value.
  brisk_status put(const void *key, size_t size, const void *value, size_t value_size, uint64_t ttl,
                   double cost = 0);
  brisk_status touch(const void *key, size_t size, uint64_t ttl);
  bool erase(const void *key, size_t size);
  uint64_t erase_matching(const char *pattern, size_t size);
  void clear();

  // The keys whose home lies at or after *position in the order of hashes, one bucket at a time.
  // False at the end.
  bool walk(uint64_t *position, std::string *keys, std::vector<uint16_t> *sizes);

  // The keys asked for most (warm.cc). The files throw Failure, bad_alloc.
  HotKeys hot_keys(size_t count);
  void save_hot(const std::string &path);
  // How many were in the file; false when there is none.
  bool restore_hot(const std::string &path, uint64_t *restored);

  brisk_status next_event(void *buffer, size_t capacity, size_t *size, int32_t *cause);
  void stats(brisk_cache_stats *stats);

  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  void check_open() const;
  const Options &options() const noexcept { return options_; }
  Account &account() noexcept { return account_; }
  Clock &clock() noexcept { return runtime_->clock(); }
  Loads &loads() noexcept { return loads_; }

  // Member
  std::string_view name() const noexcept override {
    return closed() ? std::string_view() : std::string_view(options_.name);
  }
  void close() noexcept override;
  uint64_t sweep(uint64_t now) noexcept override;
  void shed(uint64_t bytes) noexcept override;
  bool is_cache() const noexcept override { return true; }
  void fork_prepare() noexcept override;
  void fork_release(bool in_child) noexcept override;
  void hold() noexcept override { holds_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept override;

  // For values and loads.
  void pinned_more(uint64_t bytes) noexcept {
    pinned_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  void pinned_less(uint64_t bytes) noexcept {
    pinned_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  static void add_pin(Entry &entry) noexcept;
  static void drop_pin(Entry &entry) noexcept;
  // The load of a value of this size took so many nanoseconds.
  void note_load(double took, size_t size) noexcept { settled_.note_load(took, size); }
  // The value of a finished load, in two steps: room for it first, without any lock; null when
  // there is none. Then it is stored (a null draft is not, nor is a key that has a value by now),
  // and pinned or copied when `wanted`; null when nothing could be kept for the callers. key and
  // value must live until the second step.
  class Draft;  // an entry to be (write.cc)
  struct DraftDeleter {
    void operator()(Draft *draft) const noexcept;
  };
  using DraftPointer = std::unique_ptr<Draft, DraftDeleter>;
  DraftPointer draft_loaded(const void *key, size_t size, const void *value, size_t value_size,
                            uint64_t ttl, double cost);
  // The same for the knowledge that there is no value.
  DraftPointer draft_absent(const void *key, size_t size, uint64_t ttl);
  // `refreshed` is an entry, pinned, that the value may replace although it is live.
  brisk_value *keep_loaded(Draft *draft, const void *value, size_t value_size, bool wanted,
                           const Entry *refreshed);
  // A lookup that neither counts nor warms, for a caller that has just missed, or is early. Answers
  // BRISK_ABSENT as well. On BRISK_MISS `stale` receives what is left of the key (expiry.cc).
  brisk_status peek(const void *key, size_t size, bool early, brisk_value **value, Stale *stale);

 private:
  struct Counters {
    Tally lookups;
    Tally misses;
    // Of the lookups, the one that Hot is told of next: at the latest when it has gone by.
    std::atomic<uint64_t> next_noted{0};
    Tally overwrites;
    Tally overwritten_bytes;
    Sum saved_cost;
    Tally unpacked;  // for callers, where values are packed later
  };
  enum Cause : uint8_t {
    capacity = BRISK_CAUSE_CAPACITY,
    expired = BRISK_CAUSE_EXPIRED,
    erased = BRISK_CAUSE_ERASED,
    replaced = BRISK_CAUSE_REPLACED,
  };
  struct Departures {
    uint64_t entries = 0;
    uint64_t bytes = 0;
  };

  struct Key {
    const void *data;
    size_t size;
  };

  Cache(Ref<Runtime> runtime, Options options);
  ~Cache() override;
  void last_unref() noexcept override;

  // read.cc
  enum class Answer { done, retry, other };
  template <class Take>
  bool probe(const void *key, size_t size, uint64_t hash, Take &&take);
  template <class Use>
  bool pin(Bucket &bucket, uint32_t version, Entry &entry, Use &&use) noexcept;
  bool is_expired(Entry &entry) const noexcept;  // gone
  bool is_live(Entry &entry) const noexcept;     // served by every read
  void note_use(Bucket &bucket, uint32_t version, unsigned slot, Entry &entry,
                uint64_t hash) noexcept;
  void note_sample(uint64_t hash) noexcept;  // hit.h
  void note_miss(uint64_t hash) noexcept;    // the same
  [[gnu::noinline]] void log_miss(uint64_t hash) noexcept;
  void play_misses(bool own) noexcept;  // of this thread alone, or all
  void record_use(Bucket &bucket, uint32_t version, Entry &entry, uint64_t hash) noexcept;
  void log_hit(uint64_t hash) noexcept;
  void play_hits() noexcept;
  void count(bool hit, Key key) noexcept;
  // What a hit has saved. Most entries carry no cost.
  void save_cost(double cost) noexcept {
    if (cost != 0) [[unlikely]]
      count_cost(cost);
  }
  [[gnu::cold]] void count_cost(double cost) noexcept;
  void count_group(const Lookup *lookups, size_t count, size_t misses) noexcept;
  bool read_slow(Key key, uint64_t hash, void *buffer, size_t capacity, size_t *value_size,
                 brisk_status *status);
  bool read_by_pin(Key key, uint64_t hash, void *buffer, size_t capacity, size_t *value_size,
                   brisk_status *status);
  // The entry of a key, pinned, or null: counted as a use, not counted, not even live any more.
  enum class Pin { use, look, stale };
  Entry *pin_key(Key key, uint64_t hash, Pin how);
  bool read_pinned(Entry &entry, Pin how, void *buffer, size_t capacity, size_t *value_size,
                   brisk_status *status);
  brisk_status hand_out(Entry *entry, Pin how, Key key, brisk_value **value);
  size_t look_ahead(Keys *keys, Lookup *lookups) const noexcept;
  void drop_broken(Entry *entry, Key key);
  Loose *make_loose(size_t size);

  // expiry.cc
  Terms terms(uint64_t ttl, uint64_t hash, double cost = 0) noexcept;
  bool is_early(Entry &entry, uint64_t hash) noexcept;
  double draw(uint64_t hash) noexcept;

  // warm.cc
  void note_lookup(Counters &counters, uint64_t at, Key key) noexcept;
  [[gnu::always_inline]] void count_lookup(Counters &counters, bool exclusive, Key key) noexcept {
    const uint64_t at = counters.lookups.add(1, exclusive);
    if (at >= counters.next_noted.load(std::memory_order_relaxed)) [[unlikely]]
      note_lookup(counters, at, key);
  }

  // overwrite.cc
  bool overwrite(Key key, uint64_t hash, const void *value, size_t value_size,
                 uint64_t ttl) noexcept;

  // settle.cc
  std::unique_lock<AdaptiveMutex> lock_to_settle(bool waits) noexcept;
  Entry *take_settled(uint64_t *hash, bool waits) noexcept;
  void pack_settled(bool waits) noexcept;
  void unpack_for_good(Entry &entry, const void *value) noexcept;
  void write_again(Entry &entry, uint64_t hash, const void *value, Change change) noexcept;

  // sample.cc
  struct Sampling;
  void start_training() noexcept;
  Trained train() noexcept;
  template <class Take>
  bool take_codec_memory(size_t bytes, Take &&take) noexcept;
  void *take_codec_memory(size_t size) noexcept;
  using Pinned = std::array<Entry *, Bucket::slots>;
  template <class Chosen>
  size_t pin_bucket(uint64_t number, Pinned &pinned, Chosen &&chosen) noexcept;
  void sample_bucket(uint64_t number, Sampling &sampling) noexcept;
  void pack_earlier() noexcept;

  // write.cc, and room.cc from make_index_room on
  void check_size(const void *key, size_t size, size_t value_size) const;
  memory::Block take_block(size_t size, bool *refused);
  size_t pack(const void *from, size_t size, void *to, uint8_t *dictionary) noexcept;
  bool remove(const void *key, size_t size) noexcept;
  bool touch_in_place(const void *key, size_t size, uint64_t hash, uint64_t ttl,
                      brisk_status *status);
  brisk_status rewrite(Key key, uint64_t hash, uint64_t ttl);
  // From here on the write lock is held.
  // What must hold for a draft to be stored: that the key has no live value but `refreshed`, that
  // it still has this one.
  struct Condition {
    bool absent = false;
    const Entry *refreshed = nullptr;
    const Entry *same = nullptr;
    Change change = Change::written;
  };
  brisk_status commit(Draft &draft, const Condition &condition);
  Entry &pin_at(Index::Position position) noexcept;
  Entry *take_slot(Arena::SizeClass size_class) noexcept;
  bool make_index_room() noexcept;
  bool make_room(uint64_t bytes) noexcept;
  bool lower_held(uint64_t most) noexcept;
  bool evict() noexcept;
  bool compact() noexcept;
  bool move_entry(Entry &entry) noexcept;
  void take_out(Entry &entry, uint64_t hash, Index::Position position, Cause cause) noexcept;
  void unlist(Entry &entry, uint64_t hash, Index::Position position, Cause cause) noexcept;
  void depart(Entry &entry, Cause cause) noexcept;
  void retire(Entry &entry) noexcept;
  void free_entry(Entry &entry) noexcept;
  void reclaim() noexcept;
  void hang(Entry &entry) noexcept;
  void tell_sweeper(uint64_t due) noexcept;
  uint64_t expire(uint64_t now, size_t most, bool thorough) noexcept;
  void housekeeping() noexcept;
  void grant_memory() noexcept;
  void mend() noexcept;  // in the child of a fork
  template <class Chosen>
  uint64_t erase_where(Chosen &&chosen);

  // Read by every lookup; written once.
  Ref<Runtime> runtime_;
  const Options options_;
  Account account_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> plain_{false};  // open, and hits leave no trace but heat: not records_use_
  std::atomic<uint32_t> sampled_below_{0};  // Judge::samples
  bool records_use_ = false;                // beyond heat: logs_hits_, or an idle limit
  bool logs_hits_ = false;
  bool joined_ = false;
  uint64_t own_bytes_ = 0;
  Store store_;
  std::unique_ptr<HitLog> hit_log_;
  std::unique_ptr<MissLog> miss_log_;  // where there is a judge
  std::unique_ptr<Judge> judge_;
  Stripes<Counters> counters_;

  // The write lock: guards everything below, and all of Store but what readers do.
  alignas(64) AdaptiveMutex mutex_;
  std::unique_ptr<Policy> policy_;
  Wheel wheel_;
  Events events_;
  uint64_t entry_bytes_ = 0;
  uint64_t raw_bytes_ = 0;
  uint64_t stored_bytes_ = 0;
  uint64_t compressed_ = 0;
  uint64_t puts_ = 0;  // without those that overwrote
  uint64_t refusals_ = 0;
  uint64_t swept_ = UINT64_MAX;  // when the sweeper will come
  std::array<Departures, 5> departures_{};

  Codec codec_;
  Settled settled_;
  Hot hot_;
  Loads loads_;
  std::atomic<uint64_t> holds_{1};
  std::atomic<uint64_t> pinned_bytes_{0};
  std::atomic<uint64_t> draws_{0};
  std::atomic<uint64_t> reclaim_bytes_{0};
  std::atomic<EntryRef> reclaim_{0};  // entries whose last pin went, linked by next
};

}  // namespace brisk::cache
