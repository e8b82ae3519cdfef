//! The evidence about a node, what declaring it to be off would do, and what came of it.

use jiff::{SignedDuration, Timestamp};

use crate::model::failover::Mark;
use crate::model::node::{Readiness, out_of_service};
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::plan::failover::{Case, Declared, Refusal};
use crate::progress::failover::Wait;
use crate::render::duration::{age, span};
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// Nobody reads more names than this in one line.
const MOST: usize = 6;

/// What is known, as a table of pods and volumes below a few lines about the node.
pub fn evidence(case: &Case, set: &Set, pod: &Pod, now: Timestamp) -> Text {
    let node = &case.node.name;
    let mut text = Text::new().with(Tone::Strong, format!("pod/{}", pod.name)).with(
        Tone::Plain,
        format!(" of {} is on node/{node}: {}\n", set.display(), stuck(pod, now)),
    );
    let silent = case.silent_for.map_or_else(String::new, |seconds| {
        format!(", lease not renewed for {}", seconds_long(seconds))
    });
    text.push(Tone::Plain, format!("node/{node}: {}{silent}\n", condition(case, now)));
    let zone = case.node.zone().map_or_else(String::new, |zone| format!("zone {zone}; "));
    let mut taints: Vec<&str> = case.node.taints.iter().map(|taint| taint.key.as_str()).collect();
    taints.sort_unstable();
    taints.dedup();
    let taints = if taints.is_empty() { "none".to_owned() } else { taints.join(", ") };
    text.push(Tone::Plain, format!("{zone}taints: {taints}\n\n"));
    text.push(Tone::Plain, going(case));
    text.push(Tone::Plain, "\n");
    let sets = case.sets();
    if !sets.is_empty() {
        text.push(Tone::Plain, format!("\nStatefulSets that lose pods: {}", sets.join(", ")));
    }
    let missing = case.claims.iter().filter(|(_, volume)| volume.is_none());
    for (claim, _) in missing {
        text.push(
            Tone::Warn,
            format!("\npvc/{claim} has no volume: the new pod may come up empty"),
        );
    }
    text
}

/// What happens to everything on the node.
fn going(case: &Case) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    for pod in &case.removed {
        let owner = pod.controller.as_ref();
        let owner = owner.map_or_else(
            || "nobody makes it anew".to_owned(),
            |owner| format!("{}/{}", owner.kind, owner.name),
        );
        rows.push([
            format!("pod/{}", pod.name),
            pod.namespace.clone(),
            format!("force-deleted; {owner}"),
        ]);
    }
    for pod in &case.staying {
        let fate = "stays: it tolerates the taint".to_owned();
        rows.push([format!("pod/{}", pod.name), pod.namespace.clone(), fate]);
    }
    for attachment in &case.attachments {
        let volume = match &attachment.volume {
            Some(volume) => format!("pv/{volume}"),
            None => format!("volumeattachment/{}", attachment.name),
        };
        let claim =
            case.claim_of(attachment).map_or_else(String::new, |claim| format!("; pvc/{claim}"));
        rows.push([volume, String::new(), format!("detached by force{claim}")]);
    }
    for (claim, volume) in &case.claims {
        if let Some(volume) = volume
            && !case.attachments.iter().any(|attachment| attachment.volume.as_ref() == Some(volume))
        {
            let fate = format!("not attached, so nothing to detach; pvc/{claim}");
            rows.push([format!("pv/{volume}"), String::new(), fate]);
        }
    }
    table(&["on-the-node", "namespace", "what-happens"], Headers::Shown, rows)
}

fn stuck(pod: &Pod, now: Timestamp) -> String {
    match pod.deleting_since {
        Some(since) => format!("Terminating since {} ago", age(now.duration_since(since))),
        None => format!("{}, not told to go yet", pod.reason()),
    }
}

fn condition(case: &Case, now: Timestamp) -> String {
    let state = match case.node.readiness {
        Readiness::Ready => "Ready",
        Readiness::NotReady => "NotReady",
        Readiness::Unknown => "Ready is Unknown",
    };
    let since = case
        .node
        .readiness_since
        .map_or_else(String::new, |since| format!(" for {}", age(now.duration_since(since))));
    format!("{state}{since}")
}

fn seconds_long(seconds: i64) -> String {
    span(SignedDuration::from_secs(seconds))
}

/// What a person is asked to vouch for.
pub fn question(case: &Case) -> String {
    let node = &case.node.name;
    format!(
        "Is the machine of node/{node} off? If it still runs, two pods will write to the same volumes.\n\
         Look at the machine itself (power, console, hypervisor, cloud); nothing in the cluster can tell.\n\
         Type the name of the node if it is off:"
    )
}

