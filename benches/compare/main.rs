//! Who calls which claim unused: kor, popeye and this program on the same claims of the same cluster.
//!
//! `make compare` runs it. `KUBECTL_STS` names the program, if it is not the one just built. The tables on standard
//! output go into `docs/comparison.md`.

#[expect(dead_code, unused_imports, reason = "the live tests use more of it")]
#[path = "../../tests/live/harness/mod.rs"]
mod harness;

#[expect(dead_code, reason = "the other benchmarks use more of it")]
#[path = "../measure.rs"]
mod measure;

mod situations;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

use harness::ControlPlane;
use harness::Namespace;
use harness::Options;
use measure::peer;
use measure::print;
use measure::program;
use situations::Should;
use situations::Situation;

/// Claims by namespace and name.
type Claims = BTreeSet<(String, String)>;

/// What this program is ready to call unused here: whatever could go without lifting a hold.
const OURS: [&str; 12] = [
    "pvc",
    "list",
    "-A",
    "--all",
    "--deep-scan",
    "--class=scaled-down,template-removed,set-deleted,unbound",
    "--min-confidence",
    "medium",
    "--idle",
    "0",
    "-o",
    "json",
];

fn main() {
    let [kor, popeye] = ["kor", "popeye"].map(peer);
    let control_plane = ControlPlane::start(&Options::default());
    let places: Vec<(Situation, Namespace<'_>)> = situations::all()
        .into_iter()
        .map(|situation| {
            let namespace = control_plane.namespace(situation.name);
            (situation.make)(&namespace);
            (situation, namespace)
        })
        .collect();
    for (situation, namespace) in &places {
        check(situation, namespace);
    }
    let asked = Asked { control_plane: &control_plane };
    let answers = [asked.kor(&kor), asked.popeye(&popeye), asked.own()];
    print(&format!(
        "{} situations, {} claims\n",
        places.len(),
        places.iter().map(|(situation, _)| situation.claims.len()).sum::<usize>()
    ));
    sums(&places, &answers);
    wrong(&places, &answers);
    table(&places, &answers);
}

/// The claims of a situation are those that are there, so that none is forgotten.
fn check(situation: &Situation, namespace: &Namespace<'_>) {
    let there = names(&namespace.json(&["get", "pvc"]));
    let told: BTreeSet<String> =
        situation.claims.iter().map(|claim| claim.name.to_owned()).collect();
    assert_eq!(there, told, "{}", situation.name);
}

fn names(list: &Value) -> BTreeSet<String> {
    let items = list["items"].as_array().into_iter().flatten();
    items.filter_map(|item| Some(item["metadata"]["name"].as_str()?.to_owned())).collect()
}

struct Asked<'a> {
    control_plane: &'a ControlPlane,
}

impl Asked<'_> {
    /// `{"namespace": {"Pvc": ["name"]}}`
    fn kor(&self, kor: &Path) -> Claims {
        let answer = self.json(kor, &["pvc", "-o", "json"]);
        let namespaces = answer.as_object().unwrap_or_else(|| panic!("kor: {answer}"));
        let mut unused = Claims::new();
        for (namespace, kinds) in namespaces {
            let claims = kinds["Pvc"].as_array().into_iter().flatten();
            unused.extend(
                claims.filter_map(|claim| Some((namespace.clone(), claim.as_str()?.to_owned()))),
            );
        }
        unused
    }

    /// `{"popeye": {"report": {"sections": [{"issues": {"namespace/name": [{"message": "[POP-400] …"}]}}]}}}`; 400 is
    /// that nothing refers to it.
    fn popeye(&self, popeye: &Path) -> Claims {
        let flags = ["-A", "-s", "pvc", "-o", "json", "--force-exit-zero", "--logs", "none"];
        let answer = self.json(popeye, &flags);
        let report = if answer["report"].is_null() { &answer["popeye"] } else { &answer["report"] };
        let sections = report["sections"].as_array();
        let sections = sections.unwrap_or_else(|| panic!("popeye: {answer}"));
        let issues = sections.iter().filter_map(|section| section["issues"].as_object()).flatten();
        let unused = issues.filter(|(_, found)| found.to_string().contains("POP-400"));
        unused
            .filter_map(|(name, _)| name.split_once('/'))
            .map(|(namespace, claim)| (namespace.to_owned(), claim.to_owned()))
            .collect()
    }

    fn own(&self) -> Claims {
        let answer = self.json(&program(), &OURS);
        let items = answer["items"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(answer["unknown"], Value::Array(Vec::new()), "everything was read");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let prunable = items.iter().filter(|item| item["prunable"] == true);
        prunable.map(|item| (text(&item["namespace"]), text(&item["name"]))).collect()
    }

    /// Runs a program of which standard output is JSON, perhaps with text before it.
    fn json(&self, program: &Path, arguments: &[&str]) -> Value {
        let mut command = Command::new(program);
        command.arg("--kubeconfig").arg(self.control_plane.kubeconfig()).args(arguments);
        command.env_clear().env("HOME", self.control_plane.state_dir()).stdin(Stdio::null());
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let text = String::from_utf8_lossy(&output.stdout);
        let begins = text.find('{').unwrap_or(0);
        serde_json::from_str(&text[begins..]).unwrap_or_else(|error| {
            panic!("{command:?}: {error}\n{text}\n{}", String::from_utf8_lossy(&output.stderr))
        })
    }
}

