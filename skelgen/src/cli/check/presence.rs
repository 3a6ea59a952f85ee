//! What becomes of what a kernel lacks: of all, of one map, of one member.

use super::Failure;
use clap::{Args, ValueEnum};
use libbpf_safe::struct_ops::Presence;
use libbpf_safe::{OpenObject, OpenOptions};
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[derive(Args)]
pub(super) struct PresenceArguments {
    /// What becomes of what the kernel lacks
    #[arg(long, value_name = "WHAT", default_value = "require")]
    presence: PresenceArgument,
    /// This may be lacking, whatever --presence says: a map (its type, its link and all its members), or MAP.MEMBER
    #[arg(long, value_name = "WHERE")]
    drop: Vec<Place>,
    /// As --drop, and load writes a warning
    #[arg(long, value_name = "WHERE")]
    warn: Vec<Place>,
    /// This must be there, whatever --presence says
    #[arg(long, value_name = "WHERE")]
    require: Vec<Place>,
}

#[derive(Clone, Copy, ValueEnum)]
enum PresenceArgument {
    /// Load fails
    Require,
    /// It is left out, with a warning
    Warn,
    /// It is left out
    Drop,
}

impl PresenceArgument {
    fn presence(self) -> Presence {
        match self {
            PresenceArgument::Require => Presence::Require,
            PresenceArgument::Warn => Presence::Warn,
            PresenceArgument::Drop => Presence::Drop,
        }
    }
}

/// A struct_ops map, or one of its members: `ops`, `ops.flags`, `ops.nested.member`.
#[derive(Clone)]
struct Place {
    map: String,
    member: Option<String>,
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Place, Self::Err> {
        let (map, member) = match text.split_once('.') {
            Some((map, member)) => (map, Some(member)),
            None => (text, None),
        };
        if map.is_empty() || member.is_some_and(str::is_empty) {
            return Err("name a map, or a map's member as MAP.MEMBER");
        }
        Ok(Place {
            map: map.to_owned(),
            member: member.map(str::to_owned),
        })
    }
}

impl PresenceArguments {
    /// For each place, that it was not seen yet.
    pub(super) fn nowhere(&self) -> Vec<bool> {
        vec![false; self.places().count()]
    }

    /// What was said of places: of whole maps first, so that a member can be an exception.
    fn places(&self) -> impl Iterator<Item = (&Place, Presence)> {
        let said = [
            (&self.require, Presence::Require),
            (&self.warn, Presence::Warn),
            (&self.drop, Presence::Drop),
        ];
        let of = move |members| {
            let all = said.into_iter();
            let all =
                all.flat_map(|(places, presence)| places.iter().map(move |it| (it, presence)));
            all.filter(move |(place, _)| place.member.is_some() == members)
        };
        of(false).chain(of(true))
    }

    /// Opens an object and sets presence in it. Notes which places it has.
    pub(super) fn open(&self, path: &Path, found: &mut [bool]) -> Result<OpenObject, Failure> {
        let options = OpenOptions::new().presence(self.presence.presence());
        let mut open = options.open_file(path)?;
        let maps: Vec<_> = open.maps().map(|map| map.name().to_owned()).collect();
        for ((place, presence), found) in self.places().zip(found) {
            // Of several objects, one may have it.
            if !maps.contains(&place.map) {
                continue;
            }
            match &place.member {
                None => open.set_presence(&place.map, presence)?,
                Some(member) => open.set_member_presence(&place.map, member, presence)?,
            }
            *found = true;
        }
        Ok(open)
    }

    /// A place that none of the objects has is a mistake.
    pub(super) fn missing(&self, objects: &[PathBuf], found: &[bool]) -> Option<Failure> {
        let (missing, _) = self.places().zip(found).find(|(_, found)| !**found)?;
        let objects: Vec<_> = objects
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        Some(Failure::Refused(format!(
            "there is no struct_ops map `{}` in {}: `skelgen inspect` shows those that there are",
            missing.0.map,
            objects.join(", ")
        )))
    }
}
