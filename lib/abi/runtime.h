// The C++ object behind a brisk_runtime.
#pragma once

#include <brisk/runtime.h>

#include "abi/abi.h"
#include "base/runtime.h"

namespace brisk::abi {

inline Runtime *of(brisk_runtime *runtime) noexcept { return reinterpret_cast<Runtime *>(runtime); }
inline brisk_runtime *handle(Runtime *runtime) noexcept {
  return reinterpret_cast<brisk_runtime *>(runtime);
}

// NULL is the default runtime.
inline Ref<Runtime> runtime_or_default(brisk_runtime *runtime) {
  Ref<Runtime> found =
      runtime == nullptr ? Runtime::process_default() : Ref<Runtime>::share(of(runtime));
  if (found->closed()) fail(BRISK_CLOSED, "the runtime is closed");
  return found;
}

}  // namespace brisk::abi
