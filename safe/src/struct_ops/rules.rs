//! What kernel subsystems are known to refuse in a struct_ops map, with no more than EINVAL.
//!
//! The rules explain a refusal; they never cause one. They are those of the table in `subsystems.rs`.

use super::flavour::essential_name;
use super::subsystems::{Flags, Rule, Subsystem};
use crate::btf::{Btf, Composite, KernelBtf, Member, Type, TypeId};

/// The value of a struct_ops map, in the object's layout.
pub(super) struct Value<'a> {
    btf: &'a Btf,
    composite: Composite<'a>,
    bytes: &'a [u8],
}

impl<'a> Value<'a> {
    pub(super) fn new(btf: &'a Btf, type_id: TypeId, bytes: &'a [u8]) -> Option<Value<'a>> {
        match btf.get(btf.resolve(type_id).ok()?).ok()? {
            Type::Struct(composite) => Some(Value {
                btf,
                composite,
                bytes,
            }),
            _ => None,
        }
    }

    /// The C type without its flavour (`___v2`), which the kernel does not see.
    pub(super) fn type_name(&self) -> &'a str {
        essential_name(self.composite.name)
    }

    /// The name that the kernel registers the value under, where the subsystem is known to have names.
    pub(super) fn registered_name(&self) -> Option<Name> {
        let rules = Subsystem::of(self.type_name())?.rules;
        let member = rules.iter().find_map(|rule| match rule {
            Rule::Name(member) => Some(*member),
            _ => None,
        })?;
        let bytes = self.bytes_of(&self.composite.member(member)?)?;
        let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
        Some(Name {
            member,
            text: String::from_utf8_lossy(text).into_owned(),
        })
    }

    pub(super) fn members(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        self.composite.members()
    }

    pub(super) fn bytes_of(&self, member: &Member<'_>) -> Option<&'a [u8]> {
        let start = member.byte_offset()? as usize;
        let size = usize::try_from(self.btf.size_of(member.ty).ok()?).ok()?;
        self.bytes.get(start..start.checked_add(size)?)
    }

    fn is_set(&self, name: &str) -> bool {
        self.composite
            .member(name)
            .and_then(|member| self.bytes_of(&member))
            .is_some_and(|bytes| bytes.iter().any(|&byte| byte != 0))
    }

    /// An integer member, without its sign; zero where there is none.
    fn bits(&self, name: &str) -> u64 {
        let bytes = self
            .composite
            .member(name)
            .and_then(|member| self.bytes_of(&member));
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match bytes {
            Some(bytes) if bytes.len() > 8 => 0,
            Some(bytes) if cfg!(target_endian = "little") => bytes.iter().rev().fold(0, join),
            Some(bytes) => bytes.iter().fold(0, join),
            None => 0,
        }
    }

    /// What a member has, in words; empty for no member.
    fn shown(&self, name: &str) -> String {
        let Some(member) = self.composite.member(name) else {
            return String::new();
        };
        let bytes = self.bytes_of(&member).unwrap_or_default();
        if !self.is_set(name) {
            return if self.is_callback(&member) {
                "none"
            } else {
                "zero"
            }
            .to_owned();
        }
        match bytes.len() {
            0..=8 => format!("{:#x}", self.bits(name)),
            _ => {
                let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
                format!("{:?}", String::from_utf8_lossy(text))
            }
        }
    }

    fn is_callback(&self, member: &Member<'_>) -> bool {
        let target = |id| self.btf.resolve(id).and_then(|id| self.btf.get(id));
        let Ok(Type::Pointer { target: pointee }) = target(member.ty) else {
            return false;
        };
        matches!(target(pointee), Ok(Type::FunctionProto(_)))
    }
}

/// A name in a value, and the member that has it.
pub(super) struct Name {
    pub(super) member: &'static str,
    pub(super) text: String,
}

/// Every known rule that the value breaks; then, for any type, the members that are set and are no
/// callbacks, which most subsystems refuse.
pub(super) fn broken(value: &Value<'_>, kernel: Option<&KernelBtf>) -> Vec<String> {
    let mut reasons: Vec<String> = broken_rules(value, kernel)
        .into_iter()
        .map(|broken| broken.reason)
        .collect();
    let unbroken = reasons.is_empty().then_some(());
    if let Some(known) = unbroken.and_then(|()| Subsystem::of(value.type_name())) {
        // The table knows those of one release, and this kernel may be older.
        let unsure = known.rules.iter().any(|rule| match rule {
            Rule::Flags(flags) => {
                value.bits(flags.member) != 0 && flags.of_kernel(kernel).is_none()
            }
            _ => false,
        });
        if unsure {
            reasons.push("`flags` may have a bit that this kernel does not know".to_owned());
        }
        reasons.extend(known.perhaps.iter().map(|&reason| reason.to_owned()));
    }
    reasons
}

/// Whether the kernel's BTF has a say in what the value breaks.
pub(super) fn ask_the_kernel(value: &Value<'_>) -> bool {
    let known = Subsystem::of(value.type_name());
    known.is_some_and(|known| {
        known.rules.iter().any(|rule| {
            matches!(rule, Rule::Flags(flags) if flags.constant.is_some() && value.bits(flags.member) != 0)
        })
    })
}

