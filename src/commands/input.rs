//! What a user gives in a file or on standard input.

use std::path::Path;

use anyhow::Context as _;

use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// The text of a file; `-` is standard input.
pub(super) fn terminal_or_file(terminal: &Terminal, path: &Path) -> Result<String, Failure> {
    let text = match path.to_str() {
        Some("-") => terminal.read_input(),
        _ => std::fs::read_to_string(path),
    };
    text.with_context(|| format!("could not read {}", path.display()))
        .map_err(|cause| Failure::new(Exit::Usage, cause))
}
