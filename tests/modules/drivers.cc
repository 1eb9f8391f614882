// Drivers from inside: tables that are complete whatever the driver's version, errors and memory
// that are the host's, and the turns that threads take.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "../../bindings/c/examples/driver/arrow.h"
#include "base/error.h"
#include "modules/host.h"
#include "modules/modules.h"

namespace {

using brisk::Ref;
using brisk::Runtime;
using brisk::modules::Driver;
using brisk::modules::Modules;
using brisk::modules::Turn;

class Drivers : public testing::Test {
 protected:
  const Driver &load(const std::string &name, const std::string &kinds,
                     uint32_t newest = BRISK_DRIVER_VERSION) {
    brisk::modules::Manifest manifest;
    brisk::modules::Library library =
        brisk::modules::open_library(std::string(BRISK_DRIVERS "/") + name + ".so", "");
    manifest.name = name;
    manifest.kinds = {kinds};
    manifest.abi_max = newest;
    auto &host = brisk::modules::Host::make(runtime_);
    drivers_.push_back(std::make_unique<Driver>(negotiate(library, manifest, host)));
    library_ = library;
    return *drivers_.back();
  }

  const Ref<Runtime> runtime_ = Ref<Runtime>::adopt(new Runtime(false, 1 << 20));
  brisk::modules::Library library_;
  std::vector<std::unique_ptr<Driver>> drivers_;
};

std::string message(brisk_error *error) {
  const std::string text = brisk_error_message(error);
  brisk_error_unref(error);
  return text;
}

TEST_F(Drivers, HaveTheNewestVersionThatBothSpeak) {
  const Driver &today = load("connection", "connection");
  EXPECT_EQ(today.version, BRISK_DRIVER_VERSION);
  EXPECT_EQ(today.name, "connections");
  EXPECT_FALSE(today.has_reader);
  const Driver &old = load("old", "connection");
  EXPECT_EQ(old.version, BRISK_DRIVER_VERSION_1_0);
  void *connection = nullptr;
  EXPECT_EQ(old.connection.open("x", 1, 0, &connection, nullptr), BRISK_OK);
  EXPECT_EQ(old.connection.check(connection, 0, nullptr), BRISK_OK);
  brisk_error *error = nullptr;
  EXPECT_EQ(old.connection.execute(connection, "x", 1, 0, nullptr, &error), BRISK_UNSUPPORTED);
  EXPECT_EQ(message(error), "the driver does not offer this");
  EXPECT_EQ(old.connection.execute(connection, "x", 1, 0, nullptr, nullptr), BRISK_UNSUPPORTED);
  EXPECT_EQ(old.connection.open("", 0, 0, &connection, &error), BRISK_INVALID);
  EXPECT_EQ(message(error), "the target is empty");
}

TEST_F(Drivers, HaveNothingBeyondTheirTableOrTheirVersion) {
  for (const uint32_t newest : {BRISK_DRIVER_VERSION, BRISK_DRIVER_VERSION_1_0}) {
    const Driver &driver = load("mixed", "connection", newest);
    EXPECT_EQ(driver.version, newest);
    EXPECT_EQ(driver.connection.check(nullptr, 0, nullptr), BRISK_OK);
    EXPECT_EQ(driver.connection.execute(nullptr, "x", 1, 0, nullptr, nullptr), BRISK_UNSUPPORTED);
  }
}

TEST_F(Drivers, HaveTheErrorsOfTheHost) {
  const Driver &driver = load("connection", "connection");
  void *connection = nullptr;
  brisk_error *error = nullptr;
  EXPECT_EQ(driver.connection.open("nowhere:", 8, 0, &connection, &error), BRISK_LOAD_FAILED);
  EXPECT_EQ(brisk_error_status(error), BRISK_LOAD_FAILED);
  EXPECT_EQ(message(error), "nobody listens at nowhere:; name a server");
  EXPECT_EQ(driver.connection.open("nowhere:", 8, 0, &connection, nullptr), BRISK_LOAD_FAILED);
  int executed = 0;
  EXPECT_EQ(driver.connection.open("here", 4, 0, &connection, nullptr), BRISK_OK);
  EXPECT_EQ(driver.connection.execute(connection, "x", 1, 0, &executed, nullptr), BRISK_OK);
  EXPECT_EQ(executed, 1);
  driver.connection.close(connection);
}

TEST_F(Drivers, HaveTheMemoryOfTheBudget) {
  const Driver &driver = load("reader", "reader");
  while (runtime_->account().held() != 0) std::this_thread::yield();  // the task that it submitted
  std::vector<void *> open;
  void *reader = nullptr;
  while (driver.reader.open("x", 1, 0, nullptr, &reader, nullptr) == BRISK_OK)
    open.push_back(reader);
  EXPECT_GT(open.size(), 500u);
  EXPECT_LT(open.size(), 1100u);
  EXPECT_GT(runtime_->account().held(), uint64_t{1000} * open.size());
  for (void *each : open) driver.reader.close(each);
  EXPECT_EQ(runtime_->account().held(), 0u);
  EXPECT_EQ(driver.reader.seek(nullptr, 1, 0, nullptr), BRISK_UNSUPPORTED);
}

// The example of bindings/c/examples/driver.
TEST_F(Drivers, ReadInChunks) {
  const Driver &driver = load("numbers", "reader");
  ArrowSchema schema{};
  void *reader = nullptr;
  brisk_error *error = nullptr;
  for (const std::string target : {"", "numbers:", "numbers:ten", "numbers:-1", "numbers:10x"}) {
    EXPECT_EQ(driver.reader.open(target.data(), target.size(), 0, &schema, &reader, &error),
              BRISK_INVALID);
    EXPECT_NE(message(error).find("write numbers:1000"), std::string::npos);
  }
  ASSERT_EQ(driver.reader.open("numbers:70000", 13, 0, &schema, &reader, nullptr), BRISK_OK);
  EXPECT_STREQ(schema.format, "l");
  schema.release(&schema);
  ArrowArray chunk{};
  int64_t rows = 0;
  while (driver.reader.next_chunk(reader, 30000, 0, &chunk, nullptr) == BRISK_OK) {
    EXPECT_EQ(static_cast<const int64_t *>(chunk.buffers[1])[0], rows);
    rows += chunk.length;
    chunk.release(&chunk);
  }
  EXPECT_EQ(rows, 70000);
  EXPECT_EQ(driver.reader.seek(reader, 69999, 0, nullptr), BRISK_OK);
  EXPECT_EQ(driver.reader.next_chunk(reader, 0, 0, &chunk, nullptr), BRISK_OK);
  EXPECT_EQ(chunk.length, 1);
  driver.reader.close(reader);
  chunk.release(&chunk);  // it stays as long as its reader wants it
  EXPECT_EQ(runtime_->account().held(), 0u);
}

TEST_F(Drivers, TakeTurnsWhereTheySaySo) {
  const Driver &driver = load("serialized", "connection");
  const Driver &same = load("serialized", "connection");
  const auto &worst = *static_cast<std::atomic<int> *>(symbol_of(library_, "serialized_worst"));
  ASSERT_EQ(driver.concurrency, BRISK_CONCURRENCY_SERIALIZED);
  EXPECT_EQ(driver.gate, same.gate) << "one for the process";
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      std::mutex mine;
      for (int j = 0; j < 50; ++j) {
        const Turn turn(i % 2 == 0 ? driver : same, mine);
        EXPECT_EQ(driver.connection.check(nullptr, 0, nullptr), BRISK_OK);
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(worst.load(), 1);
}

TEST_F(Drivers, OfASetLiveAsLongAsIt) {
  const Ref<Modules> modules = Modules::make(runtime_, {});
  EXPECT_THROW(modules->driver("nobody", 0), brisk::Failure);
}

}  // namespace
