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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_gone() {
        for (dirty, plain) in [
            ("\u{1b}[31mred\u{1b}[0m", "[31mred[0m"),
            ("\u{9b}2Jgone", "2Jgone"),
            ("\u{1b}]8;;https://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "]8;;https://x\\link]8;;\\"),
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("ding\u{7}", "ding"),
            ("over\rwrite", "over write"),
            ("two\nlines\tand a tab", "two lines and a tab"),
            ("nul\0l", "null"),
            ("del\u{7f}", "del"),
            ("abc\u{202e}fed", "abcfed"),
            ("\u{2066}isolated\u{2069}", "isolated"),
            ("ze\u{200b}ro\u{200d}wi\u{feff}dth", "zerowidth"),
            ("\u{061c}mark", "mark"),
        ] {
            assert_eq!(clean(dirty), plain, "{dirty:?}");
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["", "Back-off pulling image \"db:v2\"", "größer, 大きい, больше, 🙂"]
        {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn cutting_counts_characters_and_marks_the_cut() {
        assert_eq!(shorten("abc", 3), "abc");
        assert_eq!(shorten("abcd", 3), "ab…");
        assert_eq!(shorten("äöüß", 3), "äö…");
        assert_eq!(shorten("abcd", 1), "…");
        assert_eq!(shorten("", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left_and_nothing_is_added(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert!(!cleaned.chars().any(is_unsafe));
            prop_assert!(cleaned.chars().count() <= text.chars().count());
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
        }

        #[test]
        fn a_cut_is_never_longer_than_asked(text in any::<String>(), most in 1_usize..40) {
            prop_assert!(shorten(&text, most).chars().count() <= most);
        }
    }
}
