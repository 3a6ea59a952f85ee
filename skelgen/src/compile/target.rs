use std::env;
use std::path::PathBuf;

/// The machine that the BPF program will run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// As libbpf's `bpf_tracing.h` names it in `__TARGET_ARCH_…`.
    arch: String,
    big_endian: bool,
}

impl Target {
    /// The target of the build script that runs, or this machine.
    pub(crate) fn current() -> Target {
        let arch = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_else(|_| env::consts::ARCH.into());
        let big_endian = match env::var("CARGO_CFG_TARGET_ENDIAN") {
            Ok(endian) => endian == "big",
            Err(_) => cfg!(target_endian = "big"),
        };
        Target::new(&arch, big_endian)
    }

    /// The one that Rust calls so: `aarch64`, or a whole triple.
    pub(crate) fn named(name: &str) -> Target {
        let arch = name.split('-').next().unwrap_or(name);
        let big_endian = matches!(
            arch,
            "s390x" | "powerpc" | "powerpc64" | "mips" | "mips64" | "aarch64_be"
        );
        let arch = match arch {
            "aarch64_be" => "aarch64",
            "powerpc64le" => "powerpc64",
            "mips64el" | "mipsel" => "mips64",
            "i686" | "i586" => "x86",
            riscv if riscv.starts_with("riscv64") => "riscv64",
            arm if arm.starts_with("armv") => "arm",
            other => other,
        };
        Target::new(arch, big_endian)
    }

    fn new(arch: &str, big_endian: bool) -> Target {
        let arch = match arch {
            "x86" | "x86_64" => "x86",
            "aarch64" => "arm64",
            "powerpc" | "powerpc64" => "powerpc",
            "riscv32" | "riscv64" => "riscv",
            "s390x" => "s390",
            "loongarch64" => "loongarch",
            "mips" | "mips64" => "mips",
            other => other,
        };
        Target {
            arch: arch.to_owned(),
            big_endian,
        }
    }

    /// clang's name for BPF in this byte order.
    pub(crate) fn clang_target(&self) -> &'static str {
        if self.big_endian { "bpfeb" } else { "bpfel" }
    }

    /// Where Debian and its kin have `asm/types.h`, which `linux/bpf.h` includes: clang looks there only
    /// for the machine that it compiles for, which is BPF.
    pub(crate) fn system_headers(&self) -> Option<PathBuf> {
        let machine = match (self.arch.as_str(), self.big_endian) {
            ("x86", _) => "x86_64",
            ("arm64", _) => "aarch64",
            ("powerpc", false) => "powerpc64le",
            ("powerpc", true) => "powerpc64",
            ("riscv", _) => "riscv64",
            ("s390", _) => "s390x",
            ("loongarch", _) => "loongarch64",
            _ => return None,
        };
        let folder = PathBuf::from(format!("/usr/include/{machine}-linux-gnu"));
        folder.is_dir().then_some(folder)
    }

    pub(crate) fn define(&self) -> String {
        format!("-D__TARGET_ARCH_{}", self.arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_and_libbpf_name_machines_differently() {
        assert_eq!(Target::new("x86_64", false).define(), "-D__TARGET_ARCH_x86");
        assert_eq!(
            Target::new("aarch64", false).define(),
            "-D__TARGET_ARCH_arm64"
        );
        assert_eq!(Target::new("s390x", true).clang_target(), "bpfeb");
    }

    #[test]
    fn a_triple_says_which_order_bytes_have() {
        for (name, arch, big_endian) in [
            ("aarch64", "arm64", false),
            ("aarch64-unknown-linux-musl", "arm64", false),
            ("s390x-unknown-linux-gnu", "s390", true),
            ("powerpc64le-unknown-linux-gnu", "powerpc", false),
            ("riscv64gc-unknown-linux-gnu", "riscv", false),
            ("x86_64-unknown-linux-gnu", "x86", false),
        ] {
            let arch = arch.to_owned();
            assert_eq!(Target::named(name), Target { arch, big_endian });
        }
    }
}
