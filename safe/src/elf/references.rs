//! Which maps and programs a map or program of an object file needs.

use super::file::{Elf, Symbol};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const INSTRUCTION_SIZE: u64 = 8;
/// `BPF_JMP | BPF_CALL`, with the source register that tells a call of a function of this file.
const CALL: u8 = 0x85;
const PSEUDO_CALL: u8 = 1;
/// Where the BPF part of an arena's variables is.
const ARENA_SECTION: &str = ".addr_space.1";

/// What libbpf calls the maps and programs of the file.
pub(crate) trait Names {
    /// The map of a data section.
    fn section(&self, section: &str) -> Option<String>;
    /// The map of `.kconfig`, for an extern variable that is in it.
    fn kconfig(&self, variable: &str) -> Option<String>;
    /// The arena.
    fn arena(&self) -> Option<String>;
    /// Whether this is a map's or a program's name.
    fn is_part(&self, name: &str) -> bool;
}

/// Maps and programs by name, with those that each refers to. C has one namespace for both.
#[derive(Debug, Clone, Default)]
pub(crate) struct References {
    edges: BTreeMap<String, BTreeSet<String>>,
}

/// A function, as its section and what it is called.
type Function<'e, 'a> = &'e Symbol<'a>;

impl References {
    pub(crate) fn read(elf: &Elf<'_>, names: &impl Names) -> References {
        let reader = Reader {
            elf,
            names,
            functions: functions(elf),
        };
        let mut references = References::default();
        for symbol in &elf.symbols {
            if !names.is_part(symbol.name) {
                continue;
            }
            let needs = if symbol.is_function() {
                reader.program(symbol)
            } else if symbol.is_object() {
                reader.variable(symbol)
            } else {
                continue;
            };
            let edges = references.edges.entry(symbol.name.to_owned()).or_default();
            edges.extend(needs);
        }
        references
    }

    /// Whether something refers to it.
    pub(crate) fn is_referenced(&self, name: &str) -> bool {
        self.edges
            .iter()
            .any(|(from, to)| from != name && to.contains(name))
    }

    /// What refers to it.
    pub(crate) fn users<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.edges
            .iter()
            .filter(move |(from, to)| *from != name && to.contains(name))
            .map(|(from, _)| from.as_str())
    }

    /// These, and all that they need.
    pub(crate) fn closure(&self, names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let mut waiting: Vec<String> = names.into_iter().collect();
        let mut found = BTreeSet::new();
        while let Some(name) = waiting.pop() {
            if let Some(more) = self.edges.get(&name) {
                waiting.extend(more.difference(&found).cloned());
            }
            found.insert(name);
        }
        found
    }
}

/// Functions by section, in the order of their places.
fn functions<'e, 'a>(elf: &'e Elf<'a>) -> HashMap<usize, Vec<Function<'e, 'a>>> {
    let mut functions: HashMap<usize, Vec<Function<'e, 'a>>> = HashMap::new();
    for symbol in elf.symbols.iter().filter(|symbol| symbol.is_function()) {
        functions.entry(symbol.section).or_default().push(symbol);
    }
    for list in functions.values_mut() {
        list.sort_by_key(|symbol| symbol.value);
    }
    functions
}

struct Reader<'e, 'a, N> {
    elf: &'e Elf<'a>,
    names: &'e N,
    functions: HashMap<usize, Vec<Function<'e, 'a>>>,
}

impl<'e, 'a, N: Names> Reader<'e, 'a, N> {
    /// What a program refers to, also by the functions that it calls.
    fn program(&self, program: Function<'e, 'a>) -> BTreeSet<String> {
        let mut needs = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![program];
        while let Some(function) = waiting.pop() {
            if seen.insert((function.section, function.value)) {
                let relocated = self.relocated(function, &mut needs, &mut waiting);
                self.called(function, &relocated, &mut waiting);
            }
        }
        needs.remove(program.name);
        needs
    }

