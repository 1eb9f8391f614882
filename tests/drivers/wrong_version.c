/* A driver of a time to come, which knows no version of today. */
#include <brisk/driver.h>

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  (void)driver;
  if (version >> 16 >= 9) return BRISK_OK;
  return host->fail(host, error, BRISK_UNSUPPORTED, "9.0 or nothing", 14);
}
