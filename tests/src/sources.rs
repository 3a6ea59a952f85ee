//! Random BPF sources: legal C that is hard on a generator of code, by names and by what stands beside each
//! other.

use crate::layouts::Random;
use std::collections::HashSet;
use std::fmt::Write;

/// The seeds that are always tried, or those that the variable `SOURCE_SEEDS` names, such as `100..200`.
///
/// # Errors
///
/// The variable is no such range.
pub fn seeds() -> Result<std::ops::Range<u64>, String> {
    crate::layouts::range("SOURCE_SEEDS", 0..24)
}

/// Names that Rust, generated code or C has other uses for.
const NAMES: &[&str] = &[
    "_",
    "__",
    "___",
    "_1",
    "a__b",
    "kind___v2",
    "x___y___z",
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "crate",
    "dyn",
    "final",
    "fn",
    "gen",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "macro_rules",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "raw",
    "ref",
    "safe",
    "Self",
    "self",
    "self_",
    "super",
    "trait",
    "try",
    "type",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "yield",
    "Option",
    "u8",
    "u32",
    "i64",
    "usize",
    "str",
    "String",
    "Vec",
    "Result",
    "Ok",
    "Err",
    "Some",
    "None",
    "Box",
    "Send",
    "Sized",
    "Copy",
    "Clone",
    "Debug",
    "Default",
    "PartialEq",
    "Pod",
    "Zeroable",
    "OpenSkeleton",
    "Skeleton",
    "Parts",
    "Programs",
    "Maps",
    "OpenMaps",
    "OpenPrograms",
    "StructOps",
    "StructOpsMaps",
    "NAME",
    "OBJECT",
    "types",
    "sections",
    "shadow",
    "live",
    "bpf",
    "libbpf_safe",
    "core",
    "std",
    "object",
    "maps",
    "programs",
    "rodata",
    "data",
    "bss",
    "kconfig",
    "open",
    "open_with",
    "parts",
    "load",
    "into_object",
    "new",
    "options",
    "name",
    "offset_of",
    "size_of",
    "align_of",
    "size",
    "value",
    "fields",
    "f",
    "from",
    "fmt",
    "eq",
    "clone",
    "zeroed",
    "plain",
    "members",
    "bitfields",
    "assert",
    "concat",
    "stringify",
    "include_bytes",
    "_all_fields",
    "_only_field",
    "is_pod",
    "_bits",
    "_width",
    "bits",
    "_open",
    "_padding_4",
    "_alignment",
    "_union_0",
    "T",
    "get",
    "set",
    "set_get",
    "get_mut",
    "größe",
    "näme",
    "a$b",
    "$",
    "r",
    "main_",
    "attach",
    "detach",
    "map_object",
    "program_object",
    "section_rodata",
    "Value",
    "writable",
    "of",
    "a_name_that_is_far_longer_than_any_name_that_the_kernel_would_take_for_a_map_or_a_program",
];

/// What file names can begin with.
const FILES: &[&str] = &[
    "plain",
    "7",
    "with-dash",
    "a.b.c",
    ".hidden",
    "größe",
    "with space",
    "__",
    "fn",
    "crate",
    "self",
    "map",
    "UPPER",
    "a+b",
    "x__y",
    "(1)",
    "日本",
];

const MAPS: &[(&str, bool, bool)] = &[
    ("HASH", true, true),
    ("ARRAY", false, true),
    ("PERCPU_HASH", true, true),
    ("PERCPU_ARRAY", false, true),
    ("LRU_HASH", true, true),
    ("STACK_TRACE", false, false),
    ("RINGBUF", false, false),
    ("PROG_ARRAY", false, false),
];

const SECTIONS: &[&str] = &[
    "",
    "",
    "",
    "",
    ".data.mine",
    ".rodata.mine",
    ".bss.mine",
    ".data.with-dash",
    ".data.1",
    ".rodata.a.b",
    ".data.fn",
];

