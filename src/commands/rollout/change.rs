//! The flags that say what a rollout changes, and the template change they make.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::commands::input::terminal_or_file;
use crate::exit::{Exit, Failure};
use crate::model::set::Template;
use crate::plan::step::TemplateChange;
use crate::terminal::Terminal;

/// What changes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Change")]
pub(super) struct ChangeArgs {
    /// Set a container's image (repeatable)
    #[arg(long = "image", value_name = "CONTAINER=IMAGE", value_parser = image)]
    images: Vec<(String, String)>,

    /// Take the pod template from this manifest of the set; - reads standard input. Anything else in it that differs from the set is refused
    #[arg(short = 'f', long, value_name = "FILE", conflicts_with_all = ["images", "patch", "restart"])]
    filename: Option<PathBuf>,

    /// Merge this into the set, as JSON or YAML; only spec.template may be in it
    #[arg(long, value_name = "PATCH", conflicts_with_all = ["images", "restart"])]
    patch: Option<String>,

    /// Restart the pods, as kubectl rollout restart does
    #[arg(long)]
    restart: bool,

    #[arg(skip)]
    back: Option<Remembered>,
}

/// An earlier template to go back to.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    /// Name of its revision.
    pub name: String,
    /// Its canonical JSON.
    pub template: String,
}

/// The annotation kubectl's own restart writes.
const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

fn image(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((container, image)) if !container.is_empty() && !image.is_empty() => {
            Ok((container.to_owned(), image.to_owned()))
        }
        _ => Err(format!("{text:?} is not of the form CONTAINER=IMAGE")),
    }
}

/// What the flags ask for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// Nothing: adopt what waits behind a hold.
    Adopt,
    /// A change of the template.
    Template(TemplateChange),
    /// The template of a whole manifest, whose other fields must be as they are.
    Manifest(Value),
}

impl ChangeArgs {
    /// The change that brings an earlier template back.
    pub(super) fn going_back(to: Remembered) -> Self {
        Self { images: Vec::new(), filename: None, patch: None, restart: false, back: Some(to) }
    }

    /// As by --restart.
    pub(super) fn restart() -> Self {
        Self { images: Vec::new(), filename: None, patch: None, restart: true, back: None }
    }

    /// Works out the change. Container names are looked up in the live template.
    pub(super) fn asked(
        &self,
        live: &Template,
        manifest: Option<&str>,
        now: Timestamp,
    ) -> Result<Asked, Failure> {
        if let Some(text) = manifest {
            let manifest: Value = serde_yaml::from_str(text)
                .context("could not read the manifest")
                .map_err(|cause| Failure::new(Exit::Usage, cause))?;
            return Ok(Asked::Manifest(manifest));
        }
        if let Some(back) = &self.back {
            return Ok(Asked::Template(TemplateChange::Replace(back.template.clone())));
        }
        if let Some(patch) = &self.patch {
            return template_patch(patch).map(|t| Asked::Template(TemplateChange::Merge(t)));
        }
        if self.images.is_empty() && !self.restart {
            return Ok(Asked::Adopt);
        }
        let live: Value =
            serde_json::from_str(&live.json).context("the live template is not JSON")?;
        let mut spec = Map::new();
        for (container, image) in &self.images {
            let field = ["containers", "initContainers"]
                .into_iter()
                .find(|field| names(&live, field).any(|name| name == container))
                .ok_or_else(|| unknown_container(&live, container))?;
            let list = spec.entry(field).or_insert_with(|| json!([]));
            if let Value::Array(list) = list {
                list.push(json!({ "name": container, "image": image }));
            }
        }
        let mut template = Map::new();
        if !spec.is_empty() {
            template.insert("spec".to_owned(), spec.into());
        }
        if self.restart {
            let at = now.round(jiff::Unit::Second).unwrap_or(now).to_string();
            template.insert("metadata".to_owned(), json!({ "annotations": { RESTARTED_AT: at } }));
        }
        Ok(Asked::Template(TemplateChange::Merge(Value::from(template).to_string())))
    }

    /// Reads the manifest that `-f` names.
    pub(super) fn read_manifest(&self, terminal: &Terminal) -> Result<Option<String>, Failure> {
        let Some(path) = &self.filename else { return Ok(None) };
        terminal_or_file(terminal, path).map(Some)
    }

    /// What is being rolled out, for people.
    pub(super) fn describe(&self) -> String {
        let mut parts: Vec<String> =
            self.images.iter().map(|(name, image)| format!("image {name}={image}")).collect();
        if let Some(back) = &self.back {
            parts.push(format!("back to {}", back.name));
        }
        if let Some(path) = &self.filename {
            parts.push(format!("template of {}", path.display()));
        }
        if self.patch.is_some() {
            parts.push("patch".to_owned());
        }
        if self.restart {
            parts.push("restart".to_owned());
        }
        if parts.is_empty() { "the template behind the hold".to_owned() } else { parts.join(", ") }
    }
}

fn names<'a>(template: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    let containers = template["spec"][field].as_array().map_or(&[][..], Vec::as_slice);
    containers.iter().filter_map(|container| container["name"].as_str())
}

fn unknown_container(template: &Value, container: &str) -> Failure {
    let known: Vec<&str> =
        names(template, "containers").chain(names(template, "initContainers")).collect();
    Failure::usage(format!("unable to find container named {container:?}"))
        .hint(format!("the containers are {}", known.join(", ")))
}

/// The template part of a patch that changes nothing else.
fn template_patch(text: &str) -> Result<String, Failure> {
    let patch: Value = serde_yaml::from_str(text)
        .context("could not read --patch")
        .map_err(|cause| Failure::new(Exit::Usage, cause))?;
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map_or_else(Vec::new, |object| object.keys().cloned().collect())
    };
    let others: Vec<String> = keys(&patch)
        .into_iter()
        .filter(|key| key != "spec")
        .chain(
            keys(&patch["spec"])
                .into_iter()
                .filter(|key| key != "template")
                .map(|key| format!("spec.{key}")),
        )
        .collect();
    if !others.is_empty() {
        return Err(Failure::usage(format!(
            "--patch changes more than spec.template: {}",
            others.join(", ")
        ))
        .hint("change the other fields with kubectl patch; they restart no pods"));
    }
    if !patch["spec"]["template"].is_object() {
        return Err(Failure::usage("--patch has no spec.template")
            .hint("write it as {\"spec\":{\"template\":{…}}}"));
    }
    Ok(patch["spec"]["template"].to_string())
}
