//! What the library's source says that functions of libbpf are here: its `doc(alias)`es, with a link to each place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Field, Fields, ImplItem, Item, TraitItem, Type, UseTree, Visibility};

/// By alias: links to what has it.
pub(crate) struct Forms {
    links: BTreeMap<String, Vec<String>>,
}

impl Forms {
    pub(crate) fn read(source: &Path) -> Forms {
        let files: Vec<(Vec<String>, syn::File)> = rust_files(source)
            .into_iter()
            .map(|file| {
                let text = fs::read_to_string(&file).unwrap();
                (module(&file, source), syn::parse_file(&text).unwrap())
            })
            .collect();
        let mut reader = Reader {
            public: public_paths(&files),
            forms: BTreeMap::new(),
        };
        for (module, file) in &files {
            reader.items(module, &file.items);
        }
        let links = |places: BTreeSet<Place>| places.iter().map(Place::link).collect();
        let forms = reader.forms.into_iter();
        Forms {
            links: forms
                .map(|(alias, places)| (alias, links(places)))
                .collect(),
        }
    }

    pub(crate) fn of(&self, alias: &str) -> Option<&[String]> {
        self.links.get(alias).map(Vec::as_slice)
    }

    /// Of what is not written with a capital.
    pub(crate) fn aliases_of_functions(&self) -> impl Iterator<Item = &str> {
        let is_function = |link: &String| {
            let (shown, _) = link.split_once("`]").unwrap();
            let name = shown.rsplit([':', '`']).next().unwrap();
            name.starts_with(char::is_lowercase)
        };
        let links = self.links.iter();
        links
            .filter(move |(_, links)| links.iter().any(is_function))
            .map(|(alias, _)| alias.as_str())
    }

    pub(crate) fn aliases(&self) -> impl Iterator<Item = &str> {
        self.links.keys().map(String::as_str)
    }
}

/// A public item: what is shown of its path, and all of it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    shown: String,
    path: String,
}

impl Place {
    fn link(&self) -> String {
        format!("[`{}`]({})", self.shown, self.path)
    }
}

/// By the name of an item: the modules where it can be found.
type Public = BTreeMap<String, BTreeSet<Vec<String>>>;

struct Reader {
    public: Public,
    forms: BTreeMap<String, BTreeSet<Place>>,
}

impl Reader {
    /// The public path of an item that is defined in a module: of those of its name the one that is nearest.
    fn path(&self, module: &[String], name: &str) -> Option<String> {
        let common = |path: &Vec<String>| {
            let pairs = path.iter().zip(module);
            pairs.take_while(|(one, other)| one == other).count()
        };
        let nearest = self
            .public
            .get(name)?
            .iter()
            .max_by_key(|path| (common(path), usize::MAX - path.len()))?;
        let module: String = nearest.iter().map(|part| format!("{part}::")).collect();
        Some(format!("crate::{module}{name}"))
    }

