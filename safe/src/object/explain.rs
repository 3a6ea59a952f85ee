//! From an errno and libbpf's messages to an error that says what is wrong and what to do.

#![allow(unsafe_code)]

use super::logs::Logs;
use super::open::OpenInner;
use super::unloadable;
use crate::btf::Btf;
use crate::error::{Error, ErrorKind, Result, StructOpsProblem, has_bpf};
use crate::raw::{self, Errno};
use crate::struct_ops::Presence;
use std::ffi::CString;

/// `LIBBPF_ERRNO__LIBELF`
const LIBELF_FAILED: i32 = 4000;

/// libelf's words for it.
const LIBELF_MEMORY: &str = "out of memory";

/// `LIBBPF_ERRNO__ENDIAN`
const OTHER_BYTE_ORDER: i32 = 4003;

/// What to do about an object without BTF.
pub(crate) const WITH_BTF: &str = "compile it with clang's -g, and do not strip the .BTF section";

/// How libbpf frames the verifier's log in a message.
const LOG_BEGIN: &str = "-- BEGIN PROG LOAD LOG --\n";
const LOG_END: &str = "-- END PROG LOAD LOG --";

/// libbpf starts its messages with this.
const PREFIX: &str = "libbpf: ";

/// An object of the other byte order does not do.
pub(crate) fn other_byte_order(operation: impl Into<String>) -> Error {
    Error::new(operation, ErrorKind::OtherByteOrder)
        .with_hint("compile it with -target bpf, which takes this machine's byte order")
}

pub(super) fn open_failure(operation: &str, errno: Errno, messages: Vec<String>) -> Error {
    let error = match errno.0 {
        libc::ENOENT
            if messages
                .iter()
                .any(|message| message.contains("BTF is required")) =>
        {
            Error::new(operation, ErrorKind::ObjectBtfMissing).with_hint(WITH_BTF)
        }
        libc::ENOENT | libc::EACCES | libc::EPERM | libc::EISDIR
            if messages
                .iter()
                .any(|message| message.contains("failed to open")) =>
        {
            Error::system(operation, errno)
        }
        libc::ENOMEM | libc::EMFILE | libc::ENFILE => Error::system(operation, errno),
        LIBELF_FAILED
            if messages
                .iter()
                .any(|message| message.ends_with(LIBELF_MEMORY)) =>
        {
            Error::new(operation, ErrorKind::OutOfMemory)
        }
        _ => {
            let detail = messages
                .last()
                .map(|message| message.strip_prefix(PREFIX).unwrap_or(message).to_owned())
                .unwrap_or_default();
            let hint = what_to_do(&detail);
            let error = Error::new(operation, ErrorKind::InvalidObject { detail });
            match hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        }
    };
    error.with_errno(errno).with_messages(messages)
}

/// What to do about an object that libbpf does not open.
fn what_to_do(detail: &str) -> Option<&'static str> {
    // `ESRCH`, where there is no BTF to look into.
    if detail.starts_with("failed to find BTF for extern") && detail.ends_with(": -3") {
        return Some(WITH_BTF);
    }
    if detail.contains("couldn't find symbol table") {
        return Some(
            "leave its symbols in it: `llvm-strip -g` takes out what is for debuggers only",
        );
    }
    if detail.contains("legacy map definitions") {
        return Some(
            "declare them as libbpf 1.0 wants them: structs in SEC(\".maps\"), with __uint, __type and __array",
        );
    }
    if detail.contains("is static and not supported") {
        return Some(
            "a function in a section of its own is a program: declare it without `static`",
        );
    }
    // It is a part of one. Functions and variables; maps, and variables in an arena; a program's way to an arena that is not here.
    let refers = [
        "failed to find BTF for extern",
        "unrecognized extern section",
        "no arena maps defined",
    ]
    .iter()
    .any(|words| detail.contains(words));
    refers.then_some(
        "it refers to what another object defines: link the two (`skelgen link`, `Builder::linked`, `bpftool gen object`); \
         what the kernel has is declared with __ksym, or __kconfig",
    )
}

