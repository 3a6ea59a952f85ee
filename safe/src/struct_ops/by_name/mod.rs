//! struct_ops maps by name, for objects that no code was generated for.
//!
//! The object's BTF says which members there are, and what they can be set to.
//!
//! ```no_run
//! use libbpf_safe::OpenObject;
//! use libbpf_safe::struct_ops::by_name::{Callback, Value};
//!
//! let mut open = OpenObject::from_file("tcp_cc.bpf.o")?;
//! let mut demo = open.struct_ops("demo")?;
//! demo.set("flags", 1)?;
//! demo.set("name", "bpf_demo")?;
//! demo.set("cong_avoid", Callback("eager"))?;     // a program of the object
//! demo.set("set_state", Value::None)?;            // an empty callback
//! demo.reset("key")?;                             // as the object file has it
//! for member in demo.members()? {
//!     println!("{} {} = {}", member.c_type, member.path, member.value);
//! }
//! let link = open.load()?.struct_ops("demo")?.attach()?;
//! # Ok::<(), libbpf_safe::Error>(())
//! ```

mod bits;
mod kernel_type;
mod member;
mod near;
mod open;
mod path;
mod place;
mod read;
mod refusal;
mod registered;
mod shape;
mod value;
mod write;

use crate::btf::{Btf, TypeId};
use place::Place;
use read::Reader;

pub(super) use self::kernel_type::{VALUE_TYPE, kernel_type};
pub use self::member::OpenMember;
pub use self::open::OpenStructOps;
pub use self::registered::{RegisteredPart, RegisteredValue, RegistrationState};
pub use self::shape::MemberKind;
pub use self::value::{Callback, Value};

/// What bytes of a type stand for. A callback is its address: programs have none before they are loaded.
pub(crate) fn value_of(
    btf: &Btf,
    ty: TypeId,
    bytes: &[u8],
    operation: impl Fn() -> String,
) -> crate::Result<Value> {
    let address = |address: u64| Value::Int(address.into());
    Reader::new(btf, bytes, &address)
        .value(Place::whole(ty))
        .map_err(|refusal| refusal.into_error(|_| operation()))
}
