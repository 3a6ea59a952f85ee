//! Some of the types of a BTF, with what C needs to understand them.

use super::part::{Need, Selection, Sources};
use super::{Btf, BtfError, Kind, TypeId};
use crate::data::nearest;
use crate::error::{Error, ErrorKind};

/// What C has names for.
const NAMED: &[(&str, &[Kind])] = &[
    ("struct ", &[Kind::Struct]),
    ("union ", &[Kind::Union]),
    ("enum ", &[Kind::Enum]),
    (
        "",
        &[
            Kind::Struct,
            Kind::Union,
            Kind::Enum,
            Kind::Typedef,
            Kind::Int,
            Kind::Float,
        ],
    ),
];

impl Btf {
    /// A BTF that stands by itself, with these types and what C needs to declare values of them: the types of
    /// their members, and of those'. A struct that is only pointed to is only declared, unless it has no name.
    ///
    /// [`to_c`](Btf::to_c) makes a small `vmlinux.h` of it. The same types give the same bytes.
    ///
    /// ```no_run
    /// use libbpf_safe::btf::Btf;
    ///
    /// let kernel = Btf::from_kernel()?;
    /// let sock = kernel.named("struct sock")?;
    /// std::fs::write("vmlinux.h", kernel.subset(sock)?.to_c()?)?;
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

    /// The types that C calls by this name, here and in the base: `struct sock`, or `sock`, or `u32`. Files of a
    /// program may define several of one name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is none; the hint has the nearest name.
    #[doc(alias = "btf__find_by_name")]
    pub fn named(&self, name: &str) -> Result<Vec<TypeId>, Error> {
        let name = name.trim();
        let kinds = NAMED.iter().find_map(|(prefix, kinds)| {
            let name = name.strip_prefix(prefix)?.trim_start();
            Some((name, *kinds))
        });
        let (bare, kinds) = kinds.unwrap_or((name, &[]));
        let layers = || self.base().into_iter().chain([self]);
        let types = || layers().flat_map(Btf::types);
        let found: Vec<TypeId> = types()
            .filter(|(_, ty)| ty.name() == bare && kinds.contains(&ty.kind()))
            .map(|(id, _)| id)
            .collect();
        if !bare.is_empty() && !found.is_empty() {
            return Ok(found);
        }
        let error = Error::new(format!("find type `{name}` in BTF"), ErrorKind::NotFound);
        let names = types().filter(|(_, ty)| kinds.contains(&ty.kind()));
        let names = names.map(|(_, ty)| ty.name());
        Err(match nearest(bare, names.filter(|name| !name.is_empty())) {
            Some(near) => error.with_hint(format!("did you mean `{near}`?")),
            None => error,
        })
    }
}
