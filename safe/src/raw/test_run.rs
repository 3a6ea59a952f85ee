//! `BPF_PROG_TEST_RUN`

use super::{Errno, Result, check};
use libbpf_ffi as ffi;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// What a test run takes.
#[derive(Default)]
pub(crate) struct Input<'a> {
    pub(crate) data: Option<&'a [u8]>,
    /// Read by the kernel, and written where the program's type is `BPF_PROG_TYPE_SYSCALL`.
    pub(crate) context: Option<&'a mut [u8]>,
    pub(crate) data_out: Option<&'a mut [u8]>,
    pub(crate) context_out: Option<&'a mut [u8]>,
    pub(crate) repeat: i32,
    pub(crate) flags: u32,
    pub(crate) cpu: u32,
}

/// What a test run gives.
pub(crate) struct Output {
    pub(crate) return_value: u32,
    /// Of one run on average, in nanoseconds.
    pub(crate) duration: u32,
    /// How much the program left, also where less of it had room.
    pub(crate) data_size: u32,
    pub(crate) context_size: u32,
}

/// `bpf_prog_test_run_opts`: what the kernel wrote, and why it stopped short. Where the room for data was too
/// small it writes the output all the same, and the error is ENOSPC.
///
/// # Safety
///
/// The program is no struct_ops program: the kernel would take numbers in `context` for addresses in this
/// process, and write there.
pub(crate) unsafe fn test_run(
    program: BorrowedFd<'_>,
    input: Input<'_>,
) -> Result<(Output, Result<()>)> {
    let size = |bytes: Option<&[u8]>| {
        u32::try_from(bytes.map_or(0, <[u8]>::len)).map_err(|_| Errno(libc::E2BIG))
    };
    let mut options = ffi::bpf_test_run_opts {
        sz: size_of::<ffi::bpf_test_run_opts>() as _,
        data_size_in: size(input.data)?,
        data_size_out: size(input.data_out.as_deref())?,
        ctx_size_in: size(input.context.as_deref())?,
        ctx_size_out: size(input.context_out.as_deref())?,
        repeat: input.repeat,
        flags: input.flags,
        cpu: input.cpu,
        ..Default::default()
    };
    options.data_in = input.data.map_or(ptr::null(), |data| data.as_ptr().cast());
    options.data_out = pointer(input.data_out);
    options.ctx_in = pointer(input.context);
    options.ctx_out = pointer(input.context_out);
    // SAFETY: bpf_prog_test_run_opts reads and writes buffers of the sizes that stand beside them, which
    // live during the call, those that it may write exclusively; the caller excludes other writes.
    let result = check(unsafe { ffi::bpf_prog_test_run_opts(program.as_raw_fd(), &mut options) });
    let output = Output {
        return_value: options.retval,
        duration: options.duration,
        data_size: options.data_size_out,
        context_size: options.ctx_size_out,
    };
    Ok((output, result.map(drop)))
}

fn pointer(bytes: Option<&mut [u8]>) -> *mut std::ffi::c_void {
    bytes.map_or(ptr::null_mut(), |bytes| bytes.as_mut_ptr().cast())
}
