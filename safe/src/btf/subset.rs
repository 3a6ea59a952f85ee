//! Some of the types of a BTF, with what C needs to understand them.

use super::part::{Need, Selection, Sources};
use super::{Btf, BtfError, TypeId};

impl Btf {
    /// A BTF that stands by itself, with these types and what C needs to declare values of them: the types of
    /// their members, and of those'. A struct that is only pointed to is only declared, unless it has no name.
    ///
    /// [`to_c`](Btf::to_c) makes a small `vmlinux.h` of it. The same types give the same bytes.
    ///
    /// ```no_run
    /// use libbpf_safe::btf::{Btf, Kind};
    ///
    /// let kernel = Btf::from_kernel()?;
    /// let sock = kernel.find("sock", Kind::Struct).ok_or("no struct sock")?;
    /// std::fs::write("vmlinux.h", kernel.subset([sock])?.to_c()?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`BtfError::NoSuchType`] if there is no type with one of these ids.
    pub fn subset(&self, types: impl IntoIterator<Item = TypeId>) -> Result<Btf, BtfError> {
        let sources = Sources::from(self);
        // A split BTF is the last of its sources; its base's types are found there all the same.
        let source = usize::from(self.base().is_some());
        let mut selection = Selection::of(sources);
        for id in types {
            selection.keep(sources.place(source, id), Need::Value)?;
        }
        Btf::parse(selection.assemble()?)
    }
}
