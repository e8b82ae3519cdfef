//! Extra gates in words.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::plan::answer::Answer;
use crate::progress::event::{GateProgress, GateState, Measurement};
use crate::progress::measure::Tally;
use crate::render::duration::left;
use crate::render::text::Tone;

/// How often an answer like the one before is told in lines.
const EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Which answers have been told.
#[derive(Clone, Debug, Default)]
pub(super) struct Told(BTreeMap<(String, String), (&'static str, Timestamp)>);

impl Told {
    /// Whether this is news: an answer that is like the one before is none for a while.
    pub(super) fn worth_telling(&mut self, at: Timestamp, gate: &GateProgress) -> bool {
        let key = (gate.pod.clone(), gate.gate.clone());
        let GateState::Measured(measured) = &gate.state else {
            self.0.remove(&key);
            return true;
        };
        let kind = name(&measured.answer);
        let told = self.0.get(&key);
        let news =
            told.is_none_or(|(told, since)| *told != kind || at.duration_since(*since) >= EVERY);
        if news {
            self.0.insert(key, (kind, at));
        }
        news
    }
}

/// The name of an answer.
pub(super) fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Yes(_) => "yes",
        Answer::No(_) => "no",
        Answer::NoData(_) => "noData",
        Answer::Unclear(_) => "unclear",
    }
}

/// How good an answer is.
pub(super) fn tone(answer: &Answer) -> Tone {
    match answer {
        Answer::Yes(_) => Tone::Busy,
        Answer::No(_) | Answer::NoData(_) | Answer::Unclear(_) => Tone::Warn,
    }
}

/// `3/5, 0.003, next in 4s`
pub(super) fn measured(measured: &Measurement, now: Timestamp) -> String {
    let Tally { yes, needed, .. } = measured.tally;
    let detail = match &measured.answer {
        Answer::Unclear(why) => format!("cannot tell: {why}"),
        Answer::NoData(why) => format!("no data: {why}"),
        bare if bare.detail().is_empty() => name(bare).to_owned(),
        Answer::Yes(value) | Answer::No(value) => value.clone(),
    };
    let next = if measured.next > now {
        format!("next in {}", left(measured.next, now))
    } else {
        "asking".to_owned()
    };
    format!("{yes}/{needed}, {detail}, {next}")
}

/// How a gate stands, as a line about its pod.
pub(super) fn words(at: Timestamp, gate: &GateProgress) -> (Tone, String) {
    let name = &gate.gate;
    let with = |detail: &str| if detail.is_empty() { String::new() } else { format!(": {detail}") };
    match &gate.state {
        GateState::Later { from } => {
            (Tone::Busy, format!("gate {name} is asked in {}", left(*from, at)))
        }
        GateState::Running { until } => {
            (Tone::Busy, format!("gate {name} runs, for at most {}", left(*until, at)))
        }
        GateState::Measured(one) => {
            (tone(&one.answer), format!("gate {name} {}", measured(one, at)))
        }
        GateState::Passed { detail } => (Tone::Good, format!("gate {name} passed{}", with(detail))),
        GateState::Failed { detail } => (Tone::Bad, format!("gate {name} failed{}", with(detail))),
        GateState::Inconclusive { detail } => {
            (Tone::Warn, format!("gate {name} could not tell{}", with(detail)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::scripted::at;

    fn progress(answer: Answer, yes: u32, now: i64) -> GateProgress {
        let tally = Tally { yes, no: 0, needed: 5 };
        let state = GateState::Measured(Measurement { answer, tally, next: at(now + 10) });
        GateProgress { pod: "db-4".to_owned(), gate: "lag".to_owned(), state }
    }

    fn yes(value: &str) -> Answer {
        Answer::Yes(value.to_owned())
    }

    #[test]
    fn answers_are_told_with_how_they_stand() {
        let said = |answer, yes| words(at(0), &progress(answer, yes, 0)).1;
        assert_eq!(said(yes("0.003"), 3), "gate lag 3/5, 0.003, next in 10s");
        assert_eq!(said(yes(""), 3), "gate lag 3/5, yes, next in 10s");
        let no = Answer::No("0.2, expected < 0.01".to_owned());
        assert_eq!(said(no, 3), "gate lag 3/5, 0.2, expected < 0.01, next in 10s");
        let unclear = Answer::Unclear("refused".to_owned());
        assert_eq!(said(unclear, 0), "gate lag 0/5, cannot tell: refused, next in 10s");
        let late = progress(yes("1"), 1, -20);
        assert_eq!(words(at(0), &late).1, "gate lag 1/5, 1, asking");
    }

    #[test]
    fn the_same_answer_is_told_once_a_minute_and_another_at_once() {
        let mut told = Told::default();
        let mut news = |now, answer| told.worth_telling(at(now), &progress(answer, 1, now));
        assert!(news(0, yes("1")));
        assert!(!news(10, yes("1.5")));
        assert!(news(20, Answer::No("9".to_owned())));
        assert!(news(30, yes("1")));
        assert!(!news(80, yes("1")));
        assert!(news(90, yes("1")));
    }
}
