//! `pvc list`: a line for each claim, what to know about them, and their sum.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::quantity::Quantity;
use crate::model::survey::Survey;
use crate::model::survey::claimant::Place;
use crate::plan::pvc::class::{Class, Confidence};
use crate::plan::pvc::terms::{Objection, Terms, objections};
use crate::plan::pvc::verdict::Verdict;
use crate::render::duration::age;
use crate::render::fleet::{Detail, Namespaces};
use crate::render::pvc::money::Prices;
use crate::render::pvc::words;
use crate::render::table::{Headers, toned};
use crate::render::text::{Text, Tone};

/// Claims that are named in a warning before the rest is counted.
const NAMES: usize = 3;

/// A verdict beside what speaks against a deletion.
pub struct Judged<'v, 'a> {
    /// The verdict.
    pub verdict: &'v Verdict<'a>,
    /// Why it would not go on these terms; nothing when it would.
    pub objections: Vec<Objection<'v>>,
}

impl<'v, 'a> Judged<'v, 'a> {
    /// All verdicts on these terms.
    pub fn all(verdicts: &'v [Verdict<'a>], terms: &Terms, now: Timestamp) -> Vec<Self> {
        verdicts
            .iter()
            .map(|verdict| Self { verdict, objections: objections(verdict, terms, now) })
            .collect()
    }

    /// Whether it would go.
    pub fn goes(&self) -> bool {
        self.objections.is_empty()
    }

    /// Whether only a hold, or its age, speaks against it.
    pub fn is_held(&self) -> bool {
        self.verdict.is_candidate()
            && self
                .objections
                .iter()
                .any(|objection| matches!(objection, Objection::Hold(_) | Objection::Idle(_)))
    }
}

/// Which columns the table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Whether rows are of several namespaces.
    pub namespaces: Namespaces,
    /// How much there is of each claim.
    pub detail: Detail,
}

/// The table, a line for each of these claims.
pub fn table(
    rows: &[&Judged<'_, '_>],
    kinds: usize,
    columns: Columns,
    headers: Headers,
    now: Timestamp,
) -> Vec<Text> {
    let mut names = match columns.namespaces {
        Namespaces::One => vec![],
        Namespaces::Several => vec!["namespace"],
    };
    names.extend(["pvc", "ord", "class", "conf", "idle", "size", "pv-policy"]);
    if columns.detail == Detail::Wide {
        names.extend(["set", "template", "storageclass", "volume"]);
    }
    names.push("why");
    let cells: Vec<_> = rows.iter().map(|row| cells(row, kinds, columns, now)).collect();
    toned(&names, headers, &cells)
}

fn cells(
    row: &Judged<'_, '_>,
    kinds: usize,
    columns: Columns,
    now: Timestamp,
) -> Vec<(Tone, String)> {
    let verdict = row.verdict;
    let claim = verdict.claim;
    let plain = |text: String| (Tone::Plain, text);
    let or_dash = |text: Option<String>| plain(text.unwrap_or_else(|| "-".to_owned()));
    let mut cells = Vec::new();
    if columns.namespaces == Namespaces::Several {
        cells.push(plain(claim.namespace.clone()));
    }
    cells.push(plain(claim.name.clone()));
    cells.push(or_dash(verdict.ordinal().map(|ordinal| ordinal.to_string())));
    cells.push(class(row));
    cells.push(match verdict.confidence {
        Some(Confidence::High) => (Tone::Good, "high".to_owned()),
        Some(confidence) => (Tone::Busy, confidence.name().to_owned()),
        None => plain("-".to_owned()),
    });
    cells.push(plain(words::idle(verdict, now)));
    cells.push(or_dash(claim.capacity.clone().or_else(|| claim.requested.clone())));
    cells.push(or_dash(verdict.volume.map(|volume| volume.reclaim_policy.name().to_owned())));
    if columns.detail == Detail::Wide {
        cells.push(or_dash(verdict.owner().map(|owner| owner.claimant.display())));
        cells.push(or_dash(verdict.owner().map(|owner| owner.template.to_owned())));
        cells.push(or_dash(claim.storage_class.clone()));
        cells.push(or_dash(claim.volume.clone()));
    }
    cells.push(plain(words::why(verdict, &row.objections, kinds)));
    cells
}

