//! Random BPF sources: legal C that is hard on a generator of code, by names and by what stands beside each
//! other.

#[path = "sources/names.rs"]
mod names;

use crate::layouts::Random;
use names::{FILES, NAMES};
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
    ".bss.with-dash",
    ".bss.of_a_name_that_is_long",
    ".data.of_a_name_that_is_long",
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

/// Tags of types came with clang 15.
const BEGINNING: &str = "#include \"small.h\"
#if __has_attribute(btf_type_tag)
#define TAG(name) __attribute__((btf_type_tag(name)))
#else
#define TAG(name)
#endif
#if __has_attribute(btf_decl_tag)
#define MARK(name) __attribute__((btf_decl_tag(name)))
#else
#define MARK(name)
#endif
struct declared_only;
";

/// What stands in a map's definition beside its type, its size, its key and its value.
const MAP_SETTINGS: &[&str] = &[
    "",
    "",
    "__uint(map_flags, 1); ",
    "__uint(numa_node, 0); ",
    "__uint(pinning, 1); ",
    "__uint(map_extra, 0); ",
];

/// The stem of the file's name, and its text.
#[must_use]
pub fn source(seed: u64) -> (String, String) {
    let mut writer = Writer {
        random: Random::new(seed ^ 0xf1e2_d3c4),
        text: BEGINNING.to_owned(),
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
        let what = match self.random.below(5) {
            0 => format!("typedef {ty} {name}[2];"),
            1 => {
                let body = self.body(1);
                format!("typedef struct {{ {body}char end__; }} {name};")
            }
            2 => {
                let constant = self.name();
                format!("typedef enum {{ {constant} }} {name};")
            }
            _ => format!("typedef {ty} {name};"),
        };
        self.line(&what);
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
            match self.random.below(16) {
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
                6 => write!(body, "bool {name} : 1; "),
                7 => write!(body, "signed char {name} : {}; ", 2 + self.random.below(7)),
                8 => write!(body, "int (*{name}[2])(void *, {ty} *); "),
                9 => write!(body, "const volatile {ty} {name}; "),
                10 => write!(body, "typeof({ty}) {name}[2][3]; "),
                11 => write!(body, "struct declared_only TAG(\"kptr\") *{name}; "),
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
        let end = match keyword {
            "struct" => self.random.pick(&["", "", "", " int rest__[];"]),
            _ => "",
        };
        self.line(&format!(
            "{keyword} {tag} {{ {body}char end__;{end} }}{attribute};"
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
        if self.random.percent(15) {
            return self.map_of_maps(&name);
        }
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
        fields += self.random.pick(MAP_SETTINGS);
        self.line(&format!("struct {{ {fields}}} {name} SEC(\".maps\");"));
    }

    /// With one map in it, which stands in C.
    fn map_of_maps(&mut self, name: &str) {
        let (tag, inner, value) = (self.tag(), self.name(), self.value_type());
        let fields = "__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, int);";
        self.line(&format!(
            "struct {tag} {{ {fields} __type(value, {value}); }} {inner} SEC(\".maps\");"
        ));
        let fields =
            "__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, int);";
        self.line(&format!(
            "struct {{ {fields} __array(values, struct {tag}); }} {name} SEC(\".maps\") = {{ .values = {{ (void *)&{inner} }} }};"
        ));
    }

    /// libbpf takes no map whose key or value has no size.
    fn value_type(&mut self) -> String {
        let ty = self.ty();
        format!("struct {{ {ty} inner; char end; }}")
    }

    /// Often with a function of its own, which is `static` or not, and with settings of the kernel's.
    fn program(&mut self) {
        let (name, other, section) = (self.name(), self.name(), self.random.pick(PROGRAMS));
        let call = match self.random.below(3) {
            0 => String::new(),
            kind => {
                let (function, argument) = (self.name(), self.random.pick(&["by", "ctx__"]));
                let word = if kind == 1 { "static " } else { "" };
                self.line(&format!(
                    "{word}__attribute__((noinline)) int {function}(int {argument} MARK(\"arg:nonnull\")) \
                     {{ return {argument} + 1; }}"
                ));
                format!("{function}(1) + ")
            }
        };
        let setting = match self.random.below(4) {
            0 => {
                let setting = format!("CONFIG_{name}").replace('$', "_");
                let ty = self.random.pick(&["int", "bool", "char", "__u64"]);
                self.line(&format!(
                    "extern {ty} {setting} __attribute__((section(\".kconfig\"), weak));"
                ));
                format!("{setting} + ")
            }
            _ => String::new(),
        };
        self.line(&format!(
            "SEC(\"{section}\") int {name}(void *ctx) {{ static volatile int {other}; \
             return {call}{setting}{other}++; }}"
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
