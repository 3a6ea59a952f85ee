//! Which map libbpf made of a data section.

use crate::btf::{Btf, Kind};
use crate::object::object_btf;
use crate::raw::map::MapRef;
use crate::raw::object::Object;

/// The index of the map, of an object that is open; see [`object_btf`].
pub(crate) fn section_map(object: &Object, name: &str, section: &str) -> Option<usize> {
    let maps = object
        .maps()
        .enumerate()
        .filter(|(_, map)| map.is_internal() && is_name_of(map.name().to_bytes(), name, section));
    pick(maps, section, || object_btf(object, name).ok().flatten())
}

/// Of several whose names begin alike the one whose value has the section's type.
pub(crate) fn pick<'a, T>(
    mut maps: impl Iterator<Item = (T, MapRef<'a>)>,
    section: &str,
    btf: impl FnOnce() -> Option<Btf>,
) -> Option<T> {
    let first = maps.next()?;
    let Some(second) = maps.next() else {
        return Some(first.0);
    };
    let id = btf()?.find(section, Kind::DataSection)?.0;
    let all = [first, second].into_iter().chain(maps);
    let (typed, untyped): (Vec<_>, Vec<_>) = all.partition(|(_, map)| map.btf_value_type_id() != 0);
    let found = typed
        .into_iter()
        .find(|(_, map)| map.btf_value_type_id() == id);
    if let Some((which, _)) = found {
        return Some(which);
    }
    // libbpf forgets the type of a section that is resized.
    let mut untyped = untyped.into_iter();
    let (which, _) = untyped.next()?;
    untyped.next().is_none().then_some(which)
}

/// libbpf calls the map of `.rodata.mine` by its own name, that of `.bss.mine` by the first letters of it, and that of
/// `.rodata` "object.rodata", with the beginning of the object's name, and `_` where the kernel allows no such letter.
pub(crate) fn is_name_of(map: &[u8], object: &str, section: &str) -> bool {
    if section.starts_with(".bss.") {
        return map.iter().copied().eq(kernel_name(section));
    }
    let Some(beginning) = map.strip_suffix(section.as_bytes()) else {
        return false;
    };
    let same = |(&of_map, of_object): (&u8, u8)| of_map == of_object || of_map == b'_';
    beginning.is_empty()
        || (beginning.len() <= object.len() && beginning.iter().zip(object.bytes()).all(same))
}

/// What the kernel takes of a name (`BPF_OBJ_NAME_LEN`).
fn kernel_name(section: &str) -> impl Iterator<Item = u8> {
    let allowed = |byte: u8| match byte {
        b'_' | b'.' => byte,
        _ if byte.is_ascii_alphanumeric() => byte,
        _ => b'_',
    };
    section.bytes().take(15).map(allowed)
}

#[cfg(test)]
mod tests {
    use super::is_name_of;

    #[test]
    fn sections_are_told_apart() {
        assert!(is_name_of(b"cubic.rodata", "cubic", ".rodata"));
        assert!(is_name_of(
            b"a_rathe.rodata",
            "a_rather_long_name",
            ".rodata"
        ));
        assert!(is_name_of(b"my_dash.data", "my-dash", ".data"));
        assert!(is_name_of(b".hidden.bss", ".hidden", ".bss"));
        assert!(is_name_of(b".data.mine", "cubic", ".data.mine"));
        assert!(is_name_of(
            b".bss.of_a_long_",
            "cubic",
            ".bss.of_a_long_name"
        ));
        assert!(is_name_of(b".bss.with_dash", "cubic", ".bss.with-dash"));
        assert!(!is_name_of(b".bss.with", "cubic", ".bss.with-dash"));
        assert!(!is_name_of(b".rodata.data", "cubic", ".data"));
        assert!(!is_name_of(b"cubic.rodata", "cubic", ".data"));
    }
}
