// A driver whose initialization throws.
#include <brisk/driver.h>

#include <stdexcept>

brisk_status brisk_driver_init(uint32_t, const brisk_host *, brisk_driver *, brisk_error **) {
  throw std::runtime_error("out of paper");
}