const PROGRAMS: &[&str] = &[
    "xdp",
    "tc",
    "socket",
    "syscall",
    "?xdp",
    "tp/sched/sched_switch",
    "raw_tp/sys_enter",
    "cgroup_skb/egress",
    "kprobe/x",
    "struct_ops",
    "fentry/x",
    "iter/task",
    "sockops",
];

const TYPES: &[&str] = &[
    "int",
    "unsigned char",
    "__u16",
    "__u32",
    "__u64",
    "__s64",
    "bool",
    "char",
    "void *",
    "unsigned __int128",
    "float",
];

/// The stem of the file's name, and its text.
#[must_use]
pub fn source(seed: u64) -> (String, String) {
    let mut writer = Writer {
        random: Random::new(seed ^ 0xf1e2_d3c4),
        text: "#include \"small.h\"\n".to_owned(),
        types: TYPES.iter().map(|&ty| ty.to_owned()).collect(),
        taken: ["callback".to_owned()].into(),
        tags: HashSet::new(),
    };
    writer.write();
    let file = writer.random.pick(FILES);
    (format!("{file}{seed}"), writer.text)
}

struct Writer {
    random: Random,
    text: String,
    types: Vec<String>,
    /// Variables, functions, typedefs and constants of enums.
    taken: HashSet<String>,
    /// Structs, unions and enums.
    tags: HashSet<String>,
}

