//! What a pod's status says is wrong.

use crate::convert::optional;
use crate::model::pod::Trouble;
use crate::model::pod::TroubleKind;
use crate::model::text::clean;
use crate::wire::pod::ContainerStatus;
use crate::wire::pod::PodStatus;
use crate::wire::pod::Terminated;
use crate::wire::pod::Waiting;

/// Everything that is wrong, worst first: the pod as a whole, then containers in their order.
///
/// Ephemeral containers are somebody's debugging session and not looked at.
pub(super) fn troubles(status: &PodStatus, ready: bool) -> Vec<Trouble> {
    let containers = status.init_container_statuses.iter().chain(&status.container_statuses);
    let mut troubles: Vec<Trouble> = failed(status)
        .into_iter()
        .chain(containers.filter_map(|container| of_container(container, ready)))
        .chain(unschedulable(status))
        .collect();
    // Stable, so that containers stay in order.
    troubles.sort_by_key(|trouble| (trouble.kind != TroubleKind::Failed, trouble.kind));
    troubles
}

fn failed(status: &PodStatus) -> Option<Trouble> {
    (status.phase == "Failed").then(|| Trouble {
        kind: TroubleKind::Failed,
        reason: optional(&status.reason).unwrap_or_else(|| "Failed".to_owned()),
        message: clean(&status.message),
        container: None,
    })
}

fn unschedulable(status: &PodStatus) -> Option<Trouble> {
    let condition = status
        .conditions
        .iter()
        .find(|condition| condition.kind == "PodScheduled" && condition.status == "False")?;
    Some(Trouble {
        kind: TroubleKind::Unschedulable,
        reason: optional(&condition.reason).unwrap_or_else(|| "Unschedulable".to_owned()),
        message: clean(&condition.message),
        container: None,
    })
}

fn of_container(container: &ContainerStatus, ready: bool) -> Option<Trouble> {
    let state = container.state.as_ref()?;
    let (kind, reason, message) = match (&state.waiting, &state.terminated) {
        (Some(waiting), _) => {
            let kind = of_waiting(&waiting.reason)?;
            (kind, clean(&waiting.reason), why_waiting(kind, waiting, container))
        }
        (None, Some(ended)) if ended.exit_code != 0 && !ready => {
            let reason = optional(&ended.reason).unwrap_or_else(|| "Error".to_owned());
            (TroubleKind::Crash, reason, ending(ended))
        }
        _ => return None,
    };
    Some(Trouble { kind, reason, message, container: Some(clean(&container.name)) })
}

/// The kubelet's words are in `pkg/kubelet/container/sync_result.go`,
/// `pkg/kubelet/images/types.go` and `pkg/kubelet/kuberuntime/kuberuntime_container.go`.
fn of_waiting(reason: &str) -> Option<TroubleKind> {
    match reason {
        "" | "ContainerCreating" | "PodInitializing" => None,
        "CrashLoopBackOff" => Some(TroubleKind::Crash),
        "ErrImagePull"
        | "ImagePullBackOff"
        | "InvalidImageName"
        | "ErrImageNeverPull"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => Some(TroubleKind::Image),
        // CreateContainerConfigError, CreateContainerError, RunContainerError, the hooks' errors,
        // and whatever else a runtime comes up with while it makes a container.
        _ => Some(TroubleKind::Config),
    }
}

/// A crash loop's own message only tells how long the kubelet waits; how the container ended is
/// in its last state.
fn why_waiting(kind: TroubleKind, waiting: &Waiting, container: &ContainerStatus) -> String {
    let last = container.last_state.as_ref().and_then(|state| state.terminated.as_ref());
    match last {
        Some(ended) if kind == TroubleKind::Crash => ending(ended),
        _ => clean(&waiting.message),
    }
}

fn ending(ended: &Terminated) -> String {
    let mut text = format!("exit code {}", ended.exit_code);
    if let Some(reason) = optional(&ended.reason).filter(|reason| reason != "Error") {
        text = format!("{text} ({reason})");
    }
    match optional(ended.message.trim()) {
        Some(message) => format!("{text}: {message}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::*;

    fn read(status: Value, ready: bool) -> Vec<String> {
        troubles(&serde_json::from_value(status).unwrap(), ready)
            .into_iter()
            .map(|Trouble { kind, reason, message, container }| {
                format!("{kind:?} {reason} {}: {message}", container.as_deref().unwrap_or("-"))
            })
            .collect()
    }

    fn waiting(name: &str, reason: &str, message: &str) -> Value {
        json!({"name": name, "state": {"waiting": {"reason": reason, "message": message}}})
    }

    #[test]
    fn a_crash_loop_tells_how_the_container_ended() {
        let mut container = waiting("db", "CrashLoopBackOff", "back-off 5m0s restarting");
        container["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "message": "\u{1b}[31mheap\n"}});
        assert_eq!(
            read(json!({"containerStatuses": [container]}), false),
            ["Crash CrashLoopBackOff db: exit code 137 (OOMKilled): [31mheap"]
        );
    }

    #[test]
    fn waiting_is_classified_by_its_reason() {
        let status = json!({
            "initContainerStatuses": [waiting("init", "CreateContainerConfigError", "no such secret")],
            "containerStatuses": [
                waiting("a", "PodInitializing", ""),
                waiting("b", "ImagePullBackOff", "not found"),
                waiting("c", "ContainerCreating", ""),
                waiting("d", "SomethingNew", "?"),
            ],
        });
        assert_eq!(
            read(status, false),
            [
                "Image ImagePullBackOff b: not found",
                "Config CreateContainerConfigError init: no such secret",
                "Config SomethingNew d: ?",
            ]
        );
    }

    #[test]
    fn an_ended_container_is_trouble_only_while_the_pod_is_not_ready() {
        let ended = |code| json!({"containerStatuses": [{"name": "db", "state": {"terminated": {"exitCode": code, "reason": "Error"}}}]});
        assert_eq!(read(ended(1), false), ["Crash Error db: exit code 1"]);
        assert_eq!(read(ended(1), true), [""; 0]);
        assert_eq!(read(ended(0), false), [""; 0]);
    }

    #[test]
    fn an_evicted_pod_leads_with_its_eviction() {
        let status = json!({
            "phase": "Failed", "reason": "Evicted", "message": "low on memory",
            "containerStatuses": [waiting("db", "CrashLoopBackOff", "x")],
        });
        assert_eq!(
            read(status, false),
            ["Failed Evicted -: low on memory", "Crash CrashLoopBackOff db: x"]
        );
    }

    #[test]
    fn a_pod_no_node_wants_says_why() {
        let status = json!({"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"},
        ]});
        assert_eq!(read(status, false), ["Unschedulable Unschedulable -: 0/3 nodes"]);
    }

    #[test]
    fn ephemeral_containers_do_not_count() {
        let status =
            json!({"ephemeralContainerStatuses": [waiting("debug", "CrashLoopBackOff", "x")]});
        assert_eq!(read(status, false), [""; 0]);
    }
}
