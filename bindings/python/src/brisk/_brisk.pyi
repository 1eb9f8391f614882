# Generated from bindings/abi/spec. Do not edit; run `make gen`.
"""The raw layer: the C interface as it is. A call answers its outcome and its results, in order."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, SupportsFloat, TypeVar

from _typeshed import ReadableBuffer, WriteableBuffer

Bytes = str | ReadableBuffer

OK: int
MISS: int
END: int
TIMEOUT: int
SHORT_BUFFER: int
REFUSED: int
LEAD: int
WAIT: int
STALE: int
ABSENT: int
INVALID: int
CLOSED: int
OUT_OF_MEMORY: int
TOO_LARGE: int
EXISTS: int
LOAD_FAILED: int
DEADLOCK: int
INTERNAL: int
UNSUPPORTED: int
FOREVER: int
KEY_SIZE_MAX: int
VALUE_SIZE_MAX: int

CLOCK_SYSTEM: int
CLOCK_MANUAL: int

POLICY_AUTO: int
POLICY_LRU: int
POLICY_S3FIFO: int
AIM_OBJECTS: int
AIM_BYTES: int
AIM_COST: int
COMPRESSION_AUTO: int
COMPRESSION_OFF: int
CAUSE_CAPACITY: int
CAUSE_EXPIRED: int
CAUSE_ERASED: int
CAUSE_REPLACED: int

INTERN_NONE: int

MODULE_STATE_UNLOADED: int
MODULE_STATE_LOADING: int
MODULE_STATE_LOADED: int
MODULE_STATE_FAILED: int
MODULE_STEP_LOAD: int
MODULE_STEP_WARM_UP: int
MODULE_TEXT_NAME: int
MODULE_TEXT_KINDS: int
MODULE_TEXT_SCHEMES: int
MODULE_TEXT_VERSION: int
MODULE_TEXT_DEPENDENCIES: int
MODULE_TEXT_DEPENDENTS: int
MODULE_TEXT_SOURCE: int
MODULE_TEXT_LIBRARY: int
MODULE_TEXT_REASON: int
MODULE_TEXT_LOG: int
REPORT_FORMAT_TEXT: int
REPORT_FORMAT_JSON: int

TASK_PRIORITY_NORMAL: int
TASK_PRIORITY_HIGH: int
TASK_PRIORITY_LOW: int
TASK_STATE_QUEUED: int
TASK_STATE_RUNNING: int
TASK_STATE_DONE: int
TASK_STATE_FAILED: int
TASK_STATE_TIMED_OUT: int
TASK_STATE_CANCELLED: int
TASK_STATE_NEVER_STARTED: int

class Error(Exception):
    """A failure of brisk. The classes derived from this one say which."""

    status: int
    status_name: str

class WrongType(Error, TypeError):
    """An argument is of a type that has no place there."""

class InvalidArgument(Error, ValueError):
    """An argument is wrong; the message names it, its value and what is allowed."""

class Closed(Error):
    """The handle was closed before the call, or while the call waited."""

class OutOfMemory(Error, MemoryError):
    """The system gave no memory; the call was not done, in part neither."""

class TooLarge(Error, ValueError):
    """A key, a value or an entry is beyond a limit; the message names size and limit."""

class Exists(Error):
    """The name is taken by a live object."""

class LoadFailed(Error):
    """The loader of this key, or of this module, failed; the message is its own."""

class Deadlock(Error):
    """A load waits, directly or through others, for itself."""

class Internal(Error):
    """An unexpected condition inside the library; please report the message."""

class Unsupported(Error):
    """A driver does not offer this, or does not know this version."""

def version() -> str:
    """Returns the version of the loaded library, for example "0.1.0". The text is static."""

def abi_version() -> int:
    """Returns the version of the loaded binary interface: major * 65536 + minor."""

def abi_digest() -> int:
    """Returns the digest of the interface description that the loaded library was built from. It
    equals BRISK_ABI_DIGEST of the headers when both come from the same description.
    """

def build_info() -> str:
    """Returns one line about the loaded library: version, interface version, compiler, the
    allocator in use and the path it was loaded from. The text is static.
    """

def status_name(status: int, /) -> str:
    """Returns the name of a status, for example "BRISK_MISS", or "BRISK_UNKNOWN". The text is
    static.
    """

def parse_size(text: Bytes, /) -> int:
    """Reads a size in bytes from text: a decimal number, then nothing, B, or k, M, G, T with an
    optional B (powers of 1000) or iB (powers of 1024), in any case, with an optional space
    between. Rounds down to whole bytes.
    """

class RuntimeStats(tuple[float, ...]):
    """Figures of a runtime at one moment."""

    @property
    def caches(self) -> int:
        """Caches that live in this runtime."""
    @property
    def budget_bytes(self) -> int:
        """The bound on bytes held; BRISK_FOREVER when there is none."""
    @property
    def held_bytes(self) -> int:
        """Bytes that everything in this runtime holds now."""
    @property
    def peak_bytes(self) -> int:
        """The most bytes that were held at one time."""
    @property
    def bytes_held(self) -> int:
        """The same as held_bytes."""

class RuntimeHandle:
    """One memory budget, one clock and one set of names. May be used from any thread."""

    def close(self) -> None:
        """Closes every cache of the runtime and ends its background work. Idempotent; later calls
        on the runtime return BRISK_CLOSED. The default runtime answers BRISK_INVALID.
        """

    def advance(self, step_ns: int, /) -> None:
        """Moves a manual clock forward and frees, before it returns, every entry that has expired
        by then. A system clock answers BRISK_INVALID.
        """

def runtime_new(options: dict[str, Any] | None, /) -> RuntimeHandle:
    """Creates a runtime of its own, apart from the default one. The caller owns one reference."""

def runtime_default() -> RuntimeHandle:
    """Gives the default runtime of this process, created at the first use with default settings.
    The caller owns one reference. It cannot be closed.
    """

def runtime_now(runtime: RuntimeHandle | None, /) -> int:
    """Reads the clock of a runtime, to the tick that decides about expiry."""

def runtime_read_stats(runtime: RuntimeHandle | None, /) -> RuntimeStats:
    """Reads the figures of a runtime."""

class CacheStats(tuple[float, ...]):
    """Figures of a cache. Counts run from its creation; a count may lag by the calls in flight on
    other threads. The parts of held_bytes add up to it.
    """

    @property
    def entries(self) -> int:
        """Entries now, those among them that are kept beyond their lifetime, or say that there is
        no value.
        """
    @property
    def hits(self) -> int:
        """Lookups that found a live entry; one that needs a larger buffer counts when it comes
        again.
        """
    @property
    def misses(self) -> int:
        """Lookups that did not."""
    @property
    def hit_ratio(self) -> float:
        """hits / (hits + misses), 0 before the first lookup."""
    @property
    def puts(self) -> int:
        """Values stored."""
    @property
    def refusals(self) -> int:
        """Values not stored because nothing could be evicted."""
    @property
    def loads(self) -> int:
        """Loads that completed."""
    @property
    def load_failures(self) -> int:
        """Loads that failed or were abandoned."""
    @property
    def load_ns(self) -> int:
        """Time spent in completed and failed loads, in nanoseconds."""
    @property
    def evicted_capacity(self) -> int:
        """Entries evicted to make room."""
    @property
    def evicted_expired(self) -> int:
        """Entries that expired."""
    @property
    def evicted_erased(self) -> int:
        """Entries erased or cleared by callers."""
    @property
    def evicted_replaced(self) -> int:
        """Entries replaced by newer values."""
    @property
    def evicted_capacity_bytes(self) -> int:
        """Bytes of entries evicted to make room."""
    @property
    def evicted_expired_bytes(self) -> int:
        """Bytes of entries that expired."""
    @property
    def evicted_erased_bytes(self) -> int:
        """Bytes of entries erased or cleared by callers."""
    @property
    def evicted_replaced_bytes(self) -> int:
        """Bytes of entries replaced by newer values."""
    @property
    def events_dropped(self) -> int:
        """Events lost because the queue was full."""
    @property
    def capacity_bytes(self) -> int:
        """The bound on held_bytes."""
    @property
    def held_bytes(self) -> int:
        """Bytes held now, from the allocator's point of view."""
    @property
    def peak_bytes(self) -> int:
        """The most bytes that were held at one time."""
    @property
    def entry_bytes(self) -> int:
        """Part of held_bytes: live entries with their nodes."""
    @property
    def index_bytes(self) -> int:
        """Part of held_bytes: the hash index."""
    @property
    def policy_bytes(self) -> int:
        """Part of held_bytes: ghost lists, and what the default policy samples."""
    @property
    def codec_bytes(self) -> int:
        """Part of held_bytes: compression contexts, dictionaries, and samples while one is
        trained.
        """
    @property
    def slack_bytes(self) -> int:
        """Part of held_bytes: memory taken and not in use by an entry."""
    @property
    def other_bytes(self) -> int:
        """Part of held_bytes: the cache object, its counters, its event queue and its hot keys."""
    @property
    def pinned_bytes(self) -> int:
        """Part of held_bytes: values that left the cache or were unpacked, and that callers still
        pin.
        """
    @property
    def reclaim_bytes(self) -> int:
        """Part of held_bytes: values whose last pin is gone and that the next write frees."""
    @property
    def raw_bytes(self) -> int:
        """Bytes of all live values as callers see them."""
    @property
    def stored_bytes(self) -> int:
        """Bytes of all live values as they are stored; raw_bytes / stored_bytes is the compression
        ratio.
        """
    @property
    def compressed_entries(self) -> int:
        """Live entries whose value is compressed."""
    @property
    def stale_hits(self) -> int:
        """Misses that were given a value whose lifetime is over, because a load makes a new one."""
    @property
    def stale_errors(self) -> int:
        """Callers that were given the value from before because their load failed."""
    @property
    def absent_hits(self) -> int:
        """Misses that loaded nothing, because the key was known to have no value."""
    @property
    def saved_cost(self) -> float:
        """The costs of all values that were found, once for each hit."""
    @property
    def bytes_held(self) -> int:
        """The same as held_bytes."""

