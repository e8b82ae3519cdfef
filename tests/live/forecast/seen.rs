//! What a watch tells of the pods of many sets.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use kubectl_sts::model::ordinal::Ordinal;
use serde_json::Value;

use crate::harness::ControlPlane;

/// The label of pods that are looked at; its value is the name of the set.
pub(super) const LABEL: &str = "app";

/// Everything seen so far, by the name of the set.
#[derive(Default)]
pub(super) struct Seen {
    sets: Mutex<HashMap<String, Log>>,
    bell: Condvar,
}

#[derive(Default)]
struct Log {
    happenings: Vec<Happening>,
    known: HashMap<String, Known>,
}

#[derive(Clone, Copy, Default)]
struct Known {
    ready: bool,
    deleting: bool,
}

/// Something that happened to a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) pod: Ordinal,
    pub(super) uid: String,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// On this revision.
    Created(String),
    Ready,
    NotReady,
    /// Told to go.
    Deleted,
    Gone,
    /// Gone from its node without having been told to go. The simulated kubelet ends pods by name,
    /// and seldom it does so once more when the next pod of that name is there already.
    Snatched,
}

impl Seen {
    /// Watches the pods of a namespace until the control plane ends.
    pub(super) fn watch(control_plane: &ControlPlane, namespace: &str) -> Arc<Self> {
        let events = control_plane.watch(&format!("/api/v1/namespaces/{namespace}/pods"));
        let seen = Arc::new(Self::default());
        let told = Arc::clone(&seen);
        thread::spawn(move || events.for_each(|event| told.take(&event)));
        seen
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Log>> {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: &Value) {
        let pod = &event["object"];
        let labels = &pod["metadata"]["labels"];
        let index =
            labels["apps.kubernetes.io/pod-index"].as_str().and_then(|index| index.parse().ok());
        let (Some(set), Some(ordinal)) = (labels[LABEL].as_str(), index) else { return };
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let mut sets = self.lock();
        let log = sets.entry(set.to_owned()).or_default();
        let conditions = pod["status"]["conditions"].as_array();
        let gone = event["type"] == "DELETED";
        let now = Known {
            ready: conditions
                .into_iter()
                .flatten()
                .any(|c| c["type"] == "Ready" && c["status"] == "True"),
            deleting: gone || !pod["metadata"]["deletionTimestamp"].is_null(),
        };
        let mut say = |what| {
            log.happenings.push(Happening { pod: Ordinal(ordinal), uid: uid.to_owned(), what });
        };
        let before = log.known.get(uid).copied();
        if before.is_none() {
            let revision = labels["controller-revision-hash"].as_str().unwrap_or_default();
            say(What::Created(revision.to_owned()));
        }
        let before = before.unwrap_or_default();
        if now.ready != before.ready {
            say(if now.ready { What::Ready } else { What::NotReady });
        }
        if now.deleting && !before.deleting {
            say(What::Deleted);
        }
        if gone {
            let bound = pod["spec"]["nodeName"].is_string();
            say(if bound && !before.deleting { What::Snatched } else { What::Gone });
        }
        log.known.insert(uid.to_owned(), now);
        self.bell.notify_all();
    }

    /// How much has happened to a set.
    pub(super) fn mark(&self, set: &str) -> usize {
        self.lock().get(set).map_or(0, |log| log.happenings.len())
    }

    /// What has happened to a set since then.
    pub(super) fn since(&self, set: &str, mark: usize) -> Vec<Happening> {
        self.lock().get(set).map_or_else(Vec::new, |log| log.happenings[mark..].to_vec())
    }

    /// Whether the simulated kubelet has taken a pod of the set away that nobody deleted.
    pub(super) fn snatched(&self, set: &str) -> bool {
        let snatched = |log: &Log| log.happenings.iter().any(|one| one.what == What::Snatched);
        self.lock().get(set).is_some_and(snatched)
    }

    /// Waits until the condition holds for what has happened since then, or for so long.
    pub(super) fn wait(
        &self,
        set: &str,
        mark: usize,
        deadline: Instant,
        condition: impl Fn(&[Happening]) -> bool,
    ) {
        let mut sets = self.lock();
        loop {
            let happenings = sets.get(set).map_or(&[][..], |log| &log.happenings[mark..]);
            let left = deadline.saturating_duration_since(Instant::now());
            if condition(happenings) || left.is_zero() {
                return;
            }
            let nap = left.min(Duration::from_millis(500));
            sets = self.bell.wait_timeout(sets, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
