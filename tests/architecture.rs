//! Who may use whom: the layers of the crate, and the crates each of them may see.
//!
//! Code is read as text up to its tests. That is crude and enough: paths in this crate are
//! written out (`use crate::plan::step::Step;`), never grouped from the root.

#![expect(clippy::expect_used, reason = "a panic is how a test fails, in its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One layer: which other modules it may use, and which crates beside `std`.
struct Layer {
    name: &'static str,
    modules: &'static [&'static str],
    crates: &'static [&'static str],
}

/// In the order of the line in `src/lib.rs`. An entry with `::` allows that part only.
const LAYERS: &[Layer] = &[
    Layer { name: "exit", modules: &[], crates: &["anyhow"] },
    Layer { name: "model", modules: &[], crates: &["jiff", "shlex", "thiserror"] },
    Layer {
        name: "wire",
        modules: &[],
        crates: &["jiff", "prost", "serde", "serde_json", "thiserror"],
    },
    Layer {
        name: "convert",
        modules: &["model", "wire"],
        crates: &["jiff", "serde", "serde_json", "thiserror"],
    },
    Layer { name: "plan", modules: &["exit", "model"], crates: &["jiff"] },
    Layer { name: "progress", modules: &["exit", "model", "plan"], crates: &["jiff"] },
    Layer {
        name: "cluster",
        modules: &["convert", "exit", "model", "plan::step", "wire"],
        crates: &[
            "anyhow",
            "base64",
            "bytes",
            "futures",
            "http",
            "http_body_util",
            "hyper_util",
            "jiff",
            "k8s_openapi",
            "kube",
            "pem",
            "prost",
            "secrecy",
            "serde",
            "serde_json",
            "serde_yaml",
            "thiserror",
            "tokio",
            "tower",
            "tower_http",
        ],
    },
    Layer {
        name: "render",
        modules: &["exit", "model", "plan", "progress"],
        crates: &[
            "anyhow",
            "comfy_table",
            "jiff",
            "schemars",
            "serde",
            "serde_json",
            "serde_yaml",
            "similar",
            "unicode_width",
        ],
    },
    Layer {
        name: "terminal",
        modules: &["exit", "progress", "render"],
        crates: &["clap", "console", "indicatif", "jiff", "tokio"],
    },
    Layer {
        name: "commands",
        modules: &["cluster", "convert", "exit", "model", "plan", "progress", "render", "terminal"],
        crates: &[
            "anyhow",
            "clap",
            "futures",
            "hostname",
            "jiff",
            "kube::Error",
            "serde",
            "serde_json",
            "serde_yaml",
            "shlex",
            "thiserror",
            "tokio",
        ],
    },
    Layer { name: "lib", modules: &["commands"], crates: &[] },
    Layer { name: "main", modules: &[], crates: &["kubectl_sts"] },
];

/// Crates that only one file may use.
const ONE_DOOR: &[(&str, &str)] = &[
    ("comfy_table", "src/render/table.rs"),
    ("hostname", "src/commands/identity.rs"),
    ("similar", "src/render/difference.rs"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names of the crates this one depends on, as code spells them.
fn dependencies() -> BTreeSet<String> {
    let manifest = read("Cargo.toml");
    let (_, rest) = manifest.split_once("\n[dependencies]\n").expect("a list of dependencies");
    let section = rest.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split_once(" = ").map(|(name, _)| name));
    let plain = |name: &&str| !name.is_empty() && !name.starts_with(['#', ' ', '"', ']']);
    let mut names: BTreeSet<String> =
        names.filter(plain).map(|name| name.replace('-', "_")).collect();
    names.insert("kubectl_sts".to_owned());
    names
}

/// Code without what follows `#[cfg(test)]`, comments and texts.
fn code(source: &str) -> String {
    let source = match source.split_once("#[cfg(test)]") {
        // A module of tests that is a file of its own may be declared above other code.
        Some((before, after)) if after.trim_start().starts_with("mod ") => {
            match after.find(['{', ';']) {
                Some(end) if after[end..].starts_with(';') => {
                    format!("{before}{}", code(&after[end + 1..]))
                }
                _ => before.to_owned(),
            }
        }
        Some((before, after)) => {
            // One item for tests among others.
            let end = after.find("\n\n").unwrap_or(after.len());
            format!("{before}{}", code(&after[end..]))
        }
        None => source.to_owned(),
    };
    let mut plain = String::new();
    for line in source.lines() {
        let line = line.replace("'\"'", "' '").replace("\\\\", "").replace("\\\"", "");
        let mut outside = true;
        let mut kept = String::new();
        for part in line.split('"') {
            if outside {
                kept.push_str(part);
            }
            outside = !outside;
        }
        plain.push_str(kept.split("//").next().unwrap_or_default());
        plain.push('\n');
    }
    plain
}

/// Every path in the code, from its first word.
fn paths(code: &str) -> Vec<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = code;
    let mut before = ' ';
    while let Some(start) = rest.find(word) {
        before = rest[..start].chars().next_back().unwrap_or(before);
        let end = rest[start..]
            .find(|c: char| !word(c) && c != ':')
            .map_or(rest.len(), |length| start + length);
        let path = rest[start..end].trim_end_matches(':').to_owned();
        let grouped = rest[start..end].ends_with("::") && rest[end..].starts_with(['{', '*']);
        if !matches!(before, ':' | '.' | '$') && (path.contains("::") || grouped) {
            found.push(if grouped { format!("{path}::{{") } else { path });
        }
        before = rest[start..end].chars().next_back().unwrap_or(' ');
        rest = &rest[end..];
    }
    found
}

