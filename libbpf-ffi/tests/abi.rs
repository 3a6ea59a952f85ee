//! The bindings have the layout that a C compiler gives the headers: sizes, offsets and constants, of the
//! extension and of what libbpf-safe hands to libbpf and the kernel.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use libbpf_ffi::{self as ffi, ext};
use std::collections::BTreeMap;
use std::fs;
use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What C and Rust say, by what they say it of.
type Facts = BTreeMap<String, i64>;

/// The C program's statements, and Rust's answers.
#[derive(Default)]
struct Comparison {
    c: String,
    rust: Facts,
}

impl Comparison {
    fn add(&mut self, expression: String, value: usize) {
        self.add_signed(expression, i64::try_from(value).unwrap());
    }

    fn add_signed(&mut self, expression: String, value: i64) {
        self.c.push_str(&format!(
            "\tprintf(\"%s=%lld\\n\", \"{expression}\", (long long)({expression}));\n"
        ));
        let before = self.rust.insert(expression.clone(), value);
        assert_eq!(before, None, "{expression} twice");
    }
}

fn field_size<S, F>(_: impl Fn(&S) -> &F) -> usize {
    size_of::<F>()
}

/// The C name of a field: bindgen appends `_` to Rust's keywords.
fn c_name(field: &str) -> &str {
    field.strip_suffix('_').unwrap_or(field)
}

/// Where fields are and how large, and where `whole` is given the size of the struct.
macro_rules! structs {
    ($facts:ident, whole: $whole:expr, $($module:ident :: $name:ident { $($field:ident),* $(,)? })*) => {$(
        let name = stringify!($name);
        if $whole {
            $facts.add(format!("sizeof(struct {name})"), size_of::<$module::$name>());
        }
        $({
            let field = c_name(stringify!($field));
            $facts.add(format!("offsetof(struct {name}, {field})"), offset_of!($module::$name, $field));
            $facts.add(
                format!("sizeof(((struct {name} *)0)->{field})"),
                field_size(|s: &$module::$name| &s.$field),
            );
        })*
    )*};
}

macro_rules! constants {
    ($facts:ident, $($module:ident :: { $($name:ident),* $(,)? })*) => {$($(
        $facts.add_signed(stringify!($name).to_owned(), i64::from($module::$name));
    )*)*};
}

