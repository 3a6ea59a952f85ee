//! What the module in `kmod/` tells of the value that it has received.

use std::collections::BTreeMap;
use std::fs;

/// The module's name.
pub const MODULE: &str = "libbpf_safe_ops";
const FILE: &str = "/proc/libbpf_safe_ops";

/// The lines of the module's file, by name.
#[derive(Debug)]
pub struct ModuleReport(BTreeMap<String, String>);

impl ModuleReport {
    /// Reads it.
    pub fn read() -> ModuleReport {
        let text = fs::read_to_string(FILE).unwrap();
        let line = |line: &str| {
            let (name, value) = line.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        ModuleReport(text.lines().map(line).collect())
    }

    /// The value of one line.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("the module says nothing of `{name}`"))
    }

    /// A line that counts.
    pub fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap()
    }

    /// Fails unless all these lines are as expected; says all that are not.
    pub fn assert(&self, expected: &[(&str, &str)]) {
        let wrong: Vec<String> = expected
            .iter()
            .filter(|(name, value)| self.get(name) != *value)
            .map(|(name, value)| format!("{name} is {}, not {value}", self.get(name)))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// How many members it tells of: all lines but those about the module's own doings.
    pub fn members(&self) -> usize {
        self.0
            .keys()
            .filter(|name| !name.starts_with("registered") && !name.ends_with("returned"))
            .filter(|name| !["registrations", "updates"].contains(&name.as_str()))
            .count()
    }
}

/// Has the module call the callbacks that are registered, with this value.
pub fn call(value: i32) {
    fs::write(FILE, value.to_string()).unwrap();
}
