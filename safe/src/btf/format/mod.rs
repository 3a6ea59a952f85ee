//! Values by their types, as C would write them.

mod scalar;
#[cfg(test)]
mod tests;

use super::composite::Composite;
use super::error::BtfError;
use super::file::Btf;
use super::kind::{Linkage, TypeId};
use super::layout::MAX_DEPTH;
use super::types::Type;

/// How many values are written at most, beside one for each byte: a few unions of unions would be more than anybody
/// reads.
const MAX_VALUES: usize = 1 << 16;
/// How much text there is at most before the last value, beside so much for each byte: names may be long, and come often.
const MAX_TEXT: usize = 1 << 24;
const TEXT_PER_BYTE: usize = 1 << 8;

/// How [`Btf::format_data`] writes values: by default on lines that are indented with tabs, with names and types,
/// without members that are zero, and with characters one by one.
#[derive(Debug, Clone)]
#[doc(alias = "btf_dump_type_data_opts")]
pub struct DataFormat {
    indent: String,
    level: usize,
    compact: bool,
    names: bool,
    zeroes: bool,
    strings: bool,
}

impl Default for DataFormat {
    fn default() -> DataFormat {
        DataFormat {
            indent: "\t".to_owned(),
            level: 0,
            compact: false,
            names: true,
            zeroes: false,
            strings: false,
        }
    }
}

impl DataFormat {
    /// The default.
    pub fn new() -> DataFormat {
        DataFormat::default()
    }

    /// What each line begins with, once for each level, and at which level to begin.
    pub fn indent(mut self, indent: impl Into<String>, level: usize) -> Self {
        (self.indent, self.level) = (indent.into(), level);
        self
    }

    /// All on one line.
    pub fn compact(mut self) -> Self {
        self.compact = true;
        self
    }

    /// Without the names of members, and without types.
    pub fn skip_names(mut self) -> Self {
        self.names = false;
        self
    }

    /// With members that are zero.
    pub fn zeroes(mut self) -> Self {
        self.zeroes = true;
        self
    }

    /// Arrays of characters that a zero byte ends are strings.
    pub fn strings(mut self) -> Self {
        self.strings = true;
        self
    }
}

impl Btf {
    /// A value of this type, whose bytes these are, in C's terms; bytes behind it do not matter. Numbers are in the
    /// byte order of the BTF.
    ///
    /// ```
    /// use libbpf_safe::btf::{Builder, DataFormat, Field, IntEncoding};
    ///
    /// let mut types = Builder::new();
    /// let int = types.int("int", 4, IntEncoding::Signed)?;
    /// let point = types.structure("point", 8, [Field::new("x", int, 0), Field::new("y", int, 32)])?;
    /// let btf = types.build()?;
    /// let bytes = [-1i32, 0].map(i32::to_ne_bytes).concat();
    /// let format = DataFormat::new().compact();
    /// assert_eq!(btf.format_data(point, &bytes, &format)?, "(struct point){.x = (int)-1,}");
    /// # Ok::<(), libbpf_safe::btf::BtfError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BtfError::ShortData`] if there are fewer bytes than the type has; [`BtfError::TooMuchText`] where parts that
    /// overlap would be written too often; as [`size_of`](Self::size_of) for what has no size.
    #[doc(alias = "btf_dump__dump_type_data")]
    pub fn format_data(
        &self,
        id: TypeId,
        data: &[u8],
        format: &DataFormat,
    ) -> Result<String, BtfError> {
        let mut writer = Writer {
            btf: self,
            asked: id,
            data,
            format,
            text: String::new(),
            left: MAX_VALUES.saturating_add(data.len()),
            longest: data
                .len()
                .saturating_mul(TEXT_PER_BYTE)
                .saturating_add(MAX_TEXT),
            depth: 0,
            in_array: false,
            in_section: false,
        };
        writer.value("", id, Place::at(0))?;
        Ok(writer.text)
    }
}

/// Where a value is: in bytes, and for a bitfield in bits from there, with its width.
#[derive(Clone, Copy)]
struct Place {
    byte: usize,
    bits: Option<(u32, u32)>,
}

impl Place {
    fn at(byte: usize) -> Place {
        Place { byte, bits: None }
    }
}

struct Writer<'a> {
    btf: &'a Btf,
    asked: TypeId,
    data: &'a [u8],
    format: &'a DataFormat,
    text: String,
    /// How many values may still be written.
    left: usize,
    /// In bytes.
    longest: usize,
    depth: usize,
    /// Elements of arrays are written without their type.
    in_array: bool,
    in_section: bool,
}

