// Simulations on one thread that go a long way: a sanitizer learns nothing there that the other
// tests do not show it, and takes minutes.
#pragma once

#include <gtest/gtest.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SKIP_LONG_SIMULATIONS() GTEST_SKIP() << "minutes under a sanitizer"
#else
#define SKIP_LONG_SIMULATIONS() static_cast<void>(0)
#endif
