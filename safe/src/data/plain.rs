//! Where a Rust type is shown to be valid for every bit pattern: for this crate's own types here, for
//! generated structs by a macro that proves it.

#![allow(unsafe_code)]

use super::{Bool, CharArray, Pointer};
use bytemuck::{Pod, Zeroable};

// SAFETY: a transparent u8.
unsafe impl Zeroable for Bool {}
// SAFETY: a transparent u8: every bit pattern is valid, and there is no padding.
unsafe impl Pod for Bool {}
// SAFETY: a transparent u64.
unsafe impl Zeroable for Pointer {}
// SAFETY: a transparent u64: every bit pattern is valid, and there is no padding.
unsafe impl Pod for Pointer {}
// SAFETY: a transparent array of u8.
unsafe impl<const N: usize> Zeroable for CharArray<N> {}
// SAFETY: a transparent array of u8: every bit pattern is valid, and there is no padding.
unsafe impl<const N: usize> Pod for CharArray<N> {}

/// Implements [`Pod`] and [`Zeroable`] for a struct whose fields are all `Pod`, and `Default` (all
/// zero) and `Debug` with them. It does not compile for a struct that has padding between or after
/// its fields, or a field that is not named, so it cannot be used wrongly. Generated code calls it.
///
/// After a `;` stand fields that `Debug` leaves out: explicit padding. After another stand functions of
/// the struct that it shows in their place, as [`members!`](crate::members) and
/// [`bitfields!`](crate::bitfields) write them.
///
/// ```
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Counters {
///     calls: u64,
///     kind: u32,
///     _padding: [u8; 4],
/// }
/// libbpf_safe::plain!(Counters { calls, kind; _padding });
///
/// assert_eq!(format!("{:?}", Counters::default()), "Counters { calls: 0, kind: 0 }");
/// ```
///
/// ```compile_fail
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Padded {
///     calls: u64,
///     kind: u32,
/// }
/// libbpf_safe::plain!(Padded { calls, kind }); // 12 of 16 bytes
/// ```
///
/// ```compile_fail
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Flag {
///     flag: bool, // can only be 0 or 1
/// }
/// libbpf_safe::plain!(Flag { flag });
/// ```
#[macro_export]
macro_rules! plain {
    (
        $name:ident {
            $($field:ident),* $(,)?
            $(; $($hidden:ident),* $(,)? $(; $($getter:ident()),* $(,)?)?)?
        }
    ) => {
        const _: () = {
            // Names every field, or does not compile.
            fn _all_fields(value: $name) {
                let $name { $($field: _,)* $($($hidden: _,)*)? } = value;
            }
            const fn size<T: $crate::data::fields::PodFields>(_: fn(&$name) -> T) -> usize {
                T::SIZE
            }
            let fields = $crate::__by_sixteen!(size + $($field)* $($($hidden)*)?);
            assert!(
                fields == ::core::mem::size_of::<$name>(),
                concat!("`", stringify!($name), "` has padding that no field names")
            );
        };
        // SAFETY: all fields are Pod, which the function `size` above wants of them; they fill the
        // struct, so there is no padding.
        unsafe impl $crate::data::Zeroable for $name {}
        // SAFETY: as above; the struct is Copy and 'static because Pod wants it.
        unsafe impl $crate::data::Pod for $name {}
        // SAFETY: Pod has the same contract.
        unsafe impl $crate::struct_ops::ShadowField for $name {}

        impl ::core::default::Default for $name {
            /// All zero.
            fn default() -> Self {
                $crate::data::Zeroable::zeroed()
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &$crate::data::Shown::new(
                        $crate::data::Shown::size(|value: &$name| &raw const value.$field),
                        |f| ::core::fmt::Debug::fmt(&{ self.$field }, f),
                    )))*
                    $($($(.field(stringify!($getter), &self.$getter()))*)?)?
                    .finish()
            }
        }
    };
}

/// Implements [`Pod`] and [`Zeroable`] for a newtype over an integer that stands for a C enum, and
/// `Default` (zero), `Debug` (the name of the constant) and conversions with them. Generated code calls
/// it.
///
/// ```
/// #[derive(Clone, Copy, PartialEq, Eq)]
/// #[repr(transparent)]
/// struct State(pub u32);
/// impl State {
///     const OPEN: Self = Self(0);
///     const CLOSED: Self = Self(1);
/// }
/// libbpf_safe::plain_enum!(State(u32) { OPEN, CLOSED });
///
/// assert_eq!(format!("{:?} {:?}", State::from(1), State(7)), "CLOSED State(7)");
/// ```
#[macro_export]
macro_rules! plain_enum {
    ($name:ident($int:ident) { $($constant:ident),* $(,)? }) => {
        const _: () = {
            const fn is_pod<T: $crate::data::Pod>(_: fn($name) -> T) -> usize {
                ::core::mem::size_of::<T>()
            }
            // The integer is the only field.
            fn _only_field(value: $name) -> $int {
                let $name(value) = value;
                value
            }
            let size = is_pod(|value: $name| -> $int { value.0 });
            assert!(size == ::core::mem::size_of::<$name>());
        };
        // SAFETY: the only field is Pod, which the function `is_pod` above wants, and fills the struct.
        unsafe impl $crate::data::Zeroable for $name {}
        // SAFETY: as above; the struct is Copy and 'static because Pod wants it.
        unsafe impl $crate::data::Pod for $name {}
        // SAFETY: Pod has the same contract.
        unsafe impl $crate::struct_ops::ShadowField for $name {}
        $crate::__enum_serde!($name($int) { $($constant),* });

        impl $crate::data::Bitfield for $name {
            const SIGNED: bool = <$int as $crate::data::Bitfield>::SIGNED;

            fn from_bits(_bits: u128, _width: usize) -> Self {
                $name($crate::data::Bitfield::from_bits(_bits, _width))
            }

            fn to_bits(self, _width: usize) -> ::core::option::Option<u128> {
                $crate::data::Bitfield::to_bits(self.0, _width)
            }
        }

        impl ::core::default::Default for $name {
            /// Zero.
            fn default() -> Self {
                $name(0)
            }
        }

        impl ::core::convert::From<$int> for $name {
            fn from(value: $int) -> Self {
                $name(value)
            }
        }

        impl ::core::convert::From<$name> for $int {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $(
                    if *self == Self::$constant {
                        return f.write_str(stringify!($constant));
                    }
                )*
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }
    };
}