/// Explains why load failed. What is looked up here costs nothing when load succeeds.
pub(super) fn load_failure(
    operation: &str,
    inner: &mut OpenInner,
    errno: Errno,
    mut messages: Vec<String>,
    logs: &Logs,
) -> Error {
    if let Some((program, log)) =
        take_verifier_log(&mut messages).or_else(|| logs.of_rejected(&messages))
    {
        if errno.0 == libc::ENOSPC {
            let reason = format!("the verifier's log of program `{program}` has no room");
            return Error::new(operation, ErrorKind::InvalidInput { reason })
                .with_errno(errno)
                .with_hint("keep more of it: OpenProgram::keep_log, OpenOptions::keep_logs")
                .with_messages(messages);
        }
        let hint = without_map(&log)
            .or_else(|| without_kptr(&log))
            .or_else(|| with_other_lines(&log));
        let mut error = Error::new(operation, ErrorKind::VerifierRejected { program, log });
        if let Some(hint) = hint {
            error = error.with_hint(hint);
        }
        return error.with_errno(errno).with_messages(messages);
    }
    if let Some(error) = super::pinned::mismatch(operation, inner, &messages) {
        return error.with_errno(errno).with_messages(messages);
    }
    if errno.0 == OTHER_BYTE_ORDER {
        return other_byte_order(operation)
            .with_errno(errno)
            .with_messages(messages);
    }
    if matches!(errno.0, libc::EPERM | libc::EACCES) && !has_bpf() {
        return Error::system(operation, errno)
            .with_messages(messages)
            .with_privileges();
    }
    if let Some(path) = inner.btf_path() {
        let unusable = |message: &String| message.contains("failed to parse target BTF");
        if messages.iter().any(unusable) {
            let reason = format!(
                "the BTF `{}` cannot be used for relocations",
                path.display()
            );
            return Error::new(operation, ErrorKind::InvalidInput { reason })
                .with_errno(errno)
                .with_messages(messages);
        }
    }
    let kernel = match raw::btf::Btf::load_vmlinux() {
        Ok(kernel) => kernel,
        Err(_)
            if messages
                .iter()
                .any(|message| message.contains("kernel BTF")) =>
        {
            return Error::new(operation, ErrorKind::KernelBtfMissing)
                .with_errno(errno)
                .with_hint(
                    "use a kernel built with CONFIG_DEBUG_INFO_BTF, and look whether \
                     /sys/kernel/btf/vmlinux is there",
                )
                .with_messages(messages);
        }
        Err(_) => return system(operation, errno, messages),
    };
    let modules = module_btfs(&kernel);
    let mut problems = Vec::new();
    // SAFETY: bpf_struct_ops_shadow__check wants nobody else to use the object: it is borrowed exclusively.
    unsafe { inner.shadow.check(&kernel, &modules, &mut problems) };
    drop(modules);
    problems_error(operation, problems, errno, messages)
        .with_errno(errno)
        .with_privileges()
}

/// The first problem is the error, the others follow. What was left out is none.
pub(crate) fn problems_error(
    operation: impl Into<String>,
    problems: Vec<raw::shadow::Problem>,
    errno: Errno,
    messages: Vec<String>,
) -> Error {
    let operation = operation.into();
    let mut problems = problems
        .into_iter()
        .filter(|problem| Presence::from_c(problem.presence) == Presence::Require)
        .map(StructOpsProblem::from);
    match problems.next() {
        None => system(operation, errno, messages),
        Some(first) => {
            let hint = first.kind.hint();
            let error = Error::new(operation, ErrorKind::StructOps(first))
                .with_more(problems.collect())
                .with_messages(messages);
            match hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        }
    }
}

/// Where nothing but libbpf's words is known.
fn system(operation: impl Into<String>, errno: Errno, messages: Vec<String>) -> Error {
    let error = Error::system(operation, errno);
    let error = match unloadable::hint(&messages) {
        Some(hint) if error.hint().is_none() => error.with_hint(hint),
        _ => error,
    };
    error.with_messages(messages)
}

/// The BTF of every module that is loaded. Must be dropped before `kernel`.
fn module_btfs(kernel: &raw::btf::Btf) -> Vec<raw::btf::Btf> {
    let Ok(entries) = std::fs::read_dir("/sys/kernel/btf") else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name != "vmlinux")
        .filter_map(|name| CString::new(name.into_encoded_bytes()).ok())
        .filter_map(|name| {
            // SAFETY: btf__load_module_btf's result is to be dropped before its base: the only caller
            // does.
            unsafe { raw::btf::Btf::load_module(&name, kernel) }.ok()
        })
        .collect()
}