class CacheHandle:
    """A bounded, compressed key/value cache in memory. May be used from any thread."""

    def close(self) -> None:
        """Drops every entry, gives the name free, and answers waiting loads with BRISK_CLOSED.
        Idempotent; later calls on the cache return BRISK_CLOSED. Pinned values stay valid.
        """

    def put(self, key: Bytes, value: Bytes, ttl_ns: int, /) -> int:
        """Copies value under key, in place of an older one. Key and value together may take half of
        the capacity, in bytes, at most. On BRISK_REFUSED and BRISK_OUT_OF_MEMORY the key has no
        value afterwards, so that an older version never comes back.
        """

    def put_cost(self, key: Bytes, value: Bytes, ttl_ns: int, cost: float, /) -> int:
        """Does brisk_cache_put for a value that carries its cost, in 16 bytes more. Every hit adds
        the cost to saved_cost of brisk_cache_stats.
        """

    def put_many(
        self,
        keys: Bytes,
        key_sizes: ReadableBuffer,
        values: Bytes,
        value_sizes: ReadableBuffer,
        ttl_ns: int,
        /,
    ) -> tuple[int, int]:
        """Does brisk_cache_put for each entry in turn and stops at the first that is not stored.
        The sizes must add up to the sizes of keys and values; they are all checked first, and
        nothing is stored when one is wrong.
        """

    def get(self, key: Bytes, /) -> tuple[int, ValueHandle | None]:
        """Pins the value of key, without a copy when it is stored raw. A compressed value is
        unpacked into memory that counts towards the bound; BRISK_REFUSED says that there is no
        room for that.
        """

    def get_many(
        self,
        keys: Bytes,
        key_sizes: ReadableBuffer,
        /,
    ) -> tuple[list[ValueHandle | None], int]:
        """Pins the values of many keys in one call, at a lower cost a key. A value that
        brisk_cache_get would refuse counts as not found. On failure every element is NULL.
        """

    def read(self, key: Bytes, buffer: WriteableBuffer, /) -> tuple[int, int]:
        """Copies the value of key into buffer. Takes no lock and allocates nothing when the value
        is stored raw and small.
        """

    def read_many(
        self,
        keys: Bytes,
        key_sizes: ReadableBuffer,
        buffer: WriteableBuffer,
        /,
    ) -> tuple[int, list[int], int]:
        """Copies the values of many keys in one call, at a lower cost a key. Stops at the first
        value that does not fit: BRISK_SHORT_BUFFER, with the size of that value in its element
        of value_sizes; go on from there.
        """

    def contains(self, key: Bytes, /) -> int:
        """Tells whether key has a live value: BRISK_OK or BRISK_MISS. Does not count as a use."""

    def touch(self, key: Bytes, ttl_ns: int, /) -> int:
        """Starts the lifetime of an entry anew. Counts as a use."""

    def erase(self, key: Bytes, /) -> int:
        """Removes the entry of key. A load of key that is in flight reaches its waiters and is not
        stored.
        """

    def erase_matching(self, pattern: Bytes, /) -> int:
        """Removes every entry whose key matches, for example user:123:*, and that was in the cache
        when the call began. Costs a walk over all keys; other writers go on in between.
        """

    def clear(self) -> None:
        """Removes every entry that was in the cache when the call began."""

    def keys(self) -> CursorHandle:
        """Begins a walk over the keys, in no order. A key that is in the cache for the whole walk
        is returned exactly once; one that comes or goes meanwhile at most once.
        """

    def hot_keys(self, count: int, /) -> CursorHandle:
        """Begins a walk over the keys that are asked for most, whether they are in the cache or
        not, the hottest first and as they are now. Every lookup counts that
        brisk_cache_read_stats counts: exactly for the first 4095 of a thread, then by sampling.
        Counts are halved every six hours, so that keys which nobody asks for any more make way.
        """

    def save_hot(self, path: Bytes, /) -> None:
        """Writes the hot keys with their counts to a file that only its owner may read, in place of
        an older one and as a whole. A file that cannot be written is BRISK_INVALID.
        """

    def restore_hot(self, path: Bytes, /) -> tuple[int, int]:
        """Adds the hot keys of a file that brisk_cache_save_hot wrote, in an earlier process for
        example, to those of the cache; the hottest stay where not all have room. BRISK_MISS says
        that there is no such file. One that cannot be read, or is damaged, is BRISK_INVALID, and
        nothing is added.
        """

    def next_event(self, buffer: WriteableBuffer, /) -> tuple[int, int, int]:
        """Takes the oldest event off the queue that event_capacity switches on: an entry that left
        the cache. After BRISK_SHORT_BUFFER the same event comes again.
        """

    def read_stats(self) -> CacheStats:
        """Reads the figures of a cache."""

    def begin(
        self,
        key: Bytes,
        parent: LeaseHandle | None,
        /,
    ) -> tuple[int, ValueHandle | None, LeaseHandle | None]:
        """Looks key up, and where it is missing joins its load. Never blocks. BRISK_OK gives the
        value, BRISK_LEAD the lead of a new load, BRISK_WAIT a place among those who wait for the
        load in flight. Within stale_ns of the end of its lifetime a value comes with the lead,
        and in place of a wait; with early_beta also before.
        """

