//! C code in the same program: objects that are lent to it, and objects that come from it.
//!
//! Rust lends an object with [`OpenObject::lend`] and [`Object::lend`]; the view that skelgen's header for C has of it
//! is `NAME__borrow`. What C has opened comes to Rust by [`OpenObject::from_raw`] and [`Object::from_raw`]. Maps and
//! other things of the kernel's are descriptors, which each side can own: [`AsFd`](std::os::fd::AsFd) and
//! [`Map::from_owned_fd`](crate::map::Map::from_owned_fd).
//!
//! Both sides have to use one libbpf: C code that is linked into a Rust program finds the functions of the libbpf that
//! this crate has built. For programs in C there is the library `libbpf_safe`, from the crate libbpf-safe-capi.
//!
//! # Who owns what
//!
//! | | who closes it | until when C may use it |
//! |---|---|---|
//! | an object that Rust lends | Rust | as long as the [`Lent`] lives: an open object until load, a loaded one until it is dropped |
//! | shadow copies and variables of it | Rust | the same; while C has them, Rust code does not run on them |
//! | an object that C gives | `release`, which Rust calls | C may look at it until `release` is called, but neither load nor close it |
//! | a descriptor | who has it | as long as its owner keeps it open; `dup` makes one of one's own |

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

pub use libbpf_ffi::bpf_object;
pub use libbpf_ffi::ext::bpf_struct_ops_shadow;

#[cfg(doc)]
use crate::{Object, OpenObject};

/// An object that is lent to C, as long as this borrows it.
///
/// C may look maps, programs and variables up, and set what can be set of them, by libbpf's functions. It must not close
/// or load the object, resize sections (`bpf_map__set_value_size`, `bpf_map__set_initial_value`), or reuse maps
/// (`bpf_map__reuse_fd`): Rust remembers where they are and how they are called.
#[derive(Debug)]
pub struct Lent<'a> {
    object: NonNull<bpf_object>,
    shadow: Option<NonNull<bpf_struct_ops_shadow>>,
    borrowed: PhantomData<&'a mut ()>,
}

impl Lent<'_> {
    pub(crate) fn new<'a>(
        object: NonNull<bpf_object>,
        shadow: Option<NonNull<bpf_struct_ops_shadow>>,
    ) -> Lent<'a> {
        Lent {
            object,
            shadow,
            borrowed: PhantomData,
        }
    }

    /// For C, to be used no longer than this lives.
    pub fn object(&self) -> *mut bpf_object {
        self.object.as_ptr()
    }

    /// The shadow copies of its struct_ops maps; null once it is loaded. To be used no longer than this lives.
    pub fn shadow(&self) -> *mut bpf_struct_ops_shadow {
        self.shadow.map_or(ptr::null_mut(), NonNull::as_ptr)
    }
}
