use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::fmt;

/// The type of a program: `enum bpf_prog_type`, also of a kernel that is newer than this library.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "bpf_prog_type")]
pub struct ProgramType(pub u32);

impl ProgramType {
    /// Callbacks of a struct_ops map.
    pub const STRUCT_OPS: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_STRUCT_OPS);
    /// Programs of raw tracepoints.
    pub const RAW_TRACEPOINT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_RAW_TRACEPOINT);
    /// Programs at tracepoints.
    pub const TRACEPOINT: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_TRACEPOINT);
    /// Programs that user space runs, with [`test_run`](super::Program::test_run).
    pub const SYSCALL: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_SYSCALL);
    /// Programs at the driver's receive path.
    pub const XDP: ProgramType = ProgramType(ffi::BPF_PROG_TYPE_XDP);

    /// libbpf's name, such as `struct_ops`; `None` for a type that it does not know.
    #[doc(alias = "libbpf_bpf_prog_type_str")]
    #[allow(unsafe_code)]
    pub fn name(self) -> Option<&'static str> {
        // SAFETY: libbpf_bpf_prog_type_str takes any number.
        let name = unsafe { ffi::libbpf_bpf_prog_type_str(self.0) };
        if name.is_null() {
            return None;
        }
        // SAFETY: libbpf_bpf_prog_type_str returns NULL or a string constant.
        unsafe { CStr::from_ptr(name) }.to_str().ok()
    }
}

impl fmt::Display for ProgramType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "program type {}", self.0),
        }
    }
}

impl fmt::Debug for ProgramType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
