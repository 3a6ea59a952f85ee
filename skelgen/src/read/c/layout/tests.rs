//! What is said of packing and padding, as text: sizes of members in bytes, `_` for padding, `:` for bits.

use super::*;

fn member(size: u64, offset: u64) -> Placed {
    Placed {
        first: 8 * offset,
        size,
        align: size,
        what: What::Named {
            name: String::new(),
            ty: CType::words(""),
        },
    }
}

fn bits(size: u64, first: u64, width: u64) -> Placed {
    Placed {
        first,
        size,
        align: size,
        what: What::Bits {
            name: String::new(),
            ty: CType::words(""),
            width,
        },
    }
}

fn show(laid: &Laid) -> String {
    let members = laid.body.members.iter().map(|member| match member {
        Member::Named {
            width: Some(width), ..
        } => format!(":{width}"),
        Member::Named { size, .. } => size.to_string(),
        Member::Anonymous { .. } => "anonymous".to_owned(),
        Member::Padding(bytes) => format!("_{bytes}"),
        Member::PaddingBits(bits) => format!("_:{bits}"),
    });
    let members: Vec<String> = members.collect();
    match laid.body.packed {
        Some(align) => format!("packed({align}) {}", members.join(" ")),
        None => format!("({}) {}", laid.align, members.join(" ")),
    }
}

fn of_struct(members: &[Placed], size: u64) -> Option<String> {
    lay_out(false, members, size, 16, 4).as_ref().map(show)
}

fn of_union(members: &[Placed], size: u64) -> Option<String> {
    lay_out(true, members, size, 16, 4).as_ref().map(show)
}

#[test]
fn nothing_is_said_where_c_does_the_same() {
    let natural = [member(1, 0), member(4, 4), member(8, 8), member(2, 16)];
    assert_eq!(of_struct(&natural, 24).as_deref(), Some("(8) 1 4 8 2"));
    assert_eq!(
        of_union(&[member(8, 0), member(4, 0)], 8).as_deref(),
        Some("(8) 8 4")
    );
    let bitfields = [bits(4, 0, 3), bits(4, 3, 29), bits(4, 32, 4), member(1, 5)];
    assert_eq!(of_struct(&bitfields, 8).as_deref(), Some("(4) :3 :29 :4 1"));
    // The last two would meet in one unit otherwise.
    assert_eq!(
        of_struct(&[bits(4, 0, 20), bits(4, 32, 20)], 8).as_deref(),
        Some("(4) :20 :20")
    );
}

#[test]
fn members_that_are_aligned_by_more_get_padding() {
    assert_eq!(
        of_struct(&[member(1, 0), member(4, 16)], 64).as_deref(),
        Some("(4) 1 _15 4 _44")
    );
    assert_eq!(of_union(&[member(4, 0)], 16).as_deref(), Some("(4) 4 _16"));
}

#[test]
fn members_that_are_aligned_by_less_pack_the_struct() {
    assert_eq!(
        of_struct(&[member(1, 0), member(8, 1)], 9).as_deref(),
        Some("packed(1) 1 8")
    );
    assert_eq!(
        of_struct(&[member(4, 0), member(8, 4)], 12).as_deref(),
        Some("packed(4) 4 8")
    );
    assert_eq!(
        of_union(&[member(8, 0), member(1, 0)], 9).as_deref(),
        Some("packed(1) 8 1 _9")
    );
    // Where the struct itself stands at odd places.
    let laid = lay_out(false, &[member(2, 0)], 2, 1, 1).unwrap();
    assert_eq!(show(&laid), "packed(1) 2");
}

#[test]
fn bits_between_members_are_written_out() {
    assert_eq!(
        of_struct(&[bits(4, 0, 3), bits(4, 21, 11)], 4).as_deref(),
        Some("packed(4) :3 _:5 _1 _:5 :11")
    );
    assert_eq!(
        of_struct(&[bits(1, 0, 5), bits(4, 5, 30)], 5).as_deref(),
        Some("packed(1) :5 :30 _:5")
    );
}

#[test]
fn what_is_empty_has_no_bytes_in_cpp_either() {
    assert_eq!(of_struct(&[], 0).as_deref(), Some("(1) _0"));
    assert_eq!(of_union(&[], 0).as_deref(), Some("(1) _0"));
}

#[test]
fn what_overlaps_is_not_laid_out() {
    assert_eq!(of_struct(&[member(4, 0), member(4, 2)], 8), None);
    assert_eq!(of_struct(&[member(4, 8)], 8), None);
    assert_eq!(of_struct(&[member(4, u64::MAX / 8)], 8), None);
    assert_eq!(of_union(&[member(4, 1)], 8), None);
    assert_eq!(of_union(&[member(4, 0)], 2), None);
}
