//! Differences: between templates as people read them, and between objects by field.

use serde_json::Value;
use similar::TextDiff;

use crate::model::set::Template;
use crate::model::text::clean;
use crate::render::text::{Text, Tone};

/// A unified diff of two templates in YAML; empty when they are the same.
pub fn templates(before: &Template, after: &Template, names: (&str, &str)) -> Text {
    let mut text = Text::new();
    if before.json == after.json {
        return text;
    }
    let (old, new) = (yaml(before), yaml(after));
    let diff = TextDiff::from_lines(&old, &new);
    let unified = diff.unified_diff().context_radius(2).header(names.0, names.1).to_string();
    for line in unified.lines() {
        let tone = match line.as_bytes().first() {
            Some(b'+') => Tone::Good,
            Some(b'-') => Tone::Bad,
            Some(b'@') => Tone::Faint,
            _ => Tone::Plain,
        };
        text.push(tone, format!("  {}\n", clean(line)));
    }
    text
}

fn yaml(template: &Template) -> String {
    let value: Value = serde_json::from_str(&template.json).unwrap_or_default();
    serde_yaml::to_string(&value).unwrap_or_else(|_| template.json.clone())
}

/// Paths of the fields in which the two objects differ, as far as a user writes them: metadata's
/// labels and annotations, and the spec without the pod template.
pub fn field_differences(before: &Value, after: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    for field in ["labels", "annotations"] {
        let path = format!("metadata.{field}");
        collect(&before["metadata"][field], &after["metadata"][field], &path, &mut paths);
    }
    let without_template = |object: &Value| {
        let mut spec = object["spec"].clone();
        if let Some(spec) = spec.as_object_mut() {
            spec.remove("template");
        }
        spec
    };
    collect(&without_template(before), &without_template(after), "spec", &mut paths);
    paths.retain(|path| !path.contains("kubectl.kubernetes.io/last-applied-configuration"));
    paths
}

fn collect(before: &Value, after: &Value, path: &str, paths: &mut Vec<String>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                collect(&before[key], &after[key], &format!("{path}.{key}"), paths);
            }
        }
        _ => paths.push(format!(
            "{path}: {} on the server, {} in the file",
            short(before),
            short(after)
        )),
    }
}

fn short(value: &Value) -> String {
    crate::model::text::shorten(&clean(&value.to_string()), 40)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(json: &Value) -> Template {
        Template { json: json.to_string(), images: Vec::new() }
    }

    #[test]
    fn templates_differ_line_by_line_in_yaml() {
        let before =
            template(&json!({"spec": {"containers": [{"name": "app", "image": "db:v1"}]}}));
        let after = template(&json!({"spec": {"containers": [{"name": "app", "image": "db:v2"}]}}));
        let diff = templates(&before, &after, ("db-1", "new template")).to_string();
        assert!(diff.starts_with("  --- db-1\n  +++ new template\n  @@ -1,4 +1,4 @@\n"), "{diff}");
        assert!(diff.contains("\n  -  - image: db:v1\n  +  - image: db:v2\n"), "{diff}");
        assert_eq!(templates(&before, &before, ("a", "b")).to_string(), "");
    }

    #[test]
    fn fields_outside_the_template_are_named_with_both_values() {
        let before = json!({"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": 3, "template": {"x": 1}}});
        let after = json!({
            "metadata": {"labels": {"a": "2"}, "resourceVersion": "9"},
            "spec": {"replicas": 5, "template": {"x": 2}, "minReadySeconds": 5}
        });
        assert_eq!(
            field_differences(&before, &after),
            [
                "metadata.labels.a: \"1\" on the server, \"2\" in the file",
                "spec.replicas: 3 on the server, 5 in the file",
                "spec.minReadySeconds: null on the server, 5 in the file",
            ]
        );
    }
}