/// What is done to the node, in one line.
pub fn declaration(case: &Case) -> String {
    let taint = out_of_service();
    let node = &case.node.name;
    match case.declared {
        Declared::NotYet => {
            format!("node/{node} tainted {}={}:{}", taint.key, taint.value, taint.effect)
        }
        Declared::Already => format!("node/{node} is declared to be off already"),
    }
}

/// Who declared it, where that is known.
pub fn declared_by(mark: &Mark, now: Timestamp) -> String {
    let Mark { by, at, pod } = mark;
    format!("declared by {by}, {} ago, for pod {pod}", age(now.duration_since(*at)))
}

/// What is waited for, in one line.
pub fn wait(wait: &Wait, node: &str) -> String {
    match wait {
        Wait::Removal(pods) => {
            format!(
                "waiting for the removal of {} from node/{node}: {}",
                count(pods, "pod"),
                list(pods)
            )
        }
        Wait::Detachment(volumes) => {
            format!(
                "waiting for {} to be detached from node/{node}: {}",
                count(volumes, "volume"),
                list(volumes)
            )
        }
        Wait::Creation => "waiting for the controller to make the pod anew".to_owned(),
        Wait::Binding => "waiting for a node that takes the new pod".to_owned(),
        Wait::Readiness { node, reason } => {
            format!("waiting for the new pod to be ready on node/{node}: {reason}")
        }
    }
}

fn count(names: &[String], noun: &str) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", names.len())
}

fn list(names: &[String]) -> String {
    match names.len() {
        ..=MOST => names.join(", "),
        all => format!("{} and {} more", names[..MOST].join(", "), all - MOST),
    }
}

/// Why a node is not declared to be off, or why that is not taken back, with what to do about it.
pub fn refusal(refusal: &Refusal, pod: Option<&str>, node: &str) -> (String, Option<String>) {
    let name = pod.unwrap_or_default();
    let pod = format!("pod/{name}");
    let wait = Some("wait: where the machine is off, it stays silent".to_owned());
    match refusal {
        Refusal::NotBound => (
            format!("{pod} is on no node: there is no machine to be off"),
            Some(format!("see what keeps it: kubectl describe pod {name}")),
        ),
        Refusal::NoSet => (format!("{pod} is not managed by a StatefulSet"), None),
        Refusal::Moved => (format!("{pod} is not on node/{node} any more"), None),
        Refusal::NodeGone => (
            format!("there is no node/{node} any more"),
            Some("the control plane removes its pods by itself, within a minute or two".to_owned()),
        ),
        Refusal::Ready => (
            format!("node/{node} is Ready: {pod} is not stuck on a dead machine"),
            Some(format!("to move pods off a machine that lives: kubectl drain {node}")),
        ),
        Refusal::SaysNotReady => (
            format!("the kubelet of node/{node} itself says that it is not ready, so it was alive"),
            wait,
        ),
        Refusal::Fresh { seconds_ago, limit } => {
            let ago = (*seconds_ago).max(0);
            (
                format!("node/{node} renewed its lease {ago}s ago: it may be alive (more than {limit}s of silence are needed)"),
                wait,
            )
        }
        Refusal::Alone => (
            "no other node has renewed its lease lately: the API server may be the one that is cut off, and nothing could take the pod".to_owned(),
            Some("look at all nodes: kubectl get nodes".to_owned()),
        ),
        Refusal::Unknown { what, why } => (format!("{what} could not be read: {why}"), None),
        Refusal::NotBack => (
            format!("node/{node} is not back: it is not Ready, or its lease is not renewed"),
            Some(format!("start the machine first; if it is gone for good, remove the node and the taint goes with it: kubectl delete node {node}")),
        ),
        Refusal::NotOurs => (
            format!("node/{node} was declared to be off by somebody else: it has no mark of this program"),
            Some(format!("once they agree: kubectl taint node {node} {}:NoExecute-", out_of_service().key)),
        ),
    }
}

