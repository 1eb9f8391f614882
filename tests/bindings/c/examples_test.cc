// The examples for C and C++, run as a user would run them, and their READMEs, which show them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Ran {
  int code = -1;
  std::string output;  // of both streams
};

// Runs one of the programs that the environment names, with more set in its own ("NAME=VALUE ").
Ran run(const char *program, const std::string &arguments = "",
        const std::string &environment = "") {
  const char *path = std::getenv(program);
  EXPECT_NE(path, nullptr) << program << " is not set; meson test sets it";
  if (path == nullptr) return {};
  const std::string command = "{ " + environment + "'" + path + "' " + arguments + "; } 2>&1";
  FILE *pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return {};
  Ran ran;
  char part[4096];
  for (size_t size; (size = std::fread(part, 1, sizeof part, pipe)) != 0;) {
    ran.output.append(part, size);
  }
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string text_of(const fs::path &path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

// A figure of the demo's table: the first column after its name.
std::string figure(const std::string &output, const std::string &name) {
  constexpr size_t kName = 16;
  constexpr size_t kFigure = 12;
  std::string label = "\n  " + name;
  label.resize(3 + kName, ' ');
  const size_t at = output.find(label);
  if (at == std::string::npos) return "no " + name;
  const std::string column = output.substr(at + label.size(), 1 + kFigure);
  return column.substr(std::min(column.find_first_not_of(' '), column.size()));
}

// A folder with some files, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "brisk-demo-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  ~Folder() { fs::remove_all(path); }

  void write(const std::string &name, const std::string &content) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << content;
  }
  // Files of some 32 KB, which shrink to a third.
  void fill(int count) const {
    std::mt19937 random(1);
    for (int i = 0; i < count; ++i) {
      std::string content;
      for (int word = 0; word < 2000; ++word) content += std::to_string(random()) + " word ";
      write("folder " + std::to_string(i % 7) + "/" + std::to_string(i) + ".txt", content);
    }
  }

  fs::path path;
};

std::string quoted(const fs::path &path) { return std::string("'") + path.string() + "'"; }

TEST(CHello, SaysHello) {
  const Ran hello = run("C_HELLO");
  EXPECT_EQ(hello.code, 0);
  EXPECT_EQ(hello.output, "hello, world\nentries: 1, hit ratio: 1.00\n");
}

TEST(CLoad, LoadsOnce) {
  const Ran load = run("C_LOAD");
  EXPECT_EQ(load.code, 0);
  EXPECT_EQ(load.output,
            "8 of 8 callers got \"all about Lisbon\", made by 1 load\n"
            "nowhere: BRISK_LOAD_FAILED: there is no such place\n");
}

TEST(CppHello, SaysHello) {
  const Ran hello = run("CPP_HELLO");
  EXPECT_EQ(hello.code, 0);
  EXPECT_EQ(hello.output, "hello, Ada\npage:7, made to order\n2 entries, hit ratio 0.5\n");
}

// Runs the demo for a time; for ten times as long where this figure stays 0, since the machine
// paused.
Ran run_until(const char *name, double seconds, const std::string &arguments) {
  Ran demo;
  for (const double factor : {1, 10}) {
    demo = run("C_DEMO", "--seconds " + std::to_string(factor * seconds) + " " + arguments);
    if (figure(demo.output, name) != "0") break;
  }
  return demo;
}

TEST(Demo, ServesAFolder) {
  Folder folder;
  folder.fill(500);
  folder.write("empty.txt", "");
  folder.write("large.bin", std::string(5 << 20, 'x'));
  fs::create_symlink(folder.path / "nowhere", folder.path / "link");
  const Ran demo = run_until("evicted", 1.5, "--budget=4MiB " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0);
  EXPECT_EQ(figure(demo.output, "files"), "500");
  EXPECT_TRUE(contains(demo.output, "; left out: 1 too large, 0 unreadable\n"));
  EXPECT_EQ(figure(demo.output, "budget"), "4.0 MiB");
  EXPECT_GT(std::stod(figure(demo.output, "compression")), 1.2);
  EXPECT_GT(std::stod(figure(demo.output, "hit ratio")), 5);
  EXPECT_NE(figure(demo.output, "loads"), "0");
  EXPECT_NE(figure(demo.output, "evicted"), "0");
  EXPECT_NE(figure(demo.output, "compared"), "0");
  EXPECT_TRUE(contains(demo.output, " 0 differ from the file\n"));
  EXPECT_FALSE(contains(demo.output, "\r")) << "a bar where there is no terminal";
  if (HasFailure()) std::puts(demo.output.c_str());
}

