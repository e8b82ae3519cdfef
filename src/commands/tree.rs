//! `tree`: what a set consists of, and where else its pods could run.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::output::Output;
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::claim::Claim;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::tree::{Seen, tree};
use crate::render::diagram::{dot, mermaid};
use crate::render::tree::{NOT_CONSIDERED, lines};
use crate::render::tree_document::document;

/// Show a set with its revisions, pods, claims, volumes and nodes, and where else pods could run
///
/// For each pod: the nodes beside its own that are ready and not cordoned, whose labels and taints
/// suit the pod, and from which all its bound volumes can be reached. Marks replicas that would be
/// lost with one node or one zone, and pods that have nowhere else to go.
#[derive(Args, Clone, Debug)]
pub struct TreeArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// Print a document, or a graph
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<TreeOutput>,
}

/// How a tree is printed.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum TreeOutput {
    /// JSON, indented as kubectl does.
    Json,
    /// YAML.
    Yaml,
    /// A flowchart for Mermaid.
    Mermaid,
    /// A graph for Graphviz.
    Dot,
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &TreeArgs) -> Result<Exit, Failure> {
    let namespace = cx.session.namespace().to_owned();
    let (snapshot, claims, nodes) = tokio::join!(
        cx.snapshot(&args.set),
        cx.session.claims(Some(&namespace)),
        cx.session.nodes(),
    );
    let (snapshot, claims, nodes) = (snapshot?, claims?, nodes?);
    let names = volume_names(&snapshot, &claims);
    let volumes = cx.session.volumes(&names).await?;
    let volumes: BTreeMap<_, _> = names.into_iter().zip(volumes).collect();
    cx.tell_notices();
    let seen = Seen { snapshot, claims, volumes, nodes };
    let tree = tree(&seen);
    let set = &seen.snapshot.set;
    let text = |output: Output| output.encode(&document(set, &tree, clock::now(), cx.cluster()));
    match args.output {
        Some(TreeOutput::Json) => cx.terminal.print(text(Output::Json)?)?,
        Some(TreeOutput::Yaml) => cx.terminal.print(text(Output::Yaml)?)?,
        Some(TreeOutput::Mermaid) => cx.terminal.print(mermaid(set, &tree))?,
        Some(TreeOutput::Dot) => cx.terminal.print(dot(set, &tree))?,
        None => {
            for line in lines(set, &tree, cx.terminal.columns()) {
                cx.terminal.print(line)?;
            }
            cx.terminal.note(format!("not considered: {NOT_CONSIDERED}"));
        }
    }
    Ok(Exit::Success)
}

/// The volumes of all claims of the set, wanted or not.
fn volume_names(snapshot: &Snapshot, claims: &Known<Vec<Claim>>) -> Vec<String> {
    let set = &snapshot.set;
    let Known::Read(claims) = claims else { return Vec::new() };
    let ours = claims.iter().filter(|claim| set.is_claim_of(&claim.name));
    let mut names: Vec<String> = ours.filter_map(|claim| claim.volume.clone()).collect();
    names.sort();
    names.dedup();
    names
}
