//! `skelgen struct-ops register`

use crate::cli::Failure;
use crate::cli::output::{Look, Output};
use libbpf_safe::OpenObject;
use libbpf_safe::map::MapType;
use libbpf_safe::struct_ops::{KernelStructOpsMap, StructOpsLink};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// `BPF_F_LINK`
const LINK: u32 = 1 << 13;

pub(super) fn run(
    object: &Path,
    link_dir: Option<&Path>,
    as_json: bool,
    output: &mut Output,
) -> Result<(), Failure> {
    let mut open = OpenObject::from_file(object)?;
    let maps: Vec<_> = open
        .maps()
        .filter(|map| map.map_type() == MapType::STRUCT_OPS && map.autocreate())
        .map(|map| (map.name().to_owned(), map.create_flags() & LINK != 0))
        .collect();
    let object = object.display();
    if maps.is_empty() {
        return Err(Failure::Refused(format!(
            "`{object}` has no struct_ops map that load creates"
        )));
    }
    if let (Some((name, _)), None) = (maps.iter().find(|(_, linked)| *linked), link_dir) {
        return Err(Failure::Refused(format!(
            "struct_ops map `{name}` of `{object}` has a link, which would end with this command: name a folder in a \
             BPF file system to pin it in, such as /sys/fs/bpf/{name}"
        )));
    }
    let loaded = open.load()?;
    let mut links = Vec::new();
    for (name, _) in &maps {
        // What is registered already is not, when one is refused: links end where they are dropped.
        links.push(loaded.struct_ops(name)?.attach()?);
    }
    let folder = link_dir.map(Folder::make).transpose()?;
    if let Some(folder) = &folder {
        pin(&mut links, folder.path)?;
    }
    let registered = links.iter().map(Registered::of);
    let registered = registered.collect::<Result<Vec<_>, _>>()?;
    for link in links {
        link.leave_registered()?;
    }
    if let Some(folder) = folder {
        folder.keep();
    }
    // After all is done: nobody may read it.
    if as_json {
        let maps: Vec<_> = registered.iter().map(Registered::as_json).collect();
        return output.line(format_args!("{:#}", serde_json::Value::Array(maps)));
    }
    registered.iter().try_for_each(|one| one.write(output))
}

/// Pins the links that can be, all or none.
fn pin(links: &mut [StructOpsLink], folder: &Path) -> Result<(), Failure> {
    for index in 0..links.len() {
        let Some(link) = links.get_mut(index) else {
            break;
        };
        if !link.map().has_link() {
            continue;
        }
        let path = folder.join(link.map().name());
        if let Err(error) = link.pin(path) {
            for pinned in links.iter_mut().take(index) {
                // Those without a link have no pin.
                let _ = pinned.unpin();
            }
            return Err(error.into());
        }
    }
    Ok(())
}

/// A map that is registered now.
struct Registered {
    id: u32,
    name: String,
    type_name: String,
    /// The link's id, and where it is pinned.
    link: Option<(u32, PathBuf)>,
}

impl Registered {
    fn of(link: &StructOpsLink) -> Result<Registered, Failure> {
        let id = link.map().to_map()?.info().id;
        let pinned = link.pin_path().map(Path::to_owned);
        Ok(Registered {
            id,
            name: link.map().name().to_owned(),
            type_name: KernelStructOpsMap::from_id(id)?.type_name()?,
            link: pinned
                .map(|path| Ok::<_, Failure>((link.info()?.id, path)))
                .transpose()?,
        })
    }

    fn write(&self, output: &mut Output) -> Result<(), Failure> {
        let name = output.paint(Look::Name, &self.name);
        let pinned = match &self.link {
            Some((id, path)) => format!(", link {id} pinned at {}", path.display()),
            None => String::new(),
        };
        let Registered { id, type_name, .. } = self;
        output.line(format_args!(
            "registered {name} ({type_name}): map {id}{pinned}"
        ))
    }

    fn as_json(&self) -> serde_json::Value {
        let link = self.link.as_ref();
        json!({
            "id": self.id,
            "name": self.name,
            "type": self.type_name,
            "link": link.map(|(id, path)| json!({ "id": id, "pinned": path.display().to_string() })),
        })
    }
}

/// A folder, removed again where it was made for nothing.
struct Folder<'a> {
    path: &'a Path,
    made: bool,
}

impl<'a> Folder<'a> {
    fn make(path: &'a Path) -> Result<Folder<'a>, Failure> {
        let made = !path.exists();
        if made {
            fs::create_dir(path).map_err(|error| {
                Failure::Refused(format!("cannot create {}: {error}", path.display()))
            })?;
        }
        Ok(Folder { path, made })
    }

    fn keep(mut self) {
        self.made = false;
    }
}

impl Drop for Folder<'_> {
    fn drop(&mut self) {
        if self.made {
            // It is empty, or somebody else uses it.
            let _ = fs::remove_dir(self.path);
        }
    }
}