TEST(Demo, LetsFilesExpire) {
  Folder folder;
  folder.fill(50);
  const Ran demo = run_until("expired", 2.2, "--budget 16MiB " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_EQ(figure(demo.output, "evicted"), "0") << demo.output;
  EXPECT_NE(figure(demo.output, "expired"), "0") << demo.output;
}

TEST(Demo, SurvivesFilesThatAreNotThere) {
  Ran demo;
  // Longer where the demo had not begun, or had ended, when its files went.
  for (const int factor : {1, 10}) {
    Folder folder;
    folder.fill(20);
    const std::string path = quoted(folder.path);
    demo = run("C_DEMO", "--seconds " + std::to_string(1.5 * factor) + " " + path + " & sleep " +
                             std::to_string(0.5 * factor) + "; rm " + path + "/*/*.txt; wait $!");
    if (demo.code == 0 && figure(demo.output, "failed loads") != "0") break;
  }
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_GT(std::stoi(figure(demo.output, "failed loads")), 0) << demo.output;
  EXPECT_TRUE(contains(demo.output, "No such file or directory")) << demo.output;
}

TEST(Demo, TakesNoMoreFilesThanAsked) {
  Folder folder;
  folder.fill(20);
  const Ran demo = run("C_DEMO", "--files 7 --seconds 0.1 " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_EQ(figure(demo.output, "files"), "7");
}

TEST(Demo, ExplainsItself) {
  const Ran help = run("C_DEMO", "--help");
  EXPECT_EQ(help.code, 0);
  for (const char *word : {"usage:", "--budget", "--seconds", "--files", "FOLDER"}) {
    EXPECT_TRUE(contains(help.output, word)) << word;
  }
}

TEST(Demo, NamesWhatItCannotDo) {
  Folder empty;
  const std::pair<std::string, std::string> mistakes[] = {
      {"/no/such/folder", "\"/no/such/folder\": No such file or directory; name folders"},
      {quoted(empty.path), "no file to read was found below"},
      {"--budget lots", "--budget: "},
      {"--budget", "--budget: "},
      {"--budget 7 " + quoted(fs::path(BRISK_SOURCE_ROOT) / "include"), "cannot make the cache: "},
      {"--seconds -1", "--seconds: \"-1\" is not a number"},
      {"--seconds nan", "--seconds: \"nan\" is not a number"},
      {"--files 1x", "--files: \"1x\" is not a number"},
      {"--sekonds 1", "there is no option --sekonds"},
  };
  for (const auto &[arguments, message] : mistakes) {
    const Ran demo = run("C_DEMO", arguments);
    EXPECT_EQ(demo.code, 2) << arguments;
    EXPECT_EQ(demo.output.rfind("demo: ", 0), 0u) << demo.output;
    EXPECT_TRUE(contains(demo.output, message)) << demo.output;
  }
}

// Whole numbers in the line of a text that has this part, in their order.
std::vector<int> numbers_beside(const std::string &text, const std::string &part) {
  const size_t at = text.find(part);
  if (at == std::string::npos) return {};
  const size_t begin = text.rfind('\n', at) + 1;
  std::string line = text.substr(begin, text.find('\n', at) - begin);
  std::replace_if(line.begin(), line.end(), [](unsigned char c) { return !std::isdigit(c); }, ' ');
  std::istringstream words(line);
  return {std::istream_iterator<int>(words), {}};
}

TEST(DemoModules, CostNothingUntilUsed) {
  Folder folder;
  // Eager is for the hosts that are compared, whatever the environment says.
  const Ran demo = run("C_DEMO_MODULES", "", "BRISK_EAGER=1 TMPDIR=" + quoted(folder.path) + " ");
  EXPECT_EQ(demo.code, 0);
  const std::vector<int> here = numbers_beside(demo.output, " well-known libraries are here");
  const std::vector<int> loaded = numbers_beside(demo.output, " loaded, 0 failed, ");
  const std::vector<int> mapped = numbers_beside(demo.output, "  libraries mapped   ");
  ASSERT_TRUE(here.size() >= 2 && loaded.size() == 5 && mapped.size() == 2) << demo.output;
  const int all = here[here.size() - 2];  // after the version
  EXPECT_GE(all, 10);
  EXPECT_EQ(loaded[0], all);
  EXPECT_EQ(loaded[1], all);
  const std::string unchanged = "; " + std::to_string(mapped[0]) +
                                " libraries were mapped before, and " + std::to_string(mapped[0]) +
                                " are now\n";
  EXPECT_TRUE(contains(demo.output, unchanged)) << unchanged;
  EXPECT_TRUE(contains(demo.output, "\n  " + std::to_string(all) + " modules in "));
  EXPECT_GE(mapped[1], mapped[0] + all);
  EXPECT_TRUE(contains(demo.output, "\n  sqlite     libsqlite3.so.0        3."));
  EXPECT_TRUE(fs::is_empty(folder.path)) << "something is left behind";
  if (HasFailure()) std::puts(demo.output.c_str());
}

TEST(DemoModules, NamesWhatItCannotDo) {
  Folder folder;
  Folder broken;
  broken.write("libjansson.so.4", "no library");
  const std::string temporary = "TMPDIR=" + quoted(folder.path) + " ";
  const struct {
    std::string arguments, environment;
    int code;
    std::string message;
  } mistakes[] = {
      {"--help", "", 0, "usage: demo-modules"},
      {"--quick", "", 2, "there is no option --quick"},
      {"--start /no/such/folder", "", 1, "/no/such/folder is not scanned: No such file"},
      {"", "TMPDIR=/no/such/folder ", 2, "cannot make a folder in \"/no/such/folder\": No such"},
      {"",
       temporary + "LD_LIBRARY_PATH=" + quoted(broken.path) +
           "\"${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\" ",
       1, "module json: tried " + (broken.path / "libjansson.so.4").string() + ": "},
  };
  for (const auto &[arguments, environment, code, message] : mistakes) {
    const Ran demo = run("C_DEMO_MODULES", arguments, environment);
    EXPECT_EQ(demo.code, code) << demo.output;
    EXPECT_TRUE(contains(demo.output, message)) << demo.output;
  }
  EXPECT_TRUE(fs::is_empty(folder.path)) << "something is left behind";
}

// A README that shows an example shows what is run above, to the letter.
TEST(Readme, ShowsTheExamples) {
  const fs::path bindings = fs::path(BRISK_SOURCE_ROOT) / "bindings";
  const auto shows = [&](const char *readme, const char *language, const char *example) {
    return contains(text_of(bindings / readme),
                    std::string("```") + language + "\n" + text_of(bindings / example) + "```\n");
  };
  EXPECT_TRUE(shows("c/README.md", "c", "c/examples/hello.c"));
  EXPECT_TRUE(shows("cpp/README.md", "cpp", "cpp/examples/hello.cc"));
}

}  // namespace
