//! BTF in the kernel.

#![allow(unsafe_code)]

use super::file::Btf;
use super::object::BtfObject;
use super::source::invalid;
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::raw::{self, Errno};

impl Btf {
    /// Loads it into the kernel, which then has it under an id, as long as the result, a map or a program holds it: for maps and programs that are made without an object.
    ///
    /// Since Linux 4.18; `CAP_BPF`, or on kernels before 5.8 `CAP_SYS_ADMIN`. A kernel that does not know one of the
    /// kinds of types refuses it.
    ///
    /// # Errors
    ///
    /// It is a split BTF ([`ErrorKind::InvalidInput`]), the kernel refuses it ([`ErrorKind::InvalidBtf`], with the
    /// kernel's log among the [messages](Error::messages)), or the caller may not load one.
    #[doc(alias = "btf__load_into_kernel")]
    #[doc(alias = "btf__fd")]
    #[doc(alias = "bpf_btf_load")]
    pub fn load(&self) -> Result<BtfObject> {
        let operation = "load BTF into the kernel";
        if self.base().is_some() {
            let reason = "it builds upon a base, as only modules of the kernel may".to_owned();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let (result, messages) = capture(|| {
            let mut btf = raw::btf::Btf::from_bytes(self.raw())?;
            btf.load()?;
            let fd = btf.fd().ok_or(Errno(libc::EBADF))?;
            fd.try_clone_to_owned().map_err(|error| Errno::from(&error))
        });
        let fd = result.map_err(|errno| {
            let error = match errno.0 {
                libc::EINVAL => {
                    let detail = "the kernel refuses it".to_owned();
                    Error::new(operation, ErrorKind::InvalidBtf { detail }).with_errno(errno)
                }
                _ => Error::system(operation, errno),
            };
            error.with_messages(messages).with_privileges()
        })?;
        Ok(BtfObject::from_fd(fd))
    }

    /// The BTF that the kernel has under this id: of a program, a map, a module, or the kernel's own. That of a module
    /// builds upon the kernel's, which has to be given.
    ///
    /// Since Linux 4.18; `CAP_SYS_ADMIN`.
    ///
    /// # Errors
    ///
    /// There is none of this id, it needs a base, or the caller may not ask.
    #[doc(alias = "btf__load_from_kernel_by_id")]
    #[doc(alias = "btf__load_from_kernel_by_id_split")]
    pub fn from_id(id: u32, base: Option<&Btf>) -> Result<Btf> {
        let operation = format!("read the BTF with id {id} from the kernel");
        if base.is_some_and(|base| base.base().is_some()) {
            let reason = "the base has a base, too".to_owned();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let (result, messages) = capture(|| {
            let base = base.map(|base| raw::btf::Btf::from_bytes(base.raw()));
            let base = base.transpose()?;
            let mut btf = match &base {
                None => raw::btf::Btf::load_by_id(id)?,
                // SAFETY: btf__load_from_kernel_by_id_split's result is to be dropped before its base: locals are
                // dropped in the reverse order.
                Some(base) => unsafe { raw::btf::Btf::load_by_id_split(id, base)? },
            };
            btf.bytes().map(<[u8]>::to_vec)
        });
        let bytes = result.map_err(|errno| {
            let error = Error::system(operation.as_str(), errno);
            error.with_messages(messages).with_privileges()
        })?;
        let btf = match base {
            None => Btf::parse(bytes),
            Some(base) => Btf::parse_split(bytes, base),
        };
        btf.map_err(|error| invalid(&operation, &error))
    }
}
