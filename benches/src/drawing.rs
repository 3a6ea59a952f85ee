//! The table as a picture: what each takes beside the first of its row.

use crate::report::Row;
use crate::sampling::Peer;
use std::fmt::Write;

const LINE: usize = 11;
const LEFT: usize = 300;
const WIDTH: usize = 900;
/// The ratio that the picture ends at; what is beyond is drawn as long, with its number.
const MOST: f64 = 4.0;

fn colour(peer: Peer) -> (&'static str, &'static str) {
    match peer {
        Peer::C => ("#9aa0a6", "C"),
        Peer::Safe => ("#1a73e8", "libbpf-safe"),
        Peer::LibbpfRs => ("#e8710a", "libbpf-rs"),
        Peer::Aya => ("#9334e6", "aya"),
    }
}

fn x(ratio: f64) -> f64 {
    LEFT as f64 + ratio.min(MOST) / MOST * (WIDTH - LEFT - 70) as f64
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub fn draw(machine: &str, groups: &[(&'static str, Vec<Row>)]) -> String {
    let mut body = String::new();
    let _ = write!(
        body,
        "<text x='10' y='20' class='h'>What each takes beside the first of its row; shorter is better</text>\n\
         <text x='10' y='36' class='s'>{}</text>\n",
        escape(machine)
    );
    for (index, peer) in [Peer::C, Peer::Safe, Peer::LibbpfRs, Peer::Aya]
        .into_iter()
        .enumerate()
    {
        let (colour, name) = colour(peer);
        let at = LEFT + index * 110;
        let _ = writeln!(
            body,
            "<rect x='{at}' y='43' width='9' height='9' fill='{colour}'/><text x='{}' y='51'>{name}</text>",
            at + 13
        );
    }
    let mut y = 62;
    for (name, rows) in groups {
        y += 14;
        let _ = writeln!(
            body,
            "<text x='10' y='{y}' class='h'>{}</text>",
            escape(name)
        );
        y += 6;
        for row in rows {
            let middle = y + row.taken.len() * LINE / 2 + 3;
            let _ = writeln!(
                body,
                "<text x='20' y='{middle}'>{}</text>",
                escape(&row.what)
            );
            for taken in &row.taken {
                let end = x(taken.ratio);
                let _ = writeln!(
                    body,
                    "<rect x='{LEFT}' y='{y}' width='{:.1}' height='{}' fill='{}'/>\
                     <text x='{:.1}' y='{}' class='s'>{:.2}</text>",
                    end - LEFT as f64,
                    LINE - 2,
                    colour(taken.peer).0,
                    end + 4.0,
                    y + LINE - 3,
                    taken.ratio
                );
                y += LINE;
            }
            y += 5;
        }
    }
    let one = x(1.0);
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{0}' viewBox='0 0 {WIDTH} {0}'>\n\
         <style>text{{font:11px sans-serif;fill:#202124}}text.h{{font-weight:bold;font-size:13px}}\
         text.s{{font-size:9px}}</style>\n<rect width='100%' height='100%' fill='white'/>\n{body}\
         <line x1='{one:.1}' y1='58' x2='{one:.1}' y2='{y}' stroke='#5f6368' stroke-dasharray='2 3'/>\n</svg>\n",
        y + 15
    )
}
