//! A scaling in words: what it would do, and why it is not done.

mod foreseen;
mod refusal;
#[cfg(test)]
mod views;

pub use refusal::refusal;

use jiff::Timestamp;

use crate::model::claim::Claim;
use crate::model::gate::Gate;
use crate::model::set::{Fate, HOLD, PodManagement, Set};
use crate::plan::scale::Wish;
use crate::plan::scale::foresee::Foreseen;
use crate::plan::scale::outlook::{ClaimEnd, ClaimUse, Coming, Difference, Going, Note, Outlook};
use crate::render::board::short;
use crate::render::duration::age;
use crate::render::refusal::list;
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// The most pods of a table; of more, the first and the last are shown, and those that find old
/// data or lose theirs.
const MOST: usize = 12;

/// The most of those that find old data or lose theirs.
const MOST_THAT_MATTER: usize = 60;

/// What makes a pod matter that would not be shown.
const MATTER: &str = "claims that are used again or deleted";

/// A scaling that could begin, for showing.
pub struct Shown<'a> {
    /// The set as read.
    pub set: &'a Set,
    /// What it would do.
    pub outlook: &'a Outlook,
    /// What was asked for.
    pub wish: &'a Wish,
    /// What the controller will do.
    pub foreseen: &'a [Foreseen],
    /// What is run before each pod goes.
    pub hooks: &'a [Gate],
}

impl Shown<'_> {
    /// The plan as text, without a line end.
    pub fn text(&self, now: Timestamp) -> Text {
        let Outlook { from, to, comes, goes, holds, notes } = self.outlook;
        let mut text = Text::new()
            .with(Tone::Strong, self.set.display())
            .with(Tone::Plain, format!(": {from} to {to} replicas, {}\n", self.manner()));
        let table =
            if goes.is_empty() { coming(self.set, comes, now) } else { going(self.set, goes) };
        text.push(Tone::Plain, table);
        for way in foreseen::foreseen(self.set, self.foreseen) {
            text.push(Tone::Plain, format!("\nforeseen: {way}"));
        }
        for hook in self.hooks {
            text.push(Tone::Plain, format!("\nbefore each pod goes: {hook}"));
        }
        if let Some(spread) = holds {
            text.push(Tone::Warn, "\nheld:");
            let open = if spread.open.is_empty() {
                "new pods would start on it".to_owned()
            } else {
                format!("the controller would update {} next", list(&spread.open))
            };
            let words = format!(
                " {} not available on the new revision, and {open}; so the same write raises the \
                 partition to {HOLD}, and the set stays held",
                are(&spread.unwell)
            );
            text.push(Tone::Plain, words);
        }
        for words in notes.iter().map(|note| self.note(note)) {
            text.push(Tone::Warn, "\nnote:");
            text.push(Tone::Plain, format!(" {words}"));
        }
        text
    }

    fn manner(&self) -> String {
        let step = match self.wish.step {
            None => String::new(),
            Some(step) => format!(", {step} with each write"),
        };
        let goes = self.outlook.to < self.outlook.from;
        match self.set.management {
            PodManagement::Parallel => format!("all at once{step}"),
            PodManagement::OrderedReady if goes => format!("one pod at a time from the top{step}"),
            PodManagement::OrderedReady => format!("one pod at a time{step}"),
        }
    }

    fn note(&self, note: &Note) -> String {
        match note {
            Note::CanariesGo { revision, returns } => {
                let revision = self.short(revision);
                let later = if *returns { "; pods of a later scale-up start on it" } else { "" };
                format!(
                    "the pods that go are all there are on {revision}, which stays the template's{later}"
                )
            }
            Note::Untried { pods, revision } => {
                let start = if pods.len() == 1 { "starts" } else { "start" };
                let revision = self.short(revision);
                format!("{} {start} on {revision}, on which no pod is available so far", list(pods))
            }
            Note::Mixed { template, difference } => format!(
                "claims of {template} there are have the {} {}, new ones get {}",
                difference.what, difference.claim, difference.template
            ),
            Note::ArmsDowngrade { pods, revision } => format!(
                "while held, {} would come back on {} if deleted, drained or lost",
                list(pods),
                self.short(revision)
            ),
        }
    }

    fn short<'b>(&self, revision: &'b str) -> &'b str {
        short(revision, &self.set.name)
    }
}

fn coming(set: &Set, pods: &[Coming], now: Timestamp) -> String {
    let row = |pod: &Coming| {
        let first = vec![pod.pod.clone(), short(&pod.revision, &set.name).to_owned()];
        rows(first, pod.claims.iter().map(|claim| used(claim, now)).collect())
    };
    let is_new = |claim: &ClaimUse| matches!(claim, ClaimUse::New { .. });
    let matters = |pod: &Coming| !pod.claims.iter().all(is_new);
    draw(&["comes", "revision"], &["claim", "size", "which is"], pods, row, matters)
}

