/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_DRIVER_H
#define BRISK_DRIVER_H

/**
 * Drivers.
 *
 * A driver is a shared object that brisk opens when it is first needed. It exports one function,
 * brisk_driver_init, is written in C or C++ against this header alone, and links nothing of brisk:
 * what it needs it asks of the host table (pkg-config brisk-driver). A manifest beside it, a text
 * file NAME.module of lines "key = value", says what it offers without opening it. Every table and
 * struct begins with its size and grows only at its end, so that a driver of an older version runs
 * under a newer brisk.
 */

#include <brisk/base.h>

/**
 * The rules of the interface, which no function repeats:
 *
 *  1. brisk asks for the newest version of this interface first and goes on to older ones while
 *     brisk_driver_init answers BRISK_UNSUPPORTED. A driver fills in only what the version that was
 *     asked for knows.
 *  2. Errors are made by the host: a function that fails returns what host->fail returned. Its last
 *     parameter may be NULL and is handed on as it is.
 *  3. A driver is never unloaded, and the host table lives as long as the process.
 *     brisk_driver_init runs once for each set of modules that uses the driver, each time with a
 *     host table of its own.
 *  4. An exception must not leave a function of a table. One that leaves brisk_driver_init is a
 *     failure of the load.
 *  5. The concurrency that a driver declares binds brisk: any is called from many threads at once,
 *     handle from one thread at a time for each connection or reader, serialized from one thread at
 *     a time for the whole driver.
 *  6. Sizes are in bytes and durations in nanoseconds. Bytes that are given are borrowed for the
 *     call.
 */

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The newest version of the driver interface that this header knows, 1.1: major * 65536 + minor.
 */
#define BRISK_DRIVER_VERSION UINT32_C(65537)

/** The first version of the driver interface. */
#define BRISK_DRIVER_VERSION_1_0 UINT32_C(65536)

/** How many threads may be inside a driver. */
typedef int32_t brisk_concurrency;
enum {
  BRISK_CONCURRENCY_ANY = 0,        /**< Any number, on any handle. */
  BRISK_CONCURRENCY_HANDLE = 1,     /**< One at a time for each connection or reader. */
  BRISK_CONCURRENCY_SERIALIZED = 2, /**< One at a time for the whole driver, as a library with
                                         global state needs it. */
};

/** How much a message of a driver matters. Later versions may add values. */
typedef int32_t brisk_log;
enum {
  BRISK_LOG_DEBUG = 0,   /**< For those who write the driver. */
  BRISK_LOG_INFO = 1,    /**< What happened, as expected. */
  BRISK_LOG_WARNING = 2, /**< What somebody should look at. */
};

/**
 * A piece of work that a driver hands over. Runs once, on a thread of brisk, outside every lock.
 *
 * @param user  The pointer that was given with it.
 */
typedef void (*brisk_driver_task_fn)(void *user);

/**
 * What brisk gives a driver: memory, errors, a log, threads and time. Every function may be called
 * from any thread, takes the table that the driver was given, and throws nothing.
 */
typedef struct brisk_host brisk_host;

/**
 * Connections to a server or a file, for pools. open gives a connection, on which the others work;
 * close ends it.
 */
typedef struct brisk_connection_driver brisk_connection_driver;

/**
 * Files and streams that are read in chunks, for readers. Chunks leave through the Arrow C data
 * interface, each with its own release.
 */
typedef struct brisk_reader_driver brisk_reader_driver;

struct brisk_host {
  uint32_t struct_size; /**< sizeof(brisk_host), of the side that fills it. */
  uint32_t version;     /**< BRISK_DRIVER_VERSION, of the side that fills it. */

  /**
   * Gives memory that counts against the budget of the runtime, aligned for any type, or NULL where
   * budget or system have none. Ended by release.
   *
   * @param host  The table.
   * @param size  How many bytes.
   *
   * Since 1.0.
   */
  void *(*allocate)(const brisk_host *host, size_t size);

  /**
   * Frees memory of allocate.
   *
   * @param host   The table.
   * @param block  What allocate gave; NULL is ignored.
   *
   * Since 1.0.
   */
  void (*release)(const brisk_host *host, void *block);

  /**
   * Makes the error of a failing function and returns the status, for that function to return.
   *
   * @param host     The table.
   * @param error    The error parameter of the failing function, NULL when its caller wants none.
   * @param status   What kind of failure; a number that is not negative counts as BRISK_INTERNAL.
   * @param message  Why: the input, the limit and the way out, as text; copied.
   *
   * Since 1.0.
   */
  brisk_status (*fail)(const brisk_host *host, brisk_error **error, brisk_status status,
                       const void *message, size_t message_size);

  /**
   * Keeps a message with the module, whose report shows the latest ones.
   *
   * @param host     The table.
   * @param level    How much it matters.
   * @param message  One line of text; copied.
   *
   * Since 1.0.
   */
  void (*log)(const brisk_host *host, brisk_log level, const void *message, size_t message_size);

  /**
   * Runs task on a thread of brisk, which blocks every signal. BRISK_OK, or BRISK_OUT_OF_MEMORY
   * when there is no thread; the user data is destroyed in both cases.
   *
   * @param host     The table.
   * @param task     The work.
   * @param user     Handed to task as it is.
   * @param destroy  Releases user; may be NULL.
   *
   * Since 1.0.
   */
  brisk_status (*submit)(const brisk_host *host, brisk_driver_task_fn task, void *user,
                         brisk_destroy_fn destroy);

