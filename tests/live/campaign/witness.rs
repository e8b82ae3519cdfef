//! What watches tell of claims and volumes. It knows nothing of the program under test but the
//! marks it leaves on volumes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::harness::ControlPlane;

/// The mark of a volume that was put aside.
pub(super) const RUN: &str = "kubectl-sts.io/run";

/// Everything seen so far.
#[derive(Default)]
pub(super) struct Witness {
    seen: Mutex<Seen>,
    bell: Condvar,
}

/// Claims by namespace and name, volumes by name, as they are; and every claim there ever was.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) claims: HashMap<(String, String), Value>,
    pub(super) volumes: HashMap<String, Value>,
    /// By UID.
    pub(super) lives: HashMap<String, Life>,
    happenings: Vec<Happening>,
}

/// One claim from its beginning.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Life {
    pub(super) told_to_go: bool,
}

/// Something done to a claim of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Happening {
    pub(super) namespace: String,
    pub(super) claim: String,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Its volume was put aside: its deletion is next.
    Aside,
    /// It was told to go, or is gone.
    Going,
}

impl Witness {
    /// Watches until the control plane ends.
    pub(super) fn of(control_plane: &ControlPlane) -> Arc<Self> {
        let witness = Arc::new(Self::default());
        let claims = control_plane.watch("/api/v1/persistentvolumeclaims");
        let volumes = control_plane.watch("/api/v1/persistentvolumes");
        let told = Arc::clone(&witness);
        thread::spawn(move || claims.for_each(|event| told.claim(&event)));
        let told = Arc::clone(&witness);
        thread::spawn(move || volumes.for_each(|event| told.volume(&event)));
        witness
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim(&self, event: &Value) {
        let claim = &event["object"];
        let meta = &claim["metadata"];
        let (Some(namespace), Some(name), Some(uid)) = (
            meta["namespace"].as_str().map(str::to_owned),
            meta["name"].as_str().map(str::to_owned),
            meta["uid"].as_str(),
        ) else {
            return;
        };
        let gone = event["type"] == "DELETED";
        let going = gone || meta["deletionTimestamp"].is_string();
        let mut seen = self.seen();
        let life = seen.lives.entry(uid.to_owned()).or_default();
        let first = going && !life.told_to_go;
        life.told_to_go |= going;
        let key = (namespace.clone(), name.clone());
        if gone {
            if seen.claims.get(&key).is_some_and(|known| known["metadata"]["uid"] == uid) {
                seen.claims.remove(&key);
            }
        } else {
            seen.claims.insert(key, claim.clone());
        }
        if first {
            let what = What::Going;
            seen.happenings.push(Happening { namespace, claim: name, what });
        }
        drop(seen);
        self.bell.notify_all();
    }

    fn volume(&self, event: &Value) {
        let volume = &event["object"];
        let Some(name) = volume["metadata"]["name"].as_str() else { return };
        let mut seen = self.seen();
        if event["type"] == "DELETED" {
            seen.volumes.remove(name);
            return;
        }
        let is_aside = |volume: &Value| volume["metadata"]["annotations"][RUN].is_string();
        let before = seen.volumes.insert(name.to_owned(), volume.clone());
        let claim = &volume["spec"]["claimRef"];
        if is_aside(volume)
            && !before.as_ref().is_some_and(is_aside)
            && let (Some(namespace), Some(claim)) =
                (claim["namespace"].as_str(), claim["name"].as_str())
        {
            let (namespace, claim) = (namespace.to_owned(), claim.to_owned());
            seen.happenings.push(Happening { namespace, claim, what: What::Aside });
        }
        drop(seen);
        self.bell.notify_all();
    }

    /// How much has happened so far.
    pub(super) fn mark(&self) -> usize {
        self.seen().happenings.len()
    }

    /// Waits for the n-th happening of a kind in a namespace since then, for as long as it may be
    /// waited for.
    pub(super) fn wait_for(
        &self,
        namespace: &str,
        (mark, nth, what): (usize, usize, What),
        goes_on: impl Fn() -> bool,
    ) -> Option<Happening> {
        let mut seen = self.seen();
        loop {
            let found = seen.happenings[mark..]
                .iter()
                .filter(|one| one.namespace == namespace && one.what == what)
                .nth(nth);
            if let Some(found) = found {
                return Some(found.clone());
            }
            if !goes_on() {
                return None;
            }
            let nap = Duration::from_millis(100);
            seen = self.bell.wait_timeout(seen, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until something holds of what was seen; false when it does not come to that.
    pub(super) fn wait_until(&self, patience: Duration, condition: impl Fn(&Seen) -> bool) -> bool {
        let deadline = Instant::now() + patience;
        let mut seen = self.seen();
        loop {
            if condition(&seen) {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            let nap = Duration::from_millis(200);
            seen = self.bell.wait_timeout(seen, nap).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Seen {
    pub(super) fn claim(&self, namespace: &str, name: &str) -> Option<&Value> {
        self.claims.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// The directory of a volume.
    pub(super) fn directory(&self, volume: &str) -> Option<String> {
        self.volumes.get(volume)?["spec"]["hostPath"]["path"].as_str().map(str::to_owned)
    }
}