/// What is left to do once the machine is back, and why.
pub fn to_do(node: &str, command: &str) -> String {
    format!(
        "node/{node} stays out of service, and runs no pods, until its taint is removed; left there, it would \
         have them force-deleted unasked the next time the node is only cut off. When the machine is back: \
         {command} (if it never comes back: kubectl delete node {node})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::node::Node;
    use crate::model::resident::Resident;
    use crate::testing::{a_node, a_pod, a_resident, a_set, an_attachment, an_owner, at};

    fn case() -> Case {
        let taints = vec![out_of_service(), out_of_service()];
        let since = Some(at(-190));
        let node = Node {
            readiness: Readiness::Unknown,
            readiness_since: since,
            taints,
            ..a_node("node-a", "a")
        };
        let owner = an_owner("StatefulSet", "db", "u");
        Case {
            node,
            silent_for: Some(200),
            removed: vec![
                Resident { controller: Some(owner), ..a_resident("prod", "db-1") },
                a_resident("web", "lonely"),
            ],
            staying: vec![a_resident("kube-system", "agent")],
            attachments: vec![an_attachment("node-a", "pv-1"), an_attachment("node-a", "pv-9")],
            claims: vec![
                ("data-db-1".to_owned(), Some("pv-1".to_owned())),
                ("wal-db-1".to_owned(), Some("pv-2".to_owned())),
                ("tmp-db-1".to_owned(), None),
            ],
            declared: Declared::NotYet,
        }
    }

    #[test]
    fn everything_on_the_node_is_named_with_what_becomes_of_it() {
        let set = a_set("db");
        let text = evidence(&case(), &set, &a_pod(&set, 1).deleting(), at(300)).to_string();
        insta::assert_snapshot!(text, @r"
        pod/db-1 of statefulset.apps/db is on node/node-a: Terminating since 5m ago
        node/node-a: Ready is Unknown for 8m10s, lease not renewed for 3m20s
        zone a; taints: node.kubernetes.io/out-of-service

        ON-THE-NODE   NAMESPACE     WHAT-HAPPENS
        pod/db-1      prod          force-deleted; StatefulSet/db
        pod/lonely    web           force-deleted; nobody makes it anew
        pod/agent     kube-system   stays: it tolerates the taint
        pv/pv-1                     detached by force; pvc/data-db-1
        pv/pv-9                     detached by force
        pv/pv-2                     not attached, so nothing to detach; pvc/wal-db-1

        StatefulSets that lose pods: prod/db
        pvc/tmp-db-1 has no volume: the new pod may come up empty
        ");
    }

    #[test]
    fn every_refusal_has_words() {
        let all = [
            Refusal::NotBound,
            Refusal::NoSet,
            Refusal::Moved,
            Refusal::NodeGone,
            Refusal::Ready,
            Refusal::SaysNotReady,
            Refusal::Fresh { seconds_ago: -3, limit: 40 },
            Refusal::Alone,
            Refusal::Unknown { what: "the pods".to_owned(), why: "forbidden".to_owned() },
            Refusal::NotBack,
            Refusal::NotOurs,
        ];
        let lines: Vec<String> = all
            .iter()
            .map(|why| {
                let (text, hint) = refusal(why, Some("db-1"), "node-a");
                hint.map_or_else(|| text.clone(), |hint| format!("{text}\n  {hint}"))
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        pod/db-1 is on no node: there is no machine to be off
          see what keeps it: kubectl describe pod db-1
        pod/db-1 is not managed by a StatefulSet
        pod/db-1 is not on node/node-a any more
        there is no node/node-a any more
          the control plane removes its pods by itself, within a minute or two
        node/node-a is Ready: pod/db-1 is not stuck on a dead machine
          to move pods off a machine that lives: kubectl drain node-a
        the kubelet of node/node-a itself says that it is not ready, so it was alive
          wait: where the machine is off, it stays silent
        node/node-a renewed its lease 0s ago: it may be alive (more than 40s of silence are needed)
          wait: where the machine is off, it stays silent
        no other node has renewed its lease lately: the API server may be the one that is cut off, and nothing could take the pod
          look at all nodes: kubectl get nodes
        the pods could not be read: forbidden
        node/node-a is not back: it is not Ready, or its lease is not renewed
          start the machine first; if it is gone for good, remove the node and the taint goes with it: kubectl delete node node-a
        node/node-a was declared to be off by somebody else: it has no mark of this program
          once they agree: kubectl taint node node-a node.kubernetes.io/out-of-service:NoExecute-
        ");
    }

    #[test]
    fn long_waits_name_some_and_count_the_rest() {
        let pods: Vec<String> = (0..8).map(|ordinal| format!("prod/db-{ordinal}")).collect();
        assert_eq!(
            wait(&Wait::Removal(pods), "node-a"),
            "waiting for the removal of 8 pods from node/node-a: prod/db-0, prod/db-1, prod/db-2, \
             prod/db-3, prod/db-4, prod/db-5 and 2 more"
        );
        let one = Wait::Detachment(vec!["pv-1".to_owned()]);
        assert_eq!(
            wait(&one, "node-a"),
            "waiting for 1 volume to be detached from node/node-a: pv-1"
        );
    }
}
