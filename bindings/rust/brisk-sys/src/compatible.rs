//! Whether the loaded library speaks the version of the interface that is declared here.

use core::fmt;

use crate::{brisk_abi_version, BRISK_ABI_VERSION};

/// The loaded library speaks another version of the interface than this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incompatible {
    /// The version that the library answered, major * 65536 + minor.
    pub loaded: u32,
}

impl fmt::Display for Incompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = parts(self.loaded);
        let (own_major, own_minor) = parts(BRISK_ABI_VERSION);
        write!(
            f,
            "the loaded libbrisk speaks interface {major}.{minor}, and this program was built for \
             {own_major}.{own_minor}; install a libbrisk of {own_major}.{own_minor}, or the crate \
             brisk of the installed library"
        )
    }
}

/// Whether a program built with this crate can use a library that answers this version: one with
/// the same major version and at least the minor; before 1.0 with the same minor version.
pub const fn compatible(loaded: u32) -> bool {
    let (major, minor) = parts(loaded);
    let (own_major, own_minor) = parts(BRISK_ABI_VERSION);
    major == own_major && (minor == own_minor || (major > 0 && minor > own_minor))
}

/// Asks the loaded library for its version, and says both when they do not go together.
pub fn check() -> Result<(), Incompatible> {
    // SAFETY: the function takes nothing, may be called at any time, and is in every version.
    let loaded = unsafe { brisk_abi_version() };
    if compatible(loaded) {
        Ok(())
    } else {
        Err(Incompatible { loaded })
    }
}

const fn parts(version: u32) -> (u32, u32) {
    (version >> 16, version & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_fits_or_not() {
        assert_eq!(check(), Ok(()));
        assert!(compatible(BRISK_ABI_VERSION));
        for other in [0, BRISK_ABI_VERSION + 1, BRISK_ABI_VERSION + 0x1_0000] {
            assert!(!compatible(other), "{other:#x}");
        }
    }
}
