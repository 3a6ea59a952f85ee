//! Shadow copies of struct_ops maps: the extension's `libbpf_struct_ops.h`.

use super::btf::Btf;
use super::map::MapRef;
use super::object::Object;
use super::program::ProgramRef;
use super::{Result, c_str, check, last_errno};
use crate::struct_ops::TypeLayout;
use libbpf_ffi::ext;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{self, NonNull};
use std::slice;

/// The shadow copies of one object.
///
/// # Invariants
///
/// `shadow` comes from `bpf_struct_ops_shadow__new` and is not freed.
#[derive(Debug)]
pub(crate) struct Shadow {
    shadow: NonNull<ext::bpf_struct_ops_shadow>,
    /// Whether somebody else frees it.
    is_lent: bool,
}

// SAFETY: the extension keeps no thread-local state.
unsafe impl Send for Shadow {}
// SAFETY: methods that take `&self` read what never changes (addresses and sizes of the copies), or
// are `unsafe` with exclusion as their contract.
unsafe impl Sync for Shadow {}

/// The layout of one member, as the generator described it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberInfo<'a> {
    pub(crate) name: &'a CStr,
    pub(crate) offset: u32,
    pub(crate) size: u32,
}

/// The layout of one map's shadow copy.
#[derive(Debug, Clone)]
pub(crate) struct MapInfo<'a> {
    pub(crate) name: &'a CStr,
    pub(crate) members: Members<'a>,
    pub(crate) data_size: u32,
}

/// The members of one map's shadow copy.
#[derive(Debug, Clone)]
pub(crate) enum Members<'a> {
    /// By name and size; nested structs are carried over as they stand.
    Named(Vec<MemberInfo<'a>>),
    /// With all that is nested.
    Described(&'static TypeLayout),
}

/// `struct bpf_struct_ops_problem`, owned, and in the words of `bpf_struct_ops_problem__format`.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) kind: u32,
    pub(crate) map: String,
    pub(crate) type_name: String,
    pub(crate) member: String,
    pub(crate) program: String,
    /// `enum bpf_struct_ops_presence`: whether it was refused or left out.
    pub(crate) presence: u32,
    /// What was left out; empty where nothing was.
    pub(crate) value: Vec<u8>,
    pub(crate) found: u64,
    pub(crate) expected: u64,
    /// The C types; empty where they are not known.
    pub(crate) found_type: String,
    pub(crate) expected_type: String,
    pub(crate) text: String,
}

/// `struct bpf_struct_ops_plan`, owned.
#[derive(Debug, Clone)]
pub(crate) struct ProgramPlan {
    pub(crate) loaded: bool,
    pub(crate) reason: u32,
    pub(crate) map: String,
    pub(crate) member: String,
}

unsafe extern "C" fn report(ctx: *mut c_void, problem: *const ext::bpf_struct_ops_problem) {
    // SAFETY: every call in this file passes a Vec<Problem> as ctx, exclusively borrowed meanwhile.
    let problems = unsafe { &mut *ctx.cast::<Vec<Problem>>() };
    // SAFETY: libbpf_struct_ops.h: the problem lives as long as this call.
    let problem = unsafe { &*problem };
    let text = |text: *const c_char| {
        // SAFETY: the problem's strings are NULL or live as long as this call.
        unsafe { c_str(text) }.to_string_lossy().into_owned()
    };
    let mut line = [0u8; 512];
    // SAFETY: bpf_struct_ops_problem__format writes at most line.len() bytes, NUL included.
    unsafe {
        ext::bpf_struct_ops_problem__format(problem, line.as_mut_ptr().cast(), line.len());
    }
    let value = match problem.value.is_null() {
        true => Vec::new(),
        // SAFETY: libbpf_struct_ops.h: value_size bytes that live as long as this call.
        false => unsafe { slice::from_raw_parts(problem.value.cast::<u8>(), problem.value_size) }
            .to_vec(),
    };
    problems.push(Problem {
        kind: problem.kind,
        map: text(problem.map),
        type_name: text(problem.type_),
        member: text(problem.member),
        program: text(problem.program),
        presence: problem.presence,
        value,
        found: problem.found,
        expected: problem.expected,
        found_type: text(problem.found_type),
        expected_type: text(problem.expected_type),
        text: CStr::from_bytes_until_nul(&line)
            .map(|line| line.to_string_lossy().into_owned())
            .unwrap_or_default(),
    });
}

