//! Names that differ: a kernel has several structs of one name, and C one.

use std::collections::HashMap;
use std::fmt;

use crate::btf::kind::TypeId;

#[derive(Default)]
pub(super) struct Names<'a> {
    /// How often each name was given away: of structs, unions and enums, and of all else.
    tags: HashMap<&'a str, u32>,
    identifiers: HashMap<&'a str, u32>,
    /// Which of its name a type is.
    numbers: HashMap<TypeId, u32>,
}

/// A name, with a number unless it is the first of that name: `foo___2`.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) name: &'a str,
    pub(super) number: u32,
}

impl<'a> Names<'a> {
    /// The name of a struct, union or enum: always the same one.
    pub(super) fn of_tag(&mut self, id: TypeId, name: &'a str) -> Name<'a> {
        let Names { tags, numbers, .. } = self;
        let number = *numbers.entry(id).or_insert_with(|| next(tags, name));
        Name { name, number }
    }

    /// The name of a typedef: always the same one.
    pub(super) fn of_identifier(&mut self, id: TypeId, name: &'a str) -> Name<'a> {
        let known = &mut self.identifiers;
        let number = *self.numbers.entry(id).or_insert_with(|| next(known, name));
        Name { name, number }
    }

    /// The name of an enum's value, which is asked for once.
    pub(super) fn of_value(&mut self, name: &'a str) -> Name<'a> {
        let number = next(&mut self.identifiers, name);
        Name { name, number }
    }
}

fn next<'a>(known: &mut HashMap<&'a str, u32>, name: &'a str) -> u32 {
    let number = known.entry(name).or_default();
    *number += 1;
    *number
}

impl Name<'_> {
    /// The name as it is.
    pub(super) fn plain(name: &str) -> Name<'_> {
        Name { name, number: 1 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    pub(super) fn write(&self, text: &mut String) {
        text.push_str(self.name);
        if self.number > 1 {
            let _ = fmt::Write::write_fmt(text, format_args!("___{}", self.number));
        }
    }
}
