//! The running kernel: what tells it from others, and its BTF.

use super::super::super::Btf;
use crate::error::Result;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The kernel's BTF with the index of its names, which is made once per process.
pub(super) fn btf() -> Result<Btf> {
    static BTF: Mutex<Option<Btf>> = Mutex::new(None);
    // Whoever waits here would do the same work.
    let mut known = BTF.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(btf) = &*known {
        return Ok(btf.clone());
    }
    let btf = Btf::from_kernel()?;
    Ok(known.insert(btf).clone())
}

/// Which build of the kernel is running, as bytes that no other build has. `None` where it has no build id: without
/// one, two kernels of the same release and version could be of different sources.
pub(super) fn build() -> Option<&'static [u8]> {
    static BUILD: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    BUILD.get_or_init(read_build).as_deref()
}

fn read_build() -> Option<Vec<u8>> {
    // The build id is a hash of the whole image, which contains the BTF.
    let mut build = fs::read("/sys/kernel/notes")
        .ok()
        .filter(|it| has_build_id(it))?;
    for file in ["osrelease", "version"] {
        build.push(0);
        build.extend(fs::read(format!("/proc/sys/kernel/{file}")).ok()?);
    }
    let btf = fs::metadata("/sys/kernel/btf/vmlinux").ok()?;
    build.extend(btf.len().to_le_bytes());
    Some(build)
}

/// Whether there is a note of type `NT_GNU_BUILD_ID`, whose name is `GNU`.
fn has_build_id(notes: &[u8]) -> bool {
    let kind = 3u32.to_ne_bytes();
    let mark = [&kind[..], b"GNU\0"].concat();
    notes.windows(mark.len()).any(|window| window == mark)
}

/// Which modules with BTF are loaded now, as bytes that no other set of modules has had since this machine booted:
/// their files get a new number each time. `None` where that is not known.
pub(super) fn modules() -> Option<Vec<u8>> {
    let boot = fs::read("/proc/sys/kernel/random/boot_id").ok()?;
    let mut files = Vec::new();
    for entry in fs::read_dir("/sys/kernel/btf").ok()? {
        let entry = entry.ok()?;
        let found = entry.metadata().ok()?;
        let name = entry.file_name().into_encoded_bytes();
        files.push((name, found.ino(), found.len()));
    }
    files.sort_unstable();
    let mut listing = boot;
    for (name, number, len) in files {
        listing.extend(name);
        listing.push(0);
        listing.extend(number.to_le_bytes());
        listing.extend(len.to_le_bytes());
    }
    Some(listing)
}

#[cfg(test)]
mod tests {
    use super::has_build_id;

    #[test]
    fn only_a_note_of_gnu_with_a_build_id_tells_builds_apart() {
        let note = |kind: u32, name: &[u8; 4]| {
            let head = [4, 20, kind].map(u32::to_ne_bytes).concat();
            [&head[..], name].concat()
        };
        assert!(has_build_id(&note(3, b"GNU\0")));
        assert!(!has_build_id(&note(3, b"Xen\0")));
        assert!(!has_build_id(&note(1, b"GNU\0")));
        assert!(!has_build_id(b""));
    }
}
