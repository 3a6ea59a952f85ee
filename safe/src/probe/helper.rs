use super::helper_names::NAMES;
use std::fmt;

/// A helper that programs call: `enum bpf_func_id`, also of a kernel that is newer than this library.
///
/// ```
/// use libbpf_safe::probe::Helper;
///
/// assert_eq!(Helper::KTIME_GET_NS.to_string(), "bpf_ktime_get_ns");
/// assert_eq!(Helper::named("bpf_ktime_get_ns"), Some(Helper::KTIME_GET_NS));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "bpf_func_id")]
pub struct Helper(pub u32);

impl Helper {
    /// All that this library knows, in the kernel's order. Kernels add some: see which one has by
    /// [`helper`](super::helper).
    pub fn all() -> impl Iterator<Item = Helper> {
        (0u32..)
            .zip(NAMES)
            .skip(1)
            .map(|(number, _)| Helper(number))
    }

    /// The helper of this name, with `bpf_` before it as in C or without.
    pub fn named(name: &str) -> Option<Helper> {
        let name = name.strip_prefix("bpf_").unwrap_or(name);
        let mut named = (0u32..).zip(NAMES).skip(1);
        named
            .find(|(_, known)| **known == name)
            .map(|(number, _)| Helper(number))
    }

    /// The name without `bpf_`; `None` for one that this library does not know.
    pub fn name(self) -> Option<&'static str> {
        let known = NAMES.get(usize::try_from(self.0).ok()?).copied();
        known.filter(|_| self.0 != 0)
    }
}

impl fmt::Display for Helper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(&format!("bpf_{name}")),
            None => write!(f, "helper {}", self.0),
        }
    }
}

impl fmt::Debug for Helper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for helper in Helper::all() {
            assert_eq!(Helper::named(helper.name().unwrap()), Some(helper));
        }
        assert_eq!(Helper(1), Helper::MAP_LOOKUP_ELEM);
        assert_eq!(Helper::all().last(), Some(Helper::CGRP_STORAGE_DELETE));
        assert_eq!(Helper(0).name(), None);
        assert_eq!(Helper(9999).to_string(), "helper 9999");
    }
}
