//! The types as C, with tables of what clang makes of them.
//!
//! For a type `s_1` there are `places_s_1` (size, alignment, then offset and size of each leaf but bitfields),
//! `leaves_s_1` (for each leaf a value that has all its bits set), and `values_s_1` (random values); for a
//! struct_ops type `ops1` also the maps `set_ops1`, with random values, and `zero_ops1`.

use super::{
    Composite, Leaf, LeafKind, Member, Random, Scalar, Set, Step, Type, Types, Value, all_ones,
    leaves, magnitude, random_values,
};
use std::fmt::Write;

/// How many random values each type gets.
pub const VALUES: u64 = 3;

/// A type at the top level of the source.
#[derive(Debug)]
pub struct Top<'a> {
    /// `s_1`, `u_1` or `ops1`
    pub name: String,
    /// As C writes it, such as `struct s_1`.
    pub declaration: String,
    /// What it is.
    pub composite: &'a Composite,
    /// All leaves but callbacks.
    pub leaves: Vec<Leaf>,
    /// Whether it is a struct_ops type.
    pub is_ops: bool,
}

impl Types {
    /// The types that there are tables for: those that have a leaf.
    #[must_use]
    pub fn tops(&self) -> Vec<Top<'_>> {
        let named = self
            .named
            .iter()
            .enumerate()
            .map(|(index, composite)| (named(composite, index), composite, false));
        let ops = self.ops.iter().enumerate();
        let ops = ops.map(|(index, composite)| (format!("ops{index}"), composite, true));
        let tops = named.chain(ops).map(|(name, composite, is_ops)| Top {
            declaration: declaration(composite, &name),
            leaves: leaves(self, composite)
                .into_iter()
                .filter(|leaf| leaf.kind != LeafKind::Scalar(Scalar::Callback))
                .collect(),
            name,
            composite,
            is_ops,
        });
        tops.filter(|top| !top.leaves.is_empty()).collect()
    }
}

impl Top<'_> {
    /// The values of `values_NAME[number]`, without callbacks.
    #[must_use]
    pub fn values(&self, types: &Types, number: u64) -> Vec<Set> {
        let mut values = self.all_values(types, number);
        values.retain(|set| set.leaf.kind != LeafKind::Scalar(Scalar::Callback));
        values
    }

    /// The values of `set_NAME`.
    #[must_use]
    pub fn ops_values(&self, types: &Types) -> Vec<Set> {
        self.all_values(types, VALUES)
    }

    fn all_values(&self, types: &Types, number: u64) -> Vec<Set> {
        let letters = self.name.bytes().map(u64::from);
        let seed = letters.fold(number, |seed, letter| seed * 257 + letter);
        random_values(types, self.composite, &mut Random::new(seed))
    }
}

fn named(composite: &Composite, index: usize) -> String {
    let letter = if composite.is_union { 'u' } else { 's' };
    format!("{letter}_{index}")
}

fn declaration(composite: &Composite, name: &str) -> String {
    let keyword = if composite.is_union {
        "union"
    } else {
        "struct"
    };
    format!("{keyword} {name}")
}

/// The whole source.
#[must_use]
pub fn source(types: &Types) -> String {
    let mut text = "/* Random types, and what clang makes of them. */\n\
        #include \"small.h\"\n\
        typedef unsigned int once;\ntypedef once twice;\ntypedef const twice thrice;\n"
        .to_owned();
    for (index, definition) in types.enums.iter().enumerate() {
        let (attribute, low, high) = match (definition.size, definition.signed) {
            (1, _) => ("__attribute__((packed)) ", "0", "0xff"),
            (2, _) => ("__attribute__((packed)) ", "0", "0xffff"),
            (8, _) => ("", "0", "0xffffffffffULL"),
            (_, true) => ("", "-1", "5"),
            (_, false) => ("", "0", "5"),
        };
        writeln!(
            text,
            "enum {attribute}e{index} {{ E{index}_LOW = {low}, E{index}_HIGH = {high} }};"
        )
        .unwrap();
    }
    for (index, composite) in types.named.iter().enumerate() {
        let body = body(types, composite, &named(composite, index));
        writeln!(text, "{body};").unwrap();
    }
    for (index, composite) in types.ops.iter().enumerate() {
        let body = body(types, composite, &format!("ops{index}"));
        writeln!(text, "{body};").unwrap();
    }
    text += "SEC(\"struct_ops\") int callback(__u64 *ctx)\n{\n\treturn 0;\n}\n";
    for top in types.tops() {
        tables(&mut text, types, &top);
    }
    text
}

fn body(types: &Types, composite: &Composite, name: &str) -> String {
    let mut attributes = String::new();
    if composite.packed {
        attributes += "__attribute__((packed)) ";
    }
    if let Some(aligned) = composite.aligned {
        write!(attributes, "__attribute__((aligned({aligned}))) ").unwrap();
    }
    let keyword = if composite.is_union {
        "union"
    } else {
        "struct"
    };
    let members: Vec<String> = composite
        .members
        .iter()
        .map(|member| declare_member(types, member))
        .collect();
    format!("{keyword} {attributes}{name} {{ {} }}", members.join(" "))
}

fn declare_member(types: &Types, member: &Member) -> String {
    let mut text = declare(
        types,
        &member.ty,
        member.name.as_deref().unwrap_or_default(),
    );
    if let Some(width) = member.width {
        write!(text, " : {width}").unwrap();
    }
    if member.packed {
        text += " __attribute__((packed))";
    }
    if let Some(aligned) = member.aligned {
        write!(text, " __attribute__((aligned({aligned})))").unwrap();
    }
    text + ";"
}

