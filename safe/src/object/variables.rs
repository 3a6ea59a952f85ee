//! Global variables of an open object, by name.

#![allow(unsafe_code)]

use super::explain::{self, WITH_BTF};
use super::open::{OpenInner, OpenObject};
use crate::data::{ARENA, KCONFIG, Pod, Variable, VariableValue, Variables, check_type};
use crate::elf::Elf;
use crate::error::{Error, ErrorKind, Result};
use crate::map::MapType;
use crate::raw::map::MapRef;
use crate::struct_ops::by_name::{Value, value_of};
use std::slice;
use std::sync::Arc;

impl OpenObject {
    /// All global variables that the object's BTF knows.
    ///
    /// # Errors
    ///
    /// The object has no BTF, or a broken one.
    pub fn variables(&mut self) -> Result<&[Variable]> {
        self.inner.variables("list variables").map(Variables::all)
    }

    /// What a global variable is at load, so far: what the object file says, or what was set.
    ///
    /// # Errors
    ///
    /// There is no such variable, it has another size or kind than `T`, or a skeleton holds its section.
    #[doc(alias = "bpf_map__initial_value")]
    pub fn variable<T: Pod>(&mut self, name: &str) -> Result<T> {
        let what = format!("read variable `{name}`");
        let operation = self.inner.of_object(&what);
        let variable = self.inner.variables(&what)?.find(&operation, name)?;
        check_type::<T>(&operation, variable)?;
        let mut value = T::zeroed();
        bytemuck::bytes_of_mut(&mut value)
            .copy_from_slice(self.inner.variable_bytes(&operation, variable)?);
        Ok(value)
    }

    /// The same for a variable of any type, as what its bytes stand for.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    ///
    /// let mut open = OpenObject::from_file("prober.bpf.o")?;
    /// for variable in open.variables()?.to_vec() {
    ///     println!("{} {} = {}", variable.c_type, variable.name, open.variable_value(&variable)?);
    /// }
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The variable is none of this object's, it is an `extern … __kconfig` one, which has no value before load, or a
    /// skeleton holds its section.
    pub fn variable_value(&mut self, variable: &Variable) -> Result<Value> {
        let what = format!("read variable `{}`", variable.name);
        let operation = self.inner.of_object(&what);
        let Some(btf) = self.btf()? else {
            return Err(Error::new(operation, ErrorKind::ObjectBtfMissing));
        };
        if !btf.is_native() {
            return Err(Error::new(operation, ErrorKind::OtherByteOrder));
        }
        if variable.section == KCONFIG {
            let reason = "a `__kconfig` variable has no value before load".into();
            return Err(Error::new(operation, ErrorKind::InvalidInput { reason }));
        }
        let bytes = self.inner.variable_bytes(&operation, variable)?;
        value_of(&btf, variable.ty, bytes, || operation.clone())
    }

    /// Sets a global variable, also a `const volatile` one: so programs are configured before load.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    ///
    /// let mut open = OpenObject::from_file("prober.bpf.o")?;
    /// open.set_variable("limit", &100u32)?;  // const volatile __u32 limit = 10;
    /// open.set_variable("label", "first")?;  // char label[16];
    /// let object = open.load()?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such variable (the hint has the nearest), the value does not fit its type, it is an
    /// `extern … __kconfig` one, or a skeleton holds its section. The variable is then as it was.
    pub fn set_variable<V: VariableValue + ?Sized>(&mut self, name: &str, value: &V) -> Result<()> {
        let what = format!("set variable `{name}`");
        let operation = self.inner.of_object(&what);
        let variable = self.inner.variables(&what)?.find(&operation, name)?;
        check_settable(&operation, variable)?;
        let value = value.encode(&operation, variable)?;
        self.set_variable_bytes(name, &value)
    }

    /// Sets a variable that is known to have so many bytes.
    pub(crate) fn set_variable_bytes(&mut self, name: &str, value: &[u8]) -> Result<()> {
        let what = format!("set variable `{name}`");
        let operation = self.inner.of_object(&what);
        let variable = self.inner.variables(&what)?.find(&operation, name)?;
        let bytes = self.inner.variable_bytes(&operation, variable)?;
        for (to, from) in bytes.iter_mut().zip(value) {
            *to = *from;
        }
        Ok(())
    }

    /// With the places of global variables from the object file.
    pub(crate) fn with_symbols(mut self, bytes: &[u8]) -> Self {
        if let (Some(inner), Some(elf)) = (Arc::get_mut(&mut self.inner), Elf::new(bytes)) {
            inner.offsets = elf.variable_offsets();
        }
        self
    }

    /// With variables that are known from an object of the same file.
    pub(crate) fn with_variables(self, variables: &Arc<Variables>) -> Self {
        self.inner.variables.get_or_init(|| Arc::clone(variables));
        self
    }

    /// To be known to other objects of the same file.
    pub(crate) fn shared_variables(&mut self) -> Result<Arc<Variables>> {
        self.inner.variables("list variables")?;
        Ok(self.inner.variables.get().cloned().unwrap_or_default())
    }
}

/// `.kconfig` is filled in at load.
pub(crate) fn check_settable(operation: &str, variable: &Variable) -> Result<()> {
    if variable.section != KCONFIG {
        return Ok(());
    }
    let error = ErrorKind::InvalidInput {
        reason: "it is an `extern` of the kernel's configuration, which load reads".into(),
    };
    Err(Error::new(operation, error).with_hint("use `OpenOptions::kconfig` to override it"))
}

impl OpenInner {
    fn of_object(&self, what: &str) -> String {
        format!("{what} of object `{}`", self.name())
    }

    fn variables(&self, what: &str) -> Result<&Variables> {
        if let Some(variables) = self.variables.get() {
            return Ok(variables);
        }
        let Some(btf) = explain::object_btf(self.object(), self.name())? else {
            return Err(
                Error::new(self.of_object(what), ErrorKind::ObjectBtfMissing).with_hint(WITH_BTF),
            );
        };
        let variables = || Arc::new(Variables::read(&btf, &self.offsets));
        Ok(self.variables.get_or_init(variables))
    }

    /// The bytes of a variable, until load.
    #[allow(clippy::mut_from_ref)]
    fn variable_bytes(&self, operation: &str, variable: &Variable) -> Result<&mut [u8]> {
        let section = variable.section.as_str();
        let index = if section == ARENA {
            let is_arena = |map: MapRef<'_>| MapType(map.kind()) == MapType::ARENA;
            self.object().maps().position(is_arena)
        } else {
            self.section_map(section)
        };
        let missing = || {
            let reason = format!("its section `{section}` has no memory");
            Error::new(operation, ErrorKind::InvalidInput { reason })
        };
        let index = index.ok_or_else(missing)?;
        self.map_is_free(index).map_err(|_| {
            let reason = format!("a skeleton holds its section `{section}`");
            Error::new(operation, ErrorKind::InvalidInput { reason })
        })?;
        let (value, size) = self.map(index)?.initial_value().ok_or_else(missing)?;
        // SAFETY: bpf_map__initial_value's buffer has this size, and stays where it is until load. No slot
        // has the section, and the callers, methods of OpenObject, have all else exclusively: they keep
        // no other reference to it, and end with this one.
        let bytes = unsafe { slice::from_raw_parts_mut(value.as_ptr(), size) };
        let end = variable.offset.checked_add(variable.size);
        end.and_then(|end| bytes.get_mut(variable.offset..end))
            .ok_or_else(|| {
                let reason = format!("it extends beyond its section `{section}`");
                Error::new(operation, ErrorKind::InvalidInput { reason })
            })
    }
}
