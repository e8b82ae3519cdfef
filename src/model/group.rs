//! Several sets that are rolled out as one.

/// What every member's record says about its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Tells this group's rollout from earlier ones.
    pub id: String,
    /// The label selector the group was found by.
    pub selector: String,
    /// The members in the order in which they are rolled out.
    pub waves: Vec<Wave>,
    /// How many pods of the whole group may be down, unavailable or not yet passed.
    pub budget: u32,
    /// How many of the group's stops are passed and approved. Records may lag; the highest counts.
    pub approved: u32,
    /// Where the group is going.
    pub course: Course,
}

/// Sets that are rolled out together, after those of the waves before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// The value they share, such as a zone; the set's own name where they were not grouped.
    pub name: String,
    /// Their names.
    pub sets: Vec<String>,
}

/// Where a group is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// To the new template. Every member has its record.
    Forward,
    /// Every pod of every set has passed: the strategies come back, and the records go.
    Closing,
    /// Back to the old template. Members that are back have no record any more.
    Back,
}

impl Membership {
    /// The names of all members, in the order in which they are rolled out.
    pub fn members(&self) -> Vec<&str> {
        self.waves.iter().flat_map(|wave| &wave.sets).map(String::as_str).collect()
    }

    /// The member whose lock is the group's: the first by name.
    pub fn leader(&self) -> &str {
        self.members().into_iter().min().unwrap_or_default()
    }

    /// Whether this set is one of them.
    pub fn has(&self, set: &str) -> bool {
        self.members().contains(&set)
    }
}

/// A place where a group's rollout asks before it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The wave that is under way until then.
    pub wave: usize,
    /// How many pods are updated by then, counted over the group.
    pub pods: u32,
}

/// Where a group stops: after one pod of its first set, then after each wave.
pub fn stops(waves: &[Wave], replicas: impl Fn(&str) -> u32) -> Vec<Stop> {
    let mut stops = Vec::new();
    let mut pods = 0;
    for (wave, sets) in waves.iter().enumerate() {
        let before = pods;
        pods += sets.sets.iter().map(|set| replicas(set)).sum::<u32>();
        if before == 0 && pods > 1 {
            stops.push(Stop { wave, pods: 1 });
        }
        if pods > before {
            stops.push(Stop { wave, pods });
        }
    }
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_wave;

    #[test]
    fn a_group_stops_after_one_pod_and_after_each_wave() {
        let waves = [a_wave("a", &["db-a", "db-b"]), a_wave("c", &["db-c"])];
        let three = stops(&waves, |_| 3);
        let at = |wave, pods| Stop { wave, pods };
        assert_eq!(three, [at(0, 1), at(0, 6), at(1, 9)]);
        assert_eq!(stops(&waves[1..], |_| 1), [at(0, 1)], "a pod is not tried twice");
    }

    #[test]
    fn the_first_by_name_has_the_lock_whatever_the_order_of_the_waves() {
        let group = Membership {
            id: "g".to_owned(),
            selector: "app=db".to_owned(),
            waves: vec![a_wave("a", &["db-z"]), a_wave("b", &["db-b", "db-c"])],
            budget: 1,
            approved: 0,
            course: Course::Forward,
        };
        assert_eq!(group.leader(), "db-b");
        assert_eq!(group.members(), ["db-z", "db-b", "db-c"]);
        assert!(group.has("db-c") && !group.has("db-a"));
    }
}
