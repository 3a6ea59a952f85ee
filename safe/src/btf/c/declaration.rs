//! `type name`, which C writes around each other.

use std::fmt::Write as _;

use super::Writer;
use super::names::Name;
use crate::btf::error::BtfError;
use crate::btf::kind::{Kind, TypeId};
use crate::btf::layout::MAX_DEPTH;
use crate::btf::rows::FunctionProto;

/// A step from a name to the type that all of it rests on.
#[derive(Clone, Copy)]
pub(super) enum Link<'a> {
    Pointer,
    Qualifier(&'static str),
    Tag { name: &'a str, is_attribute: bool },
    Array(u32),
    Function(FunctionProto<'a>),
}

impl<'a> Writer<'a> {
    /// `int *name[4]`, or a whole definition where the type has no name.
    pub(super) fn declaration(
        &mut self,
        id: TypeId,
        name: Name<'_>,
        level: usize,
        depth: usize,
    ) -> Result<(), BtfError> {
        let limit = MAX_DEPTH;
        if depth >= limit {
            return Err(BtfError::TooDeep { id, limit });
        }
        let first = self.links.len();
        let base = self.follow(id, first)?;
        // Before a type's name, after a star.
        while let Some(Link::Qualifier(word)) = self.links_from(first).last() {
            self.text.push_str(word);
            self.text.push(' ');
            self.links.pop();
        }
        self.base(base, level, depth + 1)?;
        self.declarator(first, name, false, (level, depth + 1))?;
        self.links.truncate(first);
        Ok(())
    }

    fn links_from(&self, first: usize) -> &[Link<'a>] {
        self.links.get(first..).unwrap_or_default()
    }

    /// Notes the links of a type, and finds what they lead to.
    fn follow(&mut self, id: TypeId, first: usize) -> Result<TypeId, BtfError> {
        let mut at = id;
        while !at.is_void() {
            let looked = self.look(at)?;
            let (link, next) = match looked.record.kind {
                Kind::Pointer => (Link::Pointer, looked.target()),
                Kind::Const => (Link::Qualifier("const"), looked.target()),
                Kind::Volatile => (Link::Qualifier("volatile"), looked.target()),
                Kind::Restrict => (Link::Qualifier("restrict"), looked.target()),
                Kind::TypeTag => {
                    let is_attribute = looked.record.flag;
                    let name = looked.name();
                    (Link::Tag { name, is_attribute }, looked.target())
                }
                Kind::Array => {
                    let [_element, _index, len] = looked.record.row();
                    (Link::Array(len), looked.element())
                }
                Kind::FunctionProto => {
                    let proto = FunctionProto::new(looked.layer, &looked.record);
                    (Link::Function(proto), looked.target())
                }
                _ => break,
            };
            self.links.push(link);
            if self.links.len() - first > MAX_DEPTH {
                let limit = MAX_DEPTH;
                return Err(BtfError::TooDeep { id, limit });
            }
            at = next;
        }
        Ok(at)
    }

    /// The type that all of a declaration rests on.
    fn base(&mut self, id: TypeId, level: usize, depth: usize) -> Result<(), BtfError> {
        if id.is_void() {
            self.text.push_str("void");
            return Ok(());
        }
        let looked = self.look(id)?;
        match looked.record.kind {
            Kind::Struct | Kind::Union if !looked.is_named() => self.body(id, level, depth)?,
            Kind::Enum if !looked.is_named() => self.enumeration(id, level)?,
            Kind::Struct | Kind::Union | Kind::Enum | Kind::Forward => self.tag(id, looked),
            Kind::Typedef => {
                let name = self.names.of_identifier(id, looked.name());
                name.write(&mut self.text);
            }
            Kind::Int | Kind::Float => self.text.push_str(looked.name()),
            kind => return Err(BtfError::NoSize { id, kind }),
        }
        Ok(())
    }

    /// The rest of a declaration, from the inside out. `after_star` says that no space is needed.
    fn declarator(
        &mut self,
        first: usize,
        name: Name<'_>,
        mut after_star: bool,
        (level, depth): (usize, usize),
    ) -> Result<(), BtfError> {
        while self.links.len() > first {
            let Some(link) = self.links.pop() else {
                break;
            };
            match link {
                Link::Pointer => self.text.push_str(if after_star { "*" } else { " *" }),
                Link::Qualifier(word) => {
                    self.text.push(' ');
                    self.text.push_str(word);
                }
                Link::Tag { name, is_attribute } => {
                    let _ = match is_attribute {
                        true => write!(self.text, " __attribute__(({name}))"),
                        false => write!(self.text, " __attribute__((btf_type_tag(\"{name}\")))"),
                    };
                }
                Link::Array(len) => {
                    self.drop_qualifiers(first);
                    match self.links_from(first).last() {
                        None => self.name(name, after_star),
                        Some(Link::Array(_)) => {
                            self.space(name, after_star);
                            self.declarator(first, name, true, (level, depth))?;
                        }
                        Some(_) => {
                            self.space(name, after_star);
                            self.text.push('(');
                            self.declarator(first, name, true, (level, depth))?;
                            self.text.push(')');
                        }
                    }
                    let _ = write!(self.text, "[{len}]");
                    return Ok(());
                }
                Link::Function(proto) => {
                    self.drop_qualifiers(first);
                    if self.links_from(first).is_empty() {
                        self.name(name, after_star);
                    } else {
                        self.text.push_str(" (");
                        self.declarator(first, name, true, (level, depth))?;
                        self.text.push(')');
                    }
                    return self.params(proto, level, depth);
                }
            }
            after_star = matches!(link, Link::Pointer);
        }
        self.name(name, after_star);
        Ok(())
    }

    /// gcc says of some arrays and functions that they are qualified, which C cannot.
    fn drop_qualifiers(&mut self, first: usize) {
        while let Some(Link::Qualifier(_) | Link::Tag { .. }) = self.links_from(first).last() {
            self.links.pop();
        }
    }

    fn params(
        &mut self,
        proto: FunctionProto<'a>,
        level: usize,
        depth: usize,
    ) -> Result<(), BtfError> {
        let mut params = proto.params();
        self.text.push('(');
        let mut before = "";
        while let Some(param) = params.next() {
            self.text.push_str(before);
            if param.ty.is_void() && params.len() == 0 {
                self.text
                    .push_str(if before.is_empty() { "void" } else { "..." });
                self.text.push(')');
                return Ok(());
            }
            self.declaration(param.ty, Name::plain(param.name), level, depth)?;
            before = ", ";
        }
        self.text
            .push_str(if before.is_empty() { "void)" } else { ")" });
        Ok(())
    }

    fn space(&mut self, name: Name<'_>, after_star: bool) {
        if !name.is_empty() && !after_star {
            self.text.push(' ');
        }
    }

    fn name(&mut self, name: Name<'_>, after_star: bool) {
        self.space(name, after_star);
        name.write(&mut self.text);
    }
}
