// Scans a folder, and loads what else is named: a program for strace to look at.
#include <brisk/brisk.h>

#include <cstring>

int main(int count, char **arguments) {
  brisk_modules *modules = nullptr;
  uint64_t found = 0;
  if (brisk_modules_new(nullptr, nullptr, &modules, nullptr) != BRISK_OK) return 1;
  const char *folder = arguments[1];
  if (brisk_modules_scan(modules, folder, std::strlen(folder), &found, nullptr) != BRISK_OK)
    return 2;
  for (int i = 2; i < count; ++i) {
    if (brisk_modules_load(modules, arguments[i], std::strlen(arguments[i]), 0, nullptr) !=
        BRISK_OK)
      return 3;
  }
  brisk_modules_unref(modules);
  return found == 20 ? 0 : 4;
}
