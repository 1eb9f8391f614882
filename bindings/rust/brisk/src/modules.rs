//! Modules: shared objects, and parts of the program, that load when they are first used.

use std::ffi::{c_void, CString};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;
use std::{fmt, mem, ptr};

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::ttl::timeout;
use crate::{Error, ModuleReport, Result, Runtime};

/// How far a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModuleState {
    /// Known, and not used yet.
    Unloaded,
    /// Some thread loads it.
    Loading,
    /// Ready, for as long as the process lives.
    Loaded,
    /// Its load failed, or its manifest; the reason is kept until it is tried again.
    Failed,
    /// A state that this version of the crate does not know, as C numbers it.
    Other(i32),
}

impl ModuleState {
    pub(crate) fn of(state: brisk_module_state) -> Self {
        match state {
            BRISK_MODULE_STATE_UNLOADED => Self::Unloaded,
            BRISK_MODULE_STATE_LOADING => Self::Loading,
            BRISK_MODULE_STATE_LOADED => Self::Loaded,
            BRISK_MODULE_STATE_FAILED => Self::Failed,
            other => Self::Other(other),
        }
    }
}

/// A set of modules, which knows many and loads few: shared objects with a manifest beside them,
/// which [`scan`](Self::scan) finds, and parts of the program, which [`add`](Self::add) gives.
/// Finding them opens nothing. The first use loads a module, once, after all that it depends on,
/// and who comes meanwhile waits. Nothing is ever unloaded.
///
/// What failed fails with its whole reason at each use, until [`retry`](Self::retry). A name that
/// nobody has fails as [`LoadFailed`](crate::ErrorKind::LoadFailed) as well, and names the folders;
/// a circle of dependencies fails as a deadlock, and names it.
///
/// A clone is the same set. When the last one goes, waits and loads in the background end as by
/// [`close`](Self::close). Every other method fails as closed after it.
#[derive(Clone, Debug)]
pub struct Modules {
    // Counted here, because the functions of a set must not keep it alive and C has no weak handle.
    set: Arc<Handle<brisk_modules>>,
    timeout_ns: u64,
}

impl Modules {
    /// A set without modules, with default settings. Touches no file.
    pub fn new() -> Result<Self> {
        Self::builder().build()
    }

    /// Settings for a new set.
    pub fn builder() -> ModulesBuilder {
        ModulesBuilder::default()
    }

