// Finding modules: what manifests say, what is refused, and that nothing is opened.
#include "modules.h"

namespace brisk_test {
namespace {

TEST(Discovery, KnowsWhatManifestsSay) {
  const Folder folder;
  folder.manifest("brisk_hdf5", R"(# a comment
name = hdf5
version = 1.10
kinds = reader
schemes = h5, hdf5
dependencies = zlib szip
abi_min = 1.0
x_note = for others

)");
  folder.manifest("zlib", "");
  folder.write("notes.txt", "no manifest");
  const Modules modules = new_modules();
  EXPECT_EQ(scan(modules, folder), 2u);
  EXPECT_EQ(scan(modules, folder), 0u) << "known already";
  EXPECT_EQ(told(modules, "hdf5", BRISK_MODULE_TEXT_VERSION), "1.10");
  EXPECT_EQ(told(modules, "hdf5", BRISK_MODULE_TEXT_KINDS), "reader");
  EXPECT_EQ(told(modules, "hdf5", BRISK_MODULE_TEXT_SCHEMES), "h5 hdf5");
  EXPECT_EQ(told(modules, "hdf5", BRISK_MODULE_TEXT_DEPENDENCIES), "zlib szip");
  EXPECT_EQ(told(modules, "hdf5", BRISK_MODULE_TEXT_SOURCE), folder / "brisk_hdf5.module");
  EXPECT_EQ(told(modules, "zlib", BRISK_MODULE_TEXT_DEPENDENTS), "hdf5");
  EXPECT_EQ(told(modules, "zlib", BRISK_MODULE_TEXT_KINDS), "library");
  EXPECT_EQ(figures(modules, "zlib").dependents, 1u);
  EXPECT_EQ(state(modules, "hdf5"), BRISK_MODULE_STATE_UNLOADED);
}

// Each is a manifest and what the failure says of it.
TEST(Discovery, KeepsWhatIsWrongWithAManifest) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"kinds = teapot", "line 1: \"teapot\" is no kind of driver"},
      {"# fine\nversions = 1", "line 2: \"versions\" is no key"},
      {"no sign", "line 1: \"no sign\" is not of the form"},
      {"abi_min = one", "line 1: \"one\" is no version"},
      {"abi_min = 1.", "is no version"},
      {"abi_min = 1.70000", "is no version"},
      {"concurrency = some", "is no concurrency"},
      {"name = a/b", "is no name"},
      {"dependencies = a b/c", "is no name"},
      {"library =", "is no path of a library"},
      {std::string(65537, '#'), "larger than the 65536 bytes"},
  };
  for (const auto &[text, complaint] : wrong) {
    const Folder folder;
    folder.manifest("odd", text);
    folder.manifest("good", "");
    const Modules modules = new_modules();
    EXPECT_EQ(scan(modules, folder), 2u);
    EXPECT_EQ(state(modules, "odd"), BRISK_MODULE_STATE_FAILED);
    const Result failed = load(modules, "odd");
    EXPECT_EQ(failed, BRISK_LOAD_FAILED);
    EXPECT_TRUE(failed.says(complaint)) << failed;
    EXPECT_TRUE(failed.says(folder / "odd.module")) << failed;
    EXPECT_EQ(state(modules, "good"), BRISK_MODULE_STATE_UNLOADED);
  }
}

TEST(Discovery, TakesNothingThatEveryoneMayWrite) {
  const Folder folder;
  folder.manifest("open", "");
  ASSERT_EQ(chmod((folder / "open.module").c_str(), 0666), 0);
  const Modules modules = new_modules();
  EXPECT_EQ(scan(modules, folder), 1u);
  EXPECT_TRUE(load(modules, "open").says("everyone may write to it"));

  ASSERT_EQ(chmod(folder.path().c_str(), 0777), 0);
  uint64_t found = 77;
  const Result refused = scan(modules, folder.path(), &found);
  EXPECT_EQ(refused, BRISK_INVALID);
  EXPECT_TRUE(refused.says(folder.path())) << refused;
  EXPECT_TRUE(refused.says("everyone may write to it")) << refused;
  EXPECT_EQ(found, 0u);
}

TEST(Discovery, EndsInSymlinkLoops) {
  const Folder folder;
  std::filesystem::create_symlink("loop.module", folder / "loop.module");
  std::filesystem::create_symlink("loop", folder / "loop");
  const Modules modules = new_modules();
  EXPECT_EQ(scan(modules, folder), 1u);
  EXPECT_TRUE(load(modules, "loop").says("Too many levels of symbolic links"));
  uint64_t found = 0;
  const Result refused = scan(modules, folder / "loop", &found);
  EXPECT_EQ(refused, BRISK_INVALID);
  EXPECT_TRUE(refused.says("Too many levels of symbolic links")) << refused;
}

