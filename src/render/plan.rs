//! What a rollout would do, before it does it.

use jiff::SignedDuration;
use serde::Serialize;

use crate::model::gate::Gate;
use crate::model::order::Order;
use crate::model::run::Steps;
use crate::model::set::{Set, Template};
use crate::model::snapshot::Snapshot;
use crate::plan::options::{Approve, BudgetRule, Options};
use crate::plan::staged::stages;
use crate::render::difference::templates;
use crate::render::duration::span;
use crate::render::pods::pods;
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
    /// Which pods go first.
    pub order: &'a Order,
    /// How carefully it goes.
    pub options: &'a Options,
    /// Extra gates.
    pub gates: &'a [Gate],
}

/// What an order of one's own costs.
const ON_DELETE: &str = "the set is under OnDelete until all pods are updated: nothing moves by \
itself, but a pod that is deleted, drained or lost meanwhile comes back on the new template, \
whether or not its turn has come\n";

impl Shown<'_> {
    /// What is rolled out.
    pub fn headline(&self) -> Text {
        Text::new()
            .with(Tone::Strong, self.snapshot.set.display())
            .with(Tone::Plain, format!(": {}\n", self.change))
    }

    /// The plan as text.
    pub fn text(&self) -> Text {
        let set = &self.snapshot.set;
        let mut text = self.headline();
        if let Some(difference) = self.difference() {
            text.extend(difference);
        }
        let all = set.wanted.replicas;
        for stage in stages(set, self.steps, self.order) {
            let stop = match then(stage.updated, all, self.options.approve) {
                Then::End | Then::GoOn => "",
                Then::Ask => ", then asks",
                Then::Stop => ", then stops",
            };
            let (number, updated) = (stage.number, stage.updated);
            let pods = pods(set, &stage.pods);
            text.push(Tone::Plain, format!("step {number}  {pods}  ({updated} of {all}{stop})\n"));
        }
        text.push(Tone::Plain, format!("each pod: {}\n", each_pod(set, self.options, self.gates)));
        if *self.order == Order::LeaderLast {
            let line = "whichever pod leads goes last; that is asked again before every pod\n";
            text.push(Tone::Plain, line);
        }
        if *self.order != Order::Desc {
            text.push(Tone::Warn, ON_DELETE);
        }
        text
    }

    /// What changes in the template, when the server was asked.
    pub(super) fn difference(&self) -> Option<Text> {
        let (before, revision) = self.before;
        self.template.map(|after| templates(before, after, (revision, "new template")))
    }
}

/// What each pod has to pass, in words.
pub fn each_pod(set: &Set, options: &Options, gates: &[Gate]) -> String {
    let ready = options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)));
    let mut parts = vec![format!("ready for {}", span(ready))];
    parts.push(match options.max_restarts {
        0 => "no restart".to_owned(),
        1 => "at most 1 restart".to_owned(),
        most => format!("at most {most} restarts"),
    });
    parts.extend(gates.iter().map(|gate| format!("gate {gate}")));
    parts.push(match options.tolerate_unready {
        0 => "all other pods available".to_owned(),
        most => format!("at most {most} other pods not ready"),
    });
    if options.budgets == BudgetRule::Respect {
        parts.push("room in every disruption budget".to_owned());
    }
    parts.join(", ")
}

/// What follows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Then {
    /// The rollout is done.
    End,
    /// The next step.
    GoOn,
    /// A question on the terminal.
    Ask,
    /// The rollout stops, held, with exit code 6.
    Stop,
}

/// What follows the step that has updated so many of all pods.
pub(super) fn then(updated: u32, all: u32, approve: Approve) -> Then {
    match approve {
        _ if updated == all => Then::End,
        Approve::Auto => Then::GoOn,
        Approve::Prompt => Then::Ask,
        Approve::Stop => Then::Stop,
    }
}
