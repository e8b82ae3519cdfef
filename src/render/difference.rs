//! Differences: between templates as people read them, and between objects by field.

use serde::Serialize;
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

/// A template in YAML, safe to show.
pub fn whole(template: &Template) -> String {
    yaml(template).lines().map(|line| clean(line) + "\n").collect()
}

fn yaml(template: &Template) -> String {
    let value: Value = serde_json::from_str(&template.json).unwrap_or_default();
    serde_yaml::to_string(&value).unwrap_or_else(|_| template.json.clone())
}

/// One field in which two objects differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Where; elements of lists go by their names, as in `spec.containers[app].image`.
    pub path: String,
    /// What was there; null where there was nothing.
    pub from: Value,
    /// What is there now.
    pub to: Value,
}

/// The fields in which two templates differ.
pub fn template_fields(before: &Template, after: &Template) -> Vec<Changed> {
    let read =
        |template: &Template| -> Value { serde_json::from_str(&template.json).unwrap_or_default() };
    let mut changed = Vec::new();
    collect(&read(before), &read(after), "", &mut changed);
    changed
}

/// Paths of the fields in which the two objects differ, as far as a user writes them: metadata's
/// labels and annotations, and the spec without the pod template.
pub fn field_differences(before: &Value, after: &Value) -> Vec<String> {
    let mut changed = Vec::new();
    for field in ["labels", "annotations"] {
        let path = format!("metadata.{field}");
        collect(&before["metadata"][field], &after["metadata"][field], &path, &mut changed);
    }
    let without_template = |object: &Value| {
        let mut spec = object["spec"].clone();
        if let Some(spec) = spec.as_object_mut() {
            spec.remove("template");
        }
        spec
    };
    collect(&without_template(before), &without_template(after), "spec", &mut changed);
    changed
        .retain(|change| !change.path.contains("kubectl.kubernetes.io/last-applied-configuration"));
    let words = |change: Changed| {
        let (from, to) = (short(&change.from), short(&change.to));
        format!("{}: {from} on the server, {to} in the file", change.path)
    };
    changed.into_iter().map(words).collect()
}

fn collect(before: &Value, after: &Value, path: &str, changed: &mut Vec<Changed>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                collect(&before[key], &after[key], &format!("{path}{dot}{key}"), changed);
            }
        }
        (Value::Array(old), Value::Array(new)) if named(old) && named(new) => {
            let find = |list: &[Value], name: &Value| {
                list.iter().find(|element| element["name"] == *name).cloned().unwrap_or_default()
            };
            let names = old.iter().chain(new).map(|element| &element["name"]);
            let mut seen = Vec::new();
            for name in names {
                if !seen.contains(&name) {
                    seen.push(name);
                    let path = format!("{path}[{}]", name.as_str().unwrap_or_default());
                    collect(&find(old, name), &find(new, name), &path, changed);
                }
            }
        }
        _ => {
            changed.push(Changed {
                path: path.to_owned(),
                from: before.clone(),
                to: after.clone(),
            });
        }
    }
}

/// Whether every element of a list has a name.
fn named(list: &[Value]) -> bool {
    list.iter().all(|element| element["name"].is_string())
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
    fn fields_of_templates_go_by_the_names_in_lists() {
        let before = template(&json!({"metadata": {}, "spec": {"containers": [
            {"name": "app", "image": "db:v1", "args": ["a"]}, {"name": "old", "image": "x"},
        ]}}));
        let after = template(&json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [
            {"name": "app", "image": "db:v2", "args": ["a", "b"]},
        ]}}));
        let fields = template_fields(&before, &after);
        let paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "metadata.labels",
                "spec.containers[app].args",
                "spec.containers[app].image",
                "spec.containers[old]"
            ]
        );
        assert_eq!((&fields[2].from, &fields[2].to), (&json!("db:v1"), &json!("db:v2")));
        assert_eq!(fields[3].to, Value::Null);
        assert_eq!(template_fields(&before, &before), []);
        assert_eq!(whole(&before).lines().next(), Some("metadata: {}"));
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
