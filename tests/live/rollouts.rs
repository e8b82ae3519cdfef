//! Running rollouts, and what happened to a set and its pods meanwhile.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::harness::Namespace;
use crate::harness::Output;
use crate::harness::Sts;

/// The annotation a staged rollout keeps on its set.
pub(crate) const RECORD: &str = "kubectl-sts.io/rollout";

/// The partition of a set that is held as a whole.
pub(crate) const HOLD: i64 = 32767;

/// Flags without which a test would wait for longer than it has to, and would be asked questions.
const QUICK: [(&str, Option<&str>); 3] =
    [("--yes", None), ("--soak", Some("0s")), ("--grace", Some("2s"))];

/// Begins a run of `rollout stage`, `continue` or `abort`: quick, unless the words say otherwise.
pub(crate) fn rollout(ns: &Namespace<'_>, words: &[&str]) -> Sts {
    let mut all = vec!["rollout"];
    all.extend(words);
    for (flag, value) in QUICK {
        if !words.contains(&flag) {
            all.push(flag);
            all.extend(value);
        }
    }
    ns.sts(&all)
}

/// The exit code of `rollout status` as of now.
pub(crate) fn status(ns: &Namespace<'_>, set: &str) -> i32 {
    ns.sts(&["rollout", "status", set]).run().code
}

/// The output, when it ended with this code.
#[track_caller]
pub(crate) fn ended(output: Output, code: i32) -> Output {
    assert_eq!(output.code, code, "{output}");
    output
}

/// Fails unless the output has all these texts, on either stream.
#[track_caller]
pub(crate) fn says(output: &Output, texts: &[&str]) {
    for text in texts {
        let said = output.stdout.contains(text) || output.stderr.contains(text);
        assert!(said, "it does not say {text:?}\n{output}");
    }
}

/// The record of the staged rollout on a set; `None` when there is none.
#[track_caller]
pub(crate) fn record(ns: &Namespace<'_>, set: &str) -> Option<Value> {
    record_in(&ns.read_set(set))
}

#[track_caller]
fn record_in(set: &Value) -> Option<Value> {
    let text = set["metadata"]["annotations"][RECORD].as_str()?;
    match serde_json::from_str(text) {
        Ok(record) => Some(record),
        Err(error) => panic!("the record is not JSON: {error}\n{text}"),
    }
}

/// The update strategy of a set.
#[track_caller]
pub(crate) fn strategy(ns: &Namespace<'_>, set: &str) -> Value {
    ns.read_set(set)["spec"]["updateStrategy"].clone()
}

/// The version of a set, which any write changes.
#[track_caller]
pub(crate) fn version(ns: &Namespace<'_>, set: &str) -> Value {
    ns.read_set(set)["metadata"]["resourceVersion"].clone()
}

/// Fails unless all pods are ready with this tag, and the rollout left nothing behind.
#[track_caller]
pub(crate) fn finished(ns: &Namespace<'_>, set: &str, tag: &str, original: &Value) {
    let images = ns.images(set);
    let all = images.iter().all(|image| image.split_once(':').is_some_and(|(_, t)| t == tag));
    assert!(all, "not all of {set} are {tag}: {}", images.join(" "));
    assert_eq!(record(ns, set), None, "the record stayed on {set}");
    assert_eq!(strategy(ns, set), *original, "the strategy of {set}");
}

/// The beginning of a story: everything that happens to a set and its pods from here on can be told.
pub(crate) struct Story<'n, 'a> {
    ns: &'n Namespace<'a>,
    name: String,
    set: Value,
    pods: BTreeMap<i64, Pod>,
    pods_version: String,
}

/// A pod at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pod {
    pub(crate) uid: String,
    pub(crate) tag: String,
    pub(crate) revision: String,
    pub(crate) ready: bool,
    pub(crate) leaving: bool,
}

impl Pod {
    fn read(pod: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let image = text(&pod["spec"]["containers"][0]["image"]);
        let conditions = pod["status"]["conditions"].as_array();
        let ready =
            |condition: &Value| condition["type"] == "Ready" && condition["status"] == "True";
        Self {
            uid: text(&pod["metadata"]["uid"]),
            tag: image.rsplit_once(':').map_or(image.clone(), |(_, tag)| tag.to_owned()),
            revision: text(&pod["metadata"]["labels"]["controller-revision-hash"]),
            ready: conditions.into_iter().flatten().any(ready),
            leaving: !pod["metadata"]["deletionTimestamp"].is_null(),
        }
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Set,
    Born(i64),
    Moved(i64),
    Gone(i64),
}

/// A change, and what everything looked like right after it.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) change: Change,
    /// The version of the object that changed: what happens to one set comes before or after what happens to another.
    pub(crate) version: u64,
    /// `None` for `OnDelete`.
    pub(crate) partition: Option<i64>,
    pub(crate) start: i64,
    pub(crate) replicas: i64,
    pub(crate) update_revision: String,
    pub(crate) record: Option<Value>,
    pub(crate) pods: BTreeMap<i64, Pod>,
}