fn declare(types: &Types, ty: &Type, name: &str) -> String {
    let words = match ty {
        Type::Array(element, len) => return declare(types, element, &format!("{name}[{len}]")),
        Type::Text(len) => return format!("char {name}[{len}]"),
        Type::Scalar(Scalar::FunctionPointer | Scalar::Callback) => {
            return format!("int (*{name})(void)");
        }
        Type::Scalar(Scalar::Int(size, signed)) => match (size, signed) {
            (1, false) => "unsigned char",
            (1, true) => "signed char",
            (2, false) => "unsigned short",
            (2, true) => "short",
            // A typedef of a typedef of a typedef.
            (4, false) => "thrice",
            (4, true) => "int",
            (8, false) => "unsigned long long",
            (8, true) => "long",
            (_, false) => "unsigned __int128",
            (_, true) => "__int128",
        }
        .to_owned(),
        Type::Scalar(Scalar::Char) => "char".to_owned(),
        Type::Scalar(Scalar::Bool) => "bool".to_owned(),
        Type::Scalar(Scalar::Float(4)) => "float".to_owned(),
        Type::Scalar(Scalar::Float(_)) => "double".to_owned(),
        Type::Scalar(Scalar::Pointer) => return format!("void *{name}"),
        Type::Enum(number) => format!("enum e{number}"),
        Type::Named(number) => {
            let composite = &types.named[*number];
            declaration(composite, &named(composite, *number))
        }
        Type::Inline(composite) => body(types, composite, ""),
    };
    format!("{words} {name}")
}

fn tables(text: &mut String, types: &Types, top: &Top<'_>) {
    let Top {
        name, declaration, ..
    } = top;
    let places = top
        .leaves
        .iter()
        .filter(|leaf| leaf.width.is_none())
        .map(|leaf| {
            let path = path(leaf);
            let path = path.trim_start_matches('.');
            format!(
                "__builtin_offsetof({declaration}, {path}), sizeof((({declaration} *)0)->{path})"
            )
        });
    let places: Vec<String> = places.collect();
    writeln!(
        text,
        "const volatile unsigned long places_{name}[] = {{ sizeof({declaration}), _Alignof({declaration}), {} }};",
        places.join(", ")
    )
    .unwrap();
    let each = top.leaves.iter().map(|leaf| {
        initializer(&[Set {
            leaf: leaf.clone(),
            value: all_ones(leaf),
        }])
    });
    variable(
        text,
        &format!("SEC(\".data.leaves\") {declaration} leaves_{name}[]"),
        each,
    );
    let each = (0..VALUES).map(|number| initializer(&top.values(types, number)));
    variable(
        text,
        &format!("SEC(\".data.values\") {declaration} values_{name}[]"),
        each,
    );
    if top.is_ops {
        let values = initializer(&top.ops_values(types));
        writeln!(
            text,
            "SEC(\".struct_ops\") {declaration} set_{name} = {values};"
        )
        .unwrap();
        writeln!(
            text,
            "SEC(\".struct_ops\") {declaration} zero_{name} = {{}};"
        )
        .unwrap();
    }
}

fn variable(text: &mut String, head: &str, elements: impl Iterator<Item = String>) {
    let elements: Vec<String> = elements.collect();
    writeln!(text, "{head} = {{\n\t{}\n}};", elements.join(",\n\t")).unwrap();
}

fn initializer(sets: &[Set]) -> String {
    let members = sets
        .iter()
        .map(|set| format!("{} = {}", path(&set.leaf), value(set)));
    format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
}

/// As a designator, such as `.m1[2].m3`.
pub(super) fn path(leaf: &Leaf) -> String {
    let steps = leaf.path.iter().map(|step| match step {
        Step::Member(name) => format!(".{name}"),
        Step::Index(index) => format!("[{index}]"),
    });
    steps.collect()
}

fn value(set: &Set) -> String {
    match &set.value {
        Value::Int {
            bits,
            width,
            negative,
        } => {
            let text = if *negative {
                format!("-(__int128){}", number(magnitude(*bits, *width)))
            } else {
                number(*bits)
            };
            match set.leaf.kind {
                LeafKind::Scalar(Scalar::Pointer) => format!("(void *){text}"),
                LeafKind::Scalar(Scalar::FunctionPointer) => format!("(int (*)(void)){text}"),
                _ => text,
            }
        }
        Value::Bool(value) => u8::from(*value).to_string(),
        Value::Float(bits) if set.leaf.kind == LeafKind::Scalar(Scalar::Float(4)) => {
            format!("{:?}f", f32::from_bits(*bits as u32))
        }
        Value::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        Value::Text(bytes) => {
            let bytes: Vec<String> = bytes.iter().map(|byte| format!("(char){byte}")).collect();
            format!("{{ {} }}", bytes.join(", "))
        }
        Value::Callback(true) => "(void *)callback".to_owned(),
        Value::Callback(false) => "0".to_owned(),
    }
}

pub(super) fn number(bits: u128) -> String {
    let (high, low) = ((bits >> 64) as u64, bits as u64);
    if high == 0 {
        format!("{low:#x}ULL")
    } else {
        format!("((unsigned __int128){high:#x}ULL << 64 | {low:#x}ULL)")
    }
}
