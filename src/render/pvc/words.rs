//! What is said of a claim, the same wherever it is said.

use jiff::Timestamp;

use crate::model::claim::Maker;
use crate::model::survey::coverage::Gap;
use crate::plan::pvc::class::Class;
use crate::plan::pvc::idle::Idle;
use crate::plan::pvc::terms::Objection;
use crate::plan::pvc::verdict::Verdict;
use crate::render::duration::age;

/// How long a claim was unused, for a column: `41d`; `<9d` where it may be less; `?` where nothing
/// tells, and a dash for a claim that is used.
pub fn idle(verdict: &Verdict<'_>, now: Timestamp) -> String {
    if !verdict.class.is_left_behind() {
        return "-".to_owned();
    }
    let span = verdict.idle.span(now).map(age);
    match (verdict.idle, span) {
        (Idle::AtMost(_), Some(span)) => format!("<{span}"),
        (_, Some(span)) => span,
        (_, None) => "?".to_owned(),
    }
}

/// Since when a claim is unused, in a sentence.
pub fn since(idle: Idle) -> String {
    match idle {
        Idle::Said(at) => format!("unused since {}, as the cluster says", day(at)),
        Idle::Marked(at) => format!("seen left behind since {}", day(at)),
        Idle::AtMost(at) => {
            format!("untouched since {}; nothing tells whether a pod used it", day(at))
        }
        Idle::Contradicted => "the cluster says that a pod uses it, and there is none".to_owned(),
        Idle::Unknown => "nothing tells since when it is unused".to_owned(),
    }
}

/// A day, as people write it.
pub fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

/// Something that could not be read, with the place it is about.
pub fn gap(gap: &Gap) -> String {
    let place = gap.namespace.as_ref().map(|name| format!(" of namespace {name}"));
    format!("not read: {}{}: {}", gap.what, place.unwrap_or_default(), gap.why)
}

/// Who made a claim.
pub fn maker(maker: &Maker) -> String {
    match maker {
        Maker::Controller => "a controller of Kubernetes".to_owned(),
        Maker::Other(by) => by.clone(),
        Maker::Unknown => "nothing tells".to_owned(),
    }
}

/// What a class means for a claim that nothing keeps.
pub fn class(verdict: &Verdict<'_>) -> String {
    let set = verdict.owner().map(|owner| owner.claimant);
    match (verdict.class, set) {
        (Class::ScaledDown | Class::Burst | Class::BelowStart | Class::Reserved, Some(set)) => {
            format!("range is {}", set.wanted.words())
        }
        (Class::Parked, Some(set)) => format!("{} has no replicas", set.display()),
        (Class::TemplateRemoved, _) => "its set has no such claim template any more".to_owned(),
        (Class::SetDeleted, _) => "its set is gone".to_owned(),
        (Class::Unbound, _) => "it never got a volume".to_owned(),
        (class, _) => class.name().to_owned(),
    }
}

/// An objection with the flag that lifts it, or the word that none does.
pub fn objection(objection: &Objection<'_>) -> String {
    let what = match objection {
        Objection::Veto(veto) => return veto.words(),
        Objection::Hold(hold) => hold.words(),
        Objection::Class(class) => format!("class {class}"),
        Objection::Confidence(confidence) => format!("{confidence} confidence"),
        Objection::Idle(Some(span)) => format!("unused for {} only", age(*span)),
        Objection::Idle(None) => "nobody knows since when it is unused".to_owned(),
    };
    match objection.lifted_by() {
        Some(flag) => format!("{what} ({flag})"),
        None => format!("{what} (no flag lifts this; wait)"),
    }
}

/// Why a claim goes or stays, in one line.
pub fn why(verdict: &Verdict<'_>, objections: &[Objection<'_>], kinds: usize) -> String {
    match objections {
        [] => {
            let mut parts = vec![class(verdict)];
            parts.push(match kinds {
                0 => "nothing names it".to_owned(),
                kinds => format!("nothing in {kinds} kinds names it"),
            });
            parts.push(since(verdict.idle));
            parts.join(", ")
        }
        [Objection::Veto(first), ..] => first.words(),
        [first @ Objection::Hold(_), ..] => objection(first),
        [Objection::Class(left), rest @ ..] if left.is_left_behind() => {
            let mut parts = vec![format!("{} (--class {left})", class(verdict))];
            parts.extend(rest.iter().map(objection));
            parts.join(", ")
        }
        all => {
            let mut parts = vec![class(verdict)];
            parts.extend(all.iter().map(objection));
            parts.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::pvc::terms::{Terms, objections};
    use crate::plan::pvc::verdict::judge;
    use crate::testing::survey::{a_claimant, a_left_claim, a_survey, days, now};

    fn line(survey: &crate::model::survey::Survey) -> String {
        let verdicts = judge(survey);
        let objections = objections(&verdicts[0], &Terms::default(), now());
        format!("{}: {}", idle(&verdicts[0], now()), why(&verdicts[0], &objections, 14))
    }

    #[test]
    fn a_line_says_why_a_claim_goes_or_stays() {
        let one = |claim| a_survey(&[a_claimant("web", 3)], &[claim]);
        let left = || a_left_claim("data-web-4", "web");
        let lines = [
            line(&one(left())),
            line(&one(left()).scaled_by("hpa/web", "web", 6)),
            line(&one(left().unused_for(Some(days(1))))),
            line(&one(left().unused_for(None))),
            line(&one(a_left_claim("data-db-0", "db"))),
            line(&one(left()).used_by("data-web-4", "x", "Pending")),
            line(&one(a_left_claim("data-web-1", "web"))),
        ];
        insta::assert_snapshot!(lines.join("\n"), @"
        30d: range is 0-2, nothing in 14 kinds names it, unused since 2023-10-15, as the cluster says
        30d: hpa/web may scale to 6 (--include-autoscaled)
        24h: range is 0-2, unused for 24h only (--idle)
        <60d: range is 0-2, medium confidence (--min-confidence medium)
        30d: its set is gone (--class set-deleted), medium confidence (--min-confidence medium)
        -: pod/x (Pending, not scheduled)
        -: statefulset/web wants it: its range is 0-2
        ");
    }
}
