//! Maps that have a value for each CPU.

mod array;
mod batch;
mod hash;
mod value;

pub use self::array::{PerCpuArray, PerCpuArrayIter};
pub use self::hash::{PerCpuHashIter, PerCpuHashMap};
pub use self::value::{PerCpu, PerCpuValues, possible_cpus};