impl Writer {
    fn write(&mut self) {
        for _ in 0..self.random.below(6) {
            match self.random.below(4) {
                0 => self.enumeration(),
                1 => self.typedef(),
                _ => self.composite(),
            }
        }
        for _ in 0..self.random.below(5) {
            self.variable();
        }
        for _ in 0..self.random.below(4) {
            self.map();
        }
        for _ in 0..self.random.below(4) {
            self.program();
        }
        if self.random.percent(60) {
            self.struct_ops();
        }
        if self.random.percent(70) {
            self.line("char LICENSE[] SEC(\"license\") = \"GPL\";");
        }
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "{line}").unwrap();
    }

    /// One that is not in use.
    fn name(&mut self) -> String {
        loop {
            let name = self.random.pick(NAMES).to_owned();
            if self.taken.insert(name.clone()) {
                return name;
            }
            let name = format!("{name}{}", self.random.below(100));
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    fn tag(&mut self) -> String {
        loop {
            let name = self.random.pick(NAMES);
            if self.tags.insert(name.to_owned()) {
                return name.to_owned();
            }
        }
    }

    /// Names that are each other's only within one struct.
    fn members(&mut self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for _ in 0..self.random.below(7) {
            let name = self.random.pick(NAMES).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn ty(&mut self) -> String {
        let types = self.types.clone();
        self.random.pick(&types)
    }

    fn enumeration(&mut self) {
        let tag = self.tag();
        let count = 1 + self.random.below(4);
        let values: Vec<String> = (0..count)
            .map(|_| {
                let name = self.name();
                let value = self
                    .random
                    .pick(&["", " = 7", " = 7", " = -1", " = 0xffffffff"]);
                format!("{name}{value}")
            })
            .collect();
        // Constants of both signs beyond 32 bits are two enums to C.
        let values = values.join(", ").replace("-1", "0x7fffffff");
        self.line(&format!("enum {tag} {{ {values} }};"));
        self.types.push(format!("enum {tag}"));
    }

    fn typedef(&mut self) {
        let (name, ty) = (self.name(), self.ty());
        self.line(&format!("typedef {ty} {name};"));
        self.types.push(name);
    }

    fn body(&mut self, depth: usize) -> String {
        let mut seen = Vec::new();
        self.body_with(depth, &mut seen)
    }

    fn body_with(&mut self, depth: usize, seen: &mut Vec<String>) -> String {
        let mut body = String::new();
        for name in self.members() {
            // As the name of a member C takes a typedef for a type.
            if seen.contains(&name) || self.types.contains(&name) {
                continue;
            }
            seen.push(name.clone());
            let ty = self.ty();
            match self.random.below(9) {
                0 => write!(
                    body,
                    "unsigned int {name} : {}; ",
                    1 + self.random.below(32)
                ),
                1 => write!(body, "{ty} {name}[{}]; ", self.random.below(4)),
                2 => write!(body, "char {name}[16]; "),
                3 if depth < 3 => {
                    let keyword = self.random.pick(&["struct", "union"]);
                    let inner = self.body(depth + 1);
                    write!(body, "{keyword} {{ {inner}}} {name}; ")
                }
                4 if depth < 3 => {
                    let keyword = self.random.pick(&["struct", "union"]);
                    let inner = self.body_with(depth + 1, seen);
                    write!(body, "{keyword} {{ {inner}}}; {ty} {name}; ")
                }
                5 => write!(body, "int (*{name})(void); "),
                _ => write!(body, "{ty} {name}; "),
            }
            .unwrap();
        }
        body
    }

    fn composite(&mut self) {
        let tag = self.tag();
        let keyword = self.random.pick(&["struct", "struct", "union"]);
        let body = self.body(0);
        let attribute = self.random.pick(&[
            "",
            "",
            "",
            " __attribute__((packed))",
            " __attribute__((aligned(32)))",
        ]);
        self.line(&format!(
            "{keyword} {tag} {{ {body}char end__; }}{attribute};"
        ));
        self.types.push(format!("{keyword} {tag}"));
    }

    fn variable(&mut self) {
        let (name, ty) = (self.name(), self.ty());
        let section = self.random.pick(SECTIONS);
        let ((word, qualifier), section) = match section {
            "" => (
                self.random.pick(&[
                    ("", ""),
                    ("", " const volatile"),
                    ("static ", " volatile"),
                    ("__attribute__((weak)) ", ""),
                ]),
                String::new(),
            ),
            section if section.starts_with(".rodata") => {
                (("", " const volatile"), format!(" SEC(\"{section}\")"))
            }
            section => (("", ""), format!(" SEC(\"{section}\")")),
        };
        let array = self.random.pick(&["", "", "[3]", "[2][2]"]);
        self.line(&format!(
            "{word}typeof({ty}){qualifier} {name}{array}{section};"
        ));
    }

    fn map(&mut self) {
        let name = self.name();
        let (kind, has_key, has_value) = self.random.pick(MAPS);
        let mut fields = format!("__uint(type, BPF_MAP_TYPE_{kind}); ");
        if kind == "RINGBUF" {
            fields += "__uint(max_entries, 4096); ";
        } else {
            fields += "__uint(max_entries, 4); ";
            let (key, value) = (self.value_type(), self.value_type());
            fields += &match has_key {
                true => format!("__type(key, {key}); "),
                false => "__uint(key_size, 4); ".to_owned(),
            };
            fields += &match has_value {
                true => format!("__type(value, {value}); "),
                false => "__uint(value_size, 4); ".to_owned(),
            };
        }
        self.line(&format!("struct {{ {fields}}} {name} SEC(\".maps\");"));
    }

    /// libbpf takes no map whose key or value has no size.
    fn value_type(&mut self) -> String {
        let ty = self.ty();
        format!("struct {{ {ty} inner; char end; }}")
    }

    fn program(&mut self) {
        let (name, other, section) = (self.name(), self.name(), self.random.pick(PROGRAMS));
        self.line(&format!(
            "SEC(\"{section}\") int {name}(void *ctx) {{ static volatile int {other}; return {other}++; }}"
        ));
    }

    fn struct_ops(&mut self) {
        let tag = self.tag();
        let body = self.body(0);
        // A member of no size before a callback would be taken for it.
        self.line(&format!(
            "struct {tag} {{ int (*first__)(void); {body}int (*last__)(void); }};"
        ));
        self.line("SEC(\"struct_ops\") int callback(__u64 *ctx) { return 0; }");
        let sections = [
            ".struct_ops",
            ".struct_ops.link",
            "?.struct_ops",
            "?.struct_ops.link",
        ];
        for _ in 0..1 + self.random.below(2) {
            let (name, section) = (self.name(), self.random.pick(&sections));
            self.line(&format!(
                "SEC(\"{section}\") struct {tag} {name} = {{ .first__ = (void *)callback }};"
            ));
        }
    }
}
