//! What a map says of other parts of its object, between open and load.

#![allow(unsafe_code)]

use super::{MapDefinition, OpenMap};
use crate::error::{Error, Result};

impl OpenMap<'_> {
    /// What the maps in this map of maps are like, where C says so; `None` for other maps, and where it does not.
    #[doc(alias = "bpf_map__inner_map")]
    pub fn inner_map(&self) -> Option<MapDefinition> {
        let inner = self.map.inner_map()?;
        Some(OpenMap::new(self.object, inner).definition())
    }

    /// The program that [alone](OpenMap::set_exclusive_program) may use the map, where one was set.
    #[doc(alias = "bpf_map__exclusive_program")]
    pub fn exclusive_program(&self) -> Option<&str> {
        let address = self.map.exclusive_program()?;
        let mut programs = self.object.object().programs();
        let program = programs.find(|program| program.address() == address)?;
        program.name().to_str().ok()
    }

    /// Lets only this program of the object use the map, and programs with the same instructions: the verifier refuses
    /// others that do. User space is not kept out.
    ///
    /// Since Linux 6.18.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    ///
    /// let mut open = OpenObject::from_file("signed.bpf.o")?;
    /// open.map_mut("loader_data")?.set_exclusive_program("loader")?;
    /// let object = open.load()?;
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such program. Whether the kernel knows such maps is seen at load.
    #[doc(alias = "bpf_map__set_exclusive_program")]
    pub fn set_exclusive_program(&mut self, program: &str) -> Result<()> {
        let index = self.object.program_index(program)?;
        let program = self.object.program(index)?;
        // SAFETY: bpf_map__set_exclusive_program wants exclusive use of the map, and a program of its object: this is its
        // only OpenMap, and both are of one OpenInner.
        unsafe { self.map.set_exclusive_program(program) }
            .map_err(|errno| Error::system(self.cannot("set the exclusive program of"), errno))
    }
}
