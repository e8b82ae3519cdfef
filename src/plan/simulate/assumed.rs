//! What a forecast assumes of pods and of the cluster.

use jiff::SignedDuration;

use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;

/// What a forecast assumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// Whether `maxUnavailable` counts in this cluster.
    pub max_unavailable: MaxUnavailable,
    /// New pods that never become ready.
    pub broken: Vec<Broken>,
    /// How long a new pod takes to become ready.
    pub start: SignedDuration,
    /// How long a pod takes to end.
    pub stop: SignedDuration,
}

impl Assumed {
    /// Every new pod becomes ready, soon.
    pub fn well(max_unavailable: MaxUnavailable) -> Self {
        let second = SignedDuration::from_secs(1);
        Self { max_unavailable, broken: Vec::new(), start: second, stop: second }
    }

    /// The same, and these new pods never become ready.
    #[must_use]
    pub fn with_broken(mut self, broken: Broken) -> Self {
        self.broken.push(broken);
        self
    }

    /// Whether a new pod never becomes ready. Pods that exist stay as they are: who is not ready
    /// does not become it.
    pub(super) fn is_broken(&self, ordinal: Ordinal, revision: &str, template: &str) -> bool {
        self.broken.iter().any(|broken| match broken {
            Broken::Pod(pod) => *pod == ordinal,
            Broken::Revision(name) => name == revision,
            Broken::Template(json) => json == template,
            Broken::PodOnTemplate(pod, json) => *pod == ordinal && json == template,
        })
    }
}

/// New pods that never become ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// All of this ordinal.
    Pod(Ordinal),
    /// All of a remembered revision, by name.
    Revision(String),
    /// All of a template, by its canonical JSON.
    Template(String),
    /// Those of this ordinal and this template.
    PodOnTemplate(Ordinal, String),
}
