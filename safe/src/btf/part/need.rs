//! What is needed of a type.

/// What somebody needs of a type, and thereby of those that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Need {
    /// How large it is and of which kind: members of structs and what pointers point to are not.
    Size,
    /// The same, and what pointers point to: what libbpf looks at to say whether a type exists.
    Outline,
    /// All that libbpf compares to say whether a type matches another by value.
    Match,
    /// The same for what a pointer points to, where a struct's name is enough.
    MatchBehindPointer,
    /// All that C needs to declare a value of it.
    Value,
    /// All that C needs to declare a pointer to it: a struct with a name is only declared.
    Pointee,
}

impl Need {
    /// What is needed of a struct's members, or of an enum's values.
    pub(super) fn of_members(self) -> Option<Need> {
        match self {
            Need::Match => Some(Need::Match),
            Need::Value => Some(Need::Value),
            Need::Size | Need::Outline | Need::MatchBehindPointer | Need::Pointee => None,
        }
    }

    /// Whether an enum's values are needed.
    pub(super) fn has_enum_values(self) -> bool {
        !matches!(self, Need::Size | Need::Outline)
    }

    /// Whether C has to understand the type.
    pub(super) fn is_for_c(self) -> bool {
        matches!(self, Need::Value | Need::Pointee)
    }

    /// What is needed of what a pointer points to.
    pub(super) fn of_pointee(self) -> Option<Need> {
        match self {
            Need::Size => None,
            Need::Outline => Some(Need::Outline),
            Need::Match | Need::MatchBehindPointer => Some(Need::MatchBehindPointer),
            Need::Value | Need::Pointee => Some(Need::Pointee),
        }
    }

    /// What is needed of an array's elements: C wants them defined, also behind a pointer to the array.
    pub(super) fn of_elements(self) -> Need {
        match self {
            Need::Pointee => Need::Value,
            other => other,
        }
    }

    /// What is needed of what a function takes and returns.
    pub(super) fn of_signature(self) -> Option<Need> {
        match self {
            Need::Size => None,
            Need::Value => Some(Need::Pointee),
            other => Some(other),
        }
    }
}
