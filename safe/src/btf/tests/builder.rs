//! Makes BTFs.

use super::super::{Btf, BtfError, TypeId};

pub(super) const INT: u32 = 1;
pub(super) const PTR: u32 = 2;
pub(super) const ARRAY: u32 = 3;
pub(super) const STRUCT: u32 = 4;
pub(super) const UNION: u32 = 5;
pub(super) const ENUM: u32 = 6;
pub(super) const FWD: u32 = 7;
pub(super) const TYPEDEF: u32 = 8;
pub(super) const VOLATILE: u32 = 9;
pub(super) const CONST: u32 = 10;
pub(super) const RESTRICT: u32 = 11;
pub(super) const FUNC: u32 = 12;
pub(super) const PROTO: u32 = 13;
pub(super) const VAR: u32 = 14;
pub(super) const DATASEC: u32 = 15;
pub(super) const FLOAT: u32 = 16;
pub(super) const DECL_TAG: u32 = 17;
pub(super) const TYPE_TAG: u32 = 18;
pub(super) const ENUM64: u32 = 19;

/// The kind flag, to be added to a kind.
pub(super) const FLAG: u32 = 0x80;

pub(super) const VOID: TypeId = TypeId(0);

#[derive(Clone)]
pub(super) struct Builder {
    big: bool,
    types: Vec<u8>,
    strings: Vec<u8>,
    next: u32,
    first_string: u32,
}

impl Builder {
    pub(super) fn new() -> Self {
        Builder {
            big: false,
            types: vec![],
            strings: vec![0],
            next: 1,
            first_string: 0,
        }
    }

    pub(super) fn big() -> Self {
        Builder {
            big: true,
            ..Self::new()
        }
    }

    /// Continues what `base` has built.
    pub(super) fn split(base: &Builder) -> Self {
        Builder {
            next: base.next,
            first_string: base.first_string + base.strings.len() as u32,
            strings: vec![],
            ..Self::new()
        }
    }

    fn put(&self, to: &mut Vec<u8>, word: u32) {
        to.extend(if self.big {
            word.to_be_bytes()
        } else {
            word.to_le_bytes()
        });
    }

    /// Adds a string; its offset.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return 0;
        }
        let offset = self.first_string + self.strings.len() as u32;
        self.strings.extend(name.bytes());
        self.strings.push(0);
        offset
    }

    /// Adds a type, of a kind that may be with [`FLAG`].
    pub(super) fn add(
        &mut self,
        name: &str,
        kind: u32,
        vlen: u32,
        size_or_type: u32,
        rest: &[u32],
    ) -> TypeId {
        let name = self.name(name);
        let mut types = std::mem::take(&mut self.types);
        for word in [name, kind << 24 | vlen, size_or_type].iter().chain(rest) {
            self.put(&mut types, *word);
        }
        self.types = types;
        self.next += 1;
        TypeId(self.next - 1)
    }

    pub(super) fn int(&mut self, name: &str, size: u32) -> TypeId {
        self.add(name, INT, 0, size, &[size * 8])
    }

    pub(super) fn pointer(&mut self, target: TypeId) -> TypeId {
        self.add("", PTR, 0, target.0, &[])
    }

    pub(super) fn array(&mut self, element: TypeId, len: u32) -> TypeId {
        self.add("", ARRAY, 0, 0, &[element.0, element.0, len])
    }

    pub(super) fn refer(&mut self, name: &str, kind: u32, target: TypeId) -> TypeId {
        self.add(name, kind, 0, target.0, &[])
    }

    /// Adds a struct or a union of `(name, type, offset)`.
    pub(super) fn composite(
        &mut self,
        name: &str,
        kind: u32,
        size: u32,
        members: &[(&str, TypeId, u32)],
    ) -> TypeId {
        let rows: Vec<_> = members
            .iter()
            .flat_map(|(name, ty, at)| [self.name(name), ty.0, *at])
            .collect();
        self.add(name, kind, members.len() as u32, size, &rows)
    }

    pub(super) fn proto(&mut self, returns: TypeId, params: &[(&str, TypeId)]) -> TypeId {
        let rows: Vec<_> = params
            .iter()
            .flat_map(|(name, ty)| [self.name(name), ty.0])
            .collect();
        self.add("", PROTO, params.len() as u32, returns.0, &rows)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let magic = if self.big { [0xeb, 0x9f] } else { [0x9f, 0xeb] };
        let mut bytes = vec![magic[0], magic[1], 1, 0];
        let types = self.types.len() as u32;
        for word in [24, 0, types, types, self.strings.len() as u32] {
            self.put(&mut bytes, word);
        }
        bytes.extend(&self.types);
        bytes.extend(&self.strings);
        bytes
    }

    pub(super) fn try_build(&self) -> Result<Btf, BtfError> {
        Btf::parse(self.bytes())
    }

    pub(super) fn build(&self) -> Btf {
        self.try_build().unwrap()
    }
}

/// Adds something of every kind.
pub(super) fn fill(b: &mut Builder) {
    let int = b.add("int", INT, 0, 4, &[1 << 24 | 32]);
    let boolean = b.add("_Bool", INT, 0, 1, &[4 << 24 | 8]);
    let pointer = b.pointer(int);
    let array = b.array(pointer, 3);
    b.composite("s", STRUCT, 32, &[("a", array, 0), ("é", boolean, 192)]);
    b.composite(
        "s",
        STRUCT | FLAG,
        4,
        &[("x", int, 3 << 24), ("y", int, 5 << 24 | 3)],
    );
    b.composite("u", UNION, 4, &[("a", int, 0), ("b", boolean, 0)]);
    let (red, blue) = (b.name("RED"), b.name("BLUE"));
    b.add("e", ENUM | FLAG, 2, 4, &[red, u32::MAX, blue, 7]);
    b.add("big", ENUM64, 2, 8, &[red, 1, 2, blue, u32::MAX, u32::MAX]);
    b.add("later", FWD, 0, 0, &[]);
    b.add("later_u", FWD | FLAG, 0, 0, &[]);
    let alias = b.refer("int_t", TYPEDEF, int);
    let volatile = b.refer("", VOLATILE, alias);
    let constant = b.refer("", CONST, volatile);
    b.refer("", RESTRICT, pointer);
    let proto = b.proto(VOID, &[("a", constant), ("", VOID)]);
    let func = b.add("f", FUNC, 1, proto.0, &[]);
    let var = b.add("v", VAR, 0, int.0, &[1]);
    b.add(".data", DATASEC, 1, 16, &[var.0, 8, 4]);
    b.add("double", FLOAT, 0, 8, &[]);
    b.add("whole", DECL_TAG, 0, func.0, &[u32::MAX]);
    b.add("part", DECL_TAG | FLAG, 0, func.0, &[1]);
    let tag = b.refer("user", TYPE_TAG, int);
    b.pointer(tag);
}
