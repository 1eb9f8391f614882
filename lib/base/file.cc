#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace brisk {
namespace {

[[noreturn]] void fail_with(int number) { fail(BRISK_INVALID, "%s", error_text(number).c_str()); }

// 0, or the number of the error.
int write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t put = write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

std::string error_text(int number) {
  char text[256];
  return strerror_r(number, text, sizeof text);
}

File::~File() {
  if (fd_ >= 0) close(fd_);
}

// Not to wait for the other end of a pipe of this name.
int File::open_at(int folder, const char *name) noexcept {
  return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

struct stat File::about() const {
  struct stat about{};
  if (fstat(fd_, &about) != 0) fail_with(errno);
  if (!S_ISREG(about.st_mode)) fail(BRISK_INVALID, "it is no regular file");
  return about;
}

std::string File::read(const struct stat &about, size_t limit) const {
  // One byte more than the limit tells a file that is larger.
  std::string bytes(std::min<size_t>(static_cast<size_t>(about.st_size), limit) + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(fd_, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_with(errno);
    size += static_cast<size_t>(got);
    if (got == 0 || size == static_cast<size_t>(about.st_size)) break;
  }
  if (size > limit) fail(BRISK_INVALID, "it is larger than the %zu bytes that it may have", limit);
  bytes.resize(size);
  return bytes;
}

void replace_file(const std::string &path, std::string_view bytes) {
  std::string beside = path + ".XXXXXX";
  const int fd = mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) fail_with(errno);
  int problem;
  {
    const File file(fd);
    problem = write_all(fd, bytes);
  }
  if (problem == 0 && std::rename(beside.c_str(), path.c_str()) != 0) problem = errno;
  if (problem == 0) return;
  unlink(beside.c_str());
  fail_with(problem);
}

}  // namespace brisk
