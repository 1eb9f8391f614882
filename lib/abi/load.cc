// The extern "C" side of <brisk/load.h>.
#include <brisk/load.h>

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "abi/cache.h"
#include "abi/workers.h"
#include "cache/loads.h"

using brisk::Ref;
using brisk::cache::Cache;
using brisk::cache::Lease;
using namespace brisk::abi;

namespace {

Lease *of(brisk_lease *lease) noexcept { return reinterpret_cast<Lease *>(lease); }

Lease &required(brisk_lease *lease) {
  require(lease, "lease");
  return *of(lease);
}

// Runs the destroy function of a callback once, whatever happens.
class UserData {
 public:
  UserData(void *user, brisk_destroy_fn destroy) noexcept : user_(user), destroy_(destroy) {}
  UserData(UserData &&other) noexcept
      : user_(other.user_), destroy_(std::exchange(other.destroy_, nullptr)) {}
  UserData &operator=(UserData &&other) = delete;
  ~UserData() {
    if (destroy_ != nullptr) destroy_(user_);
  }

 private:
  void *user_;
  brisk_destroy_fn destroy_;
};

brisk_status begin(Cache &cache, const void *key, size_t size, brisk_lease *parent,
                   brisk_value **value, Lease **lease) {
  bool early;
  const brisk_status status = cache.get(key, size, value, &early);
  early = early && status == BRISK_OK;
  if (status != BRISK_MISS && !early) return status;
  return cache.loads().begin(key, size, of(parent), early, value, lease);
}

// Runs the loader of a lead and makes sure that the load has ended afterwards. Returns what the
// loader returned.
brisk_status run_loader(Lease &lead, brisk_load_fn load, void *user, const void *key,
                        size_t key_size) {
  brisk_status result;
  std::string message;
  try {
    result = load(user, reinterpret_cast<brisk_lease *>(&lead), key, key_size);
    message = result < 0 ? std::string("the loader returned ") + brisk_status_name(result)
                         : "the loader returned without completing or failing the load";
  } catch (const std::exception &exception) {
    result = BRISK_LOAD_FAILED;
    message = std::string("the loader threw: ") + exception.what();
  } catch (...) {
    result = BRISK_LOAD_FAILED;
    message = "the loader threw an exception of unknown type";
  }
  lead.fail_if_running(std::move(message));
  return result;
}

// The value of a key, by running a loader where this caller leads. `refresh` takes the lead where a
// value came with it, and says whether it did.
template <class Refresh>
brisk_status get_or_load(brisk_cache *cache, const void *key, size_t key_size, brisk_lease *parent,
                         brisk_load_fn load, void *user, uint64_t timeout, brisk_value **value,
                         Refresh &&refresh) {
  require(value, "value");
  *value = nullptr;
  Cache &open = open_cache(cache);
  check_key(key, key_size);
  if (load == nullptr) is_null("load");
  Lease *part = nullptr;
  brisk_status status = begin(open, key, key_size, parent, value, &part);
  const Ref<Lease> lease = Ref<Lease>::adopt(part);
  if (status == BRISK_WAIT) status = lease->wait(timeout, value);
  if (status != BRISK_LEAD) return status;
  if (*value != nullptr) {
    if (refresh(lease)) return BRISK_OK;
    brisk_value_unref(std::exchange(*value, nullptr));
  }
  lease->keep_value();
  run_loader(*lease, load, user, key, key_size);
  return lease->outcome(value);
}

// A load that a pool runs. Shared with the task, which may not take place.
struct Refresh {
  Refresh(Ref<Lease> lead, brisk_load_fn load, void *user)
      : lead(std::move(lead)), load(load), user(user) {}

  const Ref<Lease> lead;
  const brisk_load_fn load;
  void *const user;
  std::string key;
  std::optional<UserData> data;

  static brisk_status run(void *given, brisk_task *) {
    auto &self = **static_cast<std::shared_ptr<Refresh> *>(given);
    return run_loader(*self.lead, self.load, self.user, self.key.data(), self.key.size());
  }
  static void destroy(void *given) { delete static_cast<std::shared_ptr<Refresh> *>(given); }
};

}  // namespace

