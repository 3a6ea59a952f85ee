//! The BTF of a kernel with that of its modules.

#![allow(unsafe_code)]

use super::source::refuse_pipe;
use super::{Btf, Kind, Type, TypeId};
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::object::c_path;
use crate::raw;
use std::path::Path;

/// The types of a kernel: the running one's, or any other's from files.
///
/// ```no_run
/// use libbpf_safe::btf::KernelBtf;
///
/// let running = KernelBtf::running()?;
/// let other = KernelBtf::from_file("vmlinux-6.1.btf")?.with_module("tcp_demo-6.1.ko")?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KernelBtf {
    vmlinux: Btf,
    modules: Vec<Btf>,
}

impl From<Btf> for KernelBtf {
    /// A kernel without modules.
    fn from(vmlinux: Btf) -> KernelBtf {
        KernelBtf {
            vmlinux,
            modules: Vec::new(),
        }
    }
}

impl KernelBtf {
    /// The running kernel's, with every module's that is loaded.
    ///
    /// # Errors
    ///
    /// The kernel offers none, or it cannot be read.
    pub fn running() -> Result<KernelBtf> {
        Ok(KernelBtf::from(Btf::from_kernel()?).with_loaded_modules())
    }

    /// The same with every module's that is loaded into the running kernel, whose BTF this is.
    pub(super) fn with_loaded_modules(mut self) -> KernelBtf {
        let Ok(entries) = std::fs::read_dir("/sys/kernel/btf") else {
            return self;
        };
        for entry in entries.flatten() {
            if entry.file_name() == "vmlinux" {
                continue;
            }
            // A module may go while the folder is being read.
            let module = std::fs::read(entry.path()).ok();
            let module = module.and_then(|bytes| Btf::parse_split(bytes, &self.vmlinux).ok());
            self.modules.extend(module);
        }
        self
    }

    /// The BTF in a file: raw, as `/sys/kernel/btf/vmlinux` has it, or in an ELF file such as a `vmlinux`.
    ///
    /// # Errors
    ///
    /// As [`Btf::from_file`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<KernelBtf> {
        Btf::from_file(path).map(KernelBtf::from)
    }

    /// The same with a module's BTF from a file, which is one of this kernel's: raw, or in an ELF file (`.ko`).
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has no BTF that goes with this kernel's.
    #[doc(alias = "btf__parse_split")]
    pub fn with_module(mut self, path: impl AsRef<Path>) -> Result<KernelBtf> {
        let path = path.as_ref();
        let operation = format!("read a module's BTF from `{}`", path.display());
        let c_path = c_path(&operation, path)?;
        refuse_pipe(&operation, path)?;
        let (bytes, messages) = capture(|| {
            let base = raw::btf::Btf::from_bytes(self.vmlinux.raw())?;
            // SAFETY: btf__parse_split's result is to be dropped before its base: locals are dropped in
            // the reverse order.
            let mut module = unsafe { raw::btf::Btf::parse_split(&c_path, &base) }?;
            module.bytes().map(<[u8]>::to_vec)
        });
        let bytes = bytes
            .map_err(|errno| Error::system(operation.as_str(), errno).with_messages(messages))?;
        let module = Btf::parse_split(bytes, &self.vmlinux).map_err(|error| {
            Error::new(
                operation,
                ErrorKind::InvalidBtf {
                    detail: error.to_string(),
                },
            )
        })?;
        self.modules.push(module);
        Ok(self)
    }

    /// The same with the BTF of a module that is loaded into the running kernel, whose BTF this is.
    ///
    /// Since Linux 5.11.
    ///
    /// # Errors
    ///
    /// There is no such module, it has no BTF, or it was built for another kernel.
    #[doc(alias = "btf__load_module_btf")]
    pub fn with_loaded_module(self, name: &str) -> Result<KernelBtf> {
        if name.contains('/') || matches!(name, "" | "." | "..") {
            let reason = format!("`{name}` is no module's name");
            let operation = "read a module's BTF from the kernel";
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        self.with_module(Path::new("/sys/kernel/btf").join(name))
    }

    /// The kernel's own, without modules.
    pub fn vmlinux(&self) -> &Btf {
        &self.vmlinux
    }

    /// The BTF of each module.
    pub fn modules(&self) -> &[Btf] {
        &self.modules
    }

    /// Calls with the same for libbpf: the kernel's, and its modules'.
    pub(crate) fn with_raw<T>(
        &self,
        call: impl FnOnce(&raw::btf::Btf, &[raw::btf::Btf]) -> T,
    ) -> raw::Result<T> {
        let vmlinux = raw::btf::Btf::from_bytes(self.vmlinux.raw())?;
        let modules = self
            .modules
            .iter()
            // SAFETY: btf__new_split's result is to be dropped before its base: locals are dropped in the
            // reverse order.
            .map(|module| unsafe { raw::btf::Btf::from_split_bytes(module.raw(), &vmlinux) })
            .collect::<raw::Result<Vec<_>>>()?;
        Ok(call(&vmlinux, &modules))
    }

    /// The value of a constant of any enum, such as `SCX_OPS_ALL_FLAGS`.
    pub(crate) fn constant(&self, name: &str) -> Option<u64> {
        std::iter::once(&self.vmlinux)
            .chain(&self.modules)
            .flat_map(Btf::types)
            .find_map(|(_, ty)| match ty {
                Type::Enum(list) => list.values().find(|value| value.name == name),
                _ => None,
            })
            .and_then(|found| u64::try_from(found.value).ok())
    }

    /// The struct that a struct_ops subsystem has registered, and the BTF that has it.
    pub(crate) fn struct_ops_type(&self, name: &str) -> Option<(&Btf, TypeId)> {
        let value = format!("bpf_struct_ops_{name}");
        std::iter::once(&self.vmlinux)
            .chain(&self.modules)
            .find_map(|btf| {
                btf.find(&value, Kind::Struct)?;
                Some((btf, btf.find(name, Kind::Struct)?))
            })
    }
}

/// The function type that a pointer points to, if it is one.
pub(crate) fn pointed_function(btf: &Btf, id: TypeId) -> Option<super::FunctionProto<'_>> {
    let get = |id: TypeId| btf.get(btf.resolve(id).ok()?).ok();
    let Some(Type::Pointer { target }) = get(id) else {
        return None;
    };
    match get(target) {
        Some(Type::FunctionProto(proto)) => Some(proto),
        _ => None,
    }
}
