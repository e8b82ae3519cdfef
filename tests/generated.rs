//! Generated text equals what the code prints: `docs/cli.md`, `docs/schemas/`, the tables of exit
//! codes and of commands, and `completions/`. `UPDATE=1 cargo test --test generated` (`make generate`) rewrites.
#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;

use clap::Arg;
use clap::Command;
use clap_complete::Shell;
use kubectl_sts::commands::cli::definition;
use kubectl_sts::exit::Exit;

/// Compares a file with what it should be, or writes it.
fn settle(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    let line = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
    let line = line.unwrap_or(found.lines().count().min(wanted.lines().count())) + 1;
    assert!(found == wanted, "{path} is out of date at line {line}: run `make generate`");
}

/// Does so for the part of a file between its two marks.
fn settle_part(path: &str, name: &str, wanted: &str) {
    // Two tests may write parts of one file.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (begin, end) =
        (format!("<!-- begin {name}: make generate -->\n"), format!("<!-- end {name} -->\n"));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    let (before, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("{path}: no {begin}"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{path}: no {end}"));
    settle(path, &format!("{before}{begin}\n{wanted}\n{end}{after}"));
}

/// The command line, complete with what clap adds to it.
fn built() -> Command {
    let mut command = definition("kubectl sts");
    command.build();
    command
}

#[test]
fn schemas_of_documents() {
    for (kind, schema) in kubectl_sts::render::schema::schemas().unwrap() {
        settle(&format!("docs/schemas/{kind}.json"), &schema);
    }
}

#[test]
fn cli_reference() {
    let command = built();
    let mut text = String::from(
        "# Commands\n\n\
         Written by `make generate` from the program itself; change the texts there.\n\n\
         `SET` is `NAME`, `sts/NAME`, `statefulset/NAME` or `statefulset.apps/NAME`. \
         Durations are written as in kubectl: `90s`, `5m`, `1h30m`.\n\n\
         Every command also takes the [flags at the end](#flags-of-every-command).\n",
    );
    let mut tables = BTreeMap::new();
    describe(&mut text, &command, &mut tables);
    text.push_str("\n## Flags of every command\n");
    let globals: Vec<&Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).collect();
    list(&mut text, &globals, "every command", &mut tables);
    settle("docs/cli.md", &text);
}

/// Tables already printed, and the command that has them.
type Tables = BTreeMap<String, String>;

/// A command, or those below it.
fn describe(text: &mut String, command: &Command, tables: &mut Tables) {
    if command.get_name() == "help" || command.is_hide_set() {
        return;
    }
    if command.has_subcommands() {
        command.get_subcommands().for_each(|command| describe(text, command, tables));
        return;
    }
    let name = command.get_bin_name().unwrap_or(command.get_name());
    write!(text, "\n## {name}\n\n").unwrap();
    let about = command.get_long_about().or(command.get_about()).unwrap_or_default().to_string();
    writeln!(text, "{}{}", escaped(&about), if about.ends_with('.') { "" } else { "." }).unwrap();
    let aliases: Vec<&str> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        writeln!(text, "\nAlso called `{}`.", aliases.join("`, `")).unwrap();
    }
    let usage = command.clone().render_usage().to_string();
    write!(text, "\n```\n{}\n```\n", usage.trim_start_matches("Usage: ").trim_end()).unwrap();
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !arg.is_global_set() && !arg.is_hide_set() && !arg.is_positional())
        .filter(|arg| arg.get_id() != "help")
        .collect();
    list(text, &own, name, tables);
    if let Some(examples) = command.get_after_long_help() {
        let examples = examples.to_string();
        let examples = examples.trim_start_matches("Examples:\n");
        let examples: Vec<&str> =
            examples.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
        write!(text, "\n```sh\n{}\n```\n", examples.join("\n")).unwrap();
    }
}

