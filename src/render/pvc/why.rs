//! `pvc why`: everything that is known about one claim, and what would happen to it.

use jiff::Timestamp;

use crate::model::survey::Survey;
use crate::model::survey::claimant::Place;
use crate::model::survey::coverage::DeepScan;
use crate::plan::pvc::class::Class;
use crate::plan::pvc::terms::{Terms, objections};
use crate::plan::pvc::verdict::Verdict;
use crate::render::duration::age;
use crate::render::pvc::words;
use crate::render::text::{Text, Tone};

/// The lines of `pvc why`.
pub fn why(verdict: &Verdict<'_>, survey: &Survey, terms: &Terms, now: Timestamp) -> Vec<Text> {
    let mut lines = vec![headline(verdict)];
    lines.extend(facts(verdict, now));
    lines.extend(verdict.vetoes.iter().map(|veto| {
        let label = format!("  {:<11}", veto.id());
        Text::from(label).with(Tone::Bad, veto.words())
    }));
    lines.extend(verdict.holds.iter().map(|hold| {
        let flag = hold.kind().flag().map_or("no flag lifts this; wait".to_owned(), str::to_owned);
        Text::from(format!("  {:<11}", "held"))
            .with(Tone::Busy, hold.words())
            .with(Tone::Faint, format!(" ({flag})"))
    }));
    lines.extend(verdict.doubts.iter().map(|doubt| line("doubt", doubt.words())));
    lines.extend(verdict.snapshots.iter().map(|snapshot| {
        line(
            "snapshot",
            &format!("volumesnapshot/{snapshot}, finished; it stays if the claim goes"),
        )
    }));
    lines.push(line("searched", &searched(survey)));
    lines.extend(survey.coverage.gaps_of(&verdict.claim.namespace).map(|gap| {
        Text::from(format!("  {:<11}", "not read"))
            .with(Tone::Warn, format!("{}: {}", gap.what, gap.why))
    }));
    lines.extend(consequences(verdict, terms, now));
    lines
}

fn headline(verdict: &Verdict<'_>) -> Text {
    let claim = verdict.claim;
    let tone = if verdict.class.is_left_behind() { Tone::Strong } else { Tone::Plain };
    let text = Text::from(format!("pvc/{} in {}: ", claim.name, claim.namespace))
        .with(tone, verdict.class.name());
    match verdict.confidence {
        Some(confidence) => text.with(Tone::Plain, format!(", {confidence} confidence")),
        None => text,
    }
}

fn facts(verdict: &Verdict<'_>, now: Timestamp) -> Vec<Text> {
    let claim = verdict.claim;
    let mut lines = Vec::new();
    for owner in &verdict.owners {
        let place = match owner.place {
            Place::Below => "below its range",
            Place::Wanted => "in its range",
            Place::Reserved => "left out of its range",
            Place::Above => "above its range",
        };
        lines.push(line(
            "set",
            &format!(
                "{}, template {}, ordinal {}, {place} {}",
                owner.claimant.display(),
                owner.template,
                owner.ordinal,
                owner.claimant.wanted.words()
            ),
        ));
    }
    if verdict.owners.is_empty() {
        lines.push(line("set", "no set there is would use a claim of this name"));
    }
    let size = claim.capacity.as_ref().or(claim.requested.as_ref());
    let class = claim.storage_class.as_deref().unwrap_or("none");
    let volume = match (&claim.volume, verdict.volume) {
        (Some(name), Some(facts)) => {
            format!("pv/{name}, {}, reclaim policy {}", facts.phase, facts.reclaim_policy.name())
        }
        (Some(name), None) => format!("pv/{name}"),
        (None, _) => "none yet".to_owned(),
    };
    let size = size.map_or("size unknown", String::as_str);
    lines.push(line("volume", &format!("{volume}, {size}, class {class}")));
    lines.push(line("made by", &words::maker(&claim.maker)));
    if verdict.class != Class::InUse && verdict.class != Class::Unknown {
        let span = verdict.idle.span(now).map(|span| format!(" ({})", age(span)));
        lines.push(line(
            "idle",
            &format!("{}{}", words::since(verdict.idle), span.unwrap_or_default()),
        ));
    }
    lines
}

fn searched(survey: &Survey) -> String {
    let kinds = survey.coverage.read.len();
    match survey.coverage.deep {
        DeepScan::Done => format!("{kinds} kinds, the texts of all that can be listed among them"),
        DeepScan::NotAsked => format!("{kinds} kinds; not the texts of others (--deep-scan)"),
    }
}

/// What a deletion and a scale-up would do.
fn consequences(verdict: &Verdict<'_>, terms: &Terms, now: Timestamp) -> Vec<Text> {
    let against = objections(verdict, terms, now);
    let prune = if against.is_empty() {
        Text::from("  prune      ")
            .with(Tone::Good, "would delete it and keep its volume for restore")
    } else {
        let all: Vec<String> = against.iter().map(words::objection).collect();
        Text::from("  prune      ").with(Tone::Plain, format!("would leave it: {}", all.join("; ")))
    };
    let mut lines = vec![prune];
    if let Some(owner) = verdict.owner().filter(|owner| owner.claimant.is_set()) {
        if matches!(owner.place, Place::Above) {
            let name = &owner.claimant.name;
            lines.push(line(
                "scale-up",
                &format!(
                    "past ordinal {} of {name} takes it up again, with its data",
                    owner.ordinal
                ),
            ));
        }
        if verdict.fuse.is_some() {
            lines.push(line(
                "set gone",
                "deleting the set deletes it, whatever the set's policy says",
            ));
        }
    }
    lines
}

fn line(label: &str, text: &str) -> Text {
    Text::from(format!("  {label:<11}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::pvc::verdict::judge;
    use crate::testing::survey::{a_claimant, a_left_claim, a_survey, now};

    fn shown(survey: &Survey) -> String {
        let verdicts = judge(survey);
        let lines = why(&verdicts[0], survey, &Terms::default(), now());
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn everything_that_is_known_is_said() {
        let left = || a_left_claim("data-web-4", "web");
        let survey = |claim| a_survey(&[a_claimant("web", 3)], &[claim]);
        insta::assert_snapshot!(shown(&survey(left()).scaled_by("hpa/web", "web", 6)), @"
        pvc/data-web-4 in prod: burst, high confidence
          set        statefulset/web, template data, ordinal 4, above its range 0-2
          volume     pv/pv-data-web-4, Bound, reclaim policy Delete, 1Gi, class standard
          made by    a controller of Kubernetes
          idle       unused since 2023-10-15, as the cluster says (30d)
          held       hpa/web may scale to 6 (--include-autoscaled)
          searched   0 kinds, the texts of all that can be listed among them
          prune      would leave it: hpa/web may scale to 6 (--include-autoscaled)
          scale-up   past ordinal 4 of web takes it up again, with its data
        ");
        insta::assert_snapshot!(shown(&survey(left()).used_by("data-web-4", "job-x", "Pending")), @"
        pvc/data-web-4 in prod: in-use
          set        statefulset/web, template data, ordinal 4, above its range 0-2
          volume     pv/pv-data-web-4, Bound, reclaim policy Delete, 1Gi, class standard
          made by    a controller of Kubernetes
          V1         pod/job-x (Pending, not scheduled)
          searched   0 kinds, the texts of all that can be listed among them
          prune      would leave it: pod/job-x (Pending, not scheduled)
          scale-up   past ordinal 4 of web takes it up again, with its data
        ");
        insta::assert_snapshot!(shown(&survey(a_left_claim("data-db-4", "db"))), @"");
    }
}