class ValueHandle(bytes):
    """One pinned value. Its bytes stay valid and unchanged until the last brisk_value_unref, even
    after the entry is evicted or the cache is closed and released.
    """

class CursorHandle:
    """A walk over the keys of a cache. One thread at a time; it keeps its cache alive."""

    def next(self, buffer: WriteableBuffer, /) -> tuple[int, int]:
        """Copies the next key into buffer. After BRISK_SHORT_BUFFER the same key comes again."""

def cache_new(runtime: RuntimeHandle | None, options: dict[str, Any] | None, /) -> CacheHandle:
    """Creates a cache. The caller owns one reference."""

def cache_find(runtime: RuntimeHandle | None, name: Bytes, /) -> tuple[int, CacheHandle | None]:
    """Finds a live cache by its name. The caller owns one more reference to it."""

def cursor_lookups(cursor: CursorHandle | None, /) -> int:
    """Returns how often the key that brisk_cursor_next gave last was asked for, as far as that is
    known; 0 for a cursor of another kind.
    """

class InternStats(tuple[float, ...]):
    """Figures of an interner. A count may lag by the calls in flight on other threads."""

    @property
    def strings(self) -> int:
        """Strings that have an id."""
    @property
    def string_bytes(self) -> int:
        """Their bytes, as callers see them."""
    @property
    def hits(self) -> int:
        """Lookups, of put and of find, that found their string."""
    @property
    def refusals(self) -> int:
        """Strings that were refused for want of room."""
    @property
    def capacity_bytes(self) -> int:
        """The bound on held_bytes."""
    @property
    def held_bytes(self) -> int:
        """Bytes held now; they count towards the budget of the runtime."""
    @property
    def bytes_held(self) -> int:
        """The same as held_bytes."""

