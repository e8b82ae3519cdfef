//! Reading the manifest of the new set.

use std::path::Path;

use serde_json::Value;

use crate::commands::context::Context;
use crate::commands::input::terminal_or_file;
use crate::convert::manifest::namespace;
use crate::exit::Failure;

/// The one StatefulSet in a file, which has to be the one that is asked for.
pub(super) fn read(cx: &Context, path: Option<&Path>, set: &str) -> Result<Value, Failure> {
    let path = path.ok_or_else(|| Failure::usage("name a manifest with -f"))?;
    let text = terminal_or_file(&cx.terminal, path)?;
    parse(&text, cx.session.namespace(), set)
        .map_err(|why| Failure::usage(format!("{}: {why}", path.display())))
}

/// Reads YAML or JSON; anything but this one set is an error.
fn parse(text: &str, wanted: &str, set: &str) -> Result<Value, String> {
    let manifest: Value = serde_yaml::from_str(text).map_err(|error| match error.location() {
        Some(at) => {
            format!("line {}, column {}: {}", at.line(), at.column(), error.without_snippet())
        }
        None => error.without_snippet().to_string(),
    })?;
    let is = |field: &Value, wanted: &str| field.as_str() == Some(wanted);
    if !is(&manifest["kind"], "StatefulSet") || !is(&manifest["apiVersion"], "apps/v1") {
        return Err("it does not hold one apps/v1 StatefulSet, and nothing else".to_owned());
    }
    let (name, namespace) = (&manifest["metadata"]["name"], namespace(&manifest, wanted));
    if !is(name, set) || namespace != wanted {
        let name = name.as_str().unwrap_or_default();
        return Err(format!("it holds {namespace}/{name}, not {wanted}/{set}"));
    }
    if !manifest["spec"]["template"].is_object() || !manifest["spec"]["selector"].is_object() {
        return Err("it has no spec.template or no spec.selector".to_owned());
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: {selector: {}, template: {}}\n";

    fn why(text: &str) -> String {
        parse(text, "prod", "db").unwrap_err()
    }

    #[test]
    fn one_set_is_read_in_yaml_and_in_json() {
        let yaml = parse(WHOLE, "prod", "db").unwrap();
        assert_eq!(parse(&yaml.to_string(), "prod", "db").unwrap(), yaml);
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        assert!(why("a: [").starts_with("line "), "{}", why("a: ["));
        assert!(
            why(&WHOLE.replace("StatefulSet", "Deployment")).contains("one apps/v1 StatefulSet")
        );
        assert!(
            why(&format!("{WHOLE}---\n{WHOLE}")).contains("document"),
            "{}",
            why(&format!("{WHOLE}---\n{WHOLE}"))
        );
        assert_eq!(why(&WHOLE.replace("db", "web")), "it holds prod/web, not prod/db");
        let elsewhere = WHOLE.replace("name: db", "name: db, namespace: test");
        assert_eq!(why(&elsewhere), "it holds test/db, not prod/db");
        assert!(why(&WHOLE.replace("template: {}", "")).contains("spec.template"));
    }
}