impl<'a> Writer<'a> {
    fn value(&mut self, name: &str, id: TypeId, place: Place) -> Result<(), BtfError> {
        let left = self.left.checked_sub(1);
        let left = left.filter(|_| self.text.len() <= self.longest);
        self.left = left.ok_or(BtfError::TooMuchText { id: self.asked })?;
        if self.depth > MAX_DEPTH {
            let (id, limit) = (self.asked, MAX_DEPTH);
            return Err(BtfError::TooDeep { id, limit });
        }
        let inner = self.btf.resolve(id)?;
        let ty = self.btf.get(inner)?;
        if let Type::DataSection(section) = ty {
            // A section holds variables. One that holds sections may hold itself, and adds no depth.
            if std::mem::replace(&mut self.in_section, true) {
                let (id, limit) = (self.asked, MAX_DEPTH);
                return Err(BtfError::TooDeep { id, limit });
            }
            self.text += &format!("SEC(\"{}\") ", section.name);
            for entry in section.entries() {
                let offset = to_usize(u64::from(entry.offset));
                self.value("", entry.ty, Place::at(place.byte.saturating_add(offset)))?;
                self.text.push(';');
            }
            return Ok(());
        }
        let bytes = self.bytes(id, place)?;
        if self.is_left_out(bytes, place) {
            return Ok(());
        }
        self.prefix();
        if self.format.names {
            if !name.is_empty() {
                self.text += &format!(".{name} = ");
            }
            if !self.in_array && !matches!(ty, Type::Variable { .. }) {
                self.text += &format!("({})", self.btf.cast_name(id));
            }
        }
        match ty {
            Type::Struct(composite) | Type::Union(composite) => self.composite(composite, place),
            Type::Array { element, len, .. } => self.array(element, len, place),
            Type::Variable { name, ty, linkage } => {
                let linkage = match linkage {
                    Linkage::Static => "static ",
                    Linkage::Extern => "extern ",
                    _ => "",
                };
                self.text += &format!("{linkage}{} = ", self.btf.c_declaration(ty, name));
                self.value("", ty, place)
            }
            _ => {
                let text = scalar::text(self.btf.endian(), ty, bytes, place.bits);
                self.end(&text);
                Ok(())
            }
        }
    }

    /// The bytes of a value.
    fn bytes(&self, id: TypeId, place: Place) -> Result<&'a [u8], BtfError> {
        let size = match place.bits {
            None => self.btf.size_of(id)?,
            Some((offset, width)) => u64::from(offset + width).div_ceil(8),
        };
        let end = place.byte.saturating_add(to_usize(size));
        let bytes = self.data.get(place.byte..end);
        bytes.ok_or(BtfError::ShortData {
            id: self.asked,
            needed: end,
            len: self.data.len(),
        })
    }

    /// Elements of an array are written even if they are zero: where in it they are would not be known.
    fn is_left_out(&self, bytes: &[u8], place: Place) -> bool {
        let shown = self.format.zeroes || self.depth == 0 || self.in_array;
        !shown && scalar::is_zero(self.btf.endian(), bytes, place.bits)
    }

    fn composite(&mut self, composite: Composite<'_>, place: Place) -> Result<(), BtfError> {
        self.begin('{');
        for member in composite.members() {
            let byte = to_usize(u64::from(member.bit_offset / 8));
            let mut at = Place::at(place.byte.saturating_add(byte));
            let width = member.bitfield_size.map(u32::from);
            at.bits = width.map(|width| (member.bit_offset % 8, width));
            self.value(member.name, member.ty, at)?;
        }
        self.close('}');
        Ok(())
    }

    fn array(&mut self, element: TypeId, len: u32, place: Place) -> Result<(), BtfError> {
        let size = to_usize(self.btf.size_of(element)?);
        let characters = self.characters(element, len, place)?;
        if self.format.strings && characters.is_some_and(|bytes| bytes.contains(&0)) {
            let text = scalar::string(characters.unwrap_or_default());
            self.end(&text);
            return Ok(());
        }
        let was_in_array = std::mem::replace(&mut self.in_array, true);
        self.begin('[');
        for index in 0..to_usize(u64::from(len)) {
            let at = Place::at(place.byte.saturating_add(index.saturating_mul(size)));
            match characters.and_then(|bytes| bytes.get(index)) {
                Some(0) => {
                    self.prefix();
                    self.end("'\\0'");
                    break;
                }
                Some(&byte) if scalar::is_printable(byte) => {
                    self.prefix();
                    self.end(&format!("'{}'", char::from(byte)));
                }
                _ => self.value("", element, at)?,
            }
        }
        self.in_array = was_in_array;
        self.close(']');
        Ok(())
    }

    /// The bytes of an array whose elements may be characters: BTF seldom says so.
    fn characters(
        &self,
        element: TypeId,
        len: u32,
        place: Place,
    ) -> Result<Option<&'a [u8]>, BtfError> {
        let inner = self.btf.resolve(element)?;
        let Type::Int { size: 1, .. } = self.btf.get(inner)? else {
            return Ok(None);
        };
        let end = place.byte.saturating_add(to_usize(u64::from(len)));
        Ok(self.data.get(place.byte..end))
    }

    fn prefix(&mut self) {
        if !self.format.compact {
            for _ in 0..self.format.level.saturating_add(self.depth) {
                self.text += &self.format.indent;
            }
        }
    }

    fn begin(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
        self.new_line();
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        self.prefix();
        self.end(bracket.encode_utf8(&mut [0; 4]));
    }

    /// The end of a value, and what separates it from the next.
    fn end(&mut self, text: &str) {
        self.text += text;
        if self.depth > 0 {
            self.text.push(',');
            self.new_line();
        }
    }

    fn new_line(&mut self) {
        if !self.format.compact {
            self.text.push('\n');
        }
    }
}

/// What is too large for the machine is beyond the data, too.
fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
