use super::{KernelProgram, ProgramType};
use crate::error::{Error, ErrorKind, Result};
use crate::log::capture;
use crate::object::OpenInner;
use crate::raw::program::{ProgramAddress, ProgramRef};
use crate::struct_ops::StructOpsProgram;
use std::ffi::CString;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::os::fd::AsFd;
use std::sync::Arc;

/// A program of an object that is open: what is set here takes effect at load.
#[doc(alias = "bpf_program")]
pub struct OpenProgram<'open> {
    pub(super) object: &'open OpenInner,
    pub(super) program: ProgramRef<'open>,
    /// Nobody else has this program: a slot, or the whole object, is borrowed exclusively.
    unique: PhantomData<&'open mut ()>,
}

impl<'open> OpenProgram<'open> {
    /// The caller sees to it that this is the only one for the program, which is of this object.
    pub(crate) fn new(object: &'open OpenInner, program: ProgramRef<'open>) -> Self {
        OpenProgram {
            object,
            program,
            unique: PhantomData,
        }
    }

    /// The name of the C function.
    #[doc(alias = "bpf_program__name")]
    pub fn name(&self) -> &'open str {
        self.program.name().to_str().unwrap_or_default()
    }

    /// The name of the ELF section, such as `struct_ops/init`: what `SEC()` says.
    #[doc(alias = "bpf_program__section_name")]
    pub fn section_name(&self) -> &'open str {
        self.program.section_name().to_str().unwrap_or_default()
    }

    /// The program's type.
    #[doc(alias = "bpf_program__type")]
    pub fn program_type(&self) -> ProgramType {
        ProgramType(self.program.kind())
    }

    /// Whether load will load the program, as far as is known by now: for a struct_ops program whose
    /// autoload was not set, it depends on the maps that refer to it at load.
    #[doc(alias = "bpf_program__autoload")]
    pub fn autoload(&self) -> bool {
        self.program.autoload()
    }

    /// Says whether load is to load the program.
    ///
    /// For a struct_ops program this replaces the rule that a program is loaded when a map refers to it.
    /// A program that is switched off while a map refers to it makes load fail.
    #[doc(alias = "bpf_program__set_autoload")]
    #[allow(unsafe_code)]
    pub fn set_autoload(&mut self, autoload: bool) {
        // SAFETY: bpf_struct_ops_shadow__set_autoload wants the shadow's own object, open, and exclusive
        // use of the program: both come from one OpenInner, and this is the only OpenProgram for it.
        let set = unsafe { self.object.shadow().set_autoload(self.program, autoload) };
        // Fails only for another object's program, or after load: the type excludes both.
        let _ = set;
    }
}

impl OpenProgram<'_> {
    /// Whether attaching the whole object attaches the program.
    #[doc(alias = "bpf_program__autoattach")]
    pub fn autoattach(&self) -> bool {
        self.program.autoattach()
    }

    /// Says whether attaching the whole object is to attach the program: `attach()` of a skeleton or of an
    /// [`Object`](crate::Object). It can be attached by itself either way.
    #[doc(alias = "bpf_program__set_autoattach")]
    #[allow(unsafe_code)]
    pub fn set_autoattach(&mut self, autoattach: bool) {
        // SAFETY: bpf_program__set_autoattach wants exclusive use of the program: this is its only
        // OpenProgram.
        unsafe { self.program.set_autoattach(autoattach) }
    }
}

