// Generated from bindings/abi/spec. Do not edit; run `make gen`.
//! The C interface of brisk 0.1.0, name for name: one module for each header, all at the root of
//! this crate.
//!
//! Nothing here is safe to call without reading; the crate `brisk` is the interface for programs.
//! [`check`] tells whether the loaded library speaks this version.
//!
//! - No allocation, no `std`, no state.
//! - A pointer is to memory of the caller unless its text says otherwise.
#![no_std]
#![allow(non_camel_case_types)]
#![deny(missing_docs)]

#[macro_use]
mod layout;
mod compatible;

mod base;
mod cache;
mod intern;
mod load;
mod modules;
mod runtime;
mod workers;

pub use base::*;
pub use cache::*;
pub use intern::*;
pub use load::*;
pub use modules::*;
pub use runtime::*;
pub use workers::*;

pub use compatible::{check, compatible, Incompatible};

/// The version of the library that these declarations belong to.
pub const BRISK_VERSION: &str = "0.1.0";

/// The version of the binary interface, major * 65536 + minor; compare with [`brisk_abi_version`].
pub const BRISK_ABI_VERSION: u32 = 0x00000001;

/// The digest of the description of the interface; compare with [`brisk_abi_digest`].
pub const BRISK_ABI_DIGEST: u64 = 0x49ca20793d05f358;
