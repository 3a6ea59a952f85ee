#![allow(unsafe_code)]

use super::{FrozenCell, LiveCell};
use crate::data::Pod;

/// What memory that BPF programs write can be seen as: a [`LiveCell`], a [`FrozenCell`], or a struct of
/// them, for which [`live!`](crate::live) implements it.
///
/// # Safety
///
/// Every byte of the type is in a cell; any bytes are valid; and `WRITABLE` is true where any of the cells
/// can be set.
pub unsafe trait Live: Sync + 'static {
    /// The type without cells, of the same layout.
    type Plain: Pod;
    /// Whether any of it can be set, so that the memory has to be writable.
    const WRITABLE: bool;
}

// SAFETY: one cell, transparent over a type that takes any bytes.
unsafe impl<T: Pod> Live for LiveCell<T> {
    type Plain = T;
    const WRITABLE: bool = true;
}

// SAFETY: one cell, transparent over a type that takes any bytes, without a setter.
unsafe impl<T: Pod> Live for FrozenCell<T> {
    type Plain = T;
    const WRITABLE: bool = false;
}

/// Implements [`Live`](crate::data::Live), and `Debug`, for a struct whose fields are all cells, laid out like
/// a struct without cells. It does not compile for a struct that has padding between or after its
/// fields, a field that is no cell, or is elsewhere than in the other struct. Generated code calls it.
///
/// After a `;` stand fields that `Debug` leaves out: explicit padding.
///
/// ```
/// use libbpf_safe::data::{FrozenCell, LiveCell};
///
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Counters {
///     calls: u64,
///     kind: u32,
///     _padding: [u8; 4],
/// }
/// libbpf_safe::plain!(Counters { calls, kind; _padding });
///
/// #[repr(C)]
/// struct LiveCounters {
///     calls: LiveCell<u64>,
///     kind: FrozenCell<u32>,
///     _padding: FrozenCell<[u8; 4]>,
/// }
/// libbpf_safe::live!(LiveCounters of Counters { calls, kind; _padding });
/// ```
///
/// ```compile_fail
/// # use libbpf_safe::data::LiveCell;
/// #[repr(C)]
/// struct NoCell {
///     calls: u64,
/// }
/// libbpf_safe::live!(NoCell of NoCell { calls });
/// ```
#[macro_export]
macro_rules! live {
    ($name:ident of $plain:path { $($field:ident),* $(,)? $(; $($hidden:ident),* $(,)?)? }) => {
        const _: () = {
            // Names every field, or does not compile.
            fn _all_fields(value: &$name) {
                let $name { $($field: _,)* $($($hidden: _,)*)? } = value;
            }
            const fn size<T: $crate::data::fields::LiveFields>(_: fn(&$name) -> T) -> usize {
                T::SIZE
            }
            let fields = $crate::__by_sixteen!(size + $($field)* $($($hidden)*)?);
            assert!(
                fields == ::core::mem::size_of::<$name>(),
                concat!("`", stringify!($name), "` has padding that no field names")
            );
            assert!(fields == ::core::mem::size_of::<$plain>());
            assert!(::core::mem::align_of::<$name>() == ::core::mem::align_of::<$plain>());
            $(assert!(
                ::core::mem::offset_of!($name, $field) == ::core::mem::offset_of!($plain, $field)
            );)*
        };
        // SAFETY: all fields are Live, which the function `size` above wants of them; they fill the struct, and
        // WRITABLE is true where it is for any of them.
        unsafe impl $crate::data::Live for $name {
            type Plain = $plain;
            const WRITABLE: bool = {
                const fn writable<T: $crate::data::fields::LiveFields>(
                    _: fn(&$name) -> T,
                ) -> bool {
                    T::WRITABLE
                }
                $crate::__by_sixteen!(writable || $($field)* $($($hidden)*)?)
            };
        }

        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), &self.$field))*
                    .finish()
            }
        }
    };
}

/// The cell of a member: `live_member!(cell, Type, member)`, or `member.of.a.member`, is a
/// [`LiveCell`](crate::data::LiveCell) in the cell of a struct. It does not compile for a member that the type
/// does not have, or that is not aligned.
///
/// ```
/// use libbpf_safe::data::LiveCell;
/// use libbpf_safe::live_member;
///
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Counters {
///     calls: u64,
///     errors: [u32; 2],
/// }
/// libbpf_safe::plain!(Counters { calls, errors });
///
/// let counters = LiveCell::new(Counters { calls: 1, errors: [0, 0] });
/// live_member!(counters, Counters, calls).fetch_add(6);
/// live_member!(counters, Counters, errors).elements()[1].set(2);
/// assert_eq!(format!("{counters:?}"), "Counters { calls: 7, errors: [0, 2] }");
/// ```
///
/// ```compile_fail
/// # use libbpf_safe::data::LiveCell;
/// # #[derive(Clone, Copy)]
/// # #[repr(C)]
/// # struct Counters { calls: u64 }
/// # libbpf_safe::plain!(Counters { calls });
/// let counters = LiveCell::new(Counters { calls: 1 });
/// libbpf_safe::live_member!(counters, Counters, errors);
/// ```
#[macro_export]
macro_rules! live_member {
    ($cell:expr, $ty:ty, $($member:tt).+ $(,)?) => {
        $crate::data::LiveCell::<$ty>::member::<_, { ::core::mem::offset_of!($ty, $($member).+) }>(
            &$cell,
            |value: &$ty| &raw const value.$($member).+,
        )
    };
}
