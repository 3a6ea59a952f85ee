//! A whole BTF: the bytes, where its types are, and the BTF it builds upon.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::check;
use super::decode;
use super::error::BtfError;
use super::find::NameIndex;
use super::header::Header;
use super::kind::TypeId;
use super::record::{HEAD_LEN, Record};
use super::strings::Strings;
use super::types::Type;
use super::words::Endian;

/// The types described by a BTF, read from its bytes.
///
/// Clones share the bytes. A split BTF (that of a kernel module) also holds its base.
#[derive(Clone)]
pub struct Btf(Arc<Inner>);

struct Inner {
    bytes: Arc<[u8]>,
    endian: Endian,
    types: Range<usize>,
    strings: Range<usize>,
    /// Whether every string is ASCII, and a name may so begin at any byte.
    ascii: bool,
    base: Option<Btf>,
    /// The id of the first type here.
    first: u32,
    /// The offset of the first string here, after all those of the base.
    first_string: u32,
    /// Where each type begins, in bytes from the start of the type section.
    offsets: Vec<u32>,
    names: OnceLock<NameIndex>,
}

impl Btf {
    /// Reads a BTF that stands by itself, such as `/sys/kernel/btf/vmlinux`.
    ///
    /// # Errors
    ///
    /// If the bytes are not a valid BTF: the error says what is wrong and where.
    #[doc(alias = "btf__new")]
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Btf, BtfError> {
        Self::build(bytes.into(), None)
    }

    /// Reads a BTF that builds upon `base`, such as that of a kernel module. Its ids and string
    /// offsets continue those of the base, whose types can be reached through it.
    ///
    /// # Errors
    ///
    /// If the bytes are not a valid BTF, or refer to what is in neither themselves nor the base.
    #[doc(alias = "btf__new_split")]
    pub fn parse_split(bytes: impl Into<Arc<[u8]>>, base: &Btf) -> Result<Btf, BtfError> {
        Self::build(bytes.into(), Some(base.clone()))
    }

    fn build(bytes: Arc<[u8]>, base: Option<Btf>) -> Result<Btf, BtfError> {
        let header = Header::read(&bytes)?;
        let types = bytes.get(header.types.clone()).unwrap_or_default();
        let strings = bytes.get(header.strings.clone()).unwrap_or_default();
        let ascii = Strings::check(strings, base.is_some())?;
        let (first, first_string) = match &base {
            None => (1, 0),
            Some(base) => (base.next_id()?, base.next_string()?),
        };
        let all = Strings {
            bytes: strings,
            ascii,
            first: first_string,
            base: base.as_ref(),
        };
        let offsets = check::index(types, header.endian, first, &all)?;
        Ok(Btf(Arc::new(Inner {
            endian: header.endian,
            types: header.types,
            strings: header.strings,
            ascii,
            base,
            first,
            first_string,
            offsets,
            names: OnceLock::new(),
            bytes,
        })))
    }

    /// The bytes this was read from; without those of the base.
    #[doc(alias = "btf__raw_data")]
    pub fn raw(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The BTF this one builds upon, if it is a split one.
    #[doc(alias = "btf__base_btf")]
    pub fn base(&self) -> Option<&Btf> {
        self.0.base.as_ref()
    }

    /// Whether it is in this machine's byte order, as is then the object that it comes from.
    pub fn is_native(&self) -> bool {
        (self.0.endian == Endian::Little) == cfg!(target_endian = "little")
    }

    /// How many type ids there are: `void`, the base's and these. Every id below is a type's.
    #[doc(alias = "btf__type_cnt")]
    pub fn len(&self) -> usize {
        let first = usize::try_from(self.0.first).unwrap_or(usize::MAX);
        first.saturating_add(self.0.offsets.len())
    }

    /// Whether there is no type but `void`.
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// The type with this id, here or in the base.
    ///
    /// # Errors
    ///
    /// [`BtfError::NoSuchType`] if there is none.
    #[doc(alias = "btf__type_by_id")]
    pub fn get(&self, id: TypeId) -> Result<Type<'_>, BtfError> {
        let (layer, record) = self.record(id)?;
        Ok(decode::decode(layer, &record))
    }

    /// The types in order of their ids; without `void` and, in a split BTF, without the base's.
    pub fn types(&self) -> impl Iterator<Item = (TypeId, Type<'_>)> {
        // Every id from the first to the last is a type's, so that none is left out.
        self.ids().filter_map(|id| Some((id, self.get(id).ok()?)))
    }

