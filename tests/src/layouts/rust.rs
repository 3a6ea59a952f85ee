//! Checks in Rust of what skelgen makes of the C source, against clang's tables.

use super::c::{Top, VALUES};
use super::{Leaf, LeafKind, Scalar, Set, Step, Type, Types, Value, all_ones, magnitude};
use std::collections::HashMap;
use std::fmt::Write;

/// How the skeleton gives a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Field,
    Borrowed,
    Copied,
    Bits,
}

/// What is found in the text of a skeleton: member names are unique in it.
struct Accesses {
    members: HashMap<String, Access>,
    /// clang before 15 does not say in BTF which enums have a sign.
    signed_enums: bool,
}

impl Accesses {
    fn read(skeleton: &str) -> Result<Accesses, String> {
        let mut accesses = HashMap::new();
        // Inits have fields of the same names, for members of any sort.
        let mut in_inits = false;
        for line in skeleton.lines() {
            in_inits = line == "    pub mod init {" || (in_inits && line != "    }");
            if in_inits {
                continue;
            }
            let line = line.trim_start();
            let Some((name, access)) = access(line) else {
                continue;
            };
            let before = accesses.insert(name.to_owned(), access);
            if before.is_some_and(|before| before != access) {
                return Err(format!("`{name}` is given in two ways"));
            }
        }
        Ok(Accesses {
            members: accesses,
            signed_enums: skeleton.contains("(pub i32)"),
        })
    }

    fn of(&self, step: &Step) -> Result<Access, String> {
        match step {
            Step::Index(_) => Ok(Access::Field),
            Step::Member(name) if name == "0" => Ok(Access::Field),
            Step::Member(name) => self
                .members
                .get(name)
                .copied()
                .ok_or_else(|| format!("the skeleton does not give `{name}`")),
        }
    }

    /// An expression for a copy.
    fn get(&self, base: &str, step: &Step) -> Result<String, String> {
        let access = self.of(step)?;
        Ok(match (step, access) {
            (Step::Index(index), _) => format!("{base}[{index}]"),
            (Step::Member(name), Access::Field) => format!("{base}.{name}"),
            (Step::Member(name), Access::Borrowed) => format!("*{base}.{name}()"),
            (Step::Member(name), Access::Copied | Access::Bits) => format!("{base}.{name}()"),
        })
    }

    /// An expression for a copy of what is at the end of the way.
    fn get_leaf(&self, base: &str, path: &[Step]) -> Result<String, String> {
        let mut text = "{ ".to_owned();
        let mut base = base.to_owned();
        for (number, step) in path.iter().enumerate() {
            let get = self.get(&base, step)?;
            base = format!("c{number}");
            write!(text, "let {base} = {get}; ").unwrap();
        }
        Ok(format!("{text}{base} }}"))
    }

    /// Statements that set what is at the end of the way.
    fn set_leaf(&self, base: &str, path: &[Step], value: &str) -> Result<String, String> {
        let Some((step, rest)) = path.split_first() else {
            return Err("the way is empty".to_owned());
        };
        if rest.is_empty() {
            return self.set(base, step, value);
        }
        let copy = format!("c{}", rest.len());
        Ok(format!(
            "let mut {copy} = {}; {} {}",
            self.get(base, step)?,
            self.set_leaf(&copy, rest, value)?,
            self.set(base, step, &copy)?
        ))
    }

    fn set(&self, base: &str, step: &Step, value: &str) -> Result<String, String> {
        let access = self.of(step)?;
        Ok(match (step, access) {
            (Step::Index(index), _) => format!("{base}[{index}] = {value};"),
            (Step::Member(name), Access::Field) => format!("{base}.{name} = {value};"),
            (Step::Member(name), Access::Borrowed) => format!("*{base}.{name}_mut() = {value};"),
            (Step::Member(name), Access::Copied) => format!("{base}.set_{name}({value});"),
            (Step::Member(name), Access::Bits) => format!("{base}.set_{name}({value}).unwrap();"),
        })
    }