/// What is wrong with a file of a layer.
fn violations(layer: &Layer, path: &str, source: &str, crates: &BTreeSet<String>) -> Vec<String> {
    let allowed = |list: &[&str], used: &str| {
        list.iter().any(|entry| used == *entry || used.starts_with(&format!("{entry}::")))
    };
    let mut wrong = Vec::new();
    for used in paths(&code(source)) {
        let (first, rest) = used.split_once("::").unwrap_or((&used, ""));
        if first == "crate" {
            let own = rest == layer.name || rest.starts_with(&format!("{}::", layer.name));
            if rest.starts_with('{') {
                wrong.push(format!("{path}: grouped from the root: {used}"));
            } else if !own && !allowed(layer.modules, rest) {
                wrong.push(format!("{path}: {} may not use {used}", layer.name));
            }
        } else if used.starts_with("super::super::super") {
            wrong.push(format!("{path}: written out it would be clearer: {used}"));
        } else if crates.contains(first) {
            if !allowed(layer.crates, &used) {
                wrong.push(format!("{path}: {} may not use {used}", layer.name));
            }
            let door = ONE_DOOR.iter().find(|(name, _)| *name == first);
            if let Some((_, door)) = door.filter(|(_, door)| *door != path) {
                wrong.push(format!("{path}: {first} is used in {door} only"));
            }
        }
    }
    wrong
}

/// All files below `src`, without those that only tests see.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut files, mut hidden) = (Vec::new(), BTreeSet::new());
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let source = fs::read_to_string(&path).expect("a source file");
                hidden.extend(tests_of(&path, &source));
                files.push((path, source));
            }
        }
    }
    files.retain(|(path, _)| {
        !hidden.iter().any(|module: &PathBuf| {
            path.starts_with(module) || *path == module.with_extension("rs")
        })
    });
    let name = |path: PathBuf| {
        let path = path.strip_prefix(root).expect("below the root").to_owned();
        path.to_string_lossy().replace('\\', "/")
    };
    files.into_iter().map(|(path, source)| (name(path), source)).collect()
}

/// The modules a file declares for tests only, as paths without `.rs`.
fn tests_of(path: &Path, source: &str) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default();
    let parent = path.parent().unwrap_or(path);
    let folder = if ["mod", "lib", "main"].iter().any(|name| *name == stem) {
        parent.to_owned()
    } else {
        parent.join(stem)
    };
    let declared = source.split("#[cfg(test)]").skip(1).filter_map(|after| {
        let after = after.trim_start();
        let after = after.strip_prefix("pub(crate) ").unwrap_or(after);
        let name = after.strip_prefix("mod ")?.split_once(';')?.0;
        name.chars().all(|c| c.is_alphanumeric() || c == '_').then(|| folder.join(name))
    });
    declared.collect()
}

/// `src/plan/step.rs` belongs to `plan`, `src/exit.rs` to `exit`.
fn layer_of(path: &str) -> Option<&'static Layer> {
    let rest = path.strip_prefix("src/")?;
    let name = rest.split(['/', '.']).next()?;
    LAYERS.iter().find(|layer| layer.name == name)
}

