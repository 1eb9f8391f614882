// A shared object: opened with everything it needs, seen by nobody else, never closed.
#pragma once

#include <cstdint>
#include <string>

namespace brisk::modules {

struct Library {
  void *handle = nullptr;
  std::string path;  // as the system knows it

  explicit operator bool() const noexcept { return handle != nullptr; }
};

// What a load leaves to the next one on its thread, when that follows at once: a fifth of what a
// small library costs.
struct Row {
  uint64_t resident = 0;  // bytes of the process afterwards; 0 when not known
  std::string trusted;    // a folder that was found trusted; empty for none
};

// Opens the library that a manifest in `folder` names: beside the manifest, or, for a name without
// a folder that is not there, where the system looks for libraries. Throws Failure (LOAD_FAILED)
// with every path that was tried and why it would not do.
Library open_library(const std::string &name, const std::string &folder, Row *row = nullptr);

// The address of a symbol, null where there is none.
void *symbol_of(const Library &library, const char *symbol) noexcept;

// Bytes of memory that the process has now, as the system counts them; 0 where it does not tell.
uint64_t resident_bytes() noexcept;

}  // namespace brisk::modules
