// Where modules are looked for: folders, the manifests in them, and who may have written there.
//
// What is loaded runs with all rights of the host, so nothing is taken that everyone may change: a
// folder to scan, a manifest or a library that everyone may write to is refused, and so is a
// library below a folder in which everyone may rename. Reading a folder costs four system calls a
// manifest.
#pragma once

#include <string>
#include <vector>

namespace brisk::modules {

// One manifest as it was read. Where it could not be, `problem` says why and `text` is empty.
struct Found {
  std::string path;
  std::string stem;
  std::string text;
  std::string problem;
};

// The manifests of a folder, by name. Throws Failure (INVALID) when the folder cannot be read or
// trusted.
std::vector<Found> read_folder(const std::string &folder);

// Reads one manifest again.
Found read_manifest(const std::string &path);

// The folders that are scanned where no folder is named, most important first.
std::vector<std::string> search_path();

// Throws Failure (INVALID) unless only the owners of a file could have written it. `folder`, where
// it is not null, is one that was found trusted just now, or empty: its files need no walk to the
// root. The folder of this file stands there afterwards, when no link led to it.
void check_trusted(const std::string &path, std::string *folder);

}  // namespace brisk::modules
