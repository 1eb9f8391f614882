// Batches and races through the C interface, called for each item and for ranges of them.
#include <algorithm>

#include "workers.h"

namespace {

using namespace brisk_test;

class Batches : public WorkersTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { by_ranges_ = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(By, Batches, testing::Bool(),
                         [](const auto &by) { return by.param ? "Ranges" : "Items"; });

TEST_P(Batches, ABatchHasAnOutcomeForEachItem) {
  const Workers workers = pool();
  Batch batch;
  ASSERT_EQ(begin(
                workers, 100,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  if (index == 7) {
                    EXPECT_EQ(call(brisk_batch_fail, self, index, "seven", 5u), BRISK_OK);
                    return BRISK_CLOSED;
                  }
                  if (index == 8) throw std::runtime_error("eight");
                  return BRISK_OK;
                },
                batch),
            BRISK_OK);
  EXPECT_LT(wait(batch), 100u);
  EXPECT_EQ(destroyed_, 1);
  const std::vector<int32_t> all = states(batch, 100);
  EXPECT_EQ(std::count(all.begin(), all.end(), BRISK_TASK_STATE_DONE), 98);
  EXPECT_EQ(all[7], BRISK_TASK_STATE_FAILED);
  EXPECT_EQ(call(brisk_batch_check, batch, 6u), BRISK_OK);
  const Result seven = call(brisk_batch_check, batch, 7u);
  EXPECT_EQ(seven, BRISK_CLOSED);
  EXPECT_EQ(seven.message, "seven");
  EXPECT_EQ(call(brisk_batch_check, batch, 8u).message, "eight");
  EXPECT_EQ(states(batch, 3).size(), 3u) << "the first ones only";
  EXPECT_EQ(stats(workers).failed, 2u);

  Batch none;
  ASSERT_EQ(begin(workers, 0, [](size_t, brisk_batch *) { return BRISK_OK; }, none), BRISK_OK);
  EXPECT_EQ(wait(none), BRISK_FOREVER);
}

TEST_P(Batches, ABatchEndsAtItsDeadline) {
  const std::vector<int32_t> expected = {BRISK_TASK_STATE_DONE, BRISK_TASK_STATE_TIMED_OUT,
                                         BRISK_TASK_STATE_TIMED_OUT, BRISK_TASK_STATE_NEVER_STARTED,
                                         BRISK_TASK_STATE_NEVER_STARTED};
  EXPECT_TRUE(unhurried([&](uint64_t deadline) {
    const Workers workers = pool();
    Gate gate;
    Batch batch;
    std::atomic<uint32_t> early{1};
    EXPECT_EQ(begin(
                  workers, 5,
                  [&](size_t index, brisk_batch *self) {
                    if (index == 0) {
                      early = brisk_batch_is_cancelled(self);
                    } else {
                      EXPECT_TRUE(gate.wait());
                      EXPECT_EQ(brisk_batch_is_cancelled(self), 1u);
                    }
                    return BRISK_OK;
                  },
                  batch, deadline),
              BRISK_OK);
    wait(batch);
    const std::vector<int32_t> all = states(batch, 5);
    const bool in_time = early == 0 && all == expected;
    if (in_time) {
      EXPECT_EQ(destroyed_, made_ - 1) << "two still run";
    }
    gate.open();
    EXPECT_TRUE(eventually([&] { return destroyed_ == made_; }));
    EXPECT_EQ(states(batch, 5), all) << "and what they give is dropped";
    return in_time;
  }));
}

TEST_P(Batches, ARaceEndsWithTheFirstSuccess) {
  const Workers workers = pool([](auto &options) { options.threads = 3; });
  Gate gate;
  Batch race;
  ASSERT_EQ(begin(
                workers, 3,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  if (index == 0) return BRISK_INTERNAL;
                  if (index == 1) return BRISK_OK;
                  EXPECT_TRUE(eventually([&] { return brisk_batch_is_cancelled(self) != 0; }));
                  gate.wait();
                  return BRISK_OK;
                },
                race, 0, true),
            BRISK_OK);
  EXPECT_EQ(wait(race), 1u);
  EXPECT_EQ(states(race, 3)[1], BRISK_TASK_STATE_DONE);
  EXPECT_EQ(states(race, 3)[2], BRISK_TASK_STATE_CANCELLED);
  gate.open();

