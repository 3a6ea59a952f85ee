//! What libbpf's headers declare.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The headers that user space includes, in the page's order.
pub(crate) const HEADERS: &[&str] = &[
    "libbpf.h",
    "bpf.h",
    "btf.h",
    "libbpf_common.h",
    "libbpf_version.h",
    "libbpf_legacy.h",
];

/// A function of libbpf's.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) header: &'static str,
    pub(crate) name: String,
    pub(crate) deprecated: bool,
}

/// All functions, in the order of the headers, each once.
pub(crate) fn functions() -> Vec<Function> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for header in HEADERS {
        let path = Path::new(env!("C_LIBBPF_INCLUDE")).join("bpf").join(header);
        let text = without_comments(&fs::read_to_string(path).unwrap());
        for function in declared(header, &text) {
            if seen.insert(function.name.clone()) {
                all.push(function);
            }
        }
    }
    all
}

fn declared(header: &'static str, text: &str) -> Vec<Function> {
    let mut found: Vec<(usize, Function)> = Vec::new();
    for (mark, end) in [("LIBBPF_API", ';'), ("static inline", '{')] {
        for (start, _) in text.match_indices(mark) {
            let rest = &text[start + mark.len()..];
            let declaration = &rest[..rest.find(end).unwrap()];
            let deprecated = declaration.contains("LIBBPF_DEPRECATED");
            let declaration = match declaration.split_once("LIBBPF_DEPRECATED") {
                Some((_, rest)) => rest.split_once(')').unwrap().1,
                None => declaration,
            };
            // `#define LIBBPF_API …` is none.
            let Some((before, _)) = declaration.split_once('(') else {
                continue;
            };
            if before.contains("__attribute__") {
                continue;
            }
            let name = before
                .rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .next();
            found.push((
                start,
                Function {
                    header,
                    name: name.unwrap().to_owned(),
                    deprecated,
                },
            ));
        }
    }
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, function)| function).collect()
}

fn without_comments(text: &str) -> String {
    let mut pieces = text.split("/*");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out += piece.split_once("*/").unwrap().1;
    }
    let lines = out.lines();
    lines
        .map(|line| line.split("//").next().unwrap().to_owned() + "\n")
        .collect()
}

/// All words of libbpf's headers, and of those in this folder.
pub(crate) fn words(own: &Path) -> BTreeSet<String> {
    let libbpf = Path::new(env!("C_LIBBPF_INCLUDE")).join("bpf");
    let files = [libbpf, own.to_owned()]
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path());
    files
        .flat_map(|file| {
            let text = fs::read_to_string(file).unwrap();
            let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            words.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn declarations_are_read() {
    let text = without_comments(
        "#define LIBBPF_API __attribute__((visibility(\"default\")))\n/* LIBBPF_API int no(void); */\n\
         LIBBPF_API struct a *first(int x,\n\tint y);\nstatic inline bool second(void)\n{ return f(); }\n\
         LIBBPF_API LIBBPF_DEPRECATED(\"old\") int *third(void); // LIBBPF_API int no(void);\n",
    );
    let functions = declared("x.h", &text);
    let names: Vec<_> = functions
        .iter()
        .map(|it| (it.name.as_str(), it.deprecated))
        .collect();
    assert_eq!(
        names,
        [("first", false), ("second", false), ("third", true)]
    );
}
