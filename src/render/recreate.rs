//! A recreation in words: what it would do, why it is not done, and what came of it.

use crate::model::set::{PodManagement, Set};
use crate::plan::recreate::refusal::NotRecreated;
use crate::plan::recreate::verify::Wrong;
use crate::plan::recreate::{Change, Restarts, leaves_behind, wedges};
use crate::render::refusal::{list, refusal as rollout};
use crate::render::text::{Text, Tone};

/// A recreation that could begin, for showing.
pub struct Shown<'a> {
    /// The set as read.
    pub set: &'a Set,
    /// What only a new set can have otherwise.
    pub changes: &'a [Change],
    /// Other fields that change with it, in words.
    pub others: &'a [String],
    /// Whether pods are restarted.
    pub restarts: Restarts,
    /// The names of the pods, lowest first.
    pub pods: &'a [String],
}

impl Shown<'_> {
    /// The plan as text, without a line end. `command` makes a command line of this program.
    pub fn text(&self, command: &dyn Fn(&[&str]) -> String) -> Text {
        let set = self.set.display();
        let mut text = Text::new()
            .with(Tone::Strong, set)
            .with(Tone::Plain, ": deleted without its pods, and created again with");
        for change in self.changes {
            let (what, consequence) = words(change, &self.set.name, command);
            text.push(Tone::Plain, format!("\n  {what}"));
            if let Some(consequence) = consequence {
                text.push(Tone::Faint, format!("\n    {consequence}"));
            }
        }
        for other in self.others {
            text.push(Tone::Plain, format!("\n  {other}"));
        }
        text.push(Tone::Plain, format!("\n{}", self.meanwhile()));
        if let Some(after) = self.after() {
            text.push(Tone::Plain, format!("\n{after}"));
        }
        text
    }

    /// What happens to the pods until the new set is there.
    fn meanwhile(&self) -> String {
        match self.pods {
            [] => "there is no pod".to_owned(),
            pods => format!(
                "{} run on; until the new set is there, nothing replaces one that dies",
                list(pods)
            ),
        }
    }

    /// What happens to them afterwards.
    fn after(&self) -> Option<String> {
        if self.pods.is_empty() || !leaves_behind(self.changes) {
            return None;
        }
        let pods = list(self.pods);
        if self.restarts == Restarts::None {
            return Some(format!("then {pods} stay as they are; --restart restarts them"));
        }
        let why = if wedges(self.changes) {
            "until then the controller replaces no pod that is missing"
        } else {
            "until then they run on as they are"
        };
        Some(format!("then {pods} are restarted one at a time, the lowest first; {why}"))
    }
}

/// A change, and what it means for pods and claims.
fn words(
    change: &Change,
    set: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Option<String>) {
    let named = |name: &str| if name.is_empty() { "none".to_owned() } else { name.to_owned() };
    match change {
        Change::Selector { from, to } => (
            format!("selector: {from} -> {to}"),
            Some("claims that exist keep their labels".to_owned()),
        ),
        Change::Service { from, to } => (
            format!("serviceName: {} -> {}", named(from), named(to)),
            Some(format!(
                "pods keep the host names of {} until each is restarted, and no rollout does that \
                 by itself",
                named(from)
            )),
        ),
        Change::Management { from, to } => {
            (format!("podManagementPolicy: {} -> {}", management(*from), management(*to)), None)
        }
        Change::ClaimAdded { template } => (
            format!("claim template {template}: added"),
            Some(format!(
                "each pod gets its volume, empty, when it is restarted: {template}-{set}-N"
            )),
        ),
        Change::ClaimRemoved { template } => (
            format!("claim template {template}: removed"),
            Some(format!(
                "claims {template}-{set}-N stay with their data; a pod that is restarted does not \
                 use its own any more"
            )),
        ),
        Change::ClaimChanged { template, from, to } => (
            if from == to {
                format!("claim template {template}: changed")
            } else {
                format!("claim template {template}: {from} -> {to}")
            },
            Some(format!(
                "claims that exist stay as they are; to grow them: {}",
                command(&["pvc", "resize", set])
            )),
        ),
        Change::ClaimOrder => ("the order of its claim templates".to_owned(), None),
    }
}

fn management(policy: PodManagement) -> &'static str {
    match policy {
        PodManagement::OrderedReady => "OrderedReady",
        PodManagement::Parallel => "Parallel",
    }
}

