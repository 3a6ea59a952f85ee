//! The machine: what it is, and how to be disturbed less on it.

use std::fs;
use std::process::Command;

/// On one CPU, before others of this user, with as many descriptors as may be.
pub fn be_undisturbed() {
    let _ = fs::write("/proc/self/autogroup", "-15");
    let mut limit = libc::rlimit {
        rlim_cur: 65536,
        rlim_max: 65536,
    };
    // SAFETY: setrlimit and getrlimit use a struct that lives during the calls.
    unsafe {
        if libc::setrlimit(libc::RLIMIT_NOFILE, &limit) != 0 {
            libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
    }
    stay_on(cpus() - 1..cpus());
}

/// For what builds, and has threads.
pub fn use_all_cpus() {
    stay_on(0..cpus());
}

pub fn use_one_cpu() {
    stay_on(cpus() - 1..cpus());
}

fn cpus() -> usize {
    // SAFETY: sysconf takes a number.
    unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }.max(1) as usize
}

fn stay_on(cpus: std::ops::Range<usize>) {
    // SAFETY: a cpu_set_t of zeros is an empty one; sched_setaffinity reads as many bytes as it has.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        for cpu in cpus {
            libc::CPU_SET(cpu, &mut set);
        }
        libc::sched_setaffinity(0, size_of_val(&set), &set);
    }
}

/// Date, kernel, CPU and compiler, in one line.
pub fn description() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown CPU", |(_, model)| model);
    format!(
        "{}; Linux {}; {} x {model}; {}",
        said("date", &["-u", "+%Y-%m-%d"]).unwrap_or_default(),
        said("uname", &["-r"]).unwrap_or_default(),
        cpus(),
        said("rustc", &["--version"]).unwrap_or_default(),
    )
}

/// CPU time of this thread, in nanoseconds.
pub fn cpu_time() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: clock_gettime writes to what lives during the call.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// What a child used.
pub struct Used {
    /// In seconds.
    pub wall: f64,
    /// In seconds, with what it started and waited for.
    pub cpu: f64,
    /// In bytes, at most.
    pub memory: f64,
}

/// Runs a command.
pub fn run(command: &mut Command) -> Result<Used, String> {
    let start = std::time::Instant::now();
    let child = command
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let mut status = 0;
    // SAFETY: an rusage of zeros is one; wait4 writes to what lives during the call.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (
            libc::wait4(child.id() as i32, &mut status, 0, &mut usage),
            usage,
        )
    };
    if waited < 0 || status != 0 {
        return Err(format!("{command:?} failed"));
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Used {
        wall: start.elapsed().as_secs_f64(),
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        memory: usage.ru_maxrss as f64 * 1024.0,
    })
}
