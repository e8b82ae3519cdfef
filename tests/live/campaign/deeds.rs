//! What others do while claims are deleted: pods that come, sets that grow, marks.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::campaign::plot::Plot;
use crate::campaign::plot::SetPlan;
use crate::campaign::plot::pod_spec;
use crate::campaign::truth::Setting;
use crate::campaign::witness::What;
use crate::campaign::witness::Witness;
use crate::harness::Namespace;
use crate::harness::Random;

/// Something that is done at a moment of a run.
#[derive(Clone, Debug)]
pub(super) struct Disturbance {
    /// The happening it follows, and how soon.
    what: What,
    nth: usize,
    delay: Duration,
    /// Whether it is about the claim of that happening, or about another that is to go.
    whose: Whose,
    deed: Deed,
}

#[derive(Clone, Copy, Debug)]
enum Whose {
    Same,
    Other(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// A pod that runs.
    Pod,
    /// A pod that no node takes.
    Waiting,
    /// The set grows up to the claim's ordinal, or comes back.
    Set,
    /// A deployment without pods.
    Deployment,
    /// A mark.
    Keep,
}

/// What was done, and to which claims.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) deed: Deed,
    pub(super) claims: Vec<String>,
    /// When the server had answered.
    pub(super) answered: Timestamp,
}

impl Disturbance {
    /// A few, or none.
    pub(super) fn draw(random: &mut Random) -> Vec<Self> {
        let count = random.below(4).saturating_sub(1);
        (0..count).map(|_| Self::one(random)).collect()
    }

    fn one(random: &mut Random) -> Self {
        let deeds = [Deed::Pod, Deed::Waiting, Deed::Set, Deed::Set, Deed::Deployment, Deed::Keep];
        let delays = [0, 0, 3, 10, 30, 100];
        let whose = if random.percent(65) { Whose::Same } else { Whose::Other(random.below(50)) };
        Self {
            what: random.one(&[What::Aside, What::Aside, What::Going]),
            nth: random.below(5) as usize,
            delay: Duration::from_millis(random.one(&delays)),
            whose,
            deed: random.one(&deeds),
        }
    }

    /// Waits for its moment; nothing is done when that does not come.
    pub(super) fn run(
        &self,
        ns: &Namespace<'_>,
        plot: &Plot,
        setting: &Setting,
        witness: &Witness,
        (mark, running): (usize, &AtomicBool),
    ) -> Option<Done> {
        let goes_on = || running.load(Ordering::Relaxed);
        let happening = witness.wait_for(ns.name(), (mark, self.nth, self.what), goes_on)?;
        thread::sleep(self.delay);
        let claim = match self.whose {
            Whose::Same => happening.claim,
            Whose::Other(number) => other(ns, plot, setting, witness, number)?,
        };
        self.deed.carry_out(ns, plot, &claim)
    }
}

/// Another claim that is to go and is still there.
fn other(
    ns: &Namespace<'_>,
    plot: &Plot,
    setting: &Setting,
    witness: &Witness,
    number: u32,
) -> Option<String> {
    let seen = witness.seen();
    let there: Vec<&String> = plot
        .left()
        .filter(|(name, left)| setting.offers(left) && seen.claim(ns.name(), name).is_some())
        .map(|(name, _)| name)
        .collect();
    let index = number as usize % there.len().max(1);
    there.get(index).map(|name| (*name).clone())
}

/// The name of what comes for a claim.
pub(super) fn late(claim: &str) -> String {
    format!("late-{claim}")
}

impl Deed {
    /// Whether the claim is in use after it, or is to be.
    pub(super) fn is_use(self) -> bool {
        matches!(self, Self::Pod | Self::Waiting | Self::Set)
    }

