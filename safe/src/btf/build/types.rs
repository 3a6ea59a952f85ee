//! One function for each kind of type.

use super::super::error::BtfError;
use super::super::kind::{Kind, Linkage, TypeId};
use super::super::rewrite::KIND_FLAG;
use super::super::rows::SectionEntry;
use super::Builder;
use super::members::{Field, IntEncoding};

/// The most rows that a type can have on every kernel.
const MAX_ROWS: usize = 0xffff;
/// Bit offsets have so many bits where one of the members is a bitfield.
const OFFSET_BITS: u32 = 24;

/// A type that is being added: what errors say of it.
struct Adding<'b, 'n> {
    builder: &'b mut Builder,
    name: &'n str,
    kind: Kind,
}

impl Adding<'_, '_> {
    fn wrong(&self, reason: &'static str) -> BtfError {
        BtfError::BadType {
            name: self.name.to_owned(),
            kind: self.kind,
            reason,
        }
    }

    fn named(self) -> Result<Self, BtfError> {
        match self.name.is_empty() {
            true => Err(self.wrong("it needs a name")),
            false => Ok(self),
        }
    }

    /// `number` is the kind's, with its flag; `vlen` the number of rows.
    fn add(
        self,
        number: u32,
        flag: bool,
        vlen: usize,
        size_or_type: u32,
        tail: &[u32],
    ) -> Result<TypeId, BtfError> {
        if vlen > MAX_ROWS {
            return Err(self.wrong("it has more than 65535 rows"));
        }
        let vlen = u32::try_from(vlen).map_err(|_| BtfError::TooLarge)?;
        let name = self.builder.string(self.name)?;
        let flag = if flag { KIND_FLAG } else { 0 };
        self.builder
            .add([name, number << 24 | flag | vlen, size_or_type], tail)
    }

    fn composite<'a>(
        self,
        number: u32,
        size: u32,
        fields: impl IntoIterator<Item = Field<'a>>,
    ) -> Result<TypeId, BtfError> {
        let fields: Vec<_> = fields.into_iter().collect();
        let flag = fields.iter().any(|field| field.bitfield_size > 0);
        let mut tail = Vec::with_capacity(3 * fields.len());
        for field in &fields {
            if flag && field.bit_offset >> OFFSET_BITS != 0 {
                return Err(self.wrong("a member beside bitfields begins beyond 2 MiB"));
            }
            let offset = field.bit_offset | u32::from(field.bitfield_size) << OFFSET_BITS;
            tail.extend([self.builder.string(field.name)?, field.ty.0, offset]);
        }
        self.add(number, flag, fields.len(), size, &tail)
    }
}

fn linkage(linkage: Linkage) -> u32 {
    match linkage {
        Linkage::Static => 0,
        Linkage::Global => 1,
        Linkage::Extern => 2,
        Linkage::Other(number) => number,
    }
}

impl Builder {
    fn adding<'b, 'n>(&'b mut self, name: &'n str, kind: Kind) -> Adding<'b, 'n> {
        Adding {
            builder: self,
            name,
            kind,
        }
    }

    fn refer(&mut self, number: u32, kind: Kind, target: TypeId) -> Result<TypeId, BtfError> {
        self.adding("", kind).add(number, false, 0, target.0, &[])
    }

    /// An integer of 1, 2, 4, 8 or 16 bytes.
    ///
    /// # Errors
    ///
    /// It has no name, or another size.
    #[doc(alias = "btf__add_int")]
    pub fn int(
        &mut self,
        name: &str,
        size: u32,
        encoding: IntEncoding,
    ) -> Result<TypeId, BtfError> {
        let adding = self.adding(name, Kind::Int).named()?;
        if !matches!(size, 1 | 2 | 4 | 8 | 16) {
            return Err(adding.wrong("integers have 1, 2, 4, 8 or 16 bytes"));
        }
        adding.add(1, false, 0, size, &[(encoding.bits() << 24) | (size * 8)])
    }

    /// A floating-point number of 2, 4, 8, 12 or 16 bytes.
    ///
    /// # Errors
    ///
    /// It has no name, or another size.
    #[doc(alias = "btf__add_float")]
    pub fn float(&mut self, name: &str, size: u32) -> Result<TypeId, BtfError> {
        let adding = self.adding(name, Kind::Float).named()?;
        if !matches!(size, 2 | 4 | 8 | 12 | 16) {
            return Err(adding.wrong("floating-point numbers have 2, 4, 8, 12 or 16 bytes"));
        }
        adding.add(16, false, 0, size, &[])
    }

