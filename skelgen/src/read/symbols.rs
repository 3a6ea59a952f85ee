//! Where an object's global variables are, by its ELF symbols.
//!
//! BTF has offsets of its own, which libbpf's static linker leaves as they were where a later file overrides
//! a `__weak` variable or defines an extern: programs use the symbol's, and a skeleton must, too.

use libbpf_safe::OpenObject;
use libbpf_safe::btf::Linkage;
use std::collections::HashMap;

/// Offsets of global variables by section and name.
#[derive(Debug, Default)]
pub(super) struct Symbols(HashMap<(String, String), u64>);

impl Symbols {
    /// None for an object without BTF, or with a broken one, which reading its types says better.
    pub(super) fn of(object: &mut OpenObject) -> Symbols {
        let variables = object.variables().unwrap_or_default();
        let global = variables
            .iter()
            .filter(|variable| variable.linkage == Linkage::Global);
        Symbols(
            global
                .map(|variable| {
                    let key = (variable.section.clone(), variable.name.clone());
                    (key, variable.offset as u64)
                })
                .collect(),
        )
    }

    pub(super) fn offset(&self, section: &str, name: &str) -> Option<u64> {
        self.0.get(&(section.to_owned(), name.to_owned())).copied()
    }
}