impl Moment {
    fn read_set(&mut self, set: &Value) {
        let rolling = &set["spec"]["updateStrategy"]["rollingUpdate"];
        self.partition = rolling.is_object().then(|| rolling["partition"].as_i64().unwrap_or(0));
        self.start = set["spec"]["ordinals"]["start"].as_i64().unwrap_or(0);
        self.replicas = set["spec"]["replicas"].as_i64().unwrap_or(1);
        let update = set["status"]["updateRevision"].as_str();
        update.unwrap_or_default().clone_into(&mut self.update_revision);
        self.record = record_in(set);
    }

    /// How many pods the partition keeps; none under `OnDelete`, where the controller replaces nothing by itself.
    fn kept(&self) -> i64 {
        self.partition.unwrap_or(0).min(self.replicas)
    }

    /// Whether a pod came or went.
    pub(crate) fn moved_a_pod(&self) -> bool {
        matches!(self.change, Change::Born(_) | Change::Gone(_))
    }

    /// How many of the wanted pods are missing, leaving or not ready.
    pub(crate) fn down(&self) -> usize {
        let up =
            |ordinal: &i64| self.pods.get(ordinal).is_some_and(|pod| pod.ready && !pod.leaving);
        (self.start..self.start + self.replicas).filter(|ordinal| !up(ordinal)).count()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<9}  partition {:>5}  ",
            format!("{:?}", self.change),
            self.partition.unwrap_or(-1)
        )?;
        for (ordinal, pod) in &self.pods {
            let mark = match (pod.leaving, pod.ready) {
                (true, _) => "~",
                (false, false) => "!",
                (false, true) => "",
            };
            write!(f, " {ordinal}:{}{mark}", pod.tag)?;
        }
        let record = |key: &str| self.record.as_ref().map(|record| record[key].to_string());
        match (record("phase"), record("partition"), record("passed")) {
            (Some(phase), Some(partition), Some(passed)) => {
                write!(f, "  {phase} partition {partition} passed {passed}")
            }
            _ => Ok(()),
        }
    }
}

impl<'n, 'a> Story<'n, 'a> {
    #[track_caller]
    pub(crate) fn begin(ns: &'n Namespace<'a>, name: &str) -> Self {
        let Some(list) = ns.get("api/v1", &format!("pods?labelSelector=app%3D{name}")) else {
            panic!("cannot list the pods of {name}");
        };
        let items = list["items"].as_array().cloned().unwrap_or_default();
        Self {
            ns,
            name: name.to_owned(),
            set: ns.read_set(name),
            pods: items.iter().filter_map(|pod| Some((ordinal(pod)?, Pod::read(pod)))).collect(),
            pods_version: list["metadata"]["resourceVersion"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Tells all that has happened until now, in the order in which it did. The server keeps its history for a minute
    /// or more and plays it back, so nothing is missed however fast it was.
    #[track_caller]
    pub(crate) fn tell(&self) -> Told {
        for seconds in [1, 3, 9, 27] {
            let set_version = self.set["metadata"]["resourceVersion"].as_str().unwrap_or_default();
            let now = self.now();
            let mut events = self.events(
                "apis/apps/v1",
                &format!("statefulsets?fieldSelector=metadata.name%3D{}", self.name),
                set_version,
                seconds,
            );
            let selector = format!("pods?labelSelector=app%3D{}", self.name);
            events.extend(self.events("api/v1", &selector, &self.pods_version, seconds));
            events.sort_by_key(|(version, ..)| *version);
            let seen = |wanted: &u64| {
                *wanted <= number(&self.set)
                    || events.iter().any(|(version, ..)| version == wanted)
                    || *wanted <= self.pods_version.parse().unwrap_or(0)
            };
            if now.iter().all(seen) {
                return self.play(&events);
            }
        }
        panic!("the server does not tell all that happened to {}", self.name);
    }

    /// The versions of the set and its pods as they are now.
    fn now(&self) -> Vec<u64> {
        let set = self.ns.get("apis/apps/v1", &format!("statefulsets/{}", self.name));
        set.iter().chain(self.ns.pods(&self.name).values()).map(number).collect()
    }

    #[track_caller]
    fn events(
        &self,
        api: &str,
        what: &str,
        version: &str,
        seconds: u32,
    ) -> Vec<(u64, String, Value)> {
        let what = format!("{what}&watch=true&resourceVersion={version}&timeoutSeconds={seconds}");
        let Some(answer) = self.ns.get(api, &what) else { panic!("cannot watch {what}") };
        let lines: Vec<Value> = match &answer {
            Value::String(text) => {
                text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
            }
            one => vec![one.clone()],
        };
        let read = |mut event: Value| {
            let kind = event["type"].as_str().unwrap_or_default().to_owned();
            assert_ne!(kind, "ERROR", "watching {what}: {event}");
            let object = event["object"].take();
            (number(&object), kind, object)
        };
        lines.into_iter().map(read).collect()
    }

    fn play(&self, events: &[(u64, String, Value)]) -> Told {
        let mut now = Moment {
            change: Change::Set,
            version: 0,
            partition: None,
            start: 0,
            replicas: 0,
            update_revision: String::new(),
            record: None,
            pods: self.pods.clone(),
        };
        now.read_set(&self.set);
        let mut moments = vec![now.clone()];
        for (version, kind, object) in events {
            now.version = *version;
            if object["kind"] == "StatefulSet" {
                now.change = Change::Set;
                now.read_set(object);
            } else if let Some(ordinal) = ordinal(object) {
                now.change = match kind.as_str() {
                    "ADDED" => Change::Born(ordinal),
                    "DELETED" => Change::Gone(ordinal),
                    _ => Change::Moved(ordinal),
                };
                if kind == "DELETED" {
                    now.pods.remove(&ordinal);
                } else {
                    now.pods.insert(ordinal, Pod::read(object));
                }
            }
            moments.push(now.clone());
        }
        Told { moments }
    }
}

/// All that happened.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) moments: Vec<Moment>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.moments.iter().try_for_each(|moment| writeln!(f, "{moment}"))
    }
}

impl Told {
    /// The values the partition had, one after the other.
    pub(crate) fn partitions(&self) -> Vec<i64> {
        let mut values: Vec<i64> =
            self.moments.iter().map(|moment| moment.partition.unwrap_or(-1)).collect();
        values.dedup();
        values
    }

