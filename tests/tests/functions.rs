//! The page `functions.md` of the documentation: every function of libbpf's headers, with its form here or the reason
//! why there is none.
//!
//! `BLESS=1 cargo test -p libbpf-tests --test functions` writes the page again, from the aliases in the source and from
//! `functions/reasons.txt`. Whether its links lead anywhere rustdoc finds out.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "functions/forms.rs"]
mod forms;
#[path = "functions/headers.rs"]
mod headers;
#[path = "functions/page.rs"]
mod page;

use forms::Forms;
use page::Reasons;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn reasons_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions/reasons.txt")
}

fn blessing() -> bool {
    env::var_os("BLESS").is_some_and(|value| value == "1")
}

#[test]
fn every_function_of_libbpf_has_a_form_or_a_reason() {
    let functions = headers::functions();
    assert!(functions.len() > 380, "{} functions", functions.len());
    let forms = Forms::read(&root().join("safe/src"));
    let mut reasons = Reasons::read(&fs::read_to_string(reasons_file()).unwrap());
    if blessing() {
        reasons.forget(|name| forms.of(name).is_some());
        fs::write(reasons_file(), reasons.to_text()).unwrap();
    }
    let mut wrong = Vec::new();
    for function in &functions {
        match (forms.of(&function.name), reasons.of(&function.name)) {
            (None, None) => wrong.push(format!("{} has neither form nor reason", function.name)),
            (Some(_), Some(_)) => wrong.push(format!("{} has a form and a reason", function.name)),
            _ => {}
        }
    }
    for name in reasons.unused(&functions) {
        wrong.push(format!("{name}, which has a reason, is in no header"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let text = page::text(&functions, &forms, &reasons);
    let file = root().join("safe/src/functions.md");
    if blessing() {
        fs::write(&file, text).unwrap();
    } else {
        let stale = "functions.md is stale: BLESS=1 cargo test -p libbpf-tests --test functions";
        assert!(fs::read_to_string(file).unwrap() == text, "{stale}");
    }
}

/// An alias of a function that is written like a name of libbpf's is one. Types also have names of the kernel's.
#[test]
fn every_alias_of_a_function_is_a_name_of_libbpf() {
    let known = headers::words(&root().join("vendor/include"));
    let forms = Forms::read(&root().join("safe/src"));
    let unknown: BTreeSet<&str> = forms
        .aliases_of_functions()
        .filter(|alias| is_like_libbpf(alias) && !known.contains(*alias))
        .collect();
    assert!(unknown.is_empty(), "no header has {unknown:?}");
}

fn is_like_libbpf(alias: &str) -> bool {
    let prefixes = [
        "bpf_",
        "btf_",
        "libbpf_",
        "ring_",
        "user_ring_",
        "perf_buffer_",
    ];
    alias.contains("__") || prefixes.iter().any(|prefix| alias.starts_with(prefix))
}

/// What syn does not see, such as what stands in a macro's arguments, would be missing from the page.
#[test]
fn every_alias_is_seen() {
    let source = root().join("safe/src");
    let forms = Forms::read(&source);
    let seen: BTreeSet<&str> = forms.aliases().collect();
    let functions = headers::functions();
    let is_function = |alias: &str| functions.iter().any(|function| function.name == alias);
    for file in forms::rust_files(&source) {
        let text = fs::read_to_string(&file).unwrap();
        for rest in text.split("doc(alias = \"").skip(1) {
            let alias = rest.split('"').next().unwrap();
            let file = file.display();
            assert!(
                seen.contains(alias) || !is_function(alias),
                "{alias} of {file} is at nothing public"
            );
        }
    }
}
