//! What the kernel's BTF tells of what it can do.

use super::KernelBtf;
use crate::btf::{Btf, Kind};

impl KernelBtf {
    /// Whether an enum of the kernel's has a constant of this name, such as `BPF_TOKEN_CREATE` (a command),
    /// `BPF_LINK_TYPE_UPROBE_MULTI`, `BPF_TRACE_KPROBE_SESSION` (a place to attach to) or `BPF_F_SEGV_ON_FAULT`.
    ///
    /// ```no_run
    /// use libbpf_safe::btf::KernelBtf;
    ///
    /// let kernel = KernelBtf::running()?;
    /// println!("links of struct_ops maps: {}", kernel.has_constant("BPF_LINK_TYPE_STRUCT_OPS"));
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// It reads all enums: keep the answer.
    pub fn has_constant(&self, name: &str) -> bool {
        self.constant(name).is_some()
    }

    /// Whether the kernel, or a module that is loaded, has a function of this name. Those that programs may call
    /// (kfuncs) are among them; whether a program of some type may, the verifier says.
    pub fn has_function(&self, name: &str) -> bool {
        self.all()
            .any(|btf| btf.find(name, Kind::Function).is_some())
    }

    /// Whether the kernel, or a module that is loaded, takes struct_ops maps of this type, such as `sched_ext_ops`.
    pub fn has_struct_ops_type(&self, name: &str) -> bool {
        self.struct_ops_type(name).is_some()
    }

    fn all(&self) -> impl Iterator<Item = &Btf> {
        std::iter::once(self.vmlinux()).chain(self.modules())
    }
}
