//! A HorizontalPodAutoscaler, as far as it scales sets.

use crate::model::set::{Owner, Set};

/// A HorizontalPodAutoscaler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autoscaler {
    /// Name.
    pub name: String,
    /// Group and version of what it scales, such as `apps/v1`.
    pub target_version: String,
    /// Kind of what it scales.
    pub target_kind: String,
    /// Name of what it scales.
    pub target: String,
    /// The least replicas it asks for.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// What made it, such as a `ScaledObject` of KEDA.
    pub owners: Vec<Owner>,
}

impl Autoscaler {
    /// Whether it scales this set.
    pub fn scales(&self, set: &Set) -> bool {
        // The version is written by hand: the autoscaler itself looks at the group alone.
        let group = self.target_version.split_once('/').map_or("", |(group, _)| group);
        self.target_kind == "StatefulSet" && self.target == set.name && group == "apps"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_set, an_autoscaler};

    #[test]
    fn only_its_own_target_is_scaled() {
        let set = a_set("db");
        let ours = an_autoscaler("db");
        assert!(ours.scales(&set));
        assert!(!an_autoscaler("other").scales(&set));
        let beta = "apps/v1beta2".to_owned();
        assert!(Autoscaler { target_version: beta, ..ours.clone() }.scales(&set));
        let foreign = "kruise.io/v1".to_owned();
        assert!(!Autoscaler { target_version: foreign, ..ours.clone() }.scales(&set));
        assert!(!Autoscaler { target_kind: "Deployment".to_owned(), ..ours }.scales(&set));
    }
}
