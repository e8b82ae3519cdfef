//! What the benchmarks share: running programs, and printing rows of figures.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

/// Milliseconds from start to end.
pub(crate) fn timed(mut command: Command) -> f64 {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output();
    let took = began.elapsed().as_secs_f64() * 1000.0;
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

/// The most memory it had, in MiB, where GNU time is installed to tell.
pub(crate) fn peak(command: &Command) -> Option<f64> {
    let mut time = Command::new("/usr/bin/time");
    time.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args()).env_clear();
    for (key, value) in command.get_envs() {
        time.env(key, value?);
    }
    let output = time.output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let kib: f64 = text.lines().last()?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Another program to measure, built into `target/tools` when it is not there.
pub(crate) fn peer(name: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("benches/peers/build.sh");
    let status = Command::new(&script).arg(name).status();
    assert!(status.is_ok_and(|status| status.success()), "{} {name} failed", script.display());
    root.join("target/tools").join(name)
}

/// The program that is measured.
pub(crate) fn program() -> PathBuf {
    let program = env::var_os("KUBECTL_STS").map(PathBuf::from);
    let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_kubectl-sts").into());
    fs::canonicalize(&program).unwrap_or(program)
}

/// Prints the least, the median and the most of these.
pub(crate) fn row(what: &str, values: &mut [f64], digits: usize) {
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else {
        return print(&format!("| {what} | not measured | | |"));
    };
    let median = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
    print(&format!("| {what} | {least:.digits$} | {median:.digits$} | {most:.digits$} |"));
}

/// Prints one line of the result.
#[expect(clippy::print_stdout, reason = "the result of the benchmark")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}
