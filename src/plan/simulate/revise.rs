//! The revisions of a set: which one its template is, and which are forgotten.

use std::collections::BTreeSet;

use crate::model::pod::Pod;
use crate::model::revision::Revision;
use crate::model::set::Set;

/// The two revisions pods are made from.
pub(super) struct Names {
    pub current: String,
    pub update: String,
}

/// `getStatefulSetRevisions`: finds the revision of the template, or makes one.
///
/// Going back to an earlier template takes its revision with the next number. The first revision
/// of a set is the current one, too, and so is the update revision when the current one is gone.
pub(super) fn revise(
    set: &Set,
    revisions: &mut Vec<Revision>,
    name: fn(&Set, i64) -> String,
) -> Names {
    sort(revisions);
    let next = revisions.last().map_or(1, |latest| latest.number + 1);
    let latest = revisions.len().checked_sub(1);
    let equal = revisions.iter().rposition(|revision| revision.template.json == set.template.json);
    let current = set.status.current_revision.as_str();
    let known = revisions.iter().any(|revision| revision.name == current);
    let update = if let Some(place) = equal {
        if Some(place) != latest {
            revisions[place].number = next;
        }
        revisions[place].name.clone()
    } else {
        let name = name(set, next);
        revisions.push(Revision {
            name: name.clone(),
            number: next,
            controller: Some(set.uid.clone()),
            created_at: None,
            change_cause: None,
            came_from: None,
            template: set.template.clone(),
        });
        name
    };
    let current = if known { current.to_owned() } else { update.clone() };
    Names { current, update }
}

fn sort(revisions: &mut [Revision]) {
    revisions
        .sort_by(|a, b| (a.number, a.created_at, &a.name).cmp(&(b.number, b.created_at, &b.name)));
}

/// `truncateHistory`: forgets the oldest revisions beyond the limit that nothing runs.
pub(super) fn truncate(set: &Set, pods: &[&Pod], names: &Names, revisions: &mut Vec<Revision>) {
    let mut live: BTreeSet<&str> = pods.iter().filter_map(|pod| pod.revision.as_deref()).collect();
    live.extend([names.current.as_str(), names.update.as_str()]);
    let limit = usize::try_from(set.revision_history_limit).unwrap_or(usize::MAX);
    let dead = revisions.iter().filter(|revision| !live.contains(revision.name.as_str())).count();
    let mut surplus = dead.saturating_sub(limit);
    if surplus == 0 {
        return;
    }
    sort(revisions);
    revisions.retain(|revision| {
        let goes = surplus > 0 && !live.contains(revision.name.as_str());
        surplus -= usize::from(goes);
        !goes
    });
}