  Batch lost;
  ASSERT_EQ(begin(
                workers, 3,
                [&](size_t index, brisk_batch *self) -> brisk_status {
                  const std::string why = "no " + std::to_string(index);
                  call(brisk_batch_fail, self, index, why.data(), why.size());
                  return BRISK_INVALID;
                },
                lost, 0, true),
            BRISK_OK);
  EXPECT_EQ(wait(lost), BRISK_FOREVER);
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(call(brisk_batch_check, lost, i).message, "no " + std::to_string(i));
}

TEST_P(Batches, ABatchIsCancelledByItselfAndByItsToken) {
  const Workers workers = pool([](auto &options) { options.threads = 1; });
  Token token;
  ASSERT_EQ(call(brisk_token_new, nullptr, token.out()), BRISK_OK);
  for (const bool by_token : {false, true}) {
    Batch batch;
    ASSERT_EQ(begin(
                  workers, 4,
                  [&](size_t index, brisk_batch *self) {
                    if (index == 1) {
                      EXPECT_EQ(by_token ? call(brisk_token_cancel, token)
                                         : call(brisk_batch_cancel, self),
                                BRISK_OK);
                    }
                    return BRISK_OK;
                  },
                  batch, 0, false, token),
              BRISK_OK);
    wait(batch);
    EXPECT_EQ(states(batch, 4)[0], BRISK_TASK_STATE_DONE);
    EXPECT_EQ(states(batch, 4)[3], BRISK_TASK_STATE_CANCELLED) << by_token;
  }
}

TEST_P(Batches, StatisticsCountItemsAndNoRunners) {
  const Workers workers = pool();
  Batch batch;
  ASSERT_EQ(begin(workers, 1000, [](size_t, brisk_batch *) { return BRISK_OK; }, batch), BRISK_OK);
  wait(batch);
  EXPECT_TRUE(eventually([&] { return stats(workers).running == 0; }));
  EXPECT_EQ(stats(workers).done, 1000u);
}

TEST_P(Batches, ARaceIsNotWonAfterItsDeadline) {
  const Workers workers = pool();
  EXPECT_TRUE(unhurried([&](uint64_t deadline) {
    Batch batch;
    std::atomic<bool> begun{false};
    EXPECT_EQ(begin(
                  workers, 1,
                  [&begun](size_t, brisk_batch *self) {
                    begun = true;
                    while (brisk_batch_is_cancelled(self) == 0) std::this_thread::yield();
                    return BRISK_OK;
                  },
                  batch, deadline, true),
              BRISK_OK);
    EXPECT_TRUE(eventually([&] { return destroyed_ == made_; }));
    EXPECT_EQ(wait(batch), BRISK_FOREVER);
    if (begun) {
      EXPECT_EQ(states(batch, 1)[0], BRISK_TASK_STATE_TIMED_OUT);
    }
    return begun.load();
  }));
}

// Races of tiny contenders are begun by one thread at first; that must hold up nobody.
TEST_P(Batches, AContenderThatBlocksHoldsUpNoOther) {
  const Workers workers = pool();
  for (int i = 0; i < 300; ++i) {
    Batch tiny;
    ASSERT_EQ(
        begin(workers, 3, [](size_t, brisk_batch *) { return BRISK_OK; }, tiny, 0, true), BRISK_OK);
    wait(tiny);
  }
  uint64_t least = BRISK_FOREVER;
  for (int i = 0; i < 30 && least >= ms; ++i) {
    Batch race;
    const uint64_t begun = now();
    ASSERT_EQ(begin(
                  workers, 3,
                  [](size_t index, brisk_batch *self) {
                    const uint64_t end = now() + 30 * second;
                    while (index == 0 && brisk_batch_is_cancelled(self) == 0 && now() < end)
                      std::this_thread::sleep_for(std::chrono::microseconds(100));
                    return BRISK_OK;
                  },
                  race, 0, true),
              BRISK_OK);
    const uint64_t winner = wait(race);
    least = std::min(least, now() - begun);
    ASSERT_NE(winner, 0u);
  }
  EXPECT_LT(least, ms);
}

TEST_P(Batches, OutcomesOfManyItemsKeepApart) {
  constexpr size_t count = 5000;
  const auto fails = [](size_t index) { return index % 32 == 31 || index % 64 == 0; };
  const Workers workers = pool();
  Batch batch;
  ASSERT_EQ(
      begin(
          workers, count,
          [&](size_t index, brisk_batch *) { return fails(index) ? BRISK_INVALID : BRISK_OK; },
          batch),
      BRISK_OK);
  EXPECT_FALSE(fails(wait(batch)));
  const std::vector<int32_t> all = states(batch, count);
  for (size_t i = 0; i < count; ++i) {
    ASSERT_EQ(all[i], fails(i) ? BRISK_TASK_STATE_FAILED : BRISK_TASK_STATE_DONE) << i;
    ASSERT_EQ(call(brisk_batch_check, batch, i), fails(i) ? BRISK_INVALID : BRISK_OK) << i;
  }
}

