#include "cache/policy/auto.h"

#include <algorithm>

namespace brisk::cache {

Auto::Node Auto::node_of(Entry &entry) const noexcept {
  const uint64_t hash = store_.hash_of(entry);
  return {&entry, hash, store_.index.locate(hash, store_.arena.ref(&entry))};
}

void Auto::push(Entry &entry, uint8_t queue) noexcept {
  entry.queue = queue;
  queue_of(entry).push(&entry, store_.weight(entry));
}

void Auto::to_main(const Node &node) noexcept {
  Entry &entry = *node.entry;
  queue_of(entry).remove(&entry, store_.weight(entry));
  push(entry, in_main);
}

uint64_t Auto::bulk(Entry &entry) const noexcept {
  const uint64_t weight = store_.weight(entry);
  if (bulks_.aim() != Aim::cost) return weight;
  return bulks_.of(weight, entry.cost(), this->weight() / std::max<uint64_t>(entries(), 1),
                   bytes_bind_);
}

void Auto::note_store(Entry &entry, uint64_t hash) noexcept {
  if (judge_ != nullptr && judge_->samples(hash))
    judge_->note_store(hash, store_.weight(entry), entry.cost());
}

void Auto::admit(Entry &entry, uint64_t hash) noexcept {
  note_store(entry, hash);
  bulks_.add(store_.weight(entry), entry.cost());
  const Rule now = rule();
  if (full_ != 0) {
    const uint64_t weight = store_.weight(entry);
    push(entry, enters_main(*this, now, hash, weight, bulk(entry)) ? in_main : in_small);
    return;
  }
  // While the cache fills, what the small queue has too much flows on, so that nothing moves in
  // bulk when it is full.
  push(entry, in_small);
  if (small_.weight() <= now.small_weight(weight())) return;
  const Node tail = small_tail();
  cool(tail, 0);
  to_main(tail);
}

void Auto::remove(Entry &entry) noexcept {
  if (judge_ != nullptr && &entry != leaving_) {
    const uint64_t hash = store_.hash_of(entry);
    if (judge_->samples(hash)) judge_->note_erase(hash);
  }
  leaving_ = nullptr;
  bulks_.remove(store_.weight(entry), entry.cost());
  queue_of(entry).remove(&entry, store_.weight(entry));
}

void Auto::replace(Entry &old, Entry &entry, bool used) noexcept {
  // A write has warmed the entry in the index; its place in the queue stays.
  entry.queue = old.queue;
  queue_of(old).replace(&old, store_.weight(old), &entry, store_.weight(entry));
  bulks_.remove(store_.weight(old), old.cost());
  bulks_.add(store_.weight(entry), entry.cost());
  if (used && judge_ != nullptr) note_store(entry, store_.hash_of(entry));
}

// What the next calls will look at arrives while the caller is busy with this victim: the bucket of
// the entry before it, which an earlier call has fetched, and the entry before that.
void Auto::look_ahead(Entry &victim) const noexcept {
  if (victim.prev == 0) return;
  Entry &next = *store_.arena.at(victim.prev);
  store_.index.prefetch(store_.hash_of(next));
  __builtin_prefetch(store_.arena.at(next.prev));
}

Entry *Auto::victim() noexcept {
  if (judge_ != nullptr) judge_->change_full(full_, weight());
  full_ = weight();
  // With an eighth of its bytes free, a cache is full of entries, not of bytes.
  bytes_bind_ = account_.room() < account_.limit() / 8;
  by_size_ = bulks_.aim() == Aim::cost ||
             (bulks_.aim() == Aim::objects && judge_ != nullptr && bytes_bind_);
  if (judge_ != nullptr) judge_->set_sizes(by_size_, bytes_bind_);
  const Rule now = rule();
  ghosts_.set_length(ghosts_for(entries(), now));
  const Node node = next_victim(*this, now);
  if (!has(node)) return nullptr;
  look_ahead(*node.entry);
  return const_cast<Entry *>(leaving_ = node.entry);
}

uint64_t Auto::wanted_memory() const noexcept {
  if (full_ == 0) return 0;
  const uint64_t now = entries();
  uint64_t bytes = ghosts_.missing(ghosts_for(now, rule()));
  if (judge_ != nullptr) bytes += sketch_.missing(now) + judge_->missing(now);
  return bytes;
}

void Auto::take_memory() noexcept {
  const uint64_t now = entries();
  if (ghosts_.missing(ghosts_for(now, rule())) != 0) ghosts_.resize(ghosts_for(now, rule()));
  if (judge_ == nullptr) return;
  if (sketch_.missing(now) != 0) sketch_.resize(now);
  if (judge_->missing(now) != 0) judge_->resize(now);
}

}  // namespace brisk::cache
