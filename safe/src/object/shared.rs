//! Objects that C code uses as well.

#![allow(unsafe_code)]

use super::exclusive::Exclusive;
use super::explain::object_btf;
use super::loaded::{LoadedInner, Object};
use super::open::{OpenInner, OpenObject, new_shadow};
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::{Lent, bpf_object, bpf_struct_ops_shadow};
use crate::raw;
use crate::raw::object::Release;
use crate::raw::shadow::Shadow;
use std::iter;
use std::ptr::NonNull;
use std::sync::Arc;

impl OpenObject {
    /// Lends the object to C code, which can set it up as Rust can: by libbpf's functions, or through the view that
    /// skelgen's header has of it (`NAME__borrow`).
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::ffi::bpf_object;
    /// use std::ffi::c_int;
    ///
    /// unsafe extern "C" {
    ///     // int configure(struct bpf_object *obj);
    ///     fn configure(object: *mut bpf_object) -> c_int;
    /// }
    ///
    /// let mut open = OpenObject::from_file("prober.bpf.o")?;
    /// let lent = open.lend()?;
    /// // SAFETY: configure() looks programs up, and keeps nothing.
    /// let returned = unsafe { configure(lent.object()) };
    /// let object = open.load()?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A skeleton holds parts of it: lend the skeleton instead.
    pub fn lend(&mut self) -> Result<Lent<'_>> {
        let object = Exclusive::new(self, iter::empty())?;
        Ok(lend(&object))
    }

    /// An object that C code has opened.
    ///
    /// `shadow` are the shadow copies that C has made of its struct_ops maps, as skelgen's header does
    /// (`skel->shadow`): what C sets in them counts at load, too. Without, they are made here.
    ///
    /// `release` gives the object back: it is called once, when nothing in Rust needs the object any more, before load or
    /// after it, by any thread. It has to close the object, and then to free the shadow copies, unless somebody still
    /// uses them.
    ///
    /// # Errors
    ///
    /// The object is loaded, or has a struct_ops map that libbpf cannot handle. `release` was called then.
    ///
    /// # Safety
    ///
    /// `object` comes from `bpf_object__open_*` or what calls it, of the libbpf that this crate uses, and `shadow` from
    /// `bpf_struct_ops_shadow__new` for this object. Until `release` is called nobody else closes or loads the object,
    /// frees the copies, resizes sections or reuses maps; nor uses either while Rust code does.
    pub unsafe fn from_raw(
        object: NonNull<bpf_object>,
        shadow: Option<NonNull<bpf_struct_ops_shadow>>,
        release: impl FnOnce() + Send + 'static,
    ) -> Result<OpenObject> {
        let release = Release(Box::new(release));
        // SAFETY: raw::object::Object::from_raw wants what the caller promises.
        let mut object = unsafe { raw::object::Object::from_raw(object, release) };
        let name = object.name().to_string_lossy().into_owned();
        let operation = format!("use object `{name}` from C");
        if object.is_loaded() {
            let reason = "it is loaded already".into();
            let error = Error::new(operation, ErrorKind::InvalidInput { reason });
            return Err(error.with_hint("`Object::from_raw` takes loaded ones"));
        }
        let shadow = match shadow {
            // SAFETY: Shadow::from_raw wants what the caller promises.
            Some(shadow) => unsafe { Shadow::from_raw(shadow) },
            None => new_shadow(&operation, &mut object, &[])?,
        };
        let btf = object_btf(&object, &name)?;
        let mut inner = OpenInner::new(object, shadow, name);
        inner.other_byte_order = btf.is_some_and(|btf| !btf.is_native());
        Ok(OpenObject {
            inner: Arc::new(inner),
        })
    }
}

impl Object {
    /// Lends the object to C code, which can read and write its maps and variables, and attach it.
    ///
    /// Handles in Rust do the same meanwhile: C has to do no more than libbpf lets several threads do, and must not
    /// attach USDT probes.
    pub fn lend(&self) -> Lent<'_> {
        Lent::new(self.inner.object().as_non_null(), None)
    }

    /// An object that C code has loaded: maps, programs and variables are then used from Rust, too.
    ///
    /// `release` gives the object back: it is called once, when the last handle in Rust that needs the object is gone, by
    /// any thread. It has to close the object, unless C still uses it. The global variables of an arena are out of
    /// reach.
    ///
    /// # Errors
    ///
    /// The object is not loaded. `release` was called then.
    ///
    /// # Safety
    ///
    /// `object` comes from `bpf_object__open_*` or what calls it, of the libbpf that this crate uses. Until `release` is
    /// called nobody else closes it, and C does no more with it than libbpf lets several threads do.
    pub unsafe fn from_raw(
        object: NonNull<bpf_object>,
        release: impl FnOnce() + Send + 'static,
    ) -> Result<Object> {
        let release = Release(Box::new(release));
        // SAFETY: raw::object::Object::from_raw wants what the caller promises.
        let mut object = unsafe { raw::object::Object::from_raw(object, release) };
        let name = object.name().to_string_lossy().into_owned();
        if !object.is_loaded() {
            let reason = "it is not loaded".into();
            let operation = format!("use object `{name}` from C");
            let error = Error::new(operation, ErrorKind::InvalidInput { reason });
            return Err(error.with_hint("`OpenObject::from_raw` takes open ones"));
        }
        let maps = object.maps().map(|map| map.name().to_string_lossy().into());
        let maps = maps.collect();
        let inner = LoadedInner::new(object, name, maps, Vec::new());
        Ok(Object::new(inner, Vec::new()))
    }
}

/// What C gets of an object that nobody else uses.
pub(crate) fn lend<'a>(object: &Exclusive<'a>) -> Lent<'a> {
    let inner = object.inner();
    Lent::new(
        inner.object().as_non_null(),
        Some(inner.shadow().as_non_null()),
    )
}