/// One line saying why a set is not recreated, and hints.
pub fn refusal(
    refusal: &NotRecreated,
    set: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Vec<String>) {
    let name = format!("statefulset.apps/{set}");
    let (text, mut hints) = match refusal {
        NotRecreated::Rollout(refusal) => return rollout(refusal, set, command),
        NotRecreated::Managed { manager, evidence } => (
            format!("{name} is managed by {manager}: {evidence}"),
            vec![format!(
                "{manager} may create the old set again in between; stop it first, and give it the \
                 manifest afterwards"
            )],
        ),
        NotRecreated::Needless => (
            format!("nothing differs for which {name} would have to be created again"),
            vec!["apply the file: kubectl apply changes the rest in place".to_owned()],
        ),
        NotRecreated::Accepted => (
            format!("this API server changes {name} in place: it needs no new set"),
            vec!["apply the file with kubectl apply".to_owned()],
        ),
        NotRecreated::Deleting => (
            format!("{name} is being deleted already"),
            vec!["see who does it before anything else is done".to_owned()],
        ),
        NotRecreated::Finalizers { finalizers } => (
            format!(
                "{name} has finalizers, and would not go before their owners agree: {}",
                finalizers.join(", ")
            ),
            Vec::new(),
        ),
        NotRecreated::OtherSize { live, new } => {
            let words = |range: &crate::model::ordinal::OrdinalRange| {
                format!("{} replicas from ordinal {}", range.replicas, range.start)
            };
            (
                format!("{name} has {}, the file has {}", words(live), words(new)),
                vec![format!(
                    "make the file say what there is, or scale first: {}",
                    command(&["scale", set, "--replicas", &new.replicas.to_string()])
                )],
            )
        }
        NotRecreated::OtherTemplate => (
            format!(
                "the file has another pod template than {name}: the controller would replace all \
                 pods at once it sees it, and a new set has no earlier revision to hold pods on"
            ),
            vec![format!(
                "keep the template for now, and roll the new one out afterwards: {}",
                command(&["rollout", "stage", set, "-f", "FILE"])
            )],
        ),
        NotRecreated::PodsLost { pods, selector } => (
            format!(
                "the selector {selector} does not match {}: the new set would leave them behind",
                list(pods)
            ),
            vec!["roll out a template with the labels first, under the old selector".to_owned()],
        ),
        NotRecreated::NoVolume { volumes } => (
            format!(
                "containers mount {}, which neither the template nor a claim template gives: no \
                 pod could be made",
                volumes.join(", ")
            ),
            vec!["roll out a template without the mount first".to_owned()],
        ),
        NotRecreated::Wedges { templates } => (
            format!(
                "pods have no volume of the new claim template {}: the controller would stop at \
                 the first of them, and replace none that is missing, until all are restarted",
                templates.join(", ")
            ),
            Vec::new(),
        ),
        NotRecreated::ClaimsUnknown { reason } => (
            format!("whether the claims of {name} are safe could not be read: {reason}"),
            vec!["kubectl auth can-i list persistentvolumeclaims".to_owned()],
        ),
    };
    if let Some(flag) = refusal.flag() {
        hints.push(format!("to go on all the same: {flag}"));
    }
    (text, hints)
}

/// What is not as it has to be with the new set.
pub fn wrong(wrong: &Wrong) -> String {
    match wrong {
        Wrong::OtherPod { pod } => format!("pod {pod} is another than before"),
        Wrong::NoPod { pod } => format!("pod {pod} is gone"),
        Wrong::NotAdopted { pod } => format!("pod {pod} does not belong to the new set"),
        Wrong::OtherRevision { from, to } if to.is_empty() => {
            format!("the controller has not taken up revision {from} yet")
        }
        Wrong::OtherRevision { from, to } => {
            format!("the template makes revision {to}, not {from}: pods are going to be replaced")
        }
        Wrong::DoomedClaims { claims } => format!(
            "the deleted set still owns {}: the garbage collector deletes them",
            claims.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::a_set;

    fn shown(changes: &[Change], restarts: Restarts) -> String {
        let set = a_set("db");
        let pods: Vec<String> = set.wanted.iter().map(|ordinal| set.pod_name(ordinal)).collect();
        let others = ["spec.minReadySeconds: 0 on the server, 5 in the file".to_owned()];
        let shown = Shown { set: &set, changes, others: &others, restarts, pods: &pods };
        shown.text(&|words| words.join(" ")).to_string()
    }

    #[test]
    fn a_plan_says_what_changes_and_what_that_means() {
        let service = Change::Service { from: "db".to_owned(), to: "db-headless".to_owned() };
        let size = Change::ClaimChanged {
            template: "data".to_owned(),
            from: "1Gi".to_owned(),
            to: "2Gi".to_owned(),
        };
        assert_eq!(
            shown(&[service, size], Restarts::None),
            "statefulset.apps/db: deleted without its pods, and created again with
  serviceName: db -> db-headless
    pods keep the host names of db until each is restarted, and no rollout does that by itself
  claim template data: 1Gi -> 2Gi
    claims that exist stay as they are; to grow them: pvc resize db
  spec.minReadySeconds: 0 on the server, 5 in the file
db-0, db-1 and db-2 run on; until the new set is there, nothing replaces one that dies
then db-0, db-1 and db-2 stay as they are; --restart restarts them"
        );
    }

    #[test]
    fn restarts_are_said_beforehand_with_their_reason() {
        let added = Change::ClaimAdded { template: "wal".to_owned() };
        let text = shown(&[added], Restarts::All);
        assert!(
            text.ends_with(
                "then db-0, db-1 and db-2 are restarted one at a time, the lowest first; until \
                 then the controller replaces no pod that is missing"
            ),
            "{text}"
        );
        let parallel =
            Change::Management { from: PodManagement::OrderedReady, to: PodManagement::Parallel };
        assert!(!shown(&[parallel], Restarts::All).contains("restarted"));
    }

    #[test]
    fn every_refusal_has_words_and_its_flag() {
        let text = |refused: &NotRecreated| {
            let (text, hints) = refusal(refused, "db", &|words| words.join(" "));
            format!("{text}\n{}", hints.join("\n"))
        };
        let wedged = text(&NotRecreated::Wedges { templates: vec!["wal".to_owned()] });
        assert!(
            wedged.contains("claim template wal") && wedged.ends_with(": --restart"),
            "{wedged}"
        );
        let owned = text(&NotRecreated::Managed {
            manager: "Argo CD".to_owned(),
            evidence: "the set carries its label x".to_owned(),
        });
        assert!(owned.contains("Argo CD") && owned.ends_with(": --i-own-this"), "{owned}");
        let lost =
            NotRecreated::PodsLost { pods: vec!["db-0".to_owned()], selector: "a=b".to_owned() };
        assert!(!text(&lost).contains("all the same"), "no flag");
    }
}
