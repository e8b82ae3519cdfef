//! A set as a graph, in the languages of Mermaid and Graphviz.

use std::collections::BTreeSet;

use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::plan::claims::ClaimState;
use crate::plan::tree::{ClaimBranch, PodBranch, Tree};

/// Boxes and arrows.
#[derive(Debug, Default)]
struct Graph {
    /// Identifiers and the lines in the box.
    boxes: Vec<(String, Vec<String>)>,
    known: BTreeSet<String>,
    arrows: Vec<(String, String, Arrow)>,
}

/// What an arrow means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrow {
    /// Hangs on.
    Has,
    /// Is at the moment on, or in.
    At,
}

impl Graph {
    /// A box by its name, made if there is none of that name.
    fn at(&mut self, name: &str, lines: &[&str]) -> String {
        let id = identifier(name);
        if self.known.insert(id.clone()) {
            let lines = std::iter::once(name).chain(lines.iter().copied());
            self.boxes.push((id.clone(), lines.map(str::to_owned).collect()));
        }
        id
    }

    fn arrow(&mut self, from: &str, to: &str, arrow: Arrow) {
        let arrow = (from.to_owned(), to.to_owned(), arrow);
        if !self.arrows.contains(&arrow) {
            self.arrows.push(arrow);
        }
    }
}

/// Letters, digits and `_`; everything else as its number, so that no two names meet.
fn identifier(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric();
    name.chars()
        .map(|c| if plain(c) { c.to_string() } else { format!("_{:x}_", u32::from(c)) })
        .collect()
}

fn graph(set: &Set, tree: &Tree) -> Graph {
    let mut graph = Graph::default();
    let root = graph.at(&set.display(), &[]);
    for revision in &tree.revisions {
        let name = format!("revision/{}", revision.name.as_deref().unwrap_or("none"));
        let branch = graph.at(&name, &[revision.role.name()]);
        graph.arrow(&root, &branch, Arrow::Has);
        revision.pods.iter().for_each(|pod| add_pod(&mut graph, &branch, pod));
    }
    tree.missing.iter().for_each(|pod| add_pod(&mut graph, &root, pod));
    tree.left_behind.iter().for_each(|claim| add_claim(&mut graph, &root, claim));
    graph
}

fn add_pod(graph: &mut Graph, above: &str, pod: &PodBranch) {
    let branch = graph.at(&format!("pod/{}", pod.name), &[&pod.reason]);
    graph.arrow(above, &branch, Arrow::Has);
    pod.claims.iter().for_each(|claim| add_claim(graph, &branch, claim));
    let Some(place) = &pod.place else { return };
    let trouble: Vec<&str> = place.trouble.into_iter().collect();
    let node = graph.at(&format!("node/{}", place.node), &trouble);
    graph.arrow(&branch, &node, Arrow::At);
    if let Some(zone) = &place.zone {
        let zone = graph.at(&format!("zone/{zone}"), &[]);
        graph.arrow(&node, &zone, Arrow::At);
    }
}

fn add_claim(graph: &mut Graph, above: &str, claim: &ClaimBranch) {
    let state = claim.state.map_or("unknown", ClaimState::name);
    let branch = graph.at(&format!("pvc/{}", claim.name), &[state]);
    graph.arrow(above, &branch, Arrow::Has);
    if let Some(leaf) = &claim.volume {
        let state = match &leaf.known {
            Known::Unknown(_) => "unknown",
            Known::Read(None) => "gone",
            Known::Read(Some(facts)) => &facts.reclaim_policy,
        };
        let volume = graph.at(&format!("pv/{}", leaf.name), &[state]);
        graph.arrow(&branch, &volume, Arrow::Has);
    }
}

/// The graph for Mermaid.
pub fn mermaid(set: &Set, tree: &Tree) -> String {
    let graph = graph(set, tree);
    let mut lines = vec!["flowchart LR".to_owned()];
    for (id, text) in &graph.boxes {
        let text: Vec<String> = text.iter().map(|line| line.replace('"', "#quot;")).collect();
        lines.push(format!("  {id}[\"{}\"]", text.join("<br/>")));
    }
    for (from, to, arrow) in &graph.arrows {
        let line = if *arrow == Arrow::Has { "-->" } else { "-.->" };
        lines.push(format!("  {from} {line} {to}"));
    }
    lines.join("\n")
}