#[test]
fn every_layer_uses_only_what_it_may() {
    let crates = dependencies();
    let mut wrong = Vec::new();
    for (path, source) in sources() {
        match layer_of(&path) {
            Some(layer) => wrong.extend(violations(layer, &path, &source, &crates)),
            None => wrong.push(format!("{path} belongs to no layer")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_line_in_lib_rs_tells_the_truth() {
    let lib = read("src/lib.rs");
    let line = lib.lines().find(|line| line.contains('←')).expect("the line of the layers");
    let order: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
    let place = |name: &str| order.iter().position(|listed| *listed == name);
    for layer in LAYERS {
        let Some(own) = place(layer.name) else {
            assert!(["exit", "lib", "main"].contains(&layer.name), "{} is missing", layer.name);
            continue;
        };
        for used in layer.modules {
            let used = used.split("::").next().unwrap_or(used);
            let left = used == "exit" || place(used).is_some_and(|place| place < own);
            assert!(left, "{} uses {used}, which does not stand to its left", layer.name);
        }
    }
    for layer in ["cluster", "terminal"] {
        let users = LAYERS.iter().filter(|other| other.modules.contains(&layer));
        let users: Vec<&str> = users.map(|layer| layer.name).collect();
        assert_eq!(users, ["commands"], "{layer} meets others nowhere but in commands");
    }
}

#[test]
fn what_nobody_uses_is_not_allowed_either() {
    let crates = dependencies();
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for (path, source) in sources() {
        let Some(layer) = layer_of(&path) else { continue };
        used.extend(paths(&code(&source)).into_iter().map(|path| (layer.name, path)));
    }
    let mut idle = Vec::new();
    for layer in LAYERS {
        let modules = layer.modules.iter().map(|module| format!("crate::{module}"));
        let needed = modules.chain(layer.crates.iter().map(|name| (*name).to_owned()));
        for needed in needed {
            let is_used = used.iter().any(|(by, path)| {
                *by == layer.name && (*path == needed || path.starts_with(&format!("{needed}::")))
            });
            if !is_used && layer.name != "lib" {
                idle.push(format!("{} does not use {needed}", layer.name));
            }
        }
    }
    let known = |name: &String| {
        LAYERS.iter().any(|layer| {
            layer.crates.iter().any(|entry| entry.split("::").next() == Some(name.as_str()))
        })
    };
    assert!(idle.is_empty(), "{}", idle.join("\n"));
    let unknown: Vec<&String> = crates.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "no layer uses {unknown:?}");
}

// The reader itself.

fn wrong(layer: &str, path: &str, source: &str) -> Vec<String> {
    let layer = LAYERS.iter().find(|other| other.name == layer).expect("a layer");
    violations(layer, path, source, &dependencies())
}

#[test]
fn planted_violations_are_found() {
    for (layer, source) in [
        ("model", "use crate::plan::step::Step;"),
        ("model", "use serde::Serialize;"),
        ("model", "#[derive(serde::Serialize)] struct X;"),
        ("plan", "fn f() { crate::cluster::clock::now() }"),
        ("plan", "use tokio::time::sleep;"),
        ("progress", "use kube::Client;"),
        ("render", "pub use crate::terminal::Terminal;"),
        ("render", "use crate::cluster::session::Session;"),
        ("cluster", "use crate::render::text::table;"),
        ("cluster", "use crate::plan::preflight;"),
        ("cluster", "use crate::terminal::Terminal;"),
        ("terminal", "use crate::cluster::session::Session;"),
        ("commands", "use kube::Client;"),
        ("commands", "use crate::wire::pod::Pod;"),
        ("model", "use crate::{plan, model};"),
        ("model", "use crate::*;"),
        ("model", "let x = Vec::<crate::plan::step::Step>::new();"),
    ] {
        assert_eq!(wrong(layer, "src/x.rs", source).len(), 1, "{layer}: {source}");
    }
    let table = wrong("render", "src/render/pod.rs", "use comfy_table::Table;");
    assert_eq!(table, ["src/render/pod.rs: comfy_table is used in src/render/table.rs only"]);
}

#[test]
fn what_only_looks_like_a_violation_is_let_be() {
    for (layer, source) in [
        ("model", "// as crate::plan::step does"),
        ("model", "/// [`crate::plan::step`]"),
        ("model", "let text = \"crate::plan::step\";"),
        ("model", "use crate::model::pod::Pod;"),
        ("plan", "use crate::exit::Exit;"),
        ("cluster", "use crate::plan::step::Step;"),
        ("model", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::testing::a_set; }"),
        ("model", "#[cfg(test)]\nmod tests;\nfn f() {}"),
        ("model", "let kube = model::kube();"),
        ("commands", "fn f() -> Result<(), kube::Error> { Ok(()) }"),
    ] {
        assert_eq!(wrong(layer, "src/x.rs", source), [""; 0], "{layer}: {source}");
    }
    let below =
        wrong("model", "src/x.rs", "#[cfg(test)]\nmod tests;\nuse crate::plan::step::Step;");
    assert_eq!(below.len(), 1, "code below a declaration of tests is read");
}