class InternHandle:
    """A set of byte strings, each with an id and an address of its own. May be used from any
    thread.
    """

    def put(self, string: Bytes, /) -> tuple[int, int]:
        """Gives the id of a string, which is copied and given the next id when it is new.
        BRISK_REFUSED says that the interner, or the budget of its runtime, has no room for it;
        strings that are there are still found.
        """

    def put_many(self, strings: Bytes, sizes: ReadableBuffer, /) -> tuple[int, list[int], int]:
        """Does brisk_intern_put for each string in turn, at a lower cost each, and stops at the
        first that is refused. The sizes must add up to the size of strings; they are all checked
        first, and nothing is interned when one is wrong.
        """

    def find(self, string: Bytes, /) -> tuple[int, int]:
        """Gives the id of a string that is there, and adds none. Takes no lock and allocates
        nothing.
        """

    def find_many(self, strings: Bytes, sizes: ReadableBuffer, /) -> tuple[list[int], int]:
        """Does brisk_intern_find for each string, at a lower cost each. The sizes must add up to
        the size of strings.
        """

    def read_stats(self) -> InternStats:
        """Reads the figures of an interner."""

def intern_new(runtime: RuntimeHandle | None, options: dict[str, Any] | None, /) -> InternHandle:
    """Creates an interner. The caller owns one reference. It outlives the close of its runtime, so
    that addresses stay valid.
    """

