#include "modules/search.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "modules/manifest.h"

namespace brisk::modules {
namespace {

constexpr std::string_view suffix = ".module";
constexpr size_t folder_max = 65536;  // manifests of one folder

using Path = std::unique_ptr<char, void (*)(void *)>;

constexpr const char *open_to_all = "everyone may write to it; chmod o-w, or move it";

Found read_at(int folder, const char *name, std::string path) {
  Found found;
  const size_t begin = path.rfind('/') + 1;
  found.stem = path.substr(begin, path.size() - begin - suffix.size());
  found.path = std::move(path);
  try {
    const File file(File::open_at(folder, name));
    if (file.get() < 0) fail(BRISK_INVALID, "%s", error_text(errno).c_str());
    const struct stat about = file.about();
    if ((about.st_mode & S_IWOTH) != 0) fail(BRISK_INVALID, "%s", open_to_all);
    found.text = file.read(about, Manifest::bytes_max);
  } catch (const Failure &failure) {
    found.problem = failure.message();
  }
  return found;
}

// The user's own folder, or nothing in a program that runs with the rights of another.
std::string user_folder() {
  if (const char *data = secure_getenv("XDG_DATA_HOME"); data != nullptr && *data == '/')
    return std::string(data) + "/brisk/modules";
  if (const char *home = secure_getenv("HOME"); home != nullptr && *home == '/')
    return std::string(home) + "/.local/share/brisk/modules";
  return "";
}

// Beside the library, wherever it was installed.
std::string installed_folder() {
  Dl_info info{};
  static const char here = 0;
  if (dladdr(&here, &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string library = info.dli_fname;
  const size_t end = library.rfind('/');
  return end == std::string::npos ? "" : library.substr(0, end) + "/brisk/modules";
}

}  // namespace

std::vector<Found> read_folder(const std::string &given) {
  const auto refuse = [&](const std::string &why) {
    throw Failure(BRISK_INVALID, "the folder " + given + " is not scanned: " + why);
  };
  // Absolute, so that a host may change its working directory between finding and loading.
  const Path real(realpath(given.c_str(), nullptr), std::free);
  if (real == nullptr) refuse(error_text(errno));
  const std::string folder = real.get();
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) refuse(error_text(errno));
  const std::unique_ptr<DIR, int (*)(DIR *)> entries(fdopendir(fd), closedir);
  if (entries == nullptr) {
    close(fd);
    refuse(error_text(errno));
  }
  struct stat about{};
  if (fstat(fd, &about) != 0) refuse(error_text(errno));
  if ((about.st_mode & S_IWOTH) != 0) refuse(open_to_all);
  std::vector<std::string> names;
  while (const dirent *entry = readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix)
      names.emplace_back(name);
    if (names.size() > folder_max)
      refuse("it has more than " + std::to_string(folder_max) + " manifests");
  }
  std::sort(names.begin(), names.end());
  std::vector<Found> found;
  found.reserve(names.size());
  for (const std::string &name : names)
    found.push_back(read_at(fd, name.c_str(), folder + "/" + name));
  return found;
}

Found read_manifest(const std::string &path) { return read_at(AT_FDCWD, path.c_str(), path); }

std::vector<std::string> search_path() {
  std::vector<std::string> folders;
  if (const char *given = secure_getenv("BRISK_MODULE_PATH"); given != nullptr) {
    std::string_view rest = given;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(':'), rest.size());
      if (end != 0) folders.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (std::string folder : {user_folder(), installed_folder()}) {
    if (!folder.empty()) folders.push_back(std::move(folder));
  }
  return folders;
}

void check_trusted(const std::string &path, std::string *folder) {
  const std::string above = path.substr(0, path.rfind('/'));
  struct stat about{};
  const auto check_file = [&about] {
    if (!S_ISREG(about.st_mode)) fail(BRISK_INVALID, "it is no regular file");
    if ((about.st_mode & S_IWOTH) != 0) fail(BRISK_INVALID, "%s", open_to_all);
  };
  if (folder != nullptr && !folder->empty() && *folder == above &&
      lstat(path.c_str(), &about) == 0 && !S_ISLNK(about.st_mode))
    return check_file();
  const Path real(realpath(path.c_str(), nullptr), std::free);
  if (real == nullptr) fail(BRISK_INVALID, "%s", error_text(errno).c_str());
  std::string at = real.get();
  if (stat(at.c_str(), &about) != 0) fail(BRISK_INVALID, "%s", error_text(errno).c_str());
  check_file();
  while (at.size() > 1) {
    at.resize(std::max<size_t>(at.rfind('/'), 1));
    if (stat(at.c_str(), &about) != 0) fail(BRISK_INVALID, "%s", error_text(errno).c_str());
    // Where the sticky bit is set, others may add files but not replace this one.
    if ((about.st_mode & S_IWOTH) != 0 && (about.st_mode & S_ISVTX) == 0) {
      fail(BRISK_INVALID, "everyone may replace what is in %s; chmod o-w, or move it", at.c_str());
    }
  }
  if (folder != nullptr && path == real.get()) *folder = above;
}

}  // namespace brisk::modules
