use crate::flags::flags;
use libbpf_ffi as ffi;

/// What a program is loaded with: `BPF_F_…` of `BPF_PROG_LOAD`.
///
/// ```
/// use libbpf_safe::program::ProgramFlags;
///
/// let flags = ProgramFlags::SLEEPABLE | ProgramFlags::STRICT_ALIGNMENT;
/// assert!(flags.contains(ProgramFlags::SLEEPABLE));
/// assert_eq!(flags.bits(), 16 | 1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ProgramFlags(u32);

impl ProgramFlags {
    /// Packets are read at addresses that are multiples of the size, also on machines that read any. Since Linux 4.12.
    #[doc(alias = "BPF_F_STRICT_ALIGNMENT")]
    pub const STRICT_ALIGNMENT: ProgramFlags = ProgramFlags(ffi::BPF_F_STRICT_ALIGNMENT);
    /// Packets may be read at any address, also on machines that cannot: for programs that are only verified. Since Linux 5.0.
    #[doc(alias = "BPF_F_ANY_ALIGNMENT")]
    pub const ANY_ALIGNMENT: ProgramFlags = ProgramFlags(ffi::BPF_F_ANY_ALIGNMENT);
    /// The upper halves of registers that the verifier takes for unused get random values: for tests of the verifier. Since Linux 5.3.
    #[doc(alias = "BPF_F_TEST_RND_HI32")]
    pub const RANDOM_HIGH_HALVES: ProgramFlags = ProgramFlags(ffi::BPF_F_TEST_RND_HI32);
    /// The verifier keeps a state at every instruction: for tests of the verifier. Since Linux 5.4.
    #[doc(alias = "BPF_F_TEST_STATE_FREQ")]
    pub const FREQUENT_STATES: ProgramFlags = ProgramFlags(ffi::BPF_F_TEST_STATE_FREQ);
    /// The program may sleep, and call helpers that do. `.s` in its section name sets it. Since Linux 5.10.
    #[doc(alias = "BPF_F_SLEEPABLE")]
    pub const SLEEPABLE: ProgramFlags = ProgramFlags(ffi::BPF_F_SLEEPABLE);
    /// The XDP program takes packets of several fragments. `xdp.frags` sets it. Since Linux 5.18.
    #[doc(alias = "BPF_F_XDP_HAS_FRAGS")]
    pub const XDP_FRAGMENTS: ProgramFlags = ProgramFlags(ffi::BPF_F_XDP_HAS_FRAGS);
    /// The XDP program is for one device, whose metadata it may ask for, and runs on the CPU. Since Linux 6.3.
    #[doc(alias = "BPF_F_XDP_DEV_BOUND_ONLY")]
    pub const XDP_DEVICE_BOUND: ProgramFlags = ProgramFlags(ffi::BPF_F_XDP_DEV_BOUND_ONLY);
    /// The verifier rejects the program where it contradicts itself: for tests of the verifier. Since Linux 6.8.
    #[doc(alias = "BPF_F_TEST_REG_INVARIANTS")]
    pub const CHECK_BOUNDS: ProgramFlags = ProgramFlags(ffi::BPF_F_TEST_REG_INVARIANTS);
}

flags!(ProgramFlags);
