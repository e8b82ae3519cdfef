//! Text that knows what it means, and how wide it is.

use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a piece of text means to its reader.
///
/// Never the only carrier of that meaning: the words must do without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What can be passed over.
    Faint,
    /// As it should be.
    Good,
    /// Under way, or to be watched.
    Busy,
    /// A warning.
    Warn,
    /// Wrong.
    Bad,
    /// A thing to do, such as a command to paste.
    Hint,
}

/// Text in pieces, each with its tone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<(Tone, String)>,
}

impl Text {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece at the end.
    pub fn push(&mut self, tone: Tone, piece: impl Into<String>) {
        let piece = piece.into();
        if !piece.is_empty() {
            self.pieces.push((tone, piece));
        }
    }

    /// Adds the pieces of another text at the end.
    pub fn extend(&mut self, other: Self) {
        self.pieces.extend(other.pieces);
    }

    /// The same text with one more piece at the end.
    #[must_use]
    pub fn with(mut self, tone: Tone, piece: impl Into<String>) -> Self {
        self.push(tone, piece);
        self
    }

    /// The pieces in order.
    pub fn pieces(&self) -> impl Iterator<Item = (Tone, &str)> {
        self.pieces.iter().map(|(tone, piece)| (*tone, piece.as_str()))
    }

    /// Columns it takes on a terminal.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, piece)| piece.width()).sum()
    }

    /// The text in lines of at most `most` columns, broken at blanks; lines after the first begin
    /// with `indent` blanks. A word that is too long stays whole.
    pub fn wrap(self, most: usize, indent: usize) -> Vec<Self> {
        if self.width() <= most {
            return vec![self];
        }
        let mut lines = vec![Self::new()];
        let mut used = 0;
        for (tone, piece) in &self.pieces {
            for word in piece.split_inclusive(' ') {
                let bare = word.trim_end_matches(' ');
                if used + bare.width() > most && used > indent {
                    lines.push(Self::from(" ".repeat(indent)));
                    used = indent;
                }
                let fits = used + word.width() <= most || used <= indent;
                if let Some(line) = lines.last_mut() {
                    line.push(*tone, if fits { word } else { bare });
                }
                used += word.width();
            }
        }
        lines
    }

    /// The beginning that fits into `most` columns, with the cut marked.
    #[must_use]
    pub fn fit(self, most: usize) -> Self {
        if self.width() <= most {
            return self;
        }
        let mut left = most.saturating_sub(1);
        let mut fitted = Self::new();
        let mut last = Tone::Plain;
        for (tone, piece) in self.pieces {
            let kept = head(&piece, left);
            left -= kept.width();
            let whole = kept.len() == piece.len();
            last = tone;
            fitted.push(tone, kept);
            if !whole {
                break;
            }
        }
        if most > 0 {
            fitted.push(last, "…");
        }
        fitted
    }
}

/// The text without its tones.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|(_, piece)| f.write_str(piece))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new().with(Tone::Plain, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new().with(Tone::Plain, text)
    }
}

/// The longest beginning of at most this many columns.
fn head(text: &str, most: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.width().unwrap_or(0);
        (used > most).then_some(at)
    });
    &text[..end.unwrap_or(text.len())]
}

/// The longest end of at most `most` columns, with the cut marked: of a pod's name, the end
/// tells it from the others.
pub fn fit_end(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut used = 1;
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        used += c.width().unwrap_or(0);
        used <= most
    });
    format!("…{}", kept.last().map_or("", |(at, _)| &text[at..]))
}

/// The text with blanks after it up to `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_marked_and_never_wider_than_asked_for() {
        let text = || Text::from("db-4 ").with(Tone::Bad, "国国国");
        for (most, expected) in
            [(11, "db-4 国国国"), (10, "db-4 国国…"), (9, "db-4 国…"), (5, "db-4…"), (0, "")]
        {
            let fitted = text().fit(most);
            assert_eq!(fitted.to_string(), expected);
            assert!(fitted.width() <= most);
        }
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = Text::from("claims   ").with(Tone::Good, "3 bound · ").with(Tone::Bad, "1 lost");
        let lines = |most| -> Vec<String> {
            text.clone()
                .wrap(most, 9)
                .iter()
                .map(|line| line.to_string().trim_end().to_owned())
                .collect()
        };
        assert_eq!(lines(80), ["claims   3 bound · 1 lost"]);
        assert_eq!(lines(20), ["claims   3 bound · 1", "         lost"]);
        assert_eq!(lines(16), ["claims   3 bound", "         · 1", "         lost"]);
        assert_eq!(lines(3)[0], "claims   3", "what cannot be broken stays whole");
    }

    #[test]
    fn the_end_of_a_name_is_what_stays() {
        assert_eq!(fit_end("database-17", 11), "database-17");
        assert_eq!(fit_end("database-17", 6), "…se-17");
        assert_eq!(fit_end("database-17", 1), "…");
    }
}