impl OpenProgram<'_> {
    /// Says which function the program is for, where its section names none or is to be overruled: a kernel function
    /// or hook for `fentry`, `fexit`, `fmod_ret`, `fsession`, `tp_btf`, `lsm`; with `target`, a function of that
    /// program, for `freplace`, `fentry` and `fexit`.
    ///
    /// ```no_run
    /// # fn f(target: &libbpf_safe::Program) -> libbpf_safe::Result<()> {
    /// let mut open = libbpf_safe::OpenObject::from_file("replacement.bpf.o")?;
    /// let target = target.to_kernel_program()?;
    /// open.program_mut("replacement")?.set_attach_target(Some(&target), "decide")?;
    /// let link = open.load()?.program("replacement")?.attach()?;
    /// # Ok(()) }
    /// ```
    ///
    /// Since Linux 5.5; `freplace` since 5.6.
    ///
    /// # Errors
    ///
    /// There is no such function or hook, or the target has no BTF.
    #[doc(alias = "bpf_program__set_attach_target")]
    #[allow(unsafe_code)]
    pub fn set_attach_target(
        &mut self,
        target: Option<&KernelProgram>,
        function: &str,
    ) -> Result<()> {
        let of = target.map_or("the kernel".to_owned(), |target| {
            format!("program `{}`", target.name())
        });
        let operation = format!(
            "make the function `{function}` of {of} the target of program `{}` of object `{}`",
            self.name(),
            self.object.name()
        );
        let function = CString::new(function).map_err(|_| {
            let reason = "the name has a NUL inside".into();
            Error::new(operation.as_str(), ErrorKind::InvalidInput { reason })
        })?;
        let set = || {
            // SAFETY: bpf_program__set_attach_target wants exclusive use of a program whose object is not loaded, that
            // no other target is set meanwhile, and a descriptor that stays open until load: this is its only OpenProgram,
            // and with_attach_target lets one in at a time, and keeps the target.
            unsafe {
                self.program
                    .set_attach_target(target.map(AsFd::as_fd), &function)
            }
        };
        let (result, messages) = capture(|| self.object.with_attach_target(target, set));
        result.map_err(|errno| Error::system(operation, errno).with_messages(messages))
    }
}

impl fmt::Debug for OpenProgram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenProgram")
            .field("name", &self.name())
            .field("type", &self.program_type())
            .field("section", &self.section_name())
            .field("autoload", &self.autoload())
            .finish_non_exhaustive()
    }
}

/// A struct_ops program of an object that is open: can be made a callback.
#[derive(Debug)]
pub struct OpenStructOpsProgram<'open> {
    program: OpenProgram<'open>,
}

impl<'open> OpenStructOpsProgram<'open> {
    /// The program as the value of a callback.
    ///
    /// ```ignore
    /// parts.struct_ops.demo.cong_avoid = Some(parts.programs.fast.callback());
    /// ```
    pub fn callback(&self) -> StructOpsProgram<'open> {
        StructOpsProgram::new(self.program.program)
    }
}

impl<'open> Deref for OpenStructOpsProgram<'open> {
    type Target = OpenProgram<'open>;

    fn deref(&self) -> &OpenProgram<'open> {
        &self.program
    }
}

impl DerefMut for OpenStructOpsProgram<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.program
    }
}

/// The one access to a program of an object that is open; a skeleton keeps it.
///
/// # Invariants
///
/// `program` is of `object`, and was claimed for this slot.
#[derive(Debug)]
pub(crate) struct ProgramSlot {
    object: Arc<OpenInner>,
    program: ProgramAddress,
}

impl ProgramSlot {
    pub(crate) fn new(object: &Arc<OpenInner>, name: &str) -> Result<ProgramSlot> {
        let index = object.program_index(name)?;
        object.claim_program(index)?;
        let program = object.program(index)?.address();
        // INVARIANT: claimed right here; the address is this object's.
        Ok(ProgramSlot {
            object: Arc::clone(object),
            program,
        })
    }

    pub(crate) fn object(&self) -> &Arc<OpenInner> {
        &self.object
    }

    #[allow(unsafe_code)]
    pub(crate) fn get_mut(&mut self) -> OpenProgram<'_> {
        // SAFETY: ProgramAddress::of wants the program's own object: the type invariant.
        let program = unsafe { self.program.of(self.object.object()) };
        OpenProgram::new(&self.object, program)
    }

    /// For a slot of a program that is known to be a struct_ops program.
    pub(crate) fn get_struct_ops_mut(&mut self) -> OpenStructOpsProgram<'_> {
        OpenStructOpsProgram {
            program: self.get_mut(),
        }
    }
}
