//! Values as text, where that is not too much.

use std::fmt;

/// As large as a value may be that is copied onto the stack to be shown.
const MOST: usize = 64 << 10;

/// Shows a value that must be copied for that, because it is packed or may change meanwhile; of one that would not fit
/// on the stack only the size. `plain!` and cells call it.
#[doc(hidden)]
pub struct Shown<F> {
    size: usize,
    show: F,
}

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> Shown<F> {
    /// What shows the value, and the value's size.
    pub fn new(size: usize, show: F) -> Self {
        Shown { size, show }
    }
}

impl Shown<()> {
    /// The size of a field, which the function names and which is never read.
    pub const fn size<S, T>(_: fn(&S) -> *const T) -> usize {
        size_of::<T>()
    }
}

/// Apart, so that the stack has no room for the copy unless it is made.
#[inline(never)]
fn show<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(
    show: &F,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    show(f)
}

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Debug for Shown<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.size > MOST {
            return write!(f, "[{} bytes]", self.size);
        }
        show(&self.show, f)
    }
}
