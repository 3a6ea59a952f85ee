//! What of a loaded object is memory that BPF programs share: its data sections, its variables by name, its
//! arena.

use super::Object;
use super::explain::WITH_BTF;
use crate::data::{
    ARENA_SECTION, FrozenCell, Live, LiveCell, LiveSection, LiveVariable, Pod, Variable, Variables,
    check_type, is_name_of, pick,
};
use crate::error::{Error, ErrorKind, Result};
use crate::map::{Arena, Map, MapType};
use crate::raw::map::MapRef;
use std::sync::Arc;

impl Object {
    /// The object's arena, by the name of its C variable. Since Linux 6.9.
    ///
    /// # Errors
    ///
    /// There is no such map, it is of another type, it was declared with `BPF_F_SEGV_ON_FAULT`, or libbpf has not
    /// mapped it: it was taken from another object or a pin.
    #[doc(alias = "BPF_MAP_TYPE_ARENA")]
    pub fn arena(&self, name: &str) -> Result<Arena> {
        Arena::new(self.map(name)?, Arc::clone(&self.inner))
    }

    /// A data section by its name in the ELF file, such as `.bss`, as a struct of cells: what generated
    /// skeletons have fields of. The variables of an arena are in `.addr_space.1`.
    ///
    /// Since Linux 5.5.
    ///
    /// # Errors
    ///
    /// There is no such section, it is smaller than `L`, its variables are frozen and `L` can set them, or the
    /// kernel cannot map it.
    pub fn live_section<L: Live>(&self, section: &str) -> Result<LiveSection<L>> {
        self.section_at(section, 0)
    }

    /// All global variables that the object's BTF knows.
    ///
    /// # Errors
    ///
    /// The object has no BTF, or a broken one.
    pub fn variables(&self) -> Result<&[Variable]> {
        self.known_variables("list variables").map(Variables::all)
    }

    /// A global variable by its name, while BPF programs use it.
    ///
    /// Each call maps the variable's section: keep what it returns. Since Linux 5.5.
    ///
    /// ```no_run
    /// # fn load() -> libbpf_safe::Result<libbpf_safe::Object> { unimplemented!() }
    /// let packets = load()?.variable::<u64>("packets")?;  // __u64 packets;
    /// packets.fetch_add(1);
    /// println!("{}", packets.get());
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such variable (the hint has the nearest), it has another size or kind than `T`, it cannot
    /// be changed any more (use [`constant`](Object::constant)), its BTF contradicts itself, or the kernel cannot map
    /// its section.
    pub fn variable<T: Pod>(&self, name: &str) -> Result<LiveVariable<LiveCell<T>>> {
        let what = format!("use variable `{name}`");
        let variable = self.find_variable::<T>(&what, name)?;
        if variable.is_read_only() {
            let reason = format!("it is in `{}`, which load has frozen", variable.section);
            return Err(
                Error::new(self.of(&what), ErrorKind::InvalidInput { reason })
                    .with_hint("`Object::constant` reads it"),
            );
        }
        self.variable_at(variable)
    }

    /// A global variable by its name, for reading: one in `.rodata` or `.kconfig`, or any other.
    ///
    /// Each call maps the variable's section: keep what it returns. Since Linux 5.5.
    ///
    /// # Errors
    ///
    /// There is no such variable (the hint has the nearest), it has another size or kind than `T`, its BTF
    /// contradicts itself, or the kernel cannot map its section.
    pub fn constant<T: Pod>(&self, name: &str) -> Result<LiveVariable<FrozenCell<T>>> {
        let what = format!("read variable `{name}`");
        self.variable_at(self.find_variable::<T>(&what, name)?)
    }

    fn of(&self, what: &str) -> String {
        format!("{what} of object `{}`", self.name())
    }

    fn known_variables(&self, what: &str) -> Result<&Variables> {
        if let Some(variables) = self.inner.variables.get() {
            return Ok(variables);
        }
        let Some(btf) = self.inner.btf()? else {
            return Err(Error::new(self.of(what), ErrorKind::ObjectBtfMissing).with_hint(WITH_BTF));
        };
        let variables = || Arc::new(Variables::read(&btf, &self.inner.offsets));
        Ok(self.inner.variables.get_or_init(variables))
    }

