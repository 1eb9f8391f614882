// brisk for C++17 and later: the C interface (<brisk/brisk.h>) as values, ranges and exceptions.
//
// Handles. Runtime, Cache, Interner, Value and Lease are counted references, the size of a pointer:
// a copy is one more reference to the same object, a move takes the reference along and leaves an
// empty handle, whose calls throw InvalidArgument. They may be destroyed in any order; whatever an
// object needs lives as long as it does. The objects may be used from any thread at once. For one
// handle variable the rule of std::shared_ptr holds: calls from many threads are fine, assigning to
// it while another thread uses it is not. Keys is the exception: it has one owner and one thread.
//
// Answers. What may be expected in a healthy program is a result and never throws: a missing key is
// an empty optional, a put without room is false, a load that takes too long is an Answer without a
// value. Everything else is a brisk::Error, or std::bad_alloc when the system has no memory.
//
// Bytes. Keys and values are bytes and may hold any, NUL included. Input is read during the call
// and copied; nothing refers to it afterwards.
//
// Durations. A lifetime of zero inherits that of the cache, `forever` never ends.
//
// Names are in an inline namespace of the version, so that programs built with different versions
// of these headers can share a process.
#pragma once

#include <brisk/brisk.h>

#include <brisk/cache.hpp>
#include <brisk/error.hpp>
#include <brisk/handle.hpp>
#include <brisk/intern.hpp>
#include <brisk/keys.hpp>
#include <brisk/load.hpp>
#include <brisk/modules.hpp>
#include <brisk/runtime.hpp>
#include <brisk/value.hpp>
#include <brisk/workers.hpp>
