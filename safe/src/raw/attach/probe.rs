//! Probes in the kernel and in user space.

use super::super::Result;
use super::super::link::Link;
use super::{Attaching, made, pointer, pointers};
use libbpf_ffi as ffi;
use std::ffi::CStr;
use std::ptr;

/// The options of a kprobe.
pub(crate) struct Kprobe {
    pub(crate) offset: usize,
    pub(crate) on_return: bool,
    pub(crate) cookie: u64,
    pub(crate) mode: ffi::probe_attach_mode,
}

/// The options of a uprobe.
pub(crate) struct Uprobe<'a> {
    pub(crate) function: Option<&'a CStr>,
    pub(crate) offset: usize,
    pub(crate) reference_counter: usize,
    pub(crate) on_return: bool,
    pub(crate) cookie: u64,
    pub(crate) mode: ffi::probe_attach_mode,
}

/// The options of kprobes at many functions. Lists that are not empty have one length.
#[derive(Default)]
pub(crate) struct KprobeMulti<'a> {
    pub(crate) pattern: Option<&'a CStr>,
    pub(crate) symbols: &'a [&'a CStr],
    pub(crate) addresses: &'a [u64],
    pub(crate) cookies: &'a [u64],
    pub(crate) on_return: bool,
    pub(crate) session: bool,
    pub(crate) unique_match: bool,
}

/// The options of uprobes at many functions. Lists that are not empty have one length.
#[derive(Default)]
pub(crate) struct UprobeMulti<'a> {
    pub(crate) pattern: Option<&'a CStr>,
    pub(crate) symbols: &'a [&'a CStr],
    pub(crate) offsets: &'a [u64],
    pub(crate) reference_counters: &'a [u64],
    pub(crate) cookies: &'a [u64],
    pub(crate) on_return: bool,
    pub(crate) session: bool,
}

impl Attaching<'_> {
    /// `bpf_program__attach_kprobe_opts`
    pub(crate) fn kprobe(self, function: &CStr, kprobe: &Kprobe) -> Result<Link> {
        let options = ffi::bpf_kprobe_opts {
            sz: size_of::<ffi::bpf_kprobe_opts>() as _,
            bpf_cookie: kprobe.cookie,
            offset: kprobe.offset as _,
            retprobe: kprobe.on_return,
            attach_mode: kprobe.mode,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_kprobe_opts takes a program of a loaded object, by the type invariant,
        // and reads the name and the options during the call.
        made(unsafe {
            ffi::bpf_program__attach_kprobe_opts(self.as_ptr(), function.as_ptr(), &options)
        })
    }

    /// `bpf_program__attach_kprobe_multi_opts`
    pub(crate) fn kprobe_multi(self, multi: &KprobeMulti<'_>) -> Result<Link> {
        let mut symbols = pointers(multi.symbols);
        let options = ffi::bpf_kprobe_multi_opts {
            sz: size_of::<ffi::bpf_kprobe_multi_opts>() as _,
            syms: if symbols.is_empty() {
                ptr::null_mut()
            } else {
                symbols.as_mut_ptr()
            },
            addrs: pointer(multi.addresses).cast(),
            cookies: pointer(multi.cookies).cast(),
            cnt: symbols.len().max(multi.addresses.len()) as _,
            retprobe: multi.on_return,
            session: multi.session,
            unique_match: multi.unique_match,
            ..Default::default()
        };
        let pattern = multi.pattern.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: bpf_program__attach_kprobe_multi_opts takes a program of a loaded object, by the type
        // invariant, and reads the pattern, the options, and lists of cnt elements during the call.
        made(unsafe {
            ffi::bpf_program__attach_kprobe_multi_opts(self.as_ptr(), pattern, &options)
        })
    }

    /// `bpf_program__attach_ksyscall`
    pub(crate) fn ksyscall(self, name: &CStr, on_return: bool, cookie: u64) -> Result<Link> {
        let options = ffi::bpf_ksyscall_opts {
            sz: size_of::<ffi::bpf_ksyscall_opts>() as _,
            bpf_cookie: cookie,
            retprobe: on_return,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_ksyscall takes a program of a loaded object, by the type invariant, and
        // reads the name and the options during the call.
        made(unsafe { ffi::bpf_program__attach_ksyscall(self.as_ptr(), name.as_ptr(), &options) })
    }

    /// `bpf_program__attach_uprobe_opts`
    pub(crate) fn uprobe(self, process: i32, path: &CStr, uprobe: &Uprobe<'_>) -> Result<Link> {
        let options = ffi::bpf_uprobe_opts {
            sz: size_of::<ffi::bpf_uprobe_opts>() as _,
            ref_ctr_offset: uprobe.reference_counter as _,
            bpf_cookie: uprobe.cookie,
            retprobe: uprobe.on_return,
            func_name: uprobe.function.map_or(ptr::null(), CStr::as_ptr),
            attach_mode: uprobe.mode,
            ..Default::default()
        };
        // SAFETY: bpf_program__attach_uprobe_opts takes a program of a loaded object, by the type invariant,
        // and reads strings and options during the call.
        made(unsafe {
            ffi::bpf_program__attach_uprobe_opts(
                self.as_ptr(),
                process,
                path.as_ptr(),
                uprobe.offset as _,
                &options,
            )
        })
    }

    /// `bpf_program__attach_uprobe_multi`
    pub(crate) fn uprobe_multi(
        self,
        process: i32,
        path: &CStr,
        multi: &UprobeMulti<'_>,
    ) -> Result<Link> {
        let mut symbols = pointers(multi.symbols);
        let options = ffi::bpf_uprobe_multi_opts {
            sz: size_of::<ffi::bpf_uprobe_multi_opts>() as _,
            syms: if symbols.is_empty() {
                ptr::null_mut()
            } else {
                symbols.as_mut_ptr()
            },
            offsets: pointer(multi.offsets).cast(),
            ref_ctr_offsets: pointer(multi.reference_counters).cast(),
            cookies: pointer(multi.cookies).cast(),
            cnt: symbols.len().max(multi.offsets.len()) as _,
            retprobe: multi.on_return,
            session: multi.session,
            ..Default::default()
        };
        let pattern = multi.pattern.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: bpf_program__attach_uprobe_multi takes a program of a loaded object, by the type invariant,
        // and reads path, pattern, options, and lists of cnt elements during the call.
        made(unsafe {
            ffi::bpf_program__attach_uprobe_multi(
                self.as_ptr(),
                process,
                path.as_ptr(),
                pattern,
                &options,
            )
        })
    }

    /// `bpf_program__attach_usdt`
    pub(crate) fn usdt(
        self,
        process: i32,
        path: &CStr,
        provider: &CStr,
        name: &CStr,
        cookie: u64,
    ) -> Result<Link> {
        let options = ffi::bpf_usdt_opts {
            sz: size_of::<ffi::bpf_usdt_opts>() as _,
            usdt_cookie: cookie,
        };
        // SAFETY: bpf_program__attach_usdt takes a program of a loaded object that nobody else attaches
        // meanwhile, by the type invariant, and reads strings and options during the call.
        made(unsafe {
            ffi::bpf_program__attach_usdt(
                self.as_ptr(),
                process,
                path.as_ptr(),
                provider.as_ptr(),
                name.as_ptr(),
                &options,
            )
        })
    }
}
