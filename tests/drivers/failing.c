/* A driver that does not come up. */
#include <brisk/driver.h>

brisk_status brisk_driver_init(uint32_t version, const brisk_host *host, brisk_driver *driver,
                               brisk_error **error) {
  static const char message[] = "there is no license; buy one";
  (void)version, (void)driver;
  host->log(host, BRISK_LOG_WARNING, message, sizeof message - 1);
  return host->fail(host, error, BRISK_INVALID, message, sizeof message - 1);
}
