//! What generated skeletons are made of.
//!
//! A skeleton opens its object once, with [`OpenSkeleton`], claims the parts that it has fields for, and
//! lends them out all at once as long as it is borrowed. What it holds of a loaded object are plain
//! handles. There is no need to use this module by hand; all of it is safe to.

mod check;
mod used;

pub use self::check::{SectionLayout, check_loaded_sections};
use self::check::{check_open_sections, check_shadows};
pub use self::used::{Used, UsedMap, UsedVariable};
use crate::btf::KernelBtf;
use crate::data::{Pod, SectionSlot};
use crate::error::{Error, ErrorKind, Result};
use crate::ffi::Lent;
use crate::link::Link;
use crate::map::{MapSlot, OpenMap};
use crate::object::{Exclusive, Object, OpenObject, OpenOptions, Plan, lend, plan};
use crate::program::{
    OpenProgram, OpenStructOpsProgram, Program, ProgramSlot, ProgramType, attach,
};
use crate::raw::shadow::{MapInfo, MemberInfo, Members};
use crate::struct_ops::{
    Layout, Preflight, Presence, Shadow, ShadowSlot, StructOpsLink, StructOpsMap, TypeLayout,
    preflight,
};
use std::ffi::CStr;
use std::path::Path;
use std::sync::Arc;

/// The bytes of an object file, aligned so that libelf reads them in place.
///
/// ```
/// use libbpf_safe::skeleton::ObjectBytes;
///
/// static OBJECT: &ObjectBytes<[u8]> = &ObjectBytes(*b"\x7fELF");
/// ```
#[derive(Debug)]
#[repr(C, align(8))]
pub struct ObjectBytes<T: ?Sized>(pub T);

/// A struct_ops map that a skeleton was generated with.
#[derive(Debug, Clone, Copy)]
pub struct ShadowMap {
    /// The name of the C variable.
    pub name: &'static CStr,
    /// The layout of its shadow struct.
    pub layout: Layout,
    /// The same with all that it nests; without, a nested struct is carried over as it stands.
    pub described: Option<&'static TypeLayout>,
}

/// An object that a skeleton has opened.
#[derive(Debug)]
pub struct OpenSkeleton {
    object: OpenObject,
}

impl OpenSkeleton {
    /// Opens the skeleton's object, and compares its struct_ops types with what the skeleton was
    /// generated from.
    ///
    /// # Errors
    ///
    /// libbpf does not understand the object, or a layout does not fit.
    pub fn open(
        name: &str,
        bytes: &ObjectBytes<[u8]>,
        options: &OpenOptions,
        shadows: &[ShadowMap],
    ) -> Result<OpenSkeleton> {
        Self::open_bytes(name, &bytes.0, options, shadows, &[])
    }

    /// Opens an object from a file in place of the skeleton's own: of another version of the source,
    /// perhaps.
    ///
    /// # Errors
    ///
    /// The file cannot be read, libbpf does not understand it, or a layout does not fit.
    pub fn open_file(
        path: &Path,
        options: &OpenOptions,
        shadows: &[ShadowMap],
        sections: &[SectionLayout],
    ) -> Result<OpenSkeleton> {
        let shadows: Vec<MapInfo<'_>> = shadows.iter().copied().map(ShadowMap::to_raw).collect();
        let mut object = options.open_file_with(path, &shadows)?;
        check_open_sections(&mut object, sections)?;
        Ok(OpenSkeleton { object })
    }

    /// Opens an object in memory in place of the skeleton's own. The bytes are not needed afterwards.
    ///
    /// # Errors
    ///
    /// libbpf does not understand the object, or a layout does not fit.
    pub fn open_bytes(
        name: &str,
        bytes: &[u8],
        options: &OpenOptions,
        shadows: &[ShadowMap],
        sections: &[SectionLayout],
    ) -> Result<OpenSkeleton> {
        let shadows: Vec<MapInfo<'_>> = shadows.iter().copied().map(ShadowMap::to_raw).collect();
        let mut object = options.open_bytes_with(name, bytes, &shadows)?;
        check_open_sections(&mut object, sections)?;
        Ok(OpenSkeleton { object })
    }

    /// Claims the shadow copy of a struct_ops map.
    ///
    /// # Errors
    ///
    /// There is no such struct_ops map, it was claimed before, or its shadow copy has another size.
    pub fn shadow<S: Shadow>(&self, name: &str) -> Result<ShadowPart<S>> {
        ShadowSlot::claim(&self.object.inner, name).map(|slot| ShadowPart { slot })
    }

