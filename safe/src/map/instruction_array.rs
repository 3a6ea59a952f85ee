use super::typed::{array_length, typed_map};
use crate::error::Result;
use bytemuck::bytes_of;

typed_map! {
    /// Where instructions of a program end up: `BPF_MAP_TYPE_INSN_ARRAY`. Since Linux 6.19.
    ///
    /// It is filled in and [frozen](super::Map::freeze) before the program that uses it is loaded; load then
    /// tells where the instructions are.
    #[doc(alias = "BPF_MAP_TYPE_INSN_ARRAY")]
    InstructionArray<>: [INSN_ARRAY], size_of::<u32>(), size_of::<Value>()
}

/// `struct bpf_insn_array_value`: three offsets, and nothing.
type Value = [u32; 4];

/// Where one instruction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[doc(alias = "bpf_insn_array_value")]
pub struct InstructionOffsets {
    /// In the program as it was given to the kernel, in instructions of 8 bytes.
    pub original: u32,
    /// In the program as the verifier left it, in instructions; `u32::MAX` where it was removed.
    pub translated: u32,
    /// In the machine code, in bytes.
    pub compiled: u32,
}

array_length!(InstructionArray);

impl InstructionArray {
    /// The offsets at an index; `None` beyond the end.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<InstructionOffsets>> {
        let value: Option<Value> = self.map.lookup_as(bytes_of(&index), 0)?;
        Ok(
            value.map(|[original, translated, compiled, _]| InstructionOffsets {
                original,
                translated,
                compiled,
            }),
        )
    }

    /// Says which instruction of the program the index stands for, by its offset in instructions.
    ///
    /// # Errors
    ///
    /// The map is frozen, or the index is beyond the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, original: u32) -> Result<()> {
        let value: Value = [original, 0, 0, 0];
        self.map.update_with(bytes_of(&index), bytes_of(&value), 0)
    }
}
