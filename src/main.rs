//! The executable: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubectl_sts::run(std::env::args_os())
}