/// Every wrong answer of each program, by situation.
fn wrong(places: &[(Situation, Namespace<'_>)], answers: &[Claims; 3]) {
    for (program, unused) in ["kor", "popeye", "kubectl sts"].iter().zip(answers) {
        let mut lines = Vec::new();
        for (situation, namespace) in places {
            for claim in &situation.claims {
                let called = unused.contains(&(namespace.name().to_owned(), claim.name.to_owned()));
                let what = match (called, claim.should) {
                    (true, Should::Stay) => "unused",
                    (false, Should::Go) => "not unused",
                    _ => continue,
                };
                lines.push(format!("- `{}` is called {what}: {}", claim.name, claim.why));
            }
        }
        print(&format!("\n{program}: {} wrong of {}.\n", lines.len(), judged(places)));
        for line in &lines {
            print(line);
        }
    }
    print("");
}

/// How many claims there are to which there is a right answer.
fn judged(places: &[(Situation, Namespace<'_>)]) -> usize {
    let claims = places.iter().flat_map(|(situation, _)| &situation.claims);
    claims.filter(|claim| claim.should != Should::Asked).count()
}

/// A row for each claim.
fn table(places: &[(Situation, Namespace<'_>)], answers: &[Claims; 3]) {
    print("| situation | claim | should be | why | kor | popeye | kubectl sts |");
    print("|---|---|---|---|---|---|---|");
    for (situation, namespace) in places {
        for claim in &situation.claims {
            let key = (namespace.name().to_owned(), claim.name.to_owned());
            let cells: Vec<String> = answers
                .iter()
                .map(|unused| match (unused.contains(&key), claim.should) {
                    (true, Should::Stay) => "**unused**".to_owned(),
                    (false, Should::Go) => "**missed**".to_owned(),
                    (true, _) => "unused".to_owned(),
                    (false, _) => String::new(),
                })
                .collect();
            print(&format!(
                "| {} | `{}` | {} | {} | {} |",
                situation.name.replace('-', " "),
                claim.name,
                claim.should.words(),
                claim.why,
                cells.join(" | ")
            ));
        }
    }
}

/// How many of each sort each program calls unused.
fn sums(places: &[(Situation, Namespace<'_>)], answers: &[Claims; 3]) {
    print("| claims | kor | popeye | kubectl sts |");
    print("|---|---|---|---|");
    for should in [Should::Go, Should::Stay, Should::Asked] {
        let of_sort: Vec<(String, String)> = places
            .iter()
            .flat_map(|(situation, namespace)| {
                let claims = situation.claims.iter().filter(|claim| claim.should == should);
                claims.map(|claim| (namespace.name().to_owned(), claim.name.to_owned()))
            })
            .collect();
        let counts = answers.each_ref().map(|unused| {
            format!(
                "{} of {}",
                of_sort.iter().filter(|key| unused.contains(key)).count(),
                of_sort.len()
            )
        });
        print(&format!("| {}, called unused | {} |", should.words(), counts.join(" | ")));
    }
}
