//! Deduplicated, permuted, distilled, relocated: what libbpf does with whole BTFs.

use super::{VOID, all, int, sections};
use libbpf_safe::ErrorKind;
use libbpf_safe::btf::{Btf, BtfExt, Builder, DataFormat, Endian, Field, Kind, Type, TypeId};
use libbpf_tests::skeletons::{CORE, READS};

#[test]
fn types_that_were_put_together_are_there_once_after_dedup() {
    let (core, ext) = sections(CORE);
    let mut doubled = Builder::onward(&core).unwrap();
    let second = doubled.append(&core).unwrap();
    assert_eq!(usize::try_from(second.0).unwrap(), core.len());
    let doubled = doubled.build().unwrap();
    assert_eq!(doubled.len(), 2 * core.len() - 1);
    let once = core.dedup().unwrap();
    let twice = doubled.dedup().unwrap();
    assert!(twice.len() < doubled.len());
    // Variables and sections are never taken for the same.
    let names = |btf: &Btf| -> Vec<String> {
        let types = btf
            .types()
            .filter(|(_, ty)| !matches!(ty.kind(), Kind::Variable | Kind::DataSection));
        types
            .map(|(id, ty)| format!("{:?} {}", ty.kind(), btf.c_name(id)))
            .collect()
    };
    assert_eq!(names(&twice), names(&once));
    // What `.BTF.ext` refers to is the same as before.
    let told = |btf: &Btf, ext: &BtfExt| -> Vec<String> {
        let functions = ext
            .functions()
            .map(|it| format!("{}+{} {}", it.section, it.offset, btf.c_name(it.ty)));
        let relocations = ext.relocations().map(|it| {
            format!(
                "{}+{} {} {}",
                it.section,
                it.offset,
                btf.c_name(it.ty),
                it.access
            )
        });
        functions.chain(relocations).collect()
    };
    let (after, after_ext) = core.dedup_with(&ext).unwrap();
    assert_eq!(told(&after, &after_ext), told(&core, &ext));
    assert!(!told(&core, &ext).is_empty());
    let lines =
        |ext: &BtfExt| -> Vec<String> { ext.lines().map(|it| it.text.to_owned()).collect() };
    assert_eq!(lines(&after_ext), lines(&ext));
}

#[test]
fn chains_of_types_longer_than_a_stack_are_deduplicated() {
    let mut types = Builder::new();
    let mut last = int(&mut types);
    for _ in 0..20_000 {
        last = types.pointer(last).unwrap();
    }
    // A list of as many structs, each pointing to the next, twice.
    for _ in 0..2 {
        for number in 0..4_000 {
            let name = format!("list{number}");
            let next = TypeId(types.next_id().unwrap().0 + 1);
            let pointer = types.pointer(TypeId(next.0 + 1)).unwrap();
            types
                .structure(&name, 8, [Field::new("next", pointer, 0)])
                .unwrap();
        }
        types.pointer(VOID).unwrap();
        types.structure("end", 0, []).unwrap();
    }
    let btf = types.build().unwrap();
    assert!(btf.dedup().unwrap().len() < btf.len());
}

#[test]
fn a_permuted_btf_has_the_same_types_in_another_order() {
    let (btf, ext) = sections(READS);
    let count = u32::try_from(btf.len()).unwrap() - 1;
    let reversed: Vec<_> = (1..=count).rev().map(TypeId).collect();
    let (permuted, moved) = btf.permute_with(&reversed, &ext).unwrap();
    assert_eq!(permuted.raw(), btf.permute(&reversed).unwrap().raw());
    for (id, ty) in btf.types() {
        let new = TypeId(count + 1 - id.0);
        assert_eq!(permuted.c_name(new), btf.c_name(id));
        assert_eq!(permuted.get(new).unwrap().kind(), ty.kind());
    }
    let names = |btf: &Btf, ext: &BtfExt| -> Vec<_> {
        ext.relocations().map(|it| btf.c_name(it.ty)).collect()
    };
    assert_eq!(names(&permuted, &moved), names(&btf, &ext));
    assert_eq!(
        permuted.permute(&reversed).unwrap().raw().len(),
        btf.raw().len()
    );
    let mut doubled = reversed.clone();
    doubled[0] = doubled[1];
    for wrong in [&reversed[1..], &doubled, &[]] {
        let error = btf.permute(wrong).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
    }
}

