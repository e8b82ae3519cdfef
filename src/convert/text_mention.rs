//! Names of claims in objects of which nothing else is known.

use std::collections::HashMap;
use std::collections::HashSet;

use serde_json::Value;

use crate::model::survey::reference::Mention;
use crate::model::survey::reference::Reference;
use crate::model::text::clean;

/// What the API server writes into the metadata of every object, and what can be no user's way
/// to name a claim.
const OF_THE_SERVER: [&str; 7] = [
    "creationTimestamp",
    "generateName",
    "managedFields",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "uid",
];

/// Names to look for, with the namespaces in which a claim has that name.
pub type Names<'a> = HashMap<&'a str, HashSet<&'a str>>;

/// The claims that an object names, as their namespace, their name, and how: a text anywhere in it
/// is the name of a claim in its own namespace, or a namespace, a slash and the name of a claim
/// there.
///
/// That the object itself has the name counts: a `DataVolume` makes a claim of its own name. Each
/// claim comes once, with the first place.
pub fn mentions<'a>(
    kind: &str,
    object: &Value,
    names: &Names<'a>,
) -> Vec<(&'a str, &'a str, Reference)> {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
    let mut search =
        Search { namespace: text("namespace"), names, path: Vec::new(), found: Vec::new() };
    search.object(object);
    let by = clean(&format!("{}/{}", kind.to_lowercase(), text("name")));
    let mention = |(namespace, claim, path): (&'a str, &'a str, String)| {
        let how = Mention::Text { path: clean(&path) };
        (namespace, claim, Reference { by: by.clone(), how })
    };
    search.found.into_iter().map(mention).collect()
}

struct Search<'a, 'o> {
    /// The object's own.
    namespace: &'o str,
    names: &'o Names<'a>,
    /// Where it looks: keys, and positions in brackets.
    path: Vec<String>,
    found: Vec<(&'a str, &'a str, String)>,
}

impl Search<'_, '_> {
    /// Looks at a whole object.
    fn object(&mut self, object: &Value) {
        let Value::Object(fields) = object else { return };
        for (key, value) in fields {
            self.path.push(key.clone());
            match (key.as_str(), value) {
                ("kind" | "apiVersion", _) => {}
                ("metadata", Value::Object(metadata)) => {
                    for (key, value) in metadata {
                        if !OF_THE_SERVER.contains(&key.as_str()) {
                            self.at(format!(".{key}"), value);
                        }
                    }
                }
                _ => self.value(value),
            }
            self.path.pop();
        }
    }

    fn at(&mut self, step: String, value: &Value) {
        self.path.push(step);
        self.value(value);
        self.path.pop();
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.at(format!("[{at}]"), item);
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.at(format!(".{key}"), value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        let (namespace, name) = text.split_once('/').unwrap_or((self.namespace, text));
        let Some((name, namespaces)) = self.names.get_key_value(name) else { return };
        let Some(namespace) = namespaces.get(namespace) else { return };
        if !self.found.iter().any(|(n, claim, _)| n == namespace && claim == name) {
            self.found.push((namespace, name, self.path.concat()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(object: &Value) -> Vec<(String, String)> {
        let names = Names::from([
            ("data-db-4", HashSet::from(["prod", "test"])),
            ("only-test", HashSet::from(["test"])),
        ]);
        mentions("DataVolume.cdi.kubevirt.io", object, &names)
            .into_iter()
            .map(|(namespace, claim, reference)| {
                let Mention::Text { path } = reference.how else { panic!("not by text") };
                assert_eq!(reference.by, "datavolume.cdi.kubevirt.io/x");
                (format!("{namespace}/{claim}"), path)
            })
            .collect()
    }

    fn spec(spec: &Value) -> Vec<(String, String)> {
        paths(&json!({"metadata": {"name": "x", "namespace": "prod"}, "spec": spec}))
    }

    fn at(claim: &str, path: &str) -> Vec<(String, String)> {
        vec![(claim.to_owned(), path.to_owned())]
    }

    #[test]
    fn a_name_is_found_wherever_it_is_written_in_full() {
        let volumes =
            json!({"template": {"volumes": [{"n": 1}, {"pvc": {"claimName": "data-db-4"}}]}});
        assert_eq!(spec(&volumes), at("prod/data-db-4", "spec.template.volumes[1].pvc.claimName"));
        assert_eq!(spec(&json!(["data-db-4", "data-db-4"])), at("prod/data-db-4", "spec[0]"));
        for other in
            ["data-db-40", "xdata-db-4", "pvc data-db-4", "only-test", "elsewhere/data-db-4"]
        {
            assert_eq!(spec(&json!({"sourcePVC": other})), []);
        }
    }

    #[test]
    fn a_namespace_and_a_name_are_found_from_anywhere() {
        assert_eq!(spec(&json!({"of": "test/only-test"})), at("test/only-test", "spec.of"));
    }

    #[test]
    fn labels_annotations_and_the_objects_own_name_count_and_the_servers_fields_do_not() {
        let object = |metadata: Value| json!({"kind": "data-db-4", "metadata": metadata});
        let named = |key: &str, value: Value| {
            let mut metadata = json!({"name": "x", "namespace": "prod"});
            metadata[key] = value;
            paths(&object(metadata))
        };
        let names = json!({"note": "data-db-4"});
        for key in ["labels", "annotations"] {
            assert_eq!(
                named(key, names.clone()),
                at("prod/data-db-4", &format!("metadata.{key}.note"))
            );
        }
        for key in OF_THE_SERVER.into_iter().filter(|key| *key != "namespace") {
            assert_eq!(named(key, json!([{"name": "data-db-4"}])), []);
        }
        let names = Names::from([("data-db-4", HashSet::from(["prod"]))]);
        let own = object(json!({"name": "data-db-4", "namespace": "prod"}));
        let found = mentions("DataVolume", &own, &names);
        assert_eq!(found[0].2.how, Mention::Text { path: "metadata.name".to_owned() });
        assert_eq!(found[0].2.by, "datavolume/data-db-4");
    }
}
