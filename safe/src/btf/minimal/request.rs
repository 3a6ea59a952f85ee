//! What an object asks of a kernel's BTF, apart from the object's own.

use super::super::ext::{Question, Relocation, relocations};
use super::super::{Btf, BtfError, Kind, Type, TypeId};
use crate::struct_ops::essential_name;
use std::collections::BTreeSet;

/// A question about the kernel's types of one kind and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Request {
    pub(super) kind: Kind,
    /// Without its flavour.
    pub(super) name: String,
    pub(super) about: About,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// A field, and the way to it.
    Field(Vec<Step>),
    /// Whether the type exists, and how large it is.
    Type,
    /// The type's id.
    Id,
    /// Whether the type matches.
    Match,
    /// The value of an enum of this name, without its flavour.
    Value(String),
}

/// A step on the way to a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// To the member of this name, which may be one of an anonymous member's.
    Member(String),
    /// To an element of an array.
    Element,
}

/// What the relocations in `.BTF.ext` ask. What is wrong with them is told in words.
pub(in super::super) fn requests(ext: &[u8], btf: &Btf) -> Result<Vec<Request>, String> {
    let mut found = Vec::new();
    for relocation in relocations(ext, btf)? {
        let request = request(btf, &relocation).map_err(|error| error.to_string())?;
        match request {
            Answer::Request(request) => found.push(request),
            Answer::Known => {}
            Answer::Nonsense => {
                return Err(format!(
                    "a CO-RE relocation says `{}` of `{}`, which it does not have",
                    relocation.access,
                    btf.c_name(relocation.ty)
                ));
            }
        }
    }
    Ok(found)
}

/// The requests as bytes: other requests are other bytes.
pub(super) fn encode(requests: &BTreeSet<Request>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut text = |mark: u8, text: &str| {
        bytes.push(mark);
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    for Request { kind, name, about } in requests {
        text(b'k', &kind.to_string());
        text(b'n', name);
        match about {
            About::Type => text(b't', ""),
            About::Id => text(b'i', ""),
            About::Match => text(b'm', ""),
            About::Value(name) => text(b'v', name),
            About::Field(steps) => {
                text(b'f', "");
                for step in steps {
                    match step {
                        Step::Member(name) => text(b'.', name),
                        Step::Element => text(b'[', ""),
                    }
                }
            }
        }
    }
    bytes
}

enum Answer {
    Request(Request),
    /// The object itself has the answer.
    Known,
    Nonsense,
}

fn request(btf: &Btf, relocation: &Relocation<'_>) -> Result<Answer, BtfError> {
    let ty = btf.get(relocation.ty)?;
    let about = match relocation.question() {
        Question::LocalId => return Ok(Answer::Known),
        Question::TargetId => Some(About::Id),
        Question::Type => Some(About::Type),
        Question::Match => Some(About::Match),
        Question::Field => steps(btf, relocation)?.map(About::Field),
        Question::EnumValue => value(btf, relocation)?.map(About::Value),
    };
    // libbpf refuses what has no name.
    let named = about.filter(|_| !ty.name().is_empty());
    Ok(match named {
        None => Answer::Nonsense,
        Some(about) => Answer::Request(Request {
            kind: ty.kind(),
            name: essential_name(ty.name()).to_owned(),
            about,
        }),
    })
}

fn value(btf: &Btf, relocation: &Relocation<'_>) -> Result<Option<String>, BtfError> {
    let Type::Enum(list) = btf.get(btf.resolve(relocation.ty)?)? else {
        return Ok(None);
    };
    let value = index(relocation.access).and_then(|index| list.values().nth(index));
    Ok(value.map(|value| essential_name(value.name).to_owned()))
}

fn steps(btf: &Btf, relocation: &Relocation<'_>) -> Result<Option<Vec<Step>>, BtfError> {
    let mut steps = Vec::new();
    let mut at = relocation.ty;
    // The first number is that of an element, where the type is one of an array's.
    let mut numbers = relocation.access.split(':').map(index);
    if numbers.next().flatten().is_none() {
        return Ok(None);
    }
    for number in numbers {
        let Some(next) = step(btf, at, number, &mut steps)? else {
            return Ok(None);
        };
        at = next;
    }
    Ok(Some(steps))
}

/// Goes one step from a type: to that of the member or the element.
fn step(
    btf: &Btf,
    at: TypeId,
    number: Option<usize>,
    steps: &mut Vec<Step>,
) -> Result<Option<TypeId>, BtfError> {
    let Some(number) = number else {
        return Ok(None);
    };
    Ok(match btf.get(btf.resolve(at)?)? {
        Type::Struct(composite) | Type::Union(composite) => {
            let member = composite.members().nth(number);
            member.map(|member| {
                if !member.name.is_empty() {
                    steps.push(Step::Member(member.name.to_owned()));
                }
                member.ty
            })
        }
        Type::Array { element, .. } => {
            steps.push(Step::Element);
            Some(element)
        }
        _ => None,
    })
}

fn index(number: &str) -> Option<usize> {
    number.parse().ok()
}
