use super::{CreateFlags, Map, MapType};
use crate::btf::TypeId;
use crate::error::{Error, ErrorKind, Result};
use crate::raw::create::{MapCreate, create_map};
use crate::token::Token;
use libbpf_ffi as ffi;
use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd};

/// A map without an object: `struct bpf_map_create_opts`.
///
/// ```no_run
/// use libbpf_safe::map::{CreateFlags, CreateOptions, HashMap, MapType, UpdateFlag};
///
/// let map = CreateOptions::new(MapType::HASH, 4, 8, 1000)
///     .name("ports")
///     .flags(CreateFlags::NO_PREALLOC)
///     .create()?;
/// let ports: HashMap<u32, u64> = map.try_into()?;
/// ports.update(&443, &1, UpdateFlag::Any)?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
///
/// struct_ops maps come with their objects.
#[derive(Debug, Clone)]
#[must_use = "it creates nothing by itself"]
#[doc(alias = "bpf_map_create_opts")]
pub struct CreateOptions<'a> {
    map_type: MapType,
    key_size: u32,
    value_size: u32,
    max_entries: u32,
    name: Option<&'a str>,
    flags: CreateFlags,
    extra: u64,
    numa_node: Option<u32>,
    ifindex: u32,
    inner_map: Option<&'a Map>,
    btf: Option<(BorrowedFd<'a>, TypeId, TypeId)>,
    token: Option<&'a Token>,
    exclusive_program: Option<[u8; 32]>,
}

impl<'a> CreateOptions<'a> {
    /// A map of this type, with keys and values of so many bytes, and room for so many elements. Types that have no
    /// keys, values or number of elements want 0 for them.
    pub fn new(map_type: MapType, key_size: u32, value_size: u32, max_entries: u32) -> Self {
        CreateOptions {
            map_type,
            key_size,
            value_size,
            max_entries,
            name: None,
            flags: CreateFlags::NONE,
            extra: 0,
            numa_node: None,
            ifindex: 0,
            inner_map: None,
            btf: None,
            token: None,
            exclusive_program: None,
        }
    }

    /// The name, of which the kernel keeps 15 bytes: letters, digits, `_` and `.`. Since Linux 4.15.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// What it is created with.
    #[doc(alias = "map_flags")]
    pub fn flags(mut self, flags: CreateFlags) -> Self {
        self.flags = flags;
        self
    }

    /// What some types take beside flags, such as the number of hash functions of a bloom filter. Since Linux 5.16.
    #[doc(alias = "map_extra")]
    pub fn extra(mut self, extra: u64) -> Self {
        self.extra = extra;
        self
    }

    /// The node that its memory comes from. Since Linux 4.14.
    #[doc(alias = "BPF_F_NUMA_NODE")]
    pub fn numa_node(mut self, node: u32) -> Self {
        self.numa_node = Some(node);
        self
    }

    /// The network device that it is offloaded to. Since Linux 4.16.
    #[doc(alias = "map_ifindex")]
    pub fn ifindex(mut self, device: u32) -> Self {
        self.ifindex = device;
        self
    }

    /// What the maps in this map of maps are like. Since Linux 4.12.
    #[doc(alias = "inner_map_fd")]
    pub fn inner_map(mut self, like: &'a Map) -> Self {
        self.inner_map = Some(like);
        self
    }

    /// The types of keys and values, in a BTF that is in the kernel: spin locks, timers and pointers in values need it.
    /// Since Linux 4.18.
    #[doc(alias = "btf_fd")]
    #[doc(alias = "btf_key_type_id")]
    #[doc(alias = "btf_value_type_id")]
    pub fn types(mut self, btf: BorrowedFd<'a>, key: TypeId, value: TypeId) -> Self {
        self.btf = Some((btf, key, value));
        self
    }

    /// Creates it by the rights that were delegated. Since Linux 6.9.
    #[doc(alias = "token_fd")]
    pub fn token(mut self, token: &'a Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Lets only the program use it whose instructions have this SHA-256. Since Linux 6.18.
    #[doc(alias = "excl_prog_hash")]
    pub fn exclusive_program(mut self, sha_256: [u8; 32]) -> Self {
        self.exclusive_program = Some(sha_256);
        self
    }

    /// Creates the map. It goes with the last handle, unless it is pinned or used.
    ///
    /// # Errors
    ///
    /// The kernel does not know the type, or refuses sizes or flags for it; or the caller lacks `CAP_BPF`.
    #[doc(alias = "bpf_map_create")]
    pub fn create(&self) -> Result<Map> {
        let shown = self.name.unwrap_or("(without a name)");
        let operation = format!("create map `{shown}` of the type {}", self.map_type);
        let name = self.name.map(CString::new).transpose().map_err(|_| {
            let reason = "the name has a NUL inside".into();
            Error::new(&*operation, ErrorKind::InvalidInput { reason })
        })?;
        let node_flag = self.numa_node.map_or(0, |_| ffi::BPF_F_NUMA_NODE);
        let map = MapCreate {
            map_type: self.map_type.0,
            name: name.as_deref(),
            key_size: self.key_size,
            value_size: self.value_size,
            max_entries: self.max_entries,
            flags: self.flags.bits() | node_flag,
            extra: self.extra,
            numa_node: self.numa_node.unwrap_or_default(),
            ifindex: self.ifindex,
            inner_map: self.inner_map.map(Map::as_fd),
            btf: self.btf.map(|(btf, key, value)| (btf, key.0, value.0)),
            token: self.token.map(Token::as_fd),
            exclusive_program: self.exclusive_program.as_ref(),
        };
        let fd = create_map(&map).map_err(|errno| {
            let error = Error::system(&*operation, errno).with_privileges();
            match errno.0 {
                libc::EINVAL => error.with_hint(
                    "the kernel does not know the type, or refuses these sizes, names or flags for it",
                ),
                _ => error,
            }
        })?;
        Map::from_fd(fd, self.name)
    }
}