    /// A pointer.
    ///
    /// # Errors
    ///
    /// There is no id left, as for all that follow.
    #[doc(alias = "btf__add_ptr")]
    pub fn pointer(&mut self, target: TypeId) -> Result<TypeId, BtfError> {
        self.refer(2, Kind::Pointer, target)
    }

    /// An array; the index is an integer's type, of no consequence.
    ///
    /// # Errors
    ///
    /// There is no id left.
    #[doc(alias = "btf__add_array")]
    pub fn array(&mut self, element: TypeId, index: TypeId, len: u32) -> Result<TypeId, BtfError> {
        self.adding("", Kind::Array)
            .add(3, false, 0, 0, &[element.0, index.0, len])
    }

    /// A struct of this size in bytes, which may have no name.
    ///
    /// # Errors
    ///
    /// It has more than 65535 members, or one where none can be beside bitfields.
    #[doc(alias = "btf__add_struct")]
    pub fn structure<'a>(
        &mut self,
        name: &str,
        size: u32,
        fields: impl IntoIterator<Item = Field<'a>>,
    ) -> Result<TypeId, BtfError> {
        self.adding(name, Kind::Struct).composite(4, size, fields)
    }

    /// A union of this size in bytes, which may have no name.
    ///
    /// # Errors
    ///
    /// As for a [struct](Self::structure); or a member does not begin at the start.
    #[doc(alias = "btf__add_union")]
    pub fn union<'a>(
        &mut self,
        name: &str,
        size: u32,
        fields: impl IntoIterator<Item = Field<'a>>,
    ) -> Result<TypeId, BtfError> {
        let fields: Vec<_> = fields.into_iter().collect();
        let adding = self.adding(name, Kind::Union);
        if fields.iter().any(|field| field.bit_offset != 0) {
            return Err(adding.wrong("members of a union begin at its start"));
        }
        adding.composite(5, size, fields)
    }

    /// An enum of this size in bytes, of names and values; without a name it only has these. Values that
    /// need more than 32 bits make it one of 64 bits, which kernels before 6.0 do not know.
    ///
    /// # Errors
    ///
    /// The size is not 1, 2, 4 or 8; a value has no name, or fits neither an `i64` nor a `u64`.
    #[doc(alias = "btf__add_enum")]
    #[doc(alias = "btf__add_enum_value")]
    #[doc(alias = "btf__add_enum64")]
    #[doc(alias = "btf__add_enum64_value")]
    pub fn enumeration<'a>(
        &mut self,
        name: &str,
        size: u32,
        signed: bool,
        values: impl IntoIterator<Item = (&'a str, i128)>,
    ) -> Result<TypeId, BtfError> {
        let values: Vec<_> = values.into_iter().collect();
        let adding = self.adding(name, Kind::Enum);
        if !matches!(size, 1 | 2 | 4 | 8) {
            return Err(adding.wrong("enums have 1, 2, 4 or 8 bytes"));
        }
        let narrow = |value: i128| match signed {
            true => i32::try_from(value).map(|value| value as u32).ok(),
            false => u32::try_from(value).ok(),
        };
        let wide = size == 8 || values.iter().any(|(_, value)| narrow(*value).is_none());
        let mut tail = Vec::new();
        for (name, value) in &values {
            if name.is_empty() {
                return Err(adding.wrong("a value needs a name"));
            }
            tail.push(adding.builder.string(name)?);
            let value = match signed {
                true => i64::try_from(*value).map(|value| value as u64).ok(),
                false => u64::try_from(*value).ok(),
            };
            let Some(value) = value else {
                return Err(adding.wrong("a value fits neither 64 bits nor its sign"));
            };
            tail.push(value as u32);
            if wide {
                tail.push((value >> 32) as u32);
            }
        }
        let number = if wide { 19 } else { 6 };
        adding.add(number, signed, values.len(), size, &tail)
    }

    /// The declaration of a struct or union that is not defined.
    ///
    /// # Errors
    ///
    /// It has no name.
    #[doc(alias = "btf__add_fwd")]
    pub fn forward(&mut self, name: &str, is_union: bool) -> Result<TypeId, BtfError> {
        let adding = self.adding(name, Kind::Forward).named()?;
        adding.add(7, is_union, 0, 0, &[])
    }

    /// A typedef.
    ///
    /// # Errors
    ///
    /// It has no name.
    #[doc(alias = "btf__add_typedef")]
    pub fn typedef(&mut self, name: &str, target: TypeId) -> Result<TypeId, BtfError> {
        let adding = self.adding(name, Kind::Typedef).named()?;
        adding.add(8, false, 0, target.0, &[])
    }

    /// A `volatile` type.
    ///
    /// # Errors
    ///
    /// There is no id left.
    #[doc(alias = "btf__add_volatile")]
    pub fn volatile(&mut self, target: TypeId) -> Result<TypeId, BtfError> {
        self.refer(9, Kind::Volatile, target)
    }

    /// A `const` type.
    ///
    /// # Errors
    ///
    /// There is no id left.
    #[doc(alias = "btf__add_const")]
    pub fn constant(&mut self, target: TypeId) -> Result<TypeId, BtfError> {
        self.refer(10, Kind::Const, target)
    }

    /// A `restrict` pointer.
    ///
    /// # Errors
    ///
    /// There is no id left.
    #[doc(alias = "btf__add_restrict")]
    pub fn restrict(&mut self, target: TypeId) -> Result<TypeId, BtfError> {
        self.refer(11, Kind::Restrict, target)
    }

    /// A type with a tag: of a `btf_type_tag`, or of another attribute of C (since Linux 6.15).
    ///
    /// # Errors
    ///
    /// The tag has no text.
    #[doc(alias = "btf__add_type_tag")]
    #[doc(alias = "btf__add_type_attr")]
    pub fn type_tag(
        &mut self,
        text: &str,
        target: TypeId,
        is_attribute: bool,
    ) -> Result<TypeId, BtfError> {
        let adding = self.adding(text, Kind::TypeTag).named()?;
        adding.add(18, is_attribute, 0, target.0, &[])
    }

    /// A function, of a [type](Self::function_proto).
    ///
    /// # Errors
    ///
    /// It has no name.
    #[doc(alias = "btf__add_func")]
    pub fn function(&mut self, name: &str, of: Linkage, proto: TypeId) -> Result<TypeId, BtfError> {
        let vlen = usize::try_from(linkage(of)).map_err(|_| BtfError::TooLarge)?;
        let adding = self.adding(name, Kind::Function).named()?;
        adding.add(12, false, vlen, proto.0, &[])
    }

    /// The type of a function: what it returns, and the names and types of what it takes. A last one without a name,
    /// of type `void`, stands for `...`.
    ///
    /// # Errors
    ///
    /// It takes more than 65535 parameters.
    #[doc(alias = "btf__add_func_proto")]
    #[doc(alias = "btf__add_func_param")]
    pub fn function_proto<'a>(
        &mut self,
        returns: TypeId,
        params: impl IntoIterator<Item = (&'a str, TypeId)>,
    ) -> Result<TypeId, BtfError> {
        let mut tail = Vec::new();
        for (name, ty) in params {
            tail.extend([self.string(name)?, ty.0]);
        }
        self.adding("", Kind::FunctionProto)
            .add(13, false, tail.len() / 2, returns.0, &tail)
    }

    /// A global variable.
    ///
    /// # Errors
    ///
    /// It has no name.
    #[doc(alias = "btf__add_var")]
    pub fn variable(&mut self, name: &str, of: Linkage, ty: TypeId) -> Result<TypeId, BtfError> {
        let adding = self.adding(name, Kind::Variable).named()?;
        adding.add(14, false, 0, ty.0, &[linkage(of)])
    }

    /// A section with its variables, of this size in bytes.
    ///
    /// # Errors
    ///
    /// It has no name, or more than 65535 variables.
    #[doc(alias = "btf__add_datasec")]
    #[doc(alias = "btf__add_datasec_var_info")]
    pub fn data_section(
        &mut self,
        name: &str,
        size: u32,
        entries: impl IntoIterator<Item = SectionEntry>,
    ) -> Result<TypeId, BtfError> {
        let entries = entries.into_iter();
        let tail: Vec<_> = entries
            .flat_map(|entry| [entry.ty.0, entry.offset, entry.size])
            .collect();
        let adding = self.adding(name, Kind::DataSection).named()?;
        adding.add(15, false, tail.len() / 3, size, &tail)
    }

    /// A tag on a declaration, or on one of its members or parameters: of a `btf_decl_tag`, or of another
    /// attribute of C (since Linux 6.15).
    ///
    /// # Errors
    ///
    /// The tag has no text, or the member's number is none.
    #[doc(alias = "btf__add_decl_tag")]
    #[doc(alias = "btf__add_decl_attr")]
    pub fn decl_tag(
        &mut self,
        text: &str,
        target: TypeId,
        component_index: Option<u32>,
        is_attribute: bool,
    ) -> Result<TypeId, BtfError> {
        let adding = self.adding(text, Kind::DeclTag).named()?;
        let component = match component_index {
            None => u32::MAX,
            Some(index) if i32::try_from(index).is_ok() => index,
            Some(_) => return Err(adding.wrong("there is no such member")),
        };
        adding.add(17, is_attribute, 0, target.0, &[component])
    }
}
