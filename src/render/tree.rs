//! A set as a tree of lines, as `tree` and `cargo tree` draw them.

use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::plan::claims::ClaimState;
use crate::plan::tree::{ClaimBranch, Concern, Elsewhere, PodBranch, Reach, RevisionBranch, Tree};
use crate::plan::tree::{Role, VolumeFacts, VolumeLeaf};
use crate::render::ordinals::some;
use crate::render::overview::unknown;
use crate::render::text::{Text, Tone};

/// Names that are written out before the rest is counted.
const NAMES: usize = 3;

/// What decides as well where a pod can go, and is not looked at.
pub const NOT_CONSIDERED: &str = "room on nodes, pod affinity, spread, volume limits";

/// A line and what hangs on it.
struct Branch {
    line: Text,
    branches: Vec<Branch>,
}

impl Branch {
    fn leaf(line: impl Into<Text>) -> Self {
        Self { line: line.into(), branches: Vec::new() }
    }

    /// Draws the branches: each line fits into so many columns, where there is a limit.
    fn draw(&self, lines: &mut Vec<Text>, above: &str, columns: Option<usize>) {
        for (place, branch) in self.branches.iter().enumerate() {
            let last = place + 1 == self.branches.len();
            let (first, rest) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let below = format!("{above}{rest}");
            let guide = if branch.branches.is_empty() { "     " } else { "│    " };
            let wrapped = match columns {
                Some(columns) => {
                    branch.line.clone().wrap(columns.saturating_sub(below.chars().count()), 0)
                }
                None => vec![branch.line.clone()],
            };
            for (place, part) in wrapped.into_iter().enumerate() {
                let mut line = Text::new();
                if place == 0 {
                    line.push(Tone::Faint, format!("{above}{first}"));
                } else {
                    line.push(Tone::Faint, format!("{below}{guide}"));
                }
                line.extend(part);
                lines.push(line);
            }
            branch.draw(lines, &below, columns);
        }
    }
}

/// The lines of the tree, wrapped at so many columns where there is a limit.
pub fn lines(set: &Set, tree: &Tree, columns: Option<usize>) -> Vec<Text> {
    let pods = || tree.revisions.iter().flat_map(|revision| &revision.pods);
    let ready = pods().filter(|pod| pod.ready).count();
    let root = Text::new()
        .with(Tone::Strong, set.display())
        .with(Tone::Plain, format!("  {ready}/{} ready", set.wanted.replicas));
    let mut branches: Vec<Branch> = tree.revisions.iter().map(revision).collect();
    if !tree.missing.is_empty() {
        let missing = tree.missing.iter().map(pod).collect();
        let line = Text::new().with(Tone::Warn, "no pod");
        branches.push(Branch { line, branches: missing });
    }
    if !tree.left_behind.is_empty() {
        let left = tree.left_behind.iter().map(claim).collect();
        let line = Text::new()
            .with(Tone::Warn, "left behind")
            .with(Tone::Plain, ": claims of ordinals the set does not want");
        branches.push(Branch { line, branches: left });
    }
    let mut lines = vec![root.clone()];
    Branch { line: root, branches }.draw(&mut lines, "", columns);
    let all = pods().count();
    let shown = tree.concerns.iter().filter(|one| !matches!(one, Concern::OneNode { .. }));
    let nodes = tree.concerns.iter().filter(|one| matches!(one, Concern::OneNode { .. }));
    let more = nodes.clone().count().saturating_sub(NAMES);
    let more = (more > 0).then(|| Text::from(format!("{more} more nodes with several pods")));
    let concerns = nodes.take(NAMES).chain(shown).map(|one| concern(one, all)).chain(more);
    let unread = tree.unknown.iter().map(|(what, reason)| {
        let mut line = Text::from(format!("{what} "));
        line.extend(unknown(reason));
        line
    });
    let below = concerns.chain(unread);
    lines.extend(below.flat_map(|line| line.wrap(columns.unwrap_or(usize::MAX), 2)));
    lines
}

fn revision(revision: &RevisionBranch) -> Branch {
    let tone = match revision.role {
        Role::Neither => Tone::Warn,
        Role::Current => Tone::Plain,
        _ => Tone::Good,
    };
    let mut line = Text::new()
        .with(Tone::Plain, revision.name.as_deref().unwrap_or("no revision"))
        .with(tone, format!("  {}", revision.role.name()));
    if let Some(number) = revision.number {
        line.push(Tone::Plain, format!(", revision {number}"));
    }
    for (container, image) in &revision.images {
        line.push(Tone::Faint, format!(", {container}={image}"));
    }
    Branch { line, branches: revision.pods.iter().map(pod).collect() }
}

