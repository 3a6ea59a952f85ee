//! `.BTF.ext`: which function and which line of source instructions are of, and what CO-RE is to adjust.

mod relocations;
mod sections;

use self::sections::Sections;
use super::file::Btf;
use super::kind::TypeId;
use super::words::Endian;
use crate::elf::Elf;
use crate::error::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;

pub(super) use self::relocations::{Question, relocations};
pub use self::relocations::{Relocation, RelocationKind};

/// What the section `.BTF.ext` of an object says of its instructions, in terms of the object's BTF.
///
/// It was checked as a whole when it was parsed: what refers to a type or a name does so. Clones share the bytes.
///
/// ```no_run
/// use libbpf_safe::btf::BtfExt;
///
/// let (btf, ext) = BtfExt::from_file("prober.bpf.o")?;
/// for relocation in ext.relocations() {
///     println!("{}+{}: {:?} of {}", relocation.section, relocation.offset, relocation.kind, btf.c_name(relocation.ty));
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "btf_ext")]
pub struct BtfExt {
    btf: Btf,
    bytes: Arc<[u8]>,
}

/// A function: where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_func_info")]
pub struct FunctionInfo<'a> {
    /// The section of the object file that it is in.
    pub section: &'a str,
    /// Where it begins in that, in bytes.
    pub offset: u32,
    /// The function's type.
    pub ty: TypeId,
}

/// A line of source, and the first instruction that was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_line_info")]
pub struct LineInfo<'a> {
    /// The section of the object file that the instruction is in.
    pub section: &'a str,
    /// Where it is in that, in bytes.
    pub offset: u32,
    /// The source file.
    pub file: &'a str,
    /// The text of the line.
    pub text: &'a str,
    /// Its number, from 1 on.
    pub line: u32,
    /// The column, from 1 on; 0 where it is not known.
    pub column: u32,
}

impl BtfExt {
    /// The contents of `.BTF.ext`, whose types and names are those of `btf`.
    ///
    /// # Errors
    ///
    /// In words, what is wrong: it ends too early, is of a version that is not known, or refers to what the BTF does
    /// not have.
    #[doc(alias = "btf_ext__new")]
    pub fn parse(bytes: impl Into<Arc<[u8]>>, btf: &Btf) -> std::result::Result<BtfExt, String> {
        let bytes = bytes.into();
        Sections::read(&bytes)?.check(btf)?;
        Ok(BtfExt {
            btf: btf.clone(),
            bytes,
        })
    }

    /// The BTF of an object file with its `.BTF.ext`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is no object file of 64 bits, or lacks one of the two or has a broken one.
    #[doc(alias = "btf__parse")]
    #[doc(alias = "btf__parse_elf")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<(Btf, BtfExt)> {
        let path = path.as_ref();
        let operation = format!("read BTF from `{}`", path.display());
        let bytes = crate::object::file::read(&operation, path)?;
        let broken =
            |detail: String| Error::new(operation.as_str(), ErrorKind::InvalidObject { detail });
        let elf = Elf::new(&bytes);
        let elf = elf.ok_or_else(|| broken("it is no ELF file of 64 bits".into()))?;
        let section = |name: &str| {
            let content = elf.named_content(name);
            content.ok_or_else(|| broken(format!("it has no section {name}")))
        };
        let btf = Btf::parse(section(".BTF")?).map_err(|error| broken(error.to_string()))?;
        let ext = BtfExt::parse(section(".BTF.ext")?, &btf).map_err(broken)?;
        Ok((btf, ext))
    }

    /// The bytes this was read from.
    #[doc(alias = "btf_ext__raw_data")]
    pub fn raw(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte order of what is stored.
    #[doc(alias = "btf_ext__endianness")]
    pub fn endian(&self) -> Endian {
        self.sections().map_or(Endian::NATIVE, |it| it.endian)
    }

    /// The same in this byte order.
    #[doc(alias = "btf_ext__set_endianness")]
    pub fn to_endian(&self, endian: Endian) -> BtfExt {
        let bytes = self.sections().map(|it| it.to_endian(endian));
        BtfExt {
            btf: self.btf.clone(),
            bytes: bytes.map_or_else(|| Arc::clone(&self.bytes), Arc::from),
        }
    }

    /// Where functions begin, in the order in which they are stored.
    pub fn functions(&self) -> impl Iterator<Item = FunctionInfo<'_>> {
        self.records(|it| it.functions)
            .map(|(section, [offset, ty, ..])| FunctionInfo {
                section,
                offset,
                ty: TypeId(ty),
            })
    }

    /// The lines of source, in the order in which they are stored.
    pub fn lines(&self) -> impl Iterator<Item = LineInfo<'_>> {
        self.records(|it| it.lines)
            .map(|(section, [offset, file, text, place])| LineInfo {
                section,
                offset,
                file: self.btf.name(file),
                text: self.btf.name(text),
                line: place >> 10,
                column: place & 0x3ff,
            })
    }

    /// What CO-RE is to adjust, in the order in which it is stored.
    #[doc(alias = "bpf_core_relo")]
    pub fn relocations(&self) -> impl Iterator<Item = Relocation<'_>> {
        self.records(|it| it.relocations)
            .filter_map(|(section, words)| Relocation::new(&self.btf, section, words))
    }

    fn sections(&self) -> Option<Sections<'_>> {
        Sections::read(&self.bytes).ok()
    }

    /// The first words of each record of a part, with the name of its section.
    fn records<'a>(
        &'a self,
        part: impl FnOnce(&Sections<'a>) -> &'a [u8],
    ) -> impl Iterator<Item = (&'a str, [u32; 4])> {
        let sections = self.sections();
        let part = sections.as_ref().map(|it| (it.endian, part(it)));
        part.into_iter()
            .filter_map(|(endian, part)| sections::records(endian, part).ok())
            .flatten()
            .map(|(section, words)| (self.btf.name(section), words))
    }
}
