use super::super::Program;
use super::as_c_strs;
use crate::error::Result;
use crate::link::Link;
use crate::raw::attach as raw;
use libbpf_ffi as ffi;

/// By which of the kernel's ways a single probe is attached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "probe_attach_mode")]
pub enum ProbeMode {
    /// The newest that this kernel has.
    #[default]
    #[doc(alias = "PROBE_ATTACH_MODE_DEFAULT")]
    Newest,
    /// A link. Since Linux 5.15.
    #[doc(alias = "PROBE_ATTACH_MODE_LINK")]
    Link,
    /// A perf event, without a link: the kernel knows the attachment by its descriptor only. Since Linux 4.17.
    #[doc(alias = "PROBE_ATTACH_MODE_PERF")]
    PerfEvent,
    /// A line in a file of tracefs, and a perf event of what that makes.
    #[doc(alias = "PROBE_ATTACH_MODE_LEGACY")]
    Tracefs,
}

impl ProbeMode {
    pub(super) fn to_c(self) -> ffi::probe_attach_mode {
        match self {
            ProbeMode::Newest => ffi::PROBE_ATTACH_MODE_DEFAULT,
            ProbeMode::Link => ffi::PROBE_ATTACH_MODE_LINK,
            ProbeMode::PerfEvent => ffi::PROBE_ATTACH_MODE_PERF,
            ProbeMode::Tracefs => ffi::PROBE_ATTACH_MODE_LEGACY,
        }
    }
}

/// How to attach to a kernel function: `struct bpf_kprobe_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_kprobe_opts")]
pub struct KprobeOptions {
    /// In bytes from the function's start; 0 is its entry.
    pub offset: usize,
    /// When the function returns, not when it is entered.
    pub on_return: bool,
    /// What the program gets from `bpf_get_attach_cookie`. Other than 0 since Linux 5.15.
    pub cookie: u64,
    /// By which way.
    pub mode: ProbeMode,
}

/// How to attach to a system call: `struct bpf_ksyscall_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_ksyscall_opts")]
pub struct KsyscallOptions {
    /// When the system call returns, not when it is entered.
    pub on_return: bool,
    /// What the program gets from `bpf_get_attach_cookie`. Other than 0 since Linux 5.15.
    pub cookie: u64,
}

/// Which kernel functions.
#[derive(Debug, Clone, Copy)]
pub enum KprobeMulti<'a> {
    /// All whose names match, with `*` and `?`.
    Pattern(&'a str),
    /// The one whose name matches: an error where there are several, also of one name.
    Unique(&'a str),
    /// By name.
    Functions(&'a [&'a str]),
    /// By address.
    Addresses(&'a [u64]),
}

/// How to attach to many functions at once.
#[derive(Debug, Clone, Copy, Default)]
#[doc(alias = "bpf_kprobe_multi_opts")]
#[doc(alias = "bpf_uprobe_multi_opts")]
pub struct ProbeMultiOptions<'a> {
    /// What the program gets from `bpf_get_attach_cookie`, for each function; or empty. Not with a pattern.
    pub cookies: &'a [u64],
    /// When the functions return, not when they are entered.
    pub on_return: bool,
    /// At both, with the program saying at the entry whether it wants the return. Since Linux 6.10, and 6.13 for
    /// user space.
    pub session: bool,
}

/// Programs at kernel functions.
impl Program {
    /// Attaches to a kernel function.
    ///
    /// Since Linux 4.1.
    ///
    /// # Errors
    ///
    /// There is no such function, it cannot be probed, the program is of another type, or the kernel has no
    /// kprobes.
    #[doc(alias = "bpf_program__attach_kprobe")]
    #[doc(alias = "bpf_program__attach_kprobe_opts")]
    pub fn attach_kprobe(&self, function: &str, options: &KprobeOptions) -> Result<Link> {
        let function = self.name_for_c("function", function)?;
        let options = raw::Kprobe {
            offset: options.offset,
            on_return: options.on_return,
            cookie: options.cookie,
            mode: options.mode.to_c(),
        };
        self.attach_with(|program| program.kprobe(&function, &options))
    }

    /// Attaches to many kernel functions at once.
    ///
    /// Since Linux 5.18.
    ///
    /// # Errors
    ///
    /// No function matches, there are not as many cookies as functions, the program's section is no
    /// `kprobe.multi`, or the kernel has none.
    #[doc(alias = "bpf_program__attach_kprobe_multi_opts")]
    pub fn attach_kprobe_multi(
        &self,
        functions: KprobeMulti<'_>,
        options: &ProbeMultiOptions<'_>,
    ) -> Result<Link> {
        let mut multi = raw::KprobeMulti {
            cookies: options.cookies,
            on_return: options.on_return,
            session: options.session,
            ..raw::KprobeMulti::default()
        };
        match functions {
            KprobeMulti::Pattern(pattern) | KprobeMulti::Unique(pattern) => {
                self.check_list("cookies", options.cookies.len(), 0)?;
                let pattern = self.name_for_c("pattern", pattern)?;
                multi.pattern = Some(&pattern);
                multi.unique_match = matches!(functions, KprobeMulti::Unique(_));
                self.attach_with(|program| program.kprobe_multi(&multi))
            }
            KprobeMulti::Functions(names) => {
                self.check_list("cookies", options.cookies.len(), names.len())?;
                let names = self.names_for_c("function", names)?;
                let names = as_c_strs(&names);
                multi.symbols = &names;
                self.attach_with(|program| program.kprobe_multi(&multi))
            }
            KprobeMulti::Addresses(addresses) => {
                self.check_list("cookies", options.cookies.len(), addresses.len())?;
                multi.addresses = addresses;
                self.attach_with(|program| program.kprobe_multi(&multi))
            }
        }
    }

    /// Attaches to a system call by its name, such as `openat`: to the kernel function that this machine has
    /// for it.
    ///
    /// Since Linux 4.17.
    ///
    /// # Errors
    ///
    /// There is no such system call, or the kernel has no kprobes.
    #[doc(alias = "bpf_program__attach_ksyscall")]
    pub fn attach_ksyscall(&self, name: &str, options: &KsyscallOptions) -> Result<Link> {
        let name = self.name_for_c("system call", name)?;
        self.attach_with(|program| program.ksyscall(&name, options.on_return, options.cookie))
    }
}
