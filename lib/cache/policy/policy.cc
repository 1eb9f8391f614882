#include "cache/policy/policy.h"

#include <brisk/cache.h>

#include "cache/policy/auto.h"
#include "cache/policy/lru.h"

namespace brisk::cache {

std::unique_ptr<Policy> make_policy(int32_t kind, Store &store, Account &account, Settled &settled,
                                    Judge *judge, Aim aim) {
  switch (kind) {
    case BRISK_POLICY_AUTO:
      return std::make_unique<Auto>(store, account, settled, judge, aim);
    case BRISK_POLICY_S3FIFO:
      return std::make_unique<Auto>(store, account, settled, nullptr, aim);
    case BRISK_POLICY_LRU:
      return std::make_unique<Lru>(store);
    default:
      return nullptr;
  }
}

}  // namespace brisk::cache