    /// The kind that has to be read to know of it; none where the claim itself tells.
    pub(super) fn told_by(self) -> Option<&'static str> {
        match self {
            Self::Pod | Self::Waiting => Some("pods"),
            Self::Set => Some("statefulsets"),
            Self::Deployment => Some("deployments"),
            Self::Keep => None,
        }
    }

    fn carry_out(self, ns: &Namespace<'_>, plot: &Plot, claim: &str) -> Option<Done> {
        let namespace = ns.name();
        let name = late(claim);
        let pods = format!("/api/v1/namespaces/{namespace}/pods");
        let (method, path, body) = match self {
            Self::Set => {
                return set(ns, plot, claim).or_else(|| Self::Pod.carry_out(ns, plot, claim));
            }
            Self::Pod => {
                ("POST", pods, json!({ "metadata": { "name": name }, "spec": pod_spec(claim) }))
            }
            Self::Waiting => {
                let mut spec = pod_spec(claim);
                spec["nodeSelector"] = json!({ "nobody": "here" });
                ("POST", pods, json!({ "metadata": { "name": name }, "spec": spec }))
            }
            Self::Deployment => {
                let labels = json!({ "app": name });
                let template = json!({ "metadata": { "labels": labels }, "spec": pod_spec(claim) });
                let spec = json!({
                    "replicas": 0, "selector": { "matchLabels": labels }, "template": template,
                });
                let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
                ("POST", path, json!({ "metadata": { "name": name }, "spec": spec }))
            }
            Self::Keep => {
                let path = format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims/{claim}");
                let keep =
                    json!({ "metadata": { "annotations": { "kubectl-sts.io/keep": "true" } } });
                ("PATCH", path, keep)
            }
        };
        send(ns, (method, &path, &body), self, vec![claim.to_owned()])
    }
}

/// Lets the set of a claim grow up to it, or brings the set back. Nothing where there is no set,
/// where it is that large already, or where an autoscaler would take it back.
fn set(ns: &Namespace<'_>, plot: &Plot, claim: &str) -> Option<Done> {
    let seat = plot.claims.get(claim)?.seat.as_ref()?;
    let path = format!("/apis/apps/v1/namespaces/{}/statefulsets", ns.name());
    if let Some(set) = plot.sets.iter().find(|set| set.name == seat.set) {
        let replicas = (seat.ordinal + 1).checked_sub(set.start)?;
        let now = ns.get("apis/apps/v1", &format!("statefulsets/{}", seat.set))?;
        let has = now["spec"]["replicas"].as_u64().unwrap_or(0);
        if u64::from(replicas) <= has || set.most.is_some_and(|most| replicas > most) {
            return None;
        }
        let version = &now["metadata"]["resourceVersion"];
        let body = json!({
            "metadata": { "resourceVersion": version }, "spec": { "replicas": replicas },
        });
        let claims = seated(plot, &seat.set, set.range().end, seat.ordinal);
        return send(ns, ("PATCH", &format!("{path}/{}", seat.set), &body), Deed::Set, claims);
    }
    let template = claim.strip_suffix(&format!("-{}-{}", seat.set, seat.ordinal))?.to_owned();
    let (name, replicas) = (seat.set.clone(), seat.ordinal + 1);
    let set = SetPlan { name, template, start: 0, replicas, most: None };
    let claims = seated(plot, &seat.set, 0, seat.ordinal);
    send(ns, ("POST", &path, &set.manifest()), Deed::Set, claims)
}

/// The claims of a set between these ordinals.
fn seated(plot: &Plot, set: &str, from: u32, to: u32) -> Vec<String> {
    let is_seated = |name: &&String| {
        let seat = plot.claims[*name].seat.as_ref();
        seat.is_some_and(|seat| seat.set == set && (from..=to).contains(&seat.ordinal))
    };
    plot.claims.keys().filter(is_seated).cloned().collect()
}

fn send(
    ns: &Namespace<'_>,
    (method, path, body): (&str, &str, &Value),
    deed: Deed,
    claims: Vec<String>,
) -> Option<Done> {
    let (status, _) = ns.control_plane().request(method, path, body).ok()?;
    #[expect(clippy::disallowed_methods, reason = "compared with the times of the audit log")]
    let answered = Timestamp::now();
    (200..300).contains(&status).then_some(Done { deed, claims, answered })
}
