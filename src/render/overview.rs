//! Where one set stands, on a page: pods, revisions, partition, claims, and what is in the way.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::ordinal::Ordinal;
use crate::model::set::{HOLD, Strategy};
use crate::model::snapshot::Known;
use crate::plan::assess::{Phase, PodStanding};
use crate::plan::claims::{ClaimState, Claims};
use crate::plan::standing::Standing;
use crate::render::duration::span;
use crate::render::ordinals::{ranges, some};
use crate::render::status::{Columns, group, headline, pod_table};
use crate::render::strip::{legend, strip};
use crate::render::table::Headers;
use crate::render::text::{Text, Tone, pad};

/// Columns of the words at the left.
const LABEL: usize = 11;

/// Names that are written out before the rest is counted.
const NAMES: usize = 3;

/// Why what is shown may be old: since when, and the reason.
pub type Stale = (Timestamp, String);

/// The page for so many columns, from the headline on.
pub fn overview(standing: &Standing, columns: usize) -> Vec<Text> {
    let set = &standing.snapshot.set;
    let found = &standing.found;
    let update = &set.status.update_revision;
    let mut page = vec![headline(&standing.snapshot, found)];
    page.extend(group(found).map(Text::from));
    let mut cells = strip(found, update, columns.saturating_sub(LABEL));
    if !found.pods.is_empty() {
        cells.push(legend(found, update));
    }
    cells.extend(beyond(standing));
    page.extend(labelled("pods", cells));
    page.extend(labelled("revisions", revisions(standing)));
    page.extend(labelled("partition", partition(standing)));
    match &standing.claims {
        Some(Known::Read(claims)) => page.extend(labelled("claims", claims_line(claims))),
        Some(Known::Unknown(reason)) => {
            page.extend(labelled("claims", [unknown(reason)]));
        }
        None => {}
    }
    page.extend(labelled("blocker", blocker(standing)));
    page.extend(labelled("downgrade", downgrade(standing)));
    page.extend(labelled("at risk", at_risk(standing)));
    page
}

/// The page with its long lines broken for a screen of so many columns.
pub fn wrapped(page: Vec<Text>, columns: usize) -> Vec<Text> {
    page.into_iter().flat_map(|line| line.wrap(columns, LABEL)).collect()
}

/// The pods that need a look: those that are not available, and those that would go back.
pub fn to_look_at(pods: &[PodStanding]) -> Vec<&PodStanding> {
    pods.iter().filter(|pod| !pod.available || pod.pending_downgrade).collect()
}

/// That something could not be read.
pub fn unknown(reason: &str) -> Text {
    Text::new().with(Tone::Warn, "unknown").with(Tone::Plain, format!(": {reason}"))
}

fn labelled(label: &str, lines: impl IntoIterator<Item = Text>) -> Vec<Text> {
    let begin = |place| if place == 0 { pad(label, LABEL) } else { " ".repeat(LABEL) };
    let lines = lines.into_iter().enumerate();
    lines
        .map(|(place, line)| {
            let mut labelled = Text::new().with(Tone::Faint, begin(place));
            labelled.extend(line);
            labelled
        })
        .collect()
}

/// Pods that are still there although the set does not want them.
fn beyond(standing: &Standing) -> Option<Text> {
    let names: Vec<&str> = standing.snapshot.left_over().map(|pod| pod.name.as_str()).collect();
    (!names.is_empty()).then(|| {
        let names = some(names, NAMES);
        Text::from(format!("beyond the range and still there: {names}"))
    })
}

