use super::super::Program;
use crate::error::Result;
use crate::link::Link;

/// Programs at tracepoints, at the entry and exit of kernel functions, at LSM hooks; in the place of functions.
impl Program {
    /// Attaches to a tracepoint, such as `("sched", "sched_switch")`. The cookie is what the program gets
    /// from `bpf_get_attach_cookie`.
    ///
    /// Since Linux 4.7; cookies other than 0 since 5.15.
    ///
    /// # Errors
    ///
    /// There is no such tracepoint, tracefs is not mounted, or the program is of another type.
    #[doc(alias = "bpf_program__attach_tracepoint")]
    #[doc(alias = "bpf_program__attach_tracepoint_opts")]
    pub fn attach_tracepoint(&self, category: &str, name: &str, cookie: u64) -> Result<Link> {
        let category = self.name_for_c("category", category)?;
        let name = self.name_for_c("tracepoint", name)?;
        self.attach_with(|program| program.tracepoint(&category, &name, cookie))
    }

    /// Attaches to a raw tracepoint, such as `sys_enter`. The cookie is what the program gets from
    /// `bpf_get_attach_cookie`.
    ///
    /// Since Linux 4.17; cookies other than 0 since 6.10.
    ///
    /// # Errors
    ///
    /// There is no such tracepoint, or the program is of another type.
    #[doc(alias = "bpf_program__attach_raw_tracepoint")]
    #[doc(alias = "bpf_program__attach_raw_tracepoint_opts")]
    #[doc(alias = "bpf_raw_tracepoint_open")]
    #[doc(alias = "bpf_raw_tracepoint_open_opts")]
    pub fn attach_raw_tracepoint(&self, name: &str, cookie: u64) -> Result<Link> {
        let name = self.name_for_c("tracepoint", name)?;
        self.attach_with(|program| program.raw_tracepoint(&name, cookie))
    }

    /// Attaches where its section named a kernel function or a typed tracepoint at load: `fentry`, `fexit`,
    /// `fmod_ret`, `fsession`, `tp_btf`; or a function of another program, which
    /// [`set_attach_target`](crate::OpenProgram::set_attach_target) named. The cookie is what the program gets from `bpf_get_attach_cookie`.
    ///
    /// Since Linux 5.5; cookies other than 0 since 5.19.
    ///
    /// # Errors
    ///
    /// The program is of another type, or the kernel does not trace functions.
    #[doc(alias = "bpf_program__attach_trace")]
    #[doc(alias = "bpf_program__attach_trace_opts")]
    pub fn attach_trace(&self, cookie: u64) -> Result<Link> {
        self.attach_with(|program| program.trace(cookie))
    }

    /// Attaches to the LSM hook that its section named at load.
    ///
    /// Since Linux 5.7, with BPF among the active security modules.
    ///
    /// # Errors
    ///
    /// The program is of another type, or BPF is no active security module.
    #[doc(alias = "bpf_program__attach_lsm")]
    pub fn attach_lsm(&self) -> Result<Link> {
        self.attach_with(|program| program.lsm())
    }

    /// Puts the program, of type `ext`, in the place of a function of another program. The function is global
    /// and takes the same arguments.
    ///
    /// Since Linux 5.6.
    ///
    /// # Errors
    ///
    /// The target was not loaded, or has no such function, or the kernel does not trace functions.
    #[doc(alias = "bpf_program__attach_freplace")]
    pub fn attach_freplace(&self, target: &Program, function: &str) -> Result<Link> {
        let function = self.name_for_c("function", function)?;
        let target = target.fd()?;
        self.attach_with(|program| program.freplace(target, &function))
    }
}