/// The class, or that something holds the claim.
fn class(row: &Judged<'_, '_>) -> (Tone, String) {
    let class = row.verdict.class;
    if row.is_held() {
        return (Tone::Busy, "held".to_owned());
    }
    let tone = match class {
        Class::Doomed | Class::Terminating | Class::Hijacked | Class::Lost => Tone::Bad,
        Class::Unknown | Class::Shared | Class::Ambiguous => Tone::Warn,
        class if class.is_left_behind() => Tone::Strong,
        _ => Tone::Faint,
    };
    (tone, class.name().to_owned())
}

/// What to know about these claims, a line each; the most urgent first.
pub fn warnings(judged: &[Judged<'_, '_>], survey: &Survey, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(dying(judged));
    lines.extend(fuses(judged));
    lines.extend(returning(judged, now));
    lines.extend(drift(judged));
    lines.extend(survey.coverage.gaps().iter().map(words::gap));
    lines
}

/// Claims that will be gone soon, while somebody uses them or wants them.
fn dying<'r>(judged: &'r [Judged<'_, '_>]) -> impl Iterator<Item = String> + 'r {
    judged.iter().filter_map(|row| {
        let claim = &row.verdict.claim.name;
        let wanted = row.verdict.owners.iter().any(|owner| owner.place == Place::Wanted);
        match row.verdict.class {
            Class::Terminating if wanted => Some(format!(
                "pvc/{claim} is going: its data goes when its pod does (pvc rescue {claim})"
            )),
            Class::Doomed => Some(format!(
                "pvc/{claim} is about to be deleted, since its owner is gone (pvc rescue {claim})"
            )),
            Class::Hijacked => Some(format!(
                "pvc/{claim} belongs to another pod, and goes with it (pvc rescue {claim})"
            )),
            _ => None,
        }
    })
}

/// Claims left behind that would go with their set.
fn fuses(judged: &[Judged<'_, '_>]) -> Option<String> {
    let fused = |row: &&Judged<'_, '_>| {
        row.verdict.class.is_left_behind()
            && row.verdict.fuse.is_some()
            && row.verdict.owner().is_some_and(|owner| {
                owner.claimant.retention.when_deleted == crate::model::set::Fate::Retain
            })
    };
    let names: Vec<&str> =
        judged.iter().filter(fused).map(|row| row.verdict.claim.name.as_str()).collect();
    let first = names.first()?;
    Some(format!(
        "{} would be deleted with the set, although its policy is Retain (pvc rescue {first})",
        some(&names)
    ))
}

/// Claims that the next scale-up would take up again, with whatever is on them.
fn returning(judged: &[Judged<'_, '_>], now: Timestamp) -> Vec<String> {
    let mut by_set: BTreeMap<(&str, &str), Vec<&Verdict<'_>>> = BTreeMap::new();
    for row in judged.iter().filter(|row| row.verdict.class.is_left_behind()) {
        let Some(owner) = row.verdict.owner().filter(|owner| owner.claimant.is_set()) else {
            continue;
        };
        let next = owner.claimant.wanted.next();
        if next == Some(owner.ordinal) {
            let key = (row.verdict.claim.namespace.as_str(), owner.claimant.name.as_str());
            by_set.entry(key).or_default().push(row.verdict);
        }
    }
    by_set
        .into_iter()
        .map(|((_, set), verdicts)| {
            let names: Vec<&str> = verdicts.iter().map(|v| v.claim.name.as_str()).collect();
            let count = verdicts[0].owner().and_then(|owner| owner.claimant.wanted.count());
            let replicas = count.unwrap_or(0) + 1;
            let used = verdicts.iter().filter_map(|v| v.idle.span(now)).max();
            let used =
                used.map(|span| format!(", last used {} ago", age(span))).unwrap_or_default();
            format!("scaling {set} to {replicas} would take up {} again{used}", some(&names))
        })
        .collect()
}

