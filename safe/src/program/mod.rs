//! Programs: between open and load, and loaded.

pub mod attach;
mod code;
mod explain;
mod flags;
mod info;
mod instruction;
mod kernel;
mod kernel_pin;
mod kind;
mod load;
mod loaded;
mod log_level;
mod open;
mod settings;
mod stats;
mod stream;
mod test_run;

pub use self::code::{CodeFunction, ProgramCode, SourceLine};
pub use self::flags::ProgramFlags;
pub use self::info::ProgramInfo;
pub(crate) use self::info::kernel_name;
pub use self::instruction::Instruction;
pub use self::kernel::KernelProgram;
pub use self::kind::ProgramType;
pub use self::load::{LoadOptions, LoadedProgram};
pub use self::loaded::Program;
pub use self::log_level::LogLevel;
pub(crate) use self::open::ProgramSlot;
pub use self::open::{OpenProgram, OpenStructOpsProgram};
pub use self::stats::{RunStatistics, enable_run_statistics};
pub use self::stream::Stream;
pub use self::test_run::{TestRun, TestRunResult};