TEST_P(Batches, WhatReturnsTooLateIsCountedNowhere) {
  const Workers workers = pool();
  Gate gate;
  Batch race;
  ASSERT_EQ(begin(
                workers, 2,
                [&](size_t index, brisk_batch *self) {
                  if (index == 0) gate.wait();  // until the other one has begun
                  gate.open();
                  if (index == 1) return BRISK_OK;
                  EXPECT_TRUE(eventually([&] { return brisk_batch_is_cancelled(self) != 0; }));
                  return BRISK_INVALID;
                },
                race, 0, true),
            BRISK_OK);
  EXPECT_EQ(wait(race), 1u);
  EXPECT_TRUE(eventually([&] { return destroyed_ == 1; }));
  const std::vector<int32_t> expected = {BRISK_TASK_STATE_CANCELLED, BRISK_TASK_STATE_DONE};
  EXPECT_EQ(states(race, 2), expected);
  EXPECT_EQ(stats(workers).done, 1u);
  EXPECT_EQ(stats(workers).failed, 0u);
}

TEST_P(Batches, ACancelledBatchKnowsWhatHadReturned) {
  constexpr size_t count = 100'000;
  const Workers workers = pool();
  std::vector<std::atomic<uint8_t>> returned(count);
  Batch batch;
  ASSERT_EQ(begin(
                workers, count,
                [&](size_t index, brisk_batch *self) {
                  if (index == count / 2) {
                    EXPECT_TRUE(eventually([&] { return returned[1] == 1; }));
                    EXPECT_EQ(call(brisk_batch_cancel, self), BRISK_OK);
                  } else if (index > count / 2) {
                    EXPECT_TRUE(eventually([&] { return brisk_batch_is_cancelled(self) != 0; }));
                  }
                  returned[index] = 1;
                  return BRISK_OK;
                },
                batch),
            BRISK_OK);
  wait(batch);
  const std::vector<int32_t> all = states(batch, count);
  EXPECT_TRUE(eventually([&] { return destroyed_ == 1; }));
  EXPECT_EQ(states(batch, count), all) << "outcomes stay";
  EXPECT_EQ(all[0], BRISK_TASK_STATE_DONE);
  EXPECT_EQ(all[count - 1], BRISK_TASK_STATE_CANCELLED);
  for (size_t i = 0; i < count; ++i) {
    if (all[i] == BRISK_TASK_STATE_DONE) {
      ASSERT_EQ(returned[i], 1) << i;
    }
  }
}

TEST_F(WorkersTest, WhereARangeSaysItIsMayBeWrong) {
  const Workers workers = pool();
  constexpr size_t count = 2000;
  std::vector<std::atomic<int>> calls(count);
  for (const size_t told : {size_t{0}, count / 2, SIZE_MAX}) {
    for (const brisk_status status : {BRISK_OK, BRISK_CLOSED}) {
      struct Lie {
        size_t told;
        brisk_status status;
        std::vector<std::atomic<int>> *calls;
      } lie{told, status, &calls};
      for (auto &each : calls) each = 0;
      Batch batch;
      ASSERT_EQ(call(
                    brisk_workers_batch_ranges, workers, count, 0u, 0u,
                    [](void *user, size_t first, size_t last, size_t *at, brisk_batch *self) {
                      const Lie &lie = *static_cast<Lie *>(user);
                      std::atomic_ref(*at).store(lie.told, std::memory_order_release);
                      std::vector<int32_t> states(last);
                      EXPECT_EQ(call(brisk_batch_states, self, last, states.data()), BRISK_OK);
                      for (size_t i = first; i != last; ++i) ++(*lie.calls)[i];
                      return lie.status;
                    },
                    &lie, nullptr, nullptr, batch.out()),
                BRISK_OK);
      wait(batch);
      for (const auto &each : calls) ASSERT_GE(each, 1);
      const std::vector<int32_t> all = states(batch, count);
      const auto of = [&](int32_t state) { return std::count(all.begin(), all.end(), state); };
      EXPECT_EQ(of(BRISK_TASK_STATE_DONE) + of(BRISK_TASK_STATE_FAILED), count);
      EXPECT_EQ(of(BRISK_TASK_STATE_FAILED) != 0, status != BRISK_OK);
    }
  }
}

}  // namespace
