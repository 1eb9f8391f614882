// Sizes as people write them ("64 MiB"), and the memory that this container or machine has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brisk {

// Throws Failure(BRISK_INVALID) that shows the text and the forms that are understood.
uint64_t parse_size(const char *text, size_t size);

// The memory limit of the container (cgroup v2, then v1), never more than the machine has.
uint64_t available_memory();

}  // namespace brisk
