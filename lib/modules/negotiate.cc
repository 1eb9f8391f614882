// How brisk and a driver find a version that both speak, and what makes a table complete.
#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>

#include "base/error.h"
#include "modules/driver.h"
#include "modules/host.h"
#include "modules/manifest.h"

namespace brisk::modules {
namespace {

constexpr uint32_t versions[] = {BRISK_DRIVER_VERSION, BRISK_DRIVER_VERSION_1_0};
constexpr uint32_t table_max = 65536;

[[noreturn]] void refuse(const Library &library, const std::string &why) {
  throw Failure(BRISK_LOAD_FAILED, library.path + ": " + why);
}

// Stands in for an optional function that a driver has not got.
template <class... Arguments>
brisk_status unsupported(Arguments... arguments) {
  brisk_error **error = std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...));
  constexpr char message[] = "the driver does not offer this";
  if (error != nullptr) *error = brisk_error::make(BRISK_UNSUPPORTED, message, sizeof message - 1);
  return BRISK_UNSUPPORTED;
}
template <class... Arguments>
void set_default(brisk_status (*&slot)(Arguments...)) {
  slot = unsupported<Arguments...>;
}
template <class... Arguments>
void set_default(void (*&)(Arguments...)) {}

// Calls visit(name, slot, since, optional) for each function of a table.
template <class Table, class Visit>
void each_slot(Table &table, Visit &&visit) {
#define BRISK_DRIVER_SLOT(owner, name, since, optional)                   \
  if constexpr (std::is_same_v<Table, brisk_##owner>) {                   \
    visit(#owner "." #name, table.name, uint32_t{since}, bool{optional}); \
  }
#include "modules/driver_slots.inc"
#undef BRISK_DRIVER_SLOT
}

// Takes what a driver filled in, as far as both sides know it; adds to `missing` what it owes.
template <class Table>
Table adopt(const Library &library, const Table *given, uint32_t version, std::string *missing) {
  Table table{};
  const uint32_t size = given->struct_size;
  if (size < 2 * sizeof(uint32_t) || size > table_max) {
    refuse(library, "a table of the driver has a struct_size of " + std::to_string(size) +
                        "; it must be the sizeof of the table");
  }
  std::memcpy(&table, given, std::min<size_t>(size, sizeof table));
  each_slot(table, [&](const char *name, auto &slot, uint32_t since, bool optional) {
    if (since > version) slot = nullptr;
    if (slot != nullptr) return;
    if (!optional && since <= version)
      *missing += (missing->empty() ? "" : ", ") + std::string(name);
    set_default(slot);
  });
  table.struct_size = sizeof table;
  return table;
}

struct Gates {
  std::mutex mutex;
  std::map<void *, std::unique_ptr<std::mutex>> of;  // by the library's handle
};

Gates &gates() {
  static Gates *const instance = [] {
    auto *made = new Gates;
    // In the child of a fork each gate is a new one: who is inside is a thread of the parent.
    pthread_atfork([] { gates().mutex.lock(); }, [] { gates().mutex.unlock(); },
                   [] {
                     for (auto &[library, gate] : gates().of) new (gate.get()) std::mutex;
                     gates().mutex.unlock();
                   });
    return made;
  }();
  return *instance;
}

std::mutex *gate_of(const Library &library) {
  std::lock_guard lock(gates().mutex);
  auto &gate = gates().of[library.handle];
  if (gate == nullptr) gate = std::make_unique<std::mutex>();
  return gate.get();
}

using Init = decltype(&brisk_driver_init);

// One try: false when the driver does not know this version.
bool ask(const Library &library, Init init, uint32_t version, const Host &host,
         brisk_driver *driver) {
  *driver = BRISK_DRIVER_INIT;
  brisk_error *error = nullptr;
  brisk_status status = BRISK_OK;
  try {
    status = init(version, host.table(), driver, &error);
  } catch (const std::exception &exception) {
    refuse(library, std::string("brisk_driver_init threw: ") + exception.what());
  } catch (...) {
    refuse(library, "brisk_driver_init threw an exception of unknown type");
  }
  std::string why = brisk_status_name(status);
  if (error != nullptr) why += std::string(": ") + brisk_error_message(error);
  brisk_error_unref(error);
  if (status == BRISK_UNSUPPORTED) return false;
  if (status != BRISK_OK) refuse(library, "brisk_driver_init failed with " + why);
  return true;
}

void check_kinds(const Library &library, const Manifest &manifest, const Driver &driver) {
  for (const std::string &kind : manifest.kinds) {
    if (kind == "connection" ? driver.has_connection : driver.has_reader) continue;
    refuse(library, "its manifest says " + kind + ", and the driver has no table for it");
  }
}

}  // namespace

Driver negotiate(const Library &library, const Manifest &manifest, const Host &host) {
  const auto init = reinterpret_cast<Init>(symbol_of(library, "brisk_driver_init"));
  if (init == nullptr) {
    refuse(library,
           "it exports no brisk_driver_init, so it is no driver; a manifest without kinds "
           "loads it as a plain library");
  }
  std::string tried;
  for (const uint32_t version : versions) {
    if (version > manifest.abi_max || version < manifest.abi_min) continue;
    tried += (tried.empty() ? "" : ", ") + version_text(version);
    brisk_driver given;
    if (!ask(library, init, version, host, &given)) continue;
    if (given.concurrency < BRISK_CONCURRENCY_ANY ||
        given.concurrency > BRISK_CONCURRENCY_SERIALIZED) {
      refuse(library, std::to_string(given.concurrency) + " is no brisk_concurrency");
    }
    Driver driver;
    std::string missing;
    driver.version = version;
    driver.name = given.name != nullptr ? given.name : manifest.name;
    driver.release = given.release != nullptr ? given.release : manifest.version;
    driver.concurrency = std::max(given.concurrency, manifest.concurrency);
    driver.has_connection = given.connection != nullptr;
    driver.has_reader = given.reader != nullptr;
    if (given.connection != nullptr)
      driver.connection = adopt(library, given.connection, version, &missing);
    if (given.reader != nullptr) driver.reader = adopt(library, given.reader, version, &missing);
    if (!missing.empty()) refuse(library, "the driver lacks required functions: " + missing);
    check_kinds(library, manifest, driver);
    if (driver.concurrency != BRISK_CONCURRENCY_ANY) driver.gate = gate_of(library);
    return driver;
  }
  refuse(library, "the driver speaks none of the versions " + tried + " of the driver interface");
}

}  // namespace brisk::modules
