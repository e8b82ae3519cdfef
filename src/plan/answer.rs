//! What an answer to a gate's question means: yes, no, nothing, or that nobody can tell.

use crate::model::gate::expect::{Expect, Measured, Met, Sample};
use crate::model::gate::http::Statuses;

/// An answer to one question, with what it was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As it should be.
    Yes(String),
    /// Not as it should be.
    No(String),
    /// There was no value to judge.
    NoData(String),
    /// It could not be asked, or the answer makes no sense.
    Unclear(String),
}

impl Answer {
    /// What it was judged by.
    pub fn detail(&self) -> &str {
        let (Self::Yes(detail) | Self::No(detail) | Self::NoData(detail) | Self::Unclear(detail)) =
            self;
        detail
    }

    /// Judges the samples of a query: all have to be as expected, and one without a value is no
    /// data.
    pub fn of_samples(samples: &[Sample], expect: &Expect) -> Self {
        let count = samples.len();
        let named = |sample: &Sample| match (count, sample.labels.as_str()) {
            (1, _) | (_, "") => sample.value.to_string(),
            (_, labels) => format!("{} {labels}", sample.value),
        };
        if count == 0 {
            return Self::NoData("the query found nothing".to_owned());
        }
        let judged = |sample: &Sample| expect.judge(&Measured::Number(sample.value));
        let wrong = |sample: &&Sample| !sample.value.is_nan() && judged(sample) != Met::Yes;
        if let Some(wrong) = samples.iter().find(wrong) {
            return Self::No(format!("{}, expected {expect}", named(wrong)));
        }
        if let Some(empty) = samples.iter().find(|sample| sample.value.is_nan()) {
            return Self::NoData(named(empty));
        }
        Self::Yes(match samples {
            [one] => named(one),
            many => format!("all {} are {expect}", many.len()),
        })
    }

    /// Judges the status of an HTTP answer, which may say more about it; nothing when the value
    /// decides.
    pub fn of_status(code: u16, reason: &str, more: &str, allowed: &Statuses) -> Option<Self> {
        if allowed.contains(code) {
            return None;
        }
        let mut words = format!("{code} {reason}").trim_end().to_owned();
        if !more.is_empty() {
            words = format!("{words}: {more}");
        }
        Some(Self::No(words))
    }

    /// Judges one value; without one there is no data.
    pub fn of_value(value: Option<&Measured>, expect: &Expect) -> Self {
        let Some(value) = value else { return Self::NoData("there is no such value".to_owned()) };
        match expect.judge(value) {
            Met::Yes => Self::Yes(value.to_string()),
            Met::No => Self::No(format!("{value}, expected {expect}")),
            Met::Incomparable => Self::Unclear(format!("{value} cannot be compared: {expect}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Vec<Sample> {
        let labels = |at| format!("{{pod=\"db-{at}\"}}");
        values
            .iter()
            .enumerate()
            .map(|(at, value)| Sample { labels: labels(at), value: *value })
            .collect()
    }

    fn of(values: &[f64], expect: &str) -> Answer {
        Answer::of_samples(&samples(values), &expect.parse().unwrap())
    }

    #[test]
    fn every_sample_has_to_be_as_expected() {
        assert_eq!(of(&[0.005], "< 0.01"), Answer::Yes("0.005".to_owned()));
        assert_eq!(of(&[0.02], "< 0.01"), Answer::No("0.02, expected < 0.01".to_owned()));
        assert_eq!(of(&[1.0, 2.0], "< 3"), Answer::Yes("all 2 are < 3".to_owned()));
        let no = "5 {pod=\"db-1\"}, expected < 3".to_owned();
        assert_eq!(of(&[1.0, 5.0, 9.0], "< 3"), Answer::No(no));
        assert_eq!(of(&[f64::INFINITY], "< 3"), Answer::No("inf, expected < 3".to_owned()));
    }

    #[test]
    fn nothing_and_nan_are_no_data_but_never_hide_a_no() {
        assert_eq!(of(&[], "< 3"), Answer::NoData("the query found nothing".to_owned()));
        assert_eq!(of(&[f64::NAN], "!= 3"), Answer::NoData("NaN".to_owned()));
        assert!(matches!(of(&[1.0, f64::NAN], "< 3"), Answer::NoData(_)));
        assert!(matches!(of(&[f64::NAN, 4.0], "< 3"), Answer::No(_)));
    }

    #[test]
    fn a_status_outside_of_what_is_allowed_is_a_no() {
        let allowed = "200-299".parse().unwrap();
        let of = |code, reason, more| Answer::of_status(code, reason, more, &allowed);
        assert_eq!(of(204, "No Content", "x"), None);
        let no = Answer::No("503 Service Unavailable".to_owned());
        assert_eq!(of(503, "Service Unavailable", ""), Some(no));
        assert_eq!(of(599, "", "busy"), Some(Answer::No("599: busy".to_owned())));
    }

    #[test]
    fn a_value_is_judged_and_a_missing_one_is_no_data() {
        let expect = "< 10".parse().unwrap();
        let text = |text: &str| Measured::Text(text.to_owned());
        let of = |value: &Measured| Answer::of_value(Some(value), &expect);
        assert_eq!(of(&Measured::Number(9.0)), Answer::Yes("9".to_owned()));
        assert_eq!(of(&Measured::Number(12.0)), Answer::No("12, expected < 10".to_owned()));
        assert!(matches!(of(&text("many")), Answer::Unclear(_)));
        assert!(matches!(Answer::of_value(None, &expect), Answer::NoData(_)));
    }
}