    /// Claims a data section: the map whose name ends in the section's.
    ///
    /// # Errors
    ///
    /// There is no such section, it was claimed before, or it is smaller than `T`.
    pub fn section<T: Pod>(&self, section: &str) -> Result<SectionPart<T>> {
        SectionSlot::claim(&self.object.inner, section).map(|slot| SectionPart { slot })
    }

    /// Claims a map.
    ///
    /// # Errors
    ///
    /// There is no such map, or it was claimed before.
    pub fn map(&self, name: &str) -> Result<MapPart> {
        MapSlot::new(&self.object.inner, name).map(|slot| MapPart { slot })
    }

    /// Claims a program.
    ///
    /// # Errors
    ///
    /// There is no such program, or it was claimed before.
    pub fn program(&self, name: &str) -> Result<ProgramPart> {
        ProgramSlot::new(&self.object.inner, name).map(|slot| ProgramPart { slot })
    }

    /// Claims a struct_ops program.
    ///
    /// # Errors
    ///
    /// There is no such program, it was claimed before, or it is of another type.
    pub fn struct_ops_program(&self, name: &str) -> Result<StructOpsProgramPart> {
        let mut slot = ProgramSlot::new(&self.object.inner, name)?;
        let found = slot.get_mut().program_type();
        if found != ProgramType::STRUCT_OPS {
            return Err(Error::new(
                format!("use program `{name}` of object `{}`", self.object.name()),
                ErrorKind::Mismatch {
                    what: "type of the program".into(),
                    expected: ProgramType::STRUCT_OPS.to_string(),
                    found: found.to_string(),
                },
            ));
        }
        Ok(StructOpsProgramPart { slot })
    }

    /// As [`OpenObject::set_presence`].
    ///
    /// # Errors
    ///
    /// There is no such struct_ops map.
    pub fn set_presence(&mut self, map: &str, presence: Presence) -> Result<()> {
        self.object.set_presence(map, presence)
    }

    /// As [`OpenObject::set_member_presence`].
    ///
    /// # Errors
    ///
    /// There is no such struct_ops map, or its type has no such member.
    pub fn set_member_presence(
        &mut self,
        map: &str,
        member: &str,
        presence: Presence,
    ) -> Result<()> {
        self.object.set_member_presence(map, member, presence)
    }

    /// As [`OpenObject::preflight`]. Wants all parts that were claimed: what they lent out is looked at.
    ///
    /// # Errors
    ///
    /// A part is missing, or as [`OpenObject::preflight`].
    pub fn preflight(
        &mut self,
        kernel: &KernelBtf,
        parts: &mut [&mut dyn Part],
    ) -> Result<Preflight> {
        let lent = parts.iter().map(|part| part.object_address());
        let object = Exclusive::new(&mut self.object, lent)?;
        preflight(&object, kernel)
    }

    /// As [`OpenObject::plan`]. Wants all parts that were claimed: what they lent out is looked at.
    ///
    /// # Errors
    ///
    /// A part is missing, or as [`OpenObject::plan`].
    pub fn plan(&mut self, parts: &mut [&mut dyn Part]) -> Result<Plan> {
        let lent = parts.iter().map(|part| part.object_address());
        let object = Exclusive::new(&mut self.object, lent)?;
        plan(&object)
    }

    /// As [`OpenObject::lend`]. Wants all parts that were claimed: what they lend out is C's meanwhile.
    ///
    /// # Errors
    ///
    /// A part is missing.
    pub fn lend<'a>(&'a mut self, parts: &mut [&'a mut dyn Part]) -> Result<Lent<'a>> {
        let lent = parts.iter().map(|part| part.object_address());
        let object = Exclusive::new(&mut self.object, lent)?;
        Ok(lend(&object))
    }

    /// Takes an object that is open already: one that C code has opened, or that was opened by hand. The shadow
    /// copies of its struct_ops maps stay as they are.
    ///
    /// # Errors
    ///
    /// It lacks something, has it in another place, or a shadow copy is in another layout.
    pub fn from_object(
        mut object: OpenObject,
        shadows: &[ShadowMap],
        sections: &[SectionLayout],
    ) -> Result<OpenSkeleton> {
        check_shadows(&object, shadows)?;
        check_open_sections(&mut object, sections)?;
        Ok(OpenSkeleton { object })
    }

    /// Loads the object. All parts that were claimed must be gone by then.
    ///
    /// # Errors
    ///
    /// As [`OpenObject::load`]; or a part is still there.
    pub fn load(self) -> Result<Object> {
        self.object.load()
    }
}

impl ShadowMap {
    /// The layout of a map's shadow struct.
    pub const fn of<S: Shadow>(name: &'static CStr) -> ShadowMap {
        ShadowMap {
            name,
            layout: S::LAYOUT,
            described: None,
        }
    }

