//! `struct btf`, where libbpf itself has to read it.

use super::{Result, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};
use std::slice;

/// A BTF that libbpf parsed, freed on drop.
///
/// # Invariants
///
/// `btf` is not freed. A split BTF does not outlive its base: the callers of the functions that make one promise it.
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

    /// `btf__dedup`
    pub(crate) fn dedup(&mut self, ext: Option<&mut BtfExt>) -> Result<()> {
        let options = ffi::btf_dedup_opts {
            sz: size_of::<ffi::btf_dedup_opts>() as _,
            btf_ext: ext.map_or(ptr::null_mut(), |ext| ext.ext.as_ptr()),
            ..Default::default()
        };
        // SAFETY: btf__dedup changes a BTF and a .BTF.ext, both borrowed exclusively; it keeps neither.
        check(unsafe { ffi::btf__dedup(self.btf.as_ptr(), &options) }).map(drop)
    }

    /// `btf__permute`: `ids` has the new id of each type of this BTF, without the base's
    pub(crate) fn permute(&mut self, ids: &[u32], ext: Option<&mut BtfExt>) -> Result<()> {
        if ids.is_empty() {
            return Err(super::Errno(libc::EINVAL));
        }
        let options = ffi::btf_permute_opts {
            sz: size_of::<ffi::btf_permute_opts>() as _,
            btf_ext: ext.map_or(ptr::null_mut(), |ext| ext.ext.as_ptr()),
        };
        let count = u32::try_from(ids.len()).map_err(|_| super::Errno(libc::E2BIG))?;
        let ids = ids.as_ptr().cast_mut();
        // SAFETY: btf__permute reads the first id and then count ids, of which there is one at least, and writes none;
        // it changes a BTF and a .BTF.ext, both borrowed exclusively, and keeps none of them.
        check(unsafe { ffi::btf__permute(self.btf.as_ptr(), ids, count, &options) }).map(drop)
    }

    /// `btf__distill_base`: of a split BTF, what it needs of its base, and what is split from that
    ///
    /// # Safety
    ///
    /// The second result is dropped before the first.
    pub(crate) unsafe fn distill(&self) -> Result<(Btf, Btf)> {
        let (mut base, mut split) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: btf__distill_base reads a live BTF and its base, and writes two pointers, of which the second's BTF
        // refers to the first's: see above.
        check(unsafe { ffi::btf__distill_base(self.btf.as_ptr(), &mut base, &mut split) })?;
        Ok((Self::from_raw(base)?, Self::from_raw(split)?))
    }

    /// `btf__relocate`: from a distilled base to a real one
    ///
    /// # Safety
    ///
    /// `self` is dropped before both bases.
    pub(crate) unsafe fn relocate(&mut self, base: &Btf) -> Result<()> {
        // SAFETY: btf__relocate changes a BTF that is borrowed exclusively, and refers to base, which the caller keeps.
        check(unsafe { ffi::btf__relocate(self.btf.as_ptr(), base.btf.as_ptr()) }).map(drop)
    }

    /// `btf__load_into_kernel`
    pub(crate) fn load(&mut self) -> Result<()> {
        // SAFETY: btf__load_into_kernel reads a BTF that is borrowed exclusively, and keeps the descriptor in it.
        check(unsafe { ffi::btf__load_into_kernel(self.btf.as_ptr()) }).map(drop)
    }

    /// `btf__fd`: of one that is loaded, which keeps it
    pub(crate) fn fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: btf__fd reads a number of a live BTF.
        let fd = unsafe { ffi::btf__fd(self.btf.as_ptr()) };
        // SAFETY: open as long as the BTF is, which closes it.
        (fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(fd) })
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

/// A `.BTF.ext` that libbpf parsed, freed on drop.
///
/// # Invariants
///
/// `ext` is not freed.
#[derive(Debug)]
pub(crate) struct BtfExt {
    ext: NonNull<ffi::btf_ext>,
}

impl BtfExt {
    /// `btf_ext__new`
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<BtfExt> {
        let size = u32::try_from(bytes.len()).map_err(|_| super::Errno(libc::E2BIG))?;
        // SAFETY: btf_ext__new copies size bytes.
        let ext = unsafe { ffi::btf_ext__new(bytes.as_ptr().cast(), size) };
        // INVARIANT: fresh or NULL.
        NonNull::new(ext)
            .map(|ext| BtfExt { ext })
            .ok_or_else(last_errno)
    }

    /// `btf_ext__raw_data`
    pub(crate) fn bytes(&mut self) -> Result<&[u8]> {
        let mut size = 0;
        // SAFETY: btf_ext__raw_data may build the data lazily: &mut self gives exclusive use.
        let data = unsafe { ffi::btf_ext__raw_data(self.ext.as_ptr(), &mut size) };
        if data.is_null() {
            return Err(last_errno());
        }
        // SAFETY: size bytes that live until the .BTF.ext changes, which the borrow excludes.
        Ok(unsafe { slice::from_raw_parts(data.cast(), size as usize) })
    }
}

impl Drop for BtfExt {
    fn drop(&mut self) {
        // SAFETY: btf_ext__free frees what is not freed: the type invariant.
        unsafe { ffi::btf_ext__free(self.ext.as_ptr()) }
    }
}
