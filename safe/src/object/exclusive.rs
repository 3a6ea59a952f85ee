use super::open::{OpenInner, OpenObject};
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};

/// Proof that nobody else can reach the parts of an open object.
///
/// # Invariants
///
/// As long as this lives, nobody else uses a slot of `inner`, or makes one.
pub(crate) struct Exclusive<'a> {
    inner: &'a OpenInner,
}

impl<'a> Exclusive<'a> {
    /// `lent` are the addresses of the objects of slots that the caller borrows exclusively for `'a`, each slot
    /// once.
    ///
    /// # Errors
    ///
    /// There are more slots than those.
    pub(crate) fn new(
        object: &'a mut OpenObject,
        lent: impl Iterator<Item = usize>,
    ) -> Result<Exclusive<'a>> {
        let address = Arc::as_ptr(&object.inner).addr();
        let lent = lent.filter(|&object| object == address).count();
        // Each slot holds the object once, and so does OpenObject. Nobody can make another meanwhile: slots
        // are no Clone, and are made from the OpenObject.
        if Arc::strong_count(&object.inner) != lent + 1 {
            return Err(Error::new(
                format!("look at object `{}`", object.name()),
                ErrorKind::InvalidInput {
                    reason: "parts of it are held elsewhere; give them all".into(),
                },
            ));
        }
        // What a slot wrote before it was dropped, by another thread, is seen from here on.
        fence(Ordering::Acquire);
        // INVARIANT: all slots are borrowed exclusively by the caller, the OpenObject is here.
        Ok(Exclusive {
            inner: &object.inner,
        })
    }

    pub(crate) fn inner(&self) -> &'a OpenInner {
        self.inner
    }
}