/// Which ordinals run which revision, those of the update revision first.
fn revisions(standing: &Standing) -> Option<Text> {
    let status = &standing.snapshot.set.status;
    let mut running = BTreeMap::<&str, Vec<Ordinal>>::new();
    for pod in &standing.found.pods {
        if let Some(revision) = &pod.revision {
            running.entry(revision).or_default().push(pod.ordinal);
        }
    }
    let (update, current) = (status.update_revision.as_str(), status.current_revision.as_str());
    let mut names: Vec<(&str, &str)> = if update == current {
        vec![(update, "current and update")]
    } else {
        vec![(update, "update"), (current, "current")]
    };
    names.extend(
        running
            .keys()
            .filter(|name| ![update, current].contains(*name))
            .map(|name| (*name, "neither")),
    );
    let mut text = Text::new();
    for (name, role) in names.into_iter().filter(|(name, _)| !name.is_empty()) {
        let tone = match role {
            "neither" => Tone::Warn,
            "current" => Tone::Plain,
            _ => Tone::Good,
        };
        let pods = running.get(name).map_or("no pod".to_owned(), |on| ranges(on.iter().copied()));
        let gap = if text.width() > 0 { " · " } else { "" };
        text.push(Tone::Plain, format!("{gap}{name} "));
        text.push(tone, role);
        text.push(Tone::Plain, format!(" {pods}"));
    }
    (text.width() > 0).then_some(text)
}

fn partition(standing: &Standing) -> Option<Text> {
    let set = &standing.snapshot.set;
    let text = match &set.strategy {
        Strategy::OnDelete => "none: OnDelete, a pod changes when somebody deletes it".to_owned(),
        Strategy::Other(name) => format!("unknown: strategy {name}"),
        Strategy::RollingUpdate(_) if set.partition() == 0 => return None,
        Strategy::RollingUpdate(_) => {
            let partition = set.partition();
            let keeps = match partition.min(set.wanted.replicas) {
                0 => "no pod".to_owned(),
                1 => set.pod_at(0),
                kept => format!("{}..{}", set.pod_at(0), set.pod_at(kept - 1)),
            };
            let hold = match partition {
                HOLD.. => ", and every pod a scale-up adds",
                _ => "",
            };
            format!("{partition}: keeps {keeps}{hold}")
        }
    };
    Some(text.into())
}

fn claims_line(claims: &Claims) -> Option<Text> {
    let mut parts: Vec<(Tone, String)> = Vec::new();
    for state in ClaimState::ALL {
        let of_state = claims.wanted.iter().filter(|claim| claim.state == state);
        let names: Vec<&str> = of_state.map(|claim| claim.name.as_str()).collect();
        match (names.len(), state) {
            (0, _) => {}
            (count, ClaimState::Bound) => parts.push((Tone::Good, format!("{count} bound"))),
            (count, _) => {
                let tone = match state {
                    ClaimState::Lost | ClaimState::Terminating => Tone::Bad,
                    _ => Tone::Warn,
                };
                parts.push((tone, format!("{count} {} ({})", state.name(), some(names, NAMES))));
            }
        }
    }
    if !claims.left_behind.is_empty() {
        let count = claims.left_behind.len();
        let names = some(claims.left_behind.iter().map(|claim| claim.name.as_str()), NAMES);
        let text = format!("{count} left behind ({names}), taken again by a scale-up");
        parts.push((Tone::Plain, text));
    }
    let mut text = Text::new();
    for (tone, part) in parts {
        let gap = if text.width() > 0 { " · " } else { "" };
        text.push(Tone::Plain, gap);
        text.push(tone, part);
    }
    (text.width() > 0).then_some(text)
}

/// The pod everything waits for, and what its status and its claims say about why.
fn blocker(standing: &Standing) -> Option<Text> {
    let blocker = standing.found.blocker.as_ref()?;
    let mut text = Text::new()
        .with(Tone::Strong, blocker.pod.as_str())
        .with(Tone::Bad, format!(" {}", blocker.reason));
    if !blocker.message.is_empty() {
        text.push(Tone::Plain, format!(": {}", blocker.message));
    }
    let pod = standing.found.pods.iter().find(|pod| pod.pod == blocker.pod)?;
    if let Some(Known::Read(claims)) = &standing.claims {
        for claim in claims.of(pod.ordinal).filter(|claim| claim.state != ClaimState::Bound) {
            text.push(Tone::Warn, format!("; claim {} is {}", claim.name, claim.state.name()));
        }
    }
    Some(text)
}

