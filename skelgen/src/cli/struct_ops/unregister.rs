//! `skelgen struct-ops unregister`

use super::registry::{Entry, Link, Registry};
use crate::cli::Failure;
use crate::cli::output::{Look, Output};
use libbpf_safe::struct_ops::SharedStructOpsLink;
use std::time::{Duration, Instant};
use std::{fs, thread};

const EOPNOTSUPP: i32 = 95;

/// The kernel lets go of a link a moment after its last pin is removed.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn run(wanted: &[String], output: &mut Output) -> Result<(), Failure> {
    let mut registry = Registry::read()?;
    // All names are looked at before anything is done.
    let ids = wanted
        .iter()
        .map(|wanted| registry.find(wanted).map(|entry| entry.map.id()));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        let Some(entry) = registry.maps.iter().find(|entry| entry.map.id() == id) else {
            continue;
        };
        if entry.map.has_link() {
            let (of_map, others) = registry
                .links
                .into_iter()
                .partition(|link| link.map_id == Some(id));
            registry.links = others;
            end_links(entry, of_map)?;
        } else {
            entry.map.unregister()?;
        }
        let name = output.paint(Look::Name, entry.map.name());
        output.line(format_args!(
            "unregistered {name} ({}): map {id}",
            entry.type_name
        ))?;
    }
    Ok(())
}

fn end_links(entry: &Entry, links: Vec<Link>) -> Result<(), Failure> {
    if links.is_empty() {
        return Err(Failure::Refused(format!(
            "no link puts struct_ops map `{}` with id {} in force",
            entry.map.name(),
            entry.map.id()
        )));
    }
    for link in links {
        let detached = link.link.detach();
        for path in &link.pinned {
            fs::remove_file(path).map_err(|error| {
                Failure::Refused(format!("cannot remove the pin {}: {error}", path.display()))
            })?;
        }
        match detached {
            Ok(()) => {}
            // Kernels before 6.11: it is gone when nobody holds it.
            Err(error) if error.raw_os_error() == Some(EOPNOTSUPP) => wait(link.id)?,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn wait(link: u32) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    while SharedStructOpsLink::from_id(link).is_ok() {
        if Instant::now() > deadline {
            return Err(Failure::Refused(format!(
                "link {link} is held by a process, and this kernel cannot detach it (Linux 6.11 can): end the process"
            )));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
