//! Accessors reach no member that is outside its struct or not aligned.

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Small {
    bytes: [u16; 2],
}
libbpf_safe::plain!(Small { bytes });
libbpf_safe::members!(Small { //~ E0080
    wide, wide_mut: u64 => 0;
});
libbpf_safe::members!(Small { //~ E0080
    beyond, beyond_mut: u16 => 4;
});
libbpf_safe::members!(Small { //~ E0080
    odd, odd_mut: u16 => 1;
});
libbpf_safe::members!(Small { //~ E0080
    aligned, aligned_mut: u32 => 0;
});
libbpf_safe::members!(Small { //~ E0080
    copied:
    copy_beyond, set_copy_beyond: u32 => 1;
});
libbpf_safe::bitfields!(Small as "struct small" { //~ E0080
    beyond_bits, set_beyond_bits as "beyond": u8 => 28..33;
});
libbpf_safe::bitfields!(Small as "struct small" { //~ E0080
    wide_bits, set_wide_bits as "wide": u8 => 0..9;
});
libbpf_safe::bitfields!(Small as "struct small" { //~ E0080
    no_bits, set_no_bits as "none": u8 => 4..4;
});

fn main() {}
