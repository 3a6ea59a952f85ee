//! The part of a kernel's BTF that objects' relocations need.

mod cache;
mod request;
mod resolve;

pub use self::cache::MinimalCache;
pub(crate) use self::cache::Offer;
use self::request::Request;
pub(super) use self::request::requests;
use super::kernel::KernelBtf;
use super::{Btf, BtfError};
use crate::elf::Elf;
use crate::error::{Error, ErrorKind};
use std::collections::BTreeSet;

/// Makes the part of a kernel's BTF that objects need: libbpf adjusts their programs to that kernel by it just as
/// by the whole. [`MinimalCache`] does it for the running kernel, as objects are opened.
///
/// The whole is several megabytes, the part mostly a few kilobytes: it can be shipped with a program for kernels
/// that publish no BTF, and libbpf reads it in no time. It is used by
/// [`OpenOptions::btf_path`](crate::OpenOptions::btf_path).
///
/// Only the relocations of CO-RE are answered by it: which fields exist and where they are, sizes, existence
/// and likeness of types, values of enums, and the ids of types, which it keeps (with as many empty types
/// before them as that takes). What the kernel itself wants of its BTF, it takes from its own: programs of
/// type `fentry` or `tp_btf`, struct_ops maps and kernel functions need a kernel that has BTF.
///
/// ```no_run
/// use libbpf_safe::OpenOptions;
/// use libbpf_safe::btf::{KernelBtf, Minimal};
///
/// let kernel = KernelBtf::from_file("vmlinux-5.10.btf")?;
/// let mut minimal = Minimal::of(&kernel);
/// minimal.add_object("prober", &std::fs::read("prober.bpf.o")?)?;
/// std::fs::write("prober-5.10.btf", minimal.build()?.raw())?;
///
/// // On a machine with that kernel:
/// let open = OpenOptions::new().btf_path("prober-5.10.btf").open_file("prober.bpf.o")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Minimal<'k> {
    kernel: &'k KernelBtf,
    pub(super) requests: BTreeSet<Request>,
}

impl<'k> Minimal<'k> {
    /// Nothing yet of this kernel's.
    pub fn of(kernel: &'k KernelBtf) -> Minimal<'k> {
        Minimal {
            kernel,
            requests: BTreeSet::new(),
        }
    }

    /// Adds what an object's relocations need. The bytes are those of the object file; the name is for
    /// errors. An object without relocations adds nothing.
    ///
    /// # Errors
    ///
    /// The bytes are not a BPF object with BTF, or its relocations contradict its BTF.
    pub fn add_object(&mut self, name: &str, object: &[u8]) -> Result<(), Error> {
        let operation = || format!("find what object `{name}` needs of the kernel's BTF");
        let requests = object_requests(object).map_err(|reason| match reason {
            None => Error::new(operation(), ErrorKind::ObjectBtfMissing),
            Some(detail) => Error::new(operation(), ErrorKind::InvalidObject { detail }),
        })?;
        self.requests.extend(requests);
        Ok(())
    }

    /// The part that all of the objects need. The same objects and kernel give the same bytes.
    ///
    /// # Errors
    ///
    /// The kernel's BTF contradicts itself, or two types of different modules have to keep the same id.
    #[doc(alias = "min_core_btf")]
    pub fn build(&self) -> Result<Btf, Error> {
        let wrong = |error: BtfError| {
            let detail = error.to_string();
            Error::new(
                "take the part that objects need out of a kernel's BTF",
                ErrorKind::InvalidBtf { detail },
            )
        };
        let bytes = resolve::select(self.kernel, &self.requests)
            .and_then(|selection| selection.assemble())
            .map_err(wrong)?;
        Btf::parse(bytes).map_err(wrong)
    }
}

/// What an object file's relocations ask. What is wrong with it is told in words, but for a want of BTF.
fn object_requests(object: &[u8]) -> Result<Vec<Request>, Option<String>> {
    let elf = Elf::new(object).ok_or_else(|| "it is no ELF file of 64 bits".to_owned())?;
    let btf = elf.named_content(".BTF").ok_or(None)?;
    let Some(ext) = elf.named_content(".BTF.ext") else {
        return Ok(Vec::new());
    };
    let btf = Btf::parse(btf).map_err(|error| error.to_string())?;
    Ok(requests(ext, &btf)?)
}
