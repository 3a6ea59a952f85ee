//! What load will make of an object, and why, before it does.

#![allow(unsafe_code)]

use super::exclusive::Exclusive;
use super::open::OpenObject;
use crate::error::{Error, Result};
use crate::raw::map::MapRef;
use crate::raw::program::ProgramRef;
use libbpf_ffi::ext;
use std::fmt;

/// What load will create and load, and why. `Display` says it, a map or program a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The maps, in the object's order.
    pub maps: Vec<PlannedMap>,
    /// The programs, in the object's order.
    pub programs: Vec<PlannedProgram>,
}

/// What load will make of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedMap {
    /// The name of the C variable.
    pub name: String,
    /// Whether it will be created. Where it will not, its autocreate is off: it is in a `?` section, or was
    /// set so.
    pub created: bool,
}

/// What load will make of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlannedProgram {
    /// The name of the C function.
    pub name: String,
    /// Whether it will be loaded.
    pub loaded: bool,
    /// Why.
    pub reason: PlanReason,
}

/// Why a program will be loaded, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanReason {
    /// It is no struct_ops program: it loads, unless its section's name begins with `?`.
    Section,
    /// It is a callback of a struct_ops map that will be created.
    Callback {
        /// The map; the first, where there are several.
        map: String,
        /// The callback.
        member: String,
    },
    /// It is a struct_ops program, and the callback of no map that will be created.
    Unused,
    /// [`set_autoload`](crate::OpenProgram::set_autoload) said so.
    Chosen,
}

impl OpenObject {
    /// What load will create and load now, and why. What depends on the kernel
    /// ([`Presence`](crate::struct_ops::Presence)) is not known yet: [`preflight`](OpenObject::preflight) looks.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    ///
    /// let mut open = OpenObject::from_file("tcp_cc.bpf.o")?;
    /// println!("{}", open.plan()?);
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no memory left.
    #[doc(alias = "bpf_struct_ops_shadow__plan")]
    #[doc(alias = "bpf_program__autoload")]
    #[doc(alias = "bpf_map__autocreate")]
    pub fn plan(&mut self) -> Result<Plan> {
        Exclusive::new(self, std::iter::empty()).and_then(|object| plan(&object))
    }
}

pub(crate) fn plan(object: &Exclusive<'_>) -> Result<Plan> {
    let inner = object.inner();
    let maps = inner.object().maps().map(|map: MapRef<'_>| PlannedMap {
        name: map.name().to_string_lossy().into_owned(),
        created: map.autocreate(),
    });
    let programs = inner.object().programs().map(|program: ProgramRef<'_>| {
        let name = program.name().to_string_lossy().into_owned();
        // SAFETY: bpf_struct_ops_shadow__plan wants a program of the shadow's object, and nobody else who uses
        // that: both are of one OpenInner, and Exclusive proves the rest.
        let plan = unsafe { inner.shadow().plan(program) }
            .map_err(|errno| Error::system(format!("plan the load of `{name}`"), errno))?;
        Ok(PlannedProgram {
            name,
            loaded: plan.loaded,
            reason: match plan.reason {
                ext::BPF_STRUCT_OPS_PLAN_CALLBACK => PlanReason::Callback {
                    map: plan.map,
                    member: plan.member,
                },
                ext::BPF_STRUCT_OPS_PLAN_UNUSED => PlanReason::Unused,
                ext::BPF_STRUCT_OPS_PLAN_CHOSEN => PlanReason::Chosen,
                _ => PlanReason::Section,
            },
        })
    });
    Ok(Plan {
        maps: maps.collect(),
        programs: programs.collect::<Result<_>>()?,
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for map in &self.maps {
            writeln!(f, "{map}")?;
        }
        for program in &self.programs {
            writeln!(f, "{program}")?;
        }
        Ok(())
    }
}

impl fmt::Display for PlannedMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.created {
            true => write!(f, "map `{}` will be created", self.name),
            false => write!(
                f,
                "map `{}` will not be created: its autocreate is off",
                self.name
            ),
        }
    }
}

impl fmt::Display for PlannedProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.loaded { "" } else { "not " };
        write!(f, "program `{}` will {not}be loaded: ", self.name)?;
        match (&self.reason, self.loaded) {
            (PlanReason::Section, true) => f.write_str("it is no struct_ops program"),
            (PlanReason::Section, false) => f.write_str("its section's name begins with `?`"),
            (PlanReason::Callback { map, member }, _) => {
                write!(f, "it is callback `{member}` of map `{map}`")
            }
            (PlanReason::Unused, _) => {
                f.write_str("no struct_ops map that will be created refers to it")
            }
            (PlanReason::Chosen, true) => f.write_str("its autoload was switched on"),
            (PlanReason::Chosen, false) => f.write_str("its autoload was switched off"),
        }
    }
}