def intern_at(intern: InternHandle | None, id: int, /) -> bytes | None:
    """Returns the one address of the string that has this id, NULL when none has. A zero byte that
    does not count follows the string. Equal strings have equal addresses. They live as long as
    the interner.
    """

class ModuleFigures(tuple[float, ...]):
    """Figures of a module at the moment of its report."""

    @property
    def state(self) -> int:
        """How far it is."""
    @property
    def load_ns(self) -> int:
        """How long the load took in nanoseconds, without what it waited for; so far, where it goes
        on.
        """
    @property
    def warm_up_ns(self) -> int:
        """How long the warm-up took in nanoseconds."""
    @property
    def gained_bytes(self) -> int:
        """Bytes of memory that the process gained meanwhile; loads at the same time count in each
        other's.
        """
    @property
    def thread(self) -> int:
        """The system's number of the thread that loaded it; 0 before."""
    @property
    def attempts(self) -> int:
        """How often it was loaded, successfully or not."""
    @property
    def dependents(self) -> int:
        """How many modules need it directly."""

class ModulesHandle:
    """A set of modules. May be used from any thread."""

    def close(self) -> None:
        """Ends waiting, and loading in the background after the module in hand. Idempotent; later
        calls return BRISK_CLOSED. What was loaded stays.
        """

    def scan(self, folder: Bytes, /) -> int:
        """Reads every manifest (NAME.module) of a folder and opens no library. A manifest that is
        wrong, too large, or open to be written by everyone becomes a module that has failed,
        with that reason; a name that is taken stays with the first. A folder that cannot be
        read, or that everyone may write to, is BRISK_INVALID. BRISK_LOAD_FAILED is for eager
        sets, whose modules are loaded here.
        """

    def load(self, name: Bytes, timeout_ns: int, /) -> int:
        """Loads a module that is not loaded yet, after all that it depends on, on this thread. A
        loader that runs is not interrupted. A failure is that of the first time, until
        brisk_modules_retry; a circle of dependencies, or of loads that wait for each other, is
        BRISK_DEADLOCK and names it.
        """

    def load_all(self, threads: int, timeout_ns: int, /) -> int:
        """Loads every module, in parallel where dependencies allow. A failure comes after all have
        been tried and names each module that failed, and why. A call from the load of a module
        would wait for itself and is BRISK_DEADLOCK.
        """

    def preload(self) -> None:
        """Loads what is not loaded yet in idle time, and returns at once: one module at a time on
        one thread of its own, never while a caller loads one, with pauses as long as the loads.
        Failures are kept for who uses the module.
        """

    def retry(self, name: Bytes, /) -> int:
        """Forgets the failure of a module and of those that it depends on, reading their manifests
        anew; the next use tries again. BRISK_MISS when there is no such module.
        """

    def state(self, name: Bytes, /) -> tuple[int, int]:
        """Tells how far a module is, and loads nothing. BRISK_MISS when there is no such module."""

    def symbol(self, name: Bytes, symbol: str, timeout_ns: int, /) -> tuple[int, int]:
        """Loads a native module and gives the address of a symbol, which is good for as long as the
        process lives: keep it, and a call costs what any call through a pointer does. A module
        without a library, or without this symbol, answers BRISK_INVALID.
        """

    def report(self) -> ModuleReportHandle:
        """Describes every module as it is now, and loads nothing."""

class ModuleReportHandle:
    """What a set of modules was at one moment. Immutable; may be read from any thread."""

    def read(self, index: int, /) -> ModuleFigures:
        """Reads the figures of a module."""

def modules_new(runtime: RuntimeHandle | None, options: dict[str, Any] | None, /) -> ModulesHandle:
    """Creates a set without modules. Touches no file. The caller owns one reference."""

def module_report_count(report: ModuleReportHandle | None, /) -> int:
    """Returns how many modules a report has."""

