//! The running kernel's own BTF, where there is one.

use std::time::Instant;

use super::super::{Btf, Kind, Type, TypeId};

fn kernel() -> Option<Btf> {
    let bytes = std::fs::read("/sys/kernel/btf/vmlinux").ok()?;
    let start = Instant::now();
    let btf = Btf::parse(bytes).unwrap();
    println!("{} types in {:?}", btf.len(), start.elapsed());
    Some(btf)
}

#[test]
fn all_of_it_decodes() {
    let Some(btf) = kernel() else { return };
    let mut count = 0;
    for (id, ty) in btf.types() {
        count += 1;
        assert_eq!(usize::try_from(id.0).unwrap(), count);
        btf.resolve(id).unwrap();
        btf.resolve_qualifiers(id).unwrap();
        let name = btf.c_name(id);
        let is_type = !matches!(ty.kind(), Kind::DeclTag | Kind::DataSection);
        assert!(
            !name.is_empty() && is_type != name.contains('<'),
            "{id}: {name}"
        );
        if let Type::Function { name, proto, .. } = ty {
            assert!(!name.is_empty());
            assert_eq!(btf.get(proto).unwrap().kind(), Kind::FunctionProto);
        }
    }
    assert_eq!(count + 1, btf.len());
}

#[test]
fn members_fit_into_their_structs() {
    let Some(btf) = kernel() else { return };
    let (mut structs, mut packed) = (0, 0);
    for (id, ty) in btf.types() {
        let (Type::Struct(c) | Type::Union(c)) = ty else {
            continue;
        };
        structs += 1;
        let size = u64::from(c.size);
        assert_eq!(btf.size_of(id), Ok(size));
        let align = btf.align_of(id).unwrap();
        assert!(
            align.is_power_of_two() && size % align == 0,
            "{id}: {align} of {size}"
        );
        let mut natural = 1;
        for member in c.members() {
            natural = natural.max(btf.align_of(member.ty).unwrap());
            let bits = match member.bitfield_size {
                Some(bits) => u64::from(bits),
                None => btf.size_of(member.ty).unwrap() * 8,
            };
            let end = u64::from(member.bit_offset) + bits;
            assert!(
                end <= size * 8,
                "{}.{}: {end} > {}",
                c.name,
                member.name,
                size * 8
            );
            assert!(!c.is_union || member.bit_offset == 0);
        }
        assert!(align <= natural);
        packed += u32::from(align < natural);
    }
    println!("{structs} structs and unions, {packed} of them packed");
    assert!(structs > 1000 && packed * 10 < structs);
}

#[test]
fn tcp_congestion_ops() {
    let Some(btf) = kernel() else { return };
    let Some(id) = btf.find("tcp_congestion_ops", Kind::Struct) else {
        return;
    };
    let Type::Struct(ops) = btf.get(id).unwrap() else {
        panic!()
    };
    let last = ops
        .members()
        .map(|m| u64::from(m.bit_offset) / 8)
        .max()
        .unwrap();
    assert!(u64::from(ops.size) > last && btf.align_of(id) == Ok(8));
    let name_of = |member| btf.c_name(ops.member(member).unwrap().ty);
    assert_eq!(name_of("ssthresh"), "u32 (*)(struct sock *)");
    assert_eq!(name_of("name"), "char[16]");
    assert_eq!(name_of("owner"), "struct module *");
    assert_eq!(name_of("init"), "void (*)(struct sock *)");
}

#[test]
fn familiar_types() {
    let Some(btf) = kernel() else { return };
    let size = |name, kind| btf.size_of(btf.find(name, kind)?).ok();
    assert_eq!(size("list_head", Kind::Struct), Some(16));
    assert_eq!(size("in6_addr", Kind::Struct), Some(16));
    assert_eq!(size("ethhdr", Kind::Struct), Some(14));
    assert_eq!(size("iphdr", Kind::Struct), Some(20));
    assert_eq!(size("tcphdr", Kind::Struct), Some(20));
    assert_eq!(size("u64", Kind::Typedef), Some(8));
    let ethhdr = btf.find("ethhdr", Kind::Struct).unwrap();
    assert_eq!(btf.align_of(ethhdr), Ok(2));
    let Type::Struct(tcp) = btf.get(btf.find("tcphdr", Kind::Struct).unwrap()).unwrap() else {
        panic!()
    };
    let syn = tcp
        .members()
        .find(|m| m.name == "syn")
        .map(|m| m.bitfield_size);
    assert!(syn.is_none_or(|size| size == Some(1)));
    assert!(btf.get(TypeId(u32::MAX)).is_err());
}

#[test]
fn modules_build_upon_it() {
    let Some(btf) = kernel() else { return };
    let Ok(files) = std::fs::read_dir("/sys/kernel/btf") else {
        return;
    };
    for file in files.flatten().filter(|file| file.file_name() != "vmlinux") {
        let Ok(bytes) = std::fs::read(file.path()) else {
            continue;
        };
        let module = Btf::parse_split(bytes, &btf).unwrap();
        assert_eq!(module.types().count() + btf.len(), module.len());
    }
}
