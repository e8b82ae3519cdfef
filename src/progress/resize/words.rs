//! How a change of claims stands and ends, in words.

use crate::model::claim::Claim;
use crate::model::cluster_event::ClusterEvent;
use crate::model::snapshot::Known;
use crate::model::text::shorten;
use crate::plan::resize::stand::{Goal, Stand, judge};
use crate::progress::resize::{Resize, State};

/// A message is cut here.
const WORDS: usize = 300;

/// How many of the things that were told are repeated.
const TOLD: usize = 3;

impl Resize {
    /// The set's name without its namespace.
    pub(super) fn name(&self) -> &str {
        self.set.rsplit('/').next().unwrap_or_default()
    }

    /// How it ended well.
    pub(super) fn result(&self) -> String {
        let all = self.jobs.len();
        let what = match &self.goal {
            Goal::Size(size) => format!("at least {size}"),
            Goal::Attributes(class) => format!("the attributes of {class}"),
        };
        match all {
            1 => format!("the claim has {what}"),
            all => format!("all {all} claims have {what}"),
        }
    }

    /// What stands now.
    pub fn standing(&self) -> String {
        let count = |is: fn(&State) -> bool| self.jobs.iter().filter(|job| is(&job.state)).count();
        let all = self.jobs.len();
        let done = count(|state| *state == State::Done);
        let open = count(|state| matches!(state, State::Open(_)));
        let asked = all - done - open;
        if done == 0 && asked == 0 {
            return "no claim was changed".to_owned();
        }
        let asked = match asked {
            0 => String::new(),
            1 => ", 1 was asked for it and has not got it yet".to_owned(),
            many => format!(", {many} were asked for it and have not got it yet"),
        };
        let open = match open {
            0 => String::new(),
            1 => ", 1 was not touched".to_owned(),
            many => format!(", {many} were not touched"),
        };
        format!("{done} of {all} claims have it{asked}{open}")
    }
}

/// What is done.
pub(super) fn change(goal: &Goal) -> String {
    match goal {
        Goal::Size(size) => format!("claims to {size}"),
        Goal::Attributes(class) => format!("claims to the attributes of {class}"),
    }
}

/// What a claim has of it now.
pub(super) fn has(claim: &Claim, goal: &Goal) -> String {
    let none = || "-".to_owned();
    match goal {
        Goal::Size(_) => claim.capacity.clone().unwrap_or_else(none),
        Goal::Attributes(_) => {
            let work = claim.volume_work.as_ref();
            work.and_then(|work| work.current_attributes_class.clone()).unwrap_or_else(none)
        }
    }
}

/// What is to be seen of a claim that takes too long.
pub(super) fn seen(claim: &Claim, goal: &Goal, told: &Known<Vec<ClusterEvent>>) -> String {
    let stand = match judge(claim, goal) {
        Ok(Stand::Failed { why }) => why,
        Ok(Stand::Working) => "its driver is at it and has not said how it goes".to_owned(),
        Ok(Stand::OnNode) => "its node has still to grow the file system".to_owned(),
        _ => "nobody has said anything in the claim".to_owned(),
    };
    match told {
        Known::Unknown(reason) => format!("{stand}; events could not be read: {reason}"),
        Known::Read(events) => {
            // How the volume was made once says nothing of how it grows.
            let made = |event: &&ClusterEvent| event.reason.contains("Provisioning");
            let mut events: Vec<&ClusterEvent> =
                events.iter().filter(|event| !made(event)).collect();
            events.sort_by_key(|event| std::cmp::Reverse(event.last_seen));
            let mut words: Vec<String> = Vec::new();
            for event in events {
                let line = format!("{}: {}", event.reason, shorten(&event.message, WORDS));
                if !words.contains(&line) && words.len() < TOLD {
                    words.push(line);
                }
            }
            if words.is_empty() {
                format!("{stand}, and there are no events")
            } else {
                format!("{stand}; events: {}", words.join("; "))
            }
        }
    }
}
