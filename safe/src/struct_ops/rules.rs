//! What kernel subsystems are known to refuse in a struct_ops map, with no more than EINVAL.
//!
//! The rules explain a refusal; they never cause one. They are those of the table in `subsystems.rs`.

use super::flavour::essential_name;
use super::subsystems::{Rule, Subsystem};
use crate::btf::{Btf, Composite, Member, Type, TypeId};

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
pub(super) fn broken(value: &Value<'_>) -> Vec<String> {
    let mut reasons: Vec<String> = broken_rules(value)
        .into_iter()
        .map(|broken| broken.reason)
        .collect();
    let unbroken = reasons.is_empty().then_some(());
    if let Some(known) = unbroken.and_then(|()| Subsystem::of(value.type_name())) {
        if value.is_set("flags") {
            reasons.push("`flags` may have a bit that this kernel does not know".to_owned());
        }
        reasons.extend(known.perhaps.iter().map(|&reason| reason.to_owned()));
    }
    reasons
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
    pub(super) reason: String,
}

/// Every known rule that the value breaks; then the members that have to stay zero.
pub(super) fn broken_rules(value: &Value<'_>) -> Vec<Broken> {
    let known = Subsystem::of(value.type_name());
    let mut broken: Vec<Broken> = known
        .into_iter()
        .flat_map(|subsystem| subsystem.rules)
        .filter_map(|rule| {
            Some(Broken {
                member: rule.member().to_owned(),
                reason: rule.broken(value)?,
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
                reason: format!("`{}` {sure} stay zero", member.name),
            });
        }
    }
    broken
}

impl Rule {
    fn member(&self) -> &'static str {
        match self {
            Rule::Required(member) | Rule::Name(member) | Rule::NotZero(member) => member,
            Rule::OneOf(_) => "",
        }
    }

    fn broken(&self, value: &Value<'_>) -> Option<String> {
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
        }
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
