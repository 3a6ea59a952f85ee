//! The offsets of variables, as they are stored.

use super::{Btf, Linkage, Type};

/// The bytes of a variable's row, and those before its offset.
const ROW_LEN: usize = 12;
const BEFORE_OFFSET: usize = 4;

impl Btf {
    /// Global variables whose offset is another than `wanted` says for the section and the name: the place in
    /// [`raw`](Btf::raw), and the bytes that should be there.
    pub(crate) fn section_offsets_but(
        &self,
        wanted: impl Fn(&str, &str) -> Option<u32>,
    ) -> Vec<(usize, [u8; 4])> {
        let mut changes = Vec::new();
        for (id, ty) in self.types() {
            let (Type::DataSection(section), Some(rows)) = (ty, self.place_of_rows(id)) else {
                continue;
            };
            for (index, entry) in section.entries().enumerate() {
                let Ok(Type::Variable {
                    name,
                    linkage: Linkage::Global,
                    ..
                }) = self.get(entry.ty)
                else {
                    continue;
                };
                match wanted(section.name, name) {
                    Some(offset) if offset != entry.offset => {
                        let at = rows + index * ROW_LEN + BEFORE_OFFSET;
                        changes.push((at, self.endian().bytes(offset)));
                    }
                    _ => {}
                }
            }
        }
        changes
    }
}