#[test]
fn bindings_have_the_layout_of_c() {
    let mut facts = Comparison::default();
    structs! { facts, whole: true,
        ext::bpf_struct_ops_member_info {
            name, offset, size, kind, count, bit_offset, bit_size, type_, c_type,
        }
        ext::bpf_struct_ops_type_info { members, cnt, size }
        ext::bpf_struct_ops_map_info { name, members, cnt, data_size }
        ext::bpf_struct_ops_shadow_info { maps, cnt }
        ext::bpf_struct_ops_problem {
            kind, map, type_, member, program, found, expected, presence, value, value_size,
            found_type, expected_type,
        }
        ext::bpf_struct_ops_plan { loaded, reason, map, member }
        ext::libbpf_text_sink { wants, message }
        ffi::bpf_object_open_opts {
            sz, object_name, relaxed_maps, pin_root_path, kconfig, btf_custom_path, kernel_log_buf,
            kernel_log_size, kernel_log_level, bpf_token_path,
        }
        ffi::bpf_linker_opts { sz }
        ffi::bpf_test_run_opts {
            sz, data_in, data_out, data_size_in, data_size_out, ctx_in, ctx_out, ctx_size_in,
            ctx_size_out, retval, repeat, duration, flags, cpu, batch_size,
        }
        ffi::bpf_map_batch_opts { sz, elem_flags, flags }
    }
    // These grow with the kernel's headers, and the system's may be older than libbpf: no sizes.
    structs! { facts, whole: false,
        ffi::bpf_map_info {
            type_, id, key_size, value_size, max_entries, map_flags, name, ifindex,
            btf_vmlinux_value_type_id, netns_dev, netns_ino, btf_id, btf_key_type_id,
            btf_value_type_id,
        }
        ffi::bpf_prog_info {
            type_, id, tag, jited_prog_len, xlated_prog_len, jited_prog_insns, xlated_prog_insns,
            load_time, created_by_uid, nr_map_ids, map_ids, name, ifindex, netns_dev, netns_ino,
            btf_id, func_info_rec_size, func_info, nr_func_info, nr_line_info, line_info,
            jited_line_info, nr_jited_line_info, line_info_rec_size, jited_line_info_rec_size,
            nr_prog_tags, prog_tags, run_time_ns, run_cnt,
        }
        ffi::bpf_link_info { type_, id, prog_id }
        ffi::bpf_btf_info { btf, btf_size, id }
    }
    // A union without a name in C.
    facts.add(
        "offsetof(struct bpf_link_info, raw_tracepoint)".to_owned(),
        offset_of!(ffi::bpf_link_info, __bindgen_anon_1),
    );
    // No signed value and no other size: then the bindings' unsigned int is right.
    facts.add(
        "sizeof(enum bpf_struct_ops_problem_kind)".to_owned(),
        size_of::<ext::bpf_struct_ops_problem_kind>(),
    );
    facts.add(
        "sizeof(enum bpf_struct_ops_member_kind)".to_owned(),
        size_of::<ext::bpf_struct_ops_member_kind>(),
    );
    facts.add(
        "sizeof(enum bpf_struct_ops_presence)".to_owned(),
        size_of::<ext::bpf_struct_ops_presence>(),
    );
    facts.add(
        "sizeof(enum bpf_struct_ops_plan_reason)".to_owned(),
        size_of::<ext::bpf_struct_ops_plan_reason>(),
    );
    facts.add("sizeof(size_t)".to_owned(), size_of::<usize>());
    facts.add("sizeof(_Bool)".to_owned(), size_of::<bool>());
    constants! { facts,
        ext::{
            BPF_STRUCT_OPS_NO_MAP, BPF_STRUCT_OPS_NO_MEMBER, BPF_STRUCT_OPS_MEMBER_SIZE,
            BPF_STRUCT_OPS_BAD_INFO, BPF_STRUCT_OPS_FOREIGN_PROGRAM, BPF_STRUCT_OPS_DATA_POINTER,
            BPF_STRUCT_OPS_BITFIELD, BPF_STRUCT_OPS_PROGRAM_OFF, BPF_STRUCT_OPS_KERNEL_NO_TYPE,
            BPF_STRUCT_OPS_KERNEL_NO_MEMBER, BPF_STRUCT_OPS_KERNEL_MEMBER_KIND,
            BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE, BPF_STRUCT_OPS_BAD_TYPE, BPF_STRUCT_OPS_NO_VALUE,
            BPF_STRUCT_OPS_PROGRAM_REUSED, BPF_STRUCT_OPS_PROGRAM_UNUSED,
            BPF_STRUCT_OPS_KERNEL_NO_LINK, BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE,
            BPF_STRUCT_OPS_KERNEL_ANONYMOUS, BPF_STRUCT_OPS_MEMBER_KIND,
            BPF_STRUCT_OPS_NESTED_CALLBACK, BPF_STRUCT_OPS_WRITTEN_LATE,
            BPF_STRUCT_OPS_OTHER_LAYOUT,
            BPF_STRUCT_OPS_ANY, BPF_STRUCT_OPS_INT,
            BPF_STRUCT_OPS_ENUM, BPF_STRUCT_OPS_FLOAT, BPF_STRUCT_OPS_POINTER,
            BPF_STRUCT_OPS_CALLBACK, BPF_STRUCT_OPS_STRUCT, BPF_STRUCT_OPS_UNION,
            BPF_STRUCT_OPS_REQUIRE, BPF_STRUCT_OPS_WARN, BPF_STRUCT_OPS_DROP,
            BPF_STRUCT_OPS_PLAN_AUTOLOAD, BPF_STRUCT_OPS_PLAN_CALLBACK,
            BPF_STRUCT_OPS_PLAN_UNUSED, BPF_STRUCT_OPS_PLAN_CHOSEN,
        }
        ffi::{
            BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY,
            BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_HASH,
            BPF_MAP_TYPE_LRU_PERCPU_HASH, BPF_MAP_TYPE_STRUCT_OPS, BPF_PROG_TYPE_STRUCT_OPS,
            BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_RAW_TRACEPOINT,
            BPF_LINK_TYPE_RAW_TRACEPOINT, BPF_LINK_TYPE_STRUCT_OPS, BPF_STATS_RUN_TIME,
            LIBBPF_WARN, LIBBPF_INFO, LIBBPF_DEBUG,
        }
    }

    let c = ask_c(&facts.c);
    for (expression, rust) in &facts.rust {
        assert_eq!(c.get(expression), Some(rust), "{expression}: C, then Rust");
    }
}

/// Every constant and every field of the extension's headers is compared above: none is forgotten.
#[test]
fn nothing_of_the_extension_is_left_out() {
    let test = include_str!("abi.rs");
    let bindings = include_str!("../src/bindings.rs");
    for line in bindings.lines() {
        let declared = line
            .strip_prefix("pub const ")
            .or_else(|| line.strip_prefix("pub struct "))
            .or_else(|| {
                line.strip_prefix("    pub ")
                    .filter(|rest| !rest.starts_with("fn "))
            });
        let Some(name) = declared.and_then(|rest| rest.split([':', ' ']).next()) else {
            continue;
        };
        // Known by pointer only.
        if !["bpf_struct_ops_shadow", "_unused"].contains(&name) {
            assert!(test.contains(name), "{name}");
        }
    }
}

/// Compiles and runs a C program that prints facts.
fn ask_c(statements: &str) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("abi.c");
    let program = folder.path().join("abi");
    let text = format!(
        "#include <stddef.h>\n#include <stdio.h>\n#include <linux/bpf.h>\n#include <bpf/bpf.h>\n\
         #include <bpf/btf.h>\n#include <bpf/libbpf.h>\n#include <libbpf_struct_ops.h>\n\
         #include <libbpf_text.h>\n\nint main(void)\n{{\n{statements}\treturn 0;\n}}\n"
    );
    fs::write(&source, text).unwrap();
    let vendor: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("vendor/include");
    let compiler = cc::Build::new()
        .cargo_metadata(false)
        .opt_level(0)
        .host(env!("TARGET"))
        .target(env!("TARGET"))
        .get_compiler();
    let status = compiler
        .to_command()
        .arg("-I")
        .arg(vendor)
        .args(["-I", env!("LIBBPF_INCLUDE"), "-o"])
        .args([&program, &source])
        .status()
        .unwrap();
    assert!(status.success());
    let output = Command::new(&program).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let (expression, value) = line.split_once('=').unwrap();
            (expression.to_owned(), value.parse().unwrap())
        })
        .collect()
}
