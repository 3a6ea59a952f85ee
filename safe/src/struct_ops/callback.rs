use crate::raw::program::ProgramRef;
use std::ffi::c_void;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A callback of a struct_ops map: a BPF program of the object that is open for `'open`.
///
/// Comes from [`OpenStructOpsProgram::callback`](crate::OpenStructOpsProgram::callback). A member of a
/// shadow struct is an `Option` of it: `None` leaves the callback empty.
///
/// It can be compared, and nothing else: the program that it names may be of another object, which
/// load then refuses by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct StructOpsProgram<'open> {
    /// As libbpf wants it in the map's value; never followed from Rust.
    address: NonNull<c_void>,
    open: PhantomData<&'open ()>,
}

impl<'open> StructOpsProgram<'open> {
    pub(crate) fn new(program: ProgramRef<'open>) -> Self {
        StructOpsProgram {
            address: program.address().as_non_null().cast(),
            open: PhantomData,
        }
    }
}

impl fmt::Debug for StructOpsProgram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StructOpsProgram({:p})", self.address)
    }
}
