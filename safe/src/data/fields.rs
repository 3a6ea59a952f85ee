//! The fields of a struct, taken together: what its proof asks of the compiler, it asks once for sixteen of them. One
//! by one is the larger part of what the compiler takes for a skeleton.

#![allow(unsafe_code)]

use super::{Live, Pod};
use crate::struct_ops::ShadowField;

/// Pointers to fields that are all [`Pod`].
///
/// # Safety
///
/// `SIZE` is the sum of the sizes of what is pointed to.
pub unsafe trait PodFields {
    /// In bytes.
    const SIZE: usize;
}

/// Pointers to fields that are all [`ShadowField`].
///
/// # Safety
///
/// As of [`PodFields`].
pub unsafe trait ShadowFields {
    /// In bytes.
    const SIZE: usize;
}

/// Pointers to fields that are all [`Live`].
///
/// # Safety
///
/// As of [`PodFields`], and `WRITABLE` is true where it is for any of them.
pub unsafe trait LiveFields {
    /// In bytes.
    const SIZE: usize;
    /// Whether any of them can be set.
    const WRITABLE: bool;
}

/// For tuples of these many pointers, and of fewer.
macro_rules! tuples {
    ($($first:ident $($rest:ident)*)?) => {
        // SAFETY: the sum of all sizes.
        unsafe impl<$($first: Pod, $($rest: Pod,)*)?> PodFields
            for ($(*const $first, $(*const $rest,)*)?)
        {
            const SIZE: usize = 0 $(+ size_of::<$first>() $(+ size_of::<$rest>())*)?;
        }

        // SAFETY: the sum of all sizes.
        unsafe impl<$($first: ShadowField, $($rest: ShadowField,)*)?> ShadowFields
            for ($(*const $first, $(*const $rest,)*)?)
        {
            const SIZE: usize = 0 $(+ size_of::<$first>() $(+ size_of::<$rest>())*)?;
        }

        // SAFETY: the sum of all sizes, and whether any is writable.
        unsafe impl<$($first: Live, $($rest: Live,)*)?> LiveFields
            for ($(*const $first, $(*const $rest,)*)?)
        {
            const SIZE: usize = 0 $(+ size_of::<$first>() $(+ size_of::<$rest>())*)?;
            const WRITABLE: bool = false $(|| $first::WRITABLE $(|| $rest::WRITABLE)*)?;
        }

        $(tuples!($($rest)*);)?
    };
}
tuples!(A B C D E F G H I J K L M N O P);

/// An expression of a function for up to sixteen fields at once, joined by an operator. The function takes a closure
/// from the struct to a tuple of pointers: a field's value might be coerced, a tuple of pointers is of the fields' types.
#[macro_export]
#[doc(hidden)]
macro_rules! __by_sixteen {
    (
        $function:ident $operator:tt $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident
        $i:ident $j:ident $k:ident $l:ident $m:ident $n:ident $o:ident $p:ident $($rest:ident)+
    ) => {
        $crate::__by_sixteen!(
            $function $operator $a $b $c $d $e $f $g $h $i $j $k $l $m $n $o $p
        ) $operator $crate::__by_sixteen!($function $operator $($rest)+)
    };
    ($function:ident $operator:tt $($field:ident)*) => {
        $function(|value| ($(&raw const value.$field,)*))
    };
}
