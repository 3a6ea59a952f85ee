//! The kernel's own copy of a struct_ops map's value, read by the kernel's own types.

use libbpf_safe::btf::{Btf, Kind, Type, TypeId};
use libbpf_safe::struct_ops::StructOpsMap;
use std::sync::OnceLock;

/// What the kernel has in a struct_ops map: the struct, with program ids in the place of callbacks.
#[derive(Debug)]
pub struct KernelValue {
    type_id: TypeId,
    /// The members of the C struct.
    data: Vec<u8>,
    /// `enum bpf_struct_ops_state`
    pub state: u32,
}

fn kernel_btf() -> &'static Btf {
    static BTF: OnceLock<Btf> = OnceLock::new();
    BTF.get_or_init(|| Btf::from_kernel().unwrap())
}

/// Offset, size and type of a member, looked for by a dotted path.
fn member(type_id: TypeId, path: &str) -> (usize, usize, TypeId) {
    let btf = kernel_btf();
    let (mut offset, mut id) = (0, type_id);
    for name in path.split('.') {
        let Type::Struct(composite) = btf.get(btf.resolve(id).unwrap()).unwrap() else {
            panic!("`{path}` passes through something that is no struct");
        };
        let member = composite
            .member(name)
            .unwrap_or_else(|| panic!("no `{name}`"));
        offset += member.byte_offset().unwrap() as usize;
        id = member.ty;
    }
    (offset, btf.size_of(id).unwrap() as usize, id)
}

/// Where the state is: in a struct of its own since Linux 6.9.
fn state_path(value_type: TypeId) -> &'static str {
    match kernel_btf().get(value_type) {
        Ok(Type::Struct(value)) if value.member("state").is_some() => "state",
        _ => "common.state",
    }
}

impl KernelValue {
    /// Reads the map's value from the kernel.
    pub fn read(map: &StructOpsMap, type_name: &str) -> KernelValue {
        let btf = kernel_btf();
        let value_type = btf
            .find(&format!("bpf_struct_ops_{type_name}"), Kind::Struct)
            .unwrap();
        let bytes = map
            .to_map()
            .unwrap()
            .lookup_bytes(&0u32.to_ne_bytes())
            .unwrap()
            .unwrap();
        let (offset, size, type_id) = member(value_type, "data");
        let (state, state_size, _) = member(value_type, state_path(value_type));
        KernelValue {
            type_id,
            data: bytes[offset..offset + size].to_vec(),
            state: number(&bytes[state..state + state_size]) as u32,
        }
    }

    /// The bytes of a member.
    pub fn bytes(&self, name: &str) -> &[u8] {
        let (offset, size, _) = member(self.type_id, name);
        &self.data[offset..offset + size]
    }

    /// A member that is a number; for a callback, the id of its program, or 0.
    pub fn number(&self, name: &str) -> u64 {
        number(self.bytes(name))
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> String {
        let bytes = self.bytes(name);
        let end = bytes.iter().position(|&byte| byte == 0).unwrap();
        String::from_utf8(bytes[..end].to_vec()).unwrap()
    }
}

fn number(bytes: &[u8]) -> u64 {
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(wide)
}
