#![allow(unsafe_code)]

use super::member::{Lister, OpenMember};
use super::near::nearest;
use super::place::{Place, find};
use super::read::Reader;
use super::refusal::Refusal;
use super::shape::{Shape, shape};
use super::value::Value;
use super::write::Writer;
use crate::btf::{Btf, TypeId};
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use crate::object::{OpenInner, OpenObject};
use crate::program::ProgramType;
use crate::raw::program::ProgramRef;
use std::ffi::CStr;
use std::fmt;
use std::slice;

/// A struct_ops map of an object that is open, by name. What is set takes effect at load.
///
/// Comes from [`OpenObject::struct_ops`]. A member is named by its path: `flags`, `list.next`,
/// `table[2].x`; members of anonymous structs and unions are their parent's, as in C.
pub struct OpenStructOps<'open> {
    object: &'open OpenInner,
    name: &'open CStr,
    btf: Btf,
    /// The struct, in `btf`.
    ty: TypeId,
    value: &'open mut [u8],
    default: &'open [u8],
}

impl OpenObject {
    /// A struct_ops map, by the name of its C variable, to be changed by the names of its members. For
    /// objects that no code was generated for.
    ///
    /// Reads the object's BTF: keep what it returns, rather than to call it for each member.
    ///
    /// # Errors
    ///
    /// There is no such map, it is of another type, or a skeleton holds it; or the object was compiled for
    /// machines of the other byte order.
    pub fn struct_ops(&mut self, name: &str) -> Result<OpenStructOps<'_>> {
        let object = self.name().to_owned();
        let operation = || format!("use struct_ops map `{name}` of object `{object}`");
        let index = self.inner.map_index(name)?;
        let kind = MapType(self.inner.map(index)?.kind());
        if kind != MapType::STRUCT_OPS {
            return Err(Error::new(
                operation(),
                ErrorKind::Mismatch {
                    what: "type of the map".into(),
                    expected: MapType::STRUCT_OPS.to_string(),
                    found: kind.to_string(),
                },
            ));
        }
        self.inner.map_is_free(index)?;
        let Some(btf) = self.btf()? else {
            return Err(Error::new(operation(), ErrorKind::ObjectBtfMissing));
        };
        if !btf.is_native() {
            return Err(Error::new(operation(), ErrorKind::OtherByteOrder));
        }
        let map = self.inner.map(index)?;
        let shadow = self.inner.shadow();
        let copies = shadow.initial_value(map).zip(shadow.default_value(map));
        let ty = TypeId(map.btf_value_type_id());
        let Some(((value, size), (default, _))) = copies.filter(|((_, size), (_, other))| {
            size == other && btf.size_of(ty).is_ok_and(|in_btf| in_btf == *size as u64)
        }) else {
            return Err(Error::new(
                operation(),
                ErrorKind::InvalidObject {
                    detail: "its type has another size than its value".into(),
                },
            ));
        };
        // SAFETY: bpf_struct_ops_shadow__initial_value gave this many bytes, which live and stay as long
        // as the object is open; self, borrowed exclusively, keeps it so. No slot has the map, and so
        // nobody else these bytes.
        let value = unsafe { slice::from_raw_parts_mut(value.as_ptr(), size) };
        // SAFETY: bpf_struct_ops_shadow__default_value gave as many, which nothing writes to.
        let default = unsafe { slice::from_raw_parts(default.as_ptr(), size) };
        Ok(OpenStructOps {
            object: &self.inner,
            name: map.name(),
            btf,
            ty,
            value,
            default,
        })
    }
}