    /// The ids of the types here.
    pub(super) fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        let end = u32::try_from(self.len()).unwrap_or(u32::MAX);
        (self.0.first..end).map(TypeId)
    }

    /// A type as it is stored, and the BTF that its names are in.
    pub(super) fn record(&self, id: TypeId) -> Result<(&Btf, Record<'_>), BtfError> {
        if id.is_void() {
            return Ok((self, Record::VOID));
        }
        let none = || BtfError::NoSuchType {
            id,
            len: self.len(),
        };
        let mut layer = self;
        let index = loop {
            match (id.0.checked_sub(layer.0.first), &layer.0.base) {
                (Some(index), _) => break index,
                (None, Some(base)) => layer = base,
                (None, None) => return Err(none()),
            }
        };
        let inner = &*layer.0;
        let offset = usize::try_from(index)
            .ok()
            .and_then(|index| inner.offsets.get(index));
        let offset = offset
            .and_then(|offset| usize::try_from(*offset).ok())
            .ok_or_else(none)?;
        let types = inner.bytes.get(inner.types.clone()).unwrap_or_default();
        Ok((layer, Record::read(types, offset, inner.endian, id)?))
    }

    /// The type section.
    pub(super) fn type_bytes(&self) -> &[u8] {
        let types = self.0.bytes.get(self.0.types.clone());
        types.unwrap_or_default()
    }

    /// Whether both are the same, and not only alike.
    pub(super) fn is_same(&self, other: &Btf) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where the rows of a type of this layer are, in bytes from the start of the whole.
    pub(super) fn place_of_rows(&self, id: TypeId) -> Option<usize> {
        let index = usize::try_from(id.0.checked_sub(self.0.first)?).ok()?;
        let offset = usize::try_from(*self.0.offsets.get(index)?).ok()?;
        Some(self.0.types.start + offset + HEAD_LEN)
    }

    /// The name at an offset that [`Btf::parse`] has checked; empty at any other.
    pub(crate) fn name(&self, offset: u32) -> &str {
        let mut layer = self;
        loop {
            match (offset.checked_sub(layer.0.first_string), &layer.0.base) {
                (Some(offset), _) => return layer.strings().name(offset).unwrap_or_default(),
                (None, Some(base)) => layer = base,
                (None, None) => return "",
            }
        }
    }

    /// The bytes from the name at an offset on, which ends at a zero byte; none at an offset where there is no name.
    pub(super) fn name_onward(&self, offset: u32) -> &[u8] {
        let mut layer = self;
        loop {
            match (offset.checked_sub(layer.0.first_string), &layer.0.base) {
                (Some(offset), _) => {
                    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                    return layer.strings().bytes.get(offset..).unwrap_or_default();
                }
                (None, Some(base)) => layer = base,
                (None, None) => return &[],
            }
        }
    }

    /// The byte order of what is stored.
    #[doc(alias = "btf__endianness")]
    pub fn endian(&self) -> Endian {
        self.0.endian
    }

    pub(super) fn names(&self) -> &OnceLock<NameIndex> {
        &self.0.names
    }

    pub(super) fn strings(&self) -> Strings<'_> {
        let Inner {
            bytes,
            strings,
            ascii,
            first_string,
            base,
            ..
        } = &*self.0;
        let bytes = bytes.get(strings.clone()).unwrap_or_default();
        Strings {
            bytes,
            ascii: *ascii,
            first: *first_string,
            base: base.as_ref(),
        }
    }

    /// The id that the first type of one split from this has.
    pub(super) fn next_id(&self) -> Result<u32, BtfError> {
        u32::try_from(self.len()).map_err(|_| BtfError::TooLarge)
    }

    /// The offset that the first string of one split from this has.
    pub(super) fn next_string(&self) -> Result<u32, BtfError> {
        let len = u32::try_from(self.0.strings.len()).map_err(|_| BtfError::TooLarge)?;
        self.0
            .first_string
            .checked_add(len)
            .ok_or(BtfError::TooLarge)
    }
}

impl fmt::Debug for Btf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Btf")
            .field("bytes", &self.0.bytes.len())
            .field("len", &self.len())
            .field("base", &self.0.base)
            .finish_non_exhaustive()
    }
}