/// Claims that ask for another size than their template.
fn drift(judged: &[Judged<'_, '_>]) -> Vec<String> {
    let mut by_template: BTreeMap<(&str, &str, &str), (String, Vec<&str>)> = BTreeMap::new();
    for row in judged {
        let claim = row.verdict.claim;
        let Some(owner) = row.verdict.owner().filter(|owner| owner.place == Place::Wanted) else {
            continue;
        };
        let template = owner.claimant.templates.iter().find(|(name, _)| name == owner.template);
        let Some(size) = template.and_then(|(_, size)| size.as_ref()) else { continue };
        let parsed = |text: Option<&String>| text.and_then(|text| text.parse::<Quantity>().ok());
        if let (Some(claimed), Some(wanted)) =
            (parsed(claim.requested.as_ref()), parsed(Some(size)))
            && claimed != wanted
        {
            by_template
                .entry((&claim.namespace, &owner.claimant.name, owner.template))
                .or_insert_with(|| (size.clone(), Vec::new()))
                .1
                .push(&claim.name);
        }
    }
    by_template
        .into_iter()
        .map(|((_, set, template), (size, names))| {
            format!(
                "the template {template} of {set} asks for {size}, and for another size: {}",
                some(&names)
            )
        })
        .collect()
}

/// How many there are of what, and how much storage.
pub fn sum(judged: &[Judged<'_, '_>], prices: &Prices) -> String {
    let prunable: Vec<&Judged<'_, '_>> = judged.iter().filter(|row| row.goes()).collect();
    let held = judged.iter().filter(|row| row.is_held()).count();
    let left = judged.iter().filter(|row| row.verdict.class.is_left_behind()).count();
    let other = left - prunable.len() - held;
    let mut parts = vec![format!("{} prunable{}", prunable.len(), amount(&prunable, prices))];
    if held > 0 {
        parts.push(format!("{held} held"));
    }
    if other > 0 {
        parts.push(format!("{other} left behind and not offered"));
    }
    let unknown = judged.iter().filter(|row| row.verdict.class == Class::Unknown).count();
    if unknown > 0 {
        parts.push(format!("{unknown} unknown"));
    }
    parts.push(format!("{} kept", judged.len() - left - unknown));
    parts.join(", ")
}

/// The storage of these claims, and what it costs: ` (500Gi, 50.00 a month)`.
fn amount(rows: &[&Judged<'_, '_>], prices: &Prices) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let total = total(rows.iter().map(|row| row.verdict));
    let mut amount = total.in_gib();
    if !prices.is_empty() {
        let costs = rows.iter().filter_map(|row| {
            let claim = row.verdict.claim;
            prices.of(claim.storage_class.as_deref(), size(row.verdict)?.gib())
        });
        let cost: f64 = costs.sum();
        amount = format!("{amount}, {cost:.2} by the given prices");
    }
    format!(" ({amount})")
}

/// The storage of these claims.
pub fn total<'v, 'a: 'v>(verdicts: impl Iterator<Item = &'v Verdict<'a>>) -> Quantity {
    verdicts.filter_map(size).fold(Quantity::bytes(0), Quantity::plus)
}

/// The storage of a claim: what it has, or what it asks for.
pub fn size(verdict: &Verdict<'_>) -> Option<Quantity> {
    let claim = verdict.claim;
    claim.capacity.as_ref().or(claim.requested.as_ref())?.parse().ok()
}

