//! The guides in `docs/guides/`: what they tell a reader to type is typed, and what they show is compared.
//!
//! A guide is Markdown. What counts, from top to bottom:
//!
//! | in the file | here |
//! |---|---|
//! | a code block `sh` | each command is run; its exit code is 0, or what a comment `# exit code 6` at its end says |
//! | a code block `text` | its lines are in what the commands before it printed, in that order; `…` stands for anything |
//! | `<!-- file: NAME -->` and a code block | the file is written |
//! | `<!-- test … -->` | its lines are run too; a reader's cluster is in that state anyway |
//!
//! Commands run in a shell whose kubectl finds the program as its plugin. Programs that run in pods, such as `psql`, are
//! the stand-ins of `tests/live/guides/bin`.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::harness::ControlPlane;
use crate::harness::Options;

/// The repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A part of a guide that means something to a test.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A command and the exit code it has to end with.
    Run { command: String, code: i32 },
    /// Lines that what was printed since the last text has to hold.
    Expect(Vec<String>),
    /// A file to write.
    File { name: String, text: String },
}

/// Reads a guide.
fn parts(markdown: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = markdown.lines();
    let mut file: Option<String> = None;
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("<!-- file: ") {
            file = Some(name.trim_end_matches("-->").trim().to_owned());
        } else if line == "<!-- test" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "-->").collect();
            parts.extend(commands(&block));
        } else if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match (file.take(), language) {
                (Some(name), _) => parts.push(Part::File { name, text: block.join("\n") + "\n" }),
                (None, "sh") => parts.extend(commands(&block)),
                (None, "text") => {
                    parts.push(Part::Expect(block.iter().map(|line| (*line).to_owned()).collect()));
                }
                (None, other) => panic!("a code block {other:?} means nothing to the test"),
            }
        }
    }
    parts
}

/// The commands of a block, which may go over several lines.
fn commands(block: &[&str]) -> Vec<Part> {
    let mut commands = Vec::new();
    let mut open = String::new();
    for line in block {
        if open.is_empty() && (line.trim().is_empty() || line.starts_with('#')) {
            continue;
        }
        open.push_str(line);
        if line.ends_with('\\') {
            open.push('\n');
            continue;
        }
        let command = std::mem::take(&mut open);
        let code =
            command.rsplit_once("# exit code ").map_or(0, |(_, code)| code.trim().parse().unwrap());
        commands.push(Part::Run { command, code });
    }
    assert_eq!(open, "", "a command that does not end");
    commands
}

/// Whether the line is the expected one; `…` in it stands for anything.
fn is_line(line: &str, expected: &str) -> bool {
    let mut pieces = expected.trim_end().split('…');
    let Some(mut rest) = line.trim_end().strip_prefix(pieces.next().unwrap_or_default()) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else { return rest.is_empty() };
    for piece in middle {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The first expected line that is not among those printed, in order.
fn missing<'a>(printed: &str, expected: &'a [String]) -> Option<&'a str> {
    let mut lines = printed.lines();
    expected
        .iter()
        .map(String::as_str)
        .find(|expected| !lines.by_ref().any(|line| is_line(line, expected)))
}

/// A control plane for the guides: the programs in its pods are the stand-ins.
fn control_plane() -> &'static ControlPlane {
    static GUIDES: OnceLock<ControlPlane> = OnceLock::new();
    GUIDES.get_or_init(|| {
        let stand_ins = Path::new(ROOT).join("tests/live/guides/bin");
        let options = Options { programs_in_pods: Some(stand_ins), ..Options::default() };
        ControlPlane::start(&options)
    })
}

/// One whose nodes may die, and are found dead within seconds.
fn mortal_control_plane() -> ControlPlane {
    ControlPlane::start(&Options {
        extra_flags: vec![
            "kube-controller-manager=--node-monitor-grace-period=5s".to_owned(),
            "kube-controller-manager=--node-monitor-period=1s".to_owned(),
        ],
        ..Options::default()
    })
}

