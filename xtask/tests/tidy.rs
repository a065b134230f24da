//! What the compiler does not check about where things belong. Reads the sources as text.
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Longer files are parted by what they are about.
const LINES: usize = 700;

#[test]
fn slices_use_only_slices_before_them() {
    let order = slice_order();
    let mut faults = Vec::new();
    for source in sources("market/src", "rs") {
        let Some(slice) = slice_of(&source.path) else {
            continue;
        };
        let Some(own) = order.get(&slice) else {
            faults.push(format!(
                "{}: {slice} has no place in the line `Order:` of market/src/lib.rs",
                source.name()
            ));
            continue;
        };
        for (line, code) in source.code() {
            for used in crate_paths(code) {
                let is_before = order.get(&used).is_some_and(|place| place < own);
                if used != slice && order.contains_key(&used) && !is_before {
                    faults.push(source.fault(line, &format!("{slice} uses {used}, not before it")));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn crates_keep_to_what_they_are_for() {
    let mut faults = Vec::new();
    for (folder, foreign) in [
        ("market/src", &["axum", "leptos"][..]),
        ("app/src", &["sqlx"]),
    ] {
        for source in sources(folder, "rs") {
            for (line, code) in source.code() {
                for name in foreign.iter().filter(|name| has_word(code, name)) {
                    faults.push(source.fault(line, &format!("names {name}")));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn sql_stands_in_queries_and_commands() {
    const PLACES: [&str; 6] = [
        "queries",
        "commands",
        "kernel",
        "queries.rs",
        "commands.rs",
        "rows.rs",
    ];
    let mut faults = Vec::new();
    for source in ["market/src", "app/src", "server/src"]
        .iter()
        .flat_map(|folder| sources(folder, "rs"))
    {
        let mut parts = source.path.iter().filter_map(|part| part.to_str());
        if parts.any(|part| PLACES.contains(&part)) {
            continue;
        }
        for (line, code) in source.code() {
            for name in ["query!", "query_as!", "query_scalar!", "QueryBuilder"] {
                if has_word(code, name) {
                    faults.push(source.fault(line, &format!("{name} belongs in queries.rs")));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn islands_stand_in_islands_rs() {
    let mut faults = Vec::new();
    for source in sources("app/src", "rs") {
        if source.path.ends_with("islands.rs") {
            continue;
        }
        for (line, code) in source.code() {
            if code.trim_start().starts_with("#[island") {
                faults.push(source.fault(line, "an island outside islands.rs"));
            }
        }
    }
    none(&faults);
}

#[test]
fn pages_have_no_inline_styles_and_handlers() {
    let mut faults = Vec::new();
    for source in sources("app/src", "rs") {
        let is_island = source.path.ends_with("islands.rs");
        for (line, code) in source.code() {
            if has_style_attribute(code) {
                faults.push(source.fault(line, "a style attribute; write a class"));
            }
            if !is_island && let Some(handler) = handler(code) {
                faults.push(source.fault(line, &format!("{handler} outside an island")));
            }
        }
    }
    none(&faults);
}

#[test]
fn classes_have_a_style() {
    let styled: BTreeSet<String> = sources("style", "css")
        .iter()
        .flat_map(|source| css_classes(&source.text))
        .collect();
    let mut faults = Vec::new();
    for source in sources("app/src", "rs") {
        for (line, code) in source.code() {
            for class in literal_classes(code).filter(|class| !styled.contains(*class)) {
                faults.push(source.fault(line, &format!("no style knows .{class}")));
            }
        }
    }
    none(&faults);
}

#[test]
fn files_stay_short_enough_to_read() {
    let mut faults = Vec::new();
    for folder in ["market", "app", "server", "xtask"] {
        for source in sources(folder, "rs") {
            let lines = source.text.lines().count();
            if lines > LINES {
                faults.push(source.fault(lines, &format!("more than {LINES} lines")));
            }
        }
    }
    none(&faults);
}

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        let inner = self.path.strip_prefix(root()).unwrap_or(&self.path);
        inner.display().to_string()
    }

    fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.name())
    }

    /// Lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(index, line)| (index + 1, line.split(" // ").next().unwrap_or(line)))
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
}

fn sources(folder: &str, ending: &str) -> Vec<Source> {
    WalkDir::new(root().join(folder))
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .map(|path| Source {
            text: fs::read_to_string(&path).expect("sources are text"),
            path,
        })
        .collect()
}

/// The place of each slice in the line `//! Order: a | b, c | d` of market. Those between two bars stand side
/// by side: in the order in which they are written.
fn slice_order() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(root().join("market/src/lib.rs")).expect("market has a lib.rs");
    text.lines()
        .find_map(|line| line.strip_prefix("//! Order: "))
        .expect("market/src/lib.rs tells the order of the slices")
        .split(['|', ','])
        .enumerate()
        .map(|(place, name)| (name.trim().to_owned(), place))
        .collect()
}

/// `market/src/orders/types.rs` and `market/src/orders.rs` belong to `orders`, `lib.rs` to nobody.
fn slice_of(path: &Path) -> Option<String> {
    let inner = path.strip_prefix(root().join("market/src")).ok()?;
    let first = inner.iter().next()?.to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then(|| name.to_owned())
}

/// The first name after each `crate::` of a line, and all first names of `crate::{a, b}`.
fn crate_paths(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(is_word) {
            continue;
        }
        let after = &code[at + found.len()..];
        let Some(group) = after.strip_prefix('{') else {
            names.push(first_name(after));
            continue;
        };
        let mut depth = 0;
        let mut part = String::new();
        for char in group.chars() {
            match char {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(first_name(&std::mem::take(&mut part))),
                _ => part.push(char),
            }
            if depth < 0 {
                break;
            }
        }
        names.push(first_name(&part));
    }
    names
}

fn first_name(path: &str) -> String {
    path.trim().chars().take_while(|it| is_word(*it)).collect()
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(is_word) && !code[at + word.len()..].starts_with(is_word)
    })
}

/// ` style=` in a tag, not a variable of that name.
fn has_style_attribute(code: &str) -> bool {
    code.split(" style=")
        .skip(1)
        .any(|after| !after.starts_with(['=', ' ']))
}

/// `on:click=`, `onclick=` and their like.
fn handler(code: &str) -> Option<&str> {
    code.split_whitespace().find(|word| {
        let Some(rest) = word.strip_prefix("on") else {
            return false;
        };
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        rest.split_once('=').is_some_and(|(event, value)| {
            let is_event = !event.is_empty() && event.chars().all(|it| it.is_ascii_lowercase());
            is_event && !value.is_empty() && !value.starts_with('=')
        })
    })
}

fn literal_classes(code: &str) -> impl Iterator<Item = &str> {
    code.split(" class=\"")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .flat_map(str::split_whitespace)
}

/// `.name` wherever a selector may stand.
fn css_classes(css: &str) -> Vec<String> {
    css.split('.')
        .skip(1)
        .map(|after| {
            let name = after.chars();
            name.take_while(|it| is_word(*it) || *it == '-').collect()
        })
        .collect()
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_readers_of_this_file_see_what_they_should() {
    assert_eq!(
        crate_paths("use crate::{a::{x, y}, b}; crate::c::d()"),
        ["a", "b", "c"]
    );
    assert!(has_word("use sqlx::query;", "sqlx"));
    assert!(!has_word("let sqlxed = 1;", "sqlx"));
    assert!(has_style_attribute("<p style=\"x\">"));
    assert!(!has_style_attribute("let style = 1;"));
    assert_eq!(handler("<a on:click=move |_| go()>"), Some("on:click=move"));
    assert_eq!(handler("let once = on == 1;"), None);
    assert!(literal_classes("<p class=\"a b-c\">").eq(["a", "b-c"]));
    assert_eq!(css_classes(".a-b .c { color: red }"), ["a-b", "c"]);
}
