#include "modules/library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "base/error.h"
#include "base/memory.h"
#include "modules/search.h"

namespace brisk::modules {
namespace {

void *open_path(const std::string &path, std::string *why) {
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) {
    const char *reason = dlerror();
    *why = reason != nullptr ? reason : "it cannot be opened";
  }
  return handle;
}

std::string path_of(void *handle, const std::string &asked) {
  const link_map *map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr && *map->l_name != '\0')
    return map->l_name;
  return asked;
}

}  // namespace

Library open_library(const std::string &name, const std::string &folder, Row *row) {
  const bool bare = name.find('/') == std::string::npos;
  const std::string beside = name.front() == '/' ? name : folder + "/" + name;
  std::string tried;
  const auto note = [&](const std::string &path, const std::string &why) {
    tried += (tried.empty() ? "tried " : "; tried ") + path + ": " + why;
  };
  try {
    check_trusted(beside, row != nullptr ? &row->trusted : nullptr);
    std::string why;
    if (void *handle = open_path(beside, &why)) return {handle, path_of(handle, beside)};
    note(beside, why);
  } catch (const Failure &failure) {
    note(beside, failure.message());
  }
  // What is there and is not taken is a reason to stop, not to look elsewhere.
  struct stat there{};
  if (bare && lstat(beside.c_str(), &there) != 0) {
    std::string why;
    if (void *handle = open_path(name, &why)) return {handle, path_of(handle, name)};
    note("the libraries of the system", why);
  }
  throw Failure(BRISK_LOAD_FAILED, tried);
}

void *symbol_of(const Library &library, const char *symbol) noexcept {
  return dlsym(library.handle, symbol);
}

uint64_t resident_bytes() noexcept {
  char text[128];
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = '\0';
  unsigned long all = 0;
  unsigned long resident = 0;
  if (std::sscanf(text, "%lu %lu", &all, &resident) != 2) return 0;
  return uint64_t{resident} * memory::page_size;
}

}  // namespace brisk::modules