fn going(set: &Set, pods: &[Going]) -> String {
    let row = |pod: &Going| {
        let revision = pod.revision.as_deref().map_or("-", |name| short(name, &set.name));
        let first = vec![pod.pod.clone(), revision.to_owned(), pod.state.clone()];
        rows(first, pod.claims.iter().map(ended).collect())
    };
    let matters = |pod: &Going| pod.claims.iter().any(|claim| claim.fate == Fate::Delete);
    let claim_names = ["claim", "size", "then", "volume"];
    draw(&["goes", "revision", "state"], &claim_names, pods, row, matters)
}

/// A line for pods that are not shown.
fn elided(skipped: usize, matter: usize) -> Option<Vec<String>> {
    let with = if matter == 0 { String::new() } else { format!(", {matter} with {MATTER}") };
    (skipped > 0).then(|| vec![format!("… {skipped} more{with}")])
}

/// One line for each claim, the pod in the first one.
fn rows(first: Vec<String>, claims: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let blank = vec![String::new(); first.len()];
    let mut claims = claims.into_iter();
    let mut rows = vec![[first, claims.next().unwrap_or_default()].concat()];
    rows.extend(claims.map(|claim| [blank.clone(), claim].concat()));
    rows
}

fn draw<P>(
    names: &[&str],
    claim_names: &[&str],
    pods: &[P],
    row: impl Fn(&P) -> Vec<Vec<String>>,
    matters: impl Fn(&P) -> bool,
) -> String {
    let mut lines: Vec<Vec<String>> = Vec::new();
    let (mut shown, mut skipped, mut matter) = (0, 0, 0);
    let edge = |at: usize| pods.len() <= MOST || at < MOST / 2 || at + MOST / 2 >= pods.len();
    for (at, pod) in pods.iter().enumerate() {
        let matters = matters(pod);
        if edge(at) || (matters && shown < MOST_THAT_MATTER) {
            lines.extend(elided(skipped, matter));
            (skipped, matter) = (0, 0);
            shown += 1;
            lines.extend(row(pod));
        } else {
            skipped += 1;
            matter += usize::from(matters);
        }
    }
    let claims = lines.iter().any(|line| line.len() > names.len());
    let all = if claims { [names, claim_names].concat() } else { names.to_vec() };
    for line in &mut lines {
        line.resize(all.len(), String::new());
    }
    table(&all, Headers::Shown, lines)
}

fn ended(end: &ClaimEnd) -> Vec<String> {
    let (size, volume) = match &end.claim {
        None => ("?".to_owned(), "?".to_owned()),
        Some(claim) => (size(claim), claim.volume.clone().unwrap_or_else(|| "-".to_owned())),
    };
    let then = match end.fate {
        Fate::Retain => "kept",
        Fate::Delete => "deleted",
    };
    vec![format!("pvc/{}", end.name), size, then.to_owned(), volume]
}

fn used(claim: &ClaimUse, now: Timestamp) -> Vec<String> {
    let row = |name: &str, size: String, is: String| vec![format!("pvc/{name}"), size, is];
    match claim {
        ClaimUse::New { name, size } => {
            row(name, size.clone().unwrap_or_else(|| "?".to_owned()), "new".to_owned())
        }
        ClaimUse::Leaving { name } => {
            row(name, "?".to_owned(), "being deleted; the pod waits for its end".to_owned())
        }
        ClaimUse::Unknown { name } => {
            row(name, "?".to_owned(), "new or used again, which could not be read".to_owned())
        }
        ClaimUse::Reused { claim, differences } => {
            let mut is = format!("used again{}", ages(claim, now));
            for Difference { what, template, claim } in differences {
                is = format!("{is}; its {what} is {claim}, the template's {template}");
            }
            row(&claim.name, size(claim), is)
        }
    }
}

/// How old the data may be.
fn ages(claim: &Claim, now: Timestamp) -> String {
    let since = |at: Timestamp| age(now.duration_since(at));
    let made = claim.created_at.map_or_else(String::new, |at| format!(", made {} ago", since(at)));
    let unused = claim.unused_since.map(|at| format!(", unused for {}", since(at)));
    format!("{made}{}", unused.unwrap_or_else(|| ", unused since it is not known".to_owned()))
}

fn size(claim: &Claim) -> String {
    let size = claim.capacity.as_ref().or(claim.requested.as_ref());
    size.cloned().unwrap_or_else(|| "?".to_owned())
}

