// Long random sequences of operations, checked against a plain map (model.h), in every mode.
//
// BRISK_SEED replays a run, BRISK_TEST_SECONDS bounds all modes together.
#include "model.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iterator>
#include <random>

namespace brisk_test {
namespace {

uint64_t number_from(const char *variable, uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

class Operations : public testing::TestWithParam<Mode> {};

TEST_P(Operations, AgreeWithAPlainMap) {
  const Mode &mode = GetParam();
  const double seconds =
      static_cast<double>(number_from("BRISK_TEST_SECONDS", 5)) / std::size(modes);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  const uint64_t given = number_from("BRISK_SEED", 0);
  uint64_t seed = given != 0 ? given : std::random_device()();
  uint64_t hits = 0;
  uint64_t steps = 0;
  // A sequence does not depend on the time that there is, so that its seed replays it.
  do {
    std::fprintf(stderr, "%s: BRISK_SEED=%llu\n", mode.name, static_cast<unsigned long long>(seed));
    std::mt19937_64 random(seed);
    Model model(mode, [&](uint64_t bound) { return random() % bound; });
    for (int i = 0; i < 10000; ++i) {
      model.step();
      model.check();
    }
    model.check_all();
    hits += model.hits();
    steps += model.steps();
    ++seed;
  } while (given == 0 && std::chrono::steady_clock::now() < end);
  EXPECT_GT(hits, steps / 20) << "it hardly tests anything";
}

INSTANTIATE_TEST_SUITE_P(Modes, Operations, testing::ValuesIn(modes), [](const auto &info) {
  std::string name = info.param.name;
  for (char &c : name) c = c == ' ' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace brisk_test
