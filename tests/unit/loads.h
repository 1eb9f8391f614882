// What the tests of loads share: leases, waits, and loaders whose runs and user data are counted.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "interface.h"

namespace brisk_test {

struct Begun {
  Result result;
  Value value;
  Lease lease;
};

inline Begun begin(brisk_cache *cache, std::string_view key, brisk_lease *parent = nullptr) {
  Begun begun;
  begun.result = call(brisk_cache_begin, cache, key.data(), key.size(), parent, begun.value.out(),
                      begun.lease.out());
  if (begun.result != BRISK_LEAD) {
    EXPECT_EQ(begun.value != nullptr, begun.result == BRISK_OK);
  }
  EXPECT_EQ(begun.lease != nullptr, begun.result == BRISK_LEAD || begun.result == BRISK_WAIT);
  return begun;
}

inline Result complete(brisk_lease *lease, std::string_view value, uint64_t ttl = 0) {
  return call(brisk_lease_complete, lease, value.data(), value.size(), ttl, nullptr);
}
inline Result complete_absent(brisk_lease *lease, uint64_t ttl = 0) {
  return call(brisk_lease_complete_absent, lease, ttl);
}
inline Result fail(brisk_lease *lease, std::string_view message) {
  return call(brisk_lease_fail, lease, message.data(), message.size());
}
inline Result abandon(brisk_lease *lease) { return call(brisk_lease_abandon, lease); }

struct Waited {
  Result result;
  std::string value;
};

inline Waited wait(brisk_lease *lease, uint64_t timeout = 20 * second) {
  Value value;
  Waited waited;
  waited.result = call(brisk_lease_wait, lease, timeout, value.out());
  EXPECT_EQ(value != nullptr, waited.result == BRISK_OK);
  if (value != nullptr) waited.value = text(value);
  return waited;
}

// A loader that is any function, with its runs counted.
struct Loader {
  std::function<brisk_status(brisk_lease *, std::string_view)> load;
  std::atomic<int> runs{0};
};

// What one call hands over as user data.
struct User {
  Loader *loader;
  std::atomic<int> destroyed{0};

  static brisk_status run(void *user, brisk_lease *lease, const void *key, size_t size) {
    auto *self = static_cast<User *>(user);
    EXPECT_EQ(self->destroyed, 0);
    ++self->loader->runs;
    return self->loader->load(lease, std::string_view(static_cast<const char *>(key), size));
  }
  static void destroy(void *user) { ++static_cast<User *>(user)->destroyed; }
};

inline Waited get_or_load(brisk_cache *cache, std::string_view key, Loader &loader,
                          brisk_lease *parent = nullptr, uint64_t timeout = 20 * second) {
  User user{&loader, {}};
  Value value;
  Waited waited;
  waited.result = call(brisk_cache_get_or_load, cache, key.data(), key.size(), parent, User::run,
                       &user, User::destroy, timeout, value.out());
  EXPECT_EQ(user.destroyed, 1) << "destroy runs exactly once, before the call returns";
  EXPECT_EQ(value != nullptr, waited.result == BRISK_OK);
  if (value != nullptr) waited.value = text(value);
  return waited;
}

}  // namespace brisk_test
