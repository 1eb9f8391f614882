#include "kept.h"

enum {
  SLOTS = 1024,
  DEPTH = 32,  /* of containers in each other; deeper ones are not kept */
  SHARE = 8,   /* one value takes an eighth of the bound at most */
  DENSITY = 4, /* bytes of an object that cannot be looked into, for each of its encoding */
};

/* The key and the encoding lie behind it. */
typedef struct {
  PyObject *object;
  uint64_t weight;
  size_t key_size;
  size_t size;
  int used;
} Item;

typedef struct {
  uint64_t seen; /* the hash of what was decoded here last */
  Item *item;
} Slot;

struct Kept {
  uint64_t bound;
  uint64_t weight;
  size_t hand;
  Slot slots[SLOTS];
};

static char *key_of(Item *item) { return (char *)(item + 1); }
static char *data_of(Item *item) { return key_of(item) + item->key_size; }

/* Words of 8 bytes, and the end of MurmurHash3, so that each bit of them decides about the slot. */
static uint64_t hash_of(const RawView *key) {
  const char *at = key->data;
  uint64_t hash = key->size;
  for (size_t left = key->size; left != 0;) {
    const size_t step = left < 8 ? left : 8;
    uint64_t word = 0;
    memcpy(&word, at, step);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    at += step;
    left -= step;
  }
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdu;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53u;
  return (hash ^ hash >> 33) | 1; /* 0 is nothing */
}

static Slot *slot_of(Kept *kept, uint64_t hash) { return &kept->slots[(hash >> 1) % SLOTS]; }

static int has_key(Item *item, const RawView *key) {
  return item->key_size == key->size && memcmp(key_of(item), key->data, key->size) == 0;
}

Kept *kept_new(uint64_t bound) {
  Kept *const kept = PyMem_Calloc(1, sizeof *kept);
  if (!kept) return (Kept *)PyErr_NoMemory();
  kept->bound = bound;
  return kept;
}

/* Takes the item out of its slot; the reference is the caller's to drop. */
static PyObject *take(Kept *kept, Slot *slot) {
  Item *const item = slot->item;
  if (!item) return NULL;
  PyObject *const object = item->object;
  kept->weight -= item->weight;
  slot->item = NULL;
  PyMem_Free(item);
  return object;
}

void kept_clear(Kept *kept) {
  for (size_t at = 0; kept && at < SLOTS; at++) Py_XDECREF(take(kept, &kept->slots[at]));
}

void kept_free(Kept *kept) {
  kept_clear(kept);
  PyMem_Free(kept);
}

int kept_traverse(Kept *kept, visitproc visit, void *arg) {
  for (size_t at = 0; kept && at < SLOTS; at++) {
    if (kept->slots[at].item) Py_VISIT(kept->slots[at].item->object);
  }
  return 0;
}

PyObject *kept_find(Kept *kept, const RawView *key, const char *data, size_t size) {
  Item *const item = slot_of(kept, hash_of(key))->item;
  if (!item || !has_key(item, key)) return NULL;
  if (item->size != size || memcmp(data_of(item), data, size) != 0) return NULL;
  item->used = 1;
  return Py_NewRef(item->object);
}

static int is_plain(PyObject *object) {
  return object == Py_None || PyUnicode_CheckExact(object) || PyLong_CheckExact(object) ||
         PyFloat_CheckExact(object) || PyBool_Check(object) || PyBytes_CheckExact(object);
}

static int is_container(PyObject *object) {
  return PyList_CheckExact(object) || PyTuple_CheckExact(object) ||
         Py_IS_TYPE(object, &PySet_Type) || PyFrozenSet_CheckExact(object);
}

/*
 * What an object takes with all that it holds, at most `most` + 1. 0 with an exception. opaque
 * becomes true when a part cannot be looked into.
 */
static uint64_t weigh(PyObject *object, uint64_t most, int depth, int *opaque) {
  PyObject *const own = PyObject_CallMethod(object, "__sizeof__", NULL);
  if (!own) return 0;
  uint64_t weight = PyLong_AsUnsignedLongLong(own);
  Py_DECREF(own);
  if (PyErr_Occurred()) return 0;
  if (weight > most) return most + 1;
  if (is_plain(object)) return weight;
  const int is_dict = PyDict_CheckExact(object);
  if (!is_dict && !is_container(object)) {
    *opaque = 1;
    return weight;
  }
  if (depth == 0) return most + 1;
  PyObject *const items = is_dict ? PyDict_Items(object) : PySequence_Tuple(object);
  if (!items) return 0;
  const Py_ssize_t count = PySequence_Size(items);
  for (Py_ssize_t at = 0; weight != 0 && at < count && weight <= most; at++) {
    PyObject *const item = PySequence_GetItem(items, at);
    const uint64_t more = item ? weigh(item, most - weight, depth - 1, opaque) : 0;
    Py_XDECREF(item);
    weight = more == 0 ? 0 : weight + more;
  }
  Py_DECREF(items);
  return weight;
}

/* Lets go of what the hand finds unused, until there is room. */
static void make_room(Kept *kept, uint64_t weight) {
  while (kept->weight + weight > kept->bound) {
    Slot *const slot = &kept->slots[kept->hand++ % SLOTS];
    if (!slot->item) continue;
    if (slot->item->used) {
      slot->item->used = 0;
    } else {
      Py_XDECREF(take(kept, slot));
    }
  }
}

void kept_add(Kept *kept, const RawView *key, const char *data, size_t size, PyObject *object) {
  const uint64_t hash = hash_of(key);
  Slot *slot = slot_of(kept, hash);
  if (slot->item && !has_key(slot->item, key) && slot->item->used) {
    slot->item->used = 0;
    return;
  }
  if (slot->seen != hash) {
    slot->seen = hash;
    return;
  }
  const uint64_t most = kept->bound / SHARE;
  int opaque = 0;
  uint64_t weight = weigh(object, most, DEPTH, &opaque);
  if (weight == 0) {
    PyErr_Clear(); /* an object that does not tell is not kept */
    return;
  }
  if (opaque) weight += DENSITY * (uint64_t)size;
  weight += sizeof(Item) + key->size + size;
  if (weight > most) return;
  Py_XDECREF(take(kept, slot));
  make_room(kept, weight);
  if (slot->item) return; /* what was let go of has filled it */
  Item *const item = PyMem_Malloc(sizeof *item + key->size + size);
  if (!item) return;
  *item = (Item){Py_NewRef(object), weight, key->size, size, 1};
  memcpy(key_of(item), key->data, key->size);
  memcpy(data_of(item), data, size);
  slot->item = item;
  kept->weight += weight;
}
