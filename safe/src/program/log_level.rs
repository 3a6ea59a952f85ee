use crate::flags::flags;

/// What the verifier writes into its log.
///
/// ```
/// use libbpf_safe::program::LogLevel;
///
/// let level = LogLevel::INSTRUCTIONS | LogLevel::STATISTICS;
/// assert_eq!(level.bits(), 1 | 4);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct LogLevel(u32);

impl LogLevel {
    /// Each instruction that it looks at, once. A program that is accepted leaves little else than statistics.
    #[doc(alias = "BPF_LOG_LEVEL1")]
    pub const INSTRUCTIONS: LogLevel = LogLevel(1);
    /// Each instruction on each way to it, with what is known of registers: megabytes, for some programs.
    #[doc(alias = "BPF_LOG_LEVEL2")]
    pub const STATES: LogLevel = LogLevel(2);
    /// How many instructions and states there were, and how long it took. Since Linux 5.2.
    #[doc(alias = "BPF_LOG_STATS")]
    pub const STATISTICS: LogLevel = LogLevel(4);
    /// The log ends where the buffer does, in place of the end taking the place of the beginning. Since Linux 6.4.
    #[doc(alias = "BPF_LOG_FIXED")]
    pub const FIXED: LogLevel = LogLevel(8);
}

flags!(LogLevel);
