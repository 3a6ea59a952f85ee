//! Settings of struct_ops maps as values: what to change, and nothing else.
//!
//! skelgen generates an init for each struct_ops type, whose fields are all `Option`s: `None` keeps what the
//! object file has, `Some(0)` sets zero, `Some(None)` empties a callback. Programs are named by an enum of
//! the skeleton's struct_ops programs. A `SkeletonInit` has those of all maps, and the variables; from it a
//! skeleton is opened, set, loaded and attached in one expression:
//!
//! ```ignore
//! let skeleton = tcp_cc::SkeletonInit {
//!     demo: TcpCongestionOpsInit {
//!         flags: Some(1),
//!         name: Some("bpf_demo".parse()?),
//!         cong_avoid: Some(Some(Program::eager)),
//!         set_state: Some(None),
//!         ..Default::default()
//!     },
//!     ..Default::default()
//! }
//! .load_and_attach()?;
//! ```
//!
//! A struct within the type has an init of its own, so that a part of it can be set; an array is set as a
//! whole, but one of structs element by element. Of members that share their bytes, as in a union, the last in
//! C's order counts.
//!
//! An init is never changed by being applied: it can be kept, compared, and applied many times.
//!
//! With the feature `serde`, inits implement `Serialize` and `Deserialize`. Keys are the C names; those that
//! are left out keep what the object file has. A member that does not exist, a number out of range, a string
//! that is too long are errors that name the member. An enum is a number or the name of a constant; a
//! callback is the name of a program, or `""` (or `null`) for none.
//!
//! ```toml
//! [demo]
//! flags = 1
//! name = "bpf_demo"
//! cong_avoid = "eager"
//! set_state = ""
//! ```

mod macros;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub mod serde;

use super::by_name::RegisteredPart;
use super::{Shadow, StructOpsProgram};
use crate::error::Result;
use std::fmt;

/// What to change of a struct_ops map: a generated struct of `Option`s.
///
/// Tools that work with inits of any type take this. [`init!`](crate::init) implements it.
pub trait Init: Clone + fmt::Debug + Default + PartialEq {
    /// The struct that it is applied to.
    type Shadow<'open>: Shadow;

    /// The programs that its callbacks can be.
    type Program: ProgramName;

    /// The C names of the members that can be set.
    const MEMBERS: &'static [&'static str];

    /// What a map in the kernel has: see [`RegisteredValue::to_init`](super::RegisteredValue::to_init).
    fn read(value: &RegisteredPart<'_>) -> Self;

    /// Sets what is `Some`, and leaves the rest. `program` finds a program by its name.
    ///
    /// # Errors
    ///
    /// A value does not fit; nothing has changed then.
    fn apply<'open>(
        &self,
        shadow: &mut Self::Shadow<'open>,
        program: &dyn Fn(Self::Program) -> StructOpsProgram<'open>,
    ) -> Result<()>;
}

/// The same for a struct without callbacks: one within a struct_ops type, or the variables of a section.
/// An array of inits is one for an array.
pub trait PlainInit<T> {
    /// What a map in the kernel has.
    fn read(value: &RegisteredPart<'_>) -> Self;

    /// Sets what is `Some`, and leaves the rest.
    ///
    /// # Errors
    ///
    /// A value does not fit; nothing has changed then.
    fn apply(&self, target: &mut T) -> Result<()>;
}

impl<T: Copy, I: PlainInit<T> + Default, const N: usize> PlainInit<[T; N]> for [I; N] {
    fn read(value: &RegisteredPart<'_>) -> Self {
        std::array::from_fn(|index| {
            let element = value.element(index);
            element.map_or_else(I::default, |element| I::read(&element))
        })
    }

    fn apply(&self, target: &mut [T; N]) -> Result<()> {
        let mut all = *target;
        for (init, element) in self.iter().zip(&mut all) {
            init.apply(element)?;
        }
        *target = all;
        Ok(())
    }
}

/// The name of a struct_ops program of a skeleton: a generated enum.
pub trait ProgramName: Copy + fmt::Debug + Eq + 'static {
    /// All there are.
    const ALL: &'static [Self];

    /// The name of the C function.
    fn name(self) -> &'static str;

    /// The program of this name, where there is one.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|program| program.name() == name)
    }
}
