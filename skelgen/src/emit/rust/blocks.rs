//! Text that stands in the generated code as it is written here: prettyplease breaks the lines of macro
//! calls that it does not know anywhere.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// What stands in the code until [`Blocks::fill_in`].
const MARK: &str = "skelgen_block!(";

#[derive(Debug, Default)]
pub(super) struct Blocks {
    blocks: Vec<Vec<String>>,
}

impl Blocks {
    /// An item that becomes these lines.
    pub(super) fn add(&mut self, lines: Vec<String>) -> TokenStream {
        let number = Literal::usize_unsuffixed(self.blocks.len());
        self.blocks.push(lines);
        quote!(skelgen_block!(#number);)
    }

    /// Replaces each item by its lines, indented as it was, and sets items apart by empty lines.
    pub(super) fn fill_in(&self, code: &str) -> String {
        let mut filled = Filled::default();
        for line in code.lines() {
            let text = line.trim_start();
            let indent = line.len() - text.len();
            match self.block(text) {
                Some(lines) => lines.iter().for_each(|text| filled.line(indent, text)),
                None => filled.line(indent, text),
            }
        }
        filled.text
    }

    fn block(&self, text: &str) -> Option<&Vec<String>> {
        let number = text.strip_prefix(MARK)?.strip_suffix(");")?;
        self.blocks.get(number.parse::<usize>().ok()?)
    }
}

#[derive(Default)]
struct Filled {
    text: String,
    last: Last,
}

/// What the line before ended.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    /// A value of an enum, or an accessor: they stand close together.
    Entry,
    Statement,
    Block,
}

impl Filled {
    fn line(&mut self, indent: usize, text: &str) {
        let closes = text.starts_with(['}', ')', ']']);
        let separate = match self.last {
            Last::Nothing | Last::Entry => false,
            Last::Statement => begins_item(text),
            Last::Block => !closes,
        };
        if separate {
            self.text.push('\n');
        }
        self.last = if matches!(text, "}" | "};" | "});") {
            Last::Block
        } else if text.contains(": Self = ") || (text.contains(" => ") && text.ends_with(';')) {
            Last::Entry
        } else if text.ends_with(';') {
            Last::Statement
        } else {
            Last::Nothing
        };
        self.text.push_str(&format!("{:indent$}{text}\n", ""));
    }
}

fn begins_item(text: &str) -> bool {
    [
        "///",
        "#[",
        "impl ",
        "pub ",
        "bpf::bitfields",
        "bpf::init",
        "bpf::live",
        "bpf::members",
        "bpf::plain",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}
