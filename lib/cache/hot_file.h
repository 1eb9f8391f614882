// The file in which hot keys outlive the process, in the byte order of x86.
//
//   magic 8 | version 4 | keys 4 | of each, the hottest first: lookups 8, size 2, key | xxHash 8
//
// The hash is XXH3 of all that is before it. A file is replaced as a whole. Everything that is read
// is checked before it is believed, and the name of a file that is wrong is in the message.
#pragma once

#include <string>
#include <string_view>

#include "cache/hot.h"

namespace brisk::cache {

// Throw Failure (INVALID) that names the file, bad_alloc.
void save_hot(const std::string &path, const HotKeys &keys);
// False when there is no such file.
bool read_hot(const std::string &path, HotKeys *keys);

// The same without the file, for which the text of a failure speaks.
std::string pack_hot(const HotKeys &keys);
HotKeys unpack_hot(std::string_view bytes);

}  // namespace brisk::cache
