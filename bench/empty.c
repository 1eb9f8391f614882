/* A program that does nothing, for startup.c. Built twice: alone, and with libbrisk, of which it
 * calls one function so that no linker option drops the library. */
#ifdef BRISK_BENCH_LINKED
#include <brisk/brisk.h>

int main(void) { return brisk_version()[0] == '\0'; }
#else
int main(void) { return 0; }
#endif
