//! From open to loaded, and what is done in between.

use super::descriptors;
use super::explain;
use super::loaded::{LoadedInner, Object};
use super::logs::LogBuffers;
use super::open::{OpenInner, OpenObject};
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::raw;
use crate::struct_ops::{Dropped, Presence};
use std::sync::Arc;

impl OpenObject {
    /// Loads the object into the kernel: creates its maps, and loads the programs that autoload.
    ///
    /// Struct_ops maps take the values of their shadow copies. A struct_ops program is loaded when a map
    /// that will be created refers to it, unless
    /// [`set_autoload`](crate::OpenProgram::set_autoload) said otherwise. What the kernel lacks of them makes load
    /// fail, or is left out, as [`Presence`] says.
    ///
    /// Where it fails, nothing of the object is left in the kernel.
    ///
    /// # Errors
    ///
    /// The verifier rejects a program ([`ErrorKind::VerifierRejected`] with its log), a struct_ops map
    /// does not fit the kernel ([`ErrorKind::StructOps`], with all problems that there are), the caller
    /// lacks `CAP_BPF` and whatever the program types want ([`ErrorKind::PermissionDenied`]), the kernel
    /// has no BTF where it is needed ([`ErrorKind::KernelBtfMissing`]), or anything else that the kernel
    /// refuses.
    #[doc(alias = "bpf_object__load")]
    pub fn load(self) -> Result<Object> {
        Ready::new(self, "load")?.load()
    }
}

/// An object that all is set up for, in libbpf's terms: all that is left is to load it.
pub(super) struct Ready {
    pub(super) inner: OpenInner,
    operation: String,
    /// The maps' names in C, which libbpf may forget.
    pub(super) names: Box<[Box<str>]>,
    dropped: Vec<Dropped>,
    pub(super) messages: Vec<String>,
}

impl Ready {
    pub(super) fn new(open: OpenObject, what: &str) -> Result<Ready> {
        let operation = format!("{what} object `{}`", open.inner.name());
        let Ok(mut inner) = Arc::try_unwrap(open.inner) else {
            return Err(Error::new(
                operation,
                ErrorKind::InvalidInput {
                    reason: "parts of it are still held; drop them first".into(),
                },
            ));
        };
        let mut problems = Vec::new();
        let (result, messages) = capture(|| commit(&mut inner, &mut problems));
        if let Err(errno) = result {
            return Err(explain::problems_error(
                operation, problems, errno, messages,
            ));
        }
        // libbpf gives a map that is reused, or found pinned, the name that the kernel has for it.
        let names = inner.map_names();
        inner.apply_reused(&operation)?;
        inner.apply_inner_maps(&operation)?;
        inner.empty_program_arrays(&operation)?;
        Ok(Ready {
            inner,
            operation,
            names,
            messages: warnings(&problems).collect(),
            dropped: problems.into_iter().map(Dropped::new).collect(),
        })
    }

    /// All but the programs.
    pub(super) fn prepare(&mut self) -> Result<()> {
        self.run(raw::object::Object::prepare, &LogBuffers::none())?;
        self.operation = format!("load object `{}`", self.inner.name());
        Ok(())
    }

    pub(super) fn load(mut self) -> Result<Object> {
        let logs = LogBuffers::set(&mut self.inner, &self.operation)?;
        self.run(raw::object::Object::load, &logs)?;
        let Ready { inner, .. } = self;
        let mut loaded = LoadedInner::new(inner.object, inner.name, self.names, self.dropped);
        loaded.variables = inner.variables;
        loaded.offsets = inner.offsets;
        loaded.logs = logs.read();
        Ok(Object::new(loaded, self.messages))
    }

    /// One of libbpf's steps, with what it says.
    fn run(
        &mut self,
        step: fn(&mut raw::object::Object) -> raw::Result<()>,
        logs: &LogBuffers,
    ) -> Result<()> {
        let inner = &mut self.inner;
        descriptors::room_for(inner.object.program_count())
            .map_err(|errno| Error::system(&self.operation, errno))?;
        let (result, said) = capture(|| step(&mut inner.object));
        let said = said.into_iter().filter(|said| !inner.is_of_uncreated(said));
        self.messages.extend(said);
        result.map_err(|errno| {
            let messages = std::mem::take(&mut self.messages);
            explain::load_failure(&self.operation, inner, errno, messages, &logs.read())
        })
    }
}

/// What was left out, and is to be told in the log, too.
fn warnings(problems: &[raw::shadow::Problem]) -> impl Iterator<Item = String> + '_ {
    problems
        .iter()
        .filter(|problem| Presence::from_c(problem.presence) == Presence::Warn)
        .map(|problem| problem.text.clone())
}

/// Carries the shadow copies over.
#[allow(unsafe_code)]
fn commit(inner: &mut OpenInner, problems: &mut Vec<raw::shadow::Problem>) -> raw::Result<()> {
    // SAFETY: bpf_struct_ops_shadow__commit wants the object that the shadow was made for, open:
    // finish_open pairs them, and a failed or finished load drops them.
    unsafe { inner.shadow.commit(&mut inner.object, problems) }
}
