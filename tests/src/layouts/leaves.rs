//! The innermost members of a type.

use super::{Composite, Scalar, Type, Types};

/// A step on the way to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Of a struct or union, also where it stands in anonymous ones.
    Member(String),
    /// Of an array.
    Index(usize),
}

/// A member that has no parts.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// The way to it.
    pub path: Vec<Step>,
    /// What it can hold.
    pub kind: LeafKind,
    /// In bits, of a bitfield.
    pub width: Option<u32>,
    /// For each union on the way, its number and the number of the member taken.
    pub choices: Vec<(usize, usize)>,
}

/// What a member without parts can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// A number, a bool or a pointer.
    Scalar(Scalar),
    /// An enum, by its size in bytes and whether it has a sign.
    Enum(u32, bool),
    /// `char[N]`
    Text(usize),
}

/// All of them, in order.
#[must_use]
pub fn leaves(types: &Types, composite: &Composite) -> Vec<Leaf> {
    let mut walk = Walk {
        types,
        unions: 0,
        leaves: Vec::new(),
    };
    walk.composite(composite, &[], &[]);
    walk.leaves
}

struct Walk<'a> {
    types: &'a Types,
    unions: usize,
    leaves: Vec<Leaf>,
}

impl Walk<'_> {
    fn composite(&mut self, composite: &Composite, path: &[Step], choices: &[(usize, usize)]) {
        let number = self.unions;
        self.unions += usize::from(composite.is_union);
        for (index, member) in composite.members.iter().enumerate() {
            let mut choices = choices.to_vec();
            if composite.is_union {
                choices.push((number, index));
            }
            let mut path = path.to_vec();
            match (&member.name, &member.ty) {
                (Some(name), ty) => {
                    path.push(Step::Member(name.clone()));
                    self.ty(ty, member.width, &path, &choices);
                }
                (None, Type::Inline(inner)) => self.composite(inner, &path, &choices),
                (None, _) => {}
            }
        }
    }

    fn ty(&mut self, ty: &Type, width: Option<u32>, path: &[Step], choices: &[(usize, usize)]) {
        let kind = match ty {
            Type::Scalar(scalar) => LeafKind::Scalar(*scalar),
            Type::Enum(number) => {
                let definition = &self.types.enums[*number];
                LeafKind::Enum(definition.size, definition.signed)
            }
            Type::Text(len) => LeafKind::Text(*len),
            Type::Named(number) => {
                let types = self.types;
                return self.composite(&types.named[*number], path, choices);
            }
            Type::Inline(composite) => return self.composite(composite, path, choices),
            Type::Array(element, len) => {
                for index in 0..*len {
                    let path = [path, &[Step::Index(index)]].concat();
                    self.ty(element, None, &path, choices);
                }
                return;
            }
        };
        self.leaves.push(Leaf {
            path: path.to_vec(),
            kind,
            width,
            choices: choices.to_vec(),
        });
    }
}