def module_report_text(report: ModuleReportHandle | None, index: int, part: int, /) -> str:
    """Returns a text about a module, empty where there is none. The text lives as long as the
    report.
    """

def module_report_format(report: ModuleReportHandle | None, format: int, /) -> str:
    """Returns the whole report as one text, which lives as long as the report."""

class WorkersStats(tuple[float, ...]):
    """Figures of a pool. Counts run from its creation. Durations are to an eighth."""

    @property
    def threads(self) -> int:
        """Threads that were started."""
    @property
    def queued(self) -> int:
        """Tasks that wait for a thread or for memory."""
    @property
    def queued_bytes(self) -> int:
        """What these declared, in bytes."""
    @property
    def running(self) -> int:
        """Tasks that run."""
    @property
    def done(self) -> int:
        """Tasks, and items of batches, that succeeded."""
    @property
    def failed(self) -> int:
        """Those that failed."""
    @property
    def timed_out(self) -> int:
        """Those whose deadline passed while they ran."""
    @property
    def cancelled(self) -> int:
        """Those that were cancelled."""
    @property
    def never_started(self) -> int:
        """Those whose deadline passed before they began."""
    @property
    def refused(self) -> int:
        """Tasks that found the queue full."""
    @property
    def wait_p50_ns(self) -> int:
        """Half of the tasks waited for less, in nanoseconds."""
    @property
    def wait_p99_ns(self) -> int:
        """99 of 100 tasks waited for less, in nanoseconds."""
    @property
    def wait_max_ns(self) -> int:
        """The longest wait, in nanoseconds."""
    @property
    def run_p50_ns(self) -> int:
        """Half of the tasks ran for less, in nanoseconds."""
    @property
    def run_p99_ns(self) -> int:
        """99 of 100 tasks ran for less, in nanoseconds."""
    @property
    def run_max_ns(self) -> int:
        """The longest run, in nanoseconds."""

class LimiterStats(tuple[float, ...]):
    """Figures of a limiter. Counts run from its creation."""

    @property
    def acquired(self) -> int:
        """Acquisitions that succeeded."""
    @property
    def refused(self) -> int:
        """Acquisitions that did not come in time."""
    @property
    def waited_ns(self) -> int:
        """Time spent waiting for tokens by those that succeeded, in nanoseconds."""
    @property
    def available(self) -> float:
        """Tokens that could be taken now; negative when some are taken in advance."""

class WorkersHandle:
    """A pool of threads. May be used from any thread. When the last reference goes, tasks that have
    not begun are never started.
    """

    def close(self, timeout_ns: int, stragglers: WriteableBuffer, /) -> tuple[int, int]:
        """Ends the pool: tasks that have not begun are never started, those that run are cancelled
        and waited for. BRISK_TIMEOUT says that some still run; the pool ends with them.
        Idempotent; later submissions return BRISK_CLOSED. A task that closes its own pool gets
        BRISK_DEADLOCK.
        """

    def read_stats(self) -> WorkersStats:
        """Reads the figures of a pool."""

class TaskHandle:
    """One task. May be used from any thread."""

    def wait(self, timeout_ns: int, /) -> tuple[int, int]:
        """Waits for the end of a task. Inside a task of the same pool it runs other tasks
        meanwhile, one of which may make it longer than its timeout. A task that waits for
        itself, directly or through the tasks it runs meanwhile, gets BRISK_DEADLOCK.
        """

    def cancel(self) -> None:
        """Cancels a task: one that has not begun ends now, one that runs sees it when it looks.
        Idempotent.
        """

    def succeed(self, result: Bytes, /) -> None:
        """Keeps the result of a task, called by the task itself. At most 2147483647 bytes."""

    def fail(self, message: Bytes, /) -> None:
        """Keeps the reason of a failure, called by the task itself before it returns a negative
        status.
        """

    def read(self, buffer: WriteableBuffer, /) -> tuple[int, int]:
        """Copies the result of a task that succeeded. One that failed gives its own status and
        reason, any other end BRISK_INVALID.
        """

