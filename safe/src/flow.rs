//! What callbacks of ring and perf buffers return.

use std::convert::Infallible;
use std::ops::ControlFlow;

/// What a callback returns: whether to go on, and with what to stop.
///
/// | a callback that returns | goes on | and makes the call return |
/// |---|---|---|
/// | `()` | always | how many records there were |
/// | [`ControlFlow<B>`] | until `Break` | that `Break`, or `Continue` with how many there were |
/// | `Result<(), E>` | until `Err` | that `Err`, or `Ok` with how many there were |
///
/// The record that a callback stops at counts as read.
pub trait Flow: Sized + sealed::Sealed {
    /// What it stops with.
    type Break;
    /// What the call returns that called it.
    type Total;

    #[doc(hidden)]
    fn branch(self) -> ControlFlow<Self::Break>;

    #[doc(hidden)]
    fn total(flow: ControlFlow<Self::Break, usize>) -> Self::Total;
}

mod sealed {
    use std::ops::ControlFlow;

    pub trait Sealed {}

    impl Sealed for () {}
    impl<B> Sealed for ControlFlow<B> {}
    impl<E> Sealed for Result<(), E> {}
}

impl Flow for () {
    type Break = Infallible;
    type Total = usize;

    fn branch(self) -> ControlFlow<Infallible> {
        ControlFlow::Continue(())
    }

    fn total(flow: ControlFlow<Infallible, usize>) -> usize {
        match flow {
            ControlFlow::Continue(count) => count,
            ControlFlow::Break(never) => match never {},
        }
    }
}

impl<B> Flow for ControlFlow<B> {
    type Break = B;
    type Total = ControlFlow<B, usize>;

    fn branch(self) -> ControlFlow<B> {
        self
    }

    fn total(flow: ControlFlow<B, usize>) -> ControlFlow<B, usize> {
        flow
    }
}

impl<E> Flow for Result<(), E> {
    type Break = E;
    type Total = Result<usize, E>;

    fn branch(self) -> ControlFlow<E> {
        match self {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn total(flow: ControlFlow<E, usize>) -> Result<usize, E> {
        match flow {
            ControlFlow::Continue(count) => Ok(count),
            ControlFlow::Break(error) => Err(error),
        }
    }
}
