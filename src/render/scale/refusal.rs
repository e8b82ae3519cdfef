//! Why a set is not scaled, each with what to do about it.

use crate::plan::scale::refusal::NotScaled;
use crate::render::refusal::{list, refusal as rollout};

/// One line saying why, and hints. `command` makes a command line of this program out of words.
pub fn refusal(
    refusal: &NotScaled,
    set: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Vec<String>) {
    let name = format!("statefulset.apps/{set}");
    let (text, mut hints) = match refusal {
        NotScaled::Rollout(refusal) => return rollout(refusal, set, command),
        NotScaled::OtherSize { said, is } => (
            format!("{name} has {is} replicas, not {said}"),
            vec![format!("see where it stands: {}", command(&["rollout", "status", set]))],
        ),
        NotScaled::Managed { manager, evidence } => (
            format!("{name} is managed by {manager}: {evidence}"),
            vec![format!("change the number of replicas where {manager} reads it")],
        ),
        NotScaled::Autoscaled { autoscaler, owner, least, most } => {
            let made = owner.as_ref().map_or(String::new(), |owner| format!(" (made by {owner})"));
            let at = owner.as_ref().map_or_else(
                || format!("horizontalpodautoscaler.autoscaling/{autoscaler}"),
                Clone::clone,
            );
            (
                format!(
                    "horizontalpodautoscaler.autoscaling/{autoscaler}{made} keeps {name} between \
                     {least} and {most} replicas, and would change what is written here"
                ),
                vec![format!("set its limits in {at}")],
            )
        }
        NotScaled::AutoscalersUnknown { reason } => (
            format!("whether an autoscaler scales {name} could not be read: {reason}"),
            vec!["kubectl auth can-i list horizontalpodautoscalers.autoscaling".to_owned()],
        ),
        NotScaled::BelowFloor { floor, asked } => {
            (format!("{asked} replicas are fewer than --min-replicas {floor}"), Vec::new())
        }
        NotScaled::NoQuorum { quorum, available, stay } => (
            format!(
                "of the {stay} pods of {name} that stay, {available} are available, and --quorum \
                 asks for {quorum}"
            ),
            vec![if quorum > stay {
                format!("so many never stay: give --quorum {stay} or less, or take fewer pods away")
            } else {
                format!("see which are not: {}", command(&["rollout", "status", set]))
            }],
        ),
        NotScaled::Promotes { current, update } => (
            format!(
                "with no pod left the controller forgets {current}: {name} would come back with \
                 all its pods on {update}"
            ),
            vec![
                format!("finish the update: {}", command(&["rollout", "stage", set])),
                format!("or keep a pod: {}", command(&["scale", set, "--replicas", "1"])),
            ],
        ),
        NotScaled::EndsHold => (
            format!(
                "{name} is held, and a hold does not outlast its pods: all would come back on \
                 whatever its template is by then"
            ),
            vec![format!("end the hold first: {}", command(&["rollout", "release", set]))],
        ),
        NotScaled::ClaimsGo { claims } => {
            let claims: Vec<String> = claims
                .iter()
                .map(|end| match &end.claim {
                    None => format!("pvc/{}", end.name),
                    Some(claim) => {
                        let size = claim.capacity.as_ref().or(claim.requested.as_ref());
                        let volume = claim.volume.as_deref().unwrap_or("no volume");
                        let size = size.map_or("size unknown", String::as_str);
                        format!("pvc/{} ({size}, {volume})", end.name)
                    }
                })
                .collect();
            (
                format!(
                    "{name} has whenScaled: Delete, so the data of the pods that go would be \
                     deleted with their claims: {}",
                    all(&claims)
                ),
                vec![format!(
                    "keep them: kubectl patch {name} --type merge -p \
                     '{{\"spec\":{{\"persistentVolumeClaimRetentionPolicy\":\
                     {{\"whenScaled\":\"Retain\"}}}}}}'"
                )],
            )
        }
        NotScaled::ClaimsUnknown { reason } => (
            format!("whether claims of {name} would be used again could not be read: {reason}"),
            vec!["kubectl auth can-i list persistentvolumeclaims".to_owned()],
        ),
        NotScaled::OverBudget { budget, wants, left } => (
            format!(
                "poddisruptionbudget.policy/{budget} wants {wants} healthy pods and {left} would \
                 be left; a scale-down does not ask budgets, so nothing else would stop it"
            ),
            Vec::new(),
        ),
        NotScaled::BudgetUnclear { budget } => (
            format!("what poddisruptionbudget.policy/{budget} wants is not known yet"),
            vec!["try again in a moment".to_owned()],
        ),
        NotScaled::CanaryUnwell { pods } => {
            let verb = if pods.len() == 1 { "is" } else { "are" };
            (
                format!(
                    "{} {verb} not available on the new revision of {name}, and under \
                     OrderedReady no pod is made until {verb}",
                    list(pods)
                ),
                vec![format!(
                    "see where the update stands: {}",
                    command(&["rollout", "status", set])
                )],
            )
        }
    };
    if let Some(flag) = refusal.flag() {
        hints.push(format!("to go on all the same: {flag}"));
    }
    (text, hints)
}

