//! Compares structs, as the compiler lays them out, with the description of the interface.

/// Fails to compile unless a struct has this size and its fields these offsets, in bytes.
macro_rules! layout {
    ($type:ident: $size:literal { $($field:ident: $offset:literal),+ $(,)? }) => {
        const _: () = {
            assert!(core::mem::size_of::<$type>() == $size);
            let whole = core::mem::MaybeUninit::<$type>::uninit();
            let start = whole.as_ptr();
            $({
                // SAFETY: both pointers are into `whole`, and nothing is read through them.
                let offset = unsafe {
                    let field = core::ptr::addr_of!((*start).$field);
                    field.cast::<u8>().offset_from(start.cast::<u8>())
                };
                assert!(offset == $offset);
            })+
        };
    };
}

// The interface is described for machines with pointers of 8 bytes.
const _: () = assert!(core::mem::size_of::<*const u8>() == 8);
