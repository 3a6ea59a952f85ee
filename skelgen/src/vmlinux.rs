//! `vmlinux.h` as text.

use crate::compile::vmlinux_header as whole;
use crate::error::{Error, Result};
use libbpf_safe::btf::{Btf, Kind};

/// What libbpf's `bpf_helpers.h` wants of a `vmlinux.h`.
const HELPERS: &[&str] = &[
    "__u8", "__u16", "__u32", "__u64", "__s8", "__s16", "__s32", "__s64", "__be16", "__be32",
    "__wsum",
];

/// The text of a `vmlinux.h`: the types of a kernel, or of a module with those of its kernel.
///
/// The same BTF gives the same text.
///
/// ```no_run
/// use libbpf_safe::btf::Btf;
///
/// let kernel = Btf::from_file("vmlinux-6.12")?;
/// std::fs::write("vmlinux.h", skelgen::vmlinux_header(&kernel, &[])?)?;
/// std::fs::write("sock.h", skelgen::vmlinux_header(&kernel, &["struct sock".into()])?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With names of `types` it has only these, and what they need; structs that are only pointed to are only
/// declared. The integers that libbpf's `bpf_helpers.h` goes by are always there.
///
/// # Errors
///
/// There is no type of one of the names, or libbpf does not understand the BTF.
pub fn vmlinux_header(btf: &Btf, types: &[String]) -> Result<String> {
    if types.is_empty() {
        return whole(btf);
    }
    // A BTF without them is no kernel's.
    let helpers = HELPERS
        .iter()
        .filter_map(|name| btf.find(name, Kind::Typedef));
    let mut ids: Vec<_> = helpers.collect();
    for name in types {
        ids.extend(btf.named(name).map_err(Error::Object)?);
    }
    whole(&btf.subset(ids).map_err(Error::Btf)?)
}