impl Shadow {
    /// `bpf_struct_ops_shadow__new`
    pub(crate) fn new(
        object: &mut Object,
        maps: &[MapInfo<'_>],
        problems: &mut Vec<Problem>,
    ) -> Result<Shadow> {
        let members: Vec<_> = maps.iter().map(MapInfo::named_to_c).collect();
        let maps: Vec<_> = maps
            .iter()
            .zip(&members)
            .map(|(map, named)| map.to_c(named))
            .collect();
        let info = ext::bpf_struct_ops_shadow_info {
            maps: maps.as_ptr(),
            cnt: maps.len() as u32,
        };
        // SAFETY: bpf_struct_ops_shadow__new takes an object that is open and not loaded, used by
        // nobody else (&mut), and info that lives during the call. report matches its ctx.
        let shadow = unsafe {
            ext::bpf_struct_ops_shadow__new(
                object.as_ptr(),
                &info,
                Some(report),
                ptr::from_mut(problems).cast(),
            )
        };
        // INVARIANT: fresh and not freed.
        NonNull::new(shadow)
            .map(|shadow| Shadow {
                shadow,
                is_lent: false,
            })
            .ok_or_else(last_errno)
    }

    /// Shadow copies that somebody else has made, and frees.
    ///
    /// # Safety
    ///
    /// `shadow` comes from `bpf_struct_ops_shadow__new`, and is not freed as long as this lives. Nobody uses it, or the
    /// copies, while Rust does.
    pub(crate) unsafe fn from_raw(shadow: NonNull<ext::bpf_struct_ops_shadow>) -> Shadow {
        // INVARIANT: the caller's promise.
        Shadow {
            shadow,
            is_lent: true,
        }
    }

    pub(crate) fn as_non_null(&self) -> NonNull<ext::bpf_struct_ops_shadow> {
        self.shadow
    }

    /// `bpf_struct_ops_shadow__check_layout`: whether the copy of a map is in this layout
    pub(crate) fn check_layout(
        &self,
        map: MapRef<'_>,
        info: &MapInfo<'_>,
        problems: &mut Vec<Problem>,
    ) -> Result<()> {
        let named = info.named_to_c();
        let info = info.to_c(&named);
        // SAFETY: bpf_struct_ops_shadow__check_layout reads the info, which lives during the call, the object's BTF,
        // and where the copies are, none of which changes before load. report matches its ctx.
        check(unsafe {
            ext::bpf_struct_ops_shadow__check_layout(
                self.shadow.as_ptr(),
                map.as_ptr(),
                &info,
                Some(report),
                ptr::from_mut(problems).cast(),
            )
        })
        .map(drop)
    }

    /// `bpf_struct_ops_shadow__initial_value`: where the shadow copy of a map is, and its size.
    pub(crate) fn initial_value(&self, map: MapRef<'_>) -> Option<(NonNull<u8>, usize)> {
        let mut size = 0;
        // SAFETY: bpf_struct_ops_shadow__initial_value compares the map's address and writes the size.
        let value = unsafe {
            ext::bpf_struct_ops_shadow__initial_value(self.shadow.as_ptr(), map.as_ptr(), &mut size)
        };
        NonNull::new(value.cast()).map(|value| (value, size))
    }

    /// `bpf_struct_ops_shadow__default_value`: where the object file's value is, never changed.
    pub(crate) fn default_value(&self, map: MapRef<'_>) -> Option<(NonNull<u8>, usize)> {
        let mut size = 0;
        // SAFETY: bpf_struct_ops_shadow__default_value compares the map's address and writes the size.
        let value = unsafe {
            ext::bpf_struct_ops_shadow__default_value(self.shadow.as_ptr(), map.as_ptr(), &mut size)
        };
        NonNull::new(value.cast_mut().cast()).map(|value| (value, size))
    }

    /// `bpf_struct_ops_shadow__set_autoload`
    ///
    /// # Safety
    ///
    /// The program is of the object that this shadow was made for, which is open and not loaded, and
    /// nobody else uses that program during the call.
    pub(crate) unsafe fn set_autoload(
        &self,
        program: ProgramRef<'_>,
        autoload: bool,
    ) -> Result<()> {
        // SAFETY: the caller's promise. bpf_struct_ops_shadow__set_autoload writes only to this
        // program and to its own entry for it.
        check(unsafe {
            ext::bpf_struct_ops_shadow__set_autoload(
                self.shadow.as_ptr(),
                program.as_ptr(),
                autoload,
            )
        })
        .map(drop)
    }

    /// `bpf_struct_ops_shadow__set_presence`
    ///
    /// # Safety
    ///
    /// The map is of the object that this shadow was made for, and nobody else sets a presence or commits
    /// during the call.
    pub(crate) unsafe fn set_presence(
        &self,
        map: Option<MapRef<'_>>,
        member: Option<&CStr>,
        presence: u32,
    ) -> Result<()> {
        // SAFETY: the caller's promise. bpf_struct_ops_shadow__set_presence writes only to what was said
        // about presence, which set_presence and commit alone use; it reads the name during the call.
        check(unsafe {
            ext::bpf_struct_ops_shadow__set_presence(
                self.shadow.as_ptr(),
                map.map_or(ptr::null(), |map| map.as_ptr().cast_const()),
                member.map_or(ptr::null(), CStr::as_ptr),
                presence,
            )
        })
        .map(drop)
    }

    /// `bpf_struct_ops_shadow__commit`
    ///
    /// # Safety
    ///
    /// `object` is the one that this shadow was made for, open and not loaded.
    pub(crate) unsafe fn commit(
        &mut self,
        object: &mut Object,
        problems: &mut Vec<Problem>,
    ) -> Result<()> {
        let _ = object;
        // SAFETY: bpf_struct_ops_shadow__commit writes to the object, exclusively borrowed here.
        check(unsafe {
            ext::bpf_struct_ops_shadow__commit(
                self.shadow.as_ptr(),
                Some(report),
                ptr::from_mut(problems).cast(),
            )
        })
        .map(drop)
    }

    /// `bpf_struct_ops_shadow__object_value`: a copy of what libbpf would take for a map now
    ///
    /// # Safety
    ///
    /// Nobody else uses this shadow, or the maps and programs of its object, during the call.
    pub(crate) unsafe fn object_value(&self, map: MapRef<'_>) -> Option<Vec<u8>> {
        let mut size = 0;
        // SAFETY: bpf_struct_ops_shadow__object_value reads the copy of one map and writes to its scratch
        // buffer, which the caller's promise excludes others from.
        let value = unsafe {
            ext::bpf_struct_ops_shadow__object_value(self.shadow.as_ptr(), map.as_ptr(), &mut size)
        };
        let value = NonNull::new(value.cast_mut())?;
        // SAFETY: libbpf_struct_ops.h: size bytes that are valid until the next call.
        Some(unsafe { slice::from_raw_parts(value.as_ptr().cast::<u8>(), size) }.to_vec())
    }

    /// `bpf_struct_ops_shadow__plan`
    ///
    /// # Safety
    ///
    /// The program is of the object that this shadow was made for, and nobody else uses this shadow, or the
    /// maps and programs of its object, during the call.
    pub(crate) unsafe fn plan(&self, program: ProgramRef<'_>) -> Result<ProgramPlan> {
        let mut plan = ext::bpf_struct_ops_plan {
            loaded: false,
            reason: 0,
            map: ptr::null(),
            member: ptr::null(),
        };
        // SAFETY: bpf_struct_ops_shadow__plan reads the object and writes the plan: the caller's promise.
        check(unsafe {
            ext::bpf_struct_ops_shadow__plan(self.shadow.as_ptr(), program.as_ptr(), &mut plan)
        })?;
        let text = |text: *const c_char| {
            // SAFETY: libbpf_struct_ops.h: NULL, or a string that lives as long as the object.
            unsafe { c_str(text) }.to_string_lossy().into_owned()
        };
        Ok(ProgramPlan {
            loaded: plan.loaded,
            reason: plan.reason,
            map: text(plan.map),
            member: text(plan.member),
        })
    }

    /// `bpf_struct_ops_shadow__check`
    ///
    /// # Safety
    ///
    /// Nobody else uses this shadow, or the maps and programs of its object, during the call.
    pub(crate) unsafe fn check(&self, kernel: &Btf, modules: &[Btf], problems: &mut Vec<Problem>) {
        let modules: Vec<_> = modules.iter().map(Btf::as_ptr).collect();
        // SAFETY: bpf_struct_ops_shadow__check reads the object, from which the caller's promise excludes
        // others, and the BTFs, which are borrowed here.
        unsafe {
            ext::bpf_struct_ops_shadow__check(
                self.shadow.as_ptr(),
                kernel.as_ptr(),
                modules.as_ptr().cast(),
                modules.len(),
                Some(report),
                ptr::from_mut(problems).cast(),
            )
        };
    }
}

impl MapInfo<'_> {
    /// Members that are named one by one, for [`MapInfo::to_c`].
    fn named_to_c(&self) -> Vec<ext::bpf_struct_ops_member_info> {
        match &self.members {
            Members::Named(members) => members.iter().map(member_to_c).collect(),
            Members::Described(_) => Vec::new(),
        }
    }

    /// In C's terms, as long as this and `named` live.
    fn to_c(&self, named: &[ext::bpf_struct_ops_member_info]) -> ext::bpf_struct_ops_map_info {
        let (members, cnt) = match self.members {
            Members::Named(_) => (named.as_ptr(), named.len() as u32),
            Members::Described(layout) => layout.to_c(),
        };
        ext::bpf_struct_ops_map_info {
            name: self.name.as_ptr(),
            members,
            cnt,
            data_size: self.data_size,
        }
    }
}

fn member_to_c(member: &MemberInfo<'_>) -> ext::bpf_struct_ops_member_info {
    ext::bpf_struct_ops_member_info {
        name: member.name.as_ptr(),
        offset: member.offset,
        size: member.size,
        kind: ext::BPF_STRUCT_OPS_ANY,
        count: 0,
        bit_offset: 0,
        bit_size: 0,
        type_: ptr::null(),
        c_type: ptr::null(),
    }
}

impl Drop for Shadow {
    fn drop(&mut self) {
        if self.is_lent {
            return;
        }
        // SAFETY: bpf_struct_ops_shadow__free frees a shadow, also after its object is closed.
        unsafe { ext::bpf_struct_ops_shadow__free(self.shadow.as_ptr()) }
    }
}