    /// The ordinals of the pods that went, in that order; one that went twice in a row is named once, since the
    /// simulated kubelet may take the successor of a pod for the pod.
    pub(crate) fn gone(&self) -> Vec<i64> {
        let gone = |moment: &Moment| match moment.change {
            Change::Gone(ordinal) => Some(ordinal),
            _ => None,
        };
        let mut gone: Vec<i64> = self.moments.iter().filter_map(gone).collect();
        gone.dedup();
        gone
    }

    /// The pods that came, in that order, as `4:v2`; one that came twice in a row is named once, see [`Self::gone`].
    pub(crate) fn born(&self) -> String {
        let born = |moment: &Moment| match moment.change {
            Change::Born(ordinal) => Some(format!("{ordinal}:{}", moment.pods.get(&ordinal)?.tag)),
            _ => None,
        };
        let mut born: Vec<String> = self.moments.iter().filter_map(born).collect();
        born.dedup();
        born.join(" ")
    }

    /// Fails if more of the set than this was down at any moment.
    #[track_caller]
    pub(crate) fn never_more_down_than(&self, most: usize) {
        let bad = self.moments.iter().find(|moment| moment.down() > most);
        assert!(bad.is_none(), "more than {most} pods were down:\n{}\n\n{self}", bad.unwrap());
    }

    /// Fails if a pod was released before all that were released earlier had become ready on the new revision, if
    /// more were released at once than `batch`, or if the set ever said something else than its record.
    #[track_caller]
    pub(crate) fn released_only_after_the_others(&self, batch: i64) {
        for pair in self.moments.windows(2) {
            let [before, after] = pair else { unreachable!("windows of two") };
            if after.change != Change::Set {
                continue;
            }
            if let (Some(record), Some(partition)) = (&after.record, after.partition) {
                assert_eq!(
                    record["partition"].as_i64(),
                    Some(partition),
                    "the record says something else than the set:\n{after}\n\n{self}"
                );
            }
            let recorded = |key: &str| {
                let value = before.record.as_ref().map(|record| &record[key]);
                value.and_then(Value::as_str).unwrap_or_default()
            };
            let (from, to) = (before.kept(), after.kept());
            // At the end the original strategy comes back, and every pod must have passed.
            let ends = after.record.is_none() && !["", "parked"].contains(&recorded("phase"));
            if to >= from && !ends {
                continue;
            }
            let (first, most) = if ends { (0, after.replicas) } else { (from, batch) };
            let at_once = from - to;
            assert!(at_once <= most, "{at_once} pods were released at once:\n{after}\n\n{self}");
            let target = match (recorded("phase"), recorded("target")) {
                ("aborting", _) => recorded("base"),
                (_, "") => &after.update_revision,
                (_, target) => target,
            };
            for index in first..after.replicas {
                let pod = after.pods.get(&(after.start + index));
                assert!(
                    pod.is_some_and(|pod| pod.ready && !pod.leaving && pod.revision == target),
                    "index {index} had not passed when more was released:\n{after}\n\n{self}"
                );
            }
        }
    }
}

fn number(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn ordinal(pod: &Value) -> Option<i64> {
    pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"].as_str()?.parse().ok()
}
