//! The SET argument.

use crate::commands::object_name::is_name;

/// Reads `NAME`, `sts/NAME`, `statefulset/NAME`, `statefulsets/NAME` or `statefulset.apps/NAME`,
/// so that what this program and kubectl print can be pasted.
pub fn set_name(text: &str) -> Result<String, String> {
    let name = match text.split_once('/') {
        None => text,
        Some((
            "sts" | "statefulset" | "statefulsets" | "statefulset.apps" | "statefulsets.apps",
            name,
        )) => name,
        Some((kind, _)) => {
            return Err(format!("{kind:?} is not a StatefulSet: name it NAME or sts/NAME"));
        }
    };
    if is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(format!("{name:?} cannot be the name of a StatefulSet"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_kubectl_prints_them() {
        for text in
            ["db", "sts/db", "statefulset/db", "statefulset.apps/db", "statefulsets.apps/db"]
        {
            assert_eq!(set_name(text).as_deref(), Ok("db"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_a_set_is_refused() {
        for text in ["", "sts/", "pod/db-0", "sts/a/b", "../x", "DB", "-db", "a b"] {
            assert!(set_name(text).is_err(), "{text}");
        }
    }
}
