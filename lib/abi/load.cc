// The extern "C" side of <brisk/load.h>.
#include <brisk/load.h>

#include <string>

#include "abi/cache.h"
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
  UserData(const UserData &) = delete;
  UserData &operator=(const UserData &) = delete;
  ~UserData() {
    if (destroy_ != nullptr) destroy_(user_);
  }

 private:
  void *user_;
  brisk_destroy_fn destroy_;
};

brisk_status begin(Cache &cache, const void *key, size_t size, brisk_lease *parent,
                   brisk_value **value, Lease **lease) {
  const brisk_status status = cache.get(key, size, value);
  return status != BRISK_MISS ? status : cache.loads().begin(key, size, of(parent), value, lease);
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

brisk_status brisk_lease_fail(brisk_lease *lease, const void *message, size_t message_size,
                              brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    Lease &lead = required(lease);
    require_bytes(message, message_size, "message");
    lead.fail(message_size == 0 ? "the loader gave no reason"
                                : std::string(static_cast<const char *>(message), message_size));
    return BRISK_OK;
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
    require(value, "value");
    *value = nullptr;
    Cache &open = open_cache(cache);
    check_key(key, key_size);
    if (load == nullptr) is_null("load");
    Lease *part = nullptr;
    brisk_status status = begin(open, key, key_size, parent, value, &part);
    const Ref<Lease> lease = Ref<Lease>::adopt(part);
    if (status == BRISK_WAIT) status = lease->wait(timeout_ns, value);
    if (status != BRISK_LEAD) return status;
    lease->keep_value();
    run_loader(*lease, load, user, key, key_size);
    return lease->outcome(value);
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
