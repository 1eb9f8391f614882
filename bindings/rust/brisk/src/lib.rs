//! A compressed cache in memory, bounded to the last byte, that every language of a process shares,
//! workers that never deadlock, and modules that load when they are first used.
//!
//! ```
//! use std::time::Duration;
//!
//! # fn main() -> brisk::Result<()> {
//! let cache = brisk::Cache::builder()
//!     .capacity("64 MiB")
//!     .ttl(Duration::from_secs(3600))
//!     .build()?;
//!
//! cache.put("user:1", "Ada")?;
//! if let Some(name) = cache.get("user:1")? {
//!     assert_eq!(&name[..], b"Ada");
//! }
//!
//! // One caller loads, however many ask; the others wait for its value.
//! let page = cache.get_or_load("page:7", || std::fs::read("/proc/version"))?;
//! assert!(!page.is_empty());
//!
//! let workers = brisk::Workers::builder().threads(4).build()?;
//! let sizes = workers.map(["/proc/version", "/proc/nothing"], |path, _| std::fs::read(path))?;
//! assert!(sizes[0].is_ok() && sizes[1].is_err());
//!
//! // Loaded once, by whoever is first, after what it depends on.
//! let modules = brisk::Modules::new()?;
//! modules.add("version", || std::fs::read("/proc/version").map(drop))?;
//! modules.load("version")?;
//! # Ok(())
//! # }
//! ```
//!
//! **Handles.** [`Cache`], [`Interner`], [`Workers`], [`Modules`], [`Runtime`], [`Value`] and
//! [`Lease`] are counted references, the size of a few pointers: a clone is one more reference to the
//! same object. They may be shared between threads and dropped in any order; whatever an object needs
//! lives as long as it does.
//!
//! **Answers.** What may be expected in a healthy program is a value: a missing key is `None`, a put
//! without room `false`. All else is an [`Error`]. Using what was closed is an error, never undefined.
//!
//! **Bytes.** Keys and values are anything that is `AsRef<[u8]>`, and may hold any bytes. A key has
//! at most [`KEY_SIZE_MAX`] bytes, a value [`VALUE_SIZE_MAX`], and an entry half of the capacity.
//!
//! **Durations.** A lifetime is a [`Duration`](std::time::Duration) or a [`Ttl`]; what does not fit
//! into 64 bits of nanoseconds, some 584 years, is forever.
#![deny(missing_docs)]
#![forbid(unsafe_op_in_unsafe_fn)]

mod batch;
mod builder;
mod cache;
mod completions;
mod error;
mod handle;
mod interner;
mod items;
mod lease;
mod library;
mod limiter;
mod load;
mod module;
mod modules;
mod outcome;
mod report;
mod runtime;
mod size;
mod task;
mod token;
mod ttl;
mod value;
mod walk;
mod warm;
mod workers;

pub use batch::{Batch, BatchIter};
pub use builder::{Aim, CacheBuilder, Compression, Policy};
pub use cache::{Cache, CacheStats};
pub use completions::Completions;
pub use error::{Error, ErrorKind, Result};
pub use interner::{InternStats, Interner, InternerBuilder};
pub use items::{BatchOptions, RaceError};
pub use lease::{Begin, Lease, Waited};
pub use library::{build_info, version};
pub use limiter::{Limiter, LimiterStats};
pub use load::{LoadError, LoadOptions};
pub use module::Module;
pub use modules::{ModuleState, Modules, ModulesBuilder};
pub use outcome::{Outcome, Panic, TaskError};
pub use report::{ModuleInfo, ModuleReport, ModuleReportIter};
pub use runtime::{Clock, Runtime, RuntimeBuilder, RuntimeStats};
pub use size::{parse_size, Size};
pub use task::{Priority, TaskHandle, TaskOptions, TaskState};
pub use token::{TaskContext, Token};
pub use ttl::Ttl;
pub use value::Value;
pub use walk::{Cause, Event, Events, Keys};
pub use warm::HotKey;
pub use workers::{Workers, WorkersBuilder, WorkersStats};

/// The longest key, in bytes: 64 KiB - 1.
pub const KEY_SIZE_MAX: usize = brisk_sys::BRISK_KEY_SIZE_MAX as usize;

/// The longest value, in bytes: 2 GiB - 1.
pub const VALUE_SIZE_MAX: usize = brisk_sys::BRISK_VALUE_SIZE_MAX as usize;

// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
