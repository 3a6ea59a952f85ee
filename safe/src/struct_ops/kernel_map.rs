//! struct_ops maps that are in the kernel, whoever has made them.

use super::RegisteredValue;
use super::by_name::{VALUE_TYPE, kernel_type};
use crate::btf::Type;
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Map, MapType};
use crate::program::KernelProgram;
use crate::raw::Errno;
use crate::raw::syscall::{self, ids};
use std::os::fd::{AsFd, BorrowedFd};

/// A struct_ops map in the kernel, by a descriptor of its own: perhaps another process's, or nobody's any more.
///
/// ```no_run
/// use libbpf_safe::struct_ops::KernelStructOpsMap;
///
/// for map in KernelStructOpsMap::all()? {
///     println!("{} ({}): {:?}", map.name(), map.type_name()?, map.value()?.state());
/// }
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "bpf_map")]
pub struct KernelStructOpsMap {
    map: Map,
}

impl KernelStructOpsMap {
    /// All there are, by id. Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// The caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_map_get_next_id")]
    pub fn all() -> Result<Vec<KernelStructOpsMap>> {
        let operation = "list the struct_ops maps";
        let mut maps = Vec::new();
        for id in ids(syscall::next_map_id) {
            let id = id.map_err(|errno| Error::system(operation, errno))?;
            let map = match syscall::map_by_id(id) {
                Ok(fd) => Map::from_fd(fd, None)?,
                // Gone meanwhile.
                Err(Errno(libc::ENOENT)) => continue,
                Err(errno) => return Err(Error::system(operation, errno)),
            };
            if map.info().map_type == MapType::STRUCT_OPS {
                maps.push(KernelStructOpsMap { map });
            }
        }
        Ok(maps)
    }

    /// A map by its id.
    ///
    /// # Errors
    ///
    /// There is no such map, it is no struct_ops map, or the caller lacks `CAP_SYS_ADMIN`.
    #[doc(alias = "bpf_map_get_fd_by_id")]
    pub fn from_id(id: u32) -> Result<KernelStructOpsMap> {
        let map = Map::from_id(id)?;
        let found = map.info().map_type;
        if found != MapType::STRUCT_OPS {
            return Err(Error::new(
                format!("open the struct_ops map with id {id}"),
                ErrorKind::Mismatch {
                    what: "type of the map".into(),
                    expected: MapType::STRUCT_OPS.to_string(),
                    found: found.to_string(),
                },
            ));
        }
        Ok(KernelStructOpsMap { map })
    }

    /// The id, unique while the map is in the kernel.
    pub fn id(&self) -> u32 {
        self.map.info().id
    }

    /// The name as the kernel keeps it: the first 15 bytes of that of the C variable.
    pub fn name(&self) -> &str {
        self.map.name()
    }

    /// The kernel's struct, such as `tcp_congestion_ops`. Reads the kernel's BTF, once for the process.
    ///
    /// # Errors
    ///
    /// The kernel offers no BTF.
    pub fn type_name(&self) -> Result<String> {
        let (btf, ty) = kernel_type(&self.map, &|| self.cannot("find the type of"))?;
        let name = btf.get(ty).as_ref().map(Type::name).unwrap_or_default();
        Ok(name.strip_prefix(VALUE_TYPE).unwrap_or(name).to_owned())
    }

    /// Whether the map was made for links. If so, [`SharedStructOpsLink`](super::SharedStructOpsLink)s put it in
    /// force; otherwise it is itself registered. Since Linux 6.4.
    pub fn has_link(&self) -> bool {
        self.map.info().create_flags & libbpf_ffi::BPF_F_LINK != 0
    }

    /// The kernel's own copy: its state, and every member as the kernel has it, with callbacks by the names of their
    /// programs. A map for links has a value from its first attachment on.
    ///
    /// # Errors
    ///
    /// The kernel offers no BTF, or the caller may not read maps.
    #[doc(alias = "bpf_map_lookup_elem")]
    #[doc(alias = "btf__load_from_kernel_by_id_split")]
    pub fn value(&self) -> Result<RegisteredValue> {
        let mut value = RegisteredValue::of_map(&self.map, &|| self.cannot("read the value of"))?;
        let name = |id| Some(KernelProgram::from_id(id).ok()?.name().to_owned());
        value.name_programs(name)?;
        Ok(value)
    }

    /// Ends the registration of a map from a plain `.struct_ops` section, whoever has registered it.
    ///
    /// # Errors
    ///
    /// The map is not registered, or it is one for links, which end with their links.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn unregister(&self) -> Result<()> {
        let refused = |reason: &str| {
            let reason = reason.to_owned();
            Error::new(
                self.cannot("unregister"),
                ErrorKind::InvalidInput { reason },
            )
        };
        if self.has_link() {
            return Err(refused("links put it in force").with_hint("detach its links"));
        }
        if self.map.delete_bytes(&0u32.to_ne_bytes())? {
            Ok(())
        } else {
            Err(refused("it is not registered"))
        }
    }

    fn cannot(&self, what: &str) -> String {
        format!(
            "{what} struct_ops map `{}` with id {}",
            self.name(),
            self.id()
        )
    }
}

impl AsFd for KernelStructOpsMap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.map.as_fd()
    }
}