    fn value(&self, set: &Set) -> String {
        match &set.value {
            Value::Int {
                bits,
                width,
                negative,
            } => {
                let has_sign = self.signed_enums || !matches!(set.leaf.kind, LeafKind::Enum(..));
                let number = if *negative && has_sign {
                    format!("-{}", magnitude(*bits, *width))
                } else {
                    bits.to_string()
                };
                match set.leaf.kind {
                    LeafKind::Scalar(Scalar::Pointer | Scalar::FunctionPointer) => {
                        format!("Pointer::from_address({number})")
                    }
                    _ => number,
                }
            }
            Value::Bool(value) => format!("{value}.into()"),
            Value::Float(bits) if set.leaf.kind == LeafKind::Scalar(Scalar::Float(4)) => {
                format!("f32::from_bits({bits})")
            }
            Value::Float(bits) => format!("f64::from_bits({bits})"),
            Value::Text(bytes) => format!(
                "{{ let mut text = CharArray::<{}>::default(); *text.as_array_mut() = {bytes:?}; text }}",
                bytes.len()
            ),
            Value::Callback(value) => callback(*value).to_owned(),
        }
    }
}

fn access(line: &str) -> Option<(&str, Access)> {
    let is_member = |name: &str| {
        name.strip_prefix('m')
            .is_some_and(|number| number.parse::<u32>().is_ok())
    };
    if let Some((name, _)) = line
        .strip_prefix("pub ")
        .and_then(|line| line.split_once(": "))
    {
        return is_member(name).then_some((name, Access::Field));
    }
    let (name, rest) = line.split_once(", ")?;
    let access = if rest.starts_with(&format!("{name}_mut: ")) {
        Access::Borrowed
    } else if rest.starts_with(&format!("set_{name}: ")) {
        Access::Copied
    } else if rest.starts_with(&format!("set_{name} as ")) {
        Access::Bits
    } else {
        return None;
    };
    is_member(name).then_some((name, access))
}

/// A function `check(parts, checks)` for a skeleton in the module `module`.
///
/// # Errors
///
/// The skeleton lacks a member.
pub fn checks(types: &Types, module: &str, skeleton: &str) -> Result<String, String> {
    let accesses = Accesses::read(skeleton)?;
    let mut functions = String::new();
    let mut calls = String::new();
    for top in types.tops() {
        let name = &top.name;
        writeln!(calls, "    {name}(&mut parts, checks);").unwrap();
        writeln!(
            functions,
            "fn {name}(parts: &mut {module}::Parts<'_>, checks: &mut Checks) {{"
        )
        .unwrap();
        functions += &plain(types, module, &top, &accesses)?;
        if top.is_ops {
            functions += &shadow(types, module, &top, &accesses)?;
        }
        functions += "}\n";
    }
    Ok(format!(
        "fn check(mut parts: {module}::Parts<'_>, checks: &mut Checks) {{\n{calls}}}\n{functions}"
    ))
}

fn plain(
    types: &Types,
    module: &str,
    top: &Top<'_>,
    accesses: &Accesses,
) -> Result<String, String> {
    let name = &top.name;
    let ty = format!("{module}::types::{name}");
    let exact = is_exact(types, top);
    let mut text = String::new();
    writeln!(text, "    let places = &parts.rodata.places_{name};").unwrap();
    writeln!(text, "    checks.whole::<{ty}>({name:?}, places, {exact});").unwrap();
    let mut place = 2;
    for (index, leaf) in top.leaves.iter().enumerate() {
        let set = Set {
            leaf: leaf.clone(),
            value: all_ones(leaf),
        };
        let what = format!("{name}{}", path(leaf));
        let clang = format!("parts.data_leaves.leaves_{name}[{index}]");
        writeln!(text, "    let mut ours = {ty}::default();").unwrap();
        writeln!(text, "    {{ {} }}", set_text(accesses, "ours", &set)?).unwrap();
        writeln!(text, "    checks.bytes({what:?}, &ours, &{clang});").unwrap();
        writeln!(
            text,
            "    checks.value({what:?}, {});",
            is_text(accesses, &clang, &set)?
        )
        .unwrap();
        if leaf.width.is_none() {
            writeln!(
                text,
                "    checks.place({what:?}, &ours, &places[{place}..]);"
            )
            .unwrap();
            place += 2;
        }
    }
    for number in 0..VALUES {
        let clang = format!("parts.data_values.values_{name}[{number}]");
        writeln!(text, "    let mut ours = {ty}::default();").unwrap();
        for set in top.values(types, number) {
            let what = format!("value of {name}{}", path(&set.leaf));
            writeln!(
                text,
                "    checks.value({what:?}, {});",
                is_text(accesses, &clang, &set)?
            )
            .unwrap();
            writeln!(text, "    {{ {} }}", set_text(accesses, "ours", &set)?).unwrap();
        }
        writeln!(
            text,
            "    checks.bytes(\"values of {name}\", &ours, &{clang});"
        )
        .unwrap();
    }
    Ok(text)
}

