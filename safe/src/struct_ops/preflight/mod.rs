//! Everything that will not work, before any kernel call.

#![allow(unsafe_code)]

mod finding;
mod signature;

pub use self::finding::{Finding, FindingKind, Preflight, Severity};

use self::signature::Callback;
use super::flavour::essential_name;
use super::rules::{self, Value};
use crate::btf::{Btf, KernelBtf, Type, TypeId};
use crate::error::{Error, Result, StructOpsProblemKind};
use crate::map::MapType;
use crate::object::{Exclusive, OpenObject, object_btf, plan};
use crate::raw::map::MapRef;

impl OpenObject {
    /// Holds the object's struct_ops maps, as they are set now, against a kernel: the running one, or any
    /// other whose BTF is in a file. Everything that will not work is found, in one go, and no call into
    /// the kernel is made.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    /// use libbpf_safe::btf::KernelBtf;
    ///
    /// let mut open = OpenObject::from_file("scheduler.bpf.o")?;
    /// let report = open.preflight(&KernelBtf::from_file("vmlinux-6.12.btf")?)?;
    /// print!("{report}");
    /// if !report.is_refused() {
    ///     println!("it should load on Linux 6.12");
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The object's BTF or the kernel's cannot be read.
    #[doc(alias = "bpf_struct_ops_shadow__check")]
    pub fn preflight(&mut self, kernel: &KernelBtf) -> Result<Preflight> {
        Exclusive::new(self, std::iter::empty()).and_then(|object| preflight(&object, kernel))
    }
}

pub(crate) fn preflight(object: &Exclusive<'_>, kernel: &KernelBtf) -> Result<Preflight> {
    let inner = object.inner();
    let mut problems = Vec::new();
    kernel
        .with_raw(|vmlinux, modules| {
            // SAFETY: bpf_struct_ops_shadow__check wants nobody else to use the object: Exclusive proves it.
            unsafe { inner.shadow().check(vmlinux, modules, &mut problems) };
        })
        .map_err(|errno| {
            let operation = format!("hold object `{}` against a kernel", inner.name());
            Error::system(operation, errno)
        })?;
    let mut findings: Vec<Finding> = problems.into_iter().map(Finding::of_problem).collect();
    if let Some(btf) = object_btf(inner.object(), inner.name())? {
        for map in inner.object().maps() {
            if MapType(map.kind()) == MapType::STRUCT_OPS && map.autocreate() {
                let of_map = MapCheck {
                    object,
                    kernel,
                    btf: &btf,
                    map,
                };
                let found = of_map.findings(&findings);
                findings.extend(found);
            }
        }
    }
    findings.extend(unused_programs(object)?);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(Preflight { findings })
}

/// One map, held against what is known beside BTF.
struct MapCheck<'a> {
    object: &'a Exclusive<'a>,
    kernel: &'a KernelBtf,
    btf: &'a Btf,
    map: MapRef<'a>,
}

impl MapCheck<'_> {
    fn name(&self) -> String {
        self.map.name().to_string_lossy().into_owned()
    }

    /// Beside those that there are already: of what is refused or left out, no more is said.
    fn findings(&self, known: &[Finding]) -> Vec<Finding> {
        let name = self.name();
        let is_known = |member: &str| {
            known
                .iter()
                .any(|finding| finding.map == name && finding.member == member)
        };
        let no_type = FindingKind::Problem(StructOpsProblemKind::KernelNoType);
        if known
            .iter()
            .any(|finding| finding.map == name && finding.kind == no_type)
        {
            return Vec::new();
        }
        // SAFETY: bpf_struct_ops_shadow__object_value wants nobody else to use the shadow: Exclusive proves it.
        let bytes = unsafe { self.object.inner().shadow().object_value(self.map) };
        let type_id = TypeId(self.map.btf_value_type_id());
        let Some(value) = bytes
            .as_deref()
            .and_then(|bytes| Value::new(self.btf, type_id, bytes))
        else {
            return Vec::new();
        };
        let rules = rules::broken_rules(&value, Some(self.kernel))
            .into_iter()
            .filter(|broken| broken.member.is_empty() || !is_known(&broken.member))
            .map(|broken| self.rule(broken));
        rules
            .chain(
                self.signatures(&value)
                    .filter(|finding| !is_known(&finding.member)),
            )
            .collect()
    }

    fn rule(&self, broken: rules::Broken) -> Finding {
        let hint = "the subsystem refuses it when it is attached";
        Finding {
            severity: Severity::Unlikely,
            kind: FindingKind::Rule,
            map: self.name(),
            text: format!("map '{}': {}", self.name(), broken.reason),
            member: broken.member,
            program: String::new(),
            found: broken.found,
            expected: broken.reason,
            hint: match broken.as_of {
                Some(release) => format!("{hint}, as of Linux {release}"),
                None => hint.to_owned(),
            },
        }
    }

    fn signatures<'v>(&'v self, value: &'v Value<'v>) -> impl Iterator<Item = Finding> + 'v {
        let type_name = essential_name(value.type_name());
        let kernel = self.kernel.struct_ops_type(type_name);
        value.members().flat_map(move |member| {
            let callback = kernel.and_then(|(kernel, id)| {
                let Ok(Type::Struct(kernel_type)) = kernel.get(id) else {
                    return None;
                };
                let program = self.program_at(value.bytes_of(&member)?)?;
                Some((kernel, kernel_type.member(member.name)?, program))
            });
            let misfits = callback.map(|(kernel, kernel_member, program)| {
                let misfits = signature::misfits(&Callback {
                    btf: self.btf,
                    ty: member.ty,
                    program: &program,
                    kernel,
                    kernel_type: kernel_member.ty,
                });
                (misfits, program)
            });
            misfits
                .into_iter()
                .flat_map(|(misfits, program)| misfits.into_iter().map(move |misfit| (misfit, program.clone())))
                .map(move |(misfit, program)| Finding {
                    severity: Severity::Unlikely,
                    kind: FindingKind::Signature,
                    map: self.name(),
                    member: member.name.to_owned(),
                    text: format!(
                        "map '{}': program '{program}' does not fit callback '{type_name}.{}': {} ('{}' in the \
                         object, '{}' in this kernel)",
                        self.name(),
                        member.name,
                        misfit.what,
                        misfit.found,
                        misfit.expected
                    ),
                    program,
                    found: misfit.found,
                    expected: misfit.expected,
                    hint: misfit.hint.to_owned(),
                })
        })
    }

    /// The name of the program that a callback is set to.
    fn program_at(&self, callback: &[u8]) -> Option<String> {
        let address = usize::from_ne_bytes(callback.try_into().ok()?);
        let mut programs = self.object.inner().object().programs();
        let program =
            programs.find(|program| program.address().as_non_null().addr().get() == address)?;
        Some(program.name().to_string_lossy().into_owned())
    }
}

fn unused_programs(object: &Exclusive<'_>) -> Result<Vec<Finding>> {
    let unused = plan(object)?
        .programs
        .into_iter()
        .filter(|program| program.reason == crate::object::PlanReason::Unused)
        .map(|program| Finding {
            severity: Severity::Unlikely,
            kind: FindingKind::UnusedProgram,
            map: String::new(),
            member: String::new(),
            text: format!(
                "program '{}' is the callback of no map that will be created, and is not loaded",
                program.name
            ),
            program: program.name,
            found: String::new(),
            expected: String::new(),
            hint: "make it a callback, or let its map be created".to_owned(),
        });
    Ok(unused.collect())
}