/// All of them, up to a number that can be read.
fn all(claims: &[String]) -> String {
    const MOST: usize = 20;
    let shown = claims.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match claims.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::set::Fate;
    use crate::plan::scale::outlook::ClaimEnd;
    use crate::testing::{a_claim, a_set};

    fn told(refusal: &NotScaled) -> String {
        let command = |words: &[&str]| format!("kubectl sts {}", words.join(" "));
        let (text, hints) = super::refusal(refusal, "db", &command);
        [vec![text], hints].concat().join("\n")
    }

    #[test]
    fn claims_that_would_go_are_listed_with_volume_and_size() {
        let set = a_set("db").claiming("data");
        let end = |ordinal, claim| ClaimEnd {
            name: format!("data-db-{ordinal}"),
            fate: Fate::Delete,
            claim,
        };
        let claims = vec![end(2, Some(a_claim(&set, 2))), end(1, None)];
        insta::assert_snapshot!(told(&NotScaled::ClaimsGo { claims }), @r#"
        statefulset.apps/db has whenScaled: Delete, so the data of the pods that go would be deleted with their claims: pvc/data-db-2 (1Gi, pv-data-db-2), pvc/data-db-1
        keep them: kubectl patch statefulset.apps/db --type merge -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'
        to go on all the same: --accept-pvc-deletion
        "#);
    }

    #[test]
    fn a_quorum_that_can_never_be_is_not_waited_for() {
        let told = |quorum| told(&NotScaled::NoQuorum { quorum, available: 2, stay: 3 });
        assert!(told(4).contains("give --quorum 3 or less"), "{}", told(4));
        assert!(told(3).contains("kubectl sts rollout status db"), "{}", told(3));
    }

    #[test]
    fn an_autoscaler_is_named_with_what_made_it() {
        let refusal = NotScaled::Autoscaled {
            autoscaler: "keda-hpa-load".to_owned(),
            owner: Some("ScaledObject/load".to_owned()),
            least: 1,
            most: 9,
        };
        insta::assert_snapshot!(told(&refusal), @"
        horizontalpodautoscaler.autoscaling/keda-hpa-load (made by ScaledObject/load) keeps statefulset.apps/db between 1 and 9 replicas, and would change what is written here
        set its limits in ScaledObject/load
        to go on all the same: --ignore-autoscaler
        ");
    }

    #[test]
    fn zero_during_a_canary_says_what_would_be_lost() {
        let (current, update) = ("db-old".to_owned(), "db-new".to_owned());
        insta::assert_snapshot!(told(&NotScaled::Promotes { current, update }), @"
        with no pod left the controller forgets db-old: statefulset.apps/db would come back with all its pods on db-new
        finish the update: kubectl sts rollout stage db
        or keep a pod: kubectl sts scale db --replicas 1
        to go on all the same: --accept-promotion
        ");
    }
}
