#include "cache/hot_file.h"

#include <fcntl.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"

namespace brisk::cache {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic{"BRISKHOT", 8};
constexpr uint32_t version = 1;
// More than every key and all their bytes can take.
constexpr size_t bytes_max = 1 << 20;

template <class T>
void append(std::string *bytes, T value) {
  bytes->append(reinterpret_cast<const char *>(&value), sizeof value);
}

[[noreturn]] void damaged() { fail(BRISK_INVALID, "it is damaged; remove it"); }

std::string_view take(std::string_view *bytes, size_t size) {
  if (size > bytes->size()) damaged();
  const std::string_view taken = bytes->substr(0, size);
  bytes->remove_prefix(size);
  return taken;
}

template <class T>
T take(std::string_view *bytes) {
  T value;
  std::memcpy(&value, take(bytes, sizeof value).data(), sizeof value);
  return value;
}

// Names the file in what is thrown about it.
template <class Use>
auto about(const std::string &path, const char *what, Use &&use) {
  try {
    return use();
  } catch (const Failure &failure) {
    fail(failure.status(), "the hot keys cannot be %s %s: %s", what,
         quoted(path.data(), path.size(), 4096).c_str(), failure.message().c_str());
  }
}

}  // namespace

std::string pack_hot(const HotKeys &keys) {
  std::string bytes(magic);
  append(&bytes, version);
  append(&bytes, static_cast<uint32_t>(keys.sizes.size()));
  size_t at = 0;
  for (size_t i = 0; i < keys.sizes.size(); ++i) {
    append(&bytes, keys.lookups[i]);
    append(&bytes, keys.sizes[i]);
    bytes.append(keys.keys, at, keys.sizes[i]);
    at += keys.sizes[i];
  }
  append(&bytes, hash_bytes(bytes.data(), bytes.size(), 0));
  return bytes;
}

HotKeys unpack_hot(std::string_view bytes) {
  if (!bytes.starts_with(magic)) fail(BRISK_INVALID, "it is no file of hot keys");
  if (bytes.size() < sizeof(uint64_t)) damaged();
  std::string_view end = bytes.substr(bytes.size() - sizeof(uint64_t));
  bytes.remove_suffix(sizeof(uint64_t));
  const std::string_view all = bytes;
  take(&bytes, std::min(bytes.size(), magic.size()));
  const auto written = take<uint32_t>(&bytes);
  if (written != version) {
    fail(BRISK_INVALID, "its version is %u, and this library knows %u", written, version);
  }
  if (take<uint64_t>(&end) != hash_bytes(all.data(), all.size(), 0)) damaged();
  const auto count = take<uint32_t>(&bytes);
  HotKeys keys;
  for (uint32_t i = 0; i < count; ++i) {
    keys.lookups.push_back(take<uint64_t>(&bytes));
    keys.sizes.push_back(take<uint16_t>(&bytes));
    keys.keys += take(&bytes, keys.sizes.back());
  }
  if (!bytes.empty()) damaged();
  return keys;
}

void save_hot(const std::string &path, const HotKeys &keys) {
  about(path, "saved to", [&] { replace_file(path, pack_hot(keys)); });
}

bool read_hot(const std::string &path, HotKeys *keys) {
  return about(path, "read from", [&] {
    const File file(File::open_at(AT_FDCWD, path.c_str()));
    if (file.get() < 0 && errno == ENOENT) return false;
    if (file.get() < 0) fail(BRISK_INVALID, "%s", error_text(errno).c_str());
    *keys = unpack_hot(file.read(file.about(), bytes_max));
    return true;
  });
}

}  // namespace brisk::cache
