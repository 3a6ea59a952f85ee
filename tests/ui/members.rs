//! Accessors reach no member that is outside its struct, not aligned, or not valid for every bit pattern; and
//! what they lend is borrowed from the struct.

use libbpf_safe::data::member;
use libbpf_safe::struct_ops::StructOpsProgram;

#[derive(Clone, Copy)]
#[repr(C)]
struct Small {
    bytes: [u16; 2],
}
libbpf_safe::plain!(Small { bytes });
libbpf_safe::members!(Small {
    half, half_mut: u16 => 2;
});
libbpf_safe::bitfields!(Small as "struct small" {
    low, set_low as "low": u8 => 0..4;
});

libbpf_safe::members!(Small {
    flag, flag_mut: bool => 0; //~ E0277
});
#[derive(Clone, Copy)]
#[repr(C)]
struct Word {
    bytes: [u64; 1],
}
libbpf_safe::plain!(Word { bytes });
libbpf_safe::members!(Word {
    callback, callback_mut: Option<StructOpsProgram<'static>> => 0; //~ E0277
});
libbpf_safe::bitfields!(Small as "struct small" {
    letter, set_letter as "letter": char => 0..8; //~ E0277
});

struct Unproved {
    value: u32,
}
libbpf_safe::members!(Unproved { //~ E0277
    value, value_mut: u32 => 0;
});

fn is_borrowed(small: &mut Small) {
    let half = small.half_mut();
    small.set_low(1).unwrap(); //~ E0499
    *half = 1;
    let first = small.half_mut();
    let second = small.half_mut(); //~ E0499
    *first = *second;
}

fn wrong_type(small: &mut Small) {
    small.set_low(1u32).unwrap(); //~ E0308
    let _: &u32 = member::get::<_, u16, 0>(small); //~ E0308
}

fn main() {}
