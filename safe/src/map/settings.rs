//! What a map will be created with, changed between open and load.

#![allow(unsafe_code)]

use super::{CreateFlags, Map, MapType, OpenMap};
use crate::error::{Error, Result};
use crate::raw;
use libbpf_ffi as ffi;

impl OpenMap<'_> {
    /// What some types take beside flags, such as the number of hash functions of a bloom filter.
    #[doc(alias = "bpf_map__map_extra")]
    pub fn map_extra(&self) -> u64 {
        self.map.map_extra()
    }

    /// The node that the map's memory comes from, where one was set.
    #[doc(alias = "bpf_map__numa_node")]
    pub fn numa_node(&self) -> Option<u32> {
        (self.map.flags() & ffi::BPF_F_NUMA_NODE != 0).then(|| self.map.numa_node())
    }

    /// The network device that the map is offloaded to; 0 is none.
    #[doc(alias = "bpf_map__ifindex")]
    pub fn ifindex(&self) -> u32 {
        self.map.ifindex()
    }

    /// Sets the map's type, to one that its programs can use in the same way: a hash map that forgets in place
    /// of one that is full, say. A skeleton's typed handle then refuses the map at load.
    ///
    /// # Errors
    ///
    /// The map is a data section, or either type is one that libbpf fills or keeps memory for: a struct_ops map,
    /// an arena, a program array or a map of maps.
    #[doc(alias = "bpf_map__set_type")]
    pub fn set_map_type(&mut self, map_type: MapType) -> Result<()> {
        const WHAT: &str = "set the type of";
        self.check_changeable(WHAT)?;
        self.check_unfilled(WHAT, self.map_type())?;
        self.check_unfilled(WHAT, map_type)?;
        if matches!(map_type, MapType::STRUCT_OPS | MapType::ARENA) {
            let reason = format!("no map becomes a map of the type {map_type} at run time");
            return Err(self.refused(WHAT, &reason));
        }
        // SAFETY: bpf_map__set_type wants exclusive use of a map without memory or elements by its type: this is
        // its only OpenMap, and it was just looked at.
        let result = unsafe { self.map.set_type(map_type.0) };
        self.finish(WHAT, result)
    }

    /// Sets the size of a key in bytes. A skeleton's typed handle then refuses the map at load.
    ///
    /// # Errors
    ///
    /// The map is a data section, a struct_ops map, an arena, a program array or a map of maps, whose keys are as
    /// they are. Whether the kernel takes the size is seen at load.
    #[doc(alias = "bpf_map__set_key_size")]
    pub fn set_key_size(&mut self, bytes: u32) -> Result<()> {
        const WHAT: &str = "set the key size of";
        self.check_changeable(WHAT)?;
        self.check_unfilled(WHAT, self.map_type())?;
        // SAFETY: bpf_map__set_key_size wants exclusive use of a map that libbpf puts nothing into: this is its
        // only OpenMap, and it was just looked at.
        let result = unsafe { self.map.set_key_size(bytes) };
        self.finish(WHAT, result)
    }

    /// Sets the size of a value in bytes. A skeleton's typed handle then refuses the map at load.
    ///
    /// Data sections are made larger when the object is opened:
    /// [`OpenOptions::resize_section`](crate::OpenOptions::resize_section).
    ///
    /// # Errors
    ///
    /// The map is a data section, a struct_ops map, an arena, a program array or a map of maps, whose values are as
    /// they are. Whether the kernel takes the size is seen at load.
    #[doc(alias = "bpf_map__set_value_size")]
    pub fn set_value_size(&mut self, bytes: u32) -> Result<()> {
        const WHAT: &str = "set the value size of";
        if self.is_internal() {
            let reason = "it is a data section: resize it when the object is opened, by OpenOptions::resize_section";
            return Err(self.refused(WHAT, reason));
        }
        self.check_changeable(WHAT)?;
        self.check_unfilled(WHAT, self.map_type())?;
        // SAFETY: bpf_map__set_value_size wants exclusive use of a map without a mapping, that libbpf puts nothing
        // into: this is its only OpenMap, and it was just looked at.
        let result = unsafe { self.map.set_value_size(bytes) };
        self.finish(WHAT, result)
    }

    /// Sets the flags that the map will be created with, in place of those in the object.
    ///
    /// # Errors
    ///
    /// The map is a data section, a struct_ops map or an arena: their flags say how libbpf keeps their memory.
    #[doc(alias = "bpf_map__set_map_flags")]
    pub fn set_create_flags(&mut self, flags: CreateFlags) -> Result<()> {
        const WHAT: &str = "set the flags of";
        self.check_changeable(WHAT)?;
        // SAFETY: bpf_map__set_map_flags wants exclusive use of a map without memory of its own: this is its only
        // OpenMap, and it was just looked at.
        let result = unsafe { self.map.set_flags(flags.bits()) };
        self.finish(WHAT, result)
    }

    /// Sets what the type takes beside flags, such as the number of hash functions of a bloom filter.
    ///
    /// Since Linux 5.16.
    ///
    /// # Errors
    ///
    /// The map is a data section, a struct_ops map or an arena: an arena's is an address of this process, which
    /// the object file chooses.
    #[doc(alias = "bpf_map__set_map_extra")]
    pub fn set_map_extra(&mut self, extra: u64) -> Result<()> {
        const WHAT: &str = "set the map_extra of";
        self.check_changeable(WHAT)?;
        // SAFETY: bpf_map__set_map_extra wants exclusive use of a map that is no arena: this is its only OpenMap,
        // and it was just looked at.
        let result = unsafe { self.map.set_map_extra(extra) };
        self.finish(WHAT, result)
    }

    /// Sets the node that the map's memory comes from, with the flag that makes the kernel look at it; `None`
    /// leaves it to the kernel.
    ///
    /// Since Linux 4.14; not every type of map takes one.
    ///
    /// # Errors
    ///
    /// The map is a data section, a struct_ops map or an arena. Whether there is such a node is seen at load.
    #[doc(alias = "bpf_map__set_numa_node")]
    #[doc(alias = "BPF_F_NUMA_NODE")]
    pub fn set_numa_node(&mut self, node: Option<u32>) -> Result<()> {
        const WHAT: &str = "set the NUMA node of";
        self.check_changeable(WHAT)?;
        let others = self.map.flags() & !ffi::BPF_F_NUMA_NODE;
        let flag = node.map_or(0, |_| ffi::BPF_F_NUMA_NODE);
        // SAFETY: bpf_map__set_numa_node wants exclusive use of a map without memory of its own: this is its only
        // OpenMap, and it was just looked at.
        let result = unsafe { self.map.set_numa_node(node.unwrap_or_default()) };
        self.finish(WHAT, result)?;
        // SAFETY: bpf_map__set_map_flags, as above.
        let result = unsafe { self.map.set_flags(others | flag) };
        self.finish(WHAT, result)
    }

    /// Sets the network device that the map is offloaded to; 0 is none.
    ///
    /// Since Linux 4.16; few devices take maps.
    ///
    /// # Errors
    ///
    /// None with this libbpf, before load. Whether the device takes the map is seen at load.
    #[doc(alias = "bpf_map__set_ifindex")]
    pub fn set_ifindex(&mut self, device: u32) -> Result<()> {
        // SAFETY: bpf_map__set_ifindex wants exclusive use of the map: this is its only OpenMap.
        let result = unsafe { self.map.set_ifindex(device) };
        self.finish("set the network device of", result)
    }

    /// Says which map the maps in this map of maps are like, in place of what C says. It is looked at by load,
    /// and kept open until then.
    ///
    /// Since Linux 4.12.
    ///
    /// # Errors
    ///
    /// This is no map of maps.
    #[doc(alias = "bpf_map__set_inner_map_fd")]
    pub fn set_inner_map(&mut self, like: &Map) -> Result<()> {
        if !is_of_maps(self.map_type()) {
            return Err(self.refused("set the inner map of", "it is no map of maps"));
        }
        self.object.set_inner_map(self.map.address(), like.clone());
        Ok(())
    }

    /// An error where libbpf keeps memory for the map, which goes by the map's settings.
    fn check_changeable(&self, what: &str) -> Result<()> {
        self.definition().check_shareable(&self.cannot(what))
    }

    /// An error where libbpf may put in elements, in the size and kind that it takes this type to have.
    fn check_unfilled(&self, what: &str, map_type: MapType) -> Result<()> {
        if map_type == MapType::PROG_ARRAY || is_of_maps(map_type) {
            let reason = format!("libbpf puts in the elements of a map of the type {map_type}");
            return Err(self.refused(what, &reason));
        }
        Ok(())
    }

    fn finish(&self, what: &str, result: raw::Result<()>) -> Result<()> {
        result.map_err(|errno| Error::system(self.cannot(what), errno))
    }
}

fn is_of_maps(map_type: MapType) -> bool {
    matches!(map_type, MapType::ARRAY_OF_MAPS | MapType::HASH_OF_MAPS)
}
