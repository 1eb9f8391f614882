// Native modules through the C interface: libraries, drivers that come up, and drivers that do not.
#include <dlfcn.h>

#include "modules.h"

namespace brisk_test {
namespace {

class Native : public testing::Test {
 protected:
  // The failure of a driver of this name.
  Result fails(const std::string &name, const std::string &kinds, const std::string &more = "") {
    folder_.driver(name, kinds, more);
    scan(modules_, folder_);
    const Result failed = load(modules_, name);
    EXPECT_EQ(failed, BRISK_LOAD_FAILED);
    EXPECT_EQ(told(modules_, name, BRISK_MODULE_TEXT_REASON), failed.message);
    return failed;
  }

  const Folder folder_;
  const Modules modules_ = new_modules();
};

TEST_F(Native, GiveTheirSymbols) {
  folder_.driver("plain", "");
  scan(modules_, folder_);
  uint64_t address = 77;
  ASSERT_EQ(symbol(modules_, "plain", "plain_add", &address), BRISK_OK);
  const auto add = reinterpret_cast<int (*)(int, int)>(static_cast<uintptr_t>(address));
  EXPECT_EQ(add(2, 3), 5);
  EXPECT_EQ(state(modules_, "plain"), BRISK_MODULE_STATE_LOADED);
  EXPECT_EQ(told(modules_, "plain", BRISK_MODULE_TEXT_LIBRARY), drivers + "/plain.so");

  const Result missing = symbol(modules_, "plain", "plain_subtract", &address);
  EXPECT_EQ(missing, BRISK_INVALID);
  EXPECT_EQ(address, 0u);
  EXPECT_TRUE(missing.says("plain.so has no symbol \"plain_subtract\"")) << missing;
  Part part;
  part.add(modules_, "part");
  EXPECT_TRUE(symbol(modules_, "part", "x", &address).says("given by a callback"));
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "plain_add"), nullptr) << "seen by nobody else";
}

TEST_F(Native, AreOpenedBesideTheirManifest) {
  std::filesystem::copy(drivers + "/plain.so", folder_ / "plain.so");
  folder_.manifest("plain", "");
  mkdir((folder_ / "below").c_str(), 0700);
  std::filesystem::copy(drivers + "/plain.so", folder_ / "below/other.so");
  folder_.manifest("other", "library = below/other.so");
  scan(modules_, folder_);
  EXPECT_EQ(load(modules_, "plain"), BRISK_OK);
  EXPECT_EQ(load(modules_, "other"), BRISK_OK);
  EXPECT_EQ(told(modules_, "other", BRISK_MODULE_TEXT_LIBRARY), folder_ / "below/other.so");
}

TEST_F(Native, OfTheSystemAreFoundByName) {
  folder_.manifest("math", "library = libm.so.6");
  scan(modules_, folder_);
  uint64_t address = 0;
  ASSERT_EQ(symbol(modules_, "math", "cos", &address), BRISK_OK);
  EXPECT_EQ(reinterpret_cast<double (*)(double)>(static_cast<uintptr_t>(address))(0), 1);
}

TEST_F(Native, StayLoaded) {
  const std::string trace = folder_ / "trace";
  std::filesystem::copy(drivers + "/plain.so", folder_ / "plain.so");
  folder_.manifest("plain", "");
  ASSERT_EQ(setenv("BRISK_TEST_TRACE", trace.c_str(), 1), 0);
  int (*add)(int, int) = nullptr;
  {
    const Modules modules = new_modules();
    scan(modules, folder_);
    EXPECT_FALSE(std::filesystem::exists(trace)) << "scanning runs nothing";
    uint64_t address = 0;
    ASSERT_EQ(symbol(modules, "plain", "plain_add", &address), BRISK_OK);
    add = reinterpret_cast<int (*)(int, int)>(static_cast<uintptr_t>(address));
  }
  EXPECT_EQ(add(1, 1), 2);
  scan(modules_, folder_);
  EXPECT_EQ(load(modules_, "plain"), BRISK_OK);
  EXPECT_EQ(std::filesystem::file_size(trace), 1u) << "opened once for the process";
  unsetenv("BRISK_TEST_TRACE");
}

TEST_F(Native, TellEveryPathThatWasTried) {
  folder_.manifest("gone", "library = libbrisk-gone.so");
  folder_.manifest("far", "library = below/libfar.so");
  folder_.write("text.so", "no library\n");
  folder_.manifest("text", "");
  scan(modules_, folder_);
  const Result gone = load(modules_, "gone");
  EXPECT_EQ(gone, BRISK_LOAD_FAILED);
  EXPECT_TRUE(gone.says("tried " + folder_ / "libbrisk-gone.so")) << gone;
  EXPECT_TRUE(gone.says("; tried the libraries of the system: ")) << gone;
  const Result far = load(modules_, "far");
  EXPECT_TRUE(far.says("tried " + folder_ / "below/libfar.so" + ": No such file")) << far;
  EXPECT_FALSE(far.says("of the system")) << far;
  const Result text = load(modules_, "text");
  EXPECT_TRUE(text.says(folder_ / "text.so")) << text;
  EXPECT_TRUE(text.says("file too short") || text.says("invalid ELF header")) << text;
}

