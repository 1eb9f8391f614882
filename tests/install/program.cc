// A program of somebody else: keeps a value in a cache and reads it back.
#include <brisk/brisk.hpp>
#include <cstdio>

int main() {
  brisk::Cache cache;
  if (!cache.put("key", "value")) return 1;
  const auto value = cache.get("key");
  if (!value) return 1;
  std::printf("%s\n", value->str().c_str());
}
