//! `skelgen struct-ops`

mod dump;
mod list;
mod pins;
mod register;
mod registry;
mod unregister;

use super::output::Output;
use super::{Failure, Verdict};
use clap::{Args, Subcommand};
use std::path::PathBuf;

pub(super) const AFTER_HELP: &str = "\
MAP is a map's id, or its name: as the kernel keeps it, its first 15 bytes count.
All of it takes CAP_SYS_ADMIN, and register what the programs take beside.

Examples:
  skelgen struct-ops list
  skelgen struct-ops dump bpf_cubic
  skelgen struct-ops register tcp_cc.bpf.o /sys/fs/bpf/tcp
  skelgen struct-ops unregister bpf_cubic";

const AFTER_LIST_HELP: &str = "\
--json prints an object with maps and links. A map has id, name, type, state (not_registered, ready, in_force, unregistered)
and links, their ids; a link has id, map_id (null where it is detached) and pinned, its paths.

Examples:
  skelgen struct-ops list
  skelgen struct-ops list --json | jq '.maps[] | select(.state == \"in_force\") | .name'";

const AFTER_DUMP_HELP: &str = "\
--json prints an array with an object for each map: as list --json has it, with members as the kernel's type has them, and
programs, the id of each callback's.

Examples:
  skelgen struct-ops dump
  skelgen struct-ops dump bpf_cubic 42 --json";

const AFTER_REGISTER_HELP: &str = "\
A map in a .struct_ops section stays registered until it is unregistered. One in a .struct_ops.link section has a link, which
is pinned in LINK_DIR under the map's name. Either all maps are registered, or none.

--json prints an array with an object for each map: id, name, type and link, which has id and pinned, its path; null where
there is none.

Examples:
  skelgen struct-ops register tcp_cc.bpf.o /sys/fs/bpf/tcp
  skelgen struct-ops register plain.bpf.o";

const AFTER_UNREGISTER_HELP: &str = "\
The links that put the map in force are detached, whoever holds them, and their pins removed. A kernel before 6.11 detaches a
link only when nobody holds it: where another process does, it is told.

Examples:
  skelgen struct-ops unregister bpf_cubic
  skelgen struct-ops unregister 42";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the maps and links that are in the kernel
    #[command(after_help = AFTER_LIST_HELP)]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is in maps, by the kernel's types
    #[command(after_help = AFTER_DUMP_HELP)]
    Dump {
        /// Ids or names of maps; all, where there is none
        #[arg(value_name = "MAP")]
        maps: Vec<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Load an object and register its struct_ops maps
    #[command(after_help = AFTER_REGISTER_HELP)]
    Register {
        /// The object
        object: PathBuf,
        /// A folder in a BPF file system, made where there is none, in which links are pinned
        link_dir: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End the registration of maps
    #[command(after_help = AFTER_UNREGISTER_HELP)]
    Unregister {
        /// Ids or names of maps
        #[arg(required = true, value_name = "MAP")]
        maps: Vec<String>,
    },
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Verdict, Failure> {
    match &arguments.action {
        Action::List { json } => list::run(*json, output)?,
        Action::Dump { maps, json } => dump::run(maps, *json, output)?,
        Action::Register {
            object,
            link_dir,
            json,
        } => {
            register::run(object, link_dir.as_deref(), *json, output)?;
        }
        Action::Unregister { maps } => unregister::run(maps, output)?,
    }
    Ok(Verdict::Fine)
}
