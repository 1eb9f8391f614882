#include "cache/policy/policy.h"

#include <brisk/cache.h>

#include "cache/policy/lru.h"
#include "cache/policy/s3fifo.h"

namespace brisk::cache {

std::unique_ptr<Policy> make_policy(int32_t kind, Store &store, Account &account) {
  switch (kind) {
    case BRISK_POLICY_AUTO:
    case BRISK_POLICY_S3FIFO:
      return std::make_unique<S3Fifo>(store, account);
    case BRISK_POLICY_LRU:
      return std::make_unique<Lru>(store);
    default:
      return nullptr;
  }
}

}  // namespace brisk::cache
