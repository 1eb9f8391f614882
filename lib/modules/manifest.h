// A manifest: what a module says of itself in a text file, so that finding it opens no library.
//
//   # the reader of HDF5 files
//   version = 1.0
//   kinds = reader
//   schemes = h5 hdf5
//   abi_min = 1.0
//   abi_max = 1.1
//   dependencies = zlib
//   concurrency = serialized
//   library = brisk_hdf5.so
//
// Lines of "key = value", comments from "#" at the start of a line, lists separated by spaces or
// commas. Every key may be absent: the name and the library are then those of the file, and without
// a kind the module is a plain library of symbols. A key that is not known is an error, because it
// is a mistake in writing more often than a newer manifest; keys that begin with "x_" are for
// others and are passed over.
#pragma once

#include <brisk/driver.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace brisk::modules {

struct Manifest {
  static constexpr size_t bytes_max = 65536;
  static constexpr size_t name_max = 255;
  static constexpr size_t list_max = 256;

  std::string name;
  std::string version;
  std::vector<std::string> kinds;
  std::vector<std::string> schemes;
  std::vector<std::string> dependencies;
  std::string library;
  uint32_t abi_min = 0;
  uint32_t abi_max = UINT32_MAX;
  brisk_concurrency concurrency = BRISK_CONCURRENCY_ANY;

  bool is_driver() const noexcept { return !kinds.empty(); }
};

// Reads a manifest whose file is called `stem`.module. Throws Failure, which names the line.
Manifest parse_manifest(std::string_view text, std::string_view stem);

// Throws Failure (INVALID) unless it is a name: letters, digits, and any of "_-.".
void check_name(std::string_view name);

// The items of a list that spaces or commas separate.
std::vector<std::string> split_list(std::string_view text);

// Throws Failure (INVALID) when this brisk speaks no version of the driver interface that the
// manifest allows.
void check_versions(const Manifest &manifest);

// 65537 as "1.1".
std::string version_text(uint32_t version);

}  // namespace brisk::modules
