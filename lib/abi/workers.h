// The C++ objects behind the handles of <brisk/workers.h>.
#pragma once

#include <brisk/workers.h>

#include "abi/abi.h"
#include "workers/batch.h"
#include "workers/completions.h"
#include "workers/limiter.h"
#include "workers/workers.h"

namespace brisk::abi {

inline workers::Workers *of(brisk_workers *pool) noexcept {
  return reinterpret_cast<workers::Workers *>(pool);
}
inline workers::Task *of(brisk_task *task) noexcept {
  return reinterpret_cast<workers::Task *>(task);
}
inline const workers::Task *of(const brisk_task *task) noexcept {
  return reinterpret_cast<const workers::Task *>(task);
}
inline workers::Batch *of(brisk_batch *batch) noexcept {
  return reinterpret_cast<workers::Batch *>(batch);
}
inline const workers::Batch *of(const brisk_batch *batch) noexcept {
  return reinterpret_cast<const workers::Batch *>(batch);
}
inline workers::Token *of(brisk_token *token) noexcept {
  return reinterpret_cast<workers::Token *>(token);
}
inline const workers::Token *of(const brisk_token *token) noexcept {
  return reinterpret_cast<const workers::Token *>(token);
}
inline workers::Completions *of(brisk_completions *queue) noexcept {
  return reinterpret_cast<workers::Completions *>(queue);
}
inline const workers::Completions *of(const brisk_completions *queue) noexcept {
  return reinterpret_cast<const workers::Completions *>(queue);
}
inline workers::Limiter *of(brisk_limiter *limiter) noexcept {
  return reinterpret_cast<workers::Limiter *>(limiter);
}

}  // namespace brisk::abi
