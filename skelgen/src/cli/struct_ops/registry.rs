//! What is in the kernel: maps, and the links that put them in force.

use super::pins;
use crate::cli::Failure;
use libbpf_safe::struct_ops::{
    KernelStructOpsMap, RegisteredValue, RegistrationState, SharedStructOpsLink,
};
use std::path::PathBuf;

/// The kernel keeps so many bytes of a name.
const NAME_LENGTH: usize = 15;

pub(super) struct Registry {
    pub(super) maps: Vec<Entry>,
    pub(super) links: Vec<Link>,
}

pub(super) struct Entry {
    pub(super) map: KernelStructOpsMap,
    pub(super) type_name: String,
    pub(super) value: RegisteredValue,
    pub(super) links: Vec<u32>,
}

pub(super) struct Link {
    pub(super) link: SharedStructOpsLink,
    pub(super) id: u32,
    /// There is none where the link was detached.
    pub(super) map_id: Option<u32>,
    pub(super) pinned: Vec<PathBuf>,
}

impl Registry {
    pub(super) fn read() -> Result<Registry, Failure> {
        let mut pins = pins::of_links();
        let mut links = Vec::new();
        // Before 5.8 there are no links.
        for link in SharedStructOpsLink::all().unwrap_or_default() {
            let info = link.info()?;
            links.push(Link {
                link,
                id: info.id,
                map_id: info.struct_ops_map_id().filter(|&id| id != 0),
                pinned: pins.remove(&info.id).unwrap_or_default(),
            });
        }
        let entry = |map: KernelStructOpsMap| {
            let of_map = links.iter().filter(|link| link.map_id == Some(map.id()));
            Ok(Entry {
                type_name: map.type_name()?,
                value: map.value()?,
                links: of_map.map(|link| link.id).collect(),
                map,
            })
        };
        let maps = KernelStructOpsMap::all()?.into_iter().map(entry);
        Ok(Registry {
            maps: maps.collect::<Result<_, Failure>>()?,
            links,
        })
    }

    /// The one map that is meant by an id or a name.
    pub(super) fn find(&self, wanted: &str) -> Result<&Entry, Failure> {
        let refused = |reason: &str| Failure::Refused(format!("{reason} `{wanted}`"));
        if let Ok(id) = wanted.parse::<u32>() {
            let found = self.maps.iter().find(|entry| entry.map.id() == id);
            return found.ok_or_else(|| refused("there is no struct_ops map with the id"));
        }
        let kept = wanted.as_bytes();
        let kept = kept.get(..NAME_LENGTH).unwrap_or(kept);
        let mut found = self
            .maps
            .iter()
            .filter(|entry| entry.map.name().as_bytes() == kept);
        match (found.next(), found.next()) {
            (Some(entry), None) => Ok(entry),
            (Some(first), Some(second)) => {
                let all = [first, second].into_iter().chain(found);
                let ids: Vec<_> = all.map(|entry| entry.map.id().to_string()).collect();
                Err(Failure::Refused(format!(
                    "`{wanted}` is the name of several struct_ops maps: name one by its id ({})",
                    ids.join(", ")
                )))
            }
            _ => Err(refused("there is no struct_ops map of the name")),
        }
    }
}

impl Entry {
    /// In one word, with a map's links taken into account.
    pub(super) fn state(&self) -> &'static str {
        match self.value.state() {
            RegistrationState::InUse => "in_force",
            RegistrationState::Ready if !self.links.is_empty() => "in_force",
            RegistrationState::Ready => "ready",
            RegistrationState::ToBeFreed => "unregistered",
            _ => "not_registered",
        }
    }
}