/// Follows a guide from its first line to its last.
fn follow(guide: &str, control_plane: &ControlPlane) {
    let path = Path::new(ROOT).join("docs/guides").join(guide);
    let parts = parts(&fs::read_to_string(path).unwrap());
    assert!(parts.iter().any(|part| matches!(part, Part::Expect(_))), "{guide} shows nothing");
    let ns = control_plane.namespace(guide.trim_end_matches(".md"));
    let place = TempDir::new().unwrap();
    let shell = Shell::new(place.path(), control_plane, ns.name());
    let (mut printed, mut told) = (String::new(), String::new());
    for part in parts {
        match part {
            Part::File { name, text } => fs::write(place.path().join(name), text).unwrap(),
            Part::Run { command, code } => {
                let (ended, output) = shell.run(&command);
                told.extend(["$ ", &command, "\n", &output]);
                assert_eq!(ended, code, "{guide}: exit code of {command}\n{told}");
                printed.push_str(&output);
            }
            Part::Expect(lines) => {
                let missing = missing(&printed, &lines);
                assert_eq!(missing, None, "{guide}: this was not printed\n{told}");
                printed.clear();
            }
        }
    }
}

/// Where commands are typed: a home directory of its own, a current context, and kubectl with the program as its plugin.
struct Shell {
    home: PathBuf,
    path: String,
}

impl Shell {
    fn new(place: &Path, control_plane: &ControlPlane, namespace: &str) -> Self {
        let bin = place.join("bin");
        fs::create_dir(&bin).unwrap();
        symlink(env!("CARGO_BIN_EXE_kubectl-sts"), bin.join("kubectl-sts")).unwrap();
        symlink(control_plane.kubectl_path(), bin.join("kubectl")).unwrap();
        fs::create_dir(place.join(".kube")).unwrap();
        fs::copy(control_plane.kubeconfig(), place.join(".kube/config")).unwrap();
        let path = format!("{}:{}", bin.display(), env::var("PATH").unwrap_or_default());
        let shell = Self { home: place.to_owned(), path };
        let line = format!("kubectl config set-context --current --namespace={namespace}");
        let (code, output) = shell.run(&line);
        assert_eq!(code, 0, "{output}");
        shell
    }

    /// Runs a command; its exit code, and everything it printed.
    fn run(&self, command: &str) -> (i32, String) {
        let output = Command::new("bash")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap_or(-1), printed)
    }
}

#[test]
fn every_guide_is_followed_by_a_test() {
    let tested = include_str!("guides.rs");
    for entry in fs::read_dir(Path::new(ROOT).join("docs/guides")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || tested.contains(&format!("follow(\"{name}\"")), "{name}");
    }
}

#[test]
fn a_canary_of_a_postgresql_set() {
    follow("postgresql-canary.md", control_plane());
}

#[test]
fn the_leader_last() {
    follow("leader-last.md", control_plane());
}

#[test]
fn a_stuck_rollout() {
    follow("stuck-rollout.md", control_plane());
}

#[test]
fn a_dead_node() {
    follow("dead-node.md", &mortal_control_plane());
}

#[test]
fn a_scale_down_with_a_drain() {
    follow("scale-down.md", control_plane());
}

#[test]
fn a_set_that_is_created_again() {
    follow("recreate.md", control_plane());
}

#[test]
fn a_larger_disk_for_every_pod() {
    follow("resize.md", ControlPlane::csi());
}

// The reader itself.

#[test]
fn a_guide_is_read_as_its_reader_would() {
    let guide = "# Title\n\n<!-- test\nkubectl apply -f x\n-->\nText.\n\n```sh\n# a comment\nkubectl sts a \\\n  --b\nc; d   # exit code 6\n```\n\n```text\none …\n```\n<!-- file: f.yaml -->\n```yaml\na: 1\n```\n";
    let run = |command: &str, code| Part::Run { command: command.to_owned(), code };
    assert_eq!(
        parts(guide),
        [
            run("kubectl apply -f x", 0),
            run("kubectl sts a \\\n  --b", 0),
            run("c; d   # exit code 6", 6),
            Part::Expect(vec!["one …".to_owned()]),
            Part::File { name: "f.yaml".to_owned(), text: "a: 1\n".to_owned() },
        ]
    );
}

#[test]
fn an_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(is_line("db-4  ready after 3s", "db-4  ready after …s"));
    assert!(is_line("db-4  ready", "…ready"));
    assert!(is_line("exactly", "exactly") && !is_line("exactly not", "exactly"));
    assert!(!is_line("db-4  ready", "db-3…"));
    let expected = ["a".to_owned(), "c".to_owned()];
    assert_eq!(missing("a\nb\nc\n", &expected), None);
    assert_eq!(missing("c\na\n", &expected), Some("c"), "in that order");
}