/// What the subsystem means by an errno other than EINVAL.
pub(super) fn meaning(value: &Value<'_>, errno: i32) -> Option<&'static str> {
    let known = Subsystem::of(value.type_name())?;
    let (_, meaning) = known.errnos.iter().find(|(number, _)| *number == errno)?;
    Some(meaning)
}

/// A rule that a value breaks.
pub(super) struct Broken {
    /// The member that it is about; empty where it is about several.
    pub(super) member: String,
    /// What the member has.
    pub(super) found: String,
    pub(super) reason: String,
    /// The release of Linux that it is known of; `None` where the kernel's BTF tells it.
    pub(super) as_of: Option<&'static str>,
}

/// Every known rule that the value breaks; then the members that have to stay zero. Without a kernel's BTF it
/// is that of the table which counts.
pub(super) fn broken_rules(value: &Value<'_>, kernel: Option<&KernelBtf>) -> Vec<Broken> {
    let known = Subsystem::of(value.type_name());
    let as_of = known.map_or("6.18", |subsystem| subsystem.as_of);
    let mut broken: Vec<Broken> = known
        .into_iter()
        .flat_map(|subsystem| subsystem.rules)
        .filter_map(|rule| {
            let told = matches!(rule, Rule::Flags(flags) if flags.of_kernel(kernel).is_some());
            Some(Broken {
                member: rule.member().to_owned(),
                found: value.shown(rule.member()),
                reason: rule.broken(value, kernel, as_of)?,
                as_of: (!told).then_some(as_of),
            })
        })
        .collect();
    let settings = known
        .map(|subsystem| subsystem.settings)
        .unwrap_or_default();
    for member in value.composite.members() {
        let refused = !value.is_callback(&member)
            && !settings.contains(&member.name)
            && value.is_set(member.name);
        if refused {
            let sure = if known.is_some() {
                "must"
            } else {
                "most likely has to"
            };
            broken.push(Broken {
                member: member.name.to_owned(),
                found: value.shown(member.name),
                reason: format!("`{}` {sure} stay zero", member.name),
                as_of: Some(as_of),
            });
        }
    }
    broken
}

impl Rule {
    fn member(&self) -> &'static str {
        match self {
            Rule::Required(member) | Rule::Name(member) | Rule::NotZero(member) => member,
            Rule::Flags(flags) => flags.member,
            Rule::OneOf(_) => "",
        }
    }

    fn broken(&self, value: &Value<'_>, kernel: Option<&KernelBtf>, as_of: &str) -> Option<String> {
        match self {
            Rule::Required(member) => {
                (!value.is_set(member)).then(|| format!("callback `{member}` is required"))
            }
            Rule::OneOf(members) => {
                let none = !members.iter().any(|member| value.is_set(member));
                let names: Vec<_> = members.iter().map(|name| format!("`{name}`")).collect();
                none.then(|| format!("one of the callbacks {} is required", names.join(" and ")))
            }
            Rule::NotZero(member) => {
                (!value.is_set(member)).then(|| format!("`{member}` must be set"))
            }
            Rule::Name(member) => {
                let member = value.composite.member(member)?;
                bad_name(member.name, value.bytes_of(&member)?)
            }
            Rule::Flags(flags) => flags.broken(value.bits(flags.member), kernel, as_of),
        }
    }
}

impl Flags {
    /// Those that this kernel knows, with the name of its constant.
    fn of_kernel(&self, kernel: Option<&KernelBtf>) -> Option<(&'static str, u64)> {
        let constant = self.constant?;
        Some((constant, kernel?.constant(constant)?))
    }

    fn broken(&self, bits: u64, kernel: Option<&KernelBtf>, as_of: &str) -> Option<String> {
        if bits == 0 {
            return None;
        }
        let (known, whose) = match self.of_kernel(kernel) {
            Some((constant, known)) => (known, format!("this kernel's {constant} is {known:#x}")),
            None => (self.known, format!("Linux {as_of} knows {:#x}", self.known)),
        };
        let unknown = bits & !known;
        (unknown != 0).then(|| format!("`{}` has {unknown:#x} set, and {whose}", self.member))
    }
}

/// The kernel's `bpf_obj_name_cpy`, in words.
fn bad_name(member: &str, bytes: &[u8]) -> Option<String> {
    let Some(end) = bytes.iter().position(|&byte| byte == 0) else {
        return Some(format!("`{member}` has no terminating NUL"));
    };
    let name = bytes.get(..end).unwrap_or_default();
    if name.is_empty() {
        return Some(format!("`{member}` is empty"));
    }
    let text = String::from_utf8_lossy(name);
    let bad = name
        .iter()
        .find(|&&byte| !byte.is_ascii_alphanumeric() && byte != b'_' && byte != b'.')?;
    Some(format!(
        "`{member}` is {text:?}, and {:?} is not allowed: only letters, digits, `_` and `.` are",
        char::from(*bad)
    ))
}

#[cfg(test)]
mod tests {
    use super::bad_name;

    #[test]
    fn names_are_held_against_the_kernels_rule() {
        assert_eq!(bad_name("name", b"bpf_cubic.1\0\0\0"), None);
        assert_eq!(bad_name("name", b"\0\0").unwrap(), "`name` is empty");
        assert_eq!(
            bad_name("name", b"abc").unwrap(),
            "`name` has no terminating NUL"
        );
        assert_eq!(
            bad_name("name", b"my-cc\0").unwrap(),
            "`name` is \"my-cc\", and '-' is not allowed: only letters, digits, `_` and `.` are"
        );
    }
}