class BatchHandle:
    """Many calls of one function, and the outcome of each. May be used from any thread."""

    def wait(self, timeout_ns: int, /) -> tuple[int, int]:
        """Waits for the end of a batch, which is that of its last item, of its deadline, or in a
        race the first success. Inside a task of the same pool it runs items of the batch and
        other tasks meanwhile.
        """

    def states(self, count: int, /) -> list[int]:
        """Reads how each item of a batch ended, or how far it is. Room for fewer items gets the
        first ones.
        """

    def check(self, index: int, /) -> None:
        """Succeeds unless this item failed, and then fails with the status and the reason that it
        gave.
        """

    def cancel(self) -> None:
        """Cancels a batch: items that have not begun end now, those that run see it when they look.
        Idempotent.
        """

    def fail(self, index: int, message: Bytes, /) -> None:
        """Keeps the reason of a failure, called by the item itself before it returns a negative
        status.
        """

class TokenHandle:
    """A cancellation: set once, seen by every task that was given it. May be used from any
    thread.
    """

    def cancel(self) -> None:
        """Cancels everything that was given this token or one below it. Idempotent."""

class CompletionsHandle:
    """A queue of tasks that ended, for event loops: a file descriptor that polls as readable, and
    their tags. May be used from any thread.
    """

    def next(self, count: int, /) -> tuple[int, list[int], int]:
        """Takes tags off the queue. Never blocks; BRISK_END says that there are none."""

class LimiterHandle:
    """A bound on how often something is done: a bucket that holds tokens up to its burst and fills
    at its rate (Turner, New Directions in Communications, IEEE Communications Magazine 24,
    1986). May be used from any thread.
    """

    def acquire(self, tokens: float, timeout_ns: int, /) -> int:
        """Takes tokens, waiting for them in turn. BRISK_TIMEOUT comes at once when they would not
        be there in time, and takes nothing.
        """

    def read_stats(self) -> LimiterStats:
        """Reads the figures of a limiter."""

def workers_new(runtime: RuntimeHandle | None, options: dict[str, Any] | None, /) -> WorkersHandle:
    """Creates a pool. No thread is started yet. The caller owns one reference."""

def task_poll(task: TaskHandle | None, /) -> int:
    """Returns how far a task is."""

def task_is_cancelled(task: TaskHandle | None, /) -> int:
    """Returns 1 when a task was cancelled, by itself, by its token or by the end of its pool, or
    its deadline has passed; otherwise 0.
    """

def batch_is_cancelled(batch: BatchHandle | None, /) -> int:
    """Returns 1 when a batch was cancelled, a race is won, or the deadline has passed; otherwise
    0.
    """

def token_new(parent: TokenHandle | None, /) -> TokenHandle:
    """Creates a token. The caller owns one reference."""

def token_is_cancelled(token: TokenHandle | None, /) -> int:
    """Returns 1 when a token or one above it was cancelled, otherwise 0."""

def completions_new() -> CompletionsHandle:
    """Creates a queue of ended tasks. The caller owns one reference."""

def completions_fd(completions: CompletionsHandle | None, /) -> int:
    """Returns a file descriptor that polls as readable while the queue is not empty, borrowed from
    it; -1 when there is none.
    """

def limiter_new(rate: float, burst: float, /) -> LimiterHandle:
    """Creates a limiter. The caller owns one reference."""

class LeaseHandle:
    """A part in the load of one key: the lead, or a place among those who wait. May be used from
    any thread. When the last reference to a lead goes and the load has not ended, it is
    abandoned.
    """

    def complete(self, value: Bytes, ttl_ns: int, pinned: bool, /) -> ValueHandle | None:
        """Ends the load with a value: every waiter gets it. It is stored unless the cache has no
        room, or the key was written or erased since the load began; waiters get it all the same.
        A lease that does not lead, or a load that has ended, answers BRISK_INVALID.
        """

    def set_cost(self, cost: float, /) -> None:
        """Gives the cost that the value will carry, in place of the time that the load takes;
        before brisk_lease_complete. A cache with early_beta takes it for nanoseconds.
        """

    def complete_absent(self, ttl_ns: int, /) -> None:
        """Ends the load with the knowledge that the key has no value: every waiter gets
        BRISK_ABSENT, and so does everybody who asks for a load while it is known. Reads miss the
        key. An older value that was kept goes.
        """

    def fail(self, message: Bytes, /) -> int:
        """Ends the load with a failure: every waiter gets BRISK_LOAD_FAILED with this message.
        Nothing is stored; the next caller begins a new load. BRISK_STALE says that every waiter
        gets the value from before instead, and so does this lease from brisk_lease_wait.
        """

    def abandon(self) -> None:
        """Gives the lead to one of the waiters; without waiters the load ends."""

    def wait(self, timeout_ns: int, /) -> tuple[int, ValueHandle | None]:
        """Waits for the load to end. BRISK_LEAD says that the leader abandoned it and that this
        lease leads now. May be called again after BRISK_TIMEOUT. A lease that leads answers
        BRISK_INVALID until its load has ended.
        """

