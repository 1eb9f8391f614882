// Every method of brisk::Interner.
#include <gtest/gtest.h>

#include <brisk/brisk.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

using brisk::Interner;
using Ids = std::vector<uint32_t>;

TEST(Interner, EqualStringsAreOne) {
  Interner names;
  EXPECT_EQ(names.put("red"), 0u);
  EXPECT_EQ(names.put(""), 1u);
  EXPECT_EQ(names.put(std::string("red")), 0u);
  EXPECT_EQ(names.find("red"), 0u);
  EXPECT_EQ(names.find("re"), std::nullopt);
  EXPECT_EQ(names.at(0), "red");
  EXPECT_EQ(names.at(0)->data()[3], '\0');
  EXPECT_EQ(names.at(1), "");
  EXPECT_EQ(names.at(2), std::nullopt);
  EXPECT_EQ(names.stats().strings, 2u);
  EXPECT_EQ(names.stats().hits, 2u);
}

TEST(Interner, TakesManyAtOnce) {
  Interner names(brisk::bytes("1 MiB"));
  EXPECT_EQ(names.put_many({"a", "b", "a"}), (Ids{0, 1, 0}));
  EXPECT_EQ(names.find_many(std::vector<std::string>{"b", "c"}), (Ids{1, Interner::none}));
  EXPECT_EQ(names.put_many(std::vector<std::string>()), Ids());
  const Interner same = names;
  EXPECT_EQ(same.find("b"), 1u);
  EXPECT_EQ(same.stats().capacity_bytes, 1u << 20);
}

TEST(Interner, RefusesBeyondItsCapacity) {
  const brisk::Runtime runtime;
  Interner names(runtime, 65536);
  std::vector<std::string> all;
  for (int i = 0; i < 10'000; ++i) all.push_back(std::to_string(i));
  const Ids ids = names.put_many(all);
  EXPECT_GT(ids.size(), 500u);
  EXPECT_LT(ids.size(), 5000u);
  EXPECT_EQ(names.put(all[ids.size()]), std::nullopt);
  EXPECT_EQ(names.put("0"), 0u);
  EXPECT_GT(names.stats().refusals, 0u);
  EXPECT_EQ(runtime.stats().held_bytes, names.stats().held_bytes);
  EXPECT_THROW(names.put(std::string(65536, 'x')), brisk::Error);
  EXPECT_THROW(Interner(1), brisk::InvalidArgument);
  const Interner moved = std::move(names);
  EXPECT_EQ(names.at(0), std::nullopt);
  EXPECT_THROW(names.put("a"), brisk::InvalidArgument);
  EXPECT_EQ(moved.at(0), "0");
}

}  // namespace