/// A base with two structs, in either order, and what is split from it.
fn base(swapped: bool, size: u32) -> Btf {
    let mut types = Builder::new();
    let int = int(&mut types);
    if swapped {
        types.pointer(int).unwrap();
        types.volatile(int).unwrap();
    }
    let one = |types: &mut Builder| {
        types
            .structure("one", size, [Field::new("a", int, 0)])
            .unwrap()
    };
    let two = |types: &mut Builder| {
        types
            .structure("two", 8, [Field::new("b", int, 0)])
            .unwrap()
    };
    match swapped {
        true => (two(&mut types), one(&mut types)),
        false => (one(&mut types), two(&mut types)),
    };
    types.build().unwrap()
}

fn split(base: &Btf) -> Btf {
    let mut types = Builder::split(base).unwrap();
    let find = |name| base.find(name, Kind::Struct).unwrap();
    let pointer = types.pointer(find("one")).unwrap();
    let fields = [
        Field::new("one", pointer, 0),
        Field::new("two", find("two"), 64),
    ];
    types.structure("own", 16, fields).unwrap();
    types.build().unwrap()
}

#[test]
fn a_distilled_base_is_replaced_by_another_build_of_the_base() {
    let original = split(&base(false, 4));
    let (distilled, moved) = original.distill().unwrap();
    assert!(distilled.raw().len() <= base(false, 4).raw().len());
    assert_eq!(moved.base().unwrap().raw(), distilled.raw());
    let other = base(true, 4);
    let relocated = moved.relocate(&other).unwrap();
    let id = relocated.find("own", Kind::Struct).unwrap();
    let Type::Struct(own) = relocated.get(id).unwrap() else {
        panic!("own is no struct");
    };
    let members: Vec<_> = own.members().map(|it| relocated.c_name(it.ty)).collect();
    assert_eq!(members, ["struct one *", "struct two"]);
    let two = own.member("two").unwrap().ty;
    assert_eq!(Some(two), other.find("two", Kind::Struct));
    assert_ne!(Some(two), base(false, 4).find("two", Kind::Struct));
}

#[test]
fn a_base_without_a_type_or_with_one_of_another_size_is_refused() {
    let (_, moved) = split(&base(false, 4)).distill().unwrap();
    let mut empty = Builder::new();
    int(&mut empty);
    let error = moved.relocate(&empty.build().unwrap()).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidBtf { .. }),
        "{error:?}"
    );
    // `two` is embedded, and has another size.
    let mut larger = Builder::new();
    let int = int(&mut larger);
    larger
        .structure("one", 4, [Field::new("a", int, 0)])
        .unwrap();
    larger
        .structure("two", 12, [Field::new("b", int, 0)])
        .unwrap();
    let error = moved.relocate(&larger.build().unwrap()).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidBtf { .. }),
        "{error:?}"
    );
    let error = base(false, 4).distill().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::InvalidInput { .. }),
        "{error:?}"
    );
}

/// A few bytes changed, the same each time.
fn mutated(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 8).unwrap()
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + next() % 3 {
        let at = 24 + next() % (bytes.len() - 24);
        bytes[at] = [0, 1, 0xff, u8::try_from(next() % 256).unwrap()][next() % 4];
    }
    bytes
}

#[test]
fn broken_btf_is_refused_or_changed_without_harm() {
    let whole = all().build().unwrap();
    let (object, ext) = sections(READS);
    let (distilled, moved) = split(&base(false, 4)).distill().unwrap();
    let mut accepted = 0;
    for seed in 0..400 {
        if let Ok(btf) = Btf::parse(mutated(whole.raw(), seed)) {
            accepted += 1;
            let _ = btf.dedup();
            let count = u32::try_from(btf.len()).unwrap();
            let _ = btf.permute(&(1..count).rev().map(TypeId).collect::<Vec<_>>());
            let _ = btf.to_endian(Endian::Big).unwrap();
            for (id, _) in btf.types() {
                let _ = btf.format_data(id, &[1; 64], &DataFormat::new().zeroes());
            }
        }
        if let Ok(ext) = BtfExt::parse(mutated(ext.raw(), seed), &object) {
            let _ = object.dedup_with(&ext);
            assert!(ext.lines().count() + ext.relocations().count() < 10_000);
        }
        if let Ok(base) = Btf::parse(mutated(distilled.raw(), seed)) {
            if let Ok(split) = Btf::parse_split(moved.raw(), &base) {
                let _ = split.relocate(&self::base(true, 4));
            }
        }
        if let Ok(split) = Btf::parse_split(mutated(moved.raw(), seed), &distilled) {
            let _ = split.relocate(&self::base(true, 4));
            let _ = split.distill();
        }
    }
    assert!(accepted > 100, "{accepted}");
}
