// The examples for C and C++, run as a user would run them, and their READMEs, which show them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

struct Ran {
  int code = -1;
  std::string output;  // of both streams
};

// Runs one of the programs that the environment names.
Ran run(const char *program, const std::string &arguments = "") {
  const char *path = std::getenv(program);
  EXPECT_NE(path, nullptr) << program << " is not set; meson test sets it";
  if (path == nullptr) return {};
  const std::string command = "{ '" + std::string(path) + "' " + arguments + "; } 2>&1";
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

bool matches(const std::string &text, const std::string &pattern) {
  return std::regex_search(text, std::regex(pattern));
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
  // Files of words, more than a MiB of them.
  void fill(int count) const {
    for (int i = 0; i < count; ++i) {
      std::string content;
      for (int word = 0; word < 3000; ++word) content += std::to_string(i * word * 7919) + " word ";
      write("folder " + std::to_string(i % 7) + "/" + std::to_string(i) + ".txt", content);
    }
  }

  fs::path path;
};

std::string quoted(const fs::path &path) { return "'" + path.string() + "'"; }

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
  EXPECT_EQ(hello.output, "hello, Ada\nmade for page:7\n2 entries, hit ratio 0.5\n");
}

TEST(Demo, ServesAFolder) {
  Folder folder;
  folder.fill(150);
  folder.write("empty.txt", "");
  folder.write("large.bin", std::string(5 << 20, 'x'));
  fs::create_symlink(folder.path / "nowhere", folder.path / "link");
  const Ran demo = run("C_DEMO", "--seconds 1.5 --budget=1MiB " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_TRUE(matches(demo.output, R"(files +150   \d\.\d MiB; left out: 1 too large)"));
  EXPECT_TRUE(matches(demo.output, R"(budget +1\.0 MiB)"));
  EXPECT_TRUE(matches(demo.output, R"(compression +[1-9]\d*\.\d x)"));
  EXPECT_TRUE(matches(demo.output, R"(hit ratio +[1-9]\d?\.\d %)"));
  EXPECT_TRUE(matches(demo.output, R"(evicted +[1-9])"));
  EXPECT_TRUE(matches(demo.output, R"(compared +[\d,]+   0 differ from the file)"));
  EXPECT_FALSE(matches(demo.output, "\033|\r")) << "a bar where there is no terminal";
  if (HasFailure()) std::puts(demo.output.c_str());
}

TEST(Demo, LetsFilesExpire) {
  Folder folder;
  folder.fill(50);
  const Ran demo = run("C_DEMO", "--seconds 2.2 --budget 16MiB " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_TRUE(matches(demo.output, R"(evicted +0 )")) << demo.output;
  EXPECT_TRUE(matches(demo.output, R"(expired +[1-9])")) << demo.output;
}

TEST(Demo, SurvivesAFolderThatChanges) {
  Folder folder;
  folder.fill(20);
  const std::string walk_and_remove = "--seconds 1 " + quoted(folder.path) + " & sleep 0.3; rm " +
                                      quoted(folder.path) + "/*/1*.txt; wait $!";
  const Ran demo = run("C_DEMO", "--help >/dev/null; \"$C_DEMO\" " + walk_and_remove);
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_TRUE(matches(demo.output, "differ from the file"));
}

TEST(Demo, TakesNoMoreFilesThanAsked) {
  Folder folder;
  folder.fill(20);
  const Ran demo = run("C_DEMO", "--files 7 --seconds 0.1 " + quoted(folder.path));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_TRUE(matches(demo.output, R"(files +7 )"));
}

TEST(Demo, ExplainsItself) {
  const Ran help = run("C_DEMO", "--help");
  EXPECT_EQ(help.code, 0);
  for (const char *word : {"usage:", "--budget", "--seconds", "--files", "FOLDER"}) {
    EXPECT_NE(help.output.find(word), std::string::npos) << word;
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
    EXPECT_NE(demo.output.find(message), std::string::npos) << demo.output;
  }
}

// A README that shows an example shows what is run above, to the letter.
TEST(Readme, ShowsTheExamples) {
  const fs::path bindings = fs::path(BRISK_SOURCE_ROOT) / "bindings";
  const std::string c = text_of(bindings / "c/README.md");
  const std::string cpp = text_of(bindings / "cpp/README.md");
  EXPECT_NE(c.find("```c\n" + text_of(bindings / "c/examples/hello.c") + "```\n"),
            std::string::npos);
  EXPECT_NE(cpp.find("```cpp\n" + text_of(bindings / "cpp/examples/hello.cc") + "```\n"),
            std::string::npos);
}

}  // namespace
