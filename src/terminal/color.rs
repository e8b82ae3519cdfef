//! What a tone looks like.

use crate::render::text::{Text, Tone};

/// Whether to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    /// With the eight colours every terminal has, so that themes keep their say.
    Colour,
    /// Not a single escape byte.
    Plain,
}

/// The text as bytes for a terminal.
pub(super) fn paint(text: &Text, paint: Paint) -> String {
    match paint {
        Paint::Plain => text.to_string(),
        Paint::Colour => text
            .pieces()
            .map(|(tone, piece)| match code(tone) {
                Some(code) => format!("\x1b[{code}m{piece}\x1b[0m"),
                None => piece.to_owned(),
            })
            .collect(),
    }
}

fn code(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Plain => None,
        Tone::Strong => Some("1"),
        Tone::Faint => Some("2"),
        Tone::Good => Some("32"),
        Tone::Busy => Some("33"),
        Tone::Warn => Some("1;33"),
        Tone::Bad => Some("1;31"),
        Tone::Hint => Some("36"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_all_or_nothing() {
        let text = Text::from("db-4 ").with(Tone::Bad, "failing");
        assert_eq!(paint(&text, Paint::Plain), "db-4 failing");
        assert_eq!(paint(&text, Paint::Colour), "db-4 \x1b[1;31mfailing\x1b[0m");
    }
}
