//! Objects that are loaded.

#![allow(unsafe_code)]

use crate::error::{Failure, end, handle, number, pointer};
use crate::text::{given, name};
use libbpf_ffi::bpf_object__open_file;
use libbpf_safe::Object;
use libbpf_safe::ffi::bpf_object;
use std::ffi::{c_char, c_int};
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd};

/// `struct libbpf_safe_object`: a loaded object, as C has it.
#[derive(Debug)]
pub struct LoadedObject(Object);

/// The same, for declarations of functions in C: behind a pointer, of no use otherwise.
#[allow(non_camel_case_types)]
#[derive(Debug)]
#[repr(C)]
pub struct libbpf_safe_object {
    _opaque: [u8; 0],
}

/// `struct libbpf_safe_links`
#[derive(Debug)]
pub struct Links(libbpf_safe::link::Links);

impl LoadedObject {
    /// For C, as long as Rust keeps it: [`as_ptr`](LoadedObject::as_ptr) is the pointer that C takes. It shares the
    /// object.
    pub fn new(object: Object) -> LoadedObject {
        LoadedObject(object)
    }

    /// For C to keep: it has to close it.
    pub fn into_c(object: Object) -> *mut libbpf_safe_object {
        Box::into_raw(Box::new(LoadedObject(object))).cast()
    }

    /// The pointer that C takes, as long as this lives.
    pub fn as_ptr(&mut self) -> *mut libbpf_safe_object {
        std::ptr::from_mut(self).cast()
    }

    /// The object, to be used in Rust as well: what C does with its handle does not end it.
    pub fn object(&self) -> Object {
        self.0.clone()
    }
}

/// The object, where the caller uses the libbpf that is in here.
pub(crate) fn lend_to(
    object: *mut bpf_object,
    libbpf: Option<unsafe extern "C" fn()>,
) -> Result<*mut bpf_object, Failure> {
    let own = bpf_object__open_file as *const ();
    if libbpf.is_some_and(|libbpf| libbpf as *const () == own) {
        return Ok(object);
    }
    let text = "cannot lend the object to another libbpf than the one that has opened it: link the static library";
    Err(Failure::new(libc::EXDEV, text))
}

/// The object, for functions of the libbpf that it was opened by.
///
/// # Safety
///
/// `object` is a handle that was not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_object__bpf_object(
    object: *mut LoadedObject,
    libbpf: Option<unsafe extern "C" fn()>,
) -> *mut bpf_object {
    pointer(|| {
        // SAFETY: given wants what the caller promises.
        let object = unsafe { given(object) }?;
        lend_to(object.0.lend().object(), libbpf)
    })
}

/// Closes a loaded object. NULL is ignored.
///
/// # Safety
///
/// `object` is NULL, or a handle that C owns and has not ended, which nobody uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_object__close(object: *mut LoadedObject) {
    // SAFETY: end wants what the caller promises.
    unsafe { end(object, drop) }
}

/// A descriptor of a map, which the caller closes.
///
/// # Safety
///
/// `object` is a handle that was not ended; `name` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_object__map_fd(
    object: *const LoadedObject,
    name: *const c_char,
) -> c_int {
    number(|| {
        // SAFETY: given wants what the caller promises.
        let object = unsafe { given(object) }?;
        // SAFETY: text::name wants what the caller promises.
        let name = unsafe { self::name(name) }?;
        duplicate(object.0.map(name)?.as_fd())
    })
}

/// A descriptor of a program, which the caller closes.
///
/// # Safety
///
/// `object` is a handle that was not ended; `name` ends with a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_object__program_fd(
    object: *const LoadedObject,
    name: *const c_char,
) -> c_int {
    number(|| {
        // SAFETY: given wants what the caller promises.
        let object = unsafe { given(object) }?;
        // SAFETY: text::name wants what the caller promises.
        let name = unsafe { self::name(name) }?;
        duplicate(object.0.program(name)?.fd()?)
    })
}

fn duplicate(fd: BorrowedFd<'_>) -> Result<c_int, Failure> {
    match fd.try_clone_to_owned() {
        Ok(fd) => Ok(fd.into_raw_fd()),
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(libc::EINVAL);
            let text = format!("cannot duplicate a descriptor: {error}");
            Err(Failure::new(errno, text))
        }
    }
}

/// Attaches all that can be attached, or nothing.
///
/// # Safety
///
/// `object` is a handle that was not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_object__attach(object: *mut LoadedObject) -> *mut Links {
    handle(|| {
        // SAFETY: given wants what the caller promises.
        let object = unsafe { given(object) }?;
        Ok(Links(object.0.attach()?))
    })
}

/// Detaches what is attached. NULL is ignored.
///
/// # Safety
///
/// `links` is NULL, or a handle that was not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn libbpf_safe_links__detach(links: *mut Links) {
    // SAFETY: end wants what the caller promises.
    unsafe { end(links, |links| links.0.detach()) }
}
