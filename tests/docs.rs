//! What the documentation names exists.
#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap().replace("\r\n", "\n")
}

/// All files below a directory with this ending.
fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found
}

fn documents() -> Vec<PathBuf> {
    let mut all = files("docs", "md");
    let top = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    all.extend(top.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    all
}

/// What stands between these, without the text of code blocks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split("```")
        .step_by(2)
        .flat_map(|prose| prose.split(open).skip(1))
        .filter_map(|rest| rest.split_once(close).map(|(inside, _)| inside))
        .collect()
}

#[test]
fn every_guard_named_in_safety_is_a_test() {
    let mut tests = BTreeSet::new();
    for path in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let source = fs::read_to_string(path).unwrap();
        let mut announced = false;
        for line in source.lines().map(str::trim) {
            announced |= line.starts_with("#[test") || line.starts_with("#[tokio::test");
            let function = line.trim_start_matches("async ").strip_prefix("fn ");
            if let Some((name, _)) = function.and_then(|rest| rest.split_once('('))
                && std::mem::take(&mut announced)
            {
                tests.insert(name.to_owned());
            }
        }
    }
    let safety = read("docs/safety.md");
    let mut named = 0;
    for row in safety.lines().filter(|line| line.starts_with("| ") && !line.contains("| test |")) {
        let guards = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        assert!(guards.contains('`') || guards.contains("no test of its own"), "{row}");
        for name in guards.split('`').skip(1).step_by(2) {
            assert!(tests.contains(name), "docs/safety.md: {name} is no test");
            named += 1;
        }
    }
    assert!(named > 0);
}

#[test]
fn links_within_the_repository_lead_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let headings: Vec<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .map(|line| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-"))
            .collect();
        for link in between(&text, "](", ")") {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = document.parent().unwrap().join(path);
            assert!(path.is_empty() || target.exists(), "{}: {link}", document.display());
            if path.is_empty() {
                assert!(headings.iter().any(|h| h == anchor), "{}: {link}", document.display());
            }
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let reasons = read("docs/decisions/0003-dependencies.md");
    let manifest = read("Cargo.toml");
    let mut named = BTreeSet::new();
    for section in ["[dependencies]\n", "[dev-dependencies]\n"] {
        let (_, rest) = manifest.split_once(section).unwrap();
        let end = rest.find("\n[").unwrap_or(rest.len());
        for line in rest[..end].lines() {
            let Some((name, _)) = line.split_once(" = ") else { continue };
            if name.starts_with([' ', '"', '#']) {
                continue;
            }
            assert!(reasons.contains(name), "{name} is not in docs/decisions/0003-dependencies.md");
            named.insert(name.to_owned());
        }
    }
    for row in reasons.lines().filter(|line| line.starts_with("| ") && !line.contains("| crate |"))
    {
        let crates = row.trim_start_matches("| ").split('|').next().unwrap();
        for name in crates.split(['(', ')', ',']).map(str::trim).filter(|name| !name.is_empty()) {
            let known = named.contains(name) || manifest.contains(&format!("\"{name}\""));
            assert!(known, "{name} is no dependency any more");
        }
    }
}
