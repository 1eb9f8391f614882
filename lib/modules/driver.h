// A driver that came up: its tables, complete, and the turns that its threads take.
//
// The tables are copies of this brisk's size. What the driver's version has not got, or does not
// offer, is a function that answers BRISK_UNSUPPORTED, so that nobody who calls a driver tests for
// NULL. A driver of the class `serialized` has one gate in the whole process, shared by every set
// of modules that loaded it, because the state that it protects is.
#pragma once

#include <brisk/driver.h>

#include <mutex>
#include <string>

#include "modules/library.h"

namespace brisk::modules {

class Host;
struct Manifest;

struct Driver {
  std::string name;
  std::string release;
  uint32_t version = 0;  // of the interface, as negotiated
  brisk_concurrency concurrency = BRISK_CONCURRENCY_ANY;
  bool has_connection = false;
  bool has_reader = false;
  brisk_connection_driver connection{};
  brisk_reader_driver reader{};
  std::mutex *gate = nullptr;  // of a serialized driver
};

// Held around each call of a driver. `handle` is the mutex of the connection or reader.
class Turn {
 public:
  Turn(const Driver &driver, std::mutex &handle) {
    if (driver.concurrency == BRISK_CONCURRENCY_SERIALIZED) lock_ = std::unique_lock(*driver.gate);
    if (driver.concurrency == BRISK_CONCURRENCY_HANDLE) lock_ = std::unique_lock(handle);
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

// Asks a library for its driver, from the newest version of the interface to the oldest that the
// manifest allows. Throws Failure (LOAD_FAILED) that names what is missing or went wrong.
Driver negotiate(const Library &library, const Manifest &manifest, const Host &host);

}  // namespace brisk::modules
