//! Reports as data.

use libbpf_safe::struct_ops::{Finding, FindingKind, Preflight, Severity};
use serde_json::json;
use std::path::Path;

pub(super) fn report(path: &Path, report: &Preflight) -> serde_json::Value {
    let findings: Vec<_> = report.findings().iter().map(finding).collect();
    json!({
        "file": path.display().to_string(),
        "refused": report.is_refused(),
        "findings": findings,
    })
}

fn finding(finding: &Finding) -> serde_json::Value {
    json!({
        "severity": match finding.severity {
            Severity::Refused => "refused",
            Severity::Dropped => "dropped",
            Severity::Unlikely => "unlikely",
        },
        "kind": match finding.kind {
            FindingKind::Problem(kind) => words(&format!("{kind:?}")),
            FindingKind::Rule => "rule".to_owned(),
            FindingKind::Signature => "signature".to_owned(),
            FindingKind::UnusedProgram => "unused_program".to_owned(),
            _ => "other".to_owned(),
        },
        "map": finding.map,
        "member": finding.member,
        "program": finding.program,
        "found": finding.found,
        "expected": finding.expected,
        "hint": finding.hint,
        "text": finding.to_string(),
    })
}

/// `KernelNoMember` as `kernel_no_member`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
