//! What the rollout of a group would do, before it does it.

use crate::model::group::{Membership, stops};
use crate::plan::options::Approve;
use crate::render::plan::Shown;
use crate::render::plan::each_pod;
use crate::render::text::{Text, Tone};

/// A rollout of several sets that could begin, for showing.
pub struct ShownGroup<'a> {
    /// The group.
    pub group: &'a Membership,
    /// Its sets, in the order in which they are rolled out.
    pub sets: Vec<Shown<'a>>,
    /// What has to be said about how they were grouped.
    pub notes: &'a [String],
}

impl ShownGroup<'_> {
    /// The plan as text. A difference that several sets share is shown once.
    pub fn text(&self) -> Text {
        let change = self.sets.first().map_or("", |set| set.change.as_str());
        let mut text = Text::new()
            .with(Tone::Strong, format!("{} sets ({})", self.sets.len(), self.group.selector))
            .with(Tone::Plain, format!(": {change}\n"));
        for note in self.notes {
            text.push(Tone::Warn, format!("{note}\n"));
        }
        for (difference, names) in self.differences() {
            text.push(Tone::Strong, format!("{}:\n", names.join(", ")));
            text.extend(difference);
        }
        self.steps(&mut text);
        let pods = match self.group.budget {
            1 => "1 pod".to_owned(),
            most => format!("{most} pods"),
        };
        let line =
            format!("all sets together: at most {pods} down, unavailable or not yet passed\n");
        text.push(Tone::Plain, line);
        if let Some(set) = self.sets.first() {
            text.push(
                Tone::Plain,
                format!("each pod: {}\n", each_pod(&set.snapshot.set, set.options, set.gates)),
            );
        }
        text
    }

    /// Each difference once, with the sets it is of.
    fn differences(&self) -> Vec<(Text, Vec<&str>)> {
        let mut found: Vec<(String, Text, Vec<&str>)> = Vec::new();
        for set in &self.sets {
            let (Some(difference), name) = (set.difference(), set.snapshot.set.name.as_str())
            else {
                continue;
            };
            // The names of revisions differ between sets, and stand in the first lines.
            let body = difference.to_string();
            let body: Vec<&str> = body.lines().skip(2).collect();
            let body = body.join("\n");
            if body.is_empty() {
                continue;
            }
            match found.iter_mut().find(|(known, ..)| *known == body) {
                Some((_, _, names)) => names.push(name),
                None => found.push((body, difference, vec![name])),
            }
        }
        found.into_iter().map(|(_, difference, names)| (difference, names)).collect()
    }

    fn steps(&self, text: &mut Text) {
        let replicas = |name: &str| {
            let set = self.sets.iter().map(|set| &set.snapshot.set).find(|set| set.name == name);
            set.map_or(0, |set| set.wanted.replicas)
        };
        let stops = stops(&self.group.waves, replicas);
        let all = stops.last().map_or(0, |stop| stop.pods);
        let approve = self.sets.first().map(|set| set.options.approve);
        for (at, stop) in stops.iter().enumerate() {
            let wave = &self.group.waves[stop.wave];
            let what = match (at, stop.pods) {
                (0, 1) if all > 1 => {
                    let first = self.sets.first().map(|set| &set.snapshot.set);
                    first.map_or_else(String::new, |set| set.pod_at(set.wanted.replicas - 1))
                }
                _ if wave.sets == [wave.name.as_str()] => format!("all of {}", wave.name),
                _ => format!("{}: all of {}", wave.name, wave.sets.join(", ")),
            };
            let then = match approve {
                _ if stop.pods == all => "",
                Some(Approve::Prompt) => ", then asks",
                Some(Approve::Stop) => ", then stops",
                Some(Approve::Auto) | None => "",
            };
            let line = format!("step {}  {what}  ({} of {all}{then})\n", at + 1, stop.pods);
            text.push(Tone::Plain, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::group::Course;
    use crate::model::order::Order;
    use crate::model::run::Steps;
    use crate::model::snapshot::Snapshot;
    use crate::plan::options::Options;
    use crate::testing::{OLD, a_set, a_snapshot, a_template, a_wave};

    #[test]
    fn a_shared_difference_is_shown_once_and_every_stop_is_named() {
        let snapshots: Vec<Snapshot> =
            ["db-a", "db-b", "db-c"].iter().map(|name| a_snapshot(&a_set(name))).collect();
        let group = Membership {
            id: "g".to_owned(),
            selector: "app=db".to_owned(),
            waves: vec![a_wave("east", &["db-a", "db-b"]), a_wave("db-c", &["db-c"])],
            budget: 1,
            approved: 0,
            course: Course::Forward,
        };
        let (steps, options) = (Steps::default(), Options::default());
        let (new, other) = (a_template("new"), a_template("other"));
        let shown = |at: usize, snapshot| Shown {
            snapshot,
            before: (&snapshot.set.template, OLD),
            template: Some(if at == 2 { &other } else { &new }),
            change: "image app=new".to_owned(),
            steps: &steps,
            options: &options,
            order: &Order::Desc,
            gates: &[],
        };
        let sets = snapshots.iter().enumerate().map(|(at, one)| shown(at, one)).collect();
        let notes = ["statefulset.apps/db-c is mixed".to_owned()];
        let text = ShownGroup { group: &group, sets, notes: &notes }.text().to_string();
        assert!(text.contains("\ndb-a, db-b:\n"), "{text}");
        assert!(text.contains("\ndb-c:\n"), "{text}");
        assert!(text.contains("is mixed"), "{text}");
        assert!(text.contains("step 1  db-a-2  (1 of 9, then stops)\n"), "{text}");
        assert!(text.contains("step 2  east: all of db-a, db-b  (6 of 9, then stops)\n"), "{text}");
        assert!(text.contains("step 3  all of db-c  (9 of 9)\n"), "{text}");
    }
}
