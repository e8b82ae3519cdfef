//! The mark of a failover as text of an annotation, and back.

use serde::Deserialize;
use serde::Serialize;

use crate::model::failover::Mark;
use crate::model::text::clean;

#[derive(Serialize, Deserialize)]
struct Written {
    by: String,
    at: jiff::Timestamp,
    pod: String,
}

/// The text of the annotation.
pub fn print(mark: &Mark) -> String {
    let Mark { by, at, pod } = mark;
    serde_json::json!(Written { by: by.clone(), at: *at, pod: pod.clone() }).to_string()
}

/// What an annotation says, if it makes sense. That it is there counts, whatever it says.
pub fn read(text: &str) -> Option<Mark> {
    let Written { by, at, pod } = serde_json::from_str(text).ok()?;
    Some(Mark { by: clean(&by), at, pod: clean(&pod) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn a_mark_reads_as_it_was_written() {
        let mark = Mark { by: "me@here".to_owned(), at: at(5), pod: "prod/db-0".to_owned() };
        assert_eq!(read(&print(&mark)), Some(mark));
        assert_eq!(read("yes"), None);
    }
}