/// Updated pods that a delete, a drain or a crash of their node would take back.
fn downgrade(standing: &Standing) -> Vec<Text> {
    let mut back = BTreeMap::<&str, Vec<&str>>::new();
    for pod in standing.found.pods.iter().filter(|pod| pod.pending_downgrade) {
        back.entry(&pod.returns_on).or_default().push(&pod.pod);
    }
    back.into_iter()
        .map(|(revision, pods)| {
            Text::new()
                .with(Tone::Warn, some(pods, NAMES))
                .with(Tone::Plain, format!(" would come back on the old revision {revision}"))
        })
        .collect()
}

/// Old pods that a drain would bring back on a revision that does not run.
fn at_risk(standing: &Standing) -> Option<Text> {
    let found = &standing.found;
    let update = &standing.snapshot.set.status.update_revision;
    let fails = found.blocker.as_ref().is_some_and(|blocker| blocker.updated);
    let pods: Vec<&str> = found
        .pods
        .iter()
        .filter(|pod| pod.revision.as_ref() != Some(update) && pod.returns_on == *update)
        .map(|pod| pod.pod.as_str())
        .collect();
    (fails && found.phase == Phase::Blocked && !pods.is_empty()).then(|| {
        Text::new()
            .with(Tone::Warn, some(pods, NAMES))
            .with(Tone::Plain, format!(" would come back on {update}, which does not run"))
    })
}

/// The page in a live view, for a screen of so many columns and lines.
pub fn frame(standing: &Standing, now: Timestamp, (columns, lines): (usize, usize)) -> Vec<Text> {
    let mut frame = wrapped(overview(standing, columns), columns);
    let to_look_at = to_look_at(&standing.found.pods);
    let room = lines.saturating_sub(frame.len() + 2);
    if !to_look_at.is_empty() && room > 0 {
        let shown = to_look_at.iter().take(room).copied();
        let table = pod_table(shown, Columns::Usual, Headers::Shown, now);
        frame.extend(table.lines().map(Text::from));
        let more = to_look_at.len().saturating_sub(room);
        if more > 0 {
            frame.push(Text::new().with(Tone::Faint, format!("+{more} more not available")));
        }
    }
    frame
}

/// A line for each thing that is not as it was before: the set as a whole, and its pods.
pub fn changes(before: Option<&Standing>, after: &Standing) -> Vec<Text> {
    let mut lines = Vec::new();
    let known = |pod: &PodStanding| {
        before.is_some_and(|before| before.found.pods.iter().any(|other| same(other, pod)))
    };
    if before.is_some() {
        for pod in after.found.pods.iter().filter(|pod| !known(pod)) {
            let revision = pod.revision.as_deref().unwrap_or("no revision");
            let tone = if pod.available { Tone::Good } else { Tone::Busy };
            let line = Text::from(format!("{} {revision} ", pod.pod)).with(tone, &*pod.reason);
            lines.push(if pod.ready && !pod.available {
                line.with(Tone::Busy, ", not yet available")
            } else {
                line
            });
        }
    }
    let told = before.map(|before| (before.found.phase, &before.found.summary));
    if told != Some((after.found.phase, &after.found.summary)) {
        lines.push(headline(&after.snapshot, &after.found));
    }
    lines
}

/// Whether two readings of pods look the same in a line.
fn same(one: &PodStanding, other: &PodStanding) -> bool {
    let looks = |pod: &PodStanding| {
        (pod.ordinal, pod.revision.clone(), pod.reason.clone(), pod.ready, pod.available)
    };
    looks(one) == looks(other)
}

