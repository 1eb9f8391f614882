// A host in C++ that links the shared library: its malloc and operator new stay its own, and what
// the cache holds lies in mimalloc's heap, where that is installed and no sanitizer watches.
#include <brisk/brisk.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>

namespace {

int failures = 0;

void check(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "failed: %s\n", what);
  ++failures;
}

std::string home_of(const void *function) {
  Dl_info info{};
  return dladdr(function, &info) != 0 ? info.dli_fname : "nowhere";
}

bool starts_as(const std::string &path, const char *name) {
  const std::string file = path.substr(path.find_last_of('/') + 1);
  return file.rfind(name, 0) == 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

}  // namespace

int main() {
  check(std::strstr(brisk_build_info(), "allocator none yet") != nullptr,
        "an allocator before the first cache");
  check(dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_NOLOAD) == nullptr,
        "mimalloc is loaded before the first cache");
  check(dlsym(RTLD_DEFAULT, "mi_malloc") == nullptr, "mi_malloc is visible before the first cache");

  brisk_cache *cache = nullptr;
  check(brisk_cache_new(nullptr, nullptr, &cache, nullptr) == BRISK_OK, "cache_new");
  const std::string bytes(100000, 'v');
  brisk_cache_options raw_options = BRISK_CACHE_OPTIONS_INIT;
  raw_options.compression = BRISK_COMPRESSION_OFF;
  brisk_cache *raw = nullptr;
  check(brisk_cache_new(nullptr, &raw_options, &raw, nullptr) == BRISK_OK, "cache_new raw");

  if (!sanitized) {
    check(starts_as(home_of(dlsym(RTLD_DEFAULT, "malloc")), "libc.so"), "malloc is not libc's");
    check(starts_as(home_of(dlsym(RTLD_DEFAULT, "free")), "libc.so"), "free is not libc's");
    void *(*const plain_new)(std::size_t) = ::operator new;
    check(starts_as(home_of(reinterpret_cast<void *>(plain_new)), "libstdc++.so"),
          "operator new is not libstdc++'s");
  }
  check(dlsym(RTLD_DEFAULT, "mi_malloc") == nullptr, "mi_malloc is visible to the host");

  void *library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_NOLOAD | RTLD_LOCAL);
  const bool chosen = std::strstr(brisk_build_info(), "allocator mimalloc") != nullptr;
  check(chosen == (library != nullptr),
        "the allocator that is named is not the one that is loaded");
  check(!(sanitized && chosen), "mimalloc under a sanitizer");
  void *installed = sanitized ? nullptr : dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
  check(sanitized || chosen == (installed != nullptr), "mimalloc is installed and not used");

  if (library != nullptr) {
    const auto in_heap =
        reinterpret_cast<bool (*)(const void *)>(dlsym(library, "mi_is_in_heap_region"));
    check(in_heap != nullptr, "mi_is_in_heap_region");
    for (const std::size_t size : {std::size_t{5}, std::size_t{1500}, bytes.size()}) {
      for (brisk_cache *one : {cache, raw}) {
        brisk_value *value = nullptr;
        check(brisk_cache_put(one, "key", 3, bytes.data(), size, 0, nullptr) == BRISK_OK, "put");
        check(brisk_cache_get(one, "key", 3, &value, nullptr) == BRISK_OK, "get");
        const void *data = brisk_value_data(value, nullptr);
        check(in_heap != nullptr && in_heap(data), "a value outside of mimalloc's heap");
        brisk_value_unref(value);
      }
    }
    void *own = std::malloc(100);
    auto *made = new std::string(100, 'x');
    check(in_heap != nullptr && !in_heap(own) && !in_heap(made->data()),
          "the host's memory comes from mimalloc");
    delete made;
    std::free(own);
  }
  brisk_cache_unref(cache);
  brisk_cache_unref(raw);
  return failures == 0 ? 0 : 1;
}
