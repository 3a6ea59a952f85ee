use super::{Live, LiveSection};
use std::fmt;
use std::ops::Deref;

/// A global variable of a loaded object, found by its name: a [`LiveCell`](super::LiveCell), or a
/// [`FrozenCell`](super::FrozenCell) for one that cannot be changed.
///
/// [`Object::variable`](crate::Object::variable) and [`Object::constant`](crate::Object::constant) make it. It
/// outlives the object, goes to other threads, and is cheap to clone.
pub struct LiveVariable<L> {
    name: String,
    cell: LiveSection<L>,
}

impl<L: Live> LiveVariable<L> {
    pub(crate) fn new(name: &str, cell: LiveSection<L>) -> LiveVariable<L> {
        LiveVariable {
            name: name.to_owned(),
            cell,
        }
    }

    /// Its name in C.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<L: Live> Deref for LiveVariable<L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.cell
    }
}

impl<L> Clone for LiveVariable<L> {
    fn clone(&self) -> Self {
        LiveVariable {
            name: self.name.clone(),
            cell: self.cell.clone(),
        }
    }
}

impl<L: Live + fmt::Debug> fmt::Debug for LiveVariable<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveVariable")
            .field("name", &self.name)
            .field("value", &**self)
            .finish()
    }
}
