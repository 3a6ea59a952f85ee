//! The types, as data.

use super::{Random, leaves};

/// A type where it is used.
#[derive(Debug, Clone)]
pub enum Type {
    /// A number, a `bool` or a pointer.
    Scalar(Scalar),
    /// By its index in [`Types::enums`].
    Enum(usize),
    /// By its index in `Types::named`.
    Named(usize),
    /// Declared where it is used, without a name.
    Inline(Box<Composite>),
    /// `T[N]`
    Array(Box<Type>, usize),
    /// `char[N]`
    Text(usize),
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// With its size in bytes and whether it has a sign.
    Int(u32, bool),
    /// `char`, which has a sign in BPF.
    Char,
    /// `_Bool`
    Bool,
    /// With its size in bytes.
    Float(u32),
    /// `void *`
    Pointer,
    /// `int (*)(void)` where it is no callback.
    FunctionPointer,
    /// `int (*)(void)` as a member of a struct_ops type itself.
    Callback,
}

/// A struct or union.
#[derive(Debug, Clone, Default)]
pub struct Composite {
    /// Whether it is a union.
    pub is_union: bool,
    /// `__attribute__((packed))`
    pub packed: bool,
    /// `__attribute__((aligned(N)))`
    pub aligned: Option<u32>,
    /// In order.
    pub members: Vec<Member>,
}

/// A member of a struct or union.
#[derive(Debug, Clone)]
pub struct Member {
    /// Unique in all types of a source; `None` for an anonymous struct or union, and for bits that fill.
    pub name: Option<String>,
    /// Its type.
    pub ty: Type,
    /// In bits, of a bitfield.
    pub width: Option<u32>,
    /// `__attribute__((packed))`
    pub packed: bool,
    /// `__attribute__((aligned(N)))`
    pub aligned: Option<u32>,
}

/// An enum, `eN` in C.
#[derive(Debug, Clone)]
pub struct Enum {
    /// In bytes: 1, 2, 4 or 8.
    pub size: u32,
    /// Whether it has a constant below zero.
    pub signed: bool,
}

/// The types of one source.
#[derive(Debug)]
pub struct Types {
    /// `eN`
    pub enums: Vec<Enum>,
    /// `s_N`, or `u_N` for unions; each uses only those before it.
    pub named: Vec<Composite>,
    /// `opsN`: struct_ops types.
    pub ops: Vec<Composite>,
    members: usize,
}

const INTS: [Scalar; 8] = [
    Scalar::Int(1, false),
    Scalar::Int(1, true),
    Scalar::Int(2, false),
    Scalar::Int(2, true),
    Scalar::Int(4, false),
    Scalar::Int(4, true),
    Scalar::Int(8, false),
    Scalar::Int(8, true),
];

/// How deep types are declared in each other.
const MAX_DEPTH: usize = 3;

impl Types {
    /// The types of these seeds: a few for each.
    #[must_use]
    pub fn random(seeds: std::ops::Range<u64>) -> Types {
        let mut types = Types {
            enums: Vec::new(),
            named: Vec::new(),
            ops: Vec::new(),
            members: 0,
        };
        for seed in seeds {
            let random = &mut Random::new(seed);
            types.enums.push(Enum {
                size: random.pick(&[1, 2, 4, 4, 8]),
                signed: false,
            });
            types.enums.push(Enum {
                size: 4,
                signed: true,
            });
            for _ in 0..2 {
                let composite = types.composite(random, 0, false);
                types.named.push(composite);
            }
            let ops = types.composite(random, 0, true);
            types.ops.push(ops);
        }
        types
    }

