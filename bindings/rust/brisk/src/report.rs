//! Reports: what modules were at one moment, and what their loads cost.

use std::borrow::Cow;
use std::ffi::{CStr, OsStr};
use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::ModuleState;

/// What a set of modules was at one moment, which [`Modules::report`](crate::Modules::report) tells.
/// It displays as a table, slowest module first. A clone is the same report.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// # let modules = brisk::Modules::new()?;
/// # modules.add("index", || Ok::<_, brisk::Error>(()))?;
/// let report = modules.report()?;
/// for module in &report {
///     println!("{}: {:?} after {:?}", module.name, module.state, module.load_time);
/// }
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ModuleReport(pub(crate) Handle<brisk_module_report>);

impl ModuleReport {
    /// How many modules there were.
    pub fn len(&self) -> usize {
        // SAFETY: the report is alive.
        unsafe { brisk_module_report_count(self.0.raw()) }
    }

    /// Whether there were no modules.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A module, counted from 0 in the order in which they were found.
    pub fn get(&self, index: usize) -> Option<ModuleInfo<'_>> {
        let mut figures = brisk_module_figures::INIT;
        let report = self.0.raw();
        // SAFETY: the report is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_module_report_read(report, index, &mut figures, error) })
            .ok()?;
        let bytes = |part| {
            // SAFETY: the report is alive.
            unsafe { self.borrow(brisk_module_report_text(report, index, part)) }
        };
        let text = |part| String::from_utf8_lossy(bytes(part));
        let path = |part| {
            Some(bytes(part))
                .filter(|path| !path.is_empty())
                .map(path_of)
        };
        let names = |part| {
            let names = std::str::from_utf8(bytes(part)).unwrap_or_default();
            names.split_ascii_whitespace().collect()
        };
        Some(ModuleInfo {
            name: text(BRISK_MODULE_TEXT_NAME),
            state: ModuleState::of(figures.state),
            kinds: names(BRISK_MODULE_TEXT_KINDS),
            schemes: names(BRISK_MODULE_TEXT_SCHEMES),
            version: text(BRISK_MODULE_TEXT_VERSION),
            dependencies: names(BRISK_MODULE_TEXT_DEPENDENCIES),
            dependents: names(BRISK_MODULE_TEXT_DEPENDENTS),
            source: path(BRISK_MODULE_TEXT_SOURCE),
            library: path(BRISK_MODULE_TEXT_LIBRARY),
            reason: text(BRISK_MODULE_TEXT_REASON),
            log: text(BRISK_MODULE_TEXT_LOG),
            load_time: Duration::from_nanos(figures.load_ns),
            warm_up_time: Duration::from_nanos(figures.warm_up_ns),
            gained_bytes: figures.gained_bytes,
            thread: figures.thread,
            attempts: figures.attempts,
        })
    }

    /// The modules, in the order in which they were found.
    pub fn iter(&self) -> ModuleReportIter<'_> {
        ModuleReportIter {
            report: self,
            left: 0..self.len(),
        }
    }

    /// The whole report as one object of JSON.
    pub fn json(&self) -> Cow<'_, str> {
        self.format(BRISK_REPORT_FORMAT_JSON)
    }

    fn format(&self, format: brisk_report_format) -> Cow<'_, str> {
        // SAFETY: the report is alive.
        let bytes = unsafe { self.borrow(brisk_module_report_format(self.0.raw(), format)) };
        String::from_utf8_lossy(bytes)
    }

    /// # Safety
    /// The text is one of this report, with which it lives.
    unsafe fn borrow(&self, text: *const std::ffi::c_char) -> &[u8] {
        // SAFETY: as the caller says.
        unsafe { CStr::from_ptr(text) }.to_bytes()
    }
}

fn path_of(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

impl fmt::Display for ModuleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(BRISK_REPORT_FORMAT_TEXT))
    }
}

impl fmt::Debug for ModuleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a> IntoIterator for &'a ModuleReport {
    type Item = ModuleInfo<'a>;
    type IntoIter = ModuleReportIter<'a>;

    fn into_iter(self) -> ModuleReportIter<'a> {
        self.iter()
    }
}

/// The modules of a [`ModuleReport`].
#[derive(Clone, Debug)]
pub struct ModuleReportIter<'a> {
    report: &'a ModuleReport,
    left: Range<usize>,
}

impl<'a> Iterator for ModuleReportIter<'a> {
    type Item = ModuleInfo<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.report.get(self.left.next()?)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl ExactSizeIterator for ModuleReportIter<'_> {}
impl FusedIterator for ModuleReportIter<'_> {}

/// What a module was at the moment of a report. A text is empty where there is none; bytes that are
/// not UTF-8 are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleInfo<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// How far it is.
    pub state: ModuleState,
    /// What it offers: kinds of drivers, or `library` or `host`.
    pub kinds: Vec<&'a str>,
    /// The schemes of addresses that it serves.
    pub schemes: Vec<&'a str>,
    /// Its version.
    pub version: Cow<'a, str>,
    /// The names of the modules that it needs.
    pub dependencies: Vec<&'a str>,
    /// The names of the modules that need it.
    pub dependents: Vec<&'a str>,
    /// Its manifest; nothing for a module of the program.
    pub source: Option<&'a Path>,
    /// The library that was opened.
    pub library: Option<&'a Path>,
    /// Why it failed.
    pub reason: Cow<'a, str>,
    /// The latest messages of its driver, a line each.
    pub log: Cow<'a, str>,
    /// How long the load took, without what it waited for; so far, where it goes on.
    pub load_time: Duration,
    /// How long the warm-up took.
    pub warm_up_time: Duration,
    /// Bytes of memory that the process gained meanwhile; loads at the same time count in each
    /// other's.
    pub gained_bytes: u64,
    /// The system's number of the thread that loaded it; 0 before.
    pub thread: u64,
    /// How often it was loaded, successfully or not.
    pub attempts: u32,
}
