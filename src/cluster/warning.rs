//! The server's `Warning` headers.

use http::HeaderMap;
use http::header::WARNING;

use crate::model::text::clean;

/// The texts of all `299` warnings, safe to show.
pub(super) fn texts(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(WARNING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(parse).map(|text| clean(&text)).filter(|text| !text.is_empty()).collect()
}

/// Reads `code agent "text" ["date"]`, several of them separated by commas (RFC 7234, 5.5).
///
/// What does not look like it is skipped: a warning is never a reason to fail.
fn parse(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value.trim_start();
    while let Some((code, after)) = rest.split_once(' ') {
        let Some((_agent, after)) = after.trim_start().split_once(' ') else { break };
        let Some((text, after)) = quoted(after.trim_start()) else { break };
        if code == "299" {
            found.push(text);
        }
        let after = after.trim_start();
        let after = quoted(after).map_or(after, |(_date, after)| after);
        let Some(next) = after.trim_start().strip_prefix(',') else { break };
        rest = next.trim_start();
    }
    found
}

/// The quoted string at the start, unescaped, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut unescaped = String::new();
    let mut characters = text.strip_prefix('"')?.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((unescaped, &text[at + 2..])),
            '\\' => unescaped.push(characters.next()?.1),
            other => unescaped.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_read_as_servers_write_them() {
        for (value, expected) in [
            (r#"299 - "one""#, vec!["one"]),
            (r#"299 - "a \"quoted\" \\ text""#, vec![r#"a "quoted" \ text"#]),
            (r#"299 - "one", 299 agent "two""#, vec!["one", "two"]),
            (r#"299 - "one" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "two""#, vec!["one", "two"]),
            (r#"199 - "of a cache", 299 - "two""#, vec!["two"]),
            (r#"299 - "with, comma""#, vec!["with, comma"]),
            (r"299 - unquoted", vec![]),
            (r#"299 - "open"#, vec![]),
            ("", vec![]),
        ] {
            assert_eq!(parse(value), expected, "{value}");
        }
    }

    #[test]
    fn all_headers_count_and_escapes_are_removed() {
        let mut headers = HeaderMap::new();
        headers.append(WARNING, "299 - \"one\"".parse().unwrap());
        headers.append(WARNING, "299 - \"t\\\tw\\o\"".parse().unwrap());
        assert_eq!(texts(&headers), ["one", "t wo"]);
    }
}