    fn items(&mut self, module: &[String], items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(it) => self.item(module, &it.attrs, &it.sig.ident),
                Item::Const(it) => self.item(module, &it.attrs, &it.ident),
                Item::Type(it) => self.item(module, &it.attrs, &it.ident),
                Item::Struct(it) => {
                    self.item(module, &it.attrs, &it.ident);
                    self.fields(module, &it.ident, &it.fields);
                }
                Item::Enum(it) => {
                    self.item(module, &it.attrs, &it.ident);
                    for variant in &it.variants {
                        self.member(module, &it.ident, &variant.attrs, &variant.ident);
                    }
                }
                Item::Trait(it) => {
                    self.item(module, &it.attrs, &it.ident);
                    for item in &it.items {
                        if let TraitItem::Fn(function) = item {
                            self.member(module, &it.ident, &function.attrs, &function.sig.ident);
                        }
                    }
                }
                Item::Impl(it) => {
                    if let Some(name) = self_name(&it.self_ty) {
                        for item in &it.items {
                            match item {
                                ImplItem::Fn(it) => {
                                    self.member(module, &name, &it.attrs, &it.sig.ident);
                                }
                                ImplItem::Const(it) => {
                                    self.member(module, &name, &it.attrs, &it.ident);
                                }
                                _ => {}
                            }
                        }
                    }
                }
                Item::Mod(it) => {
                    if let Some((_, items)) = &it.content {
                        self.items(module, items);
                    }
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, module: &[String], of: &syn::Ident, fields: &Fields) {
        for Field { attrs, ident, .. } in fields {
            if let Some(ident) = ident {
                self.member(module, of, attrs, ident);
            }
        }
    }

    fn item(&mut self, module: &[String], attributes: &[Attribute], name: &syn::Ident) {
        for alias in aliases(attributes) {
            if let Some(path) = self.path(module, &name.to_string()) {
                let shown = name.to_string();
                self.forms
                    .entry(alias)
                    .or_default()
                    .insert(Place { shown, path });
            }
        }
    }

    fn member(
        &mut self,
        module: &[String],
        of: &syn::Ident,
        attributes: &[Attribute],
        name: &syn::Ident,
    ) {
        for alias in aliases(attributes) {
            if let Some(path) = self.path(module, &of.to_string()) {
                let place = Place {
                    shown: format!("{of}::{name}"),
                    path: format!("{path}::{name}"),
                };
                self.forms.entry(alias).or_default().insert(place);
            }
        }
    }
}

fn self_name(ty: &Type) -> Option<syn::Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
        _ => None,
    }
}

/// `#[doc(alias = "…")]`
fn aliases(attributes: &[Attribute]) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|it| it.path().is_ident("doc")) {
        // `#[doc = "…"]` has nothing nested.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("alias") {
                let alias: syn::LitStr = meta.value()?.parse()?;
                found.push(alias.value());
            }
            Ok(())
        });
    }
    found
}

/// What others can name, from what modules that others can name define and re-export.
fn public_paths(files: &[(Vec<String>, syn::File)]) -> Public {
    let mut public = Public::new();
    let mut modules = vec![Vec::new()];
    while let Some(module) = modules.pop() {
        let Some((_, file)) = files.iter().find(|(path, _)| *path == module) else {
            continue;
        };
        for item in &file.items {
            let (visibility, name) = match item {
                Item::Mod(it) if matches!(it.vis, Visibility::Public(_)) => {
                    let mut inner = module.clone();
                    inner.push(it.ident.to_string());
                    modules.push(inner);
                    continue;
                }
                Item::Use(it) if matches!(it.vis, Visibility::Public(_)) => {
                    for name in used(&it.tree) {
                        public.entry(name).or_default().insert(module.clone());
                    }
                    continue;
                }
                Item::Fn(it) => (&it.vis, &it.sig.ident),
                Item::Const(it) => (&it.vis, &it.ident),
                Item::Type(it) => (&it.vis, &it.ident),
                Item::Struct(it) => (&it.vis, &it.ident),
                Item::Enum(it) => (&it.vis, &it.ident),
                Item::Trait(it) => (&it.vis, &it.ident),
                _ => continue,
            };
            if matches!(visibility, Visibility::Public(_)) {
                let at = public.entry(name.to_string()).or_default();
                at.insert(module.clone());
            }
        }
    }
    public
}

fn used(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => used(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(name) => vec![name.rename.to_string()],
        UseTree::Glob(_) => Vec::new(),
        UseTree::Group(group) => group.items.iter().flat_map(used).collect(),
    }
}

/// `map/loaded.rs` is `map::loaded`, `map/mod.rs` is `map`, `lib.rs` is the root.
fn module(file: &Path, source: &Path) -> Vec<String> {
    let path = file.strip_prefix(source).unwrap().with_extension("");
    let mut parts: Vec<String> = path
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if matches!(parts.last().unwrap().as_str(), "mod" | "lib") {
        parts.pop();
    }
    parts
}

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
