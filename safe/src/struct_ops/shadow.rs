//! The trait of generated shadow structs, and the macro that proves it for them.

#![allow(unsafe_code)]

use super::StructOpsProgram;
use crate::data::{Bool, CharArray, Pod, Pointer};
use std::ffi::CStr;
use std::marker::PhantomData;

/// A Rust struct in the layout of a struct_ops type: what a shadow copy is borrowed as.
///
/// skelgen generates such structs and implements this trait through
/// [`shadow!`](crate::shadow), which proves what it asks for.
///
/// # Safety
///
/// The type is valid for every bit pattern, has no padding, is aligned to at most 16 bytes, and
/// `LAYOUT.size` is its size. `In` is the same type with another lifetime, and the lifetime is that of
/// its callbacks only.
pub unsafe trait Shadow {
    /// This type, borrowed from an object that is open for `'open`.
    type In<'open>: Shadow;

    /// Its layout, member by member, as the object had it that the type was generated from.
    const LAYOUT: Layout;

    /// Sets all members to those of another shadow copy or of a default. A shadow copy has no `Clone`:
    /// what is done to a copy of it would have no effect.
    fn copy_from(&mut self, other: &Self);
}

/// The layout of a struct_ops type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The name of the C struct.
    pub name: &'static CStr,
    /// `sizeof`, in bytes.
    pub size: usize,
    /// All members that have a name.
    pub members: &'static [Member],
}

/// One member of a [`Layout`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The name in C.
    pub name: &'static CStr,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
}

/// What a member of a shadow struct may be: a callback, or what [`plain!`](crate::plain) or this crate
/// shows to be valid for every bit pattern.
///
/// # Safety
///
/// Valid for every bit pattern, without padding.
pub unsafe trait ShadowField {}

/// Types that are [`Pod`], which has the same contract; `Option<StructOpsProgram>` cannot be, because it
/// borrows.
macro_rules! pod_fields {
    ($($type:ty),*) => {
        $(
            // SAFETY: Pod says that every bit pattern is valid and that there is no padding.
            unsafe impl ShadowField for $type where $type: Pod {}
        )*
    };
}
pod_fields!(
    u8, i8, u16, i16, u32, i32, u64, i64, u128, i128, f32, f64, Bool, Pointer
);

// SAFETY: CharArray is Pod.
unsafe impl<const N: usize> ShadowField for CharArray<N> {}
// SAFETY: an array has the properties of its elements.
unsafe impl<T: ShadowField, const N: usize> ShadowField for [T; N] {}
// SAFETY: of no size.
unsafe impl ShadowField for PhantomData<&()> {}
// SAFETY: a null-optimized pointer: all zero is None, everything else is Some. It is never followed.
unsafe impl ShadowField for Option<StructOpsProgram<'_>> {}

/// Implements [`Shadow`] for a struct with one lifetime whose fields are callbacks or `Pod`, and
/// `PartialEq` and `Debug` with it. It does not compile where that is unsound: a field left out, padding, a field that
/// not every bit pattern is valid for. Generated code calls it.
///
/// Fields without `as` are no members of their own in C: those of a struct without a name. After a `;`
/// stand fields that `Debug` leaves out, and after another the functions that it shows, as in
/// [`plain!`](crate::plain).
///
/// ```
/// use libbpf_safe::struct_ops::StructOpsProgram;
///
/// #[repr(C)]
/// pub struct demo_ops<'open> {
///     pub init: Option<StructOpsProgram<'open>>,
///     pub flags: u32,
///     pub _padding: [u8; 4],
/// }
/// libbpf_safe::shadow!(demo_ops as c"demo_ops" {
///     init as c"init",
///     flags as c"flags";
///     _padding
/// });
/// ```
///
/// ```compile_fail
/// #[repr(C)]
/// pub struct demo_ops<'open> {
///     pub init: Option<libbpf_safe::struct_ops::StructOpsProgram<'open>>,
///     pub flags: u32, // 4 bytes of padding follow
/// }
/// libbpf_safe::shadow!(demo_ops as c"demo_ops" { init as c"init", flags as c"flags" });
/// ```
#[macro_export]
macro_rules! shadow {
    (
        $name:ident as $c_name:literal {
            $($field:ident $(as $c_field:literal)?),* $(,)?
            $(; $($hidden:ident),* $(,)? $(; $($getter:ident()),* $(,)?)?)?
        }
    ) => {
        const _: () = {
            // Names every field, or does not compile.
            fn _all_fields(value: $name<'_>) {
                let $name { $($field: _,)* $($($hidden: _,)*)? } = value;
            }
            const fn size<'a, T: $crate::data::fields::ShadowFields + 'a>(
                _: fn(&'a $name<'a>) -> T,
            ) -> usize {
                T::SIZE
            }
            let fields = $crate::__by_sixteen!(size + $($field)* $($($hidden)*)?);
            // The struct may say more than its fields do.
            assert!(
                ::core::mem::align_of::<$name<'static>>() <= 16,
                concat!("`", stringify!($name), "` is aligned more than malloc is")
            );
            assert!(
                fields == ::core::mem::size_of::<$name<'static>>(),
                concat!("`", stringify!($name), "` has padding that no field names")
            );
        };
        // SAFETY: all fields are ShadowField, which the function `size` above wants of them; they fill
        // the struct, so there is no padding.
        unsafe impl $crate::struct_ops::ShadowField for $name<'_> {}
        // SAFETY: as above. `In` differs in the lifetime alone.
        unsafe impl $crate::struct_ops::Shadow for $name<'_> {
            type In<'open> = $name<'open>;

            fn copy_from(&mut self, other: &Self) {
                $(self.$field = other.$field;)*
                $($(self.$hidden = other.$hidden;)*)?
            }

            const LAYOUT: $crate::struct_ops::Layout = {
                const fn size<'a, T>(_: fn(&'a $name<'a>) -> T) -> usize {
                    ::core::mem::size_of::<T>()
                }
                $crate::struct_ops::Layout {
                    name: $c_name,
                    size: ::core::mem::size_of::<$name<'static>>(),
                    members: &[$($($crate::struct_ops::Member {
                        name: $c_field,
                        offset: ::core::mem::offset_of!($name<'static>, $field),
                        size: size(|value| value.$field),
                    },)?)*],
                }
            };
        }

        // Not derived: fields of a packed struct cannot be borrowed.
        impl<'a, 'b> ::core::cmp::PartialEq<$name<'b>> for $name<'a> {
            fn eq(&self, other: &$name<'b>) -> bool {
                let _ = other;
                true $(&& { self.$field } == { other.$field })*
                    $($(&& { self.$hidden } == { other.$hidden })*)?
            }
        }

        impl ::core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &{ self.$field }))*
                    $($($(.field(stringify!($getter), &self.$getter()))*)?)?
                    .finish()
            }
        }
    };
}