/// A table of flags for each heading; those of no heading come first. A table that another command
/// has already is only named.
fn list(text: &mut String, args: &[&Arg], name: &str, tables: &mut Tables) {
    let mut headings: Vec<Option<&str>> = Vec::new();
    for arg in args {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    headings.sort_by_key(Option::is_some);
    for heading in headings {
        let title = heading.unwrap_or("Flags");
        let mut rows = String::new();
        for arg in args.iter().filter(|arg| arg.get_help_heading() == heading) {
            writeln!(rows, "| {} | {} |", flag(arg), meaning(arg)).unwrap();
        }
        let first = tables.entry(rows.clone()).or_insert_with(|| name.to_owned());
        if first == name {
            write!(text, "\n| {title} | |\n|---|---|\n{rows}").unwrap();
        } else {
            let anchor = first.replace(' ', "-");
            write!(text, "\n{title}: those of [{first}](#{anchor}).\n").unwrap();
        }
    }
}

fn flag(arg: &Arg) -> String {
    let short = arg.get_short().map_or(String::new(), |short| format!("`-{short}`, "));
    let long = arg.get_long().unwrap_or_default();
    let value = if arg.get_action().takes_values() {
        let name = arg.get_value_names().and_then(|names| names.first());
        let name = name.map_or("VALUE", |name| name.as_str());
        if arg.get_num_args().is_some_and(|range| range.min_values() == 0) {
            format!("[={name}]")
        } else {
            format!(" {name}")
        }
    } else {
        String::new()
    };
    format!("{short}`--{long}{value}`")
}

fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).unwrap_or_default().to_string();
    let mut text = String::new();
    for paragraph in help.split("\n\n") {
        let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let space = if text.is_empty() { "" } else { " " };
        let stop = if line.ends_with(['.', ']']) { "" } else { "." };
        write!(text, "{space}{}{stop}", escaped(&line)).unwrap();
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() && !arg.is_hide_possible_values_set() && arg.get_action().takes_values() {
        write!(text, " One of {}.", values.join(", ")).unwrap();
    }
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if !defaults.is_empty() && !arg.is_hide_default_value_set() && arg.get_action().takes_values() {
        write!(text, " Default: {}.", defaults.join(", ")).unwrap();
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[test]
fn exit_codes() {
    let mut table = String::from("| code | meaning |\n|---:|---|\n");
    for exit in Exit::ALL {
        writeln!(table, "| {} | {} |", exit.code(), exit.meaning()).unwrap();
    }
    for path in ["docs/exit-codes.md", "README.md"] {
        settle_part(path, "codes", &table);
    }
}

/// The role of the live tests, as the documents show it.
#[test]
fn role() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/rbac.yaml");
    let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
    let (role, _) = text.split_once("---\n").unwrap();
    for path in ["README.md", "docs/rbac.md"] {
        settle_part(path, "role", &format!("```yaml\n{role}```\n"));
    }
}

#[test]
fn completions() {
    for (shell, file) in [
        (Shell::Bash, "kubectl-sts.bash"),
        (Shell::Zsh, "_kubectl-sts"),
        (Shell::Fish, "kubectl-sts.fish"),
        (Shell::PowerShell, "_kubectl-sts.ps1"),
    ] {
        let mut script = Vec::new();
        let mut command = shown();
        clap_complete::generate(shell, &mut command, "kubectl-sts", &mut script);
        let mut script = String::from_utf8(script).unwrap();
        if shell == Shell::Bash {
            // clap_complete 4.6.11 spells a `-` in the program's name in two ways, and then finds
            // no subcommand.
            script = script.replace("kubectl__subcmd__sts", "kubectl__sts");
        }
        settle(&format!("completions/{file}"), &script);
    }
    if cfg!(unix) {
        bash_completes_subcommands_and_flags();
    }
}

fn bash_completes_subcommands_and_flags() {
    for (words, wanted) in [
        (&["kubectl-sts", "ro"][..], "rollout"),
        (&["kubectl-sts", "rollout", "st"], "stage status"),
        (&["kubectl-sts", "rollout", "abort", "--take"], "--takeover"),
        (&["kubectl-sts", "rollout", "stage", "--on-failure", "a"], "ask abort"),
    ] {
        let (last, before) = (words.len() - 1, words[words.len() - 2]);
        let script = format!(
            "source completions/kubectl-sts.bash; COMP_WORDS=({}); COMP_CWORD={last}; \
             _kubectl__sts kubectl-sts '{}' {before}; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words[last],
        );
        let output = std::process::Command::new("bash")
            .args(["--norc", "-c", &script])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output();
        let Ok(output) = output else { return };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), wanted, "{words:?}");
    }
}

/// The command line without the commands that help does not show either.
fn shown() -> Command {
    let full = definition("kubectl-sts");
    let visible = full.get_subcommands().filter(|command| !command.is_hide_set());
    Command::new("kubectl-sts")
        .version(full.get_version().unwrap_or_default().to_owned())
        .args(full.get_arguments().cloned())
        .subcommands(visible.cloned())
}
