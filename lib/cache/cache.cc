#include "cache/cache.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/error.h"

namespace brisk::cache {
namespace {

// What is left to values as they are, in caches of some size that choose for themselves what to
// pack, and whose policy tries newcomers out.
uint64_t raw_share(const Options &options) noexcept {
  constexpr uint64_t capacity_least = uint64_t{8} << 20;
  if (!options.compress || options.compress_from != 0 || options.policy == BRISK_POLICY_LRU)
    return 0;
  return options.capacity >= capacity_least ? options.capacity / 16 : 0;
}

}  // namespace

Cache::Cache(Ref<Runtime> runtime, Options options)
    : runtime_(std::move(runtime)),
      options_(std::move(options)),
      account_(options_.capacity, &runtime_->account()),
      store_(this, account_, runtime_->seed()),
      wheel_(store_.arena, runtime_->clock().now()),
      codec_(account_, options_.capacity, {options_.level, options_.compress_from}),
      settled_(codec_, raw_share(options_)),
      loads_(*this) {}

Ref<Cache> Cache::make(Ref<Runtime> runtime, Options options) {
  Ref<Cache> made = Ref<Cache>::adopt(new Cache(std::move(runtime), std::move(options)));
  Cache &cache = *made;
  const uint64_t wanted = cache.options_.capacity;
  auto no_room = [&] {
    if (cache.runtime_->account().room() < capacity_min) {
      fail(BRISK_OUT_OF_MEMORY,
           "the budget of the runtime has no room for another cache; raise budget_bytes");
    }
    throw std::bad_alloc();
  };
  if (cache.options_.policy == BRISK_POLICY_AUTO) {
    cache.judge_ =
        std::make_unique<Judge>(cache.account_, cache.sampled_below_, cache.options_.aim);
    cache.miss_log_ = std::make_unique<MissLog>();
  }
  cache.policy_ = make_policy(cache.options_.policy, cache.store_, cache.account_, cache.settled_,
                              cache.judge_.get(), cache.options_.aim);
  if (cache.policy_->wants_hits()) {
    cache.hit_log_ = std::make_unique<HitLog>();
    cache.logs_hits_ = true;
  }
  cache.records_use_ = cache.logs_hits_ || cache.options_.idle != BRISK_FOREVER;
  cache.own_bytes_ = sizeof(Cache) + (cache.logs_hits_ ? sizeof(HitLog) : 0) +
                     (cache.judge_ != nullptr ? sizeof(Judge) + sizeof(MissLog) : 0);
  // As many buckets as the entries will need, when their number is known and that is not out of
  // proportion.
  const uint64_t slots =
      std::min(cache.options_.max_entries, wanted / 16 / sizeof(Bucket) * Index::per_bucket);
  const uint64_t buckets =
      cache.options_.max_entries == UINT64_MAX ? 1 : slots / Index::per_bucket + 1;
  // What others in the runtime hold in excess makes way.
  const uint64_t least = cache.own_bytes_ + buckets * sizeof(Bucket) +
                         cache.options_.events * Events::bytes_each +
                         cache.options_.hot_keys * Hot::bytes_each + 4 * Arena::slab_size;
  cache.runtime_->shed(least, cache);
  if (!cache.account_.reserve(cache.own_bytes_)) {
    cache.own_bytes_ = 0;
    no_room();
  }
  if (!cache.store_.arena.open(wanted) ||
      !cache.store_.index.grow(buckets, [](EntryRef) { return 0; }) ||
      !cache.events_.open(cache.options_.events, cache.account_) ||
      !cache.hot_.open(cache.options_.hot_keys, cache.account_, cache.clock().now())) {
    no_room();
  }
  if (!cache.hot_.wanted()) {
    cache.counters_.each([](Counters &counters) { counters.next_noted = UINT64_MAX; });
  }
  cache.runtime_->join(cache);
  cache.joined_ = true;
  cache.plain_.store(!cache.records_use_, std::memory_order_release);
  return made;
}

Cache::~Cache() {
  reclaim();
  account_.release(own_bytes_);
}

void Cache::last_unref() noexcept {
  if (joined_) runtime_->leave(*this);
  close();
  let_go();
}

void Cache::let_go() noexcept {
  if (holds_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Cache::check_open() const {
  if (closed()) fail(BRISK_CLOSED, "the cache is closed");
}

void Cache::close() noexcept {
  if (closed_.exchange(true, std::memory_order_acq_rel)) return;
  plain_.store(false, std::memory_order_release);
  loads_.close();
  std::lock_guard lock(mutex_);
  if (store_.index.table() == nullptr) return;  // make() failed half way
  store_.index.each_bucket([this](Bucket &bucket) {
    for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
      const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
      if (ref == 0) continue;
      Entry &entry = *store_.arena.at(ref);
      take_out(entry, store_.hash_of(entry), {&bucket, slot}, erased);
    }
  });
  reclaim();
  store_.arena.give_back(SIZE_MAX);
}

uint64_t Cache::sweep(uint64_t now) noexcept {
  constexpr size_t at_a_time = 256;  // so that writers wait some tens of microseconds at most
  while (true) {
    std::lock_guard lock(mutex_);
    if (closed()) return UINT64_MAX;
    reclaim();
    const uint64_t due = expire(now, at_a_time, true);
    if (due > now) return swept_ = due;
  }
}

void Cache::fork_prepare() noexcept {
  loads_.fork_prepare();
  mutex_.lock();
  if (judge_ != nullptr) judge_->fork_prepare();
  codec_.fork_prepare();
  hot_.fork_prepare();
}

void Cache::fork_release(bool in_child) noexcept {
  // First, since what is taken out in the child lets go of its dictionary.
  if (codec_.fork_release(in_child)) holds_.fetch_sub(1, std::memory_order_relaxed);
  if (in_child) {
    mend();
    swept_ = UINT64_MAX;  // by nobody: the next write starts a sweeper
  }
  hot_.fork_release(in_child);
  if (judge_ != nullptr) judge_->fork_release(in_child);
  mutex_.fork_release(in_child);
  loads_.fork_release(in_child);
}

// What somebody was overwriting at that moment is neither the old value nor the new one.
void Cache::mend() noexcept {
  store_.index.each_bucket([this](Bucket &bucket) {
    if (!bucket.mend()) return;
    for (unsigned slot = 0; slot < Bucket::slots; ++slot) {
      const EntryRef ref = bucket.refs[slot].load(std::memory_order_relaxed);
      if (ref == 0) continue;
      Entry &entry = *store_.arena.at(ref);
      take_out(entry, store_.hash_of(entry), {&bucket, slot}, erased);
    }
  });
}

brisk_status Cache::next_event(void *buffer, size_t capacity, size_t *size, int32_t *cause) {
  std::lock_guard lock(mutex_);
  uint8_t why = 0;
  *size = 0;
  *cause = 0;
  if (!events_.peek(size, &why)) return BRISK_END;
  *cause = why;
  if (*size > capacity) return BRISK_SHORT_BUFFER;
  events_.pop(static_cast<char *>(buffer));
  return BRISK_OK;
}

void Cache::stats(brisk_cache_stats *stats) {
  uint64_t lookups = 0;
  counters_.each([&](const Counters &counters) {
    stats->misses += counters.misses.read();
    lookups += counters.lookups.read();
    stats->puts += counters.overwrites.read();
    stats->evicted_replaced_bytes += counters.overwritten_bytes.read();
    stats->saved_cost += counters.saved_cost.read();
  });
  stats->evicted_replaced = stats->puts;
  stats->hits = lookups - std::min(lookups, stats->misses);
  stats->hit_ratio =
      lookups == 0 ? 0 : static_cast<double>(stats->hits) / static_cast<double>(lookups);
  stats->loads = loads_.completed();
  stats->load_failures = loads_.failed();
  stats->load_ns = loads_.time();
  stats->stale_hits = loads_.stale_hits();
  stats->stale_errors = loads_.stale_errors();
  stats->absent_hits = loads_.absent_hits();
  stats->capacity_bytes = options_.capacity;

  std::lock_guard lock(mutex_);
  stats->entries = store_.index.size();
  stats->puts += puts_;
  stats->refusals = refusals_;
  stats->evicted_capacity = departures_[capacity].entries;
  stats->evicted_expired = departures_[expired].entries;
  stats->evicted_erased = departures_[erased].entries;
  stats->evicted_replaced += departures_[replaced].entries;
  stats->evicted_capacity_bytes = departures_[capacity].bytes;
  stats->evicted_expired_bytes = departures_[expired].bytes;
  stats->evicted_erased_bytes = departures_[erased].bytes;
  stats->evicted_replaced_bytes += departures_[replaced].bytes;
  stats->events_dropped = events_.dropped();
  stats->entry_bytes = entry_bytes_;
  stats->index_bytes = store_.index.charge();
  stats->policy_bytes = policy_->charge() + (judge_ != nullptr ? judge_->charge() : 0);
  stats->other_bytes = own_bytes_ + events_.charge() + hot_.charge();
  stats->pinned_bytes = pinned_bytes_.load(std::memory_order_relaxed);
  stats->reclaim_bytes = reclaim_bytes_.load(std::memory_order_relaxed);
  // A training may take and give memory at any moment.
  do {
    stats->codec_bytes = codec_.charge();
    stats->held_bytes = account_.held();
  } while (stats->codec_bytes != codec_.charge());
  const uint64_t parts = stats->entry_bytes + stats->index_bytes + stats->policy_bytes +
                         stats->codec_bytes + stats->other_bytes + stats->pinned_bytes +
                         stats->reclaim_bytes;
  // Copies that callers take or drop right now may lie between the two readings.
  stats->slack_bytes = stats->held_bytes - std::min(stats->held_bytes, parts);
  stats->peak_bytes = account_.peak();
  stats->raw_bytes = raw_bytes_;
  stats->stored_bytes = stored_bytes_;
  stats->compressed_entries = compressed_;
}

}  // namespace brisk::cache
