// A cache in C++: put, get, load what is missing, and handle what can go wrong.
#include <brisk/brisk.hpp>
#include <iostream>

int main() try {
  using namespace std::chrono_literals;

  brisk::CacheOptions options;
  options.capacity = brisk::bytes("16 MiB");
  options.ttl = 1h;
  brisk::Cache cache(options);

  cache.put("user:1", "Ada");
  if (auto name = cache.get("user:1")) std::cout << "hello, " << name->view() << '\n';

  // One caller loads, however many ask; the others wait for its value, up to a timeout.
  auto load = [](std::string_view key) { return std::string(key) + ", made to order"; };
  if (auto page = cache.get_or_load("page:7", load, 5s)) std::cout << page->view() << '\n';

  const brisk::CacheStats stats = cache.stats();
  std::cout << stats.entries << " entries, hit ratio " << stats.hit_ratio << '\n';
} catch (const brisk::Error &error) {
  std::cerr << error.status_name() << ": " << error.what() << '\n';
  return 1;
}