    /// The same set, whose calls wait this long for loads in other threads; zero does not wait, and
    /// [`Duration::MAX`] waits as long as it takes. A loader that runs is not interrupted.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// # use std::time::Duration;
    /// # let modules = brisk::Modules::new()?;
    /// # modules.add("index", || Ok::<_, brisk::Error>(()))?;
    /// modules.within(Duration::from_millis(200)).load("index")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn within(&self, patience: Duration) -> Self {
        let timeout_ns = timeout(Some(patience));
        let set = self.set.clone();
        Self { set, timeout_ns }
    }

    /// Ends waiting, and loading in the background after the module in hand. May be repeated. What
    /// was loaded stays.
    pub fn close(&self) -> Result<()> {
        // SAFETY: the set is alive.
        call(|error| unsafe { brisk_modules_close(self.raw(), error) })?;
        Ok(())
    }

    /// Reads every manifest (`NAME.module`) of a folder, and opens no library. How many modules are
    /// new. Who may write there decides what this process runs.
    ///
    /// A manifest that is wrong, too large, or open to be written by everyone becomes a module that
    /// has failed, with that reason; a name that is taken stays with the first. Fails as invalid for
    /// a folder that cannot be read, or that everyone may write to. An eager set loads what it found
    /// here, and fails as those loads do.
    pub fn scan(&self, folder: impl AsRef<Path>) -> Result<usize> {
        match folder.as_ref().as_os_str().as_bytes() {
            [] => Err(Error::new(
                BRISK_INVALID,
                "the path of the folder is empty; scan_search_path scans the search path",
            )),
            folder => self.scan_raw(folder),
        }
    }

    /// Reads the manifests of the search path, as [`scan`](Self::scan) does: each folder of
    /// `BRISK_MODULE_PATH` in the environment, `brisk/modules` in the user's data folder, and the
    /// one of the installation. What does not exist is passed over.
    pub fn scan_search_path(&self) -> Result<usize> {
        self.scan_raw(&[])
    }

    fn scan_raw(&self, folder: &[u8]) -> Result<usize> {
        let mut found = 0;
        let (data, size) = (folder.as_ptr().cast(), folder.len());
        // SAFETY: the set is alive, the path as long as said, and the place for the number alive.
        call(|error| unsafe { brisk_modules_scan(self.raw(), data, size, &mut found, error) })?;
        Ok(found as usize)
    }

    /// Loads a module that is not loaded yet, after all that it depends on, on this thread; waits
    /// where another thread loads it. Fails as [`Timeout`](crate::ErrorKind::Timeout) when that took
    /// too long.
    pub fn load(&self, name: &str) -> Result<()> {
        let (data, size) = (name.as_ptr().cast(), name.len());
        // SAFETY: the set is alive, and the name as long as said.
        let status = call(|error| unsafe {
            brisk_modules_load(self.raw(), data, size, self.timeout_ns, error)
        })?;
        in_time(status, format_args!("the load of module {name}"))
    }

    /// Loads every module, in parallel where dependencies allow, on up to this many threads, 0 for
    /// 4; more than one are used only while loads take long.
    ///
    /// Fails after all have been tried, and names each module that failed, and why; as
    /// [`Timeout`](crate::ErrorKind::Timeout) before, when loads go on; and as a deadlock inside the
    /// load of a module, which would wait for itself.
    pub fn load_all(&self, threads: u32) -> Result<()> {
        // SAFETY: the set is alive.
        let status = call(|error| unsafe {
            brisk_modules_load_all(self.raw(), threads, self.timeout_ns, error)
        })?;
        in_time(status, format_args!("the load of all modules"))
    }

    /// Loads what is not loaded yet in idle time, and returns at once: one module at a time on one
    /// thread of its own, never while a caller loads one, with pauses as long as the loads.
    /// Failures are kept for who uses the module.
    pub fn preload(&self) -> Result<()> {
        // SAFETY: the set is alive.
        call(|error| unsafe { brisk_modules_preload(self.raw(), error) })?;
        Ok(())
    }

    /// Forgets the failure of a module and of those that it depends on, reading their manifests
    /// anew; the next use tries again. False when there is no such module.
    pub fn retry(&self, name: &str) -> Result<bool> {
        let (data, size) = (name.as_ptr().cast(), name.len());
        // SAFETY: the set is alive, and the name as long as said.
        let status = call(|error| unsafe { brisk_modules_retry(self.raw(), data, size, error) })?;
        Ok(status == BRISK_OK)
    }

    /// How far a module is; nothing when there is no such module. Loads nothing.
    pub fn state(&self, name: &str) -> Result<Option<ModuleState>> {
        let mut state = 0;
        let (data, size) = (name.as_ptr().cast(), name.len());
        // SAFETY: the set is alive, the name as long as said, and the place for the state alive.
        let status = call(|error| unsafe {
            brisk_modules_state(self.raw(), data, size, &mut state, error)
        })?;
        Ok((status == BRISK_OK).then(|| ModuleState::of(state)))
    }

    /// The symbol of a native module, which is loaded first if it is not: a pointer to a function,
    /// or a reference or pointer to a variable. It is good for as long as the process lives, in any
    /// thread: keep it, and a call costs what any call through a pointer does.
    ///
    /// Fails as [`load`](Self::load) does, and as invalid for a module without a library and for a
    /// library without this symbol. A `T` that has not the size of a pointer does not compile.
    ///
    /// ```no_run
    /// # fn main() -> brisk::Result<()> {
    /// let modules = brisk::Modules::new()?;
    /// modules.scan("/usr/lib/app/modules")?;
    /// // SAFETY: this is what the library of the module has by this name.
    /// let cosine = unsafe { modules.symbol::<extern "C" fn(f64) -> f64>("math", "cos")? };
    /// assert_eq!(cosine(0.0), 1.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// ```compile_fail
    /// # let modules = brisk::Modules::new().unwrap();
    /// let halved = unsafe { modules.symbol::<u32>("math", "cos") };
    /// ```
    ///
    /// # Safety
    /// `T` is the type of a pointer to what the symbol is: a function of this signature, with
    /// `extern "C"` or what else it was compiled for, or a variable of this type. A function type
    /// that is not `unsafe` promises that every call is sound, from every thread where it is shared,
    /// and a reference that nobody changes the variable.
    pub unsafe fn symbol<T: Copy>(&self, module: &str, symbol: &str) -> Result<T> {
        let () = Pointer::<T>::SIZED;
        let symbol = CString::new(symbol).map_err(|_| {
            let message = format!("the symbol {symbol:?} has a NUL in its name");
            Error::new(BRISK_INVALID, message)
        })?;
        let mut address = 0;
        let (data, size) = (module.as_ptr().cast(), module.len());
        let (symbol, timeout_ns) = (symbol.as_ptr(), self.timeout_ns);
        // SAFETY: the set is alive, the name as long as said, the symbol ends in NUL, and the place
        // for the address is alive.
        let status = call(|error| unsafe {
            brisk_modules_symbol(
                self.raw(),
                data,
                size,
                symbol,
                timeout_ns,
                &mut address,
                error,
            )
        })?;
        in_time(status, format_args!("the load of module {module}"))?;
        let address = address as usize as *const c_void;
        // SAFETY: they have the same size, and the caller says that it points to what `T` does.
        Ok(unsafe { mem::transmute_copy(&address) })
    }

    /// Describes every module as it is now, in the order in which they were found. Loads nothing.
    pub fn report(&self) -> Result<ModuleReport> {
        let mut report = ptr::null_mut();
        // SAFETY: the set and the place for the report are alive.
        call(|error| unsafe { brisk_modules_report(self.raw(), &mut report, error) })?;
        // SAFETY: the call gave one reference.
        Ok(ModuleReport(unsafe { Handle::given(report) }))
    }

    /// A set whose calls wait as long as it says.
    pub(crate) fn of(set: Arc<Handle<brisk_modules>>) -> Self {
        Self { set, timeout_ns: 0 }
    }

    pub(crate) fn downgrade(&self) -> Weak<Handle<brisk_modules>> {
        Arc::downgrade(&self.set)
    }

    pub(crate) fn raw(&self) -> *mut brisk_modules {
        self.set.raw()
    }
}