    fn find_variable<T: Pod>(&self, what: &str, name: &str) -> Result<&Variable> {
        let variables = self.known_variables(what)?;
        let operation = self.of(what);
        let variable = variables.find(&operation, name)?;
        check_type::<T>(&operation, variable)?;
        // libbpf's linker can leave a variable at the place of another in BTF: nothing is read there then.
        match variables
            .all()
            .iter()
            .find(|other| overlap(variable, other))
        {
            None => Ok(variable),
            Some(other) => Err(Error::new(
                operation,
                ErrorKind::InvalidInput {
                    reason: format!(
                        "the object's BTF has variable `{}` at the same place",
                        other.name
                    ),
                },
            )
            .with_hint("a skeleton goes by the symbols of the object file instead")),
        }
    }

    fn variable_at<L: Live>(&self, variable: &Variable) -> Result<LiveVariable<L>> {
        let cell = self.section_at(&variable.section, variable.offset)?;
        Ok(LiveVariable::new(&variable.name, cell))
    }

    fn section_at<L: Live>(&self, section: &str, offset: usize) -> Result<LiveSection<L>> {
        if section == ARENA_SECTION {
            let is_arena = |map: &MapRef<'_>, _: &str| MapType(map.kind()) == MapType::ARENA;
            let (_, arena) = self.find_map(section, is_arena)?;
            let arena = self.arena(arena)?;
            return LiveSection::of_arena(arena, offset);
        }
        LiveSection::new(&self.section_map(section)?, section, offset)
    }

    /// The map that libbpf made of a section.
    fn section_map(&self, section: &str) -> Result<Map> {
        let is_section = |map: &MapRef<'_>, name: &str| {
            map.is_internal() && is_name_of(name.as_bytes(), self.name(), section)
        };
        let (map, name) = self.find_map(section, is_section)?;
        self.handle(map, name)
    }

    /// A map and its name in C: libbpf's may be another one's, that it took in place of it.
    fn find_map(
        &self,
        section: &str,
        is_it: impl Fn(&MapRef<'_>, &str) -> bool,
    ) -> Result<(MapRef<'_>, &str)> {
        let maps = self.inner.object().maps().zip(&self.inner.maps);
        let found = maps
            .filter(|(map, name)| is_it(map, name))
            .map(|(map, name)| ((map, &**name), map));
        let btf = || self.inner.btf().ok().flatten();
        pick(found, section, btf).ok_or_else(|| self.inner.missing("section", section))
    }
}

/// Whether two variables of a section have bytes in common.
fn overlap(one: &Variable, other: &Variable) -> bool {
    let ends = |variable: &Variable| variable.offset.saturating_add(variable.size);
    one != other
        && one.size.min(other.size) > 0
        && one.section == other.section
        && one.offset < ends(other)
        && other.offset < ends(one)
}

#[cfg(test)]
mod tests {
    use super::overlap;
    use crate::btf::{Linkage, TypeId};
    use crate::data::{Variable, VariableKind};

    fn variable(name: &str, section: &str, offset: usize, size: usize) -> Variable {
        Variable {
            name: name.into(),
            section: section.into(),
            offset,
            size,
            c_type: "int".into(),
            kind: VariableKind::Int { signed: true },
            ty: TypeId(1),
            linkage: Linkage::Global,
        }
    }

    #[test]
    fn variables_overlap_where_they_have_bytes_in_common() {
        let one = variable("one", ".bss", 4, 4);
        for (offset, size, expected) in [
            (0, 4, false),
            (0, 5, true),
            (4, 4, true),
            (7, 1, true),
            (8, 4, false),
            (5, 0, false),
            (usize::MAX, 8, false),
        ] {
            let other = variable("other", ".bss", offset, size);
            assert_eq!(overlap(&one, &other), expected, "{offset} {size}");
            assert_eq!(overlap(&other, &one), expected, "{offset} {size}");
        }
        assert!(!overlap(&one, &variable("other", ".data", 4, 4)));
        assert!(!overlap(&one, &one.clone()), "it is the same variable");
    }
}
