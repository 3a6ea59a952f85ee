use crate::error::Result;
use crate::map::MapType;

/// A struct that maps, programs and links of an object are assigned to. [`assign!`](crate::assign)
/// implements it.
///
/// `S` is where they come from: an [`Object`](crate::Object), a [`Collection`](super::Collection), or an
/// [`ObjectFile`](super::ObjectFile) for what it says about them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct that parts of an `{S}` can be assigned to",
    note = "declare it with `libbpf_safe::assign!`"
)]
pub trait Assign<S>: Sized {
    /// Lists the fields.
    fn wanted(wanted: &mut Wanted);

    /// Assigns the fields, in their order.
    ///
    /// # Errors
    ///
    /// Something is not there, or of another type than the field.
    fn assign(source: &S) -> Result<Self>;
}

/// The type of a field that a map, a program or a link can be assigned to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no map, program or link of an `{S}`",
    note = "fields that are no part of an object are declared with `= _`"
)]
pub trait AssignField<S>: Sized {
    /// What must be of the name.
    fn expected() -> Expected;

    /// What is of this name.
    ///
    /// # Errors
    ///
    /// It is not there, or of another type.
    fn assign_field(source: &S, name: &str) -> Result<Self>;
}

/// What must be of the name that a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// A map.
    Map {
        /// Of which types; empty for all.
        types: &'static [MapType],
        /// With keys of this size in bytes, where it matters.
        key_size: Option<usize>,
        /// With values of this size in bytes, where it matters.
        value_size: Option<usize>,
    },
    /// A program.
    Program,
    /// A program, which is attached.
    ProgramLink,
    /// A struct_ops map.
    StructOps,
    /// A struct_ops map, which is attached.
    StructOpsLink,
}

impl Expected {
    pub(super) fn is_link(self) -> bool {
        matches!(self, Expected::ProgramLink | Expected::StructOpsLink)
    }
}

/// The fields of a struct that have names of an object's maps and programs.
#[derive(Debug)]
pub struct Wanted {
    pub(super) type_name: &'static str,
    pub(super) list: Vec<Want>,
    /// The fields that lead to the nested struct at hand.
    path: String,
}

#[derive(Debug)]
pub(super) struct Want {
    pub(super) field: String,
    pub(super) name: &'static str,
    pub(super) expected: Expected,
}

impl Wanted {
    pub(super) fn of<T: Assign<S>, S>() -> Wanted {
        let mut wanted = Wanted {
            type_name: short_name(std::any::type_name::<T>()),
            list: Vec::new(),
            path: String::new(),
        };
        T::wanted(&mut wanted);
        wanted
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.list.iter().map(|want| want.name)
    }

    /// A field that takes what has this name.
    pub fn field(&mut self, field: &str, name: &'static str, expected: Expected) {
        self.list.push(Want {
            field: format!("{}{field}", self.path),
            name,
            expected,
        });
    }

    /// A field that is a struct of such fields.
    pub fn nested<T: Assign<S>, S>(&mut self, field: &str) {
        let length = self.path.len();
        self.path += field;
        self.path.push('.');
        T::wanted(self);
        self.path.truncate(length);
    }
}

/// How a field of [`assign!`](crate::assign) is filled in: by a name, as a struct of its own, or not at all.
#[doc(hidden)]
pub trait Take<S, How>: Sized {
    fn wanted(wanted: &mut Wanted, field: &str, name: &'static str);
    fn take(source: &S, name: &str) -> Result<Self>;
}

/// `field: Type = "name"`
#[doc(hidden)]
#[derive(Debug)]
pub enum Named {}

/// `field: Type`
#[doc(hidden)]
#[derive(Debug)]
pub enum Nested {}

/// `field: Type = _`
#[doc(hidden)]
#[derive(Debug)]
pub enum Ignored {}

impl<S, T: AssignField<S>> Take<S, Named> for T {
    fn wanted(wanted: &mut Wanted, field: &str, name: &'static str) {
        wanted.field(field, name, T::expected());
    }