fn are(pods: &[String]) -> String {
    format!("{} {}", list(pods), if pods.len() == 1 { "is" } else { "are" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::model::set::Retention;
    use crate::model::snapshot::{Known, Snapshot};
    use crate::plan::scale::Surroundings;
    use crate::plan::scale::foresee::foresee;
    use crate::plan::scale::outlook::outlook;
    use crate::testing::{NEW, a_claim, a_pod, a_set, a_snapshot, a_wish, at, surroundings};

    fn shown(seen: &Snapshot, around: &Surroundings, to: u32) -> String {
        let outlook = outlook(seen, around, to, at(0));
        let wish = a_wish(to);
        let foreseen = foresee(seen, &outlook);
        let (outlook, foreseen) = (&outlook, foreseen.as_slice());
        Shown { set: &seen.set, outlook, wish: &wish, foreseen, hooks: &[] }.text(at(0)).to_string()
    }

    #[test]
    fn pods_that_go_are_shown_with_their_claims() {
        let mut set = a_set("db").claiming("data").claiming("wal");
        set.retention = Retention { when_scaled: Fate::Delete, ..set.retention };
        let wal = Claim { name: "wal-db-2".to_owned(), ..a_claim(&set, 2) };
        let claims = Known::Read(vec![a_claim(&set, 1), a_claim(&set, 2), wal]);
        let around = Surroundings { claims, ..surroundings() };
        insta::assert_snapshot!(shown(&a_snapshot(&set), &around, 1), @"
        statefulset.apps/db: 3 to 1 replicas, one pod at a time from the top
        GOES   REVISION   STATE   CLAIM           SIZE   THEN      VOLUME
        db-2   old        Ready   pvc/data-db-2   1Gi    deleted   pv-data-db-2
                                  pvc/wal-db-2    1Gi    deleted   pv-data-db-2
        db-1   old        Ready   pvc/data-db-1   1Gi    deleted   pv-data-db-1
        foreseen: the controller takes away db-2, db-1, and is done
        ");
    }

    #[test]
    fn pods_that_come_are_shown_with_what_they_find() {
        let set = a_set("db").claiming("data");
        let old = Claim { unused_since: Some(at(-7200)), ..a_claim(&set, 3) };
        let around = Surroundings { claims: Known::Read(vec![old]), ..surroundings() };
        insta::assert_snapshot!(shown(&a_snapshot(&set), &around, 5), @"
        statefulset.apps/db: 3 to 5 replicas, one pod at a time
        COMES   REVISION   CLAIM           SIZE   WHICH IS
        db-3    old        pvc/data-db-3   1Gi    used again, made 24h ago, unused for 120m
        db-4    old        pvc/data-db-4   1Gi    new
        foreseen: the controller makes db-3, db-4, and is done
        ");
    }

    #[test]
    fn a_set_that_has_to_be_held_says_why() {
        let set = a_set("db").replicas(5).updating().at_partition(3).parallel();
        let broken = a_pod(&set, 4).on(NEW).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        let seen = a_snapshot(&set).with(broken);
        insta::assert_snapshot!(shown(&seen, &surroundings(), 4), @"
        statefulset.apps/db: 5 to 4 replicas, all at once
        GOES   REVISION   STATE
        db-4   new        CrashLoopBackOff
        foreseen: the controller takes away db-4, and is done
        held: db-4 is not available on the new revision, and the controller would update db-3 next; so the same write raises the partition to 32767, and the set stays held
        note: the pods that go are all there are on new, which stays the template's
        ");
    }

    #[test]
    fn whoever_finds_old_data_is_shown_wherever_it_is() {
        let set = a_set("db").claiming("data");
        let around = |ordinals: std::ops::Range<u32>| {
            let claims = ordinals.map(|ordinal| a_claim(&set, ordinal)).collect();
            Surroundings { claims: Known::Read(claims), ..surroundings() }
        };
        let text = shown(&a_snapshot(&set), &around(150..151), 300);
        assert!(text.contains("db-150"), "{text}");
        assert!(text.contains("… 141 more\n") && text.contains("… 143 more\n"), "{text}");
        let text = shown(&a_snapshot(&set), &around(3..300), 300);
        let rest = "… 231 more, 231 with claims that are used again or deleted";
        assert!(text.contains(rest), "{text}");
    }

    #[test]
    fn of_many_pods_the_first_and_the_last_are_shown() {
        let text = shown(&a_snapshot(&a_set("db")), &surroundings(), 300);
        assert!(text.contains("… 285 more"), "{text}");
        assert_eq!(text.lines().count(), 16);
    }
}
