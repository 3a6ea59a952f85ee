//! What to do about objects that libbpf gives up before the kernel sees their programs.

/// Taken from what libbpf said.
pub(super) fn hint(messages: &[String]) -> Option<String> {
    messages.iter().find_map(|message| of_message(message))
}

fn of_message(message: &str) -> Option<String> {
    let after = |words: &str| {
        let (_, rest) = message.split_once(words)?;
        rest.split_once('\'').map(|(name, _)| name)
    };
    if let Some(section) = after("missing BPF prog type, check ELF section name '") {
        return Some(format!(
            "libbpf knows no programs of section `{section}`: name one that says their type, or say it by \
             OpenProgram::set_program_type"
        ));
    }
    if let Some(target) = after("failed to find kernel BTF type ID of '") {
        return Some(format!(
            "this kernel has no `{target}` to attach to: switch the program's autoload off, or name another place by \
             OpenProgram::set_attach_target"
        ));
    }
    if message.contains("attach program FD is not set") {
        return Some(
            "it replaces a function of another program, which has to be named first: OpenProgram::set_attach_target"
                .to_owned(),
        );
    }
    let lacked = after("extern (func ksym) '").or_else(|| after("extern (var ksym) '"));
    lacked
        .filter(|_| message.contains("not found in kernel"))
        .map(|name| {
            format!(
                "this kernel has no `{name}`: where it need not be there, declare it __weak, and ask bpf_ksym_exists \
                 before it is used"
            )
        })
}
