//! What a subskeleton needs of the object that it is a view of.

/// Of all maps, programs and variables that C exports.
#[derive(Debug, Default)]
pub(crate) struct Used {
    pub(crate) maps: Vec<UsedMap>,
    pub(crate) variables: Vec<UsedVariable>,
}

#[derive(Debug)]
pub(crate) struct UsedMap {
    pub(crate) name: String,
    /// `enum bpf_map_type`
    pub(crate) map_type: u32,
    /// What keys and values are made of; empty where BTF does not say.
    pub(crate) key: Vec<String>,
    pub(crate) value: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct UsedVariable {
    pub(crate) name: String,
    pub(crate) section: String,
    pub(crate) layout: Vec<String>,
}

impl Used {
    /// Whether a variable can be found in other objects: a `static` one can not.
    pub(crate) fn has_variable(&self, section: &str, name: &str) -> bool {
        (self.variables.iter()).any(|one| one.section == section && one.name == name)
    }
}