extern "C" {

brisk_status brisk_cache_begin(brisk_cache *cache, const void *key, size_t key_size,
                               brisk_lease *parent, brisk_value **value, brisk_lease **lease,
                               brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    if (value != nullptr) *value = nullptr;
    if (lease != nullptr) *lease = nullptr;
    require(value, "value");
    require(lease, "lease");
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    Lease *part = nullptr;
    const brisk_status status = begin(open, key, key_size, parent, value, &part);
    *lease = reinterpret_cast<brisk_lease *>(part);
    return status;
  });
}

brisk_status brisk_lease_complete(brisk_lease *lease, const void *value, size_t value_size,
                                  uint64_t ttl_ns, brisk_value **pinned, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    if (pinned != nullptr) *pinned = nullptr;
    Lease &lead = required(lease);
    check_value(value, value_size);
    lead.complete(value, value_size, ttl_ns, pinned);
    return BRISK_OK;
  });
}

brisk_status brisk_lease_set_cost(brisk_lease *lease, double cost, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Lease &lead = required(lease);
    check_cost(cost);
    lead.set_cost(cost);
    return BRISK_OK;
  });
}

brisk_status brisk_lease_complete_absent(brisk_lease *lease, uint64_t ttl_ns, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    required(lease).complete_absent(ttl_ns);
    return BRISK_OK;
  });
}

brisk_status brisk_lease_fail(brisk_lease *lease, const void *message, size_t message_size,
                              brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Lease &lead = required(lease);
    require_bytes(message, message_size, "message");
    return lead.fail(message_size == 0
                         ? "the loader gave no reason"
                         : std::string(static_cast<const char *>(message), message_size));
  });
}

brisk_status brisk_lease_abandon(brisk_lease *lease, brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    required(lease).abandon();
    return BRISK_OK;
  });
}

brisk_status brisk_lease_wait(brisk_lease *lease, uint64_t timeout_ns, brisk_value **value,
                              brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(value, "value");
    *value = nullptr;
    return required(lease).wait(timeout_ns, value);
  });
}

brisk_status brisk_cache_get_or_load(brisk_cache *cache, const void *key, size_t key_size,
                                     brisk_lease *parent, brisk_load_fn load, void *user,
                                     brisk_destroy_fn destroy, uint64_t timeout_ns,
                                     brisk_value **value, brisk_error **error) {
  const UserData data(user, destroy);
  return guard(error, [&]() -> brisk_status {
    return get_or_load(cache, key, key_size, parent, load, user, timeout_ns, value,
                       [](const Ref<Lease> &) { return false; });
  });
}

brisk_status brisk_cache_get_or_refresh(brisk_cache *cache, const void *key, size_t key_size,
                                        brisk_lease *parent, brisk_load_fn load, void *user,
                                        brisk_destroy_fn destroy, brisk_workers *workers,
                                        uint64_t timeout_ns, brisk_value **value,
                                        brisk_error **error) {
  UserData data(user, destroy);
  std::shared_ptr<Refresh> refresh;
  const auto hand_over = [&](const Ref<Lease> &lead) {
    std::unique_ptr<std::shared_ptr<Refresh>> share;
    try {
      refresh = std::make_shared<Refresh>(Ref<Lease>::share(lead.get()), load, user);
      refresh->key.assign(static_cast<const char *>(key), key_size);
      share = std::make_unique<std::shared_ptr<Refresh>>(refresh);
    } catch (const std::bad_alloc &) {
      return false;
    }
    refresh->data.emplace(std::move(data));
    return brisk_workers_submit(workers, nullptr, Refresh::run, share.release(), Refresh::destroy,
                                0, nullptr, nullptr, nullptr, nullptr) == BRISK_OK;
  };
  return guard(error, [&]() -> brisk_status {
    if (value != nullptr) *value = nullptr;
    require(workers, "workers");
    return get_or_load(cache, key, key_size, parent, load, user, timeout_ns, value, hand_over);
  });
}

brisk_lease *brisk_lease_ref(brisk_lease *lease) {
  if (lease != nullptr) of(lease)->ref();
  return lease;
}

void brisk_lease_unref(brisk_lease *lease) {
  if (lease != nullptr) of(lease)->unref();
}

}  // extern "C"
