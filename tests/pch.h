// What nearly every test reads, compiled once for all files of a program. A file still includes
// what it uses: build/clang has no precompiled headers, and would tell.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>
