//! Making a namespace as it was plotted.

use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::campaign::PATIENCE;
use crate::campaign::plot::Call;
use crate::campaign::plot::Maker;
use crate::campaign::plot::Plot;
use crate::campaign::truth::Left;
use crate::campaign::truth::Since;
use crate::campaign::truth::Truth;
use crate::campaign::witness::Seen;
use crate::campaign::witness::Witness;
use crate::harness::Namespace;

/// The file in every volume, which says whose it was.
const FILE: &str = "whose";

/// A namespace that is there, and its plot.
pub(super) struct Scene<'a> {
    pub(super) ns: Namespace<'a>,
    pub(super) plot: Plot,
    witness: &'a Witness,
}

impl<'a> Scene<'a> {
    /// Makes everything, and waits until it has come to rest.
    pub(super) fn make(ns: Namespace<'a>, plot: Plot, witness: &'a Witness) -> Self {
        let scene = Self { ns, plot, witness };
        for (stage, calls) in scene.plot.stages.iter().enumerate() {
            for call in calls {
                scene.call(call);
            }
            if stage == 0 {
                scene.claims();
            }
            scene.settle(stage);
        }
        scene.turn_clocks();
        scene.write_files();
        scene
    }

    fn name(&self) -> &str {
        self.ns.name()
    }

    fn call(&self, call: &Call) {
        let path = self.filled(&call.path);
        let body = self.body(&call.body);
        let (status, answer) = self.ns.control_plane().request(call.method, &path, &body).unwrap();
        assert!((200..300).contains(&status), "{} {path} {body}: {status} {answer}", call.method);
    }

    fn filled(&self, text: &str) -> String {
        let run = self.ns.control_plane().server().rsplit(':').next().unwrap_or_default();
        let run = format!("{}-{run}", std::process::id());
        text.replace("{ns}", self.name()).replace("{run}", &run)
    }

    /// The body with what only the cluster knows.
    fn body(&self, body: &Value) -> Value {
        match body {
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.body(value))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.body(item)).collect(),
            Value::String(text) => {
                let text = self.filled(text);
                if let Some(path) = text.strip_prefix("uid-of:") {
                    let request = self.ns.control_plane().request("GET", path, &Value::Null);
                    request.unwrap().1["metadata"]["uid"].clone()
                } else {
                    text.into()
                }
            }
            other => other.clone(),
        }
    }

    /// The claims the test makes itself; the objects that own them are there.
    fn claims(&self) {
        for planned in self.plot.claims.values() {
            let Maker::Test { manager, manifest } = &planned.maker else { continue };
            let path =
                format!("/api/v1/namespaces/{{ns}}/persistentvolumeclaims?fieldManager={manager}");
            self.call(&Call { method: "POST", path, body: (**manifest).clone() });
        }
    }

    /// Waits until every set has the pods it wants, and every claim its volume.
    fn settle(&self, stage: usize) {
        let due = |maker: &Maker| matches!(maker, Maker::Test { .. }) || stage >= 3;
        let missing = |seen: &Seen| {
            self.plot.claims.iter().filter(|(_, planned)| due(&planned.maker)).find_map(
                |(name, planned)| {
                    let Some(claim) = seen.claim(self.name(), name) else {
                        return Some(format!("pvc/{name} is not there"));
                    };
                    let bound = claim["status"]["phase"] == "Bound"
                        && claim["status"]["conditions"][0]["type"] == "Unused";
                    (planned.bound && !planned.going && !bound)
                        .then(|| format!("pvc/{name} is not bound: {}", claim["status"]))
                },
            )
        };
        let complete = self.witness.wait_until(PATIENCE, |seen| missing(seen).is_none());
        assert!(complete, "{}: {:?}", self.name(), missing(&self.witness.seen()));
        super::within(PATIENCE, &format!("the sets of {} rest", self.name()), || {
            let list = self.ns.get("apis/apps/v1", "statefulsets").unwrap_or_default();
            list["items"].as_array().into_iter().flatten().all(|set| self.is_at_rest(set))
        });
    }

    fn is_at_rest(&self, set: &Value) -> bool {
        let name = set["metadata"]["name"].as_str().unwrap_or_default();
        self.plot.unsettled.contains(name)
            || (set["status"]["observedGeneration"] == set["metadata"]["generation"]
                && set["status"]["replicas"].as_i64().unwrap_or(0)
                    == set["spec"]["replicas"].as_i64().unwrap_or(0))
    }

    /// Lets claims be unused for a month where the plot says so, and says of some that they are in
    /// use: the cluster does both, and it takes a month, or a controller that was away.
    fn turn_clocks(&self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "claims in the cluster are as old as they are"
        )]
        let long_ago = Timestamp::now() - SignedDuration::from_hours(30 * 24);
        let long_ago = Timestamp::from_second(long_ago.as_second()).unwrap();
        for (name, planned) in &self.plot.claims {
            if !planned.bound || planned.going {
                continue;
            }
            let fresh = matches!(planned.truth, Truth::Left(Left { since: Since::Now, .. }));
            let status = if planned.stale { "False" } else { "True" };
            let is_unused = || {
                self.witness
                    .seen()
                    .claim(self.name(), name)
                    .is_some_and(|claim| claim["status"]["conditions"][0]["status"] == "True")
            };
            if matches!(planned.truth, Truth::Left(_)) {
                super::within(PATIENCE, &format!("pvc/{name} is unused"), is_unused);
            }
            if (fresh && !planned.stale) || !is_unused() {
                continue;
            }
            let patch = json!({ "status": { "conditions": [{
                "type": "Unused", "status": status, "reason": "TurnedBack", "message": "",
                "lastTransitionTime": long_ago.to_string(),
            }] } });
            let path = format!("/api/v1/namespaces/{{ns}}/persistentvolumeclaims/{name}/status");
            self.call(&Call { method: "PATCH", path, body: patch });
        }
    }

    fn write_files(&self) {
        let seen = self.witness.seen();
        let volumes = self.plot.claims.keys().filter_map(|name| {
            let volume = seen.claim(self.name(), name)?["spec"]["volumeName"].as_str()?;
            Some((name.clone(), seen.directory(volume)?))
        });
        let volumes: Vec<_> = volumes.collect();
        drop(seen);
        for (name, directory) in volumes {
            fs::create_dir_all(&directory).unwrap();
            fs::write(Path::new(&directory).join(FILE), self.contents(&name)).unwrap();
        }
    }

    fn contents(&self, claim: &str) -> String {
        format!("{}/{claim}", self.name())
    }

    /// Whether the data of a claim is still there, in the volume it had.
    pub(super) fn has_data(&self, claim: &str, directory: &str) -> bool {
        fs::read_to_string(Path::new(directory).join(FILE))
            .is_ok_and(|text| text == self.contents(claim))
    }
}
