use super::StructOpsMap;
use crate::btf::{Btf, Kind, Type};
use crate::error::{Error, ErrorKind, Result};
use crate::program::{Program, ProgramType};
use crate::raw::syscall;
use std::os::fd::AsFd;

impl Program {
    /// Tells the kernel which struct_ops map the program belongs to: kernel functions that it calls then
    /// act for that map. A program is associated with one map, and stays so. Struct_ops programs are associated
    /// by their map. Since Linux 7.0.
    ///
    /// # Errors
    ///
    /// The program is a struct_ops program, is associated with another map, or was not loaded; the map was not
    /// created; or the kernel is older.
    #[doc(alias = "bpf_program__assoc_struct_ops")]
    #[doc(alias = "bpf_prog_assoc_struct_ops")]
    pub fn associate(&self, map: &StructOpsMap) -> Result<()> {
        let operation = format!(
            "{} with struct_ops map `{}`",
            self.cannot("associate"),
            map.name()
        );
        let refused = |reason: &str| {
            let reason = reason.to_owned();
            Err(Error::new(
                operation.as_str(),
                ErrorKind::InvalidInput { reason },
            ))
        };
        if self.program_type() == ProgramType::STRUCT_OPS {
            return refused(
                "a struct_ops program is associated by the map that has it as a callback",
            );
        }
        let program = self.fd()?;
        let map = map.to_map()?;
        match syscall::associate(program, map.as_fd()) {
            Ok(()) => Ok(()),
            Err(errno) => Err(match errno.0 {
                libc::EINVAL if !kernel_associates() => Error::system(operation.as_str(), errno)
                    .with_hint("this kernel cannot: it takes Linux 7.0"),
                libc::EBUSY => Error::system(operation.as_str(), errno)
                    .with_hint("a program is associated once: it belongs to a map already"),
                _ => Error::system(operation.as_str(), errno),
            }),
        }
    }
}

/// Whether the kernel knows the command; without proof, no.
fn kernel_associates() -> bool {
    let Ok(kernel) = Btf::from_kernel() else {
        return false;
    };
    let commands = kernel.find("bpf_cmd", Kind::Enum);
    match commands.map(|id| kernel.get(id)) {
        Some(Ok(Type::Enum(commands))) => commands
            .values()
            .any(|command| command.name == "BPF_PROG_ASSOC_STRUCT_OPS"),
        _ => false,
    }
}
