//! From the kernel's bare errno to the likely reasons.

#![allow(unsafe_code)]

use super::StructOpsMap;
use super::rules::{self, Name, Value};
use crate::btf::{KernelBtf, TypeId};
use crate::error::{Error, ErrorKind};
use crate::link::LinkInfo;
use crate::raw::{Errno, syscall};
use std::os::fd::AsFd;

/// The error for a struct_ops map that the kernel did not register.
pub(super) fn not_attached(map: &StructOpsMap, errno: Errno) -> Error {
    let operation = map.cannot("attach");
    let error = match errno.0 {
        libc::EINVAL => refused(operation, map, broken_rules(map), errno),
        libc::EEXIST => Error::system(operation, errno).with_hint(in_the_way(map)),
        _ => match meaning(map, errno) {
            Some(meaning) => Error::system(operation, errno).with_hint(meaning),
            None => Error::system(operation, errno),
        },
    };
    error.with_errno(errno).with_privileges()
}

/// The error for a link that the kernel left at the map `from`.
pub(super) fn not_updated(from: &StructOpsMap, to: &StructOpsMap, errno: Errno) -> Error {
    let operation = to.cannot("put in force");
    let error = match errno.0 {
        libc::EINVAL => {
            let reasons = match other_name(from, to) {
                Some(reason) => vec![reason],
                None => broken_rules(to),
            };
            refused(operation, to, reasons, errno)
        }
        libc::EOPNOTSUPP => Error::system(operation, errno).with_hint(
            "this subsystem does not let a link be updated: detach it, and attach the other map",
        ),
        libc::ENOLINK => Error::system(operation, errno)
            .with_hint("the link was detached by somebody else: attach the map instead"),
        _ => Error::system(operation, errno),
    };
    error.with_errno(errno).with_privileges()
}

/// The error for a link that was made elsewhere, and that the kernel left at the map that it had.
pub(super) fn not_replaced(to: &StructOpsMap, errno: Errno) -> Error {
    let operation = to.cannot("put in force");
    let error = match errno.0 {
        libc::EINVAL => {
            let mut reasons = broken_rules(to);
            reasons.push(
                "the kernel lets a link be updated only to a map of the same type and name".into(),
            );
            refused(operation, to, reasons, errno)
        }
        libc::EPERM => Error::system(operation, errno)
            .with_hint("somebody else may have put another map in force meanwhile: look again"),
        libc::ENOLINK => Error::system(operation, errno)
            .with_hint("the link was detached by somebody else: attach the map instead"),
        _ => Error::system(operation, errno),
    };
    error.with_errno(errno)
}

fn refused(operation: String, map: &StructOpsMap, reasons: Vec<String>, errno: Errno) -> Error {
    match type_name(map) {
        Some(type_name) if !reasons.is_empty() => Error::new(
            operation,
            ErrorKind::StructOpsRefused {
                map: map.name().to_owned(),
                type_name,
                reasons,
            },
        ),
        _ => Error::system(operation, errno),
    }
}

/// What the kernel compares when a link is updated: `bpf_struct_ops_map_link_update` the types,
/// `tcp_update_congestion_control` the names.
fn other_name(from: &StructOpsMap, to: &StructOpsMap) -> Option<String> {
    let (old_type, new_type) = (type_name(from)?, type_name(to)?);
    if old_type != new_type {
        return Some(format!("the link is of a `{old_type}`, and stays so"));
    }
    let (old, new) = (value_name(from)?, value_name(to)?);
    (old.text != new.text).then(|| {
        format!(
            "`{}` is {:?} and not {:?}, and the kernel lets a link be updated only to a map of the same \
             name",
            new.member, new.text, old.text
        )
    })
}

/// What has the name of a map that the kernel did not register: the map itself, or another one.
fn in_the_way(map: &StructOpsMap) -> String {
    match link_of(map) {
        Some(id) => format!(
            "this very map is attached, by the link with id {id}: keep that link, or detach it first"
        ),
        None => match value_name(map) {
            Some(name) => format!(
                "the kernel has another one of the name {:?}: detach that, or choose another name before \
                 load",
                name.text
            ),
            None => "the kernel has another one of this name: detach that, or choose another name \
                     before load"
                .to_owned(),
        },
    }
}

/// The link in the kernel that holds the map, whoever made it.
fn link_of(map: &StructOpsMap) -> Option<u32> {
    let map_id = map.to_map().ok()?.info().id;
    let holds = |id: u32| {
        let link = syscall::link_by_id(id).ok()?;
        let info = LinkInfo::of(link.as_fd(), "find the link of a map").ok()?;
        info.struct_ops_map_id()
    };
    syscall::ids(syscall::next_link_id)
        .map_while(Result::ok)
        .find(|&id| holds(id) == Some(map_id))
}

/// What an errno other than EINVAL means where a map is attached.
fn meaning(map: &StructOpsMap, errno: Errno) -> Option<&'static str> {
    let of_subsystem = with_value(map, |value| rules::meaning(value, errno.0));
    let registered_once =
        "a map in a plain `.struct_ops` section is registered once: load the object again";
    of_subsystem.or((errno.0 == libc::EBUSY).then_some(registered_once))
}

/// What the map's subsystem is known to refuse in its value.
fn broken_rules(map: &StructOpsMap) -> Vec<String> {
    let broken = |value: &Value<'_>| {
        // It takes a moment to read.
        let kernel = rules::ask_the_kernel(value).then(KernelBtf::running);
        let kernel = kernel.and_then(Result::ok);
        Some(rules::broken(value, kernel.as_ref()))
    };
    with_value(map, broken).unwrap_or_default()
}

fn type_name(map: &StructOpsMap) -> Option<String> {
    with_value(map, |value| Some(value.type_name().to_owned()))
}

/// The name that the kernel registers the map under.
fn value_name(map: &StructOpsMap) -> Option<Name> {
    with_value(map, |value| value.registered_name())
}

/// Looks at what was loaded, in the object's layout.
fn with_value<T>(map: &StructOpsMap, look: impl FnOnce(&Value<'_>) -> Option<T>) -> Option<T> {
    let btf = map.object().btf().ok()??;
    let type_id = TypeId(map.map().btf_value_type_id());
    let size = usize::try_from(btf.size_of(type_id).ok()?).ok()?;
    let (value, _) = map.map().initial_value()?;
    // SAFETY: bpf_map__initial_value's buffer has the size that the object's BTF gives the type (libbpf
    // tells the kernel's size after load), lives as long as the object, and nothing writes to it then.
    let bytes = unsafe { std::slice::from_raw_parts(value.as_ptr(), size) };
    look(&Value::new(&btf, type_id, bytes)?)
}
