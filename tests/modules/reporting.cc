// Reports: figures, texts, a table and JSON, of one moment.
#include <sys/mman.h>

#include "modules.h"

namespace brisk_test {
namespace {

TEST(Reporting, TellsWhatModulesCost) {
  const Modules modules = new_modules();
  constexpr size_t size = 8 << 20;
  void *memory = MAP_FAILED;
  Part heavy([&] {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memset(memory, 'x', size);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return "";
  });
  Part unused;
  heavy.add(modules, "heavy");
  unused.add(modules, "unused", "heavy");
  EXPECT_EQ(load(modules, "heavy"), BRISK_OK);
  EXPECT_EQ(munmap(memory, size), 0);
  const brisk_module_figures cost = figures(modules, "heavy");
  EXPECT_EQ(cost.state, BRISK_MODULE_STATE_LOADED);
  EXPECT_GE(cost.load_ns, 5 * ms);
  EXPECT_LT(cost.load_ns, 10 * second);
  EXPECT_GE(cost.gained_bytes, uint64_t{6} << 20);
  EXPECT_EQ(cost.thread, static_cast<uint64_t>(gettid()));
  EXPECT_EQ(cost.attempts, 1u);
  EXPECT_EQ(cost.dependents, 1u);
  const brisk_module_figures none = figures(modules, "unused");
  EXPECT_EQ(none.load_ns + none.gained_bytes + none.thread + none.attempts, 0u);
}

TEST(Reporting, StaysAsItWas) {
  const Modules modules = new_modules();
  Part part;
  part.add(modules, "part");
  Report before = report(modules);
  EXPECT_EQ(load(modules, "part"), BRISK_OK);
  const Report kept(brisk_module_report_ref(before));
  before.reset();
  brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
  EXPECT_EQ(call(brisk_module_report_read, kept, size_t{0}, &figures), BRISK_OK);
  EXPECT_EQ(figures.state, BRISK_MODULE_STATE_UNLOADED);
}

TEST(Reporting, IsATableOrJson) {
  const Modules modules = new_modules();
  Part fast;
  Part slow([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return "";
  });
  Part broken([] { return "a \"quote\"\nand a line"; });
  fast.add(modules, "fast");
  slow.add(modules, "slow");
  broken.add(modules, "broken");
  load_all(modules);
  const Report now = report(modules);
  const std::string text = brisk_module_report_format(now, BRISK_REPORT_FORMAT_TEXT);
  // A machine that pauses may turn them around.
  const bool as_meant = figures(modules, "slow").load_ns > figures(modules, "fast").load_ns;
  EXPECT_EQ(text.find("slow") < text.find("fast"), as_meant) << text;
  EXPECT_NE(text.find("3 modules, 2 loaded, 1 failed"), std::string::npos) << text;
  EXPECT_NE(text.find("a \"quote\""), std::string::npos) << text;
  const std::string json = brisk_module_report_format(now, BRISK_REPORT_FORMAT_JSON);
  EXPECT_NE(json.find("\"name\": \"slow\""), std::string::npos) << json;
  EXPECT_NE(json.find("a \\\"quote\\\"\\u000aand a line"), std::string::npos) << json;
  EXPECT_NE(json.find("\"state\": \"failed\""), std::string::npos) << json;
}

TEST(Reporting, IsJsonWhateverItsTexts) {
  const Modules modules = new_modules();
  Part part([] {
    return "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xff\xc3 \xc0\x80 \xed\xa0\x80 \xf8 \xe2\x82";
  });
  part.add(modules, "part");
  load_all(modules);
  const std::string json = brisk_module_report_format(report(modules), BRISK_REPORT_FORMAT_JSON);
  EXPECT_NE(json.find("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \\ufffd\\ufffd "
                      "\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd \\ufffd \\ufffd\\ufffd\""),
            std::string::npos)
      << json;
}

TEST(Reporting, HasNoModulesBeyondItsEnd) {
  const Modules modules = new_modules();
  const Report empty = report(modules);
  brisk_module_figures figures = BRISK_MODULE_FIGURES_INIT;
  EXPECT_EQ(brisk_module_report_count(empty), 0u);
  EXPECT_EQ(call(brisk_module_report_read, empty, size_t{0}, &figures), BRISK_INVALID);
  EXPECT_STREQ(brisk_module_report_text(empty, 0, BRISK_MODULE_TEXT_NAME), "");
  EXPECT_STREQ(brisk_module_report_format(empty, BRISK_REPORT_FORMAT_JSON), "{\"modules\": []}\n");
  EXPECT_EQ(brisk_module_report_count(nullptr), 0u);
  EXPECT_STREQ(brisk_module_report_text(nullptr, 0, BRISK_MODULE_TEXT_NAME), "");
  EXPECT_STREQ(brisk_module_report_format(nullptr, BRISK_REPORT_FORMAT_TEXT), "");
  EXPECT_EQ(call(brisk_module_report_read, nullptr, size_t{0}, &figures), BRISK_INVALID);
  brisk_module_report_unref(nullptr);
  Part part;
  part.add(modules, "part");
  EXPECT_STREQ(brisk_module_report_text(report(modules), 0, 77), "");
  EXPECT_STREQ(brisk_module_report_text(report(modules), 0, -1), "");
}

}  // namespace
}  // namespace brisk_test