impl OpenStructOps<'_> {
    /// The name of the C variable.
    #[doc(alias = "bpf_map__name")]
    pub fn name(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }

    /// The C type, such as `struct tcp_congestion_ops`.
    pub fn c_type(&self) -> String {
        self.btf.c_name(self.ty)
    }

    /// All members, each followed by those within it.
    ///
    /// # Errors
    ///
    /// The object's BTF is broken.
    pub fn members(&self) -> Result<Vec<OpenMember>> {
        let callback = |program| self.program_name(program);
        let mut lister = Lister {
            btf: &self.btf,
            value: Reader::new(&self.btf, self.value, &callback),
            default: Reader::new(&self.btf, self.default, &callback),
            found: Vec::new(),
        };
        let listed = match shape(&self.btf, self.ty) {
            Ok(Shape::Composite(composite)) => {
                lister.composite(&composite, Place::whole(self.ty), "")
            }
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal),
        };
        match listed {
            Ok(()) => Ok(lister.found),
            Err(refusal) => {
                Err(refusal.into_error(|_| format!("list the members of {}", self.what())))
            }
        }
    }

    /// One member, by its path; also an element of an array, or a part of one.
    ///
    /// # Errors
    ///
    /// There is no such member.
    pub fn member(&self, path: &str) -> Result<OpenMember> {
        let callback = |program| self.program_name(program);
        let mut lister = Lister {
            btf: &self.btf,
            value: Reader::new(&self.btf, self.value, &callback),
            default: Reader::new(&self.btf, self.default, &callback),
            found: Vec::new(),
        };
        find(&self.btf, Place::whole(self.ty), path)
            .and_then(|place| lister.member(place, path.to_owned(), &shape(&self.btf, place.ty)?))
            .map_err(|refusal| self.error("read", path, refusal))
    }

    /// The value of a member.
    ///
    /// # Errors
    ///
    /// There is no such member.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.read(self.value, path)
    }

    /// The value that the object file has for a member.
    ///
    /// # Errors
    ///
    /// There is no such member.
    pub fn default_value(&self, path: &str) -> Result<Value> {
        self.read(self.default, path)
    }

    /// Sets a member: a number, `bool` or string, a program's name ([`Callback`](super::Callback)) or
    /// [`Value::None`] for a callback, the name of a constant or a number for an enum, an array or a struct
    /// with all or some of its members.
    ///
    /// # Errors
    ///
    /// There is no such member, program or constant, or the value does not fit the member's type: a number
    /// out of range, a string that is too long. Nothing has changed then.
    pub fn set(&mut self, path: &str, value: impl Into<Value>) -> Result<()> {
        self.set_all([(path, value.into())])
    }

    /// Sets several members, or none.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set), about the first that is refused. Nothing has changed then.
    pub fn set_all<P: AsRef<str>, V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = (P, V)>,
    ) -> Result<()> {
        let mut bytes = self.value.to_vec();
        for (path, value) in values {
            let path = path.as_ref();
            let mut writer = Writer {
                btf: &self.btf,
                bytes: &mut bytes,
                program: &|name| self.program_address(name),
            };
            find(&self.btf, Place::whole(self.ty), path)
                .and_then(|place| writer.set(place, &value.into()))
                .map_err(|refusal| self.error("set", path, refusal))?;
        }
        self.value.copy_from_slice(&bytes);
        Ok(())
    }

    /// Sets a member to what the object file has.
    ///
    /// # Errors
    ///
    /// There is no such member.
    pub fn reset(&mut self, path: &str) -> Result<()> {
        let reset = find(&self.btf, Place::whole(self.ty), path)
            .and_then(|place| copy(&self.btf, place, self.default, self.value));
        reset.map_err(|refusal| self.error("reset", path, refusal))
    }

    /// Sets all members to what the object file has.
    pub fn reset_all(&mut self) {
        self.value.copy_from_slice(self.default);
    }

    fn read(&self, bytes: &[u8], path: &str) -> Result<Value> {
        let callback = |program| self.program_name(program);
        find(&self.btf, Place::whole(self.ty), path)
            .and_then(|place| Reader::new(&self.btf, bytes, &callback).value(place))
            .map_err(|refusal| self.error("read", path, refusal))
    }

    fn what(&self) -> String {
        format!(
            "struct_ops map `{}` (`{}`) of object `{}`",
            self.name(),
            self.c_type(),
            self.object.name()
        )
    }

    fn error(&self, what: &str, path: &str, refusal: Refusal) -> Error {
        refusal.into_error(|within| format!("{what} member `{path}{within}` of {}", self.what()))
    }

    fn programs(&self) -> impl Iterator<Item = ProgramRef<'_>> {
        self.object.object().programs()
    }

    fn program_name(&self, address: u64) -> Value {
        match self
            .programs()
            .find(|program| self::address(*program) == address)
        {
            Some(program) => Value::Callback(program.name().to_string_lossy().into_owned()),
            None => Value::Int(address.into()),
        }
    }

    fn program_address(&self, name: &str) -> std::result::Result<u64, Refusal> {
        let found = |program: &ProgramRef<'_>| program.name().to_bytes() == name.as_bytes();
        let Some(program) = self.programs().find(found) else {
            let names = self.programs().filter(is_struct_ops);
            let names = names.filter_map(|program| program.name().to_str().ok());
            let refusal = Refusal::value("a program of the object", format!("`{name}`"));
            return Err(match nearest(name, names) {
                Some(near) => refusal.with_hint(format!("did you mean `{near}`?")),
                None => refusal,
            });
        };
        if !is_struct_ops(&program) {
            let found = ProgramType(program.kind());
            return Err(Refusal::value(
                "a struct_ops program",
                format!("`{name}`, of type {found}"),
            ));
        }
        Ok(address(program))
    }
}

fn is_struct_ops(program: &ProgramRef<'_>) -> bool {
    ProgramType(program.kind()) == ProgramType::STRUCT_OPS
}

/// What stands for the program in the map's value.
fn address(program: ProgramRef<'_>) -> u64 {
    program.address().as_non_null().as_ptr().expose_provenance() as u64
}

fn copy(btf: &Btf, place: Place, from: &[u8], to: &mut [u8]) -> std::result::Result<(), Refusal> {
    let beyond = || super::read::beyond_the_end();
    if let Some(range) = place.bytes(btf)? {
        let from = from.get(range.clone()).ok_or_else(beyond)?;
        to.get_mut(range).ok_or_else(beyond)?.copy_from_slice(from);
        return Ok(());
    }
    let width = u32::try_from(place.width(btf)?).map_err(|_| beyond())?;
    let bits = super::bits::read(from, place.bit, width).ok_or_else(beyond)?;
    super::bits::write(to, place.bit, width, bits).ok_or_else(beyond)
}

impl fmt::Debug for OpenStructOps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenStructOps")
            .field("name", &self.name())
            .field("type", &self.c_type())
            .finish_non_exhaustive()
    }
}
