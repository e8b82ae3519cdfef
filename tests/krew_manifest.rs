//! `krew-manifest.yaml` follows the rules of krew and of its index.
//!
//! The rules are those of krew's `internal/index/validation` and of the reviewers' checklist; the
//! program that krew itself validates with needs the archives of a release.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what is missing fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What krew can install on.
const SUPPORTED: &[(&str, &str)] = &[
    ("windows", "386"),
    ("windows", "amd64"),
    ("windows", "arm64"),
    ("linux", "386"),
    ("linux", "amd64"),
    ("linux", "arm"),
    ("linux", "arm64"),
    ("linux", "ppc64le"),
    ("darwin", "386"),
    ("darwin", "amd64"),
    ("darwin", "arm64"),
];

const PLACEHOLDER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn committed() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("krew-manifest.yaml")).unwrap()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer}"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Every rule that does not need the archives. Returns the checksums.
fn check(manifest: &str, version: &str) -> Vec<String> {
    let manifest: Value = serde_yaml::from_str(manifest).unwrap();
    assert_eq!(text(&manifest, "/apiVersion"), "krew.googlecontainertools.github.com/v1alpha2");
    assert_eq!(text(&manifest, "/kind"), "Plugin");
    let name = text(&manifest, "/metadata/name");
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{name}");
    // krew ignores fields it does not know, so a typing error would go unseen.
    assert_eq!(keys(&manifest), BTreeSet::from(["apiVersion", "kind", "metadata", "spec"]));
    let spec = &manifest["spec"];
    for key in keys(spec) {
        assert!(
            ["version", "homepage", "shortDescription", "description", "caveats", "platforms"]
                .contains(&key),
            "{key}"
        );
    }
    assert_eq!(text(spec, "/version"), version);
    let numbers: Vec<&str> = version.strip_prefix('v').expect("a leading v").split('.').collect();
    assert!(numbers.len() == 3 && numbers.iter().all(|n| n.parse::<u32>().is_ok()), "{version}");
    assert_eq!(text(spec, "/homepage"), env!("CARGO_PKG_REPOSITORY"));
    let short = text(spec, "/shortDescription");
    assert!(!short.is_empty() && short.len() <= 50 && !short.contains('\n'), "{short}");
    for word in ["kubectl", "plugin"] {
        assert!(!short.to_lowercase().contains(word), "{word} goes without saying: {short}");
    }
    for prose in ["/description", "/caveats"] {
        assert!(text(spec, prose).lines().all(|line| line.len() <= 80), "{prose} is too wide");
    }
    let mut seen = BTreeSet::new();
    let mut checksums = Vec::new();
    for platform in spec["platforms"].as_array().unwrap() {
        // No `files`: then everything in the archive is installed, the licence included.
        assert_eq!(keys(platform), BTreeSet::from(["selector", "uri", "sha256", "bin"]));
        assert_eq!(keys(&platform["selector"]), BTreeSet::from(["matchLabels"]));
        assert_eq!(keys(&platform["selector"]["matchLabels"]), BTreeSet::from(["os", "arch"]));
        let os = text(platform, "/selector/matchLabels/os");
        let arch = text(platform, "/selector/matchLabels/arch");
        assert!(SUPPORTED.contains(&(os, arch)), "{os}/{arch} is no platform of krew");
        assert!(seen.insert((os, arch)), "{os}/{arch} is there twice");
        let archive = format!("kubectl-sts_{version}_{os}_{arch}.tar.gz");
        let home = env!("CARGO_PKG_REPOSITORY");
        assert_eq!(text(platform, "/uri"), format!("{home}/releases/download/{version}/{archive}"));
        let sum = text(platform, "/sha256");
        assert!(
            sum.len() == 64 && sum.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')),
            "{sum}"
        );
        checksums.push(sum.to_owned());
        let program = if os == "windows" { "kubectl-sts.exe" } else { "kubectl-sts" };
        assert_eq!(text(platform, "/bin"), program);
    }
    assert!(seen.len() >= 6, "all six platforms of a release: {seen:?}");
    checksums
}

#[test]
fn the_manifest_is_legal() {
    let checksums = check(&committed(), concat!("v", env!("CARGO_PKG_VERSION")));
    let placeholders = checksums.iter().filter(|sum| *sum == PLACEHOLDER).count();
    assert!(placeholders == 0 || placeholders == checksums.len(), "some are real, some are not");
    // As long as they are placeholders, the file has to say so.
    assert_eq!(placeholders > 0, committed().contains("NOT RELEASED YET"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_release_gets_the_checksums_of_its_archives() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/krew-manifest");
    let render =
        |directory: &Path| Command::new(&script).arg("v7.8.9").arg(directory).output().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let missing = render(directory.path());
    assert!(!missing.status.success(), "archives are missing");
    for (os, arch) in SUPPORTED {
        let archive = directory.path().join(format!("kubectl-sts_v7.8.9_{os}_{arch}.tar.gz"));
        fs::write(archive, format!("{os} {arch}")).unwrap();
    }
    let rendered = render(directory.path());
    assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
    let rendered = String::from_utf8(rendered.stdout).unwrap();
    let checksums = check(&rendered, "v7.8.9");
    let distinct: BTreeSet<&String> = checksums.iter().collect();
    assert_eq!(distinct.len(), checksums.len(), "one checksum for each archive: {rendered}");
    assert!(!rendered.contains(PLACEHOLDER) && !rendered.contains("NOT RELEASED"), "{rendered}");
}
