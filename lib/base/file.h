// Small files: descriptors that close themselves, and a file read as a whole or written as one.
//
// Nothing here trusts a file: pipes and devices are refused without waiting for them, a size is
// checked before memory is taken. What is written appears under its name whole or not at all. Every
// problem is thrown as a Failure (INVALID) whose text says why and leaves the name of the file to
// the caller.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace brisk {

// What the system says about an error number.
std::string error_text(int number);

class File {
 public:
  explicit File(int fd) noexcept : fd_(fd) {}
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File();

  // Opens to read, below a folder or from where the process is (AT_FDCWD); check get() < 0.
  static int open_at(int folder, const char *name) noexcept;

  int get() const noexcept { return fd_; }
  struct stat about() const;  // of a regular file
  // The bytes of a file about which this was told; `limit` is how many there may be.
  std::string read(const struct stat &about, size_t limit) const;

 private:
  const int fd_;
};

// Replaces a file, or makes it, through a temporary one beside it that only its owner may read.
void replace_file(const std::string &path, std::string_view bytes);

}  // namespace brisk
