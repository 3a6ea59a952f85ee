//! A program in C, that is also C++, which holds the structs of a generated header against what clang has
//! written into the object: see [`c`](super::c) for the tables.

use super::c::{Top, VALUES, number, path};
use super::{Leaf, LeafKind, Scalar, Set, Types, Value, all_ones, magnitude};
use std::fmt::Write;

const HEAD: &str = r#"/* What the header says, held against what clang says. Prints how many checks there were. */
#include <stdio.h>
#include <string.h>
#define layouts_bpf__TYPES
#include "layouts.skel.h"

static int checks, failures;

static void check(int holds, const char *what, const char *of)
{
	checks++;
	if (holds)
		return;
	failures++;
	fprintf(stderr, "%s: %s\n", of, what);
}

#define CHECK(condition) check(condition, #condition, of)
"#;

const TAIL: &str = r#"
	printf("%d\n", checks);
	layouts_bpf__destroy(skel);
	return failures != 0;
}
"#;

/// The whole program.
#[must_use]
pub fn program(types: &Types) -> String {
    let mut text = HEAD.to_owned();
    let tops = types.tops();
    for top in &tops {
        check_top(&mut text, types, top);
    }
    text += "\nint main(void)\n{\n\tstruct layouts_bpf *skel = layouts_bpf__open();\n\n\
        \tif (!skel) {\n\t\tperror(\"layouts_bpf__open\");\n\t\treturn 1;\n\t}\n";
    for top in &tops {
        writeln!(text, "\tcheck_{}(skel);", top.name).unwrap();
    }
    text + TAIL
}

fn check_top(text: &mut String, types: &Types, top: &Top<'_>) {
    let name = &top.name;
    let ty = top.declaration.replace(' ', " layouts_bpf__");
    writeln!(
        text,
        "\nstatic void check_{name}(struct layouts_bpf *skel)\n{{"
    )
    .unwrap();
    writeln!(text, "\tconst char *of = \"{ty}\";\n\t{ty} one;\n").unwrap();
    places(text, top, &ty);
    for (index, leaf) in top.leaves.iter().enumerate() {
        let all = Set {
            leaf: leaf.clone(),
            value: all_ones(leaf),
        };
        let clangs = format!("skel->data_leaves->leaves_{name}[{index}]");
        sets(text, &[all], "one", &clangs);
    }
    for index in 0..VALUES {
        let clangs = format!("skel->data_values->values_{name}[{index}]");
        sets(text, &top.values(types, index), "one", &clangs);
    }
    if top.is_ops {
        // The shadow copies: one that the object sets, and one that is set here.
        let ours = format!("(*skel->struct_ops.zero_{name})");
        let clangs = format!("(*skel->struct_ops.set_{name})");
        sets(text, &top.ops_values(types), &ours, &clangs);
    }
    text.push_str("}\n");
}

fn places(text: &mut String, top: &Top<'_>, ty: &str) {
    let places = format!("skel->rodata->places_{}", top.name);
    writeln!(text, "\tCHECK(sizeof({ty}) == {places}[0]);").unwrap();
    // C has no alignment greater than natural from BTF, and none less where a struct is packed.
    let leaves = top.leaves.iter().filter(|leaf| leaf.width.is_none());
    for (index, leaf) in leaves.enumerate() {
        let path = path(leaf);
        let path = path.trim_start_matches('.');
        let at = 2 + 2 * index;
        writeln!(
            text,
            "\tCHECK(__builtin_offsetof({ty}, {path}) == {places}[{at}]);\n\
             \tCHECK(sizeof((({ty} *)0)->{path}) == {places}[{}]);",
            at + 1
        )
        .unwrap();
    }
}

/// What is set through the header is what clang has written, and is read from there again.
fn sets(text: &mut String, sets: &[Set], ours: &str, clangs: &str) {
    writeln!(text, "\tmemset(&{ours}, 0, sizeof({ours}));").unwrap();
    for set in sets {
        writeln!(
            text,
            "\t{}",
            assignment(set, &format!("{ours}{}", path(&set.leaf)))
        )
        .unwrap();
    }
    writeln!(
        text,
        "\tCHECK(sizeof({ours}) == sizeof({clangs}) && memcmp(&{ours}, &{clangs}, sizeof({ours})) == 0);"
    )
    .unwrap();
    for set in sets {
        let place = format!("{clangs}{}", path(&set.leaf));
        writeln!(text, "\tCHECK({});", comparison(set, &place)).unwrap();
    }
}

fn assignment(set: &Set, place: &str) -> String {
    match &set.value {
        Value::Text(_) => format!("memcpy({place}, {}, sizeof({place}));", value(set)),
        _ if set.leaf.width.is_some() => format!("{place} = {};", value(set)),
        Value::Callback(_) => format!("{place} = {};", value(set)),
        // Enums of C++ take no number.
        _ => format!("{place} = (__typeof__({place})){};", value(set)),
    }
}

fn comparison(set: &Set, place: &str) -> String {
    match &set.value {
        Value::Text(_) => format!("memcmp({place}, {}, sizeof({place})) == 0", value(set)),
        // clang before 15 leaves BTF without the signs of enums.
        Value::Int { bits, width, .. } if is_bits_of_enum(&set.leaf) => {
            let mask = u64::MAX >> (64 - width);
            format!("({place} & {mask:#x}ULL) == {}", number(*bits))
        }
        _ if set.leaf.width.is_some() => format!("(__int128){place} == (__int128){}", value(set)),
        Value::Callback(_) => format!("{place} == {}", value(set)),
        _ => format!("{place} == (__typeof__({place})){}", value(set)),
    }
}

fn value(set: &Set) -> String {
    match &set.value {
        Value::Int {
            bits,
            width,
            negative,
        } => {
            let text = if *negative {
                format!("(-(__int128){})", number(magnitude(*bits, *width)))
            } else {
                number(*bits)
            };
            if is_pointer(&set.leaf) {
                format!("(unsigned long){text}")
            } else {
                text
            }
        }
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::Float(bits) if set.leaf.kind == LeafKind::Scalar(Scalar::Float(4)) => {
            format!("{:?}f", f32::from_bits(*bits as u32))
        }
        Value::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        Value::Text(bytes) => {
            let bytes: String = bytes.iter().map(|byte| format!("\\{byte:03o}")).collect();
            format!("\"{bytes}\"")
        }
        Value::Callback(true) => "skel->progs.callback".to_owned(),
        Value::Callback(false) => "NULL".to_owned(),
    }
}

fn is_bits_of_enum(leaf: &Leaf) -> bool {
    leaf.width.is_some() && matches!(leaf.kind, LeafKind::Enum(..))
}

fn is_pointer(leaf: &Leaf) -> bool {
    matches!(
        leaf.kind,
        LeafKind::Scalar(Scalar::Pointer | Scalar::FunctionPointer)
    )
}
