//! `struct bpf_object`: open, load, close, and what it holds.

use super::map::MapRef;
use super::program::ProgramRef;
use super::{Result, c_str, check, last_errno};
use libbpf_ffi as ffi;
use std::ffi::{CStr, c_char};
use std::fmt;
use std::marker::PhantomData;
use std::os::fd::BorrowedFd;
use std::ptr::{self, NonNull};
use std::slice;

/// An object that libbpf opened. On drop it is closed, or given back to those who have lent it.
///
/// # Invariants
///
/// `object` comes from `bpf_object__open_*` and is not closed, before `release` is called where there is one. `maps`
/// and `programs` are all its maps and programs in libbpf's order; libbpf moves neither after open. `arena_variables`
/// is what load said.
#[derive(Debug)]
pub(crate) struct Object {
    object: NonNull<ffi::bpf_object>,
    maps: Box<[NonNull<ffi::bpf_map>]>,
    programs: Box<[NonNull<ffi::bpf_program>]>,
    arena_variables: Option<NonNull<u8>>,
    release: Option<Release>,
}

/// Gives an object back to who has lent it, once this library does not use it any more.
pub(crate) struct Release(pub(crate) Box<dyn FnOnce() + Send>);

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Release")
    }
}

// SAFETY: libbpf keeps no thread-local state for a `bpf_object`; it may be used from any thread, one
// at a time.
unsafe impl Send for Object {}
// SAFETY: the safe methods that take `&self` only read fields that libbpf does not change between
// open and close (names, sections, BTF, the arrays of maps and programs) or, after load, descriptors
// that load has set. Everything that writes is `&mut self`, or `unsafe` with exclusion as its contract.
unsafe impl Sync for Object {}

/// The options of `bpf_object__open_*` that this library passes on.
#[derive(Default)]
pub(crate) struct OpenOptions<'a> {
    pub(crate) name: Option<&'a CStr>,
    pub(crate) btf_path: Option<&'a CStr>,
    pub(crate) kconfig: Option<&'a CStr>,
    pub(crate) pin_root: Option<&'a CStr>,
    pub(crate) token: Option<&'a CStr>,
    pub(crate) relaxed_maps: bool,
    pub(crate) log_level: u32,
}

fn optional(text: Option<&CStr>) -> *const c_char {
    text.map_or(ptr::null(), CStr::as_ptr)
}

impl OpenOptions<'_> {
    /// The strings are copied by libbpf during the call.
    fn to_c(&self) -> ffi::bpf_object_open_opts {
        ffi::bpf_object_open_opts {
            sz: size_of::<ffi::bpf_object_open_opts>() as _,
            object_name: optional(self.name),
            btf_custom_path: optional(self.btf_path),
            kconfig: optional(self.kconfig),
            pin_root_path: optional(self.pin_root),
            bpf_token_path: optional(self.token),
            relaxed_maps: self.relaxed_maps,
            kernel_log_level: self.log_level,
            ..Default::default()
        }
    }
}

impl Object {
    /// `bpf_object__open_mem`; `bytes` starts at a multiple of 8, as libelf wants it.
    pub(crate) fn open_mem(bytes: &[u8], options: &OpenOptions<'_>) -> Result<Object> {
        let options = options.to_c();
        // SAFETY: bpf_object__open_mem reads the buffer and the options during the call only: libbpf
        // finishes with the ELF (bpf_object__elf_finish) before it returns.
        let object =
            unsafe { ffi::bpf_object__open_mem(bytes.as_ptr().cast(), bytes.len() as _, &options) };
        Self::from_open(object)
    }

    fn from_open(object: *mut ffi::bpf_object) -> Result<Object> {
        let object = NonNull::new(object).ok_or_else(last_errno)?;
        Ok(Self::listed(object, None))
    }

    fn listed(object: NonNull<ffi::bpf_object>, release: Option<Release>) -> Object {
        // INVARIANT: the object is open; the lists are filled in completely right here.
        let mut this = Object {
            object,
            maps: Box::default(),
            programs: Box::default(),
            arena_variables: None,
            release,
        };
        this.maps = this.list_maps();
        this.programs = this.list_programs();
        this
    }

    /// An object that somebody else has opened, and perhaps loaded.
    ///
    /// # Safety
    ///
    /// The object comes from `bpf_object__open_*`. Until `release` is called nobody closes it or loads it elsewhere, and
    /// nobody uses it while a method of this runs that writes.
    pub(crate) unsafe fn from_raw(object: NonNull<ffi::bpf_object>, release: Release) -> Object {
        // INVARIANT: the caller's promise.
        Self::listed(object, Some(release))
    }

    fn list_maps(&self) -> Box<[NonNull<ffi::bpf_map>]> {
        let next = |map: *const ffi::bpf_map| {
            // SAFETY: bpf_object__next_map takes an open object and NULL or one of its maps.
            unsafe { ffi::bpf_object__next_map(self.object.as_ptr(), map) }
        };
        std::iter::successors(NonNull::new(next(ptr::null())), |map| {
            NonNull::new(next(map.as_ptr()))
        })
        .collect()
    }

    fn list_programs(&self) -> Box<[NonNull<ffi::bpf_program>]> {
        let next = |program: *mut ffi::bpf_program| {
            // SAFETY: bpf_object__next_program takes an open object and NULL or one of its programs.
            unsafe { ffi::bpf_object__next_program(self.object.as_ptr(), program) }
        };
        std::iter::successors(NonNull::new(next(ptr::null_mut())), |program| {
            NonNull::new(next(program.as_ptr()))
        })
        .collect()
    }