    /// Follows the relocations of a function; their places.
    fn relocated(
        &self,
        function: Function<'e, 'a>,
        needs: &mut BTreeSet<String>,
        waiting: &mut Vec<Function<'e, 'a>>,
    ) -> BTreeSet<u64> {
        let mut places = BTreeSet::new();
        for relocation in self.elf.relocations(function.section) {
            if !function.contains(relocation.offset) {
                continue;
            }
            places.insert(relocation.offset);
            let Some(target) = self.elf.symbols.get(relocation.symbol) else {
                continue;
            };
            let section = self.elf.sections.get(target.section);
            if section.is_some_and(|section| section.is_executable()) {
                waiting.extend(self.target(function.section, relocation.offset, target));
            } else {
                needs.extend(self.part(target));
            }
        }
        places
    }

    /// The function that a call or the loading of an address is about. For a function that other files
    /// cannot see the symbol is its section's, and the instruction says where in it.
    fn target(&self, section: usize, offset: u64, symbol: &Symbol<'_>) -> Option<Function<'e, 'a>> {
        let instruction = self.instruction(section, offset)?;
        let immediate = i64::from(self.elf.word(instruction.get(4..8)?)?);
        let inside = if instruction.first() == Some(&CALL) {
            immediate.checked_add(1)?.checked_mul(8)?
        } else {
            immediate
        };
        let place = symbol.value.checked_add_signed(inside)?;
        self.function_at(symbol.section, place)
    }

    /// Calls within one section have no relocation.
    fn called(
        &self,
        function: Function<'e, 'a>,
        relocated: &BTreeSet<u64>,
        waiting: &mut Vec<Function<'e, 'a>>,
    ) {
        let end = function.value.saturating_add(function.size);
        let mut offset = function.value;
        while offset < end {
            let Some(instruction) = self.instruction(function.section, offset) else {
                return;
            };
            let &[code, registers, _, _, ref immediate @ ..] = instruction else {
                return;
            };
            let is_call = code == CALL
                && self.elf.source_register(registers) == PSEUDO_CALL
                && !relocated.contains(&offset);
            if let (true, Some(immediate)) = (is_call, self.elf.word(immediate)) {
                let next = offset.saturating_add(INSTRUCTION_SIZE);
                let place = next.saturating_add_signed(i64::from(immediate).saturating_mul(8));
                waiting.extend(self.function_at(function.section, place));
            }
            offset = offset.saturating_add(INSTRUCTION_SIZE);
        }
    }

    fn instruction(&self, section: usize, offset: u64) -> Option<&'a [u8]> {
        let content = self.elf.content(self.elf.sections.get(section)?);
        let start = usize::try_from(offset).ok()?;
        content.get(start..start.checked_add(8)?)
    }

    fn function_at(&self, section: usize, place: u64) -> Option<Function<'e, 'a>> {
        let list = self.functions.get(&section)?;
        list.iter().copied().find(|symbol| symbol.contains(place))
    }

    /// The map that a symbol outside code stands for.
    fn part(&self, symbol: &Symbol<'_>) -> Option<String> {
        let section = self.elf.sections.get(symbol.section)?;
        if symbol.section == 0 {
            return self.names.kconfig(symbol.name);
        }
        if section.name == ARENA_SECTION {
            return self.names.arena();
        }
        if let Some(map) = self.names.section(section.name) {
            return Some(map);
        }
        // By its place: a map that other files cannot see may be named by its section's symbol.
        let is_it = |candidate: &&Symbol<'_>| {
            candidate.section == symbol.section
                && candidate.value == symbol.value
                && candidate.is_object()
                && self.names.is_part(candidate.name)
        };
        let found = self.elf.symbols.iter().find(is_it)?;
        Some(found.name.to_owned())
    }

    /// What the initial value of a map refers to: the callbacks of a struct_ops map, the elements of a
    /// map of maps or of programs.
    fn variable(&self, variable: &Symbol<'_>) -> BTreeSet<String> {
        self.elf
            .relocations(variable.section)
            .filter(|relocation| variable.contains(relocation.offset))
            .filter_map(|relocation| self.elf.symbols.get(relocation.symbol))
            .filter(|symbol| self.names.is_part(symbol.name) && symbol.name != variable.name)
            .map(|symbol| symbol.name.to_owned())
            .collect()
    }
}
