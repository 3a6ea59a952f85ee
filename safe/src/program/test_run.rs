#![allow(unsafe_code)]

use super::{Program, ProgramType};
use crate::error::{Error, ErrorKind, Result};
use crate::raw::test_run;
use std::time::Duration;

/// What a program is run with, by [`Program::test_run`].
///
/// Which of it a program's type takes is the kernel's affair: packets are data, a `struct __sk_buff`, a
/// `struct xdp_md` or the arguments of a syscall program are context.
///
/// ```no_run
/// use libbpf_safe::program::TestRun;
/// # fn filter() -> libbpf_safe::Result<libbpf_safe::Program> { unimplemented!() }
///
/// let packet = [0; 64];
/// let result = filter()?.test_run(TestRun::new().data(&packet).repeat(1000))?;
/// println!("{} in {:?}", result.return_value, result.duration);
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it runs nothing by itself"]
#[doc(alias = "bpf_test_run_opts")]
pub struct TestRun<'a> {
    data: Option<&'a [u8]>,
    context: Option<&'a [u8]>,
    data_out: Option<usize>,
    context_out: Option<usize>,
    repeat: u32,
    cpu: Option<u32>,
}

impl<'a> TestRun<'a> {
    /// Once, without data or context.
    pub fn new() -> Self {
        TestRun::default()
    }

    /// The packet. Network programs want at least an Ethernet header, 14 bytes.
    #[doc(alias = "data_in")]
    pub fn data(mut self, data: &'a [u8]) -> Self {
        self.data = Some(data);
        self
    }

    /// The context, in the layout that programs see.
    #[doc(alias = "ctx_in")]
    pub fn context(mut self, context: &'a [u8]) -> Self {
        self.context = Some(context);
        self
    }

    /// Asks for the packet as the program left it: up to `capacity` bytes.
    pub fn data_out(mut self, capacity: usize) -> Self {
        self.data_out = Some(capacity);
        self
    }

    /// Asks for the context as the program left it: up to `capacity` bytes. A syscall program's comes
    /// without asking.
    #[doc(alias = "ctx_out")]
    pub fn context_out(mut self, capacity: usize) -> Self {
        self.context_out = Some(capacity);
        self
    }

    /// How often to run the program; once, where this is not called. Syscall programs and raw tracepoints
    /// run once only.
    pub fn repeat(mut self, times: u32) -> Self {
        self.repeat = times;
        self
    }

    /// Runs a raw tracepoint program on this CPU.
    #[doc(alias = "BPF_F_TEST_RUN_ON_CPU")]
    pub fn on_cpu(mut self, cpu: u32) -> Self {
        self.cpu = Some(cpu);
        self
    }
}

/// What a program did in a [test run](Program::test_run).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestRunResult {
    /// What the program returned, in the last run.
    pub return_value: u32,
    /// How long one run took on average; zero for types of programs that are not measured.
    pub duration: Duration,
    /// The packet after the last run, where [`TestRun::data_out`] asked for it.
    pub data: Vec<u8>,
    /// The context after the last run, where [`TestRun::context_out`] asked for it, or the program is a
    /// syscall program.
    pub context: Vec<u8>,
}

impl Program {
    /// Runs the program once, or as often as [`TestRun::repeat`] says, in this thread.
    ///
    /// Since Linux 4.12 for network programs, 5.10 for raw tracepoints, 5.14 for syscall programs.
    ///
    /// # Errors
    ///
    /// The program was not loaded, is a struct_ops program, its type has no test runs, it does not take
    /// what was given, or `data_out` has too little room: the hint then says how much it takes.
    #[doc(alias = "bpf_prog_test_run_opts")]
    pub fn test_run(&self, run: TestRun<'_>) -> Result<TestRunResult> {
        let fd = self.fd_for("test")?;
        if self.program_type() == ProgramType::STRUCT_OPS {
            return Err(self.untestable("the kernel calls a struct_ops program by its map only"));
        }
        let Ok(repeat) = i32::try_from(run.repeat) else {
            return Err(self.untestable("it can be repeated 2147483647 times at most"));
        };
        let buffer = |capacity: Option<usize>| capacity.map(|capacity| vec![0; capacity]);
        let mut context = run.context.map(<[u8]>::to_vec);
        let mut data_out = buffer(run.data_out);
        let mut context_out = buffer(run.context_out);
        let input = test_run::Input {
            data: run.data,
            context: context.as_deref_mut(),
            data_out: data_out.as_deref_mut(),
            context_out: context_out.as_deref_mut(),
            repeat,
            flags: run.cpu.map_or(0, |_| libbpf_ffi::BPF_F_TEST_RUN_ON_CPU),
            cpu: run.cpu.unwrap_or(0),
        };
        // SAFETY: bpf_prog_test_run_opts writes to what the options name, except for struct_ops programs,
        // which were refused above.
        let (output, result) = unsafe { test_run::test_run(fd, input) }
            .map_err(|errno| Error::system(self.cannot("test"), errno))?;
        if let Err(errno) = result {
            let error = Error::system(self.cannot("test"), errno);
            return Err(match errno.0 {
                libc::ENOSPC => error.with_hint(format!(
                    "the packet has {} bytes now: ask for as many with data_out",
                    output.data_size
                )),
                libc::EINVAL => error.with_hint(
                    "this type of program takes other data or context, or cannot be repeated",
                ),
                NOT_SUPPORTED => error.with_hint("the kernel has no test runs for its type"),
                _ => error,
            });
        }
        if self.program_type() == ProgramType::SYSCALL {
            context_out = context;
        } else {
            shorten(&mut context_out, output.context_size);
        }
        shorten(&mut data_out, output.data_size);
        Ok(TestRunResult {
            return_value: output.return_value,
            duration: Duration::from_nanos(output.duration.into()),
            data: data_out.unwrap_or_default(),
            context: context_out.unwrap_or_default(),
        })
    }

    fn untestable(&self, reason: &str) -> Error {
        Error::new(
            self.cannot("test"),
            ErrorKind::InvalidInput {
                reason: reason.into(),
            },
        )
    }
}

/// The kernel's ENOTSUPP, which libc does not know.
const NOT_SUPPORTED: i32 = 524;

fn shorten(buffer: &mut Option<Vec<u8>>, size: u32) {
    if let Some(buffer) = buffer {
        buffer.truncate(size as usize);
    }
}
