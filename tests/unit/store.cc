// The arena, the index and a queue, each against something plain that does the same; one entry in
// the wheel (tests/model/expiry.cc has the rest).
#include "cache/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>
#include <vector>

#include "cache/policy/ahead.h"
#include "cache/wheel.h"

namespace brisk::cache {
namespace {

TEST(Arena, ClassesFitAndWasteLittle) {
  for (const uint64_t capacity : {uint64_t{1} << 20, slots::fine_from}) {
    Account account(capacity);
    Arena arena(nullptr, account);
    ASSERT_TRUE(arena.open(capacity));
    size_t last = 0;
    size_t wasted = 0;
    for (size_t bytes = 16; bytes <= slot_max; ++bytes) {
      const size_t size = arena.class_size(arena.class_of(bytes));
      ASSERT_GE(size, bytes);
      ASSERT_GE(size, last);
      ASSERT_EQ(size % Arena::unit, 0u);
      ASSERT_LE(size, std::max<size_t>(bytes + bytes / 8 + 16, 32)) << bytes;
      last = size;
      if (bytes <= 512) wasted += size - bytes;
    }
    EXPECT_EQ(last, slot_max);
    // Of 128 KiB.
    EXPECT_LT(wasted, capacity < slots::fine_from ? 5000u : 3500u) << capacity;
  }
}

class ArenaTest : public testing::Test {
 protected:
  ArenaTest() { EXPECT_TRUE(arena.open(4 << 20)); }
  Entry *take(size_t bytes) {
    Entry *entry = arena.allocate(arena.class_of(bytes));
    if (entry != nullptr) {
      entry->flags = 0;
      entry->pins.store(0);
    }
    return entry;
  }
  Account account{1 << 20};
  int owner = 0;
  Arena arena{&owner, account};
};

TEST_F(ArenaTest, SlotsDoNotOverlapAndKnowTheirOwner) {
  std::map<char *, size_t> slots;
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    const size_t bytes = 16 + random() % (slot_max - 15);
    Entry *entry = take(bytes);
    if (entry == nullptr) break;
    EXPECT_GE(arena.slot_size(entry), bytes);
    EXPECT_EQ(Arena::owner_of(entry), &owner);
    EXPECT_EQ(arena.at(arena.ref(entry)), entry);
    EXPECT_NE(arena.ref(entry), 0u);
    slots[reinterpret_cast<char *>(entry)] = arena.slot_size(entry);
  }
  EXPECT_GT(slots.size(), 300u);
  char *end = nullptr;
  for (const auto &[start, size] : slots) {
    EXPECT_GE(start, end);
    end = start + size;
  }
}

TEST_F(ArenaTest, IsChargedInSlabsUpToTheAccount) {
  std::vector<Entry *> taken;
  while (Entry *entry = take(1000)) taken.push_back(entry);
  EXPECT_EQ(account.held(), arena.charge());
  EXPECT_LE(account.held(), account.limit());
  EXPECT_GT(taken.size() * 1000, account.limit() * 9 / 10);
  for (Entry *entry : taken) arena.free(entry);
  EXPECT_EQ(arena.scattered(), 0u);
  EXPECT_EQ(account.held(), arena.charge()) << "kept for any size";
  taken.clear();
  const uint64_t charge = arena.charge();
  while (Entry *entry = take(100)) taken.push_back(entry);
  EXPECT_EQ(arena.charge(), charge);
  for (Entry *entry : taken) arena.free(entry);
  EXPECT_GE(arena.give_back(1), Arena::slab_size);
  EXPECT_EQ(account.held(), arena.charge());
  EXPECT_LT(arena.charge(), charge);
  arena.give_back(SIZE_MAX);
  EXPECT_EQ(account.held(), 0u);
  EXPECT_NE(take(100), nullptr) << "a slab that went back comes again";
}

TEST_F(ArenaTest, CountsWhatIsScattered) {
  std::vector<Entry *> taken;
  for (int i = 0; i < 500; ++i) taken.push_back(take(500));
  const size_t size = arena.slot_size(taken[0]);
  const size_t before = arena.scattered();
  for (size_t i = 0; i < taken.size(); i += 2) arena.free(taken[i]);
  EXPECT_EQ(arena.scattered(), before + 250 * size);
}

TEST_F(ArenaTest, VacatesSlabsByMovingWhatFitsElsewhere) {
  // 1200 entries, of which one in four stays, each with a number of its own.
  std::unordered_map<Entry *, uint32_t> where;
  std::vector<Entry *> taken;
  for (uint32_t i = 0; i < 1200; ++i) taken.push_back(take(i % 2 == 0 ? 200 : 700));
  for (uint32_t i = 0; i < 1200; ++i) {
    if (i % 8 < 2) {
      where[taken[i]] = i;
    } else {
      arena.free(taken[i]);
    }
  }
  const size_t before = arena.scattered();
  size_t given = 0;
  for (int i = 0; i < 1000; ++i) {
    const bool vacated = arena.vacate([&](Entry &entry) {
      const auto found = where.find(&entry);
      EXPECT_NE(found, where.end()) << "only slots in use are visited";
      const uint32_t number = found->second;
      Entry *to = take(arena.slot_size(&entry));
      EXPECT_NE(to, nullptr);
      where.erase(found);
      EXPECT_TRUE(where.emplace(to, number).second);
      arena.free(&entry);
      return true;
    });
    given += arena.give_back(SIZE_MAX);
    if (!vacated) break;
  }
  EXPECT_EQ(where.size(), 300u);
  EXPECT_GT(given, 20 * Arena::slab_size);
  EXPECT_LT(arena.scattered(), before / 4);
}

TEST_F(ArenaTest, ASlabWhoseEntryStaysIsNotLost) {
  std::vector<Entry *> taken;
  for (int i = 0; i < 64; ++i) taken.push_back(take(2000));
  for (size_t i = 0; i < taken.size(); ++i) {
    if (i % 4 != 0) arena.free(taken[i]);
  }
  const uint64_t charge = arena.charge();
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(arena.vacate([](Entry &) { return false; }));
  int more = 0;
  while (arena.charge() == charge) {
    ASSERT_NE(take(2000), nullptr);
    ++more;
  }
  EXPECT_GE(more, 48) << "its free slots are given out again";
}

// The index, against a map from hash to entries.
TEST(Index, AgreesWithAMap) {
  for (const uint64_t spread : {uint64_t{1} << 62, uint64_t{200}, uint64_t{5}}) {
    Account account(64 << 20);
    Index index(account);
    std::unordered_multimap<uint64_t, EntryRef> map;
    std::unordered_map<EntryRef, uint64_t> hashes;
    ASSERT_TRUE(index.grow(1, [](EntryRef) { return 0; }));
    const size_t first = index.capacity();
    std::mt19937_64 random(spread);
    EntryRef next = 1;
    const size_t most = spread < 1000 ? 300 : 20000;
    for (int i = 0; i < 100000; ++i) {
      if (random() % 3 != 0 && map.size() < most) {
        if (index.size() == index.capacity()) {
          ASSERT_TRUE(
              index.grow(index.capacity() / 7 * 5 / 4, [&](EntryRef ref) { return hashes[ref]; }));
        }
        // Few different hashes: chains far beyond their home; all in the last bucket: chains that
        // wrap.
        const uint64_t hash =
            spread < 1000 ? UINT64_MAX - random() % spread * 0x100000001u : random();
        index.insert(hash, next);
        map.emplace(hash, next);
        hashes[next++] = hash;
      } else if (!map.empty()) {
        const auto one =
            map.find(std::next(hashes.begin(),
                               static_cast<long>(random() % std::min<size_t>(hashes.size(), 50)))
                         ->second);
        const auto position = index.locate(one->first, one->second);
        ASSERT_TRUE(position);
        if (random() % 4 == 0) {
          index.replace(position, next);
          hashes.erase(one->second);
          hashes[next] = one->first;
          map.emplace(one->first, next++);
          map.erase(one);
          continue;
        }
        index.erase(one->first, position);
        hashes.erase(one->second);
        map.erase(one);
      }
      ASSERT_EQ(index.size(), map.size());
      if (i % 5000 != 0) continue;
      for (const auto &[hash, ref] : map) ASSERT_TRUE(index.locate(hash, ref));
      ASSERT_FALSE(index.locate(random(), next + 1));
      size_t seen = 0;
      index.each_bucket([&](Bucket &bucket) {
        for (const auto &ref : bucket.refs) seen += ref.load() != 0;
      });
      ASSERT_EQ(seen, map.size());
    }
    for (const auto &[hash, ref] : std::unordered_multimap<uint64_t, EntryRef>(map)) {
      index.erase(hash, index.locate(hash, ref));
    }
    EXPECT_EQ(index.size(), 0u);
    // A count that was full once stays full.
    index.each_bucket([&](Bucket &bucket) {
      const unsigned passed = bucket.passed.load();
      ASSERT_TRUE(passed == 0 || (spread < 1000 && passed == 255)) << "a chain without keys";
    });
    EXPECT_GT(index.capacity() + 1, first);
    EXPECT_EQ(index.charge(), account.held());
  }
}

TEST(Index, GrowsOnlyWhereThereIsRoomAndKeepsTheHeat) {
  Account account(100000);
  Index index(account);
  ASSERT_TRUE(index.grow(64, [](EntryRef) { return 0; }));
  const auto hash_of = [](EntryRef ref) { return ref * 0x9e3779b97f4a7c15u; };
  for (EntryRef ref = 1; ref <= index.capacity(); ++ref) {
    const auto position = index.insert(hash_of(ref), ref);
    for (uint32_t i = 0; i < ref % 5; ++i) position.bucket->warm(position.slot);
  }
  const size_t size = index.size();
  EXPECT_FALSE(index.grow(10000, hash_of));
  EXPECT_EQ(index.size(), size);
  ASSERT_TRUE(index.grow(300, hash_of));
  EXPECT_EQ(account.held(), index.charge());
  for (EntryRef ref = 1; ref <= size; ++ref) {
    const auto position = index.locate(hash_of(ref), ref);
    ASSERT_TRUE(position);
    EXPECT_EQ(position.heat(), std::min<uint32_t>(ref % 5, 3)) << "at most three";
  }
}

TEST(Wheel, AnEntryIsTakenInItsTickWhateverItsDistance) {
  Account account(1 << 20);
  Arena arena(nullptr, account);
  ASSERT_TRUE(arena.open(1 << 20));
  Entry *entry = arena.allocate(arena.class_of(48));
  entry->flags = has_lifetime;
  for (unsigned bit = 0; bit < 63; ++bit) {
    for (const uint64_t around : {uint64_t{0}, uint64_t{1}, uint64_t{0} - 1}) {
      const uint64_t ttl = (uint64_t{1} << bit) + around;
      Wheel wheel(arena, 777);
      entry->lifetime().deadline = 777 + ttl;
      wheel.add(*entry);
      int taken = 0;
      const auto take = [&](Entry &) { ++taken; };
      // Straight there: not a nanosecond before, and at once then.
      if (ttl > 0) {
        wheel.advance(777 + ttl - 1, SIZE_MAX, true, take);
        ASSERT_EQ(taken, 0) << ttl;
      }
      wheel.advance(777 + ttl, SIZE_MAX, true, take);
      ASSERT_EQ(taken, 1) << ttl;
      ASSERT_TRUE(wheel.empty());
    }
  }
}

TEST(AheadQueue, KnowsTheHashOfItsTailWhateverLeaves) {
  Account account{4 << 20};
  int owner = 0;
  Store store(&owner, account, 7);
  ASSERT_TRUE(store.arena.open(4 << 20));
  ASSERT_TRUE(store.index.grow(8, [](EntryRef) { return uint64_t{0}; }));
  constexpr uint64_t weight = 40;
  const auto make = [&](uint64_t key) {
    Entry *const entry = store.arena.allocate(store.arena.class_of(sizeof(Entry) + sizeof key));
    entry->flags = 0;
    entry->pins.store(0);
    entry->key_size = sizeof key;
    std::memcpy(entry->after(), &key, sizeof key);
    return entry;
  };
  AheadQueue queue(store);
  std::vector<std::pair<Entry *, uint64_t>> model;  // from the tail on, with their keys
  std::mt19937 random(1);
  for (uint64_t key = 0; key < 200'000; ++key) {
    // Short now and then: what is known of a queue ends with it.
    const size_t longest = key % 1000 < 500 ? 6 : 60;
    const size_t at = model.empty() ? 0 : std::min<size_t>(random() % model.size(), random() % 8);
    const unsigned what = random() % 6;
    if (model.empty() || (what < 2 && model.size() < longest)) {
      model.emplace_back(make(key), key);
      queue.push(model.back().first, weight);
    } else if (what == 2 || model.size() > longest) {
      queue.remove(model[at].first, weight);
      store.arena.free(model[at].first);
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (what == 3) {
      Entry *const other = make(model[at].second);
      queue.replace(model[at].first, weight, other, weight);
      store.arena.free(std::exchange(model[at].first, other));
    } else if (what == 4) {
      queue.remove(model[at].first, weight);
      queue.push(model[at].first, weight);
      std::rotate(model.begin() + static_cast<std::ptrdiff_t>(at),
                  model.begin() + static_cast<std::ptrdiff_t>(at) + 1, model.end());
    } else {
      const uint64_t *const hash = queue.step();
      if (hash != nullptr) {
        EXPECT_TRUE(std::any_of(model.begin(), model.end(), [&](const auto &entry) {
          return *hash == store.hash_of(*entry.first);
        }));
      }
    }
    ASSERT_EQ(queue.entries(), model.size());
    ASSERT_EQ(queue.weight(), model.size() * weight);
    if (model.empty()) continue;
    ASSERT_EQ(queue.tail(), model.front().first);
    ASSERT_EQ(queue.tail_hash(), store.hash(&model.front().second, sizeof(uint64_t)));
  }
}

}  // namespace
}  // namespace brisk::cache
