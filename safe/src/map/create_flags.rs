use crate::flags::flags;
use libbpf_ffi as ffi;

/// What a map is created with: `BPF_F_…` of `BPF_MAP_CREATE`. Updates take an
/// [`UpdateFlag`](super::UpdateFlag), which is another type.
///
/// ```
/// use libbpf_safe::map::CreateFlags;
///
/// let flags = CreateFlags::NO_PREALLOC | CreateFlags::READ_ONLY;
/// assert!(flags.contains(CreateFlags::NO_PREALLOC));
/// assert_eq!(flags.bits(), 1 | 8);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CreateFlags(u32);

impl CreateFlags {
    /// Memory for an element is taken when it comes. Hash maps; tries and storage want it. Since Linux 4.6.
    #[doc(alias = "BPF_F_NO_PREALLOC")]
    pub const NO_PREALLOC: CreateFlags = CreateFlags(ffi::BPF_F_NO_PREALLOC);
    /// Each CPU has a list of its own of what was used least recently. Since Linux 4.10.
    #[doc(alias = "BPF_F_NO_COMMON_LRU")]
    pub const NO_COMMON_LRU: CreateFlags = CreateFlags(ffi::BPF_F_NO_COMMON_LRU);
    /// The object's descriptor of the map, and with it all handles, do not write. It is no property of the map:
    /// [`Map::from_id`](super::Map::from_id) opens it for writing. Since Linux 4.15.
    #[doc(alias = "BPF_F_RDONLY")]
    pub const READ_ONLY: CreateFlags = CreateFlags(ffi::BPF_F_RDONLY);
    /// The object's descriptor of the map, and with it all handles, do not read. Since Linux 4.15.
    #[doc(alias = "BPF_F_WRONLY")]
    pub const WRITE_ONLY: CreateFlags = CreateFlags(ffi::BPF_F_WRONLY);
    /// Stacks are build ids and offsets in place of addresses. Since Linux 4.17.
    #[doc(alias = "BPF_F_STACK_BUILD_ID")]
    pub const STACK_BUILD_ID: CreateFlags = CreateFlags(ffi::BPF_F_STACK_BUILD_ID);
    /// Hashes have no random seed: for tests only. Since Linux 5.0.
    #[doc(alias = "BPF_F_ZERO_SEED")]
    pub const ZERO_SEED: CreateFlags = CreateFlags(ffi::BPF_F_ZERO_SEED);
    /// BPF programs do not write. Since Linux 5.2.
    #[doc(alias = "BPF_F_RDONLY_PROG")]
    pub const PROGRAMS_READ_ONLY: CreateFlags = CreateFlags(ffi::BPF_F_RDONLY_PROG);
    /// BPF programs do not read. Since Linux 5.2.
    #[doc(alias = "BPF_F_WRONLY_PROG")]
    pub const PROGRAMS_WRITE_ONLY: CreateFlags = CreateFlags(ffi::BPF_F_WRONLY_PROG);
    /// A new socket gets a copy of its listener's storage. Since Linux 5.4.
    #[doc(alias = "BPF_F_CLONE")]
    pub const CLONE: CreateFlags = CreateFlags(ffi::BPF_F_CLONE);
    /// User space can map an array. Since Linux 5.5.
    #[doc(alias = "BPF_F_MMAPABLE")]
    pub const MMAPABLE: CreateFlags = CreateFlags(ffi::BPF_F_MMAPABLE);
    /// Perf events stay when the descriptor that put them in is closed. Since Linux 5.11.
    #[doc(alias = "BPF_F_PRESERVE_ELEMS")]
    pub const PRESERVE_ELEMENTS: CreateFlags = CreateFlags(ffi::BPF_F_PRESERVE_ELEMS);
    /// Arrays in a map of maps may differ in length. Since Linux 5.10.
    #[doc(alias = "BPF_F_INNER_MAP")]
    pub const INNER_MAP: CreateFlags = CreateFlags(ffi::BPF_F_INNER_MAP);
}

flags!(CreateFlags);
