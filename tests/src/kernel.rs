//! Running tests on the kernel, and looking at what is in it.

use libtest_mimic::{Arguments, Trial};
use std::fs;
use std::process::ExitCode;

/// A test that needs to load BPF programs.
pub type KernelTest = (&'static str, fn());

/// Lists functions as kernel tests, with their names.
#[macro_export]
macro_rules! kernel_tests {
    ($($test:ident),* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::kernel::run(&[$((stringify!($test), $test as fn())),*])
        }
    };
}

/// Runs tests as the built-in harness would. Where the caller may not load BPF they are ignored, and
/// counted so; in CI that is a failure.
pub fn run(tests: &[KernelTest]) -> ExitCode {
    let cases = tests
        .iter()
        .map(|&(name, test)| Case::new(name, Needs::Kernel, test));
    run_cases(cases.collect())
}

/// What a test cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It runs anywhere.
    Nothing,
    /// It loads BPF programs.
    Kernel,
}

/// A test that has its name at run time.
#[derive(Debug)]
pub struct Case {
    trial: Trial,
    needs: Needs,
    tool: Option<&'static str>,
}

impl Case {
    /// A test that fails by panicking.
    pub fn new(
        name: impl Into<String>,
        needs: Needs,
        test: impl FnOnce() + Send + 'static,
    ) -> Case {
        let trial = Trial::test(name, move || {
            test();
            Ok(())
        });
        Case {
            trial,
            needs,
            tool: None,
        }
    }

    /// The test runs this program, which may not be installed.
    pub fn with_tool(mut self, tool: &'static str) -> Case {
        self.tool = Some(tool);
        self
    }
}

/// Like [`run`].
pub fn run_cases(cases: Vec<Case>) -> ExitCode {
    let obstacle = obstacle();
    let mut missing = Vec::new();
    let trials = cases
        .into_iter()
        .map(|case| {
            let mut ignored = false;
            if let (Needs::Kernel, Some(obstacle)) = (case.needs, obstacle) {
                missing.push(obstacle);
                ignored = true;
            }
            if let Some(tool) = case.tool.filter(|tool| !is_installed(tool)) {
                missing.push(tool);
                ignored = true;
            }
            case.trial.with_ignored_flag(ignored)
        })
        .collect();
    missing.sort_unstable();
    missing.dedup();
    for what in &missing {
        eprintln!("some of these tests need {what}");
    }
    if !missing.is_empty() && std::env::var_os("CI").is_some() {
        eprintln!("they must run in CI");
        return ExitCode::FAILURE;
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// What keeps this process from loading BPF programs.
fn obstacle() -> Option<&'static str> {
    if !may_load() {
        Some("CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON")
    } else if has_oopsed() {
        Some("a kernel that has not oopsed since it booted (`--ignored` runs them all the same)")
    } else {
        None
    }
}

/// Whether the kernel has killed a task in its own code. What that task had locked is locked for good: on
/// one kernel every later attachment of a struct_ops link was killed as well.
fn has_oopsed() -> bool {
    const DIED: u64 = 1 << 7;
    let tainted = fs::read_to_string("/proc/sys/kernel/tainted").unwrap_or_default();
    tainted.trim().parse::<u64>().unwrap_or(0) & DIED != 0
}

/// Whether this process has CAP_NET_ADMIN, CAP_PERFMON and CAP_BPF.
fn may_load() -> bool {
    const NEEDED: u64 = 1 << 12 | 1 << 38 | 1 << 39;
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("CapEff:"))
        .and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok())
        .unwrap();
    effective & NEEDED == NEEDED
}

/// How many descriptors this process has open.
pub fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The congestion controls that the kernel has registered.
pub fn congestion_controls() -> Vec<String> {
    fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")
        .unwrap()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// Whether the kernel has this congestion control.
pub fn has_congestion_control(name: &str) -> bool {
    congestion_controls().iter().any(|found| found == name)
}