fn pod(pod: &PodBranch) -> Branch {
    let tone = if pod.ready { Tone::Good } else { Tone::Bad };
    let mut line = Text::from(format!("pod/{}  ", pod.name)).with(tone, pod.reason.as_str());
    match &pod.place {
        Some(place) => {
            line.push(Tone::Plain, format!("  on {}", place.node));
            let zone = place.zone.as_ref().map(|zone| (Tone::Plain, zone.as_str()));
            let trouble = place.trouble.map(|trouble| (Tone::Bad, trouble));
            let about: Vec<(Tone, &str)> = zone.into_iter().chain(trouble).collect();
            for (place, (tone, text)) in about.iter().enumerate() {
                line.push(Tone::Plain, if place == 0 { " (" } else { ", " });
                line.push(*tone, *text);
            }
            line.push(Tone::Plain, if about.is_empty() { "" } else { ")" });
        }
        None if pod.elsewhere == Elsewhere::NoPod => {}
        None => line.push(Tone::Warn, "  on no node"),
    }
    let mut branches: Vec<Branch> = pod.claims.iter().map(claim).collect();
    branches.extend(elsewhere(pod).map(Branch::leaf));
    Branch { line, branches }
}

/// `could run on 2 other nodes (a, b)`.
pub fn elsewhere(pod: &PodBranch) -> Option<Text> {
    let other = if pod.place.is_some() { "other " } else { "" };
    Some(match &pod.elsewhere {
        Elsewhere::NoPod => return None,
        Elsewhere::Unknown(why) => Text::from("where it could run is ")
            .with(Tone::Warn, "unknown")
            .with(Tone::Plain, format!(": {why}")),
        Elsewhere::Nodes(nodes) if nodes.is_empty() => {
            Text::new().with(Tone::Bad, format!("could run on no {other}node"))
        }
        Elsewhere::Nodes(nodes) => {
            let plural = if nodes.len() == 1 { "" } else { "s" };
            let names = some(nodes.iter().map(String::as_str), NAMES);
            Text::from(format!("could run on {} {other}node{plural} ({names})", nodes.len()))
        }
    })
}

fn claim(claim: &ClaimBranch) -> Branch {
    let (tone, state) = match claim.state {
        None => (Tone::Warn, "unknown"),
        Some(state @ ClaimState::Bound) => (Tone::Plain, state.name()),
        Some(state @ (ClaimState::Pending | ClaimState::Unknown)) => (Tone::Warn, state.name()),
        Some(state) => (Tone::Bad, state.name()),
    };
    let mut line = Text::from(format!("pvc/{}  ", claim.name)).with(tone, state);
    for more in [&claim.size, &claim.class].into_iter().flatten().filter(|more| !more.is_empty()) {
        line.push(Tone::Plain, format!(", {more}"));
    }
    Branch { line, branches: claim.volume.iter().map(|leaf| Branch::leaf(volume(leaf))).collect() }
}

fn volume(leaf: &VolumeLeaf) -> Text {
    let line = Text::from(format!("pv/{}  ", leaf.name));
    match &leaf.known {
        Known::Unknown(_) => line.with(Tone::Warn, "unknown"),
        Known::Read(None) => line.with(Tone::Bad, "gone"),
        Known::Read(Some(facts)) => {
            let line = match facts.phase.as_str() {
                "Bound" => line,
                phase => line.with(Tone::Bad, format!("{phase}, ")),
            };
            let (tone, reach) = reach(facts);
            line.with(Tone::Plain, format!("{}, ", facts.reclaim_policy)).with(tone, reach)
        }
    }
}

/// From where a volume can be reached, in words.
pub fn reach(facts: &VolumeFacts) -> (Tone, String) {
    match &facts.reach {
        Reach::AnyNode => (Tone::Plain, "any node".to_owned()),
        Reach::Unknown(why) => (Tone::Warn, format!("nodes unknown: {why}")),
        Reach::Nodes(nodes) if nodes.is_empty() => (Tone::Bad, "no node there is".to_owned()),
        Reach::Nodes(nodes) => {
            let names = some(nodes.iter().map(String::as_str), NAMES);
            (Tone::Plain, format!("only on {names}"))
        }
    }
}