class CacheBase:
    """The hot part of a cache, written by hand in hot.c. Documented in brisk.Cache."""

    def __init__(
        self,
        raw: CacheHandle,
        encode: Callable[[Any], ReadableBuffer] | None = None,
        decode: Callable[[bytes], Any] | None = None,
        kept: int = 0,
        /,
    ) -> None: ...
    @property
    def _raw(self) -> CacheHandle: ...
    def get(self, key: Bytes, default: Any = None) -> Any: ...
    def set(
        self, key: Bytes, value: Any, ttl: Seconds | None = None, cost: float = 0.0
    ) -> bool: ...
    def get_many(self, keys: Iterable[Bytes], default: Any = None) -> list[Any]: ...
    def set_many(
        self,
        entries: Mapping[Any, Any] | Iterable[tuple[Bytes, Any]],
        ttl: Seconds | None = None,
    ) -> int: ...
    def discard(self, key: Bytes, /) -> bool: ...
    def _begin(
        self, key: Bytes, parent: LeaseHandle | None, /
    ) -> tuple[Any, bool, LeaseHandle | None, int]: ...
    def _encode(self, value: Any, /) -> bytes: ...
    def _decode(self, data: ReadableBuffer | ValueHandle, /) -> Any: ...
    def __getitem__(self, key: Bytes, /) -> Any: ...
    def __setitem__(self, key: Bytes, value: Any, /) -> None: ...
    def __delitem__(self, key: Bytes, /) -> None: ...
    def __contains__(self, key: object, /) -> bool: ...

class TaskBase:
    """One call on a pool, written by hand in tasks.c. Documented in brisk.Task."""

    @property
    def _raw(self) -> TaskHandle: ...
    @property
    def _value(self) -> Any: ...
    @property
    def _error(self) -> BaseException | None: ...
    @property
    def _deadline(self) -> int: ...
    def _tell(self, call: Callable[[], object], /) -> bool: ...

class BatchBase:
    """Many calls on a pool, written by hand in items.c. Documented in brisk.Workers."""

    @property
    def _raw(self) -> BatchHandle: ...
    @property
    def _values(self) -> list[Any]: ...
    @property
    def _deadline(self) -> int: ...
    def _tell(self, call: Callable[[], object], /) -> bool: ...
    def _own(self) -> bytes: ...

T = TypeVar("T", bound=TaskBase)
B = TypeVar("B", bound=BatchBase)

def submit(
    type: type[T],
    workers: WorkersHandle,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    priority: int,
    timeout: Seconds | None,
    bytes: int | str,
    name: str | None,
    room: Seconds | None,
    token: TokenHandle | None,
    completions: CompletionsHandle | None,
    tag: int,
    /,
) -> T | None:
    """Begins a call of function on a pool; None when the queue has no room in time."""

def begin_batch(
    type: type[B],
    workers: WorkersHandle,
    function: Callable[[Any], Any] | None,
    items: tuple[Any, ...],
    block: int,
    timeout_ns: int,
    race: bool,
    token: TokenHandle | None,
    tally: bytearray,
    /,
) -> B | None:
    """Begins calls of function with each item, or of the items; None when the queue is full."""

def is_cancelled() -> bool:
    """Whether the task or batch that runs in this thread was cancelled, or is past its deadline.

    False outside of tasks. Of tasks that run in one another, because one waits, the inner one.
    """

def end_of_python() -> None:
    """Keeps threads of C out of Python from now on."""

def modules_add(
    modules: ModulesHandle,
    options: dict[str, Any],
    loader: Callable[[int], bytes | None],
    /,
) -> None:
    """Adds a module that loader loads: it is called with a step, and gives the reason of a failure.

    C keeps a weak reference to it.
    """

class HasSeconds(Protocol):
    """What a datetime.timedelta has."""

    def total_seconds(self) -> float:
        """All of it."""
        ...

Seconds = SupportsFloat | HasSeconds

def nanoseconds(seconds: Seconds | None, name: str, /) -> int:
    """A lifetime as C has it: 0 for None, FOREVER for infinity."""

def wait_nanoseconds(seconds: Seconds | None, name: str, /) -> int:
    """A timeout as C has it: 0 for None, one nanosecond for what is not positive."""

def library() -> tuple[str, str, str]:
    """The version, the binary interface and the path of the loaded library."""
