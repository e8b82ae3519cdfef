//! The name of an object that is no set: POD and NODE arguments.

/// Reads `NAME` or `KIND/NAME`, so that what this program and kubectl print can be pasted. The
/// first of the kinds is the one to write.
pub fn object_name(text: &str, kinds: &[&str]) -> Result<String, String> {
    let name = match text.split_once('/') {
        None => text,
        Some((kind, name)) if kinds.contains(&kind) => name,
        Some((kind, _)) => {
            let wanted = kinds.first().copied().unwrap_or_default();
            return Err(format!("{kind:?} is not a {wanted}: name it NAME or {wanted}/NAME"));
        }
    };
    if is_name(name) { Ok(name.to_owned()) } else { Err(format!("{name:?} cannot be a name")) }
}

/// Whether an object could have this name.
pub(super) fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    !name.is_empty()
        && name.len() <= 253
        && name.chars().all(letter)
        && !name.starts_with(['-', '.'])
        && !name.ends_with(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_kubectl_prints_them() {
        for text in ["db-0", "pod/db-0", "po/db-0"] {
            assert_eq!(object_name(text, &["pod", "po"]).as_deref(), Ok("db-0"), "{text}");
        }
        for text in ["", "pod/", "sts/db", "pod/a/b", "../x", "DB", "-x"] {
            assert!(object_name(text, &["pod", "po"]).is_err(), "{text}");
        }
    }
}
