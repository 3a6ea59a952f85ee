use crate::btf::BtfError;
use crate::error::{Error, ErrorKind};
use std::fmt;

/// Why a path leads nowhere, or a value does not fit: an error, without what was attempted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    kind: Box<ErrorKind>,
    hint: Option<String>,
    /// Where within the member, as the end of its path.
    within: String,
}

impl Refusal {
    /// There is no such thing; `near` may have been meant.
    pub(super) fn missing(near: Option<&str>) -> Refusal {
        Refusal {
            kind: Box::new(ErrorKind::NotFound),
            hint: near.map(|near| format!("did you mean `{near}`?")),
            within: String::new(),
        }
    }

    pub(super) fn invalid(reason: impl Into<String>) -> Refusal {
        Refusal {
            kind: Box::new(ErrorKind::InvalidInput {
                reason: reason.into(),
            }),
            hint: None,
            within: String::new(),
        }
    }

    /// A value of the wrong type or out of range.
    pub(super) fn value(expected: impl fmt::Display, found: impl fmt::Display) -> Refusal {
        Refusal {
            kind: Box::new(ErrorKind::Mismatch {
                what: "value".to_owned(),
                expected: expected.to_string(),
                found: found.to_string(),
            }),
            hint: None,
            within: String::new(),
        }
    }

    /// The object's BTF contradicts itself.
    pub(super) fn broken(detail: impl fmt::Display) -> Refusal {
        Refusal {
            kind: Box::new(ErrorKind::InvalidObject {
                detail: detail.to_string(),
            }),
            hint: None,
            within: String::new(),
        }
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Refusal {
        self.hint = Some(hint.into());
        self
    }

    /// It is about a part of the member: `.next` or `[2]`.
    pub(super) fn at(mut self, part: impl fmt::Display) -> Refusal {
        self.within.insert_str(0, &part.to_string());
        self
    }

    /// `operation` gets the end of the path.
    pub(super) fn into_error(self, operation: impl FnOnce(&str) -> String) -> Error {
        let error = Error::new(operation(&self.within), *self.kind);
        match self.hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

impl From<BtfError> for Refusal {
    fn from(error: BtfError) -> Refusal {
        Refusal::broken(error)
    }
}
