//! Objects: first open, then loaded.

mod descriptors;
mod explain;
mod live;
mod loaded;
mod open;
mod options;
mod pinned;
mod presence;
mod resize;
mod reuse;
mod variables;

pub(crate) use self::loaded::LoadedInner;
pub use self::loaded::Object;
pub(crate) use self::open::OpenInner;
pub use self::open::OpenObject;
pub use self::options::OpenOptions;
pub(crate) use self::options::c_path;
pub(crate) use self::variables::check_settable;
