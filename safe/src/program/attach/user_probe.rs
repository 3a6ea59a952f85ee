use super::super::Program;
use super::{ProbeMode, ProbeMultiOptions, as_c_strs};
use crate::error::Result;
use crate::link::Link;
use crate::object::c_path;
use crate::raw::attach as raw;
use std::path::Path;

/// Which processes a probe in user space is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// All of them, also those to come.
    Any,
    /// This one.
    Own,
    /// The one of this id.
    Id(u32),
}

/// Where in a file to attach, and how: `struct bpf_uprobe_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_uprobe_opts")]
pub struct UprobeOptions<'a> {
    /// The function's name, perhaps with a version: `malloc`, `memcpy@GLIBC_2.14`.
    pub function: Option<&'a str>,
    /// In bytes, from the function's start, or from the file's where there is no function.
    pub offset: usize,
    /// Where in the file the counter is that says whether somebody looks, in bytes; 0 for none.
    pub reference_counter_offset: usize,
    /// When the function returns, not when it is entered.
    pub on_return: bool,
    /// What the program gets from `bpf_get_attach_cookie`. Other than 0 since Linux 5.15.
    pub cookie: u64,
    /// By which way.
    pub mode: ProbeMode,
}

/// Which functions of a file.
#[derive(Debug, Clone, Copy)]
pub enum UprobeMulti<'a> {
    /// All whose names match, with `*` and `?`.
    Pattern(&'a str),
    /// By name.
    Functions(&'a [&'a str]),
    /// By offset in the file, in bytes, with the offsets of their reference counters, or none of these.
    Offsets(&'a [u64], &'a [u64]),
}

/// How to attach to a USDT probe: `struct bpf_usdt_opts`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "bpf_usdt_opts")]
pub struct UsdtOptions {
    /// What the program gets from `bpf_usdt_cookie`.
    pub cookie: u64,
}

impl Process {
    /// As libbpf numbers them.
    fn to_c(self, program: &Program) -> Result<i32> {
        match self {
            Process::Any => Ok(-1),
            Process::Own => Ok(0),
            Process::Id(id) => i32::try_from(id)
                .ok()
                .filter(|&id| id > 0)
                .ok_or_else(|| program.invalid(format!("{id} is no id of a process"))),
        }
    }
}

/// Programs at functions of user space.
impl Program {
    /// Attaches to a function of an executable or a library; a library may be named without its folder.
    ///
    /// Since Linux 4.1.
    ///
    /// # Errors
    ///
    /// There is no such file, function or process, the program is of another type, or the kernel has no
    /// uprobes.
    #[doc(alias = "bpf_program__attach_uprobe")]
    #[doc(alias = "bpf_program__attach_uprobe_opts")]
    pub fn attach_uprobe(
        &self,
        process: Process,
        file: impl AsRef<Path>,
        options: &UprobeOptions<'_>,
    ) -> Result<Link> {
        let process = process.to_c(self)?;
        let file = c_path(&self.cannot("attach"), file.as_ref())?;
        let function = options
            .function
            .map(|name| self.name_for_c("function", name))
            .transpose()?;
        let options = raw::Uprobe {
            function: function.as_deref(),
            offset: options.offset,
            reference_counter: options.reference_counter_offset,
            on_return: options.on_return,
            cookie: options.cookie,
            mode: options.mode.to_c(),
        };
        self.attach_with(|program| program.uprobe(process, &file, &options))
    }

    /// Attaches to many functions of an executable or a library at once. Where the functions are given by name,
    /// the file is, with its folder.
    ///
    /// Since Linux 6.6.
    ///
    /// # Errors
    ///
    /// There is no such file or process, no function matches, lists are not of one length, the program's
    /// section is no `uprobe.multi`, or the kernel has none.
    #[doc(alias = "bpf_program__attach_uprobe_multi")]
    pub fn attach_uprobe_multi(
        &self,
        process: Process,
        file: impl AsRef<Path>,
        functions: UprobeMulti<'_>,
        options: &ProbeMultiOptions<'_>,
    ) -> Result<Link> {
        let process = process.to_c(self)?;
        let file = c_path(&self.cannot("attach"), file.as_ref())?;
        let mut multi = raw::UprobeMulti {
            cookies: options.cookies,
            on_return: options.on_return,
            session: options.session,
            ..raw::UprobeMulti::default()
        };
        match functions {
            UprobeMulti::Pattern(pattern) => {
                self.check_list("cookies", options.cookies.len(), 0)?;
                let pattern = self.name_for_c("pattern", pattern)?;
                multi.pattern = Some(&pattern);
                self.attach_with(|program| program.uprobe_multi(process, &file, &multi))
            }
            UprobeMulti::Functions(names) => {
                self.check_list("cookies", options.cookies.len(), names.len())?;
                let names = self.names_for_c("function", names)?;
                let names = as_c_strs(&names);
                multi.symbols = &names;
                self.attach_with(|program| program.uprobe_multi(process, &file, &multi))
                    .map_err(|error| match error.raw_os_error() {
                        // libbpf 1.7 forgets what it has found where there is no symbol table.
                        Some(libc::ENOENT) => error.with_hint(
                            "give the file with its folder; in one that is stripped, functions are found by \
                             pattern or offset only",
                        ),
                        _ => error,
                    })
            }
            UprobeMulti::Offsets(offsets, counters) => {
                self.check_list("cookies", options.cookies.len(), offsets.len())?;
                self.check_list("reference counters", counters.len(), offsets.len())?;
                multi.offsets = offsets;
                multi.reference_counters = counters;
                self.attach_with(|program| program.uprobe_multi(process, &file, &multi))
            }
        }
    }

    /// Attaches to the USDT probe of this provider and name in an executable or a library.
    ///
    /// Since Linux 4.20.
    ///
    /// # Errors
    ///
    /// There is no such file, probe or process, or the program's section is no `usdt`.
    #[doc(alias = "bpf_program__attach_usdt")]
    pub fn attach_usdt(
        &self,
        process: Process,
        file: impl AsRef<Path>,
        provider: &str,
        name: &str,
        options: &UsdtOptions,
    ) -> Result<Link> {
        let process = process.to_c(self)?;
        let file = c_path(&self.cannot("attach"), file.as_ref())?;
        let provider = self.name_for_c("provider", provider)?;
        let name = self.name_for_c("probe", name)?;
        self.attach_with(|program| program.usdt(process, &file, &provider, &name, options.cookie))
    }
}
