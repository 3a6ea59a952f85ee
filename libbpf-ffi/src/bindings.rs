use libbpf_sys::{__u32, __u64, bpf_map, bpf_object, bpf_program, btf};

pub const BPF_STRUCT_OPS_ANY: bpf_struct_ops_member_kind = 0;
pub const BPF_STRUCT_OPS_INT: bpf_struct_ops_member_kind = 1;
pub const BPF_STRUCT_OPS_ENUM: bpf_struct_ops_member_kind = 2;
pub const BPF_STRUCT_OPS_FLOAT: bpf_struct_ops_member_kind = 3;
pub const BPF_STRUCT_OPS_POINTER: bpf_struct_ops_member_kind = 4;
pub const BPF_STRUCT_OPS_CALLBACK: bpf_struct_ops_member_kind = 5;
pub const BPF_STRUCT_OPS_STRUCT: bpf_struct_ops_member_kind = 6;
pub const BPF_STRUCT_OPS_UNION: bpf_struct_ops_member_kind = 7;
pub type bpf_struct_ops_member_kind = ::std::os::raw::c_uint;
#[repr(C)]
pub struct bpf_struct_ops_member_info {
    pub name: *const ::std::os::raw::c_char,
    pub offset: __u32,
    pub size: __u32,
    pub kind: __u32,
    pub count: __u32,
    pub bit_offset: __u32,
    pub bit_size: __u32,
    pub type_: *const bpf_struct_ops_type_info,
    pub c_type: *const ::std::os::raw::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_member_info",
    ][::std::mem::size_of::<bpf_struct_ops_member_info>() - 48usize];
    [
        "Alignment of bpf_struct_ops_member_info",
    ][::std::mem::align_of::<bpf_struct_ops_member_info>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_member_info::name",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, name) - 0usize];
    [
        "Offset of field: bpf_struct_ops_member_info::offset",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, offset) - 8usize];
    [
        "Offset of field: bpf_struct_ops_member_info::size",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, size) - 12usize];
    [
        "Offset of field: bpf_struct_ops_member_info::kind",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, kind) - 16usize];
    [
        "Offset of field: bpf_struct_ops_member_info::count",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, count) - 20usize];
    [
        "Offset of field: bpf_struct_ops_member_info::bit_offset",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, bit_offset) - 24usize];
    [
        "Offset of field: bpf_struct_ops_member_info::bit_size",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, bit_size) - 28usize];
    [
        "Offset of field: bpf_struct_ops_member_info::type_",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, type_) - 32usize];
    [
        "Offset of field: bpf_struct_ops_member_info::c_type",
    ][::std::mem::offset_of!(bpf_struct_ops_member_info, c_type) - 40usize];
};
#[repr(C)]
pub struct bpf_struct_ops_type_info {
    pub members: *const bpf_struct_ops_member_info,
    pub cnt: __u32,
    pub size: __u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_type_info",
    ][::std::mem::size_of::<bpf_struct_ops_type_info>() - 16usize];
    [
        "Alignment of bpf_struct_ops_type_info",
    ][::std::mem::align_of::<bpf_struct_ops_type_info>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_type_info::members",
    ][::std::mem::offset_of!(bpf_struct_ops_type_info, members) - 0usize];
    [
        "Offset of field: bpf_struct_ops_type_info::cnt",
    ][::std::mem::offset_of!(bpf_struct_ops_type_info, cnt) - 8usize];
    [
        "Offset of field: bpf_struct_ops_type_info::size",
    ][::std::mem::offset_of!(bpf_struct_ops_type_info, size) - 12usize];
};
#[repr(C)]
pub struct bpf_struct_ops_map_info {
    pub name: *const ::std::os::raw::c_char,
    pub members: *const bpf_struct_ops_member_info,
    pub cnt: __u32,
    pub data_size: __u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_map_info",
    ][::std::mem::size_of::<bpf_struct_ops_map_info>() - 24usize];
    [
        "Alignment of bpf_struct_ops_map_info",
    ][::std::mem::align_of::<bpf_struct_ops_map_info>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_map_info::name",
    ][::std::mem::offset_of!(bpf_struct_ops_map_info, name) - 0usize];
    [
        "Offset of field: bpf_struct_ops_map_info::members",
    ][::std::mem::offset_of!(bpf_struct_ops_map_info, members) - 8usize];
    [
        "Offset of field: bpf_struct_ops_map_info::cnt",
    ][::std::mem::offset_of!(bpf_struct_ops_map_info, cnt) - 16usize];
    [
        "Offset of field: bpf_struct_ops_map_info::data_size",
    ][::std::mem::offset_of!(bpf_struct_ops_map_info, data_size) - 20usize];
};
#[repr(C)]
pub struct bpf_struct_ops_shadow_info {
    pub maps: *const bpf_struct_ops_map_info,
    pub cnt: __u32,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_shadow_info",
    ][::std::mem::size_of::<bpf_struct_ops_shadow_info>() - 16usize];
    [
        "Alignment of bpf_struct_ops_shadow_info",
    ][::std::mem::align_of::<bpf_struct_ops_shadow_info>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_shadow_info::maps",
    ][::std::mem::offset_of!(bpf_struct_ops_shadow_info, maps) - 0usize];
    [
        "Offset of field: bpf_struct_ops_shadow_info::cnt",
    ][::std::mem::offset_of!(bpf_struct_ops_shadow_info, cnt) - 8usize];
};
pub const BPF_STRUCT_OPS_NO_MAP: bpf_struct_ops_problem_kind = 0;
pub const BPF_STRUCT_OPS_NO_MEMBER: bpf_struct_ops_problem_kind = 1;
pub const BPF_STRUCT_OPS_MEMBER_SIZE: bpf_struct_ops_problem_kind = 2;
pub const BPF_STRUCT_OPS_BAD_INFO: bpf_struct_ops_problem_kind = 3;
pub const BPF_STRUCT_OPS_FOREIGN_PROGRAM: bpf_struct_ops_problem_kind = 4;
pub const BPF_STRUCT_OPS_DATA_POINTER: bpf_struct_ops_problem_kind = 5;
pub const BPF_STRUCT_OPS_BITFIELD: bpf_struct_ops_problem_kind = 6;
pub const BPF_STRUCT_OPS_PROGRAM_OFF: bpf_struct_ops_problem_kind = 7;
pub const BPF_STRUCT_OPS_KERNEL_NO_TYPE: bpf_struct_ops_problem_kind = 8;
pub const BPF_STRUCT_OPS_KERNEL_NO_MEMBER: bpf_struct_ops_problem_kind = 9;
pub const BPF_STRUCT_OPS_KERNEL_MEMBER_KIND: bpf_struct_ops_problem_kind = 10;
pub const BPF_STRUCT_OPS_KERNEL_MEMBER_SIZE: bpf_struct_ops_problem_kind = 11;
pub const BPF_STRUCT_OPS_BAD_TYPE: bpf_struct_ops_problem_kind = 12;
pub const BPF_STRUCT_OPS_NO_VALUE: bpf_struct_ops_problem_kind = 13;
pub const BPF_STRUCT_OPS_PROGRAM_REUSED: bpf_struct_ops_problem_kind = 14;
pub const BPF_STRUCT_OPS_PROGRAM_UNUSED: bpf_struct_ops_problem_kind = 15;
pub const BPF_STRUCT_OPS_KERNEL_NO_LINK: bpf_struct_ops_problem_kind = 16;
pub const BPF_STRUCT_OPS_KERNEL_MEMBER_PLACE: bpf_struct_ops_problem_kind = 17;
pub const BPF_STRUCT_OPS_KERNEL_ANONYMOUS: bpf_struct_ops_problem_kind = 18;
pub const BPF_STRUCT_OPS_MEMBER_KIND: bpf_struct_ops_problem_kind = 19;
pub const BPF_STRUCT_OPS_NESTED_CALLBACK: bpf_struct_ops_problem_kind = 20;
pub const BPF_STRUCT_OPS_WRITTEN_LATE: bpf_struct_ops_problem_kind = 21;
pub const BPF_STRUCT_OPS_OTHER_LAYOUT: bpf_struct_ops_problem_kind = 22;
pub type bpf_struct_ops_problem_kind = ::std::os::raw::c_uint;
pub const BPF_STRUCT_OPS_REQUIRE: bpf_struct_ops_presence = 0;
pub const BPF_STRUCT_OPS_WARN: bpf_struct_ops_presence = 1;
pub const BPF_STRUCT_OPS_DROP: bpf_struct_ops_presence = 2;
pub type bpf_struct_ops_presence = ::std::os::raw::c_uint;
#[repr(C)]
pub struct bpf_struct_ops_problem {
    pub kind: bpf_struct_ops_problem_kind,
    pub map: *const ::std::os::raw::c_char,
    pub type_: *const ::std::os::raw::c_char,
    pub member: *const ::std::os::raw::c_char,
    pub program: *const ::std::os::raw::c_char,
    pub found: __u64,
    pub expected: __u64,
    pub presence: bpf_struct_ops_presence,
    pub value: *const ::std::os::raw::c_void,
    pub value_size: usize,
    pub found_type: *const ::std::os::raw::c_char,
    pub expected_type: *const ::std::os::raw::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_problem",
    ][::std::mem::size_of::<bpf_struct_ops_problem>() - 96usize];
    [
        "Alignment of bpf_struct_ops_problem",
    ][::std::mem::align_of::<bpf_struct_ops_problem>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_problem::kind",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, kind) - 0usize];
    [
        "Offset of field: bpf_struct_ops_problem::map",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, map) - 8usize];
    [
        "Offset of field: bpf_struct_ops_problem::type_",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, type_) - 16usize];
    [
        "Offset of field: bpf_struct_ops_problem::member",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, member) - 24usize];
    [
        "Offset of field: bpf_struct_ops_problem::program",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, program) - 32usize];
    [
        "Offset of field: bpf_struct_ops_problem::found",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, found) - 40usize];
    [
        "Offset of field: bpf_struct_ops_problem::expected",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, expected) - 48usize];
    [
        "Offset of field: bpf_struct_ops_problem::presence",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, presence) - 56usize];
    [
        "Offset of field: bpf_struct_ops_problem::value",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, value) - 64usize];
    [
        "Offset of field: bpf_struct_ops_problem::value_size",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, value_size) - 72usize];
    [
        "Offset of field: bpf_struct_ops_problem::found_type",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, found_type) - 80usize];
    [
        "Offset of field: bpf_struct_ops_problem::expected_type",
    ][::std::mem::offset_of!(bpf_struct_ops_problem, expected_type) - 88usize];
};
pub type bpf_struct_ops_report_fn = ::std::option::Option<
    unsafe extern "C" fn(
        ctx: *mut ::std::os::raw::c_void,
        problem: *const bpf_struct_ops_problem,
    ),
