//! What kernel subsystems are known to refuse in a struct_ops map, with no more than EINVAL.
//!
//! The rules explain a refusal; they never cause one. They are kept in one table, each with the place in
//! the kernel's source that it comes from.

use super::flavour::essential_name;
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
        let rules = Subsystem::of(self)?.rules;
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

/// One rule of a subsystem.
enum Rule {
    /// This callback must be there.
    Required(&'static str),
    /// One of these callbacks must be there.
    OneOf(&'static [&'static str]),
    /// A `char[N]` with 1 to N-1 bytes out of letters, digits, `_` and `.` (`bpf_obj_name_cpy`).
    Name(&'static str),
    /// This setting must not be zero.
    NotZero(&'static str),
}

struct Subsystem {
    type_name: &'static str,
    /// Members, beside callbacks, whose value the subsystem takes; all others must be zero.
    settings: &'static [&'static str],
    rules: &'static [Rule],
}

impl Subsystem {
    fn of(value: &Value<'_>) -> Option<&'static Subsystem> {
        SUBSYSTEMS
            .iter()
            .find(|subsystem| subsystem.type_name == value.type_name())
    }
}

/// As of Linux 6.18.
const SUBSYSTEMS: &[Subsystem] = &[
    // net/ipv4/bpf_tcp_ca.c: bpf_tcp_ca_init_member; net/ipv4/tcp_cong.c: tcp_validate_congestion_control
    Subsystem {
        type_name: "tcp_congestion_ops",
        settings: &["flags", "name"],
        rules: &[
            Rule::Name("name"),
            Rule::Required("ssthresh"),
            Rule::Required("undo_cwnd"),
            Rule::OneOf(&["cong_avoid", "cong_control"]),
        ],
    },
    // kernel/sched/ext.c: bpf_scx_init_member, validate_ops
    Subsystem {
        type_name: "sched_ext_ops",
        settings: &[
            "dispatch_max_batch",
            "flags",
            "name",
            "timeout_ms",
            "exit_dump_len",
            "hotplug_seq",
        ],
        rules: &[Rule::Name("name")],
    },
    // drivers/hid/bpf/hid_bpf_struct_ops.c: hid_bpf_ops_init_member, hid_bpf_reg
    Subsystem {
        type_name: "hid_bpf_ops",
        settings: &["hid_id", "flags"],
        rules: &[Rule::NotZero("hid_id")],
    },
    // net/sched/bpf_qdisc.c: bpf_qdisc_init_member, bpf_qdisc_validate
    Subsystem {
        type_name: "Qdisc_ops",
        settings: &["priv_size", "peek", "id"],
        rules: &[
            Rule::Name("id"),
            Rule::Required("enqueue"),
            Rule::Required("dequeue"),
            Rule::Required("init"),
            Rule::Required("reset"),
            Rule::Required("destroy"),
        ],
    },
    // net/smc/smc_hs_bpf.c: smc_bpf_hs_ctrl_init_member
    Subsystem {
        type_name: "smc_hs_ctrl",
        settings: &["name", "flags"],
        rules: &[Rule::Name("name")],
    },
];

/// Every known rule that the value breaks; then, for any type, the members that are set and are no
/// callbacks, which most subsystems refuse.
pub(super) fn broken(value: &Value<'_>) -> Vec<String> {
    let mut reasons: Vec<String> = broken_rules(value)
        .into_iter()
        .map(|broken| broken.reason)
        .collect();
    let known = Subsystem::of(value).is_some();
    if reasons.is_empty() && known && value.is_set("flags") {
        reasons.push("`flags` may have a bit that this kernel does not know".to_owned());
    }
    reasons
}

/// A rule that a value breaks.
pub(super) struct Broken {
    /// The member that it is about; empty where it is about several.
    pub(super) member: String,
    pub(super) reason: String,
}

/// Every known rule that the value breaks; then the members that have to stay zero.
pub(super) fn broken_rules(value: &Value<'_>) -> Vec<Broken> {
    let known = Subsystem::of(value);
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