TEST(Discovery, ReadsFilesAlone) {
  const Folder folder;
  ASSERT_EQ(mkfifo((folder / "pipe.module").c_str(), 0600), 0);
  ASSERT_EQ(mkdir((folder / "folder.module").c_str(), 0700), 0);
  const Modules modules = new_modules();
  EXPECT_EQ(scan(modules, folder), 2u);
  EXPECT_TRUE(load(modules, "pipe").says("no regular file"));
  EXPECT_TRUE(load(modules, "folder").says("no regular file"));
  uint64_t found = 0;
  EXPECT_EQ(scan(modules, folder / "pipe.module", &found), BRISK_INVALID);
  EXPECT_EQ(scan(modules, folder / "nothing", &found), BRISK_INVALID);
  EXPECT_EQ(scan(modules, std::string("a\0b", 3), &found), BRISK_INVALID);
}

TEST(Discovery, LooksAlongTheSearchPath) {
  const Folder first;
  const Folder second;
  first.manifest("both", "version = 1");
  second.manifest("both", "version = 2");
  second.manifest("other", "");
  ASSERT_EQ(setenv("BRISK_MODULE_PATH",
                   (first.path() + "::" + first / "nothing" + ":" + second.path()).c_str(), 1),
            0);
  ASSERT_EQ(setenv("XDG_DATA_HOME", (first / "home").c_str(), 1), 0);
  const Modules modules = new_modules();
  uint64_t found = 0;
  EXPECT_EQ(scan(modules, std::string(), &found), BRISK_OK);
  EXPECT_EQ(found, 2u);
  EXPECT_EQ(told(modules, "both", BRISK_MODULE_TEXT_VERSION), "1") << "the first one counts";
  const Result unknown = load(modules, "unknown");
  EXPECT_EQ(unknown, BRISK_LOAD_FAILED);
  EXPECT_TRUE(unknown.says("there is no module \"unknown\"")) << unknown;
  EXPECT_TRUE(unknown.says(second.path())) << unknown;
  EXPECT_TRUE(unknown.says(first / "home/brisk/modules")) << unknown;
  unsetenv("BRISK_MODULE_PATH");
  unsetenv("XDG_DATA_HOME");
}

TEST(Discovery, SaysThatNothingWasScanned) {
  EXPECT_TRUE(load(new_modules(), "unknown").says("no folder was scanned"));
}

// strace sees every file that a program opens.
TEST(Discovery, OpensNoLibrary) {
  const Folder folder;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "plain" + std::to_string(i);
    std::filesystem::copy(drivers + "/plain.so", folder / (name + ".so"));
    folder.manifest(name, "");
  }
  const std::string trace = folder / "trace";
  const std::string traced = "strace -f -o " + trace + " -e trace=open,openat,openat2 ";
  ASSERT_EQ(std::system((traced + "true 2>/dev/null").c_str()), 0) << "strace is missing";
  const auto opened = [&](const std::string &more) {
    // The leak checker cannot look at a program that is looked at.
    const std::string env = "env ASAN_OPTIONS=detect_leaks=0 ";
    EXPECT_EQ(std::system((traced + env + BRISK_SCANNER " " + folder.path() + more).c_str()), 0);
    std::ifstream lines(trace);
    size_t libraries = 0;
    size_t manifests = 0;
    for (std::string line; std::getline(lines, line);) {
      libraries +=
          line.find("plain") != std::string::npos && line.find(".so\"") != std::string::npos;
      manifests +=
          line.find("plain") != std::string::npos && line.find(".module\"") != std::string::npos;
    }
    EXPECT_EQ(manifests, 20u);
    return libraries;
  };
  EXPECT_EQ(opened(""), 0u);
  EXPECT_EQ(opened(" plain7"), 1u) << "the one that is loaded is seen";
}

TEST(Discovery, ScansManyQuickly) {
  const Folder folder;
  for (int i = 0; i < 500; ++i) folder.manifest("module" + std::to_string(i), "version = 1\n");
  const Modules modules = new_modules();
  EXPECT_EQ(scan(modules, folder), 500u);
  EXPECT_EQ(brisk_module_report_count(report(modules)), 500u);
}

}  // namespace
}  // namespace brisk_test