fn shadow(
    types: &Types,
    module: &str,
    top: &Top<'_>,
    accesses: &Accesses,
) -> Result<String, String> {
    let name = &top.name;
    let mut text = String::new();
    let (clang, ours) = (
        format!("parts.struct_ops.set_{name}"),
        format!("parts.struct_ops.zero_{name}"),
    );
    for set in top.ops_values(types) {
        let what = format!("shadow of {name}{}", path(&set.leaf));
        writeln!(
            text,
            "    checks.value({what:?}, {});",
            is_text(accesses, &clang, &set)?
        )
        .unwrap();
        writeln!(text, "    {{ {} }}", set_text(accesses, &ours, &set)?).unwrap();
    }
    let bytes = |of: &str| {
        format!(
            "&member::copy::<_, [u8; size_of::<{module}::shadow::{name}<'static>>()], 0>(&*{of})"
        )
    };
    writeln!(
        text,
        "    checks.bytes(\"shadow of {name}\", {}, {});",
        bytes(&ours),
        bytes(&clang)
    )
    .unwrap();
    Ok(text)
}

fn path(leaf: &Leaf) -> String {
    let steps = leaf.path.iter().map(|step| match step {
        Step::Member(name) => format!(".{name}"),
        Step::Index(index) => format!("[{index}]"),
    });
    steps.collect()
}

/// An enum is a newtype.
fn rust_path(leaf: &Leaf) -> Vec<Step> {
    let mut path = leaf.path.clone();
    if matches!(leaf.kind, LeafKind::Enum(..)) {
        path.push(Step::Member("0".to_owned()));
    }
    path
}

fn set_text(accesses: &Accesses, base: &str, set: &Set) -> Result<String, String> {
    accesses.set_leaf(base, &rust_path(&set.leaf), &accesses.value(set))
}

/// An expression that is true where the member has the value.
fn is_text(accesses: &Accesses, base: &str, set: &Set) -> Result<String, String> {
    let found = accesses.get_leaf(base, &rust_path(&set.leaf))?;
    Ok(match &set.value {
        Value::Bool(value) => format!("bool::from({found}) == {value}"),
        Value::Float(bits) => format!("{found}.to_bits() == {bits}"),
        Value::Text(bytes) => format!("*{found}.as_array() == {bytes:?}"),
        Value::Callback(value) => format!("({found}) == {}", callback(*value)),
        Value::Int { .. } => format!("({found}) == {}", accesses.value(set)),
    })
}

fn callback(is_set: bool) -> &'static str {
    if is_set {
        "Some(parts.programs.callback.callback())"
    } else {
        "None"
    }
}

/// Whether BTF says all of the type's alignment: no attribute changes it, and it stands in no packed type, of
/// which BTF may not tell which of the two is packed.
fn is_exact(types: &Types, top: &Top<'_>) -> bool {
    let index: Option<usize> = (!top.is_ops).then(|| top.name[2..].parse().unwrap());
    let all = types.named.iter().chain(&types.ops);
    let in_packed = index.is_some_and(|index| {
        all.clone()
            .any(|other| other.has_attribute() && other.uses(index))
    });
    !in_packed && top.composite.is_plain(types)
}

impl super::Composite {
    fn has_attribute(&self) -> bool {
        let inner = |ty: &Type| innermost(ty).is_some_and(Self::has_attribute);
        self.packed
            || self.aligned.is_some()
            || self
                .members
                .iter()
                .any(|member| member.packed || member.aligned.is_some() || inner(&member.ty))
    }

    fn is_plain(&self, types: &Types) -> bool {
        let plain = |index: usize| types.named[index].is_plain(types);
        !self.has_attribute()
            && (0..types.named.len()).all(|index| !self.uses(index) || plain(index))
    }

    fn uses(&self, index: usize) -> bool {
        self.members.iter().any(|member| match element(&member.ty) {
            Type::Named(used) => *used == index,
            Type::Inline(inner) => inner.uses(index),
            _ => false,
        })
    }
}

fn element(ty: &Type) -> &Type {
    match ty {
        Type::Array(inner, _) => element(inner),
        ty => ty,
    }
}

fn innermost(ty: &Type) -> Option<&super::Composite> {
    match element(ty) {
        Type::Inline(composite) => Some(composite),
        _ => None,
    }
}
