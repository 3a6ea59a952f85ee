//! From the kernel's bare EINVAL to the likely reasons.

#![allow(unsafe_code)]

use super::StructOpsMap;
use super::rules::{self, Value};
use crate::btf::TypeId;
use crate::error::{Error, ErrorKind};
use crate::raw::Errno;

/// The error for a struct_ops map that the kernel did not take.
pub(super) fn refused(map: &StructOpsMap, what: &str, errno: Errno) -> Error {
    let operation = map.cannot(what);
    let error = match errno.0 {
        libc::EINVAL => match reasons(map) {
            Some((type_name, reasons)) if !reasons.is_empty() => Error::new(
                operation,
                ErrorKind::StructOpsRefused {
                    map: map.name().to_owned(),
                    type_name,
                    reasons,
                },
            ),
            _ => Error::system(operation, errno),
        },
        libc::EEXIST => Error::system(operation, errno).with_hint(
            "the kernel has one of this name: detach it, or choose another name before load",
        ),
        libc::EBUSY => Error::system(operation, errno).with_hint(
            "a map in a plain `.struct_ops` section is registered once: load the object again",
        ),
        libc::EPERM => Error::system(operation, errno)
            .with_hint("registering struct_ops needs CAP_BPF and CAP_NET_ADMIN"),
        libc::EOPNOTSUPP => Error::system(operation, errno)
            .with_hint("this subsystem does not register; its programs are for test runs"),
        _ => Error::system(operation, errno),
    };
    error.with_errno(errno)
}

/// The C type of the map, and what its subsystem is known to refuse in its value.
fn reasons(map: &StructOpsMap) -> Option<(String, Vec<String>)> {
    let btf = map.object().btf().ok()??;
    let type_id = TypeId(map.map().btf_value_type_id());
    let size = usize::try_from(btf.size_of(type_id).ok()?).ok()?;
    let (value, _) = map.map().initial_value()?;
    // SAFETY: bpf_map__initial_value's buffer has the size that the object's BTF gives the type (libbpf
    // tells the kernel's size after load), lives as long as the object, and nothing writes to it then.
    let bytes = unsafe { std::slice::from_raw_parts(value.as_ptr(), size) };
    let value = Value::new(&btf, type_id, bytes)?;
    Some((value.type_name().to_owned(), rules::broken(&value)))
}
