//! Room for what the verifier writes of each program.

#![allow(unsafe_code)]

use super::open::OpenInner;
use crate::error::{Error, Result};
use crate::raw::program::{ProgramAddress, ProgramRef};
use crate::raw::program_settings::LogBuffer;
use std::sync::PoisonError;

/// What the verifier wrote, by program.
#[derive(Default)]
pub(super) struct Logs(Vec<(String, String)>);

impl Logs {
    /// `None` where nothing was kept.
    pub(super) fn of(&self, program: &str) -> Option<&str> {
        let log = self.0.iter().find(|(name, _)| name == program);
        log.map(|(_, log)| log.as_str())
            .filter(|log| !log.is_empty())
    }

    /// The program that libbpf says was not loaded, and its log, where it was kept: libbpf does not tell it then.
    pub(super) fn of_rejected(&self, messages: &[String]) -> Option<(String, String)> {
        let failed = messages
            .iter()
            .find(|message| message.contains("BPF program load failed"))?;
        let (_, rest) = failed.split_once("prog '")?;
        let (program, _) = rest.split_once('\'')?;
        let log = self.of(program)?;
        Some((program.to_owned(), log.trim_end().to_owned()))
    }
}

impl OpenInner {
    /// Notes it for load; the last one for a program holds.
    pub(crate) fn keep_log(&self, program: ProgramAddress, bytes: usize) {
        let sizes = self.log_sizes.lock();
        let mut sizes = sizes.unwrap_or_else(PoisonError::into_inner);
        sizes.retain(|(other, _)| *other != program);
        sizes.push((program, bytes));
    }
}

/// The buffers that the verifier writes to, while an object is being loaded.
pub(super) struct LogBuffers(Vec<(String, LogBuffer)>);

impl LogBuffers {
    pub(super) fn none() -> LogBuffers {
        LogBuffers(Vec::new())
    }

    /// Tells libbpf. The result is to be kept until load has ended, which looks at the buffers last.
    pub(super) fn set(inner: &mut OpenInner, operation: &str) -> Result<LogBuffers> {
        let sizes = inner.log_sizes.get_mut();
        let sizes = std::mem::take(sizes.unwrap_or_else(PoisonError::into_inner));
        let size_of = |program: ProgramRef<'_>| {
            let own = sizes.iter().find(|(of, _)| *of == program.address());
            own.map_or(inner.log_size, |(_, size)| *size)
        };
        let mut buffers = Vec::new();
        for program in inner.object.programs() {
            let size = size_of(program);
            if size == 0 {
                continue;
            }
            let buffer = LogBuffer::new(size);
            // SAFETY: bpf_program__set_log_buf wants exclusive use of the program, and a buffer that lives until load
            // has ended: the object is held exclusively, and the caller, Ready::load, keeps the buffers until then.
            unsafe { program.set_log_buffer(&buffer) }
                .map_err(|errno| Error::system(operation, errno))?;
            let name = program.name().to_string_lossy().into_owned();
            buffers.push((name, buffer));
        }
        Ok(LogBuffers(buffers))
    }

    /// What is in them by now.
    pub(super) fn read(&self) -> Logs {
        let logs = self.0.iter();
        Logs(
            logs.map(|(name, buffer)| (name.clone(), buffer.text()))
                .collect(),
        )
    }
}
