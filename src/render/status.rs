//! Where a set stands: in one line, and pod by pod.

use jiff::Timestamp;

use crate::model::set::Strategy;
use crate::model::snapshot::Snapshot;
use crate::plan::assess::{Assessment, Phase, PodStanding};
use crate::render::duration::age;
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// Which columns a table of pods has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Those that tell how a pod stands.
    Usual,
    /// Its node as well.
    Wide,
}

/// What a phase means to whoever reads it.
pub fn tone(phase: Phase) -> Tone {
    match phase {
        Phase::Complete => Tone::Good,
        Phase::Held => Tone::Warn,
        Phase::Progressing => Tone::Busy,
        Phase::Blocked | Phase::Degraded => Tone::Bad,
    }
}

/// The one line that says it all.
pub fn headline(snapshot: &Snapshot, found: &Assessment) -> Text {
    Text::new()
        .with(Tone::Strong, snapshot.set.display())
        .with(Tone::Plain, " ")
        .with(tone(found.phase), found.phase.name())
        .with(Tone::Plain, format!(": {}", found.summary))
}

/// The group a set is rolled out with, if there is one.
pub fn group(found: &Assessment) -> Option<String> {
    let group = found.run.as_ref()?.run.group.as_ref()?;
    let members = group.members().join(", ");
    Some(format!("part of the group {} with {members}, rolled out as one", group.id))
}

/// All pods and what would become of them, and which of them the partition keeps back.
pub fn pods(snapshot: &Snapshot, found: &Assessment, headers: Headers, now: Timestamp) -> String {
    let mut text = pod_table(&found.pods, Columns::Usual, headers, now);
    if let Some(kept) = kept(snapshot) {
        text.push('\n');
        text.push_str(&kept);
    }
    text
}

/// Some pods and what would become of them.
pub fn pod_table<'a>(
    pods: impl IntoIterator<Item = &'a PodStanding>,
    columns: Columns,
    headers: Headers,
    now: Timestamp,
) -> String {
    let rows = pods.into_iter().map(|pod| {
        let ready = match (pod.ready, pod.available) {
            (true, true) => "yes",
            (true, false) => "not yet available",
            (false, _) => "no",
        };
        let returns = if pod.pending_downgrade {
            format!("{} (older)", pod.returns_on)
        } else {
            pod.returns_on.clone()
        };
        let none = || "<none>".to_owned();
        let mut row = vec![
            pod.pod.clone(),
            pod.revision.clone().unwrap_or_else(none),
            returns,
            ready.to_owned(),
            pod.reason.clone(),
            pod.restarts.to_string(),
            pod.created_at.map_or_else(none, |at| age(now.duration_since(at))),
        ];
        if columns == Columns::Wide {
            row.push(pod.node.clone().unwrap_or_else(none));
        }
        row
    });
    let mut names = vec!["pod", "revision", "returns-on", "ready", "status", "restarts", "age"];
    if columns == Columns::Wide {
        names.push("node");
    }
    table(&names, headers, rows)
}

/// Which pods the partition keeps back, in a sentence; nothing when it keeps none.
fn kept(snapshot: &Snapshot) -> Option<String> {
    let set = &snapshot.set;
    let Strategy::RollingUpdate(Some(rolling)) = &set.strategy else { return None };
    let kept = rolling.partition.min(set.wanted.replicas);
    (kept > 0).then(|| format!("partition keeps back {}", set.lowest(kept)))
}
