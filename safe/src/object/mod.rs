//! Objects: first open, then loaded.

mod attach;
mod descriptors;
mod exclusive;
mod explain;
pub(crate) mod file;
mod guard;
mod live;
mod load;
mod loaded;
mod logs;
mod names;
mod open;
mod options;
mod pin;
mod pinned;
mod plan;
mod prepared;
mod presence;
mod resize;
mod reuse;
mod unloadable;
mod variables;

pub use self::attach::Links;
pub(crate) use self::exclusive::Exclusive;
pub(crate) use self::explain::{WITH_BTF, object_btf, other_byte_order};
pub(crate) use self::file::is_endless;
pub(crate) use self::loaded::LoadedInner;
pub use self::loaded::Object;
pub(crate) use self::open::OpenInner;
pub use self::open::OpenObject;
pub use self::options::OpenOptions;
pub(crate) use self::options::c_path;
pub(crate) use self::plan::plan;
pub use self::plan::{Plan, PlanReason, PlannedMap, PlannedProgram};
pub use self::prepared::PreparedObject;
pub(crate) use self::variables::check_settable;
