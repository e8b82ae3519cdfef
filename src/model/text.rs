//! Making text from a cluster safe to show.

/// Removes what could move the cursor, recolour the terminal or reorder what is read.
///
/// Control characters (C0, DEL and C1) and the bidirectional formatting characters are dropped;
/// line breaks and tabs become one space, so that a message stays on its line. Anybody who can
/// write an object's message could otherwise write to the screen of whoever looks at it
/// (CVE-2021-25743 was kubectl's case).
pub fn clean(text: &str) -> String {
    if !text.chars().any(is_unsafe) {
        return text.to_owned();
    }
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            c if is_unsafe(c) => None,
            c => Some(c),
        })
        .collect()
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cuts text to a number of characters, marking the cut.
pub fn shorten(text: &str, most: usize) -> String {
    if text.char_indices().nth(most).is_none() {
        return text.to_owned();
    }
    let kept = text.char_indices().nth(most.saturating_sub(1)).map_or(0, |(at, _)| at);
    format!("{}…", &text[..kept])
}
