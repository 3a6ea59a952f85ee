//! `skelgen struct-ops list`

use super::registry::{Entry, Link, Registry};
use crate::cli::Failure;
use crate::cli::output::{Look, Output};
use crate::cli::table::Table;
use serde_json::json;

pub(super) fn run(as_json: bool, output: &mut Output) -> Result<(), Failure> {
    let registry = Registry::read()?;
    if as_json {
        let maps: Vec<_> = registry.maps.iter().map(map_as_json).collect();
        let links: Vec<_> = registry.links.iter().map(link_as_json).collect();
        return output.line(format_args!(
            "{:#}",
            json!({ "maps": maps, "links": links })
        ));
    }
    if registry.maps.is_empty() && registry.links.is_empty() {
        return output.line("there are no struct_ops maps");
    }
    let mut table = Table::default();
    for entry in &registry.maps {
        let of_map = registry.links.iter();
        let links: Vec<_> = of_map
            .filter(|link| link.map_id == Some(entry.map.id()))
            .map(link_as_text)
            .collect();
        table.row([
            (Look::Plain, entry.map.id().to_string()),
            (Look::Name, entry.map.name().to_owned()),
            (Look::Plain, entry.type_name.clone()),
            (look(entry.state()), entry.state().replace('_', " ")),
            (Look::Faint, links.join(", ")),
        ]);
    }
    for link in registry.links.iter().filter(|link| link.map_id.is_none()) {
        table.row([
            (Look::Plain, String::new()),
            (Look::Name, String::new()),
            (Look::Plain, String::new()),
            (Look::Warning, "detached".to_owned()),
            (Look::Faint, link_as_text(link)),
        ]);
    }
    table.write(output, 0)
}

fn look(state: &str) -> Look {
    match state {
        "in_force" => Look::Good,
        "unregistered" => Look::Warning,
        _ => Look::Plain,
    }
}

pub(super) fn link_as_text(link: &Link) -> String {
    let mut text = format!("link {}", link.id);
    for (index, path) in link.pinned.iter().enumerate() {
        let before = if index == 0 { " pinned at" } else { " and" };
        text.push_str(&format!("{before} {}", path.display()));
    }
    text
}

pub(super) fn map_as_json(entry: &Entry) -> serde_json::Value {
    json!({
        "id": entry.map.id(),
        "name": entry.map.name(),
        "type": entry.type_name,
        "state": entry.state(),
        "links": entry.links,
    })
}

fn link_as_json(link: &Link) -> serde_json::Value {
    let pinned = link.pinned.iter().map(|path| path.display().to_string());
    json!({
        "id": link.id,
        "map_id": link.map_id,
        "pinned": pinned.collect::<Vec<_>>(),
    })
}
