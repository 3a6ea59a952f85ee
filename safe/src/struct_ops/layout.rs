//! The layout that a skeleton was generated from, to be held against the object that it opens.

#![allow(unsafe_code)]

use libbpf_ffi::ext;
use std::ffi::CStr;
use std::fmt;
use std::ptr;

/// The layout of a C struct that a skeleton was generated from, with all that it nests.
///
/// It is held against the object at open: members are found by name, as C finds them. Where the object has
/// them elsewhere, they are carried over; where it lacks one, or has it in another size or kind, opening
/// fails. skelgen generates such layouts.
///
/// ```
/// use libbpf_safe::struct_ops::{MemberKind, MemberLayout, TypeLayout};
///
/// // struct list_head { struct list_head *next, *prev; };
/// static LIST_HEAD: TypeLayout = TypeLayout::new(
///     16,
///     &[
///         MemberLayout::new(c"next", c"struct list_head *", MemberKind::Pointer, 0, 8),
///         MemberLayout::new(c"prev", c"struct list_head *", MemberKind::Pointer, 8, 8),
///     ],
/// );
/// // struct ops { struct list_head list; unsigned int kind : 4; };
/// static OPS: TypeLayout = TypeLayout::new(
///     24,
///     &[
///         MemberLayout::new(c"list", c"struct list_head", MemberKind::Struct, 0, 16).nested(&LIST_HEAD),
///         MemberLayout::bitfield(c"kind", c"unsigned int", 128, 4),
///     ],
/// );
/// ```
#[repr(transparent)]
#[doc(alias = "bpf_struct_ops_type_info")]
pub struct TypeLayout(ext::bpf_struct_ops_type_info);

/// One member of a [`TypeLayout`].
#[repr(transparent)]
#[doc(alias = "bpf_struct_ops_member_info")]
pub struct MemberLayout(ext::bpf_struct_ops_member_info);

/// What a member is; of an array, its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "bpf_struct_ops_member_kind")]
pub enum MemberKind {
    /// An integer, a character or a `bool`.
    Int,
    /// An enum.
    Enum,
    /// A floating-point number.
    Float,
    /// A pointer to data.
    Pointer,
    /// A pointer to a function.
    Callback,
    /// A struct.
    Struct,
    /// A union.
    Union,
    /// Anything that is of the same size.
    Any,
}

// SAFETY: its pointers come from `&'static` and are only read.
unsafe impl Send for TypeLayout {}
// SAFETY: as above.
unsafe impl Sync for TypeLayout {}
// SAFETY: as above.
unsafe impl Send for MemberLayout {}
// SAFETY: as above.
unsafe impl Sync for MemberLayout {}

impl TypeLayout {
    /// A struct of this size in bytes. There can be no more members than fit into 32 bits.
    pub const fn new(size: u32, members: &'static [MemberLayout]) -> TypeLayout {
        TypeLayout(ext::bpf_struct_ops_type_info {
            members: members.as_ptr().cast(),
            cnt: members.len() as u32,
            size,
        })
    }

    /// Its size, in bytes.
    pub const fn size(&self) -> u32 {
        self.0.size
    }

    /// For C, as long as the program runs: the members, and how many they are.
    pub(crate) fn to_c(&'static self) -> (*const ext::bpf_struct_ops_member_info, u32) {
        (self.0.members, self.0.cnt)
    }
}

impl MemberLayout {
    /// A member: its name and declaration in C, what it is, where it starts and its size, in bytes.
    pub const fn new(
        name: &'static CStr,
        declaration: &'static CStr,
        kind: MemberKind,
        offset: u32,
        size: u32,
    ) -> MemberLayout {
        MemberLayout(ext::bpf_struct_ops_member_info {
            name: name.as_ptr(),
            offset,
            size,
            kind: kind.to_c(),
            count: 0,
            bit_offset: 0,
            bit_size: 0,
            type_: ptr::null(),
            c_type: declaration.as_ptr(),
        })
    }

    /// A bitfield: its name, the declaration of its type in C, its first bit, counted from the start of the
    /// struct as BTF does, and its width in bits.
    pub const fn bitfield(
        name: &'static CStr,
        declaration: &'static CStr,
        first: u32,
        width: u32,
    ) -> MemberLayout {
        let mut member = MemberLayout::new(name, declaration, MemberKind::Int, 0, 0);
        member.0.bit_offset = first;
        member.0.bit_size = width;
        member
    }

    /// A union without a name: where it starts and its size, in bytes. It is found by its members' names, and
    /// carried over as a whole.
    pub const fn anonymous_union(
        offset: u32,
        size: u32,
        members: &'static TypeLayout,
    ) -> MemberLayout {
        MemberLayout::new(c"", c"union", MemberKind::Union, offset, size).nested(members)
    }

    /// The same as an array of this many elements, over all dimensions.
    pub const fn elements(mut self, count: u32) -> MemberLayout {
        self.0.count = count;
        self
    }

    /// The same as a struct, or an array of structs, whose members are found by name, too.
    pub const fn nested(mut self, members: &'static TypeLayout) -> MemberLayout {
        self.0.type_ = &raw const members.0;
        self
    }
}

impl MemberKind {
    const fn to_c(self) -> u32 {
        match self {
            MemberKind::Int => ext::BPF_STRUCT_OPS_INT,
            MemberKind::Enum => ext::BPF_STRUCT_OPS_ENUM,
            MemberKind::Float => ext::BPF_STRUCT_OPS_FLOAT,
            MemberKind::Pointer => ext::BPF_STRUCT_OPS_POINTER,
            MemberKind::Callback => ext::BPF_STRUCT_OPS_CALLBACK,
            MemberKind::Struct => ext::BPF_STRUCT_OPS_STRUCT,
            MemberKind::Union => ext::BPF_STRUCT_OPS_UNION,
            MemberKind::Any => ext::BPF_STRUCT_OPS_ANY,
        }
    }
}

impl fmt::Debug for TypeLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeLayout")
            .field("size", &self.0.size)
            .field("members", &self.0.cnt)
            .finish()
    }
}

impl fmt::Debug for MemberLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: the name of MemberLayout::new, the only place that sets it.
        let name = unsafe { CStr::from_ptr(self.0.name) };
        f.debug_struct("MemberLayout")
            .field("name", &name)
            .field("offset", &self.0.offset)
            .field("size", &self.0.size)
            .finish_non_exhaustive()
    }
}
