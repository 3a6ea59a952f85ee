//! Pages of the documentation have tables whose last column names the tests that prove a row. Here it is
//! proved that there are these tests.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_test_that_a_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tests = all_functions(root);
    let mut missing = Vec::new();
    let mut rows = 0;
    for page in files(&root.join("safe/src"), &["md"]) {
        let text = fs::read_to_string(&page).unwrap();
        for (row, names) in rows_with_tests(&text) {
            rows += 1;
            let page = page.strip_prefix(root).unwrap().display();
            if names.is_empty() {
                missing.push(format!("{page}: no test is named for {row:?}"));
            }
            for name in names.iter().filter(|name| !tests.contains(*name)) {
                missing.push(format!(
                    "{page}: there is no test `{name}`, named for {row:?}"
                ));
            }
        }
    }
    assert!(rows > 0, "no page has a table with tests");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_cookbooks_programs_are_there_and_short() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("safe/src/cookbook.md")).unwrap();
    let linked: BTreeSet<&str> = page
        .split("/blob/main/")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap())
        .collect();
    for path in &linked {
        let text = fs::read_to_string(root.join(path)).expect(path);
        assert!(text.lines().count() < 150, "{path} is long");
    }
    for program in files(&root.join("examples"), &["rs"]) {
        let path = program.strip_prefix(root).unwrap().to_str().unwrap();
        let is_program = path.contains("src/bin/") || path.ends_with("src/main.rs");
        if is_program {
            assert!(linked.contains(path), "the cookbook does not link {path}");
        }
    }
}

#[test]
fn a_table_is_read() {
    let page = "| what | tests |\n|---|---|\n| one | `a`, `b` |\n| two | by `c` |\n\n| x | y |\n|-|-|\n| `d` | `e` |\n";
    let rows = rows_with_tests(page);
    assert_eq!(
        rows,
        [
            ("one".to_owned(), vec!["a".to_owned(), "b".to_owned()]),
            ("two".to_owned(), vec!["c".to_owned()]),
        ]
    );
}

/// The first cell of each row, and the names in its last, of each table whose last column is `tests`.
fn rows_with_tests(page: &str) -> Vec<(String, Vec<String>)> {
    let mut rows = Vec::new();
    let mut of_tests = false;
    let mut first = true;
    for line in page.lines() {
        let Some(cells) = cells(line) else {
            first = true;
            of_tests = false;
            continue;
        };
        if first {
            of_tests = cells.last() == Some(&"tests");
            first = false;
        } else if of_tests && !cells[0].starts_with('-') {
            let row = cells.iter().find(|cell| !cell.is_empty()).unwrap();
            let names = cells.last().unwrap().split('`').skip(1).step_by(2);
            rows.push(((*row).to_owned(), names.map(str::to_owned).collect()));
        }
    }
    rows
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(cells.split('|').map(str::trim).collect())
}

/// The names of all functions in Rust and of the tests' functions in C; the programs in `ui`, each of which is a
/// test, as `ui/NAME.rs`.
fn all_functions(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in [
        "tests",
        "examples",
        "safe/src",
        "skelgen/src",
        "libbpf-ffi/tests",
    ] {
        for file in files(&root.join(folder), &["rs", "c"]) {
            if file.parent().unwrap().ends_with("ui") {
                names.insert(format!(
                    "ui/{}",
                    file.file_name().unwrap().to_str().unwrap()
                ));
            }
            let text = fs::read_to_string(&file).unwrap();
            for before in ["fn ", "static void ", "static int "] {
                names.extend(text.split(before).skip(1).map(leading_name));
            }
        }
    }
    names
}

fn leading_name(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

/// The files below a folder whose names end so; not what a build left there.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path
            .extension()
            .is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
