// Sizes as people write them.
#include "base/size.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace brisk {
namespace {

uint64_t parse(std::string_view text) { return parse_size(text.data(), text.size()); }

TEST(Size, Table) {
  constexpr uint64_t k = 1000;
  constexpr uint64_t ki = 1024;
  const std::pair<const char *, uint64_t> rows[] = {
      {"0", 0},
      {"1", 1},
      {"4096", 4096},
      {"4096B", 4096},
      {"4096 b", 4096},
      {"00012", 12},
      {"1k", k},
      {"1K", k},
      {"1kB", k},
      {"1 KB", k},
      {"1kib", ki},
      {"1 KiB", ki},
      {"64 MiB", 64 * ki * ki},
      {"1.5GB", 1500000000},
      {"1.5 GiB", 3 * ki * ki * ki / 2},
      {"300 k", 300 * k},
      {"2T", 2 * k * k * k * k},
      {"2 TiB", 2 * ki * ki * ki * ki},
      {"1M", k * k},
      {"1mb", k * k},
      {"1 g", k * k * k},
      {"0.5", 0},
      {"1.9", 1},
      {"1.999 b", 1},
      {".5k", 500},
      {"1.k", 1000},
      {"0.0009765625 KiB", 1},
      {"0.0000000000009094947017729282379150390625 TiB", 1},
      {"18446744073709551615", UINT64_MAX},
      {"18446744073709551.615k", UINT64_MAX},
      {"16777215.9999 TiB", 18446744073599600453u},
  };
  for (const auto &[text, bytes] : rows) EXPECT_EQ(parse(text), bytes) << text;
}

TEST(Size, IsExactToTheByte) {
  for (uint64_t n = 0; n < 100000; ++n) {
    const std::string whole =
        std::to_string(n / 1000) + "." + std::to_string(1000 + n % 1000).substr(1);
    ASSERT_EQ(parse(whole + "k"), n) << whole;
    ASSERT_EQ(parse(whole + " MB"), n * 1000) << whole;
    ASSERT_EQ(parse(whole + " KiB"), n * 1024 / 1000) << whole;
  }
}

TEST(Size, WhatIsNoneIsRefusedWithTheText) {
  for (const char *text : {"",
                           " ",
                           "k",
                           "MiB",
                           "-1",
                           "+1",
                           " 1",
                           "1 ",
                           "1  k",
                           "1kk",
                           "1 kx",
                           "1 ibk",
                           "1ib",
                           "1e3",
                           "0x10",
                           "1,5k",
                           "1.5.5",
                           ".",
                           ".k",
                           "1 P",
                           "1 bit",
                           "18446744073709551616",
                           "18446744073709552k",
                           "99999999999999999999999999",
                           "16777216 TiB",
                           "1\n",
                           "nan",
                           "inf"}) {
    try {
      ADD_FAILURE() << text << " was read as " << parse(text);
    } catch (const Failure &failure) {
      EXPECT_EQ(failure.status(), BRISK_INVALID) << text;
      EXPECT_NE(failure.message().find("64 MiB"), std::string::npos) << failure.message();
    }
  }
  const std::string long_text(10000, '9');
  EXPECT_THROW(parse(long_text), Failure);
}

TEST(Size, TheMachineHasMemory) {
  EXPECT_GT(available_memory(), uint64_t{16} << 20);
  EXPECT_LT(available_memory(), uint64_t{1} << 50);
}

}  // namespace
}  // namespace brisk
