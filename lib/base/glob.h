// Shell patterns over bytes: ? one byte, * any run, [a-z] and [!a-z] a set, \ takes the next byte
// as it is.
#pragma once

#include <cstddef>

namespace brisk {

// Throws Failure(BRISK_INVALID) for an unfinished set or escape.
void glob_check(const char *pattern, size_t pattern_size);

// The pattern must have passed glob_check. Linear but for nested stars, where it backs up to the
// last one only: O(pattern * text) at worst, no recursion, so that no pattern can make it explode.
bool glob_match(const char *pattern, size_t pattern_size, const char *text,
                size_t text_size) noexcept;

}  // namespace brisk
