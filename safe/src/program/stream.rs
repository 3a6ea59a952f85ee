use super::{KernelProgram, Program};
use crate::error::{Error, Result};
use crate::raw::program_code;
use crate::raw::{self, Errno};
use libbpf_ffi as ffi;
use std::os::fd::{AsFd, BorrowedFd};

/// Where a program's texts go: `BPF_STREAM_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stream {
    /// What the program writes by `bpf_stream_printk(BPF_STDOUT, …)`.
    #[doc(alias = "BPF_STREAM_STDOUT")]
    Output,
    /// What the program writes by `bpf_stream_printk(BPF_STDERR, …)`, and what the kernel reports of it: faults in arenas, loops
    /// without end, locks that cannot be had.
    #[doc(alias = "BPF_STREAM_STDERR")]
    Errors,
}

impl Stream {
    fn to_c(self) -> u32 {
        match self {
            Stream::Output => ffi::BPF_STREAM_STDOUT,
            Stream::Errors => ffi::BPF_STREAM_STDERR,
        }
    }
}

impl Program {
    /// Takes what a program has written so far: as much as fits. It does not wait; 0 is nothing at the moment.
    ///
    /// ```no_run
    /// use libbpf_safe::program::Stream;
    /// # fn program() -> libbpf_safe::Result<libbpf_safe::Program> { unimplemented!() }
    /// let mut text = [0; 4096];
    /// let length = program()?.read_stream(Stream::Errors, &mut text)?;
    /// print!("{}", String::from_utf8_lossy(&text[..length]));
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// Since Linux 6.17.
    ///
    /// # Errors
    ///
    /// The program was not loaded, or the kernel has no streams.
    #[doc(alias = "bpf_prog_stream_read")]
    pub fn read_stream(&self, stream: Stream, buffer: &mut [u8]) -> Result<usize> {
        const WHAT: &str = "read a stream of";
        let fd = self.fd_for(WHAT)?;
        read(fd, stream, buffer).map_err(|errno| explain(self.cannot(WHAT), errno))
    }
}

impl KernelProgram {
    /// As [`Program::read_stream`].
    ///
    /// # Errors
    ///
    /// The kernel has no streams.
    #[doc(alias = "bpf_prog_stream_read")]
    pub fn read_stream(&self, stream: Stream, buffer: &mut [u8]) -> Result<usize> {
        let operation = || format!("read a stream of program `{}`", self.name());
        read(self.as_fd(), stream, buffer).map_err(|errno| explain(operation(), errno))
    }
}

fn read(program: BorrowedFd<'_>, stream: Stream, buffer: &mut [u8]) -> raw::Result<usize> {
    program_code::read_stream(program, stream.to_c(), buffer)
}

fn explain(operation: String, errno: Errno) -> Error {
    let error = Error::system(operation, errno);
    match errno.0 {
        libc::EINVAL => error.with_hint("streams of programs are there since Linux 6.17"),
        _ => error,
    }
}
