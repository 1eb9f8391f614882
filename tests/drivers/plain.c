/* No driver: a library of symbols, whose opening leaves a trace where BRISK_TEST_TRACE says. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("default"))) int plain_add(int a, int b);
__attribute__((visibility("default"))) int plain_opened = 0;

int plain_add(int a, int b) { return a + b; }

__attribute__((constructor)) static void opened(void) {
  const char *trace = getenv("BRISK_TEST_TRACE");
  plain_opened = 1;
  if (trace == NULL) return;
  const int file = open(trace, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  if (write(file, "x", 1) != 1) abort();
  close(file);
}
