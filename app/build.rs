//! Fails the build where a text is missing: a key used in code that no locale file has, a key without
//! Vietnamese or English, placeholders that differ between the two, or a key that nobody uses.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

/// Keys below these are put together at run time (`refusal.` and a code, `message.` and a kind, `deed.` and what was done); tests see to their completeness.
const DYNAMIC: [&str; 4] = ["refusal.", "field.", "message.", "deed."];

fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-changed=src");
    let mut faults = Vec::new();
    let texts = texts(&mut faults);
    let used = used();
    for key in used.keys() {
        if !texts.contains(key) {
            faults.push(format!("{}: no text for \"{key}\"", used[key]));
        }
    }
    for key in &texts {
        if !used.contains_key(key) && !DYNAMIC.iter().any(|start| key.starts_with(start)) {
            faults.push(format!("nobody uses the text \"{key}\""));
        }
    }
    if !faults.is_empty() {
        for fault in &faults {
            println!("cargo::error={fault}");
        }
        std::process::exit(1);
    }
}

fn texts(faults: &mut Vec<String>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in WalkDir::new("locales")
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| is(entry.path(), "json"))
    {
        let path = entry.path().display().to_string();
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        let file: BTreeMap<String, Value> = match serde_json::from_str(&text) {
            Ok(file) => file,
            Err(error) => {
                faults.push(format!("{path}: {error}"));
                continue;
            }
        };
        for (key, value) in file.into_iter().filter(|(key, _)| key != "_version") {
            let language = |code: &str| value.get(code).and_then(Value::as_str).unwrap_or_default();
            let (vi, en) = (language("vi"), language("en"));
            if vi.trim().is_empty() || en.trim().is_empty() {
                faults.push(format!("{path}: \"{key}\" lacks Vietnamese or English"));
            }
            if placeholders(vi) != placeholders(en) {
                faults.push(format!(
                    "{path}: \"{key}\" has other placeholders in English"
                ));
            }
            if !keys.insert(key.clone()) {
                faults.push(format!("{path}: \"{key}\" stands in two files"));
            }
        }
    }
    keys
}

/// The names in `%{name}`.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split("%{")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}

/// Keys in `t!("…")` and where they stand.
fn used() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for entry in WalkDir::new("src")
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| is(entry.path(), "rs"))
    {
        let source = fs::read_to_string(entry.path()).unwrap_or_default();
        let code: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        for (at, call) in code.match_indices("t!(") {
            // Not `format!(` and its like.
            if code[..at].ends_with(|before: char| before.is_alphanumeric()) {
                continue;
            }
            if let Some(key) = code[at + call.len()..]
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            {
                keys.insert(key.to_owned(), entry.path().display().to_string());
            }
        }
    }
    keys
}

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