    pub(super) fn as_ptr(&self) -> *mut ffi::bpf_object {
        self.object.as_ptr()
    }

    pub(crate) fn as_non_null(&self) -> NonNull<ffi::bpf_object> {
        self.object
    }

    /// Whether it is in the kernel: no function of libbpf's says so, but one refuses then, and changes nothing here.
    pub(crate) fn is_loaded(&mut self) -> bool {
        match self.program(0) {
            // SAFETY: ProgramRef::set_autoload wants the program for itself: &mut self.
            Some(program) => unsafe { program.set_autoload(program.autoload()) }.is_err(),
            None => self.maps().any(|map| map.fd().is_some()),
        }
    }

    /// `bpf_object__name`
    pub(crate) fn name(&self) -> &CStr {
        // SAFETY: bpf_object__name reads a live object: the type invariant.
        let name = unsafe { ffi::bpf_object__name(self.object.as_ptr()) };
        // SAFETY: bpf_object__name returns a string that lives, unchanged, as long as the object.
        unsafe { c_str(name) }
    }

    /// `bpf_object__prepare`
    pub(crate) fn prepare(&mut self) -> Result<()> {
        // SAFETY: bpf_object__prepare takes an open object that nobody else uses meanwhile: &mut self.
        check(unsafe { ffi::bpf_object__prepare(self.object.as_ptr()) }).map(drop)
    }

    /// `bpf_object__token_fd`; `None` where load made no token
    pub(crate) fn token_fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: bpf_object__token_fd reads a live object: the type invariant.
        let fd = unsafe { ffi::bpf_object__token_fd(self.object.as_ptr()) };
        // It is 0 where no token was tried for, and libbpf never keeps a token there.
        if fd <= 0 {
            return None;
        }
        // SAFETY: bpf_object__token_fd's descriptor stays open as long as the object lives, and it is not -1.
        Some(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// `bpf_object__btf_fd`; `None` where the object's BTF is not in the kernel
    pub(crate) fn btf_fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: bpf_object__btf_fd reads a live object: the type invariant.
        let fd = unsafe { ffi::bpf_object__btf_fd(self.object.as_ptr()) };
        if fd < 0 {
            return None;
        }
        // SAFETY: bpf_object__btf_fd's descriptor stays open as long as the object lives, and it is not -1.
        Some(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// `bpf_object__load`
    pub(crate) fn load(&mut self) -> Result<()> {
        if self.arena().is_some() {
            // INVARIANT: load says so right here.
            self.arena_variables = self.load_with_arena()?;
            return Ok(());
        }
        // SAFETY: bpf_object__load takes an open object that nobody else uses meanwhile: &mut self.
        check(unsafe { ffi::bpf_object__load(self.object.as_ptr()) }).map(drop)
    }

    /// `bpf_object__btf`, `btf__raw_data`: the object's BTF as libbpf completed it at open.
    ///
    /// # Safety
    ///
    /// No other thread uses the object's BTF during the call: libbpf may build the data lazily.
    pub(crate) unsafe fn btf_bytes(&self) -> Option<&[u8]> {
        // SAFETY: bpf_object__btf returns NULL or a BTF that lives as long as the object.
        let btf = unsafe { ffi::bpf_object__btf(self.object.as_ptr()) };
        if btf.is_null() {
            return None;
        }
        let mut size = 0;
        // SAFETY: btf__raw_data takes a BTF and a place for a size; the caller excludes other users.
        let data = unsafe { ffi::btf__raw_data(btf, &mut size) };
        if data.is_null() {
            return None;
        }
        // SAFETY: btf__raw_data returned a pointer to size bytes that live until the BTF changes,
        // which this library has libbpf do right after open only.
        Some(unsafe { slice::from_raw_parts(data.cast(), size as usize) })
    }

    /// Where load put the global variables of the arena.
    pub(crate) fn arena_variables(&self) -> Option<NonNull<u8>> {
        self.arena_variables
    }

    pub(crate) fn map_count(&self) -> usize {
        self.maps.len()
    }

    pub(crate) fn program_count(&self) -> usize {
        self.programs.len()
    }

    pub(crate) fn map(&self, index: usize) -> Option<MapRef<'_>> {
        let map = *self.maps.get(index)?;
        // INVARIANT: the map belongs to self, which is borrowed as long as the MapRef lives.
        Some(MapRef {
            map,
            object: PhantomData,
        })
    }

    pub(crate) fn program(&self, index: usize) -> Option<ProgramRef<'_>> {
        let program = *self.programs.get(index)?;
        // INVARIANT: the program belongs to self, which is borrowed as long as the ProgramRef lives.
        Some(ProgramRef {
            program,
            object: PhantomData,
        })
    }

    /// Nothing for one that there is not.
    pub(crate) fn program_name(&self, index: usize) -> &[u8] {
        self.program(index).map_or(c"", ProgramRef::name).to_bytes()
    }

    pub(crate) fn maps(&self) -> impl Iterator<Item = MapRef<'_>> {
        (0..self.maps.len()).filter_map(|index| self.map(index))
    }

    pub(crate) fn programs(&self) -> impl Iterator<Item = ProgramRef<'_>> {
        (0..self.programs.len()).filter_map(|index| self.program(index))
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if let Some(Release(release)) = self.release.take() {
            return release();
        }
        // SAFETY: bpf_object__close takes an object that is not closed, and frees it: by the type
        // invariant, and because this is the drop.
        unsafe { ffi::bpf_object__close(self.object.as_ptr()) }
    }
}
