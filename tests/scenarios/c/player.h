/* Plays scenarios in C: what the files of the player share. README.md has the lines. */
#ifndef SCENARIOS_PLAYER_H
#define SCENARIOS_PLAYER_H

#include <brisk/brisk.h>
#include <stddef.h>
#include <stdint.h>

enum { words_max = 4096 };

struct bytes {
  unsigned char *data;
  size_t size;
};

/* What a scenario acts on. */
extern brisk_runtime *runtime;
extern brisk_cache *cache;

/* The words of the line in play. */
extern char *words[words_max];
extern size_t count;

/* Ends the process with status 2: a mistake of the scenario. */
_Noreturn void die(const char *why, const char *what);
void *room_for(size_t size);

/* The arguments of a step live as long as the process: a scenario is short. */
struct bytes from_hex(const char *word);
const char *word_at(size_t at);
struct bytes bytes_at(size_t at);
uint64_t number_at(size_t at);

/* Where every call puts its error. */
extern brisk_error *failure;

/* Answers a failure, or an outcome by its name: BRISK_MISS is miss. */
void answer(brisk_status status);
/* The same, and a value on success. Takes the value over. */
void answer_value(brisk_status status, brisk_value *value);
void print_hex(const void *data, size_t size);
/* The bytes of a value, behind a space. */
void print_value(const brisk_value *value);

/* The operations, by the file they are in. */
/* caches.c */
void play_open(void);
void play_find(void);
void play_close(void);
void play_clear(void);
void play_advance(void);
void play_stats(void);
void play_parse_size(void);

/* entries.c */
void play_put(void);
void play_get(void);
void play_pin(void);
void play_pinned(void);
void play_unpin(void);
void play_read(void);
void play_put_cost(void);
void play_put_many(void);
void play_get_many(void);
void play_read_many(void);
void play_contains(void);
void play_touch(void);
void play_erase(void);
void play_erase_matching(void);
void play_keys(void);
void play_event(void);

/* loads.c */
void play_load(void);
void play_load_fails(void);
void play_load_absent(void);
void play_load_self(void);
void play_begin(void);
void play_wait(void);
void play_complete(void);
void play_complete_absent(void);
void play_set_cost(void);
void play_fail(void);
void play_abandon(void);
void play_drop(void);

/* Lets go of what entries.c and loads.c keep. */
void drop_pins(void);
void drop_leases(void);

#endif
