//! What has to be declared before a definition, because it is pointed to in it.

use super::{Looked, Stage, Writer};
use crate::btf::error::BtfError;
use crate::btf::kind::{Kind, TypeId};

/// The compiler's own, which no declaration can make.
const BUILTIN: &str = "__builtin_va_list";

/// What gcc calls the elements of vectors on arm64, and clang does not know.
const POLYNOMIALS: [(&str, &str); 4] = [
    ("__Poly8_t", "unsigned char"),
    ("__Poly16_t", "unsigned short"),
    ("__Poly64_t", "unsigned long long"),
    ("__Poly128_t", "unsigned __int128"),
];

impl<'a> Writer<'a> {
    /// Writes what a use of a type within `container` needs: nothing, a declaration, or its definition where there is
    /// no container.
    pub(super) fn forward(
        &mut self,
        id: TypeId,
        container: TypeId,
        depth: usize,
    ) -> Result<(), BtfError> {
        let depth = Self::deeper(id, depth)?;
        if id.is_void() {
            return Ok(());
        }
        match self.note(id).written {
            Stage::Done => return Ok(()),
            Stage::UnderWay => return self.again(id, container),
            Stage::New => {}
        }
        let looked = self.look(id)?;
        match looked.record.kind {
            Kind::Pointer | Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag => {
                return self.forward(looked.target(), container, depth);
            }
            Kind::Array => return self.forward(looked.element(), container, depth),
            Kind::FunctionProto => {
                self.forward(looked.target(), container, depth)?;
                for param in looked.params() {
                    self.forward(param, container, depth)?;
                }
                return Ok(());
            }
            Kind::Struct | Kind::Union => return self.composite(id, looked, container, depth),
            Kind::Int => self.polynomial(looked.name()),
            Kind::Enum if container.is_void() => {
                self.enumeration(id, 0)?;
                self.text.push_str(";\n\n");
            }
            Kind::Forward => self.declare(id, looked),
            Kind::Typedef => {
                self.note(id).written = Stage::UnderWay;
                self.forward(looked.target(), id, depth)?;
                if !self.note(id).declared {
                    self.typedef(id, looked)?;
                }
            }
            // Written where it is used, if at all.
            _ => {}
        }
        self.note(id).written = Stage::Done;
        Ok(())
    }

    /// A use of what is being written: within itself, or on the way to what it needs.
    fn again(&mut self, id: TypeId, container: TypeId) -> Result<(), BtfError> {
        let looked = self.look(id)?;
        if self.note(id).declared || id == container {
            return Ok(());
        }
        if looked.record.kind == Kind::Typedef {
            self.typedef(id, looked)?;
        } else if looked.is_composite() && looked.is_named() {
            self.declare(id, looked);
        }
        self.note(id).declared = true;
        Ok(())
    }

    fn composite(
        &mut self,
        id: TypeId,
        looked: Looked<'a>,
        container: TypeId,
        depth: usize,
    ) -> Result<(), BtfError> {
        let defines = container.is_void();
        self.note(id).written = Stage::UnderWay;
        if defines || !looked.is_named() {
            let within = if looked.is_named() { id } else { container };
            for member in looked.members() {
                self.forward(member, within, depth)?;
            }
        } else if !self.note(id).declared && id != container {
            self.declare(id, looked);
            self.note(id).declared = true;
        }
        if defines {
            self.body(id, 0, 0)?;
            self.text.push_str(";\n\n");
        }
        self.note(id).written = if defines { Stage::Done } else { Stage::New };
        Ok(())
    }

    /// `struct foo;`
    fn declare(&mut self, id: TypeId, looked: Looked<'a>) {
        self.tag(id, looked);
        self.text.push_str(";\n\n");
    }

    fn typedef(&mut self, id: TypeId, looked: Looked<'a>) -> Result<(), BtfError> {
        if looked.name() == BUILTIN {
            return Ok(());
        }
        self.text.push_str("typedef ");
        // Old versions of gcc say that it is void.
        if looked.target().is_void() && looked.name() == "__gnuc_va_list" {
            self.text.push_str(BUILTIN);
            self.text.push_str(" __gnuc_va_list");
        } else {
            let name = self.names.of_identifier(id, looked.name());
            self.declaration(looked.target(), name, 0, 0)?;
        }
        self.text.push_str(";\n\n");
        Ok(())
    }

    fn polynomial(&mut self, name: &str) {
        if let Some((name, meaning)) = POLYNOMIALS.iter().find(|(of, _)| *of == name) {
            self.text.push_str("typedef ");
            self.text.push_str(meaning);
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str(";\n\n");
        }
    }
}
