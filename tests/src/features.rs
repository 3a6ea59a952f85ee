//! What single tests need of the kernel, beside the permission to load.

use crate::net::DevicePair;
use crate::skeletons::{FUNCTIONS, KERNEL_FUNCTIONS, inode_storage};
use crate::tracefs;
use libbpf_safe::OpenObject;
use libbpf_safe::btf::{Btf, Kind};
use libbpf_safe::program::TestRun;
use libbpf_safe::program::attach::{TcHook, TcPoint};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Something that not every kernel has. A test that needs it is ignored, and counted so, where it is missing;
/// `scripts/kernel-tests` fails where a test was ignored on each of its kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// This release of Linux, or a newer one.
    Linux(u32, u32),
    /// A type of struct_ops in the kernel's own BTF, such as `sched_ext_ops`.
    StructOps(&'static str),
    /// Maps of the type that the skeleton `inode_storage` has: they go with the BPF LSM, which may be active and
    /// forbidden all the same.
    InodeStorage,
    /// A kernel module.
    Module(&'static str),
    /// Programs that write to streams, and memory for what they write: there are kernels since Linux 6.17 that have
    /// none for it.
    Streams,
    /// That this program of `kernel_functions` is loaded and attached where its section says.
    Attaches(&'static str),
    /// Pairs of network devices of this kind.
    Devices(&'static str),
    /// The queueing discipline that classic filters are attached to.
    Clsact,
}

/// Maps in `.struct_ops.link`.
pub const STRUCT_OPS_LINKS: Feature = Feature::Linux(6, 4);

/// Programs that say which struct_ops map they belong to.
pub const ASSOCIATIONS: Feature = Feature::Linux(7, 0);

impl Feature {
    /// Whether kernels have it as a module, if at all: guests have no modules but the tests' own, and a test that none of
    /// them can run is not theirs.
    pub fn is_module(self) -> bool {
        matches!(self, Feature::Devices("veth") | Feature::Clsact)
    }

    /// Whether this kernel has it.
    pub fn is_there(self) -> bool {
        match self {
            Feature::Linux(major, minor) => running_release() >= (major, minor),
            Feature::StructOps(name) => has_struct_ops(name),
            Feature::InodeStorage => {
                let open = inode_storage::OpenSkeleton::open();
                open.is_ok_and(|open| open.load().is_ok())
            }
            Feature::Streams => speaks(),
            Feature::Module(name) => Path::new("/sys/module").join(name).exists(),
            Feature::Attaches(program) => attaches(program),
            Feature::Devices(kind) => DevicePair::new(kind).is_ok(),
            Feature::Clsact => has_clsact(),
        }
    }
}

impl std::fmt::Display for Feature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Feature::Linux(major, minor) => write!(f, "Linux {major}.{minor}"),
            Feature::StructOps(name) => write!(f, "a kernel with `{name}`"),
            Feature::InodeStorage => write!(f, "a kernel with storage of inodes"),
            Feature::Streams => write!(f, "a kernel with streams of programs"),
            Feature::Module(name) => write!(f, "the kernel module `{name}`"),
            Feature::Attaches(program) => write!(f, "a kernel that attaches `{program}`"),
            Feature::Devices(kind) => write!(f, "a kernel with devices of the kind `{kind}`"),
            Feature::Clsact => write!(f, "a kernel with the queueing discipline `clsact`"),
        }
    }
}

fn speaks() -> bool {
    let mut open = OpenObject::from_bytes("functions", FUNCTIONS).unwrap();
    open.program_mut("speak").unwrap().set_autoload(true);
    let run = open.load().and_then(|object| {
        let program = object.program("speak")?;
        program.test_run(TestRun::new())
    });
    run.is_ok_and(|result| result.return_value == 0)
}

fn has_clsact() -> bool {
    let loopback = crate::net::loopback();
    let hook = TcHook::new(loopback, TcPoint::Ingress);
    hook.create().is_ok_and(|()| hook.destroy().is_ok())
}

fn attaches(program: &str) -> bool {
    tracefs::mount();
    let attach = || {
        let mut open = OpenObject::from_bytes("kernel_functions", KERNEL_FUNCTIONS)?;
        for mut other in open.programs() {
            let wanted = other.name() == program;
            other.set_autoload(wanted);
        }
        open.load()?.program(program)?.attach()
    };
    attach().is_ok()
}

/// The running kernel's release, as far as it can be compared.
pub fn running_release() -> (u32, u32) {
    let text = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = text
        .split(|character: char| !character.is_ascii_digit())
        .map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

fn has_struct_ops(name: &str) -> bool {
    static BTF: OnceLock<Option<Btf>> = OnceLock::new();
    let btf = BTF.get_or_init(|| Btf::from_kernel().ok());
    let wrapper = format!("bpf_struct_ops_{name}");
    btf.as_ref()
        .is_some_and(|btf| btf.find(&wrapper, Kind::Struct).is_some())
}