    /// The same, with the layout of all that it nests.
    pub const fn described<S: Shadow>(
        name: &'static CStr,
        layout: &'static TypeLayout,
    ) -> ShadowMap {
        ShadowMap {
            name,
            layout: S::LAYOUT,
            described: Some(layout),
        }
    }

    fn to_raw(self) -> MapInfo<'static> {
        // A struct of more than 4 GiB cannot be: BTF sizes have 32 bits.
        let narrow = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let members = self.layout.members.iter().map(|member| MemberInfo {
            name: member.name,
            offset: narrow(member.offset),
            size: narrow(member.size),
        });
        MapInfo {
            name: self.name,
            members: match self.described {
                Some(layout) => Members::Described(layout),
                None => Members::Named(members.collect()),
            },
            data_size: narrow(self.layout.size),
        }
    }
}

/// A part of an object that a skeleton has claimed.
pub trait Part: sealed::Part {}

mod sealed {
    pub trait Part {
        fn object_address(&self) -> usize;
    }
}

/// Of each kind of part.
macro_rules! parts {
    ($($part:ty $(where $of:ident: $bound:path)?;)*) => {
        $(
            impl $(<$of: $bound>)? Part for $part {}

            impl $(<$of: $bound>)? sealed::Part for $part {
                fn object_address(&self) -> usize {
                    Arc::as_ptr(self.slot.object()).addr()
                }
            }
        )*
    };
}
parts! {
    ShadowPart<S> where S: Shadow;
    SectionPart<T> where T: Pod;
    MapPart;
    ProgramPart;
    StructOpsProgramPart;
}

/// A claimed shadow copy.
#[derive(Debug)]
pub struct ShadowPart<S> {
    slot: ShadowSlot<S>,
}

impl<S: Shadow> ShadowPart<S> {
    /// The shadow copy itself.
    pub fn get_mut(&mut self) -> &mut S::In<'_> {
        self.slot.get_mut()
    }

    /// The shadow copy, and what the object file says.
    pub fn get_with_default(&mut self) -> (&mut S::In<'_>, &S::In<'_>) {
        self.slot.get_with_default()
    }

    /// What the object file says.
    pub fn default(&self) -> &S::In<'_> {
        self.slot.default()
    }
}

/// A claimed data section.
#[derive(Debug)]
pub struct SectionPart<T> {
    slot: SectionSlot<T>,
}

impl<T: Pod> SectionPart<T> {
    /// The section's variables.
    pub fn get_mut(&mut self) -> &mut T {
        self.slot.get_mut()
    }
}

/// A claimed map.
#[derive(Debug)]
pub struct MapPart {
    slot: MapSlot,
}

impl MapPart {
    /// The map.
    pub fn get_mut(&mut self) -> OpenMap<'_> {
        self.slot.get_mut()
    }
}

/// A claimed program.
#[derive(Debug)]
pub struct ProgramPart {
    slot: ProgramSlot,
}

impl ProgramPart {
    /// The program.
    pub fn get_mut(&mut self) -> OpenProgram<'_> {
        self.slot.get_mut()
    }
}

/// A claimed struct_ops program.
#[derive(Debug)]
pub struct StructOpsProgramPart {
    slot: ProgramSlot,
}

impl StructOpsProgramPart {
    /// The program.
    pub fn get_mut(&mut self) -> OpenStructOpsProgram<'_> {
        self.slot.get_struct_ops_mut()
    }
}

/// Attaches a program of a skeleton where its section says: `None` where that names no place, where the program
/// was not loaded, where its autoattach is off, or where it has a link already.
///
/// # Errors
///
/// As [`Program::attach`].
pub fn attach_program(program: &Program, present: &Option<Link>) -> Result<Option<Link>> {
    if present.is_some() || !program.autoattach() || !program.is_loaded() {
        return Ok(None);
    }
    attach::where_the_section_says(program)
}

/// Attaches a struct_ops map of a skeleton: `None` where the map was not created, where its autoattach is off, or
/// where it has a link already.
///
/// # Errors
///
/// As [`StructOpsMap::attach`].
pub fn attach_struct_ops(
    map: &StructOpsMap,
    present: &Option<StructOpsLink>,
) -> Result<Option<StructOpsLink>> {
    if present.is_some() || !map.autoattach() || !map.is_created() {
        return Ok(None);
    }
    map.attach().map(Some)
}
