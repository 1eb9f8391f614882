//! A module of the program: what is said of it, and the functions that load it.

use std::ffi::c_void;
use std::fmt;
use std::sync::Weak;

use brisk_sys::*;

use crate::error::call;
use crate::handle::Handle;
use crate::outcome::{self, Panic};
use crate::{Modules, Result};

/// What a function gives that has failed: its reason, as text.
type Loaded = Result<(), String>;
type WarmUp = Box<dyn Fn() -> Loaded + Send + Sync>;

/// A module of the program, for [`Modules::add`]: its name, and what else may be said of it. Where
/// there is no more to say, the name alone will do.
#[must_use = "a module is added to a set"]
pub struct Module<'a> {
    name: &'a str,
    version: &'a str,
    dependencies: String,
    warm_up: Option<WarmUp>,
}

impl<'a> Module<'a> {
    /// A module of this name, which has letters, digits and any of `_-.`, at most 255 bytes. It has
    /// no version, depends on nothing and is not warmed up.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            version: "",
            dependencies: String::new(),
            warm_up: None,
        }
    }

    /// The version, for the report.
    pub fn version(mut self, version: &'a str) -> Self {
        self.version = version;
        self
    }

    /// The names of the modules that are loaded first, besides those named before. They may be
    /// added later than this one.
    pub fn dependencies<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        for name in names {
            self.dependencies += name.as_ref();
            self.dependencies += " ";
        }
        self
    }

    /// What makes the first use fast. Runs once after each load, which fails with it.
    pub fn warm_up<E: fmt::Display>(
        mut self,
        warm_up: impl Fn() -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        self.warm_up = Some(Box::new(move || {
            warm_up().map_err(|error| error.to_string())
        }));
        self
    }
}

impl<'a> From<&'a str> for Module<'a> {
    fn from(name: &'a str) -> Self {
        Self::new(name)
    }
}

impl<'a> From<&'a String> for Module<'a> {
    fn from(name: &'a String) -> Self {
        Self::new(name)
    }
}

impl fmt::Debug for Module<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("dependencies", &self.dependencies)
            .finish_non_exhaustive()
    }
}

impl Modules {
    /// Adds a module that a function loads: on the thread that needs the module first, or on one of
    /// those that load many, after all that it depends on, and once, unless it fails and is tried
    /// again. What the function returns as an error, or panics with, is the reason of the failure,
    /// up to 1023 bytes of it. It is dropped with the set.
    ///
    /// Fails as invalid for something that is no name, and as existing for a name that is taken; an
    /// eager set loads the module here, and fails as that load does.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// use brisk::Module;
    ///
    /// let modules = brisk::Modules::new()?;
    /// modules.add("store", || std::fs::read("/proc/version").map(drop))?;
    /// let index = Module::new("index").version("1.2").dependencies(["store"]);
    /// modules.add(index, || Ok::<_, brisk::Error>(()))?;
    /// modules.load("index")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn add<'a, E: fmt::Display>(
        &self,
        module: impl Into<Module<'a>>,
        load: impl Fn() -> Result<(), E> + Send + Sync + 'static,
    ) -> Result<()> {
        self.add_with(module, move |_| load())
    }

    /// [`add`](Self::add) with a function that is given the set, to load other modules of it. Such
    /// loads that wait for each other in a circle fail as a deadlock, which names it. A set that the
    /// function held by itself would never go.
    ///
    /// ```
    /// # fn main() -> brisk::Result<()> {
    /// let modules = brisk::Modules::new()?;
    /// modules.add("fonts", || Ok::<_, brisk::Error>(()))?;
    /// modules.add_with("window", |modules| modules.load("fonts"))?;
    /// modules.load("window")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_with<'a, E: fmt::Display>(
        &self,
        module: impl Into<Module<'a>>,
        load: impl Fn(&Modules) -> Result<(), E> + Send + Sync + 'static,
    ) -> Result<()> {
        Body {
            set: self.downgrade(),
            load: move |set: &Modules| load(set).map_err(|error| error.to_string()),
            warm_up: None,
        }
        .add(self, module.into())
    }
}

/// The functions of a module, as the library keeps them.
struct Body<F> {
    set: Weak<Handle<brisk_modules>>, // which owns this
    load: F,
    warm_up: Option<WarmUp>,
}

impl<F: Fn(&Modules) -> Loaded + Send + Sync + 'static> Body<F> {
    fn add(mut self, modules: &Modules, module: Module<'_>) -> Result<()> {
        let mut raw = brisk_module_options::INIT;
        raw.name_size = size(module.name);
        raw.name = module.name.as_ptr().cast();
        raw.version_size = size(module.version);
        raw.version = module.version.as_ptr().cast();
        raw.dependencies_size = size(&module.dependencies);
        raw.dependencies = module.dependencies.as_ptr().cast();
        raw.warm_up = module.warm_up.is_some().into();
        self.warm_up = module.warm_up;
        let user = Box::into_raw(Box::new(self)).cast();
        let (run, destroy) = (Some(Self::run as _), Some(Self::destroy as _));
        // SAFETY: the set is alive, the options are as large as they say and their texts as long,
        // and the body goes with its functions, whether the call fails or not.
        call(|error| unsafe { brisk_modules_add(modules.raw(), &raw, run, user, destroy, error) })?;
        Ok(())
    }

    unsafe extern "C" fn run(
        user: *mut c_void,
        step: brisk_module_step,
        message: *mut c_void,
        capacity: usize,
    ) -> brisk_status {
        // SAFETY: the library calls with a body that it has not released yet.
        let body = unsafe { &*user.cast::<Self>() };
        let ran = outcome::run(|| body.step(step));
        let status = outcome::status(&ran);
        let reason = match ran {
            Ok(Ok(())) => return status,
            Ok(Err(reason)) => reason,
            Err(payload) => format!("it panicked: {}", Panic::new(payload)),
        };
        // SAFETY: there is room for this many bytes.
        unsafe { leave(&reason, message.cast(), capacity) };
        status
    }

    fn step(&self, step: brisk_module_step) -> Loaded {
        match (step, &self.warm_up) {
            (BRISK_MODULE_STEP_LOAD, _) => match self.set.upgrade() {
                Some(set) => (self.load)(&Modules::of(set)),
                None => Err("the set of modules is gone".into()),
            },
            (BRISK_MODULE_STEP_WARM_UP, Some(warm_up)) => warm_up(),
            _ => Ok(()),
        }
    }

    unsafe extern "C" fn destroy(user: *mut c_void) {
        // A destructor that panics has told so itself.
        let _ = outcome::run(|| -> Loaded {
            // SAFETY: the library gives up the body with this call.
            drop(unsafe { Box::from_raw(user.cast::<Self>()) });
            Ok(())
        });
    }
}

/// Too long for the field is too long for a name as well, and the library says so.
fn size(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Leaves a reason as text that ends in NUL, cut where there is no more room.
///
/// # Safety
/// There is room for `capacity` bytes.
unsafe fn leave(reason: &str, place: *mut u8, capacity: usize) {
    let reason = reason.replace('\0', "\u{fffd}");
    let Some(mut size) = capacity.checked_sub(1) else {
        return;
    };
    size = size.min(reason.len());
    while !reason.is_char_boundary(size) {
        size -= 1;
    }
    // SAFETY: this is less than the capacity, by one at least.
    unsafe {
        place.copy_from_nonoverlapping(reason.as_ptr(), size);
        place.add(size).write(0);
    }
}
