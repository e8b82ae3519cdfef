//! What a rollout would do, before it does it.

use jiff::SignedDuration;

use crate::model::gate::Gate;
use crate::model::run::Steps;
use crate::model::set::Template;
use crate::model::snapshot::Snapshot;
use crate::plan::options::{Approve, BudgetRule, Options};
use crate::render::difference::templates;
use crate::render::duration::span;
use crate::render::text::{Text, Tone};

/// A rollout that could begin, for showing.
pub struct Shown<'a> {
    /// The set and its pods as read.
    pub snapshot: &'a Snapshot,
    /// The template pods run now, and the name of its revision.
    pub before: (&'a Template, &'a str),
    /// The template as it would be stored, when the server was asked.
    pub template: Option<&'a Template>,
    /// What is rolled out, in words.
    pub change: String,
    /// Where it stops.
    pub steps: &'a Steps,
    /// How carefully it goes.
    pub options: &'a Options,
    /// Extra gates.
    pub gates: &'a [Gate],
}

impl Shown<'_> {
    /// The plan as text.
    pub fn text(&self) -> Text {
        let set = &self.snapshot.set;
        let mut text = Text::new()
            .with(Tone::Strong, set.display())
            .with(Tone::Plain, format!(": {}\n", self.change));
        if let Some(difference) = self.difference() {
            text.extend(difference);
        }
        let all = set.wanted.replicas;
        let counts = self.steps.counts(all);
        let mut before = 0;
        for (at, count) in counts.iter().copied().enumerate() {
            let pods: Vec<String> =
                (before..count).map(|done| set.pod_at(all - 1 - done)).collect();
            let stop = match self.options.approve {
                _ if count == all => "",
                Approve::Auto => "",
                Approve::Prompt => ", then asks",
                Approve::Stop => ", then stops",
            };
            let line = format!("step {}  {}  ({count} of {all}{stop})\n", at + 1, names(&pods));
            text.push(Tone::Plain, line);
            before = count;
        }
        text.push(Tone::Plain, format!("each pod: {}\n", self.each_pod()));
        text
    }

    /// What changes in the template, when the server was asked.
    pub(super) fn difference(&self) -> Option<Text> {
        let (before, revision) = self.before;
        self.template.map(|after| templates(before, after, (revision, "new template")))
    }

    pub(super) fn each_pod(&self) -> String {
        let set = &self.snapshot.set;
        let options = self.options;
        let ready = options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)));
        let mut parts = vec![format!("ready for {}", span(ready))];
        parts.push(match options.max_restarts {
            0 => "no restart".to_owned(),
            1 => "at most 1 restart".to_owned(),
            most => format!("at most {most} restarts"),
        });
        parts.extend(self.gates.iter().map(|gate| format!("gate {gate}")));
        parts.push(match options.tolerate_unready {
            0 => "all other pods available".to_owned(),
            most => format!("at most {most} other pods not ready"),
        });
        if options.budgets == BudgetRule::Respect {
            parts.push("room in every disruption budget".to_owned());
        }
        parts.join(", ")
    }
}

fn names(pods: &[String]) -> String {
    match pods {
        [first, _, _, .., last] => format!("{first} … {last}"),
        few => few.join(", "),
    }
}
