//! What preflight found, in data and in words.

use crate::error::{StructOpsProblem, StructOpsProblemKind as Kind};
use crate::raw::shadow::Problem;
use crate::struct_ops::Presence;
use std::fmt;

/// What will not work on a kernel, all of it. `Display` says it, a finding a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    pub(super) findings: Vec<Finding>,
}

/// One thing that will not work. `Display` is one line, with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub kind: FindingKind,
    /// The map; empty where it is not about one.
    pub map: String,
    /// The member, by its dotted path; empty where it is not about one.
    pub member: String,
    /// The program; empty where it is not about one.
    pub program: String,
    /// What the object has; empty where that says nothing.
    pub found: String,
    /// What the kernel has or wants; empty where it has nothing of the kind.
    pub expected: String,
    /// What to do; empty where nothing is to be done.
    pub hint: String,
    pub(super) text: String,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// A problem that load would name.
    Problem(Kind),
    /// A rule of the subsystem's, as far as this library knows them: a required callback is empty, a member
    /// is set that has to be zero, a name has a letter that is not allowed.
    Rule,
    /// The callback's parameters in the object are not the kernel's, or the program does not fit them.
    Signature,
    /// A struct_ops program that no map refers to: it is not loaded.
    UnusedProgram,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It may work, and most likely will not do what was meant: the kernel may refuse it at load or attach.
    Unlikely,
    /// The kernel lacks it, and [`Presence`] lets it be left out.
    Dropped,
    /// Load will fail.
    Refused,
}

impl Preflight {
    /// All findings: those that load would refuse first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether load would fail, as far as can be told.
    pub fn is_refused(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Refused)
    }

    /// The findings of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    }
}

impl Finding {
    pub(super) fn of_problem(problem: Problem) -> Finding {
        let (found, expected) = both_sides(&problem);
        let dropped = Presence::from_c(problem.presence) != Presence::Require;
        let problem = StructOpsProblem::from(problem);
        Finding {
            severity: if dropped {
                Severity::Dropped
            } else {
                Severity::Refused
            },
            kind: FindingKind::Problem(problem.kind),
            hint: match problem.kind.hint() {
                Some(hint) if !dropped => hint.to_owned(),
                _ => String::new(),
            },
            text: problem.to_string(),
            map: problem.map,
            member: problem.member,
            program: problem.program,
            found,
            expected,
        }
    }
}

/// What the object has, and what the kernel has.
fn both_sides(problem: &Problem) -> (String, String) {
    let sized = |ty: &str, size: u64| match ty {
        "" => format!("{size} bytes"),
        ty => format!("{ty} ({size} bytes)"),
    };
    let (found, expected) = (&problem.found_type, &problem.expected_type);
    match StructOpsProblem::from(problem.clone()).kind {
        Kind::KernelMemberSize => (
            sized(found, problem.found),
            sized(expected, problem.expected),
        ),
        Kind::KernelNoMember => (found.clone(), String::new()),
        Kind::KernelNoType => (format!("struct {}", problem.type_name), String::new()),
        Kind::KernelMemberPlace => (
            format!("{found} at bit {}", problem.found),
            format!("{expected} at bit {}", problem.expected),
        ),
        Kind::DataPointer | Kind::NestedCallback => {
            (format!("{:#x}", problem.found), "null".to_owned())
        }
        _ => (found.clone(), expected.clone()),
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Refused => "refused",
            Severity::Dropped => "dropped",
            Severity::Unlikely => "unlikely",
        };
        write!(f, "{severity}: {}", self.text)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl fmt::Display for Preflight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings
            .iter()
            .try_for_each(|finding| writeln!(f, "{finding}"))
    }
}
