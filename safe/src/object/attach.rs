//! Attaching all of an object that no skeleton was generated for.

use super::loaded::Object;
use crate::error::Result;
use crate::link::Link;
use crate::map::MapType;
use crate::skeleton::{attach_program, attach_struct_ops};
use crate::struct_ops::{StructOpsLink, StructOpsMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What [`Object::attach`] has attached. When the last clone is dropped, all of it is detached.
#[derive(Clone, Default)]
#[must_use = "dropping the links detaches everything"]
pub struct Links {
    inner: Arc<Mutex<Attached>>,
}

/// Links with the names of what they attach, in the object's order.
#[derive(Debug, Default)]
pub(super) struct Attached {
    programs: Vec<(Box<str>, Link)>,
    struct_ops: Vec<(Box<str>, StructOpsLink)>,
}

/// A panic under the lock leaves nothing half-done: what is new is moved in as a whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Object {
    /// Attaches every program where its section says, and every struct_ops map. Programs whose section names no
    /// place, and what has its autoattach off or was not loaded, are left alone.
    ///
    /// The object does not keep the links: they keep the object. As long as the first ones are held, a second call
    /// returns the same, after attaching what was taken out of them.
    ///
    /// ```no_run
    /// use libbpf_safe::OpenObject;
    ///
    /// let object = OpenObject::from_file("prober.bpf.o")?.load()?;
    /// let links = object.attach()?;
    /// println!("{:?}", links.programs());
    /// let first = links.take_program("on_exec"); // this one ends by itself
    /// drop(links); // the others end
    /// # Ok::<(), libbpf_safe::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Program::attach`](crate::Program::attach) and [`StructOpsMap::attach`]. What this call attached is detached again.
    #[doc(alias = "bpf_object__attach_skeleton")]
    pub fn attach(&self) -> Result<Links> {
        let mut known = lock(&self.inner.attached);
        let links = known
            .upgrade()
            .map_or_else(Links::default, |inner| Links { inner });
        self.attach_missing(&mut links.lock())?;
        *known = Arc::downgrade(&links.inner);
        Ok(links)
    }

    fn attach_missing(&self, attached: &mut Attached) -> Result<()> {
        let mut programs = Vec::new();
        for program in self.programs() {
            if !has(&attached.programs, program.name()) {
                let link = attach_program(&program, &None)?;
                programs.extend(link.map(|link| (program.name().into(), link)));
            }
        }
        let mut struct_ops = Vec::new();
        for map in self.struct_ops_maps() {
            let map = map?;
            if !has(&attached.struct_ops, map.name()) {
                let link = attach_struct_ops(&map, &None)?;
                struct_ops.extend(link.map(|link| (map.name().into(), link)));
            }
        }
        attached.programs.extend(programs);
        attached.struct_ops.extend(struct_ops);
        Ok(())
    }

    /// All struct_ops maps, in the object's order, also those that were not created.
    pub fn struct_ops_maps(&self) -> impl Iterator<Item = Result<StructOpsMap>> + '_ {
        let maps = self.inner.object().maps();
        maps.filter(|map| MapType(map.kind()) == MapType::STRUCT_OPS)
            .map(|map| StructOpsMap::new(Arc::clone(&self.inner), map.address()))
    }
}

impl Links {
    fn lock(&self) -> MutexGuard<'_, Attached> {
        lock(&self.inner)
    }

    /// The names of the programs that are attached.
    pub fn programs(&self) -> Vec<String> {
        names(&self.lock().programs)
    }

    /// The names of the struct_ops maps that are attached.
    pub fn struct_ops(&self) -> Vec<String> {
        names(&self.lock().struct_ops)
    }

    /// Takes out the link of a program: it outlives the others. `None` where the program is not attached.
    #[must_use = "dropping a link detaches the program"]
    pub fn take_program(&self, name: &str) -> Option<Link> {
        take(&mut self.lock().programs, name)
    }

    /// Takes out the link of a struct_ops map: it outlives the others. `None` where the map is not attached.
    #[must_use = "dropping a link unregisters the map"]
    pub fn take_struct_ops(&self, map: &str) -> Option<StructOpsLink> {
        take(&mut self.lock().struct_ops, map)
    }

    /// Detaches everything, whoever has a clone of this.
    pub fn detach(&self) {
        let Attached {
            programs,
            struct_ops,
        } = std::mem::take(&mut *self.lock());
        // Not under the lock: the kernel may take its time.
        drop(struct_ops);
        drop(programs);
    }
}

fn has<T>(links: &[(Box<str>, T)], name: &str) -> bool {
    links.iter().any(|(other, _)| **other == *name)
}

fn names<T>(links: &[(Box<str>, T)]) -> Vec<String> {
    links.iter().map(|(name, _)| name.to_string()).collect()
}

fn take<T>(links: &mut Vec<(Box<str>, T)>, name: &str) -> Option<T> {
    let index = links.iter().position(|(other, _)| **other == *name)?;
    Some(links.remove(index).1)
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attached = self.lock();
        f.debug_struct("Links")
            .field("programs", &names(&attached.programs))
            .field("struct_ops", &names(&attached.struct_ops))
            .finish()
    }
}
