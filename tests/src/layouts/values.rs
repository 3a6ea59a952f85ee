//! Values for members.

use super::{Composite, Leaf, LeafKind, Random, Scalar, Types, leaves};
use std::collections::HashMap;

/// What a member is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The low bits of an integer, an enum or a pointer, and whether the highest of them is a sign.
    Int {
        /// Zero above `width`.
        bits: u128,
        /// How many bits count.
        width: u32,
        /// Whether it is a negative number.
        negative: bool,
    },
    /// `bool`
    Bool(bool),
    /// `float` or `double`, by its bits.
    Float(u64),
    /// `char[N]`, all of it.
    Text(Vec<u8>),
    /// Whether a callback is set.
    Callback(bool),
}

/// A member and its value.
#[derive(Debug, Clone)]
pub struct Set {
    /// Which.
    pub leaf: Leaf,
    /// What to.
    pub value: Value,
}

fn width_and_sign(leaf: &Leaf) -> (u32, bool) {
    let (size, signed) = match leaf.kind {
        LeafKind::Scalar(Scalar::Int(size, signed)) => (size, signed),
        LeafKind::Scalar(Scalar::Char) => (1, true),
        LeafKind::Enum(size, signed) => (size, signed),
        _ => (8, false),
    };
    (leaf.width.unwrap_or(8 * size), signed)
}

fn int(leaf: &Leaf, bits: u128) -> Value {
    let (width, signed) = width_and_sign(leaf);
    let bits = bits & u128::MAX >> (128 - width);
    Value::Int {
        bits,
        width,
        negative: signed && bits >> (width - 1) == 1,
    }
}

/// How far below zero a negative number of these bits is.
#[must_use]
pub fn magnitude(bits: u128, width: u32) -> u128 {
    bits.wrapping_neg() & u128::MAX >> (128 - width)
}

/// Every bit that belongs to the member; of a float, every byte.
#[must_use]
pub fn all_ones(leaf: &Leaf) -> Value {
    match leaf.kind {
        LeafKind::Scalar(Scalar::Bool) => Value::Bool(true),
        // Just below -2: no byte of it is zero, and C can write it.
        LeafKind::Scalar(Scalar::Float(4)) => Value::Float(0xbfff_ffff),
        LeafKind::Scalar(Scalar::Float(_)) => Value::Float(0xbfff_ffff_ffff_ffff),
        LeafKind::Scalar(Scalar::Callback) => Value::Callback(true),
        LeafKind::Text(len) => Value::Text(vec![0xff; len]),
        LeafKind::Scalar(_) | LeafKind::Enum(..) => int(leaf, u128::MAX),
    }
}

/// A value for each member: of each union for one of its members.
#[must_use]
pub fn random_values(types: &Types, composite: &Composite, random: &mut Random) -> Vec<Set> {
    let mut chosen: HashMap<usize, usize> = HashMap::new();
    let mut sets = Vec::new();
    for leaf in leaves(types, composite) {
        // The first member of a union that is met is taken, unless it is passed over by chance.
        let taken = leaf
            .choices
            .iter()
            .all(|&(union, member)| chosen.get(&union).is_none_or(|&choice| choice == member));
        let decides = leaf
            .choices
            .iter()
            .any(|(union, _)| !chosen.contains_key(union));
        if !taken || decides && random.percent(60) {
            continue;
        }
        chosen.extend(leaf.choices.iter().copied());
        let bits = u128::from(random.bits()) << 64 | u128::from(random.bits());
        let value = match leaf.kind {
            LeafKind::Scalar(Scalar::Bool) => Value::Bool(random.percent(50)),
            // No NaN: it is not equal to itself.
            LeafKind::Scalar(Scalar::Float(4)) => {
                Value::Float((random.below(1000) as f32 / 4.0).to_bits().into())
            }
            LeafKind::Scalar(Scalar::Float(_)) => {
                Value::Float((random.below(1000) as f64 / 4.0).to_bits())
            }
            LeafKind::Scalar(Scalar::Callback) => Value::Callback(random.percent(70)),
            LeafKind::Text(len) => {
                Value::Text((0..len).map(|_| b'a' + random.below(26) as u8).collect())
            }
            LeafKind::Scalar(_) | LeafKind::Enum(..) => int(&leaf, bits),
        };
        sets.push(Set { leaf, value });
    }
    sets
}
