//! The headers that BPF programs include, written where clang finds them.

use crate::error::{Error, Result};
use crate::files::{create_folder, write_if_changed};
use libbpf_safe::btf::Btf;
use std::path::Path;

/// Writes libbpf's headers for BPF programs as `bpf/NAME` below a folder.
pub(crate) fn write_libbpf_headers(folder: &Path) -> Result<()> {
    let bpf = folder.join("bpf");
    create_folder(&bpf)?;
    for (name, text) in libbpf_ffi::BPF_HEADERS {
        write_if_changed(&bpf.join(name), text.as_bytes())?;
    }
    Ok(())
}

/// Writes `vmlinux.h`, the types of a kernel, below a folder.
pub(crate) fn write_vmlinux_header(folder: &Path, btf: &Btf) -> Result<()> {
    create_folder(folder)?;
    write_if_changed(&folder.join("vmlinux.h"), vmlinux_header(btf)?.as_bytes())
}

/// The text of a `vmlinux.h`.
pub(crate) fn vmlinux_header(btf: &Btf) -> Result<String> {
    // In place: the text has megabytes.
    let mut text = btf.to_c().map_err(Error::Vmlinux)?;
    text.insert_str(0, BEFORE);
    text.push_str(AFTER);
    Ok(text)
}

/// Every access to a struct of the kernel is relocated to where the running kernel has the member.
const BEFORE: &str = "\
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

";

const AFTER: &str = "
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
";
