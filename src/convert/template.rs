//! Pod templates as canonical JSON.

use serde_json::Value;

use crate::model::set::Template;
use crate::model::text::clean;

/// The template in its canonical form.
///
/// `serde_json` keeps objects sorted by key. Servers before 1.34 write `creationTimestamp: null`
/// into a template's metadata and later ones leave it out, so a template must be the same with
/// and without it.
pub(super) fn template(mut value: Value) -> Template {
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut)
        && metadata.get("creationTimestamp").is_some_and(Value::is_null)
    {
        metadata.remove("creationTimestamp");
    }
    let images = ["initContainers", "containers"]
        .into_iter()
        .filter_map(|list| value.pointer("/spec")?.get(list)?.as_array())
        .flatten()
        .map(|container| (text(container, "name"), text(container, "image")))
        .collect();
    Template { json: value.to_string(), images }
}

fn text(container: &Value, field: &str) -> String {
    container.get(field).and_then(Value::as_str).map(clean).unwrap_or_default()
}

/// The value of a label that a template, as JSON, wants of its nodes.
pub fn node_selector(template: &str, key: &str) -> Option<String> {
    let template: Value = serde_json::from_str(template).ok()?;
    template["spec"]["nodeSelector"][key].as_str().map(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_a_template_are_the_same() {
        let one = r#"{"spec":{"containers":[{"name":"db","image":"db:1"}]},"metadata":{"creationTimestamp":null,"labels":{"b":"1","a":"2"}}}"#;
        let other = r#"{"metadata":{"labels":{"a":"2","b":"1"}},"spec":{"containers":[{"image":"db:1","name":"db"}]}}"#;
        let read = |json| template(serde_json::from_str(json).unwrap());
        assert_eq!(read(one), read(other));
        assert_eq!(read(one).json, other);
    }

    #[test]
    fn a_node_selector_is_read_and_cleaned() {
        let json = r#"{"spec":{"nodeSelector":{"zone":"east\u001b"}}}"#;
        assert_eq!(node_selector(json, "zone").as_deref(), Some("east"));
        assert_eq!(node_selector(json, "rack"), None);
        assert_eq!(node_selector("{}", "zone"), None);
    }

    #[test]
    fn images_are_cleaned_and_the_template_is_not() {
        let value = serde_json::json!({"spec": {
            "containers": [{"name": "db", "image": "evil\u{1b}[2J:1"}],
            "initContainers": [{"name": "init", "image": "init:1"}],
        }});
        let template = template(value);
        let images = [("init", "init:1"), ("db", "evil[2J:1")];
        assert_eq!(template.images, images.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(template.json.contains(r"evil\u001b[2J:1"), "{}", template.json);
    }
}
