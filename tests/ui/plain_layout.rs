//! `plain!` and `plain_enum!` take no struct with padding in it.

#[derive(Clone, Copy)]
#[repr(C)]
struct PaddedAtTheEnd {
    calls: u64,
    kind: u32,
}
libbpf_safe::plain!(PaddedAtTheEnd { calls, kind }); //~ E0080

#[derive(Clone, Copy)]
#[repr(C)]
struct PaddedInside {
    small: u8,
    wide: u32,
}
libbpf_safe::plain!(PaddedInside { small, wide }); //~ E0080

#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct PaddedByAlignment {
    value: u64,
}
libbpf_safe::plain!(PaddedByAlignment { value }); //~ E0080

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, align(8))]
struct PaddedEnum(u32);
libbpf_safe::plain_enum!(PaddedEnum(u32) {}); //~ E0080

fn main() {}
