//! Interning: equal byte strings become one number and one address.

use std::{ptr, slice};

use brisk_sys::*;

use crate::batch::Packed;
use crate::error::call;
use crate::handle::Handle;
use crate::library::ready;
use crate::{Result, Runtime, Size};

/// Figures of an interner at one moment, as C has them.
pub type InternStats = brisk_intern_stats;

/// A set of byte strings, each with an id, from 0 on in the order of their first coming, and an
/// address of its own. What it holds stays until its last handle is dropped. A clone is the same
/// interner.
///
/// ```
/// # fn main() -> brisk::Result<()> {
/// let names = brisk::Interner::builder().capacity("16 MiB").build()?;
/// let red = names.put("red")?.expect("there is room");
/// assert_eq!(names.put(String::from("red"))?, Some(red));
/// assert_eq!(names.at(red), Some(&b"red"[..]));
/// assert_eq!(names.find("blue")?, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Interner(Handle<brisk_intern>);

/// Settings of an [`Interner`]. What is not set has its default.
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are built"]
pub struct InternerBuilder {
    runtime: Option<Runtime>,
    capacity: Option<Result<u64>>,
}

impl InternerBuilder {
    /// Bound on all bytes held: a number, or text such as `"64 MiB"`. At least 64 KiB; by default,
    /// and for 0, 64 MiB.
    pub fn capacity(mut self, capacity: impl Size) -> Self {
        self.capacity = Some(capacity.bytes());
        self
    }

    /// The runtime whose budget is charged; by default that of the process.
    pub fn runtime(mut self, runtime: &Runtime) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Creates the interner. Fails as invalid for a capacity out of its range, and as closed when
    /// the runtime is.
    pub fn build(self) -> Result<Interner> {
        ready()?;
        let mut raw = brisk_intern_options::INIT;
        raw.capacity_bytes = self.capacity.transpose()?.unwrap_or(0);
        let runtime = self.runtime.as_ref().map_or(ptr::null_mut(), Runtime::raw);
        let mut intern = ptr::null_mut();
        // SAFETY: the runtime is alive, the options as large as they say, and the place for the
        // interner is alive.
        call(|error| unsafe { brisk_intern_new(runtime, &raw, &mut intern, error) })?;
        // SAFETY: the call gave one reference.
        Ok(Interner(unsafe { Handle::given(intern) }))
    }
}

impl Interner {
    /// Settings to build one with.
    pub fn builder() -> InternerBuilder {
        InternerBuilder::default()
    }

    /// The id of a string, which is copied when it is new; nothing when there is no room for it.
    #[inline]
    pub fn put(&self, string: impl AsRef<[u8]>) -> Result<Option<u32>> {
        let string = string.as_ref();
        let mut id = BRISK_INTERN_NONE;
        // SAFETY: the interner is alive, the string as long as said, and the place for the id alive.
        call(|error| unsafe {
            brisk_intern_put(
                self.0.raw(),
                string.as_ptr().cast(),
                string.len(),
                &mut id,
                error,
            )
        })?;
        Ok(known(id))
    }

    /// The ids of many strings in their order, up to the first that has no room: then they are
    /// fewer. All sizes are checked before any is put.
    pub fn put_many<S: AsRef<[u8]>>(
        &self,
        strings: impl IntoIterator<Item = S>,
    ) -> Result<Vec<u32>> {
        let mut packed = Packed::default();
        packed.fill(strings)?;
        let mut ids = vec![BRISK_INTERN_NONE; packed.sizes.len()];
        let mut done = 0;
        // SAFETY: the interner is alive, the strings are as many and as long as said, and there is
        // a place for the id of each and for the count.
        call(|error| unsafe {
            brisk_intern_put_many(
                self.0.raw(),
                packed.sizes.len(),
                packed.bytes.as_ptr().cast(),
                packed.bytes.len(),
                packed.sizes.as_ptr(),
                ids.as_mut_ptr(),
                &mut done,
                error,
            )
        })?;
        ids.truncate(done);
        Ok(ids)
    }

    /// The id of a string that is there.
    #[inline]
    pub fn find(&self, string: impl AsRef<[u8]>) -> Result<Option<u32>> {
        let string = string.as_ref();
        let mut id = BRISK_INTERN_NONE;
        // SAFETY: as in put.
        call(|error| unsafe {
            brisk_intern_find(
                self.0.raw(),
                string.as_ptr().cast(),
                string.len(),
                &mut id,
                error,
            )
        })?;
        Ok(known(id))
    }

    /// The ids of many strings in their order, nothing for each that is not there.
    pub fn find_many<S: AsRef<[u8]>>(
        &self,
        strings: impl IntoIterator<Item = S>,
    ) -> Result<Vec<Option<u32>>> {
        let mut packed = Packed::default();
        packed.fill(strings)?;
        let mut ids = vec![BRISK_INTERN_NONE; packed.sizes.len()];
        let mut found = 0;
        // SAFETY: as in put_many.
        call(|error| unsafe {
            brisk_intern_find_many(
                self.0.raw(),
                packed.sizes.len(),
                packed.bytes.as_ptr().cast(),
                packed.bytes.len(),
                packed.sizes.as_ptr(),
                ids.as_mut_ptr(),
                &mut found,
                error,
            )
        })?;
        Ok(ids.into_iter().map(known).collect())
    }

    /// The string of an id, at its one address; nothing for an id that was not given out.
    #[inline]
    pub fn at(&self, id: u32) -> Option<&[u8]> {
        let mut size = 0;
        // SAFETY: the interner is alive, and so is the place for the size.
        let data = unsafe { brisk_intern_at(self.0.raw(), id, &mut size) };
        // SAFETY: a string stays where it is, unchanged, as long as the interner, which this borrow
        // keeps.
        (!data.is_null()).then(|| unsafe { slice::from_raw_parts(data.cast(), size) })
    }

    /// The figures of this interner.
    pub fn stats(&self) -> Result<InternStats> {
        let mut stats = InternStats::INIT;
        // SAFETY: the interner is alive, and the struct as large as it says.
        call(|error| unsafe { brisk_intern_read_stats(self.0.raw(), &mut stats, error) })?;
        Ok(stats)
    }
}

#[inline]
fn known(id: u32) -> Option<u32> {
    (id != BRISK_INTERN_NONE).then_some(id)
}
