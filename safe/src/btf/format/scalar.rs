//! Numbers, pointers and enums.

use super::super::types::Type;
use super::super::words::Endian;

/// A value of up to 16 bytes in C's terms. Bits are counted from the start of the value's bytes, with their number.
pub(super) fn text(endian: Endian, ty: Type<'_>, bytes: &[u8], bits: Option<(u32, u32)>) -> String {
    let Some(raw) = number(endian, bytes, bits) else {
        return "<too large>".to_owned();
    };
    let width = bits.map_or_else(
        || u32::try_from(bytes.len() * 8).unwrap_or(128),
        |bits| bits.1,
    );
    match ty {
        Type::Int { .. } if bits.is_some() || bytes.len() > 8 => format!("{raw:#x}"),
        Type::Int { signed: true, .. } => signed(raw, width).to_string(),
        Type::Int { .. } => raw.to_string(),
        Type::Enum(list) => {
            let value = match list.signed {
                true => signed(raw, width),
                false => i128::try_from(raw).unwrap_or_default(),
            };
            let named = list.values().find(|known| known.value == value);
            named.map_or_else(|| value.to_string(), |known| known.name.to_owned())
        }
        Type::Float { size: 4, .. } => match u32::try_from(raw) {
            Ok(raw) => format!("{:.6}", f32::from_bits(raw)),
            Err(_) => format!("{raw:#x}"),
        },
        Type::Float { size: 8, .. } => match u64::try_from(raw) {
            Ok(raw) => format!("{:.6}", f64::from_bits(raw)),
            Err(_) => format!("{raw:#x}"),
        },
        Type::Float { .. } | Type::Pointer { .. } => format!("{raw:#x}"),
        other => format!("<unsupported kind: {}>", other.kind()),
    }
}

/// Whether all bits are zero.
pub(super) fn is_zero(endian: Endian, bytes: &[u8], bits: Option<(u32, u32)>) -> bool {
    match bits {
        None => bytes.iter().all(|&byte| byte == 0),
        Some(_) => number(endian, bytes, bits) == Some(0),
    }
}

/// Whether a character stands for itself.
pub(super) fn is_printable(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_graphic()
}

/// What is before the first zero byte.
pub(super) fn string(bytes: &[u8]) -> String {
    let text = bytes.iter().take_while(|&&byte| byte != 0);
    let text = text.map(|&byte| match byte {
        _ if is_printable(byte) => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("\"{}\"", text.collect::<String>())
}

/// The bytes as a number, or some bits of it.
fn number(endian: Endian, bytes: &[u8], bits: Option<(u32, u32)>) -> Option<u128> {
    if bytes.len() > 16 {
        return None;
    }
    let add = |sum: u128, &byte: &u8| sum << 8 | u128::from(byte);
    let all = match endian {
        Endian::Little => bytes.iter().rev().fold(0, add),
        Endian::Big => bytes.iter().fold(0, add),
    };
    let Some((offset, width)) = bits else {
        return Some(all);
    };
    let total = u32::try_from(bytes.len() * 8).ok()?;
    let after = total.checked_sub(offset.checked_add(width)?)?;
    // The first bits are the lowest, or in the other byte order the highest.
    let shift = match endian {
        Endian::Little => offset,
        Endian::Big => after,
    };
    let mask = 1u128.checked_shl(width).map_or(u128::MAX, |bit| bit - 1);
    Some(all.checked_shr(shift)? & mask)
}

/// A number of so many bits with a sign.
fn signed(raw: u128, width: u32) -> i128 {
    let unused = 128u32.saturating_sub(width).min(127);
    match width {
        0 => 0,
        _ => (raw << unused) as i128 >> unused,
    }
}
