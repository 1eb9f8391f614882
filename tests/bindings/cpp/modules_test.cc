// Modules through brisk.hpp: parts of a program, libraries, reports and exceptions.
#include <gtest/gtest.h>

#include <brisk/brisk.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using brisk::ModuleOptions;
using brisk::Modules;
using brisk::ModuleState;

ModuleOptions needs(std::string dependencies) {
  ModuleOptions options;
  options.dependencies = std::move(dependencies);
  return options;
}

TEST(Modules, LoadPartsOfTheProgram) {
  Modules modules;
  std::string order;
  ModuleOptions options = needs("store, net");
  options.version = "1.2";
  options.warm_up = [&] { order += " warm"; };
  modules.add("app", [&] { order += " app"; }, options);
  modules.add("store", [&] { order += "store"; });
  modules.add("net", [&] { order += " net"; });
  EXPECT_EQ(modules.state("app"), ModuleState::unloaded);
  EXPECT_TRUE(modules.load("app"));
  EXPECT_TRUE(modules.load("app", 1ms));
  EXPECT_EQ(order, "store net app warm");
  EXPECT_EQ(modules.state("net"), ModuleState::loaded);
  EXPECT_EQ(modules.state("nobody"), std::nullopt);
}

TEST(Modules, ThrowWhatWentWrong) {
  Modules modules;
  bool works = false;
  modules.add("part", [&] {
    if (!works) throw std::runtime_error("no license");
  });
  modules.add("above", [] {}, needs("part"));
  modules.add("circle", [] {}, needs("circle"));
  const auto reason = [&](auto use) -> std::string {
    try {
      use();
    } catch (const brisk::LoadFailed &error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(reason([&] { modules.load("above"); }),
            "module above needs part: module part: its callback returned BRISK_LOAD_FAILED: "
            "no license");
  EXPECT_THROW(modules.load("circle"), brisk::Deadlock);
  EXPECT_NE(reason([&] { modules.load_all(2); }).find("3 modules failed"), std::string::npos);
  EXPECT_NE(reason([&] { modules.load("nobody"); }).find("no module \"nobody\""),
            std::string::npos);
  works = true;
  EXPECT_TRUE(modules.retry("above"));
  EXPECT_FALSE(modules.retry("nobody"));
  EXPECT_TRUE(modules.load("above"));
  EXPECT_THROW(modules.add("part", [] {}), brisk::Error);
  modules.close();
  EXPECT_THROW(modules.load("part"), brisk::Closed);
}

TEST(Modules, TellWhatTheyCost) {
  brisk::Runtime runtime;
  Modules modules(runtime);
  modules.add("slow", [] { std::this_thread::sleep_for(2ms); });
  modules.add("unused", [] {}, needs("slow"));
  EXPECT_TRUE(modules.load("slow"));
  const brisk::ModuleReport report = modules.report();
  ASSERT_EQ(report.size(), 2u);
  const brisk::ModuleInfo slow = report[0];
  EXPECT_EQ(slow.name, "slow");
  EXPECT_EQ(slow.kinds, "host");
  EXPECT_EQ(slow.dependents, "unused");
  EXPECT_EQ(slow.state, ModuleState::loaded);
  EXPECT_GE(slow.load_time, 2ms);
  EXPECT_EQ(slow.attempts, 1u);
  EXPECT_EQ(report[1].state, ModuleState::unloaded);
  EXPECT_NE(report.text().find("2 modules, 1 loaded"), std::string::npos);
  EXPECT_NE(report.json().find("\"name\": \"slow\""), std::string::npos);
  EXPECT_THROW(report[2], brisk::InvalidArgument);
}

TEST(Modules, GiveSymbolsOfLibraries) {
  std::string folder = (std::filesystem::temp_directory_path() / "brisk-cpp-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/math.module") << "library = libm.so.6\n";
  std::filesystem::permissions(folder + "/math.module", std::filesystem::perms(0644));
  Modules modules;
  EXPECT_EQ(modules.scan(folder), 1u);
  auto *const cosine = modules.symbol<double(double)>("math", "cos");
  EXPECT_EQ(cosine(0), 1);
  EXPECT_THROW(modules.symbol<int>("math", "nothing"), brisk::InvalidArgument);
  std::filesystem::remove_all(folder);
  EXPECT_THROW(modules.scan(folder), brisk::InvalidArgument);
}

TEST(Modules, LoadInTheBackground) {
  Modules modules;
  for (int i = 0; i < 3; ++i) modules.add("part" + std::to_string(i), [] {});
  modules.preload();
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (modules.state("part2") != ModuleState::loaded && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(modules.state("part2"), ModuleState::loaded);
}

TEST(Modules, MayBeEager) {
  brisk::ModulesOptions options;
  options.eager = true;
  options.load_timeout = 5s;
  Modules modules(options);
  int loads = 0;
  modules.add("part", [&] { ++loads; });
  EXPECT_EQ(loads, 1);
  EXPECT_THROW(modules.add("bad", [] { throw std::runtime_error("bad"); }), brisk::LoadFailed);
}

}  // namespace