>;
unsafe extern "C" {
    pub fn bpf_struct_ops_problem__format(
        problem: *const bpf_struct_ops_problem,
        buf: *mut ::std::os::raw::c_char,
        size: usize,
    ) -> ::std::os::raw::c_int;
}
#[repr(C)]
#[derive(Debug)]
pub struct bpf_struct_ops_shadow {
    _unused: [u8; 0],
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__new(
        obj: *mut bpf_object,
        info: *const bpf_struct_ops_shadow_info,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> *mut bpf_struct_ops_shadow;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__free(shadow: *mut bpf_struct_ops_shadow);
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__initial_value(
        shadow: *mut bpf_struct_ops_shadow,
        map: *const bpf_map,
        size: *mut usize,
    ) -> *mut ::std::os::raw::c_void;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__check_layout(
        shadow: *const bpf_struct_ops_shadow,
        map: *const bpf_map,
        info: *const bpf_struct_ops_map_info,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__default_value(
        shadow: *const bpf_struct_ops_shadow,
        map: *const bpf_map,
        size: *mut usize,
    ) -> *const ::std::os::raw::c_void;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__object_value(
        shadow: *const bpf_struct_ops_shadow,
        map: *const bpf_map,
        size: *mut usize,
    ) -> *const ::std::os::raw::c_void;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__reset(
        shadow: *mut bpf_struct_ops_shadow,
        map: *const bpf_map,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__set_autoload(
        shadow: *mut bpf_struct_ops_shadow,
        prog: *mut bpf_program,
        autoload: bool,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__set_presence(
        shadow: *mut bpf_struct_ops_shadow,
        map: *const bpf_map,
        member: *const ::std::os::raw::c_char,
        presence: bpf_struct_ops_presence,
    ) -> ::std::os::raw::c_int;
}
pub const BPF_STRUCT_OPS_PLAN_AUTOLOAD: bpf_struct_ops_plan_reason = 0;
pub const BPF_STRUCT_OPS_PLAN_CALLBACK: bpf_struct_ops_plan_reason = 1;
pub const BPF_STRUCT_OPS_PLAN_UNUSED: bpf_struct_ops_plan_reason = 2;
pub const BPF_STRUCT_OPS_PLAN_CHOSEN: bpf_struct_ops_plan_reason = 3;
pub type bpf_struct_ops_plan_reason = ::std::os::raw::c_uint;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct bpf_struct_ops_plan {
    pub loaded: bool,
    pub reason: bpf_struct_ops_plan_reason,
    pub map: *const ::std::os::raw::c_char,
    pub member: *const ::std::os::raw::c_char,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    [
        "Size of bpf_struct_ops_plan",
    ][::std::mem::size_of::<bpf_struct_ops_plan>() - 24usize];
    [
        "Alignment of bpf_struct_ops_plan",
    ][::std::mem::align_of::<bpf_struct_ops_plan>() - 8usize];
    [
        "Offset of field: bpf_struct_ops_plan::loaded",
    ][::std::mem::offset_of!(bpf_struct_ops_plan, loaded) - 0usize];
    [
        "Offset of field: bpf_struct_ops_plan::reason",
    ][::std::mem::offset_of!(bpf_struct_ops_plan, reason) - 4usize];
    [
        "Offset of field: bpf_struct_ops_plan::map",
    ][::std::mem::offset_of!(bpf_struct_ops_plan, map) - 8usize];
    [
        "Offset of field: bpf_struct_ops_plan::member",
    ][::std::mem::offset_of!(bpf_struct_ops_plan, member) - 16usize];
};
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__plan(
        shadow: *mut bpf_struct_ops_shadow,
        prog: *const bpf_program,
        plan: *mut bpf_struct_ops_plan,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__commit(
        shadow: *mut bpf_struct_ops_shadow,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__commit_for(
        shadow: *mut bpf_struct_ops_shadow,
        kernel: *const btf,
        modules: *const *const btf,
        n_modules: usize,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__check_unwritten(
        shadow: *const bpf_struct_ops_shadow,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> ::std::os::raw::c_int;
}
unsafe extern "C" {
    pub fn bpf_struct_ops_shadow__check(
        shadow: *mut bpf_struct_ops_shadow,
        kernel: *const btf,
        modules: *const *const btf,
        n_modules: usize,
        report: bpf_struct_ops_report_fn,
        ctx: *mut ::std::os::raw::c_void,
    ) -> ::std::os::raw::c_int;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct libbpf_text_sink {
    pub wants: ::std::option::Option<
        unsafe extern "C" fn(level: ::std::os::raw::c_int) -> bool,
    >,
    pub message: ::std::option::Option<
        unsafe extern "C" fn(
            level: ::std::os::raw::c_int,
            text: *const ::std::os::raw::c_char,
            len: usize,
        ),
    >,
}
#[allow(clippy::unnecessary_operation, clippy::identity_op)]
const _: () = {
    ["Size of libbpf_text_sink"][::std::mem::size_of::<libbpf_text_sink>() - 16usize];
    [
        "Alignment of libbpf_text_sink",
    ][::std::mem::align_of::<libbpf_text_sink>() - 8usize];
    [
        "Offset of field: libbpf_text_sink::wants",
    ][::std::mem::offset_of!(libbpf_text_sink, wants) - 0usize];
    [
        "Offset of field: libbpf_text_sink::message",
    ][::std::mem::offset_of!(libbpf_text_sink, message) - 8usize];
};
unsafe extern "C" {
    pub fn libbpf_text__set_log(sink: *const libbpf_text_sink);
}
