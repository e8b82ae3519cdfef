//! Remembered templates by number or name, and the one to go back to.

use crate::model::revision::Revision;
use crate::model::snapshot::Snapshot;

/// The revision that a number, a name, `current` or `update` means.
pub fn named<'a>(snapshot: &'a Snapshot, text: &str) -> Option<&'a Revision> {
    let status = &snapshot.set.status;
    match text {
        "current" => snapshot.revision(&status.current_revision),
        "update" => snapshot.revision(&status.update_revision),
        _ => snapshot.revision(text).or_else(|| {
            let number: i64 = text.parse().ok()?;
            snapshot.revisions.iter().find(|revision| revision.number == number)
        }),
    }
}

/// Wanted pods that run this revision, lowest first.
pub fn pods_on(snapshot: &Snapshot, revision: &str) -> Vec<String> {
    snapshot
        .set
        .wanted
        .iter()
        .filter_map(|ordinal| snapshot.pod(ordinal))
        .filter(|pod| pod.revision.as_deref() == Some(revision))
        .map(|pod| pod.name.clone())
        .collect()
}

/// The revision that was last fully deployed, other than the one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier<'a> {
    /// This one.
    Known(&'a Revision),
    /// The template is already that of the revision last fully deployed.
    Already(&'a str),
    /// It was this one, and its template is gone.
    Gone(&'a str),
    /// There is no other revision.
    None,
    /// It cannot be told; any of these may be it.
    Unknown(Vec<&'a Revision>),
}

/// What an undo goes back to when it is not told.
///
/// Not the revision with the second-highest number, as kubectl has it: numbers follow the order in
/// which templates were applied, whether or not a pod ever ran them, and move when one is applied
/// again. The controller keeps the revision all pods last ran as the current one until all run
/// another. After that only two things tell what came before: a record of a rollout, which the
/// controller copies into the revisions it makes, and a history of two.
pub fn earlier(snapshot: &Snapshot) -> Earlier<'_> {
    let set = &snapshot.set;
    let (current, update) =
        (set.status.current_revision.as_str(), set.status.update_revision.as_str());
    let known = |name: &'_ str| snapshot.revision(name).map(Earlier::Known);
    let others: Vec<&Revision> =
        snapshot.revisions.iter().filter(|revision| revision.name != update).collect();
    if current != update {
        if !pods_on(snapshot, current).is_empty() {
            return known(current).unwrap_or(Earlier::Gone(current));
        }
        // Where the controller does not promote (OnDelete before 1.37), the pods tell.
        let mut running: Vec<&str> = set
            .wanted
            .iter()
            .filter_map(|ordinal| snapshot.pod(ordinal)?.revision.as_deref())
            .collect();
        let every = running.len() == set.wanted.replicas as usize;
        running.sort_unstable();
        running.dedup();
        if let ([one], true) = (running.as_slice(), every)
            && *one != update
            && let Some(revision) = known(one)
        {
            return revision;
        }
        return Earlier::Unknown(others);
    }
    if pods_on(snapshot, update).len() < set.wanted.replicas as usize {
        return Earlier::Already(update);
    }
    if others.is_empty() {
        return Earlier::None;
    }
    recorded(snapshot, update).map_or(Earlier::Unknown(others), Earlier::Known)
}

/// The revision before the one that was fully deployed, where something tells.
fn recorded<'a>(snapshot: &'a Snapshot, update: &str) -> Option<&'a Revision> {
    let newest = snapshot.revision(update)?;
    // A revision that is used again keeps what was copied into it the first time.
    let used_again = snapshot.revisions.iter().any(|other| {
        other.name != newest.name
            && (other.created_at, other.number) > (newest.created_at, newest.number)
    });
    if used_again {
        return None;
    }
    if let Some(base) = newest.came_from.as_deref().filter(|base| *base != update) {
        return snapshot.revision(base);
    }
    match snapshot.revisions.as_slice() {
        [first, second] if first.number == 1 && second.number == 2 => Some(first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NEW, OLD, a_pod, a_set, a_snapshot, a_template, at};

    fn revision(name: &str, number: i64, made: i64) -> Revision {
        Revision {
            name: name.to_owned(),
            number,
            controller: None,
            created_at: Some(at(made)),
            change_cause: None,
            came_from: None,
            template: a_template(name),
        }
    }

    /// All pods on the newest of these, which was promoted.
    fn promoted(revisions: Vec<Revision>) -> Snapshot {
        let mut set = a_set("db");
        let newest = revisions.iter().max_by_key(|r| r.number).unwrap().name.clone();
        set.status.update_revision.clone_from(&newest);
        set.status.current_revision = newest;
        Snapshot { revisions, ..a_snapshot(&set) }
    }

    #[test]
    fn revisions_are_found_by_number_name_and_mark() {
        let set = a_set("db").updating();
        let snapshot = a_snapshot(&set);
        let name = |text: &str| named(&snapshot, text).map(|revision| revision.name.clone());
        for (text, wanted) in
            [("1", OLD), ("2", NEW), (OLD, OLD), ("current", OLD), ("update", NEW)]
        {
            assert_eq!(name(text).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!((name("3"), name("-1"), name("db")), (None, None, None));
    }

    #[test]
    fn under_a_canary_it_is_what_the_other_pods_run() {
        let set = a_set("db").updating().at_partition(2);
        let mut snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        snapshot.revisions.insert(1, revision("db-between", 2, -50));
        assert_eq!(earlier(&snapshot), Earlier::Known(snapshot.revision(OLD).unwrap()));
        snapshot.revisions.retain(|revision| revision.name != OLD);
        assert_eq!(earlier(&snapshot), Earlier::Gone(OLD));
    }

    #[test]
    fn where_current_was_never_promoted_the_pods_tell() {
        let set = a_set("db").updating();
        let snapshot =
            (0..3).fold(a_snapshot(&set), |all, n| all.with(a_pod(&set, n).on("db-mid")));
        let with = |revisions| Snapshot { revisions, ..snapshot.clone() };
        let all = with(vec![revision(OLD, 1, 0), revision("db-mid", 2, 1), revision(NEW, 3, 2)]);
        assert_eq!(earlier(&all), Earlier::Known(all.revision("db-mid").unwrap()));
        let mixed = all.clone().with(a_pod(&set, 2).on(NEW));
        assert!(matches!(earlier(&mixed), Earlier::Unknown(_)));
        assert!(matches!(earlier(&all.without(1)), Earlier::Unknown(_)));
    }

    #[test]
    fn after_a_revert_the_template_is_already_the_one() {
        let set = a_set("db");
        let snapshot = a_snapshot(&set).with(a_pod(&set, 2).on(NEW));
        assert_eq!(earlier(&snapshot), Earlier::Already(OLD));
    }

    #[test]
    fn after_a_promotion_only_a_record_or_a_history_of_two_tells() {
        let two = promoted(vec![revision("a", 1, 0), revision("b", 2, 10)]);
        assert_eq!(earlier(&two), Earlier::Known(two.revision("a").unwrap()));
        let trimmed = promoted(vec![revision("b", 2, 10), revision("c", 3, 20)]);
        assert_eq!(earlier(&trimmed), Earlier::Unknown(vec![trimmed.revision("b").unwrap()]));
        let three = promoted(vec![revision("a", 1, 0), revision("b", 2, 10), revision("c", 3, 20)]);
        assert!(matches!(earlier(&three), Earlier::Unknown(all) if all.len() == 2));
        let from_a = Revision { came_from: Some("a".to_owned()), ..revision("c", 3, 20) };
        let told = promoted(vec![revision("a", 1, 0), revision("b", 2, 10), from_a.clone()]);
        assert_eq!(earlier(&told), Earlier::Known(told.revision("a").unwrap()));
        let gone = promoted(vec![revision("b", 2, 10), from_a]);
        assert!(matches!(earlier(&gone), Earlier::Unknown(_)), "its base was cleaned away");
        assert_eq!(earlier(&promoted(vec![revision("a", 1, 0)])), Earlier::None);
    }

    #[test]
    fn a_revision_used_again_does_not_tell_what_came_before() {
        // b was tried and given up; a, which was there all along, has the highest number.
        let back = promoted(vec![revision("b", 2, 10), revision("a", 3, 0)]);
        assert_eq!(earlier(&back), Earlier::Unknown(vec![back.revision("b").unwrap()]));
        let stale = Revision { came_from: Some("x".to_owned()), ..revision("b", 4, 10) };
        let again = promoted(vec![revision("x", 1, 0), revision("c", 3, 20), stale]);
        assert!(matches!(earlier(&again), Earlier::Unknown(_)));
    }
}
