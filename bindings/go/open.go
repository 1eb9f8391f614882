// How a cache is created, found and forgotten.

package brisk

import (
	"runtime"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/brisk-runtime/brisk/bindings/go/internal/capi"
)

// CacheOptions are the settings of a cache; what is zero has the documented default.
type CacheOptions struct {
	// Capacity bounds all bytes held: keys, values, nodes, index, slack. It is read by [ParseSize];
	// at least "256 KiB"; default "64 MiB".
	Capacity string
	// MaxEntries bounds the number of entries; default none.
	MaxEntries uint64
	// TTL is the lifetime of an entry from its last write; default Forever.
	TTL time.Duration
	// Idle is the lifetime of an entry from its last use; default Forever.
	Idle time.Duration
	// TTLJitter shortens every lifetime at random by up to this share of it, so that what was written
	// together does not expire together; 0 to 0.5, default 0.
	TTLJitter float64
	// EarlyBeta is how readily a loaded value is loaded anew before its lifetime ends, in proportion to
	// what its load took, so that not everybody finds it missing at once (XFetch). 1 is the optimum; 0
	// to 1000, default 0, never.
	EarlyBeta float64
	// Stale is how long after its lifetime a value is given to those who ask for a load, while one of
	// them makes a new one; default not at all. Lookups miss it.
	Stale time.Duration
	// StaleIfError is how long after its lifetime a value is given to those who ask for a load that
	// fails; default not at all.
	StaleIfError time.Duration
	// Policy decides which entries a full cache gives up; default PolicyAuto.
	Policy Policy
	// Aim is what the policy maximizes; default AimObjects, and nothing else with PolicyLRU.
	Aim Aim
	// Compression decides whether values are compressed; default CompressionAuto.
	Compression Compression
	// CompressionLevel is the zstd level, -7 to 19; by default the cache chooses.
	CompressionLevel int32
	// CompressionThreshold is the size in bytes below which values stay raw; by default the cache chooses.
	CompressionThreshold uint64
	// LoadTimeout ends the wait for a load where the context has no deadline; default 30 seconds.
	LoadTimeout time.Duration
	// EventCapacity is the number of events kept for NextEvent, the oldest dropped first; default
	// none, at most 1048576.
	EventCapacity uint32
	// LoadCosts has loaded values carry what their load took, in nanoseconds, as their cost; with
	// EarlyBeta and AimCost they do.
	LoadCosts bool
	// HotKeys is how many of the keys asked for most are remembered, for Warm; default 128, or fewer
	// in a cache of less than 2 MiB; at most 1024, math.MaxUint64 for none.
	HotKeys uint64
	// Name is a name, unique in the runtime, to find the cache by, of at most 255 bytes; default
	// none.
	Name string
}

const defaultLoadTimeout = 30 * time.Second

// The caches that have a handle in Go, so that a cache which is found is the handle that made it.
var handles struct {
	sync.Mutex
	known map[*capi.Cache]weak.Pointer[Cache]
}

// NewCache creates a cache in the runtime of the process.
func NewCache(options CacheOptions) (*Cache, error) { return newCache(nil, options) }

// FindCache returns the live cache of this name in the runtime of the process, whichever language
// created it; ok is false when there is none. A cache that another language created has a
// LoadTimeout of 30 seconds in Go.
func FindCache(name string) (cache *Cache, ok bool, err error) { return findCache(nil, name) }

func newCache(in *capi.Runtime, options CacheOptions) (*Cache, error) {
	if err := checkABI(); err != nil {
		return nil, err
	}
	raw, err := options.raw()
	if err != nil {
		return nil, err
	}
	var made *capi.Cache
	var failed *capi.Error
	if err := check(capi.CacheNew(in, &raw, &made, &failed), failed); err != nil {
		return nil, err
	}
	return adoptCache(made, options.LoadTimeout), nil
}

func findCache(in *capi.Runtime, name string) (*Cache, bool, error) {
	if err := checkABI(); err != nil {
		return nil, false, err
	}
	var found *capi.Cache
	var failed *capi.Error
	status := capi.CacheFind(in, []byte(name), &found, &failed)
	if status != capi.StatusOK {
		return nil, false, check(status, failed)
	}
	return adoptCache(found, 0), true, nil
}

func (o *CacheOptions) raw() (capi.CacheOptions, error) {
	raw := capi.NewCacheOptions()
	raw.Policy = o.Policy
	raw.Aim = o.Aim
	raw.MaxEntries = o.MaxEntries
	raw.TTLJitter = o.TTLJitter
	raw.EarlyBeta = o.EarlyBeta
	raw.Compression = o.Compression
	raw.CompressionLevel = o.CompressionLevel
	raw.CompressionThreshold = o.CompressionThreshold
	raw.EventCapacity = o.EventCapacity
	raw.HotKeys = o.HotKeys
	if o.LoadCosts {
		raw.LoadCosts = 1
	}
	// Too long for the field is too long for a name as well, and the library says so.
	raw.NameSize = size32(len(o.Name))
	raw.Name = unsafe.Pointer(unsafe.StringData(o.Name))
	var err error
	raw.CapacityBytes, err = optionalSize(o.Capacity)
	for _, d := range []struct {
		to   *uint64
		from time.Duration
	}{
		{&raw.TTLNs, o.TTL}, {&raw.IdleNs, o.Idle}, {&raw.LoadTimeoutNs, o.LoadTimeout},
		{&raw.StaleNs, o.Stale}, {&raw.StaleIfErrorNs, o.StaleIfError},
	} {
		if err == nil {
			*d.to, err = nanoseconds(d.from)
		}
	}
	return raw, err
}

// adoptCache takes over one reference, which goes when the last user of the handle does.
func adoptCache(raw *capi.Cache, loadTimeout time.Duration) *Cache {
	handles.Lock()
	defer handles.Unlock()
	if known := handles.known[raw].Value(); known != nil {
		capi.CacheUnref(raw)
		return known
	}
	if loadTimeout == 0 {
		loadTimeout = defaultLoadTimeout
	}
	c := &Cache{
		raw: raw, loadTimeout: loadTimeout,
		closed: make(chan struct{}), leads: map[string]chan struct{}{},
	}
	self := weak.Make(c)
	if handles.known == nil {
		handles.known = map[*capi.Cache]weak.Pointer[Cache]{}
	}
	handles.known[raw] = self
	runtime.AddCleanup(c, forgetCache, forgotten{raw, self})
	return c
}

type forgotten struct {
	raw  *capi.Cache
	self weak.Pointer[Cache]
}

func forgetCache(f forgotten) {
	handles.Lock()
	// Somebody may have found the cache again in the meantime.
	if handles.known[f.raw] == f.self {
		delete(handles.known, f.raw)
	}
	handles.Unlock()
	capi.CacheUnref(f.raw)
}
