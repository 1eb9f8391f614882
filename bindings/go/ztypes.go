// Generated from bindings/abi/spec. Do not edit; run `make gen`.
// Code generated from bindings/abi/spec. DO NOT EDIT.

package brisk

import (
	"time"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// Status: The result of a call. Zero is success, a positive number an expected outcome that creates
// no error object, a negative number a failure. Later versions may add values.
type Status = capi.Status

// The values of Status.
const (
	// The call did what it says.
	StatusOK = capi.StatusOK
	// No live entry, cache or other object has this key or name.
	StatusMiss = capi.StatusMiss
	// Nothing is left to return.
	StatusEnd = capi.StatusEnd
	// The timeout passed before an answer was there; what was waited for goes on.
	StatusTimeout = capi.StatusTimeout
	// The buffer is too small; the size that is needed was stored and nothing was taken.
	StatusShortBuffer = capi.StatusShortBuffer
	// There is no room and none can be made: callers pin what is held, nothing of it may go, or a
	// queue is full.
	StatusRefused = capi.StatusRefused
	// The caller now leads the load of this key and must complete, fail or abandon it.
	StatusLead = capi.StatusLead
	// Another caller leads the load of this key; wait on the lease.
	StatusWait = capi.StatusWait
	// The load failed, and those who asked get the value from before, whose lifetime is over.
	StatusStale = capi.StatusStale
	// The key is known to have no value, and so nothing is loaded.
	StatusAbsent = capi.StatusAbsent
	// An argument is wrong; the message names it, its value and what is allowed.
	StatusInvalid = capi.StatusInvalid
	// The handle was closed before the call, or while the call waited.
	StatusClosed = capi.StatusClosed
	// The system gave no memory; the call was not done, in part neither.
	StatusOutOfMemory = capi.StatusOutOfMemory
	// A key, a value or an entry is beyond a limit; the message names size and limit.
	StatusTooLarge = capi.StatusTooLarge
	// The name is taken by a live object.
	StatusExists = capi.StatusExists
	// The loader of this key, or of this module, failed; the message is its own.
	StatusLoadFailed = capi.StatusLoadFailed
	// A load waits, directly or through others, for itself.
	StatusDeadlock = capi.StatusDeadlock
	// An unexpected condition inside the library; please report the message.
	StatusInternal = capi.StatusInternal
	// A driver does not offer this, or does not know this version.
	StatusUnsupported = capi.StatusUnsupported
)

// Clock: Which clock a runtime reads. Later versions may add values.
type Clock = capi.Clock

// The values of Clock.
const (
	// The monotonic clock of the system, read to a tick of 4 milliseconds.
	ClockSystem = capi.ClockSystem
	// A clock that starts at zero and moves only by brisk_runtime_advance, for tests.
	ClockManual = capi.ClockManual
)

// RuntimeStats: Figures of a runtime at one moment.
type RuntimeStats struct {
	// Caches that live in this runtime.
	Caches uint32
	// The bound on bytes held; BRISK_FOREVER when there is none.
	BudgetBytes uint64
	// Bytes that everything in this runtime holds now.
	HeldBytes uint64
	// The most bytes that were held at one time.
	PeakBytes uint64
}

func newRuntimeStats(raw *capi.RuntimeStats) (figures RuntimeStats) {
	figures.Caches = raw.Caches
	figures.BudgetBytes = raw.BudgetBytes
	figures.HeldBytes = raw.HeldBytes
	figures.PeakBytes = raw.PeakBytes
	return figures
}

// Policy: Which entries a full cache gives up. Later versions may add values.
type Policy = capi.Policy

// The values of Policy.
const (
	// The rule that does best now, out of several that are tried on a sample of the keys.
	PolicyAuto = capi.PolicyAuto
	// Least recently used.
	PolicyLRU = capi.PolicyLRU
	// Three FIFO queues with a ghost list (Yang and others, FIFO Queues are All You Need for Cache
	// Eviction, SOSP 2023).
	PolicyS3FIFO = capi.PolicyS3FIFO
)

// Aim: What a policy maximizes. Later versions may add values.
type Aim = capi.Aim

// The values of Aim.
const (
	// The share of lookups that hit: small values are kept rather than large ones.
	AimObjects = capi.AimObjects
	// The share of the bytes asked for that hit.
	AimBytes = capi.AimBytes
	// The share of the cost that hits save: costly values are kept rather than cheap ones, in
	// proportion to the bytes they take. Loads carry their time as their cost, puts what
	// brisk_cache_put_cost gives; a value without a cost counts as the cheapest.
	AimCost = capi.AimCost
)

// Compression: Whether values are compressed. Later versions may add values.
type Compression = capi.Compression

// The values of Compression.
const (
	// With zstd, from compression_threshold bytes up, where that saves at least an eighth; a value
	// that does not shrink stays raw, and so does one of 256 MiB. From 8 MiB of capacity up a
	// dictionary is trained in the background from the values there are, and again when they
	// change; then small values shrink as well. Without a compression_threshold, and with policies
	// but LRU, values in such a cache of at most a 4096th of its capacity are packed when they have
	// come to stay, by a later write or when a dictionary comes, and a sixteenth of the capacity is
	// left unpacked to those read most; where values are loaded, from about a quarter of it, when a
	// load takes no longer than a dozen unpackings, to about a 64th.
	CompressionAuto = capi.CompressionAuto
	// Never.
	CompressionOff = capi.CompressionOff
)

// Cause: Why an entry left the cache. Later versions may add values.
type Cause = capi.Cause

// The values of Cause.
const (
	// Evicted to make room.
	CauseCapacity = capi.CauseCapacity
	// Its lifetime, or its time without use, ended.
	CauseExpired = capi.CauseExpired
	// Erased or cleared by a caller.
	CauseErased = capi.CauseErased
	// A newer value took its key.
	CauseReplaced = capi.CauseReplaced
)

// CacheStats: Figures of a cache. Counts run from its creation; a count may lag by the calls in
// flight on other threads. The parts of held_bytes add up to it.
type CacheStats struct {
	// Entries now, those among them that are kept beyond their lifetime, or say that there is no
	// value.
	Entries uint64
	// Lookups that found a live entry; one that needs a larger buffer counts when it comes again.
	Hits uint64
	// Lookups that did not.
	Misses uint64
	// hits / (hits + misses), 0 before the first lookup.
	HitRatio float64
	// Values stored.
	Puts uint64
	// Values not stored because nothing could be evicted.
	Refusals uint64
	// Loads that completed.
	Loads uint64
	// Loads that failed or were abandoned.
	LoadFailures uint64
	// Time spent in completed and failed loads, in nanoseconds.
	LoadTime time.Duration
	// Entries evicted to make room.
	EvictedCapacity uint64
	// Entries that expired.
	EvictedExpired uint64
	// Entries erased or cleared by callers.
	EvictedErased uint64
	// Entries replaced by newer values.
	EvictedReplaced uint64
	// Bytes of entries evicted to make room.
	EvictedCapacityBytes uint64
	// Bytes of entries that expired.
	EvictedExpiredBytes uint64
	// Bytes of entries erased or cleared by callers.
	EvictedErasedBytes uint64
	// Bytes of entries replaced by newer values.
	EvictedReplacedBytes uint64
	// Events lost because the queue was full.
	EventsDropped uint64
	// The bound on held_bytes.
	CapacityBytes uint64
	// Bytes held now, from the allocator's point of view.
	HeldBytes uint64
	// The most bytes that were held at one time.
	PeakBytes uint64
	// Part of held_bytes: live entries with their nodes.
	EntryBytes uint64
	// Part of held_bytes: the hash index.
	IndexBytes uint64
	// Part of held_bytes: ghost lists, and what the default policy samples.
	PolicyBytes uint64
	// Part of held_bytes: compression contexts, dictionaries, and samples while one is trained.
	CodecBytes uint64
	// Part of held_bytes: memory taken and not in use by an entry.
	SlackBytes uint64
	// Part of held_bytes: the cache object, its counters, its event queue and its hot keys.
	OtherBytes uint64
	// Part of held_bytes: values that left the cache or were unpacked, and that callers still pin.
	PinnedBytes uint64
	// Part of held_bytes: values whose last pin is gone and that the next write frees.
	ReclaimBytes uint64
	// Bytes of all live values as callers see them.
	RawBytes uint64
	// Bytes of all live values as they are stored; raw_bytes / stored_bytes is the compression
	// ratio.
	StoredBytes uint64
	// Live entries whose value is compressed.
	CompressedEntries uint64
	// Misses that were given a value whose lifetime is over, because a load makes a new one.
	StaleHits uint64
	// Callers that were given the value from before because their load failed.
	StaleErrors uint64
	// Misses that loaded nothing, because the key was known to have no value.
	AbsentHits uint64
	// The costs of all values that were found, once for each hit.
	SavedCost float64
}

func newCacheStats(raw *capi.CacheStats) (figures CacheStats) {
	figures.Entries = raw.Entries
	figures.Hits = raw.Hits
	figures.Misses = raw.Misses
	figures.HitRatio = raw.HitRatio
	figures.Puts = raw.Puts
	figures.Refusals = raw.Refusals
	figures.Loads = raw.Loads
	figures.LoadFailures = raw.LoadFailures
	figures.LoadTime = time.Duration(raw.LoadNs)
	figures.EvictedCapacity = raw.EvictedCapacity
	figures.EvictedExpired = raw.EvictedExpired
	figures.EvictedErased = raw.EvictedErased
	figures.EvictedReplaced = raw.EvictedReplaced
	figures.EvictedCapacityBytes = raw.EvictedCapacityBytes
	figures.EvictedExpiredBytes = raw.EvictedExpiredBytes
	figures.EvictedErasedBytes = raw.EvictedErasedBytes
	figures.EvictedReplacedBytes = raw.EvictedReplacedBytes
	figures.EventsDropped = raw.EventsDropped
	figures.CapacityBytes = raw.CapacityBytes
	figures.HeldBytes = raw.HeldBytes
	figures.PeakBytes = raw.PeakBytes
	figures.EntryBytes = raw.EntryBytes
	figures.IndexBytes = raw.IndexBytes
	figures.PolicyBytes = raw.PolicyBytes
	figures.CodecBytes = raw.CodecBytes
	figures.SlackBytes = raw.SlackBytes
	figures.OtherBytes = raw.OtherBytes
	figures.PinnedBytes = raw.PinnedBytes
	figures.ReclaimBytes = raw.ReclaimBytes
	figures.RawBytes = raw.RawBytes
	figures.StoredBytes = raw.StoredBytes
	figures.CompressedEntries = raw.CompressedEntries
	figures.StaleHits = raw.StaleHits
	figures.StaleErrors = raw.StaleErrors
	figures.AbsentHits = raw.AbsentHits
	figures.SavedCost = raw.SavedCost
	return figures
}

// InternStats: Figures of an interner. A count may lag by the calls in flight on other threads.
type InternStats struct {
	// Strings that have an id.
	Strings uint64
	// Their bytes, as callers see them.
	StringBytes uint64
	// Lookups, of put and of find, that found their string.
	Hits uint64
	// Strings that were refused for want of room.
	Refusals uint64
	// The bound on held_bytes.
	CapacityBytes uint64
	// Bytes held now; they count towards the budget of the runtime.
	HeldBytes uint64
}

func newInternStats(raw *capi.InternStats) (figures InternStats) {
	figures.Strings = raw.Strings
	figures.StringBytes = raw.StringBytes
	figures.Hits = raw.Hits
	figures.Refusals = raw.Refusals
	figures.CapacityBytes = raw.CapacityBytes
	figures.HeldBytes = raw.HeldBytes
	return figures
}

// ModuleState: How far a module is. Later versions may add values.
type ModuleState = capi.ModuleState

// The values of ModuleState.
const (
	// Known, and not used yet.
	ModuleStateUnloaded = capi.ModuleStateUnloaded
	// Some thread loads it.
	ModuleStateLoading = capi.ModuleStateLoading
	// Ready, for as long as the process lives.
	ModuleStateLoaded = capi.ModuleStateLoaded
	// Its load failed, or its manifest; the reason is kept until it is tried again.
	ModuleStateFailed = capi.ModuleStateFailed
)

// ModuleStep: What a callback is asked to do. Later versions may add values.
type ModuleStep = capi.ModuleStep

// The values of ModuleStep.
const (
	// Load the module.
	ModuleStepLoad = capi.ModuleStepLoad
	// Do what makes the first use fast. Runs after the load, only where it was asked for.
	ModuleStepWarmUp = capi.ModuleStepWarmUp
)

// ModuleText: What a report tells about a module in words. Later versions may add values.
type ModuleText = capi.ModuleText

// The values of ModuleText.
const (
	// Its name.
	ModuleTextName = capi.ModuleTextName
	// What it offers: kinds of drivers, or "library" or "host".
	ModuleTextKinds = capi.ModuleTextKinds
	// The schemes of addresses that it serves.
	ModuleTextSchemes = capi.ModuleTextSchemes
	// Its version.
	ModuleTextVersion = capi.ModuleTextVersion
	// The modules that it needs, separated by spaces.
	ModuleTextDependencies = capi.ModuleTextDependencies
	// The modules that need it, separated by spaces.
	ModuleTextDependents = capi.ModuleTextDependents
	// The path of its manifest; empty for one given by a callback.
	ModuleTextSource = capi.ModuleTextSource
	// The path of the library that was opened.
	ModuleTextLibrary = capi.ModuleTextLibrary
	// Why it failed.
	ModuleTextReason = capi.ModuleTextReason
	// The latest messages of its driver, a line each.
	ModuleTextLog = capi.ModuleTextLog
)

// ReportFormat: How a report is written. Later versions may add values.
type ReportFormat = capi.ReportFormat

// The values of ReportFormat.
const (
	// A table to read, slowest module first.
	ReportFormatText = capi.ReportFormatText
	// One object, with all that is known.
	ReportFormatJson = capi.ReportFormatJson
)

// ModuleFigures: Figures of a module at the moment of its report.
type ModuleFigures struct {
	// How far it is.
	State ModuleState
	// How long the load took in nanoseconds, without what it waited for; so far, where it goes on.
	LoadTime time.Duration
	// How long the warm-up took in nanoseconds.
	WarmUpTime time.Duration
	// Bytes of memory that the process gained meanwhile; loads at the same time count in each
	// other's.
	GainedBytes uint64
	// The system's number of the thread that loaded it; 0 before.
	Thread uint64
	// How often it was loaded, successfully or not.
	Attempts uint32
	// How many modules need it directly.
	Dependents uint32
}

func newModuleFigures(raw *capi.ModuleFigures) (figures ModuleFigures) {
	figures.State = raw.State
	figures.LoadTime = time.Duration(raw.LoadNs)
	figures.WarmUpTime = time.Duration(raw.WarmUpNs)
	figures.GainedBytes = raw.GainedBytes
	figures.Thread = raw.Thread
	figures.Attempts = raw.Attempts
	figures.Dependents = raw.Dependents
	return figures
}

// TaskPriority: Which tasks are taken first. Within one priority the oldest is. Later versions may
// add values.
type TaskPriority = capi.TaskPriority

// The values of TaskPriority.
const (
	// After those of high priority.
	TaskPriorityNormal = capi.TaskPriorityNormal
	// First.
	TaskPriorityHigh = capi.TaskPriorityHigh
	// When nothing else is queued.
	TaskPriorityLow = capi.TaskPriorityLow
)

// TaskState: How far a task is, or how it ended. Later versions may add values.
type TaskState = capi.TaskState

// The values of TaskState.
const (
	// It waits for a thread, or for memory.
	TaskStateQueued = capi.TaskStateQueued
	// A thread runs it.
	TaskStateRunning = capi.TaskStateRunning
	// It succeeded.
	TaskStateDone = capi.TaskStateDone
	// It failed.
	TaskStateFailed = capi.TaskStateFailed
	// Its deadline passed while it ran; it is not interrupted, and what it gives is dropped.
	TaskStateTimedOut = capi.TaskStateTimedOut
	// It was cancelled before it began, or failed after it was.
	TaskStateCancelled = capi.TaskStateCancelled
	// Its deadline passed, or the pool was closed, before it began.
	TaskStateNeverStarted = capi.TaskStateNeverStarted
)

// WorkersStats: Figures of a pool. Counts run from its creation. Durations are to an eighth.
type WorkersStats struct {
	// Threads that were started.
	Threads uint32
	// Tasks that wait for a thread or for memory.
	Queued uint64
	// What these declared, in bytes.
	QueuedBytes uint64
	// Tasks that run.
	Running uint64
	// Tasks, and items of batches, that succeeded.
	Done uint64
	// Those that failed.
	Failed uint64
	// Those whose deadline passed while they ran.
	TimedOut uint64
	// Those that were cancelled.
	Cancelled uint64
	// Those whose deadline passed before they began.
	NeverStarted uint64
	// Tasks that found the queue full.
	Refused uint64
	// Half of the tasks waited for less, in nanoseconds.
	WaitP50Time time.Duration
	// 99 of 100 tasks waited for less, in nanoseconds.
	WaitP99Time time.Duration
	// The longest wait, in nanoseconds.
	WaitMaxTime time.Duration
	// Half of the tasks ran for less, in nanoseconds.
	RunP50Time time.Duration
	// 99 of 100 tasks ran for less, in nanoseconds.
	RunP99Time time.Duration
	// The longest run, in nanoseconds.
	RunMaxTime time.Duration
}

func newWorkersStats(raw *capi.WorkersStats) (figures WorkersStats) {
	figures.Threads = raw.Threads
	figures.Queued = raw.Queued
	figures.QueuedBytes = raw.QueuedBytes
	figures.Running = raw.Running
	figures.Done = raw.Done
	figures.Failed = raw.Failed
	figures.TimedOut = raw.TimedOut
	figures.Cancelled = raw.Cancelled
	figures.NeverStarted = raw.NeverStarted
	figures.Refused = raw.Refused
	figures.WaitP50Time = time.Duration(raw.WaitP50Ns)
	figures.WaitP99Time = time.Duration(raw.WaitP99Ns)
	figures.WaitMaxTime = time.Duration(raw.WaitMaxNs)
	figures.RunP50Time = time.Duration(raw.RunP50Ns)
	figures.RunP99Time = time.Duration(raw.RunP99Ns)
	figures.RunMaxTime = time.Duration(raw.RunMaxNs)
	return figures
}

// LimiterStats: Figures of a limiter. Counts run from its creation.
type LimiterStats struct {
	// Acquisitions that succeeded.
	Acquired uint64
	// Acquisitions that did not come in time.
	Refused uint64
	// Time spent waiting for tokens by those that succeeded, in nanoseconds.
	WaitedTime time.Duration
	// Tokens that could be taken now; negative when some are taken in advance.
	Available float64
}

func newLimiterStats(raw *capi.LimiterStats) (figures LimiterStats) {
	figures.Acquired = raw.Acquired
	figures.Refused = raw.Refused
	figures.WaitedTime = time.Duration(raw.WaitedNs)
	figures.Available = raw.Available
	return figures
}
