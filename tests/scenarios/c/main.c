/* Plays scenarios in C: a line in, a line out. One process plays one scenario. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

static const struct {
  const char *name;
  void (*play)(void);
} operations[] = {
    {"open", play_open},
    {"find", play_find},
    {"close", play_close},
    {"put", play_put},
    {"put_cost", play_put_cost},
    {"put_many", play_put_many},
    {"get", play_get},
    {"read", play_read},
    {"get_many", play_get_many},
    {"read_many", play_read_many},
    {"pin", play_pin},
    {"pinned", play_pinned},
    {"unpin", play_unpin},
    {"contains", play_contains},
    {"touch", play_touch},
    {"erase", play_erase},
    {"erase_matching", play_erase_matching},
    {"clear", play_clear},
    {"keys", play_keys},
    {"event", play_event},
    {"advance", play_advance},
    {"load", play_load},
    {"load_fails", play_load_fails},
    {"load_self", play_load_self},
    {"begin", play_begin},
    {"wait", play_wait},
    {"complete", play_complete},
    {"fail", play_fail},
    {"abandon", play_abandon},
    {"complete_absent", play_complete_absent},
    {"set_cost", play_set_cost},
    {"load_absent", play_load_absent},
    {"drop", play_drop},
    {"stats", play_stats},
    {"parse_size", play_parse_size},
};

static void play(char *line) {
  char *rest = NULL;
  count = 0;
  for (char *at = strtok_r(line, " \n", &rest); at != NULL; at = strtok_r(NULL, " \n", &rest)) {
    if (count == words_max) die("too many words", words[0]);
    words[count++] = at;
  }
  if (count == 0) die("an empty line", "");
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
    if (strcmp(operations[i].name, words[0]) == 0) {
      operations[i].play();
      putchar('\n');
      fflush(stdout);
      return;
    }
  }
  die("unknown operation", words[0]);
}

int main(void) {
  brisk_runtime_options options = BRISK_RUNTIME_OPTIONS_INIT;
  options.clock = BRISK_CLOCK_MANUAL;
  if (brisk_runtime_new(&options, &runtime, NULL) != BRISK_OK) die("no runtime", "");
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) play(line);
  free(line);
  drop_pins();
  drop_leases();
  brisk_cache_unref(cache);
  brisk_runtime_unref(runtime);
  return 0;
}
