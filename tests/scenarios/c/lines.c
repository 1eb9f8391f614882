/* Words in, words out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player.h"

char *words[words_max];
size_t count;
brisk_error *failure;

void die(const char *why, const char *what) {
  fprintf(stderr, "%s: %s\n", why, what);
  exit(2);
}

void *room_for(size_t size) {
  void *room = malloc(size > 0 ? size : 1);
  if (room == NULL) die("no memory", "");
  return room;
}

struct bytes from_hex(const char *word) {
  if (word[0] != 'x') die("not bytes", word);
  struct bytes bytes = {NULL, strlen(word + 1) / 2};
  bytes.data = room_for(bytes.size);
  for (size_t i = 0; i < bytes.size; i++) {
    char pair[3] = {word[1 + 2 * i], word[2 + 2 * i], 0};
    bytes.data[i] = (unsigned char)strtoul(pair, NULL, 16);
  }
  return bytes;
}

const char *word_at(size_t at) {
  if (at >= count) die("too few words", words[0]);
  return words[at];
}

struct bytes bytes_at(size_t at) { return from_hex(word_at(at)); }
uint64_t number_at(size_t at) { return strtoull(word_at(at), NULL, 10); }

void print_hex(const void *data, size_t size) {
  const unsigned char *bytes = data;
  putchar('x');
  for (size_t i = 0; i < size; i++) printf("%02x", bytes[i]);
}

void print_value(const brisk_value *value) {
  size_t size = 0;
  const void *data = brisk_value_data(value, &size);
  putchar(' ');
  print_hex(data, size);
}

void answer(brisk_status status) {
  if (status < 0) {
    printf("error %s %s", brisk_status_name(status), brisk_error_message(failure));
    brisk_error_unref(failure);
    failure = NULL;
    return;
  }
  for (const char *name = brisk_status_name(status) + strlen("BRISK_"); *name != 0; name++) {
    putchar(*name | 0x20);
  }
}

void answer_value(brisk_status status, brisk_value *value) {
  if (status == BRISK_OK) {
    fputs("value", stdout);
    print_value(value);
  } else {
    answer(status);
    if (value != NULL) print_value(value);
  }
  brisk_value_unref(value);
}
