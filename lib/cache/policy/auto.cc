#include "cache/policy/auto.h"

#include <algorithm>

namespace brisk::cache {

// For each entry that leaves the end of a queue.
void Auto::look_ahead(AheadQueue &queue) noexcept {
  const uint64_t *const hash = queue.step();
  if (hash == nullptr) return;
  sketch_.prefetch(*hash);
  if (&queue == &small_) ghosts_.prefetch(*hash);
}

void Auto::push(Entry &entry, Part queue, uint64_t weight) noexcept {
  entry.queue = queue;
  queue_of(entry).push(&entry, weight);
  if (queue == in_waiting) settled_.set_waiting(waiting_.entries());
}

void Auto::take_out(Entry &entry, uint64_t weight) noexcept {
  queue_of(entry).remove(&entry, weight);
  if (entry.queue == in_waiting) settled_.set_waiting(waiting_.entries());
}

void Auto::move(Entry &entry, Part queue, uint64_t weight) noexcept {
  AheadQueue &before = queue_of(entry);
  take_out(entry, weight);
  look_ahead(before);
  push(entry, queue, weight);
}

// Where in main an entry goes that has come to stay.
Auto::Part Auto::settle(Entry &entry, uint64_t weight) noexcept {
  if (settled_.takes(entry))
    return hot_.weight() + weight <= settled_.raw_most() ? in_hot : in_waiting;
  settled_.note_kept(weight, weight);
  return in_main;
}

// What main's hand comes by and is not packed waits for it again, unless many do: no hand passes
// there.
Auto::Part Auto::part_for(Entry &entry, uint64_t weight) noexcept {
  if (entry.queue == in_small) return settle(entry, weight);
  if (entry.queue == in_main && settled_.many()) return in_main;
  return settled_.wants(entry) ? in_waiting : in_main;
}

void Auto::to_main(const Node &node) noexcept {
  const uint64_t weight = store_.weight(*node.entry);
  move(*node.entry, part_for(*node.entry, weight), weight);
}

// What is too much among the hot is to be packed, first of all what was not read since it was last
// looked at; some at a time, since their room may have become much smaller.
void Auto::cool_hot() noexcept {
  constexpr unsigned some = 32;
  for (unsigned rounds = 0; rounds < some && hot_.weight() > settled_.raw_most(); ++rounds) {
    const Node tail = tail_of(hot_);
    if (rounds >= some / 2 || heat(tail) <= 1) {
      to_main(tail);
    } else {
      cool(tail, 1);
      move(*tail.entry, in_hot, weight(tail));
    }
  }
}

Placed Auto::next_to_pack() noexcept {
  if (waiting_.empty()) return {};
  const Node node = tail_of(waiting_);
  move(*node.entry, in_main, weight(node));
  return node;
}

// One that is not pinned of a queue that no hand passes.
Auto::Node Auto::unpinned(AheadQueue &queue) noexcept {
  while (!queue.empty()) {
    const Node tail = tail_of(queue);
    if (!held(tail)) return tail;
    move(*tail.entry, in_main, weight(tail));
  }
  return {};
}

void Auto::note_store(Entry &entry, uint64_t hash, uint64_t weight) noexcept {
  if (judge_ != nullptr && judge_->samples(hash))
    judge_->note_store(hash, light(entry, weight), entry.cost());
}

void Auto::admit(Entry &entry, uint64_t hash) noexcept {
  const uint64_t weight = store_.weight(entry);
  note_store(entry, hash, weight);
  bulks_.add(weight, entry.cost());
  const Rule now = rule();
  if (full_ != 0) {
    const bool stays = enters_main(*this, now, hash, weight, bulk(entry, weight));
    return push(entry, stays ? settle(entry, weight) : in_small, weight);
  }
  // While the cache fills, what the small queue has too much flows on, so that nothing moves in
  // bulk when it is full.
  push(entry, in_small, weight);
  regime_.trial = settled_.trial();
  if (small_.weight() <= regime_.small_most(now, this->weight())) return;
  const Node tail = small_tail();
  cool(tail, 0);
  to_main(tail);
}

void Auto::remove(Entry &entry) noexcept {
  const uint64_t weight = store_.weight(entry);
  if (judge_ != nullptr && &entry != leaving_) {
    const uint64_t hash = store_.hash_of(entry);
    if (judge_->samples(hash)) judge_->note_erase(hash);
  }
  leaving_ = nullptr;
  bulks_.remove(weight, entry.cost());
  take_out(entry, weight);
}

void Auto::replace(Entry &old, Entry &entry, Change change) noexcept {
  // A write has warmed the entry in the index; its place in the queue stays.
  const uint64_t old_weight = store_.weight(old);
  const uint64_t weight = store_.weight(entry);
  entry.queue = old.queue;
  queue_of(old).replace(&old, old_weight, &entry, weight);
  bulks_.remove(old_weight, old.cost());
  bulks_.add(weight, entry.cost());
  if (change == Change::moved) {
    if (entry.compressed() && !old.compressed()) settled_.note_kept(old_weight, weight);
    return;
  }
  if (change == Change::promoted) {
    move(entry, in_hot, weight);
    return cool_hot();
  }
  const uint64_t hash = store_.hash_of(entry);
  if (judge_ != nullptr && judge_->samples(hash)) judge_->note_hit(hash);
  note_store(entry, hash, weight);
  if (entry.queue == in_main && settled_.takes(entry)) move(entry, in_waiting, weight);
}

// What changes slowly, and costs a division or a locked instruction to know.
void Auto::tune() noexcept {
  constexpr uint64_t evictions = 32;
  until_tuned_ = static_cast<unsigned>(std::min(evictions, entries() / 32));
  // With an eighth of its bytes free, a cache is full of entries, not of bytes. What follows from
  // that, how much is remembered, must not decide it.
  const uint64_t remembered = sketch_.charge() + (judge_ != nullptr ? judge_->charge() : 0);
  regime_.bytes_bind = account_.room() + remembered < account_.limit() / 8;
  regime_.by_size = bulks_.aim() == Aim::cost ||
                    (bulks_.aim() == Aim::objects && judge_ != nullptr && regime_.bytes_bind);
  // A cache that has grown to so many stays with them: the sketch and the shadows are for that.
  regime_.many = entries() >= (regime_.many ? many_from / 2 : many_from);
  regime_.trial = settled_.trial();
  mean_ = weight() / std::max<uint64_t>(entries(), 1);
  ghosts_.set_length(ghosts_for(entries(), rule()));
  cool_hot();
  if (judge_ == nullptr) return;
  // Shadows know all of it as light as it will be.
  const uint64_t raw = hot_.weight() + waiting_.weight();
  const uint64_t full = full_ - std::min(full_, raw - settled_.expected(raw));
  judge_->change_full(told_full_, full);
  told_full_ = full;
  Regime of_light = regime_;
  of_light.trial = settled_.trial_of_light();
  judge_->set_regime(of_light);
}

Placed Auto::victim() noexcept {
  full_ = weight();
  if (until_tuned_-- == 0) tune();
  Node node = next_victim(*this, rule());
  // All of main's own part may be pinned.
  if (!has(node)) node = unpinned(waiting_);
  if (!has(node)) node = unpinned(hot_);
  if (!has(node)) return {};
  look_ahead(small_);
  look_ahead(main_);
  leaving_ = node.entry;
  return node;
}

uint64_t Auto::wanted_memory() const noexcept {
  if (full_ == 0) return 0;
  const uint64_t now = entries();
  uint64_t bytes = ghosts_.missing(ghosts_for(now, rule()));
  if (judge_ != nullptr) bytes += sketch_.missing(load()) + judge_->missing(load());
  return bytes;
}

// Between the room that was made and what is taken of it, other threads may have taken theirs: what
// is refused is wished for again, some times.
void Auto::take_memory() noexcept {
  constexpr unsigned refusals_most = 16;
  bool refused = false;
  const auto take = [&](auto &memory, auto size) {
    if (memory.missing(size) == 0 || memory.resize(size)) return;
    refused = true;
    if (refusals_ < refusals_most) memory.release();
  };
  take(ghosts_, ghosts_for(entries(), rule()));
  if (judge_ != nullptr) {
    take(sketch_, load());
    take(*judge_, load());
  }
  refusals_ = refused ? refusals_ + 1 : 0;
}

}  // namespace brisk::cache
