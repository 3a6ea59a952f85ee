//! Objects that are open.

#![allow(unsafe_code)]

use crate::error::{Failure, end, handle, pointer};
use crate::loaded::{LoadedObject, lend_to};
use crate::opts::{OpenOpts, options};
use crate::text::{given, given_mut, path};
use libbpf_safe::OpenObject;
use libbpf_safe::ffi::{Lent, bpf_object, bpf_struct_ops_shadow};
use std::ffi::{c_char, c_void};
use std::{ptr, slice};

/// `struct libbpf_safe_open`: an open object, as C has it.
#[derive(Debug)]
#[allow(clippy::module_name_repetitions)]
pub struct Open<'a>(Held<'a>);

/// The same, for declarations of functions in C: behind a pointer, of no use otherwise.
#[allow(non_camel_case_types)]
#[derive(Debug)]
#[repr(C)]
pub struct libbpf_safe_open {
    _opaque: [u8; 0],
}

#[derive(Debug)]
enum Held<'a> {
    /// C ends it.
    Own(OpenObject),
    /// Rust does.
    Lent(Lent<'a>),
}

impl<'a> Open<'a> {
    /// For C, as long as Rust lends it: [`as_ptr`](Open::as_ptr) is the pointer that C takes.
    pub fn lent(lent: Lent<'a>) -> Open<'a> {
        Open(Held::Lent(lent))
    }

    /// For C to keep: it has to load or close it.
    pub fn into_c(open: OpenObject) -> *mut libbpf_safe_open {
        Box::into_raw(Box::new(Open(Held::Own(open)))).cast()
    }

    /// Takes an object back that C owns, and ends C's handle. `None` for a handle that Rust lends, which stays.
    ///
    /// # Safety
    ///
    /// `handle` comes from [`into_c`](Open::into_c), [`as_ptr`](Open::as_ptr) or a function of `libbpf_safe.h`, was not
    /// ended, and nobody uses it.
    pub unsafe fn from_c(handle: *mut libbpf_safe_open) -> Option<OpenObject> {
        let handle = handle.cast::<Open<'static>>();
        // SAFETY: the handle is there: the caller's promise.
        if let Held::Lent(_) = unsafe { &*handle }.0 {
            return None;
        }
        // SAFETY: Box::from_raw wants what Box::into_raw has made, once: only those that C owns are left, and they come
        // from into_c or handle.
        match unsafe { Box::from_raw(handle) }.0 {
            Held::Own(open) => Some(open),
            Held::Lent(_) => None,
        }
    }

    /// The pointer that C takes, as long as this lives.
    pub fn as_ptr(&mut self) -> *mut libbpf_safe_open {
        ptr::from_mut(self).cast()
    }

    pub(crate) fn lend(
        &mut self,
    ) -> Result<(*mut bpf_object, *mut bpf_struct_ops_shadow), Failure> {
        Ok(match &mut self.0 {
            Held::Own(open) => {
                let lent = open.lend()?;
                (lent.object(), lent.shadow())
            }
            Held::Lent(lent) => (lent.object(), lent.shadow()),
        })
    }
}

/// Opens an object file.
///
/// # Safety
///
/// `path` ends with a NUL. `opts` is NULL, or as `libbpf_safe.h` wants it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__file(
    path: *const c_char,
    opts: *const OpenOpts,
) -> *mut Open<'static> {
    handle(|| {
        // SAFETY: options wants what the caller promises.
        let options = unsafe { options(opts) }?;
        // SAFETY: text::path wants what the caller promises.
        let path = unsafe { self::path(path) };
        let path = path.ok_or_else(|| Failure::new(libc::EINVAL, "the path is NULL"))?;
        Ok(Open(Held::Own(options.open_file(path)?)))
    })
}

/// Opens an object that is in memory.
///
/// # Safety
///
/// There are `size` bytes. `opts` is NULL, or as `libbpf_safe.h` wants it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__mem(
    bytes: *const c_void,
    size: usize,
    opts: *const OpenOpts,
) -> *mut Open<'static> {
    handle(|| {
        // SAFETY: options wants what the caller promises.
        let options = unsafe { options(opts) }?;
        if bytes.is_null() {
            return Err(Failure::new(libc::EINVAL, "the object is NULL"));
        }
        // SAFETY: slice::from_raw_parts wants what the caller promises.
        let bytes = unsafe { slice::from_raw_parts(bytes.cast(), size) };
        Ok(Open(Held::Own(options.open_bytes(bytes)?)))
    })
}

/// Closes an object that was not loaded. NULL is ignored, and so is one that Rust lends.
///
/// # Safety
///
/// `open` is NULL, or a handle that was not ended, which nobody uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__close(open: *mut Open<'static>) {
    // SAFETY: the caller's promise.
    if let Some(Open(Held::Own(_))) = unsafe { open.as_ref() } {
        // SAFETY: end wants a handle that C owns, and that was not ended: it was looked at, and the caller's promise.
        unsafe { end(open, drop) }
    }
}

/// Loads an object, and ends its handle, unless Rust lends it.
///
/// # Safety
///
/// `open` is a handle that was not ended, which nobody uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__load(open: *mut Open<'static>) -> *mut LoadedObject {
    handle(|| {
        // SAFETY: given wants what the caller promises.
        unsafe { given(open) }?;
        // SAFETY: Open::from_c wants what the caller promises.
        let open = unsafe { Open::from_c(open.cast()) };
        let lent = || {
            Failure::new(
                libc::EBUSY,
                "cannot load an object that Rust lends: Rust loads it",
            )
        };
        Ok(LoadedObject::new(open.ok_or_else(lent)?.load()?))
    })
}

/// The shadow copies of its struct_ops maps.
///
/// # Safety
///
/// `open` is a handle that was not ended, which no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__shadow(
    open: *mut Open<'static>,
) -> *mut bpf_struct_ops_shadow {
    // SAFETY: given_mut wants what the caller promises.
    pointer(|| Ok(unsafe { given_mut(open) }?.lend()?.1))
}

/// The object, for functions of the libbpf that it was opened by.
///
/// # Safety
///
/// `open` is a handle that was not ended, which no other thread uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_open__bpf_object(
    open: *mut Open<'static>,
    libbpf: Option<unsafe extern "C" fn()>,
) -> *mut bpf_object {
    pointer(|| {
        // SAFETY: given_mut wants what the caller promises.
        let open = unsafe { given_mut(open) }?;
        lend_to(open.lend()?.0, libbpf)
    })
}
