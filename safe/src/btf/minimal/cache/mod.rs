//! The parts of the running kernel's BTF that objects need, made once.

mod directory;
mod entry;
mod memory;
mod offer;
mod running;

use self::directory::Directory;
use self::entry::Key;
use self::memory::Part;
pub(crate) use self::offer::Offer;
use super::super::KernelBtf;
use super::request::{Request, encode};
use super::resolve::is_lacking;
use super::{Minimal, object_requests};
use crate::error::Result;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// Gives libbpf the part of the running kernel's BTF that an object's relocations need, and keeps it for the next time.
///
/// For an object with CO-RE relocations libbpf reads all of the kernel's BTF, each time: that takes most of the time
/// of a load. With [`OpenOptions::minimal_kernel_btf`](crate::OpenOptions::minimal_kernel_btf) it reads a few kilobytes
/// ([`Minimal`]), and makes the same instructions of the object's. The kernel's BTF is read once per process, and
/// not at all where a directory has the part from before.
///
/// What it does not help: objects without relocations, which need no BTF, and those of which the kernel wants the ids
/// of its own types. For programs of the types `fentry`, `fexit`, `fmod_ret`, `tp_btf` and LSM, for struct_ops maps and
/// for kernel functions and variables (`__ksym`) libbpf reads the whole all the same.
///
/// What is kept is bounded: 256 parts in a process, beside the kernel's BTF with an index of its names (about
/// 8 MB, where one was made), and 512 files in a directory.
///
/// ```no_run
/// use libbpf_safe::OpenOptions;
/// use libbpf_safe::btf::MinimalCache;
///
/// let cache = MinimalCache::in_directory("/var/cache/prober")?;
/// let options = OpenOptions::new().minimal_kernel_btf(cache);
/// let object = options.open_file("prober.bpf.o")?.load()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MinimalCache {
    directory: Option<Arc<Directory>>,
}

impl MinimalCache {
    /// Parts are kept in this process, where all such caches are one.
    pub fn in_process() -> MinimalCache {
        MinimalCache { directory: None }
    }

    /// Parts are kept in this process, and for others in a directory, which is made if it is not there.
    ///
    /// A part is used on the very build of the kernel that it was made on, which is told by the kernel's build id;
    /// where types of modules are in question, only until a module comes or goes. A file that is damaged, of another
    /// kernel or for another object is made again. Where the directory cannot be written, nothing is kept there.
    ///
    /// What is in the directory decides which memory programs read. So it has to belong to the caller or to root, and
    /// nobody else may be able to write to it; the same is asked of each file. A program that has more privileges
    /// than who started it (by capabilities of its file, say) takes root's only.
    ///
    /// # Errors
    ///
    /// Somebody else could write to the directory ([`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput)), it is
    /// a symbolic link or no directory, or it can neither be opened nor made.
    pub fn in_directory(path: impl AsRef<Path>) -> Result<MinimalCache> {
        let directory = Directory::open(path.as_ref())?;
        Ok(MinimalCache {
            directory: Some(Arc::new(directory)),
        })
    }

    /// What libbpf is to read in place of the kernel's whole BTF for this object. `None` where it is to read that
    /// after all, or needs none: also where something is wrong, which libbpf then will find and tell.
    pub(crate) fn offer(&self, object: &[u8]) -> Option<Offer> {
        let requests: BTreeSet<_> = object_requests(object).ok()?.into_iter().collect();
        if requests.is_empty() {
            return None;
        }
        Offer::new(&self.part(&requests)?)
    }

    fn part(&self, requests: &BTreeSet<Request>) -> Option<Arc<[u8]>> {
        let name = encode(requests);
        if let Some(known) = memory::get(&name) {
            return Some(known);
        }
        let part = match self.stored(&name) {
            Some(part) => part,
            None => self.make(requests, &name)?,
        };
        let bytes = part.bytes.clone();
        memory::put(name, part);
        Some(bytes)
    }

    /// What the directory has.
    fn stored(&self, requests: &[u8]) -> Option<Part> {
        let directory = self.directory.as_ref()?;
        let build = running::build()?;
        let get = |modules: Vec<u8>| {
            let key = Key {
                build,
                modules: &modules,
                requests,
            };
            let file = directory.read(&key.file_name())?;
            let bytes = Arc::from(key.decode(&file)?);
            Some(Part { bytes, modules })
        };
        get(Vec::new()).or_else(|| get(running::modules()?))
    }

    fn make(&self, requests: &BTreeSet<Request>, name: &[u8]) -> Option<Part> {
        let mut kernel = KernelBtf::from(running::btf().ok()?);
        let mut modules = Vec::new();
        if is_lacking(kernel.vmlinux(), requests).ok()? {
            modules = running::modules()?;
            kernel = kernel.with_loaded_modules();
            // One that came meanwhile may have been seen or not.
            if running::modules()? != modules {
                return None;
            }
        }
        let mut minimal = Minimal::of(&kernel);
        minimal.requests.clone_from(requests);
        let bytes = Arc::from(minimal.build().ok()?.raw());
        let part = Part { bytes, modules };
        if let (Some(directory), Some(build)) = (&self.directory, running::build()) {
            let key = Key {
                build,
                modules: &part.modules,
                requests: name,
            };
            directory.write(&key.file_name(), &key.encode(&part.bytes));
        }
        Some(part)
    }
}