/// Takes the verifier's log, with the program that it is about, out of libbpf's messages.
fn take_verifier_log(messages: &mut Vec<String>) -> Option<(String, String)> {
    let index = messages
        .iter()
        .position(|message| message.contains(LOG_BEGIN))?;
    let message = messages.remove(index);
    let (head, log) = message.split_once(LOG_BEGIN)?;
    let log = log
        .split(LOG_END)
        .next()
        .unwrap_or(log)
        .trim_end()
        .to_owned();
    // "libbpf: prog 'NAME': -- BEGIN …"
    let program = head
        .split_once("prog '")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(name, _)| name.to_owned())
        .unwrap_or_default();
    Some((program, log))
}

/// libbpf puts an instruction that no verifier takes where a program uses a map that was not created,
/// and these words into the log.
fn without_map(log: &str) -> Option<String> {
    let (before, _) = log.split_once("' is referenced but wasn't created")?;
    let (_, map) = before.rsplit_once("BPF map '")?;
    Some(format!(
        "map `{map}` was not created because its autocreate was off: switch it on, or the program's \
         autoload off"
    ))
}

/// What the verifier says where it finds no `__kptr`; also where the source has one.
fn without_kptr(log: &str) -> Option<String> {
    log.contains("no valid kptr").then(|| {
        "clang before version 15 does not write into BTF which pointers are declared `__kptr`: compile it \
         with a newer one"
            .to_owned()
    })
}

/// What the verifier says before it looks at any instruction.
fn with_other_lines(log: &str) -> Option<String> {
    ["Invalid line_info[", "Invalid insn code at line_info["]
        .into_iter()
        .any(|refusal| log.starts_with(refusal))
        .then(|| {
            "the program has other instructions than those that its lines are of: put some that only go on (`goto +0`) \
             where they are fewer"
                .to_owned()
        })
}

/// The object's BTF in a reader of ours.
pub(crate) fn object_btf(object: &raw::object::Object, name: &str) -> Result<Option<Btf>> {
    // SAFETY: bpf_object__btf and btf__raw_data want exclusive use of the object's BTF: callers hold
    // the open object exclusively, or a lock of it (OpenInner::section_map, LoadedInner::lock).
    let Some(bytes) = (unsafe { object.btf_bytes() }) else {
        return Ok(None);
    };
    Btf::parse(bytes.to_vec()).map(Some).map_err(|error| {
        Error::new(
            format!("read the BTF of object `{name}`"),
            ErrorKind::InvalidObject {
                detail: error.to_string(),
            },
        )
    })
}

/// The same, for an object that is loaded, under its lock.
pub(super) fn loaded_object_btf(
    object: &raw::object::Object,
    name: &str,
    _lock: &std::sync::MutexGuard<'_, ()>,
) -> Result<Option<Btf>> {
    object_btf(object, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_found_with_its_program() {
        let mut messages = vec![
            "libbpf: prog 'p': BPF program load failed: Invalid argument".to_owned(),
            format!(
                "libbpf: prog 'p': {LOG_BEGIN}0: R1\nR0 !read_ok\nprocessed 1 insns\n{LOG_END}"
            ),
            "libbpf: failed to load object 'x'".to_owned(),
        ];
        let (program, log) = take_verifier_log(&mut messages).unwrap();
        assert_eq!(program, "p");
        assert_eq!(log, "0: R1\nR0 !read_ok\nprocessed 1 insns");
        assert_eq!(messages.len(), 2);
    }

    #[test]
    fn an_object_is_not_broken_where_there_is_no_memory_for_it() {
        let said = ["libbpf: elf: failed to open x as ELF file: out of memory".to_owned()];
        let error = open_failure("open object `x`", Errno(LIBELF_FAILED), said.into());
        assert_eq!(error.kind(), &ErrorKind::OutOfMemory);
        let said = ["libbpf: BTF is required, but is missing or corrupted.".to_owned()];
        let error = open_failure("open object `x`", Errno(libc::ENOMEM), said.into());
        assert_eq!(
            error.to_string(),
            "cannot open object `x`: there is not enough memory"
        );
    }

    #[test]
    fn no_log_is_no_log() {
        let mut messages = vec!["libbpf: something else".to_owned()];
        assert!(take_verifier_log(&mut messages).is_none());
        assert_eq!(messages.len(), 1);
    }
}