    fn take(source: &S, name: &str) -> Result<Self> {
        T::assign_field(source, name)
    }
}

impl<S, T: Assign<S>> Take<S, Nested> for T {
    fn wanted(wanted: &mut Wanted, field: &str, _name: &'static str) {
        wanted.nested::<T, S>(field);
    }

    fn take(source: &S, _name: &str) -> Result<Self> {
        T::assign(source)
    }
}

impl<S, T: Default> Take<S, Ignored> for T {
    fn wanted(_wanted: &mut Wanted, _field: &str, _name: &'static str) {}

    fn take(_source: &S, _name: &str) -> Result<Self> {
        Ok(T::default())
    }
}

/// A type's name without its module.
fn short_name(name: &'static str) -> &'static str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Declares a struct whose fields take maps, programs and links of an object, by the names that they have in
/// C.
///
/// ```no_run
/// use libbpf_safe::link::Link;
/// use libbpf_safe::map::HashMap;
/// use libbpf_safe::{ObjectFile, Program};
///
/// libbpf_safe::assign! {
///     /// What the tracer needs.
///     #[derive(Debug)]
///     pub struct Tracer {
///         pub counts: HashMap<u32, u64> = "counts",
///         on_exec: Program = "on_exec",
///         exec: Link = "on_exec",     // attached, until it is dropped
///         names: Names,               // another such struct
///         hits: u64 = _,              // no part of the object: its default
///     }
/// }
///
/// libbpf_safe::assign! {
///     #[derive(Debug)]
///     pub struct Names {
///         by_pid: HashMap<u32, [u8; 16]> = "names",
///     }
/// }
///
/// let tracer: Tracer = ObjectFile::read("tracer.bpf.o")?.loader().load_and_assign()?;
/// # Ok::<(), libbpf_safe::Error>(())
/// ```
///
/// A field is a map, by bytes ([`Map`](crate::map::Map)) or typed; a [`Program`](crate::Program), which keeps
/// its object, or a [`KernelProgram`](crate::program::KernelProgram), which does not; a
/// [`StructOpsMap`](crate::struct_ops::StructOpsMap); a [`Link`](crate::link::Link) or
/// [`StructOpsLink`](crate::struct_ops::StructOpsLink), which is attached when the struct is filled in, in the
/// order of the fields. From an [`ObjectFile`](crate::ObjectFile) they are
/// [`MapDefinition`](crate::map::MapDefinition) and
/// [`ProgramDefinition`](crate::collection::ProgramDefinition).
///
/// [`Loader::load_and_assign`](crate::collection::Loader::load_and_assign) loads only what is named, and what
/// that needs. Where it fails, also half-way, all is closed and detached.
#[macro_export]
macro_rules! assign {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $(
                $(#[$field_attribute:meta])*
                $field_visibility:vis $field:ident: $ty:ty $(= $part:tt)?
            ),* $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$field_attribute])* $field_visibility $field: $ty,)*
        }

        #[allow(private_bounds, private_interfaces)]
        impl<__Source> $crate::collection::Assign<__Source> for $name
        where
            $($ty: $crate::collection::Take<__Source, $crate::assign!(@how $($part)?)>,)*
        {
            fn wanted(_wanted: &mut $crate::collection::Wanted) {
                $(
                    <$ty as $crate::collection::Take<
                        __Source,
                        $crate::assign!(@how $($part)?),
                    >>::wanted(_wanted, stringify!($field), $crate::assign!(@name $($part)?));
                )*
            }

            fn assign(_source: &__Source) -> $crate::Result<Self> {
                ::core::result::Result::Ok($name {
                    $(
                        $field: <$ty as $crate::collection::Take<
                            __Source,
                            $crate::assign!(@how $($part)?),
                        >>::take(_source, $crate::assign!(@name $($part)?))?,
                    )*
                })
            }
        }
    };
    (@how) => { $crate::collection::Nested };
    (@how _) => { $crate::collection::Ignored };
    (@how $name:literal) => { $crate::collection::Named };
    (@name $name:literal) => { $name };
    (@name $($other:tt)?) => { "" };
}
