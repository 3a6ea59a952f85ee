//! Writing BTF.

mod members;
mod types;

use super::error::BtfError;
use super::file::Btf;
use super::kind::{Kind, TypeId};
use super::rewrite::Change;
use super::words::Endian;
use super::writer::Writer;

pub use self::members::{Field, IntEncoding};

/// Writes a BTF, type by type: `btf__new_empty` and `btf__add_*`.
///
/// Each function adds one type, and returns its id. Types may refer to ids that are not there yet, as long as they are
/// when the BTF is [built](Self::build): ids follow each other. What BTF cannot express is a
/// [`BtfError::BadType`], and [`BtfError::TooLarge`] where no id is left.
///
/// ```
/// use libbpf_safe::btf::{Builder, Field, IntEncoding, Kind, TypeId};
///
/// let mut types = Builder::new();
/// let int = types.int("int", 4, IntEncoding::Signed)?;
/// // The struct comes right after the pointer to it.
/// let pointer = types.pointer(TypeId(int.0 + 2))?;
/// let list = types.structure("list", 16, [Field::new("next", pointer, 0), Field::new("value", int, 64)])?;
/// let btf = types.build()?;
/// assert_eq!(btf.c_name(pointer), "struct list *");
/// assert_eq!(btf.find("list", Kind::Struct), Some(list));
/// assert!(btf.to_c()?.contains("struct list *next;"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[doc(alias = "btf__new_empty")]
pub struct Builder {
    base: Option<Btf>,
    writer: Writer,
    next: u32,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

impl Builder {
    /// Without types, in this machine's byte order.
    pub fn new() -> Builder {
        Builder::in_order(Endian::NATIVE)
    }

    /// Without types, in this byte order.
    pub fn in_order(endian: Endian) -> Builder {
        Builder {
            base: None,
            writer: Writer::new(endian),
            next: 1,
        }
    }

    /// Without types of its own: ids and names continue the base's, to which types may refer.
    ///
    /// # Errors
    ///
    /// [`BtfError::TooLarge`]: the base has all the ids that there are.
    #[doc(alias = "btf__new_empty_split")]
    pub fn split(base: &Btf) -> Result<Builder, BtfError> {
        Ok(Builder {
            writer: Writer::split(base)?,
            next: base.next_id()?,
            base: Some(base.clone()),
        })
    }

    /// With all that is in a BTF, to add to it.
    ///
    /// # Errors
    ///
    /// [`BtfError::TooLarge`]: it has all the ids that there are.
    pub fn onward(btf: &Btf) -> Result<Builder, BtfError> {
        Ok(Builder {
            writer: Writer::onward(btf)?,
            next: btf.next_id()?,
            base: btf.base().cloned(),
        })
    }

    /// The id that the next type will have.
    ///
    /// # Errors
    ///
    /// [`BtfError::TooLarge`]: there is none left.
    pub fn next_id(&self) -> Result<TypeId, BtfError> {
        match self.next {
            u32::MAX => Err(BtfError::TooLarge),
            next => Ok(TypeId(next)),
        }
    }

    /// Adds a string, and returns its offset, which [`Btf::string`] takes: for lines of source in a `.BTF.ext`.
    /// The names of types are added with them. A string that is there is not added again, unless it is only the base that
    /// has it.
    ///
    /// # Errors
    ///
    /// It has a zero byte inside; [`BtfError::TooLarge`].
    #[doc(alias = "btf__add_str")]
    pub fn string(&mut self, text: &str) -> Result<u32, BtfError> {
        if text.contains('\0') {
            return Err(BtfError::BadType {
                name: text.to_owned(),
                kind: Kind::Void,
                reason: "a name has a zero byte inside",
            });
        }
        self.writer.name(text)
    }

    /// Adds a copy of one type of another BTF. What it refers to is not copied: ids stay as they are, and mean the
    /// types of this one.
    ///
    /// # Errors
    ///
    /// [`BtfError::NoSuchType`] if there is no type with this id; [`BtfError::TooLarge`].
    #[doc(alias = "btf__add_type")]
    pub fn copy(&mut self, from: &Btf, id: TypeId) -> Result<TypeId, BtfError> {
        if id.is_void() {
            let len = from.len();
            return Err(BtfError::NoSuchType { id, len });
        }
        self.copy_with(from, id, Ok)
    }

    /// Adds all types of another BTF, and returns the id of the first. References among them stay as they are; so
    /// do references to a base, which has to be the same as this one's.
    ///
    /// # Errors
    ///
    /// The other one was split from another base; [`BtfError::TooLarge`].
    #[doc(alias = "btf__add_btf")]
    pub fn append(&mut self, from: &Btf) -> Result<TypeId, BtfError> {
        let first = self.next_id()?;
        let start = match (from.base(), &self.base) {
            (None, _) => 1,
            (Some(theirs), Some(ours)) if theirs.is_same(ours) => theirs.next_id()?,
            (Some(_), _) => {
                return Err(BtfError::BadType {
                    name: String::new(),
                    kind: Kind::Void,
                    reason: "types that build upon another base cannot be added",
                });
            }
        };
        let shifted = |id: u32| match id.checked_sub(start) {
            Some(index) => first.0.checked_add(index).ok_or(BtfError::TooLarge),
            None => Ok(id),
        };
        for id in from.ids() {
            self.copy_with(from, id, shifted)?;
        }
        Ok(first)
    }

    fn copy_with(
        &mut self,
        from: &Btf,
        id: TypeId,
        change: impl FnMut(u32) -> Result<u32, BtfError>,
    ) -> Result<TypeId, BtfError> {
        let (layer, record) = from.record(id)?;
        let writer = &mut self.writer;
        let (head, tail) = Change {
            name: |name| writer.name(layer.name(name)),
            id: change,
            keeps: |_| true,
        }
        .of(&record)?;
        self.add(head, &tail)
    }

    fn add(&mut self, head: [u32; 3], tail: &[u32]) -> Result<TypeId, BtfError> {
        let id = self.next_id()?;
        self.writer.add(head, tail);
        self.next = id.0.saturating_add(1);
        Ok(id)
    }

    /// The BTF.
    ///
    /// # Errors
    ///
    /// [`BtfError::BadReference`] if a type refers to an id that no type has; [`BtfError::TooLarge`].
    pub fn build(self) -> Result<Btf, BtfError> {
        let bytes = self.writer.finish()?;
        match &self.base {
            Some(base) => Btf::parse_split(bytes, base),
            None => Btf::parse(bytes),
        }
    }
}

impl Btf {
    /// The same in this byte order.
    ///
    /// # Errors
    ///
    /// It builds upon a base of the other byte order.
    #[doc(alias = "btf__set_endianness")]
    pub fn to_endian(&self, endian: Endian) -> Result<Btf, BtfError> {
        if endian == self.endian() {
            return Ok(self.clone());
        }
        let base = self.base().map(|base| base.to_endian(endian)).transpose()?;
        let mut writer = Writer::with_names(self, endian);
        for id in self.ids() {
            let (_, record) = self.record(id)?;
            let (head, tail) = Change {
                name: Ok,
                id: Ok,
                keeps: |_| true,
            }
            .of(&record)?;
            writer.add(head, &tail);
        }
        let bytes = writer.finish()?;
        match &base {
            Some(base) => Btf::parse_split(bytes, base),
            None => Btf::parse(bytes),
        }
    }
}