/// Something to worry about, in a line.
pub fn concern(concern: &Concern, all: usize) -> Text {
    let of = |pods: &[String]| format!("{} of {all} pods", pods.len());
    let names = |pods: &[String]| some(pods.iter().map(String::as_str), NAMES);
    let (head, rest) = match concern {
        Concern::OneNode { node, pods } => {
            (format!("{} on one node", of(pods)), format!(": {node} ({})", names(pods)))
        }
        Concern::OneZone { zone, pods } => {
            (format!("{} in one zone", of(pods)), format!(": {zone} ({})", names(pods)))
        }
        Concern::NowhereElse { pods } => {
            (names(pods), ": nowhere else to go when the node is lost".to_owned())
        }
    };
    Text::new().with(Tone::Warn, head).with(Tone::Plain, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tree::tests::{seen, set};
    use crate::plan::tree::tree;

    fn drawn(tree: &Tree, columns: Option<usize>) -> String {
        let lines = lines(&set(), tree, columns);
        if let Some(columns) = columns {
            assert!(lines.iter().all(|line| line.width() <= columns), "{lines:?}");
        }
        lines.iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn all_that_hangs_on_a_set() {
        insta::assert_snapshot!(drawn(&tree(&seen(&set())), Some(79)), @"
        statefulset.apps/db  3/3 ready
        ├─ db-new  update, revision 2, app=new
        │  └─ pod/db-2  Ready  on n2 (b)
        │     ├─ pvc/data-db-2  bound, 1Gi, standard
        │     │  └─ pv/pv-data-db-2  Delete, only on n2
        │     └─ could run on no other node
        ├─ db-old  current, revision 1, app=old
        │  ├─ pod/db-0  Ready  on n0 (a)
        │  │  ├─ pvc/data-db-0  bound, 1Gi, standard
        │  │  │  └─ pv/pv-data-db-0  Delete, any node
        │  │  └─ could run on 2 other nodes (n1, n2)
        │  └─ pod/db-1  Ready  on n1 (a)
        │     ├─ pvc/data-db-1  bound, 1Gi, standard
        │     │  └─ pv/pv-data-db-1  Delete, any node
        │     └─ could run on 2 other nodes (n0, n2)
        └─ left behind: claims of ordinals the set does not want
           └─ pvc/data-db-3  bound, 1Gi, standard
              └─ pv/pv-data-db-3  Delete, any node
        2 of 3 pods in one zone: a (db-0, db-1)
        db-2: nowhere else to go when the node is lost
        ");
    }

    #[test]
    fn what_could_not_be_read_is_unknown() {
        let mut seen = seen(&set());
        seen.snapshot = seen.snapshot.without(1);
        seen.nodes = Known::Unknown("nodes is forbidden".to_owned());
        seen.volumes.insert("pv-data-db-0".to_owned(), Known::Unknown("forbidden".to_owned()));
        seen.volumes.insert("pv-data-db-3".to_owned(), Known::Read(None));
        insta::assert_snapshot!(drawn(&tree(&seen), None), @"
        statefulset.apps/db  2/3 ready
        ├─ db-new  update, revision 2, app=new
        │  └─ pod/db-2  Ready  on n2
        │     ├─ pvc/data-db-2  bound, 1Gi, standard
        │     │  └─ pv/pv-data-db-2  Delete, nodes unknown: the nodes are not known
        │     └─ where it could run is unknown: the nodes are not known
        ├─ db-old  current, revision 1, app=old
        │  └─ pod/db-0  Ready  on n0
        │     ├─ pvc/data-db-0  bound, 1Gi, standard
        │     │  └─ pv/pv-data-db-0  unknown
        │     └─ where it could run is unknown: the nodes are not known
        ├─ no pod
        │  └─ pod/db-1  missing
        │     └─ pvc/data-db-1  bound, 1Gi, standard
        │        └─ pv/pv-data-db-1  Delete, any node
        └─ left behind: claims of ordinals the set does not want
           └─ pvc/data-db-3  bound, 1Gi, standard
              └─ pv/pv-data-db-3  gone
        nodes unknown: nodes is forbidden
        volumes unknown: forbidden
        ");
    }

    #[test]
    fn a_long_line_goes_on_under_its_guides() {
        let all = drawn(&tree(&seen(&set())), Some(46));
        insta::assert_snapshot!(all.lines().take(8).collect::<Vec<_>>().join("\n"), @"
        statefulset.apps/db  3/3 ready
        ├─ db-new  update, revision 2, app=new
        │  └─ pod/db-2  Ready  on n2 (b)
        │     ├─ pvc/data-db-2  bound, 1Gi, standard
        │     │  └─ pv/pv-data-db-2  Delete, only on 
        │     │          n2
        │     └─ could run on no other node
        ├─ db-old  current, revision 1, app=old
        ");
    }
}
