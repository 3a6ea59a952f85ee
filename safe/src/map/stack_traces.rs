use super::Keys;
use super::typed::typed_map;
use crate::error::Result;
use bytemuck::bytes_of;

typed_map! {
    /// Stacks that programs recorded with `bpf_get_stackid`, by the id that it returned:
    /// `BPF_MAP_TYPE_STACK_TRACE`. Since Linux 4.6.
    #[doc(alias = "BPF_MAP_TYPE_STACK_TRACE")]
    StackTraces<>: [STACK_TRACE], size_of::<u32>(), None
}

impl StackTraces {
    /// The instruction pointers of a stack, the innermost first; `None` where there is none. With
    /// `BPF_F_STACK_BUILD_ID` the map holds other records: use [`as_map`](StackTraces::as_map) then.
    ///
    /// # Errors
    ///
    /// The kernel refuses, such as to a process that may only write.
    #[doc(alias = "bpf_map_lookup_elem")]
    pub fn lookup(&self, id: u32) -> Result<Option<Vec<u64>>> {
        let Some(bytes) = self.map.lookup_bytes(bytes_of(&id))? else {
            return Ok(None);
        };
        let addresses = bytes
            .chunks_exact(size_of::<u64>())
            .filter_map(|bytes| bytemuck::try_pod_read_unaligned(bytes).ok())
            .take_while(|&address: &u64| address != 0);
        Ok(Some(addresses.collect()))
    }

    /// Forgets a stack; whether there was one.
    ///
    /// # Errors
    ///
    /// User space may only read the map.
    #[doc(alias = "bpf_map_delete_elem")]
    pub fn delete(&self, id: u32) -> Result<bool> {
        self.map.delete_bytes(bytes_of(&id))
    }

    /// The ids of all stacks.
    #[doc(alias = "bpf_map_get_next_key")]
    pub fn ids(&self) -> Keys<'_, u32> {
        Keys::new(&self.map)
    }
}