  /**
   * Returns nanoseconds of the clock of the runtime, since an arbitrary start.
   *
   * @param host  The table.
   *
   * Since 1.0.
   */
  uint64_t (*now)(const brisk_host *host);
};

struct brisk_connection_driver {
  uint32_t struct_size; /**< sizeof(brisk_connection_driver), of the side that fills it. */
  uint32_t version;     /**< BRISK_DRIVER_VERSION, of the side that fills it. */

  /**
   * Opens a connection.
   *
   * @param target      Where to connect to: what the program wrote, for example
   *                    "postgres://db/app".
   * @param timeout_ns  How long it may take in nanoseconds; BRISK_FOREVER waits without end.
   * @param connection  Receives the connection, which is the driver's own.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.0.
   */
  brisk_status (*open)(const void *target, size_t target_size, uint64_t timeout_ns,
                       void **connection, brisk_error **error);

  /**
   * Says whether the other side still answers.
   *
   * @param timeout_ns  How long it may take in nanoseconds.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.0.
   */
  brisk_status (*check)(void *connection, uint64_t timeout_ns, brisk_error **error);

  /**
   * Brings a connection back to how it was after open, so that its next user sees nothing of the
   * last.
   *
   * @param timeout_ns  How long it may take in nanoseconds.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.0.
   */
  brisk_status (*reset)(void *connection, uint64_t timeout_ns, brisk_error **error);

  /**
   * Ends a connection. Waits for nobody.
   *
   * @param connection  The connection; not used afterwards.
   *
   * Since 1.0.
   */
  void (*close)(void *connection);

  /**
   * Runs a statement. Without this function every statement answers BRISK_UNSUPPORTED.
   *
   * @param statement   What to do, in the language of the other side.
   * @param timeout_ns  How long it may take in nanoseconds.
   * @param rows        A struct ArrowArrayStream of the Arrow C stream interface, which receives
   *                    the answer.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.1, optional.
   */
  brisk_status (*execute)(void *connection, const void *statement, size_t statement_size,
                          uint64_t timeout_ns, void *rows, brisk_error **error);
};

struct brisk_reader_driver {
  uint32_t struct_size; /**< sizeof(brisk_reader_driver), of the side that fills it. */
  uint32_t version;     /**< BRISK_DRIVER_VERSION, of the side that fills it. */

  /**
   * Opens what is to be read, at its beginning.
   *
   * @param target      What to read: a path, or what the program wrote.
   * @param timeout_ns  How long it may take in nanoseconds.
   * @param schema      A struct ArrowSchema, which receives the columns.
   * @param reader      Receives the reader, which is the driver's own.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.0.
   */
  brisk_status (*open)(const void *target, size_t target_size, uint64_t timeout_ns, void *schema,
                       void **reader, brisk_error **error);

  /**
   * Reads on.
   *
   * @param rows        The most rows that are wanted; 0 leaves it to the driver.
   * @param timeout_ns  How long it may take in nanoseconds.
   * @param chunk       A struct ArrowArray, which receives the rows on BRISK_OK.
   *
   * Outcomes: BRISK_TIMEOUT, BRISK_END. Since 1.0.
   */
  brisk_status (*next_chunk)(void *reader, uint64_t rows, uint64_t timeout_ns, void *chunk,
                             brisk_error **error);

  /**
   * Ends a reader. Waits for nobody.
   *
   * @param reader  The reader; not used afterwards. Chunks that it gave stay.
   *
   * Since 1.0.
   */
  void (*close)(void *reader);

  /**
   * Moves to a row. Without this function BRISK_UNSUPPORTED, and only reading on is left.
   *
   * @param row         The row that next_chunk gives first, from 0.
   * @param timeout_ns  How long it may take in nanoseconds.
   *
   * Outcomes: BRISK_TIMEOUT. Since 1.1, optional.
   */
  brisk_status (*seek)(void *reader, uint64_t row, uint64_t timeout_ns, brisk_error **error);
};

/**
 * What brisk_driver_init fills in. The tables are the driver's own, and stay as they are while the
 * process lives.
 */
typedef struct brisk_driver {
  uint32_t struct_size;                      /**< Set by BRISK_DRIVER_INIT. */
  brisk_concurrency concurrency;             /**< How many threads may be inside the driver. */
  const char *name;                          /**< What the driver calls itself. */
  const char *release;                       /**< The version of the driver, as its users know
                                                  it. */
  const brisk_connection_driver *connection; /**< Connections, NULL where there are none. */
  const brisk_reader_driver *reader;         /**< Readers, NULL where there are none. */
} brisk_driver;

#define BRISK_DRIVER_INIT {(uint32_t)sizeof(brisk_driver), 0, NULL, NULL, NULL, NULL}

/**
 * The one function that a driver exports. Called after the driver is opened, on the thread that
 * loads it. BRISK_UNSUPPORTED says that the driver does not know this version, so that brisk asks
 * for an older one.
 *
 * @param version  The version of this interface that brisk asks for.
 * @param host     What brisk gives the driver.
 * @param driver   What the driver fills in: zero, but for the struct_size of this version. Start
 *                 from BRISK_DRIVER_INIT.
 *
 * Fails with BRISK_INVALID, BRISK_UNSUPPORTED. Any thread.
 */
BRISK_API brisk_status brisk_driver_init(uint32_t version, const brisk_host *host,
                                         brisk_driver *driver, brisk_error **error);

#ifdef __cplusplus
}
#endif

#endif