/// The first names, and how many more there are.
fn some(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES).map(|name| format!("pvc/{name}")).collect();
    let rest = names.len().saturating_sub(NAMES);
    match (rest, shown.as_slice()) {
        (0, [one]) => one.clone(),
        (0, [first @ .., last]) => format!("{} and {last}", first.join(", ")),
        (rest, _) => format!("{} and {rest} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::claim::Claim;
    use crate::plan::pvc::verdict::judge;
    use crate::testing::survey::{a_claimant, a_left_claim, a_survey, days, now};

    fn shown(survey: &Survey) -> String {
        let verdicts = judge(survey);
        let judged = Judged::all(&verdicts, &Terms::default(), now());
        let rows: Vec<&Judged<'_, '_>> = judged.iter().collect();
        let columns = Columns { namespaces: Namespaces::One, detail: Detail::Usual };
        let mut lines: Vec<String> = table(&rows, 14, columns, Headers::Shown, now())
            .iter()
            .map(ToString::to_string)
            .collect();
        lines.extend(warnings(&judged, survey, now()));
        lines.push(sum(&judged, &Prices::default()));
        lines.join("\n")
    }

    #[test]
    fn a_line_for_each_claim_and_what_to_know_about_them() {
        let claims = [
            a_left_claim("data-kafka-0", "kafka"),
            Claim { requested: Some("2Gi".to_owned()), ..a_left_claim("data-kafka-2", "kafka") },
            a_left_claim("data-kafka-3", "kafka").unused_for(Some(days(41))),
            a_left_claim("data-kafka-4", "kafka").unused_for(Some(days(2))),
            a_left_claim("data-gone-0", "gone"),
        ];
        let survey = a_survey(&[a_claimant("kafka", 3)], &claims).used_by(
            "data-kafka-0",
            "kafka-0",
            "Running",
        );
        insta::assert_snapshot!(shown(&survey), @"
        PVC            ORD   CLASS                  CONF     IDLE   SIZE   PV-POLICY   WHY
        data-gone-0    0     set-deleted            medium   30d    1Gi    Delete      its set is gone (--class set-deleted), medium confidence (--min-confidence medium)
        data-kafka-0   0     in-use                 -        -      1Gi    Delete      pod/kafka-0 (Running)
        data-kafka-2   2     expected-missing-pod   -        -      1Gi    Delete      statefulset/kafka wants it: its range is 0-2
        data-kafka-3   3     scaled-down            high     41d    1Gi    Delete      range is 0-2, nothing in 14 kinds names it, unused since 2023-10-04, as the cluster says
        data-kafka-4   4     held                   high     2d     1Gi    Delete      range is 0-2, unused for 2d only (--idle)
        scaling kafka to 4 would take up pvc/data-kafka-3 again, last used 41d ago
        the template data of kafka asks for 1Gi, and for another size: pvc/data-kafka-2
        1 prunable (1Gi), 1 held, 1 left behind and not offered, 2 kept
        ");
    }

    #[test]
    fn what_will_be_gone_soon_comes_first() {
        let mut doomed = a_left_claim("data-web-4", "web");
        doomed.owners = vec![crate::testing::an_owner("StatefulSet", "web", "gone")];
        let mut fused = a_left_claim("data-web-3", "web");
        fused.owners = vec![crate::testing::an_owner("StatefulSet", "web", "set-web")];
        let claims = [doomed, fused, a_left_claim("data-web-0", "web").going()];
        let survey = a_survey(&[a_claimant("web", 3)], &claims);
        insta::assert_snapshot!(shown(&survey), @"
        PVC          ORD   CLASS         CONF   IDLE   SIZE   PV-POLICY   WHY
        data-web-0   0     terminating   -      -      1Gi    Delete      pvc/data-web-0 is being deleted
        data-web-3   3     scaled-down   high   30d    1Gi    Delete      range is 0-2, nothing in 14 kinds names it, unused since 2023-10-15, as the cluster says
        data-web-4   4     doomed        -      -      1Gi    Delete      its owner is gone (statefulset/web), so it is about to be deleted
        pvc/data-web-0 is going: its data goes when its pod does (pvc rescue data-web-0)
        pvc/data-web-4 is about to be deleted, since its owner is gone (pvc rescue data-web-4)
        pvc/data-web-3 would be deleted with the set, although its policy is Retain (pvc rescue data-web-3)
        scaling web to 4 would take up pvc/data-web-3 again, last used 30d ago
        1 prunable (1Gi), 2 kept
        ");
    }

    #[test]
    fn money_is_summed_by_class() {
        let claims = [3, 4].map(|n| a_left_claim(&format!("data-web-{n}"), "web"));
        let survey = a_survey(&[a_claimant("web", 3)], &claims);
        let verdicts = judge(&survey);
        let judged = Judged::all(&verdicts, &Terms::default(), now());
        let mut prices = Prices::default();
        prices.add("standard=0.5").unwrap();
        assert_eq!(sum(&judged, &prices), "2 prunable (2Gi, 1.00 by the given prices), 0 kept");
    }
}
