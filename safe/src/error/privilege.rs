//! Which capabilities this thread lacks for BPF.

const CAP_NET_ADMIN: u32 = 12;
/// Includes CAP_BPF and CAP_PERFMON.
const CAP_SYS_ADMIN: u32 = 21;
const CAP_PERFMON: u32 = 38;
const CAP_BPF: u32 = 39;

/// By number, with what wants them.
const WANTED: &[(u32, &str, &str)] = &[
    (CAP_BPF, "CAP_BPF", "BPF needs it"),
    (
        CAP_PERFMON,
        "CAP_PERFMON",
        "struct_ops and tracing programs need it",
    ),
    (
        CAP_NET_ADMIN,
        "CAP_NET_ADMIN",
        "many program types of the network need it",
    ),
];

/// What is missing, in words; `None` where nothing is.
pub(crate) fn hint() -> Option<String> {
    let effective = effective();
    let lacking: Vec<String> = WANTED
        .iter()
        .filter(|&&(number, ..)| !has(effective, number))
        .map(|(_, name, why)| format!("{name} ({why})"))
        .collect();
    (!lacking.is_empty()).then(|| {
        format!(
            "this process lacks {}: run it as root, or give the binary what it needs",
            lacking.join(" and ")
        )
    })
}

/// Whether the thread may use BPF at all. Without proof, no.
pub(crate) fn has_bpf() -> bool {
    has(effective(), CAP_BPF)
}

fn has(effective: u64, number: u32) -> bool {
    let admin = number != CAP_NET_ADMIN && effective & 1 << CAP_SYS_ADMIN != 0;
    admin || effective & 1 << number != 0
}

fn effective() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_SYS_ADMIN, has};

    #[test]
    fn the_administrator_has_all_but_the_network() {
        let admin = 1 << CAP_SYS_ADMIN;
        assert!(has(admin, CAP_BPF) && has(admin, CAP_PERFMON) && !has(admin, CAP_NET_ADMIN));
        assert!(has(1 << CAP_PERFMON, CAP_PERFMON) && !has(1 << CAP_PERFMON, CAP_BPF));
    }
}
