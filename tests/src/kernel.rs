//! Running tests on the kernel, and looking at what is in it.

use crate::features::Feature;
use libtest_mimic::{Arguments, Trial};
use std::fs;
use std::io::Read;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// A test that needs to load BPF programs.
pub type KernelTest = (&'static str, fn());

/// Lists functions as kernel tests, with their names. What not every kernel has is said for one test, or for
/// all of a file: `kernel_tests![all need STRUCT_OPS_LINKS; a, b needs Feature::Linux(6, 13), c]`.
#[macro_export]
macro_rules! kernel_tests {
    (all need $all:expr; $($test:ident $(needs $feature:expr)?),* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::kernel::run_needing(&[
                $(((stringify!($test), $test as fn()), &[$all $(, $feature)?] as &[_])),*
            ])
        }
    };
    ($($test:ident $(needs $feature:expr)?),* $(,)?) => {
        fn main() -> ::std::process::ExitCode {
            $crate::kernel::run_needing(&[
                $(((stringify!($test), $test as fn()), &[$($feature)?] as &[_])),*
            ])
        }
    };
}

/// Runs tests as the built-in harness would. Where they cannot run on this kernel they are ignored, and
/// counted so; in CI that is a failure, unless they are going to run in a guest.
pub fn run(tests: &[KernelTest]) -> ExitCode {
    let tests: Vec<_> = tests.iter().map(|&test| (test, &[] as &[_])).collect();
    run_needing(&tests)
}

/// Like [`run`], where those of these names need a feature of the kernel.
pub fn run_where(names: &[&str], need: Feature, tests: &[KernelTest]) -> ExitCode {
    let features = [need];
    let tests: Vec<_> = tests
        .iter()
        .map(|&test| match names.contains(&test.0) {
            true => (test, &features[..]),
            false => (test, &[] as &[_]),
        })
        .collect();
    run_needing(&tests)
}

/// Like [`run`], for tests that need features of the kernel. One that lacks them is no failure in CI: another
/// kernel has them.
pub fn run_needing(tests: &[(KernelTest, &[Feature])]) -> ExitCode {
    let cases = tests
        .iter()
        .map(|&((name, test), features)| Case::new(name, Needs::Kernel, test).needing(features));
    // A child that one test starts has the links of all others until it runs its program: what they detach
    // meanwhile is not gone yet.
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(1);
    run_with(&arguments, cases.collect())
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
    features: Vec<Feature>,
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
            features: Vec::new(),
        }
    }

    /// The test needs these of the kernel.
    pub fn needing(mut self, features: &[Feature]) -> Case {
        self.features.extend(features);
        self
    }

    /// The test runs this program, which may not be installed.
    pub fn with_tool(mut self, tool: &'static str) -> Case {
        self.tool = Some(tool);
        self
    }
}

/// Like [`run`].
pub fn run_cases(cases: Vec<Case>) -> ExitCode {
    run_with(&Arguments::from_args(), cases)
}

fn run_with(arguments: &Arguments, cases: Vec<Case>) -> ExitCode {
    let obstacle = obstacle();
    let mut missing = Vec::new();
    let mut lacking = Vec::new();
    // A guest is there for what needs its kernel; the rest has run outside.
    let in_guest = in_guest();
    let trials = cases
        .into_iter()
        .filter(|case| !in_guest || (case.needs == Needs::Kernel && case.tool.is_none()))
        .filter(|case| !in_guest || !case.features.iter().any(|feature| feature.is_module()))
        .map(|case| {
            let mut ignored = false;
            if let (Needs::Kernel, Some(obstacle)) = (case.needs, obstacle) {
                missing.push(obstacle);
                ignored = true;
            }
            if case.tool.is_some_and(|tool| !is_installed(tool)) {
                missing.push("a program that they run is not installed (`make deps` installs it)");
                ignored = true;
            }
            let lacks = case.features.iter().filter(|feature| !feature.is_there());
            for feature in lacks {
                lacking.push(*feature);
                ignored = true;
            }
            case.trial.with_ignored_flag(ignored)
        })
        .collect();
    missing.sort_unstable();
    missing.dedup();
    for reason in &missing {
        eprintln!("some of these tests are ignored: {reason}");
    }
    lacking.dedup();
    for feature in &lacking {
        eprintln!("some of these tests are ignored: they need {feature}");
    }
    if !missing.is_empty() && std::env::var_os("CI").is_some() && !in_guest_later() {
        eprintln!("they must run in CI");
        return ExitCode::FAILURE;
    }
    libtest_mimic::run(arguments, trials).exit_code()
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Why tests cannot run on this kernel, where they cannot.
pub fn obstacle() -> Option<&'static str> {
    if in_guest_later() {
        return Some("they run in a guest");
    }
    if !may_load() {
        return Some("they need CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON");
    }
    if has_oopsed() {
        return Some(
            "this kernel has oopsed: locks may be held for ever (use `make test KERNEL=6.12`)",
        );
    }
    None
}

/// `make` says so where it is going to run the kernel tests in a guest.
fn in_guest_later() -> bool {
    std::env::var_os("KERNEL_TESTS").is_some_and(|place| place == "guest")
}

/// Whether this is a guest of `scripts/guest`.
pub fn in_guest() -> bool {
    std::env::var_os("GUEST_KERNEL").is_some()
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

/// `TAINT_DIE`: a thread of the kernel has died, perhaps with locks that others now wait for.
fn has_oopsed() -> bool {
    const TAINT_DIE: u64 = 1 << 7;
    let tainted = fs::read_to_string("/proc/sys/kernel/tainted").unwrap();
    tainted.trim().parse::<u64>().unwrap() & TAINT_DIE != 0
}

/// How many descriptors this process has open.
pub fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Whether the kernel has a map with this id.
pub fn map_exists(id: u32) -> bool {
    libbpf_safe::map::Map::from_id(id).is_ok()
}

/// Whether the kernel has a program with this id.
pub fn program_exists(id: u32) -> bool {
    libbpf_safe::program::KernelProgram::from_id(id).is_ok()
}

/// Whether something ends within some seconds: the kernel lets go of things when nobody looks any more.
pub fn is_gone(mut exists: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while exists() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// The congestion controls that the kernel has registered.
pub fn congestion_controls() -> Vec<String> {
    let mut file = fs::File::open("/proc/sys/net/ipv4/tcp_available_congestion_control").unwrap();
    // In one read, as the kernel makes the text anew for each: names come and go between two.
    let mut text = [0; 4096];
    let length = file.read(&mut text).unwrap();
    String::from_utf8_lossy(&text[..length])
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// Whether the kernel has this congestion control.
pub fn has_congestion_control(name: &str) -> bool {
    congestion_controls().iter().any(|found| found == name)
}
