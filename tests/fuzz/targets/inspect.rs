//! All that can be asked of an open object, and every member of its struct_ops maps by name.

#![no_main]

use libbpf_safe::OpenObject;
use libbpf_safe::map::MapType;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    libbpf_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(|object: &[u8]| {
    let Ok(mut open) = OpenObject::from_bytes("fuzzed", object) else {
        return;
    };
    let mut text = String::new();
    for program in open.programs() {
        text += &format!("{program:?} {:?}", program.program_type());
    }
    let mut struct_ops = Vec::new();
    for map in open.maps() {
        text += &format!("{:?}", map.definition());
        if map.map_type() == MapType::STRUCT_OPS {
            struct_ops.push(map.name().to_owned());
        }
    }
    for name in struct_ops {
        let Ok(mut map) = open.struct_ops(&name) else {
            continue;
        };
        text += &map.c_type();
        for member in map.members().unwrap_or_default() {
            text += &format!("{member:?}");
            if let Ok(value) = map.get(&member.path) {
                let _ = map.set(&member.path, value);
            }
            let _ = map.default_value(&member.path);
            let _ = map.reset(&member.path);
        }
    }
    let _ = open.btf();
    assert!(
        text.len() < 64 * object.len() + 100_000,
        "{} bytes of text",
        text.len()
    );
});
