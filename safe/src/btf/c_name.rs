//! Types in the words of C.

use super::file::Btf;
use super::kind::TypeId;
use super::layout::MAX_DEPTH;
use super::rows::FunctionProto;
use super::types::Type;

/// About how many bytes a description may have. Without a limit, function pointers that take
/// function pointers could make it grow without bound.
const MAX_LEN: usize = 4096;

/// How many function pointers may take each other as parameters.
const MAX_NESTING: usize = 16;

/// About how many of those bytes a `*`, a `[4]` or a `, ` takes.
const STEP_LEN: usize = 4;

/// What stands for the rest of what is too long.
const ELLIPSIS: &str = "...";

impl Btf {
    /// The type as C would declare it, for people to read: `struct sock *`, `char[16]`,
    /// `void (*)(struct sock *, unsigned int)`; a function or a variable with its name, such as
    /// `int main(void)`. Type tags are left out.
    ///
    /// What has no name is `struct {...}`; what C cannot express, goes on for too long or does
    /// not exist is shown by a placeholder in angle brackets or dots.
    pub fn c_name(&self, id: TypeId) -> String {
        self.declare(id, "", false)
    }

    /// The declaration of a variable or member of this type and name, such as `int (*name)(void)`. Otherwise as
    /// [`c_name`](Self::c_name): what an anonymous struct consists of is not told.
    #[doc(alias = "btf_dump__emit_type_decl")]
    pub fn c_declaration(&self, id: TypeId, name: &str) -> String {
        self.declare(id, name, false)
    }

    /// The type as a cast names it: without qualifiers, and of what has no name the keyword alone.
    pub(super) fn cast_name(&self, id: TypeId) -> String {
        self.declare(id, "", true)
    }

    fn declare(&self, id: TypeId, name: &str, plain: bool) -> String {
        Writer {
            btf: self,
            left: MAX_LEN,
            plain,
        }
        .declare(id, name.to_owned(), MAX_NESTING)
    }
}

struct Writer<'a> {
    btf: &'a Btf,
    /// How many bytes may still be written.
    left: usize,
    /// Without qualifiers, and without a placeholder for what has no name.
    plain: bool,
}

impl<'a> Writer<'a> {
    /// Reads the type from the outside in, and so its declarator from the inside out: `inner` is
    /// what will stand to the right of the type's name.
    fn declare(&mut self, id: TypeId, mut inner: String, nesting: usize) -> String {
        let mut qualifiers = Qualifiers::default();
        let mut after_pointer = false;
        let mut at = id;
        for _ in 0..=MAX_DEPTH {
            if !self.spend(STEP_LEN) {
                break;
            }
            let Ok(ty) = self.btf.get(at) else {
                return join("", &format!("<no type {at}>"), &inner);
            };
            at = match ty {
                Type::Const { target } => {
                    qualifiers.is_const = !self.plain;
                    target
                }
                Type::Volatile { target } => {
                    qualifiers.is_volatile = !self.plain;
                    target
                }
                Type::Restrict { target } => {
                    qualifiers.is_restrict = !self.plain;
                    target
                }
                Type::TypeTag { target, .. } => target,
                Type::Pointer { target } => {
                    let words = std::mem::take(&mut qualifiers).words();
                    inner = format!("*{}", join("", words.trim_end(), &inner));
                    after_pointer = true;
                    target
                }
                Type::Array { element, len, .. } => {
                    inner = suffixed(inner, after_pointer, &format!("[{len}]"));
                    after_pointer = false;
                    element
                }
                Type::FunctionProto(proto) => {
                    let params = self.params(proto, nesting);
                    inner = suffixed(inner, after_pointer, &format!("({params})"));
                    after_pointer = false;
                    qualifiers = Qualifiers::default();
                    proto.return_type
                }
                Type::Function { name, proto, .. } => {
                    inner.insert_str(0, self.take(name));
                    proto
                }
                Type::Variable { name, ty, .. } => {
                    inner.insert_str(0, self.take(name));
                    ty
                }
                named => return join(&qualifiers.words(), &self.named(named), &inner),
            };
        }
        join("", ELLIPSIS, &inner)
    }

    /// The parameters of a function, without the parentheses.
    fn params(&mut self, proto: FunctionProto<'_>, nesting: usize) -> String {
        let Some(nesting) = nesting.checked_sub(1) else {
            return ELLIPSIS.to_owned();
        };
        let mut text = String::new();
        let mut params = proto.params();
        while let Some(param) = params.next() {
            if !text.is_empty() {
                text.push_str(", ");
            }
            if !self.spend(STEP_LEN) {
                text.push_str(ELLIPSIS);
                break;
            }
            if param.ty.is_void() && params.len() == 0 {
                text.push_str(ELLIPSIS);
            } else {
                text.push_str(&self.declare(param.ty, String::new(), nesting));
            }
        }
        if text.is_empty() {
            "void".to_owned()
        } else {
            text
        }
    }

    /// A type that has a name, or might have had one.
    fn named(&mut self, ty: Type<'a>) -> String {
        let name = self.take(ty.name());
        let tagged = |keyword: &str| match name {
            "" if self.plain => keyword.to_owned(),
            "" => format!("{keyword} {{...}}"),
            _ => format!("{keyword} {name}"),
        };
        match ty {
            Type::Void => "void".to_owned(),
            Type::Struct(_)
            | Type::Forward {
                is_union: false, ..
            } => tagged("struct"),
            Type::Union(_) | Type::Forward { is_union: true, .. } => tagged("union"),
            Type::Enum(_) => tagged("enum"),
            Type::DataSection(_) => format!("<section {name}>"),
            Type::DeclTag { .. } => format!("<tag {name}>"),
            _ if name.is_empty() => format!("<unnamed {}>", ty.kind()),
            _ => name.to_owned(),
        }
    }

    /// The name, if it still fits.
    fn take(&mut self, name: &'a str) -> &'a str {
        if self.spend(name.len()) {
            name
        } else {
            ELLIPSIS
        }
    }

    /// Whether so many more bytes may be written. Once that is not so, none may.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

#[derive(Default)]
struct Qualifiers {
    is_const: bool,
    is_volatile: bool,
    is_restrict: bool,
}

impl Qualifiers {
    /// The qualifiers, each with a space after it.
    fn words(&self) -> String {
        let mut words = String::new();
        for (set, word) in [
            (self.is_const, "const "),
            (self.is_volatile, "volatile "),
            (self.is_restrict, "restrict "),
        ] {
            if set {
                words.push_str(word);
            }
        }
        words
    }
}

/// A declarator with what makes it an array or a function.
fn suffixed(inner: String, after_pointer: bool, suffix: &str) -> String {
    if after_pointer {
        format!("({inner}){suffix}")
    } else {
        inner + suffix
    }
}

/// The type's name and its declarator, with a space between them if C puts one there.
fn join(qualifiers: &str, name: &str, inner: &str) -> String {
    let space = if name.is_empty() || inner.is_empty() || inner.starts_with('[') {
        ""
    } else {
        " "
    };
    format!("{qualifiers}{name}{space}{inner}")
}
