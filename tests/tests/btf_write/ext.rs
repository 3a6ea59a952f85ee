//! What `.BTF.ext` tells.

use super::sections;
use libbpf_safe::btf::{BtfExt, Endian, RelocationKind};
use libbpf_tests::skeletons::{CORE, READS};

#[test]
fn an_objects_ext_tells_lines_functions_and_relocations() {
    let (btf, ext) = sections(READS);
    let function = ext.functions().next().unwrap();
    assert_eq!((function.section, function.offset), ("raw_tp/sys_enter", 0));
    assert_eq!(btf.c_name(function.ty), "int reads(void *)");
    let line = ext
        .lines()
        .find(|line| line.text.contains("group_leader"))
        .unwrap();
    assert!(line.file.ends_with("reads.bpf.c"), "{}", line.file);
    assert!(line.line > 10 && line.column > 0, "{line:?}");
    let fields: Vec<_> = ext
        .relocations()
        .map(|it| (btf.c_name(it.ty), it.kind))
        .collect();
    assert_eq!(fields.len(), 3);
    for field in fields {
        assert_eq!(
            field,
            (
                "struct task_struct".to_owned(),
                RelocationKind::FieldByteOffset
            )
        );
    }
    let (core, ext) = sections(CORE);
    let kinds: Vec<_> = ext.relocations().map(|it| it.kind).collect();
    for kind in [
        RelocationKind::TypeIdTarget,
        RelocationKind::EnumValue,
        RelocationKind::FieldLeftShift,
    ] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    let swapped = ext.to_endian(Endian::Big);
    assert_eq!(swapped.endian(), Endian::Big);
    let swapped = BtfExt::parse(swapped.raw(), &core).unwrap();
    assert!(swapped.relocations().eq(ext.relocations()));
    // With the BTF that is turned, too: its strings are where they were, those that no type uses as well.
    let other = core.to_endian(Endian::Big).unwrap();
    let both = BtfExt::parse(swapped.raw(), &other).unwrap();
    assert!(both.relocations().eq(ext.relocations()));
    assert!(both.lines().eq(ext.lines()));
    assert_eq!(
        swapped.to_endian(Endian::Little).raw(),
        ext.to_endian(Endian::Little).raw()
    );
}
