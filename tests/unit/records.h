// Values as programs keep them: records that say little that is new, in several kinds.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace brisk_test {

class Words {  // splitmix64
 public:
  explicit Words(uint64_t seed) : state_(seed) {}
  uint64_t operator()() {
    uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

 private:
  uint64_t state_;
};

// About 160 bytes for `fields` 3, a KiB for 18. Records of another kind share no words with these.
inline std::string record(uint64_t number, unsigned kind = 0, unsigned fields = 18) {
  Words random(number * 1000003 + kind);
  std::string text = "{\"id\": " + std::to_string(number);
  for (unsigned field = 0; field < fields; ++field) {
    Words words(kind * 1000 + field);
    std::string name;
    for (int i = 0; i < 12; ++i) name += static_cast<char>('a' + words() % 26);
    text += ", \"" + name + "\": \"" + name.substr(kind % 4, 5) + "-" +
            std::to_string(random() % 100000) + (random() % 2 == 0 ? "\"" : " of many others\"");
  }
  return text + "}";
}

// Records one after the other, and their sizes.
inline std::pair<std::string, std::vector<size_t>> records(size_t count, unsigned kind,
                                                           unsigned fields = 18) {
  std::pair<std::string, std::vector<size_t>> made;
  for (uint64_t i = 0; i < count; ++i) {
    const std::string one = record(1'000'000 + i, kind, fields);
    made.first += one;
    made.second.push_back(one.size());
  }
  return made;
}

}  // namespace brisk_test
