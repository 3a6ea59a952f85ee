//! `struct btf`, where libbpf itself has to read it.

use super::{Result, last_errno};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::ptr::{self, NonNull};
use std::slice;

/// A BTF that libbpf parsed, freed on drop.
///
/// # Invariants
///
/// `btf` is not freed. A split BTF does not outlive its base: only [`Btf::load_module`] makes one,
/// and its caller keeps the base.
#[derive(Debug)]
pub(crate) struct Btf {
    btf: NonNull<ffi::btf>,
}

impl Btf {
    fn from_raw(btf: *mut ffi::btf) -> Result<Btf> {
        // INVARIANT: callers pass a fresh BTF or NULL.
        NonNull::new(btf)
            .map(|btf| Btf { btf })
            .ok_or_else(last_errno)
    }

    /// `btf__load_vmlinux_btf`
    pub(crate) fn load_vmlinux() -> Result<Btf> {
        // SAFETY: btf__load_vmlinux_btf takes nothing.
        Self::from_raw(unsafe { ffi::btf__load_vmlinux_btf() })
    }

    /// `btf__load_module_btf`
    ///
    /// # Safety
    ///
    /// The result is dropped before `base`.
    pub(crate) unsafe fn load_module(name: &CStr, base: &Btf) -> Result<Btf> {
        // SAFETY: btf__load_module_btf reads the name, and refers to base, which the caller keeps.
        Self::from_raw(unsafe { ffi::btf__load_module_btf(name.as_ptr(), base.btf.as_ptr()) })
    }

    /// `btf__load_from_kernel_by_id`
    pub(crate) fn load_by_id(id: u32) -> Result<Btf> {
        // SAFETY: btf__load_from_kernel_by_id takes a number.
        Self::from_raw(unsafe { ffi::btf__load_from_kernel_by_id(id) })
    }

    /// `btf__load_from_kernel_by_id_split`
    ///
    /// # Safety
    ///
    /// The result is dropped before `base`.
    pub(crate) unsafe fn load_by_id_split(id: u32, base: &Btf) -> Result<Btf> {
        // SAFETY: btf__load_from_kernel_by_id_split takes a number, and refers to base, which the caller keeps.
        Self::from_raw(unsafe { ffi::btf__load_from_kernel_by_id_split(id, base.btf.as_ptr()) })
    }

    /// `btf__parse`: an ELF file with a `.BTF` section, or raw BTF
    pub(crate) fn parse(path: &CStr) -> Result<Btf> {
        // SAFETY: btf__parse reads the path; no .BTF.ext is asked for.
        Self::from_raw(unsafe { ffi::btf__parse(path.as_ptr(), ptr::null_mut()) })
    }

    /// `btf__new`
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Btf> {
        let size = u32::try_from(bytes.len()).map_err(|_| super::Errno(libc::E2BIG))?;
        // SAFETY: btf__new copies size bytes.
        Self::from_raw(unsafe { ffi::btf__new(bytes.as_ptr().cast(), size) })
    }

    /// `btf__new_split`
    ///
    /// # Safety
    ///
    /// The result is dropped before `base`.
    pub(crate) unsafe fn from_split_bytes(bytes: &[u8], base: &Btf) -> Result<Btf> {
        let size = u32::try_from(bytes.len()).map_err(|_| super::Errno(libc::E2BIG))?;
        // SAFETY: btf__new_split copies size bytes, and refers to base, which the caller keeps.
        Self::from_raw(unsafe {
            ffi::btf__new_split(bytes.as_ptr().cast(), size, base.btf.as_ptr())
        })
    }

    /// `btf__parse_split`: as [`Btf::parse`]
    ///
    /// # Safety
    ///
    /// The result is dropped before `base`.
    pub(crate) unsafe fn parse_split(path: &CStr, base: &Btf) -> Result<Btf> {
        // SAFETY: btf__parse_split reads the path, and refers to base, which the caller keeps.
        Self::from_raw(unsafe { ffi::btf__parse_split(path.as_ptr(), base.btf.as_ptr()) })
    }

    pub(crate) fn as_ptr(&self) -> *const ffi::btf {
        self.btf.as_ptr()
    }

    /// `btf__raw_data`
    pub(crate) fn bytes(&mut self) -> Result<&[u8]> {
        let mut size = 0;
        // SAFETY: btf__raw_data may build the data lazily: &mut self gives exclusive use.
        let data = unsafe { ffi::btf__raw_data(self.btf.as_ptr(), &mut size) };
        if data.is_null() {
            return Err(last_errno());
        }
        // SAFETY: size bytes that live until the BTF changes, which the borrow excludes.
        Ok(unsafe { slice::from_raw_parts(data.cast(), size as usize) })
    }
}

impl Drop for Btf {
    fn drop(&mut self) {
        // SAFETY: btf__free frees a BTF that is not freed: the type invariant.
        unsafe { ffi::btf__free(self.btf.as_ptr()) }
    }
}
