//! What is behind a type's name, and how large it is.

use super::error::BtfError;
use super::file::Btf;
use super::kind::{Kind, TypeId};

/// How many types one type may lead through. C programs stay far below it.
pub(super) const MAX_DEPTH: usize = 64;

/// The bytes of a pointer to BPF, on any machine.
pub(super) const POINTER_SIZE: u32 = 8;

impl Btf {
    /// The type behind typedefs, `const`, `volatile`, `restrict` and type tags.
    ///
    /// # Errors
    ///
    /// [`BtfError::TooDeep`] for a type that is a typedef of itself, or of more than 64 others;
    /// [`BtfError::NoSuchType`] if there is no type with this id.
    #[doc(alias = "btf__resolve_type")]
    pub fn resolve(&self, id: TypeId) -> Result<TypeId, BtfError> {
        self.strip(id, true)
    }

    /// The type behind `const`, `volatile`, `restrict` and type tags; a typedef remains.
    ///
    /// # Errors
    ///
    /// As for [`resolve`](Self::resolve).
    pub fn resolve_qualifiers(&self, id: TypeId) -> Result<TypeId, BtfError> {
        self.strip(id, false)
    }

    fn strip(&self, id: TypeId, typedefs: bool) -> Result<TypeId, BtfError> {
        let mut at = id;
        for _ in 0..=MAX_DEPTH {
            let (_, record) = self.record(at)?;
            match record.kind {
                Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => {}
                Kind::Typedef if typedefs => {}
                _ => return Ok(at),
            }
            at = TypeId(record.size_or_type);
        }
        Err(BtfError::TooDeep {
            id,
            limit: MAX_DEPTH,
        })
    }

    /// The size in bytes of a value of this type: what `sizeof` gives in BPF, where pointers have
    /// 8 bytes. A variable has the size of its type; a data section its own.
    ///
    /// # Errors
    ///
    /// [`BtfError::NoSize`] for `void`, functions, tags of declarations and what is only
    /// declared; [`BtfError::SizeOverflow`] for arrays beyond 64 bits; [`BtfError::TooDeep`] and
    /// [`BtfError::NoSuchType`] as for [`resolve`](Self::resolve).
    #[doc(alias = "btf__resolve_size")]
    pub fn size_of(&self, id: TypeId) -> Result<u64, BtfError> {
        let mut elements = Some(1u64);
        let mut at = id;
        for _ in 0..=MAX_DEPTH {
            at = self.resolve(at)?;
            let (_, record) = self.record(at)?;
            let size = match record.kind {
                Kind::Int
                | Kind::Float
                | Kind::Enum
                | Kind::Struct
                | Kind::Union
                | Kind::DataSection => record.size_or_type,
                Kind::Pointer => POINTER_SIZE,
                Kind::Array => {
                    let [element, _index, len] = record.row();
                    elements = elements.and_then(|count| count.checked_mul(u64::from(len)));
                    at = TypeId(element);
                    continue;
                }
                Kind::Variable => {
                    at = TypeId(record.size_or_type);
                    continue;
                }
                kind => return Err(BtfError::NoSize { id: at, kind }),
            };
            return elements
                .and_then(|count| count.checked_mul(u64::from(size)))
                .ok_or(BtfError::SizeOverflow { id });
        }
        Err(BtfError::TooDeep {
            id,
            limit: MAX_DEPTH,
        })
    }
}
