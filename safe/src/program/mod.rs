//! Programs: between open and load, and loaded.

pub mod attach;
mod explain;
mod info;
mod kernel;
mod kind;
mod loaded;
mod open;
mod stats;
mod test_run;

pub use self::info::ProgramInfo;
pub(crate) use self::info::kernel_name;
pub use self::kernel::KernelProgram;
pub use self::kind::ProgramType;
pub use self::loaded::Program;
pub(crate) use self::open::ProgramSlot;
pub use self::open::{OpenProgram, OpenStructOpsProgram};
pub use self::stats::{RunStatistics, enable_run_statistics};
pub use self::test_run::{TestRun, TestRunResult};