    fn composite(&mut self, random: &mut Random, depth: usize, is_ops: bool) -> Composite {
        let is_union = !is_ops && random.percent(30);
        let packed = random.percent(15);
        let aligned = random
            .percent(10)
            .then(|| random.pick(&[1, 2, 4, 8, 16, 32, 64]));
        let most = if depth == 0 { 7 } else { 4 };
        let fewest = usize::from(depth == 0);
        let count = fewest + random.below(most);
        let mut members: Vec<Member> = Vec::new();
        for _ in 0..count {
            members.push(self.member(random, depth));
        }
        // At the offset of a callback libbpf takes a member of no size for it.
        members.retain(|member| !is_ops || member.width.is_some() || self.has_leaf(member));
        for member in members.iter_mut().filter(|_| is_ops) {
            if matches!(member.ty, Type::Scalar(Scalar::FunctionPointer)) {
                member.ty = Type::Scalar(Scalar::Callback);
            }
        }
        for _ in 0..if is_ops { 1 + random.below(3) } else { 0 } {
            let callback = self.named(Type::Scalar(Scalar::Callback));
            members.insert(random.below(members.len() + 1), callback);
        }
        Composite {
            is_union,
            packed,
            aligned,
            members,
        }
    }

    fn has_leaf(&self, member: &Member) -> bool {
        let composite = Composite {
            members: vec![member.clone()],
            ..Composite::default()
        };
        !leaves(self, &composite).is_empty()
    }

    fn named(&mut self, ty: Type) -> Member {
        self.members += 1;
        Member {
            name: Some(format!("m{}", self.members)),
            ty,
            width: None,
            packed: false,
            aligned: None,
        }
    }

    fn member(&mut self, random: &mut Random, depth: usize) -> Member {
        if random.percent(30) {
            return self.bitfield(random);
        }
        if depth < MAX_DEPTH && random.percent(20) {
            let inner = self.composite(random, depth + 1, false);
            let mut member = self.named(Type::Inline(Box::new(inner)));
            member.name = None;
            return member;
        }
        let ty = self.member_type(random, depth);
        let mut member = self.named(ty);
        member.packed = random.percent(6);
        member.aligned = random
            .percent(6)
            .then(|| random.pick(&[1, 2, 4, 8, 16, 64]));
        member
    }

    fn member_type(&mut self, random: &mut Random, depth: usize) -> Type {
        match random.below(20) {
            0..7 => Type::Scalar(random.pick(&INTS)),
            7 => Type::Scalar(Scalar::Int(16, random.percent(50))),
            8 => Type::Scalar(random.pick(&[Scalar::Float(4), Scalar::Float(8), Scalar::Char])),
            9 => Type::Scalar(random.pick(&[Scalar::Pointer, Scalar::FunctionPointer])),
            10 => Type::Scalar(Scalar::Bool),
            11 => Type::Enum(random.below(self.enums.len())),
            12 => Type::Text(1 + random.below(9)),
            13 | 14 => {
                let len = random.below(4);
                match self.member_type(random, depth + 1) {
                    Type::Scalar(Scalar::Char) => Type::Text(len.max(1)),
                    element => Type::Array(Box::new(element), len),
                }
            }
            15 | 16 if !self.named.is_empty() => Type::Named(random.below(self.named.len())),
            _ if depth < MAX_DEPTH => {
                Type::Inline(Box::new(self.composite(random, depth + 1, false)))
            }
            _ => Type::Scalar(random.pick(&INTS)),
        }
    }

    fn bitfield(&mut self, random: &mut Random) -> Member {
        let (ty, bits) = match random.below(8) {
            0 => (Type::Scalar(Scalar::Bool), 1),
            1 => {
                let number = random.below(self.enums.len());
                (Type::Enum(number), 8 * self.enums[number].size)
            }
            _ => {
                let int = random.pick(&INTS);
                let Scalar::Int(size, _) = int else {
                    unreachable!("INTS has only these");
                };
                (Type::Scalar(int), 8 * size)
            }
        };
        let mut member = self.named(ty);
        member.width = Some(1 + random.below(bits as usize) as u32);
        member.packed = random.percent(6);
        if random.percent(10) {
            member.name = None;
            if random.percent(50) {
                member.width = Some(0);
                member.packed = false;
            }
        }
        member
    }
}
