//! A kernel that is made up: what a thread asks of `bpf` is answered here. Nothing reaches the kernel, and no privilege
//! is needed: the thread has none.
#![allow(unsafe_code)]

use super::notification::Call;
use super::{Calls, answered};
use libbpf_ffi as ffi;
use rustix::io::Errno;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use std::collections::HashMap;
use std::fs::{self, File};
use std::os::fd::{FromRawFd, IntoRawFd};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::{AtomicU64, Ordering};

/// A command of `bpf` that can be refused, as `enum bpf_cmd` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Command {
    MapCreate = 0,
    MapLookupElem = 1,
    MapUpdateElem = 2,
    MapDeleteElem = 3,
    MapGetNextKey = 4,
    ProgLoad = 5,
    ObjPin = 6,
    ObjGet = 7,
    ProgTestRun = 10,
    ProgGetFdById = 13,
    MapGetFdById = 14,
    ObjGetInfoByFd = 15,
    RawTracepointOpen = 17,
    MapLookupAndDeleteElem = 21,
    MapFreeze = 22,
    MapUpdateBatch = 26,
    MapDeleteBatch = 27,
    EnableStats = 32,
}

/// What it refuses.
#[derive(Debug, Default)]
pub struct MadeUpKernel {
    /// The command and the errno, or nothing.
    refusal: AtomicU64,
}

/// Does `work` on a thread whose `bpf` calls are answered here: what is made gets a descriptor, maps are as they were
/// created, and have zeros wherever one looks.
pub fn with_made_up_kernel<T: Send>(work: impl FnOnce(&MadeUpKernel) -> T + Send) -> T {
    let kernel = MadeUpKernel::default();
    let mut maps = HashMap::new();
    let work = || {
        drop_privileges();
        work(&kernel)
    };
    answered(Calls::Bpf, work, |listener, call| {
        match kernel.answer(call, &mut maps) {
            Ok(value) => listener.give(call, value),
            Err(errno) => listener.fail(call, errno.raw_os_error()),
        }
    })
}

/// Of this thread only.
fn drop_privileges() {
    let none = CapabilitySet::empty();
    let none = CapabilitySets {
        effective: none,
        permitted: none,
        inheritable: none,
    };
    set_capabilities(None, none).unwrap();
}

/// How a map was created: the beginning of `union bpf_attr`, by the descriptor's inode, since descriptors are duplicated.
type Maps = HashMap<u64, [u32; 11]>;

impl MadeUpKernel {
    /// From now on this command fails. Programs without a name load all the same: libbpf's own, by which it finds out
    /// whether any can be loaded.
    pub fn refuse(&self, command: Command, errno: Errno) {
        let command = command as u64 + 1;
        let refusal = command << 32 | u64::from(errno.raw_os_error().unsigned_abs());
        self.refusal.store(refusal, Ordering::SeqCst);
    }

    /// Nothing fails any more.
    pub fn refuse_nothing(&self) {
        self.refusal.store(0, Ordering::SeqCst);
    }

    fn answer(&self, call: &Call, maps: &mut Maps) -> Result<i64, Errno> {
        let command = call.arguments[0];
        let refusal = self.refusal.load(Ordering::SeqCst);
        let attributes = Attributes::of(call);
        // Where the name of a program is, which those have none that libbpf tries beforehand.
        let is_trial = command == Command::ProgLoad as u64 && attributes.word(12) == 0;
        if refusal >> 32 == command + 1 && !is_trial {
            return Err(Errno::from_raw_os_error(refusal as u32 as i32));
        }
        let Ok(command) = u32::try_from(command) else {
            return Err(Errno::INVAL);
        };
        match command {
            // What makes or opens something else than a map.
            ffi::BPF_PROG_LOAD
            | ffi::BPF_OBJ_GET
            | ffi::BPF_PROG_GET_FD_BY_ID
            | ffi::BPF_MAP_GET_FD_BY_ID
            | ffi::BPF_RAW_TRACEPOINT_OPEN
            | ffi::BPF_BTF_LOAD
            | ffi::BPF_BTF_GET_FD_BY_ID
            | ffi::BPF_LINK_CREATE
            | ffi::BPF_LINK_GET_FD_BY_ID
            | ffi::BPF_ENABLE_STATS
            | ffi::BPF_ITER_CREATE => Ok(descriptor().0),
            // The next key, id or batch, and a token.
            ffi::BPF_MAP_GET_NEXT_KEY
            | ffi::BPF_PROG_GET_NEXT_ID
            | ffi::BPF_MAP_GET_NEXT_ID
            | ffi::BPF_BTF_GET_NEXT_ID
            | ffi::BPF_MAP_LOOKUP_BATCH
            | ffi::BPF_MAP_LOOKUP_AND_DELETE_BATCH
            | ffi::BPF_LINK_GET_NEXT_ID
            | ffi::BPF_TOKEN_CREATE => Err(Errno::NOENT),
            ffi::BPF_MAP_CREATE => {
                let (descriptor, inode) = descriptor();
                maps.insert(inode, std::array::from_fn(|index| attributes.word(index)));
                Ok(descriptor)
            }
            ffi::BPF_OBJ_GET_INFO_BY_FD => {
                let file = fs::metadata(format!("/proc/self/fd/{}", attributes.word(0)));
                let map = file.ok().and_then(|file| maps.get(&file.ino()));
                if let Some(&[kind, key, value, entries, flags, _, _, a, b, c, d]) = map {
                    // `struct bpf_map_info`, with the name in 16 bytes.
                    attributes.write_info(&[kind, 7, key, value, entries, flags, a, b, c, d]);
                }
                Ok(0)
            }
            _ => Ok(0),
        }
    }
}

/// What `bpf` was given, in this process. The caller waits meanwhile.
struct Attributes {
    place: *const u32,
    words: usize,
}

impl Attributes {
    fn of(call: &Call) -> Attributes {
        Attributes {
            place: call.arguments[1] as *const u32,
            words: call.arguments[2] as usize / 4,
        }
    }

    /// 0 beyond the end, as the kernel has it.
    fn word(&self, index: usize) -> u32 {
        if index >= self.words {
            return 0;
        }
        // SAFETY: bpf(2) is given as many bytes as its third argument says.
        unsafe { self.place.wrapping_add(index).read_unaligned() }
    }

    /// For BPF_OBJ_GET_INFO_BY_FD: as much as there is room for.
    fn write_info(&self, info: &[u32]) {
        let place = (u64::from(self.word(3)) << 32 | u64::from(self.word(2))) as *mut u32;
        let room = self.word(1) as usize / 4;
        for (index, word) in info.iter().take(room).enumerate() {
            // SAFETY: the caller gives room for as many bytes as `info_len` says.
            unsafe { place.wrapping_add(index).write_unaligned(*word) };
        }
    }
}

/// Of a file in memory, which can be mapped like a map; and its inode.
fn descriptor() -> (i64, u64) {
    // SAFETY: memfd_create reads a name.
    let descriptor = unsafe { libc::memfd_create(c"made up".as_ptr(), libc::MFD_CLOEXEC) };
    assert!(descriptor >= 0, "{}", std::io::Error::last_os_error());
    // SAFETY: a fresh descriptor that nobody else owns.
    let file = unsafe { File::from_raw_fd(descriptor) };
    file.set_len(1 << 20).unwrap();
    let inode = file.metadata().unwrap().ino();
    // The caller's from now on.
    (file.into_raw_fd().into(), inode)
}