/// The check that a type may be a pointer.
struct Pointer<T>(PhantomData<T>);

impl<T> Pointer<T> {
    const SIZED: () = assert!(
        mem::size_of::<T>() == mem::size_of::<*const c_void>(),
        "a symbol is a pointer: to a function, such as extern \"C\" fn(), or to a variable"
    );
}

/// Where a module had to be there, a timeout is a failure.
fn in_time(status: brisk_status, what: fmt::Arguments<'_>) -> Result<()> {
    match status {
        BRISK_OK => Ok(()),
        BRISK_TIMEOUT => Err(Error::new(
            BRISK_TIMEOUT,
            format!("{what} takes longer than the timeout, and goes on; wait again or longer"),
        )),
        other => Err(Error::unexpected(other)),
    }
}

/// Settings of a set of [`Modules`]. What is not set has its default.
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are built"]
pub struct ModulesBuilder {
    runtime: Option<Runtime>,
    eager: bool,
    load_timeout: Option<Duration>,
}

impl ModulesBuilder {
    /// Whether each module is loaded as soon as it and all that it needs are known, so that what is
    /// broken shows at once, as in tests; by default not, unless `BRISK_EAGER=1` is in the
    /// environment.
    pub fn eager(mut self, eager: bool) -> Self {
        self.eager = eager;
        self
    }

    /// How long calls wait for loads in other threads, where [`Modules::within`] does not say; by
    /// default 30 seconds. Zero does not wait.
    pub fn load_timeout(mut self, timeout: Duration) -> Self {
        self.load_timeout = Some(timeout);
        self
    }

    /// The runtime to live in, whose end closes the set; by default that of the process.
    pub fn runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Creates the set. Fails as closed when the runtime is.
    pub fn build(self) -> Result<Modules> {
        ready()?;
        let mut raw = brisk_modules_options::INIT;
        raw.eager = self.eager.into();
        raw.load_timeout_ns = timeout(self.load_timeout);
        let runtime = self.runtime.as_ref().map_or(ptr::null_mut(), Runtime::raw);
        let mut modules = ptr::null_mut();
        // SAFETY: the runtime is alive or NULL for the default one, the options as large as they
        // say, and the place for the set is alive.
        call(|error| unsafe { brisk_modules_new(runtime, &raw, &mut modules, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Modules::of(Arc::new(unsafe { Handle::given(modules) })))
    }
}