TEST_F(Native, ThatEveryoneMayWriteAreRefused) {
  std::filesystem::copy(drivers + "/plain.so", folder_ / "open.so");
  ASSERT_EQ(chmod((folder_ / "open.so").c_str(), 0777), 0);
  folder_.manifest("open", "");
  ASSERT_EQ(mkdir((folder_ / "public").c_str(), 0700), 0);
  std::filesystem::copy(drivers + "/plain.so", folder_ / "public/other.so");
  ASSERT_EQ(chmod((folder_ / "public").c_str(), 0777), 0);
  folder_.manifest("other", "library = public/other.so");
  std::filesystem::create_symlink("loop.so", folder_ / "loop.so");
  folder_.manifest("loop", "");
  scan(modules_, folder_);
  EXPECT_TRUE(load(modules_, "open").says("everyone may write to it"));
  EXPECT_TRUE(load(modules_, "other").says("everyone may replace what is in"));
  const Result loop = load(modules_, "loop");
  EXPECT_TRUE(loop.says("Too many levels of symbolic links")) << loop;
  EXPECT_FALSE(loop.says("of the system")) << loop;
}

// A crew does not look again at a folder that it has just found trusted.
TEST_F(Native, ThatEveryoneMayWriteAreRefusedAmongOthers) {
  ASSERT_EQ(mkdir((folder_ / "public").c_str(), 0700), 0);
  for (const char *name : {"a", "c", "e", "open", "public/other"})
    std::filesystem::copy(drivers + "/plain.so", folder_ / (std::string(name) + ".so"));
  std::filesystem::create_symlink("public/other.so", folder_ / "b.so");
  for (const char *path : {"open.so", "public"})
    ASSERT_EQ(chmod((folder_ / path).c_str(), 0777), 0);
  folder_.manifest("d", "library = open.so");
  folder_.manifest("f", "library = public/other.so");
  for (const char *name : {"a", "b", "c", "e"}) folder_.manifest(name, "");
  scan(modules_, folder_);
  const Result failed = load_all(modules_, 1);
  EXPECT_TRUE(failed.says("3 modules failed; ")) << failed;
  EXPECT_TRUE(failed.says("module b: tried " + folder_ / "b.so" + ": everyone may replace"))
      << failed;
  EXPECT_TRUE(failed.says(folder_ / "open.so" + ": everyone may write to it")) << failed;
  EXPECT_TRUE(failed.says("module f: tried " + folder_ / "public/other.so" + ": everyone may"))
      << failed;
}

TEST_F(Native, DriversComeUp) {
  folder_.driver("connection", "connection", "schemes = count");
  folder_.driver("old", "connection");
  folder_.driver("reader", "reader");
  scan(modules_, folder_);
  EXPECT_EQ(load_all(modules_), BRISK_OK);
  EXPECT_EQ(told(modules_, "connection", BRISK_MODULE_TEXT_VERSION), "2.5");
  EXPECT_EQ(told(modules_, "old", BRISK_MODULE_TEXT_VERSION), "1.0");
  EXPECT_TRUE(eventually([&] {
    return told(modules_, "reader", BRISK_MODULE_TEXT_LOG) == "debug: task of reader\n";
  }));
}

TEST_F(Native, DriversWithoutRequiredFunctionsAreTold) {
  EXPECT_TRUE(
      fails("missing", "connection")
          .says("lacks required functions: connection_driver.open, connection_driver.reset"));
}

TEST_F(Native, DriversThatFailAreTold) {
  EXPECT_TRUE(
      fails("failing", "reader")
          .says("brisk_driver_init failed with BRISK_INVALID: there is no license; buy one"));
  EXPECT_EQ(told(modules_, "failing", BRISK_MODULE_TEXT_LOG),
            "warning: there is no license; buy one\n");
  EXPECT_TRUE(fails("throwing", "reader").says("brisk_driver_init threw: out of paper"));
}

TEST_F(Native, DriversAreTriedAgain) {
  EXPECT_EQ(fails("slow", "reader", "abi_max = 0.9"), BRISK_LOAD_FAILED);
  folder_.driver("slow", "reader");
  EXPECT_EQ(load(modules_, "slow"), BRISK_LOAD_FAILED);
  EXPECT_EQ(retry(modules_, "slow"), BRISK_OK) << "reads the manifest anew";
  EXPECT_EQ(load(modules_, "slow"), BRISK_OK);
  EXPECT_EQ(told(modules_, "slow", BRISK_MODULE_TEXT_REASON), "");
}

TEST_F(Native, DriversOfAnotherVersionAreTold) {
  EXPECT_TRUE(fails("wrong_version", "reader").says("speaks none of the versions 1.1, 1.0"));
  EXPECT_TRUE(fails("connection", "connection", "abi_min = 9.0\nabi_max = 9.4")
                  .says("made for versions 9.0 to 9.4 of the driver interface, and this brisk has "
                        "1.0 to 1.1"));
  EXPECT_EQ(told(modules_, "connection", BRISK_MODULE_TEXT_LIBRARY), "") << "nothing was opened";
}

TEST_F(Native, OtherLibrariesAreNoDrivers) {
  folder_.manifest("math", "library = libm.so.6\nkinds = reader");
  scan(modules_, folder_);
  const Result failed = load(modules_, "math");
  EXPECT_EQ(failed, BRISK_LOAD_FAILED);
  EXPECT_TRUE(failed.says("exports no brisk_driver_init, so it is no driver")) << failed;
  EXPECT_TRUE(fails("slow", "connection").says("its manifest says connection"));
}

}  // namespace
}  // namespace brisk_test
