use super::typed::{array_length, typed_map};
use crate::error::Result;
use crate::program::Program;
use bytemuck::bytes_of;
use std::os::fd::AsRawFd;

typed_map! {
    /// Programs by index, for tail calls: `BPF_MAP_TYPE_PROG_ARRAY`.
    ///
    /// The kernel empties it when no process and no pin holds the map any more, also where programs use
    /// it.
    #[doc(alias = "BPF_MAP_TYPE_PROG_ARRAY")]
    ProgramArray<>: [PROG_ARRAY], size_of::<u32>(), size_of::<u32>()
}

array_length!(ProgramArray);

impl ProgramArray {
    /// The id of the program at an index; `None` where there is none.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, index: u32) -> Result<Option<u32>> {
        self.map.lookup_as(bytes_of(&index), 0)
    }

    /// Puts a program at an index, in the place of what was there.
    ///
    /// # Errors
    ///
    /// The program was not loaded, is of another type than the programs that are in or use the array, or
    /// the index is beyond the end.
    #[doc(alias = "bpf_map_update_elem")]
    pub fn update(&self, index: u32, program: &Program) -> Result<()> {
        let fd = program.fd()?;
        self.map
            .update_with(bytes_of(&index), bytes_of(&fd.as_raw_fd()), 0)
    }

    /// Takes the program at an index out; whether there was one.
    ///
    /// # Errors
    ///
    /// The index is beyond the end.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, index: u32) -> Result<bool> {
        self.map.delete_bytes(bytes_of(&index))
    }
}
