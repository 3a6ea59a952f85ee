//! The kernel's type of a struct_ops map's value.

#![allow(unsafe_code)]

use crate::btf::{Btf, Type, TypeId};
use crate::error::{Error, ErrorKind, Result};
use crate::map::Map;
use crate::raw;
use std::sync::OnceLock;

/// What the kernel starts the names of these types with.
pub(in crate::struct_ops) const VALUE_TYPE: &str = "bpf_struct_ops_";

/// The type, in the kernel's BTF, or in that of one of its modules.
pub(in crate::struct_ops) fn kernel_type(
    map: &Map,
    operation: &dyn Fn() -> String,
) -> Result<(Btf, TypeId)> {
    static KERNEL: OnceLock<Btf> = OnceLock::new();
    let kernel = match KERNEL.get() {
        Some(kernel) => kernel,
        None => {
            let read = Btf::from_kernel()?;
            KERNEL.get_or_init(|| read)
        }
    };
    let id = TypeId(map.info().btf_vmlinux_value_type_id);
    if is_value(kernel, id) {
        return Ok((kernel.clone(), id));
    }
    // The ids of modules overlap; the kernel says which one it is since it has struct_ops types in modules.
    let module = module(map.info().btf_vmlinux_id, kernel);
    let module = module.filter(|module| is_value(module, id));
    module
        .map(|module| (module, id))
        .ok_or_else(|| Error::new(operation(), ErrorKind::KernelBtfMissing))
}

fn is_value(btf: &Btf, id: TypeId) -> bool {
    match btf.get(id) {
        Ok(Type::Struct(composite)) => composite.name.starts_with(VALUE_TYPE),
        _ => false,
    }
}

/// A module's BTF by its id.
fn module(id: u32, kernel: &Btf) -> Option<Btf> {
    if id == 0 {
        return None;
    }
    let base = raw::btf::Btf::from_bytes(kernel.raw()).ok()?;
    // SAFETY: btf__load_from_kernel_by_id_split's result is to be dropped before its base: locals are dropped in the
    // reverse order.
    let mut module = unsafe { raw::btf::Btf::load_by_id_split(id, &base) }.ok()?;
    let bytes = module.bytes().ok()?.to_vec();
    Btf::parse_split(bytes, kernel).ok()
}