/// That what is shown may be old.
pub fn stale((since, reason): &Stale, now: Timestamp) -> Text {
    let ago = span(now.duration_since(*since));
    Text::new()
        .with(Tone::Bad, format!("✗ connection lost {ago} ago"))
        .with(Tone::Plain, format!(": {reason}; what is shown may be old"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::claim::{Claim, ClaimPhase};
    use crate::model::claim_index::{ClaimIndex, ClaimRow};
    use crate::model::pod::TroubleKind;
    use crate::model::set::Set;
    use crate::model::snapshot::Snapshot;
    use crate::testing::{NEW, OLD, a_claim, a_pod, a_set, a_snapshot, at};

    fn page(snapshot: Snapshot, claims: Option<&Known<ClaimIndex>>) -> String {
        let standing = Standing::of(snapshot, claims, at(3600));
        overview(&standing, 80).iter().map(Text::to_string).collect::<Vec<_>>().join("\n")
    }

    fn index(set: &Set, change: impl Fn(u32, Claim) -> Option<Claim>) -> Known<ClaimIndex> {
        let mut index = ClaimIndex::default();
        for ordinal in 0..set.wanted.replicas + 2 {
            if let Some(claim) = change(ordinal, a_claim(set, ordinal)) {
                index.add(&claim.namespace, &claim.name, ClaimRow::of(&claim));
            }
        }
        Known::Read(index)
    }

    #[test]
    fn a_canary_that_waits_behind_a_partition() {
        let set = a_set("db").replicas(5).updating().at_partition(3).claiming("data");
        let snapshot = a_snapshot(&set).with(a_pod(&set, 3).on(NEW)).with(a_pod(&set, 4).on(NEW));
        insta::assert_snapshot!(page(snapshot, Some(&index(&set, |_, claim| Some(claim)))), @"
        statefulset.apps/db held: 2 of 5 pods updated, the partition keeps db-0 to db-2
        pods       0  OOOUU
                   2 U updated · 3 O old
        revisions  db-new update 3-4 · db-old current 0-2
        partition  3: keeps db-0..db-2
        claims     5 bound · 2 left behind (data-db-5, data-db-6), taken again by a scale-up
        ");
    }

    #[test]
    fn a_raised_partition_takes_pods_back() {
        let set = a_set("db").updating().at_partition(32767);
        let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        insta::assert_snapshot!(page(snapshot, None), @"
        statefulset.apps/db held: 1 of 3 pods updated, the partition keeps db-0 to db-2
        pods       0  OOU
                   1 U updated · 2 O old
        revisions  db-new update 2 · db-old current 0-1
        partition  32767: keeps db-0..db-2, and every pod a scale-up adds
        downgrade  db-2 would come back on the old revision db-old
        ");
    }

    #[test]
    fn a_pod_that_cannot_have_its_volume_says_so() {
        let set = a_set("db").updating().claiming("data");
        let mut stuck =
            a_pod(&set, 2).on(NEW).troubled(TroubleKind::Unschedulable, "Unschedulable");
        stuck.troubles[0].message = "0/3 nodes are available: unbound claims".to_owned();
        let claims = index(&set, |ordinal, claim| match ordinal {
            0 => Some(claim.going()),
            1 => None,
            2 => Some(claim.in_phase(ClaimPhase::Pending)),
            _ => Some(claim),
        });
        insta::assert_snapshot!(page(a_snapshot(&set).with(stuck), Some(&claims)), @"
        statefulset.apps/db blocked: pod db-2 is not ready (Unschedulable): the rollout cannot go on
        pods       0  OOu
                   1 u updated, not available · 2 O old
        revisions  db-new update 2 · db-old current 0-1
        claims     1 pending (data-db-2) · 1 terminating (data-db-0) · 1 missing (data-db-1) · 2 left behind (data-db-3, data-db-4), taken again by a scale-up
        blocker    db-2 Unschedulable: 0/3 nodes are available: unbound claims; claim data-db-2 is pending
        at risk    db-0, db-1 would come back on db-new, which does not run
        ");
    }

    #[test]
    fn after_a_revert_the_pod_on_neither_revision_is_named() {
        let set = a_set("db").with_strategy(Strategy::OnDelete).claiming("data");
        let stray = a_pod(&set, 2).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let forbidden = Known::Unknown("claims may not be listed".to_owned());
        let snapshot = a_snapshot(&set).with(stray).with(a_pod(&set, 7));
        assert_eq!(snapshot.set.status.update_revision, OLD);
        insta::assert_snapshot!(page(snapshot, Some(&forbidden)), @"
        statefulset.apps/db blocked: pod db-2 is not ready (CrashLoopBackOff): it blocks the rollout, not the new revision
        pods       0  UUo
                   2 U updated · 1 o old, not available
                   beyond the range and still there: db-7
        revisions  db-old current and update 0-1 · db-new neither 2
        partition  none: OnDelete, a pod changes when somebody deletes it
        claims     unknown: claims may not be listed
        blocker    db-2 CrashLoopBackOff
        ");
    }
}