/// The graph for Graphviz.
pub fn dot(set: &Set, tree: &Tree) -> String {
    let graph = graph(set, tree);
    let mut lines =
        vec!["digraph {".to_owned(), "  rankdir=LR;".to_owned(), "  node [shape=box];".to_owned()];
    for (id, text) in &graph.boxes {
        let escaped = |line: &String| line.replace('\\', "\\\\").replace('"', "\\\"");
        let text: Vec<String> = text.iter().map(escaped).collect();
        lines.push(format!("  {id} [label=\"{}\"];", text.join("\\n")));
    }
    for (from, to, arrow) in &graph.arrows {
        let style = if *arrow == Arrow::Has { "" } else { " [style=dashed]" };
        lines.push(format!("  {from} -> {to}{style};"));
    }
    lines.push("}".to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tree::tests::{seen, set};
    use crate::plan::tree::tree;

    fn small() -> Tree {
        let mut tree = tree(&seen(&set()));
        tree.revisions.truncate(1);
        tree.left_behind.clear();
        tree
    }

    #[test]
    fn mermaid_has_a_box_for_each_and_an_arrow_for_what_hangs_on_it() {
        insta::assert_snapshot!(mermaid(&set(), &small()), @r#"
        flowchart LR
          statefulset_2e_apps_2f_db["statefulset.apps/db"]
          revision_2f_db_2d_new["revision/db-new<br/>update"]
          pod_2f_db_2d_2["pod/db-2<br/>Ready"]
          pvc_2f_data_2d_db_2d_2["pvc/data-db-2<br/>bound"]
          pv_2f_pv_2d_data_2d_db_2d_2["pv/pv-data-db-2<br/>Delete"]
          node_2f_n2["node/n2"]
          zone_2f_b["zone/b"]
          statefulset_2e_apps_2f_db --> revision_2f_db_2d_new
          revision_2f_db_2d_new --> pod_2f_db_2d_2
          pod_2f_db_2d_2 --> pvc_2f_data_2d_db_2d_2
          pvc_2f_data_2d_db_2d_2 --> pv_2f_pv_2d_data_2d_db_2d_2
          pod_2f_db_2d_2 -.-> node_2f_n2
          node_2f_n2 -.-> zone_2f_b
        "#);
    }

    #[test]
    fn dot_has_the_same() {
        insta::assert_snapshot!(dot(&set(), &small()), @r#"
        digraph {
          rankdir=LR;
          node [shape=box];
          statefulset_2e_apps_2f_db [label="statefulset.apps/db"];
          revision_2f_db_2d_new [label="revision/db-new\nupdate"];
          pod_2f_db_2d_2 [label="pod/db-2\nReady"];
          pvc_2f_data_2d_db_2d_2 [label="pvc/data-db-2\nbound"];
          pv_2f_pv_2d_data_2d_db_2d_2 [label="pv/pv-data-db-2\nDelete"];
          node_2f_n2 [label="node/n2"];
          zone_2f_b [label="zone/b"];
          statefulset_2e_apps_2f_db -> revision_2f_db_2d_new;
          revision_2f_db_2d_new -> pod_2f_db_2d_2;
          pod_2f_db_2d_2 -> pvc_2f_data_2d_db_2d_2;
          pvc_2f_data_2d_db_2d_2 -> pv_2f_pv_2d_data_2d_db_2d_2;
          pod_2f_db_2d_2 -> node_2f_n2 [style=dashed];
          node_2f_n2 -> zone_2f_b [style=dashed];
        }
        "#);
    }

    #[test]
    fn text_from_the_cluster_stays_in_its_box() {
        let mut tree = small();
        tree.revisions[0].pods[0].reason = "a\"] --> x[\\\"b".to_owned();
        assert!(mermaid(&set(), &tree).contains("a#quot;] --> x[\\#quot;b\"]"));
        assert!(dot(&set(), &tree).contains(r#"a\"] --> x[\\\"b""#));
        assert_ne!(identifier("a-b"), identifier("a.b"));
    }
}
