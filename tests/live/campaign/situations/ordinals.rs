//! Claims in the range of a set and out of it.

use serde_json::json;

use crate::campaign::plot::CONTROLLER;
use crate::campaign::plot::Plot;
use crate::campaign::plot::SetPlan;
use crate::campaign::plot::claim_spec;
use crate::campaign::truth::Left;
use crate::campaign::truth::Lift;
use crate::campaign::truth::Since;
use crate::campaign::truth::Sure;
use crate::campaign::truth::Truth;

fn left(_: u32) -> Truth {
    Truth::Left(Left::scaled_down())
}

pub(super) fn scaled_down(plot: &mut Plot) {
    let replicas = plot.few();
    let set = plot.a_set(0, replicas);
    let upto = replicas + 1 + plot.random.below(6);
    plot.outgrown(&set, upto, left);
}

pub(super) fn scaled_down_freshly(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    let upto = 2 + plot.random.below(3);
    plot.outgrown(&set, upto, |_| Truth::Left(Left::scaled_down().since(Since::Now)));
}

pub(super) fn said_in_use(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    plot.live(&set);
    let truth = Truth::Left(Left::scaled_down().sure(Sure::Medium).since(Since::Now));
    let name = plot.as_controller(&set, 1, truth);
    if let Some(planned) = plot.claims.get_mut(&name) {
        planned.stale = true;
    }
}

pub(super) fn other_labels(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    plot.live(&set);
    for ordinal in 1..=plot.few() {
        let truth = Truth::Left(Left::scaled_down().sure(Sure::Low));
        let name = plot.as_controller(&set, ordinal, truth);
        plot.alter(&name, |claim| claim["metadata"]["labels"] = json!({ "app": "another" }));
    }
}

pub(super) fn two_templates(plot: &mut Plot) {
    let set = plot.a_set(0, 2);
    let second = SetPlan { template: format!("{}-x", set.template), ..set.clone() };
    let mut manifest = set.manifest();
    let one = manifest["spec"]["volumeClaimTemplates"][0].clone();
    let two = json!({ "metadata": { "name": second.template }, "spec": claim_spec() });
    manifest["spec"]["volumeClaimTemplates"] = json!([one, two]);
    plot.live_with(&set, manifest);
    for ordinal in second.range() {
        plot.by_cluster(&second, ordinal, Truth::Wanted("in the range of its set"));
    }
    for ordinal in 2..2 + plot.few() {
        for set in [&set, &second] {
            plot.as_controller(set, ordinal, left(ordinal));
        }
    }
}

/// `whenDeleted: Delete` puts the set among the owners of its claims.
pub(super) fn goes_with_the_set(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    let before = SetPlan { replicas: 3, ..set.clone() };
    let mut manifest = before.manifest();
    manifest["spec"]["persistentVolumeClaimRetentionPolicy"] =
        json!({ "whenDeleted": "Delete", "whenScaled": "Retain" });
    plot.live_with(&set, manifest);
    for ordinal in 1..3 {
        plot.by_cluster(&set, ordinal, left(ordinal));
    }
    plot.send(2, "PATCH", &set.path(), json!({ "spec": { "replicas": 1 } }));
}

pub(super) fn set_deleted(plot: &mut Plot) {
    let set = plot.a_set(0, 0);
    for ordinal in 0..=plot.few() {
        plot.as_controller(&set, ordinal, Truth::Left(Left::set_deleted()));
    }
}

pub(super) fn set_deleted_live(plot: &mut Plot) {
    let replicas = plot.few();
    let set = plot.a_set(0, replicas);
    for ordinal in set.range() {
        plot.by_cluster(&set, ordinal, Truth::Left(Left::set_deleted()));
    }
    plot.create(1, "apis/apps/v1", "statefulsets", set.manifest());
    plot.send(2, "DELETE", &set.path(), json!({ "propagationPolicy": "Background" }));
}

pub(super) fn template_removed(plot: &mut Plot) {
    let set = plot.a_set(0, 2);
    let former = SetPlan { template: format!("old-{}", set.template), ..set.clone() };
    let removed = || Truth::Left(Left::scaled_down().class("template-removed").sure(Sure::Medium));
    if plot.random.percent(30) {
        for ordinal in former.range() {
            plot.by_cluster(&former, ordinal, removed());
            plot.without_seat(&former.claim(ordinal));
        }
        plot.create(1, "apis/apps/v1", "statefulsets", former.manifest());
        plot.send(2, "DELETE", &set.path(), json!({ "propagationPolicy": "Background" }));
        for ordinal in set.range() {
            plot.by_cluster(&set, ordinal, Truth::Wanted("in the range of its set"));
        }
        plot.create(3, "apis/apps/v1", "statefulsets", set.manifest());
        plot.sets.push(set);
    } else {
        plot.live(&set);
        for ordinal in 0..plot.few() {
            let name = plot.as_controller(&former, ordinal, removed());
            plot.without_seat(&name);
        }
    }
}

pub(super) fn start_moved(plot: &mut Plot) {
    let (start, replicas) = (1 + plot.random.below(4), plot.few());
    let set = plot.a_set(start, replicas);
    let upto = set.range().end + 1 + plot.random.below(3);
    plot.outgrown(&set, upto, left);
    for ordinal in 0..start {
        let truth = Left::scaled_down().class("below-start").but(Lift::BelowStart);
        plot.as_controller(&set, ordinal, Truth::Left(truth));
    }
}

/// Names that begin like each other's.
pub(super) fn neighbours(plot: &mut Plot) {
    let first = SetPlan { template: "data".to_owned(), ..plot.a_set(0, 2) };
    for name in [format!("{}-1", first.name), format!("{}-a", first.name)] {
        let set = SetPlan { name, replicas: 3, ..first.clone() };
        plot.outgrown(&set, 4, left);
    }
    // Of the first set, and of no other: `data-db-2`, beside `data-db-1-2`.
    plot.outgrown(&first, 4, left);
}

/// kubernetes/kubernetes#41153.
pub(super) fn ambiguous(plot: &mut Plot) {
    let (a, b, c) = (plot.word(), plot.word(), plot.word());
    let one = SetPlan {
        name: format!("{b}-{c}"),
        template: a.clone(),
        start: 0,
        replicas: 1 + plot.random.below(3),
        most: None,
    };
    let two = SetPlan {
        name: c,
        template: format!("{a}-{b}"),
        start: 0,
        replicas: 1 + plot.random.below(3),
        most: None,
    };
    let most = one.replicas.max(two.replicas);
    for set in [&one, &two] {
        plot.create(1, "apis/apps/v1", "statefulsets", set.manifest());
    }
    for ordinal in 0..most {
        plot.by_cluster(&one, ordinal, Truth::Wanted("in the range of one of two sets"));
    }
    for ordinal in most..most + 2 {
        plot.as_controller(&one, ordinal, Truth::Human("it could be of two sets"));
    }
}

/// Names that no set gives.
pub(super) fn odd(plot: &mut Plot) {
    let set = plot.a_set(0, 1);
    plot.live(&set);
    let stem = format!("{}-{}", set.template, set.name);
    let strange = Truth::Human("no set gives such a name");
    for name in [
        format!("{stem}-01"),
        format!("{stem}-99999999999"),
        format!("{stem}--1"),
        format!("{}-7", plot.word()),
        stem,
    ] {
        let manager = plot.random.one(&[CONTROLLER, "kubectl-create"]);
        plot.claim(&name, manager, strange.clone());
    }
}

/// Never used, and so without a volume.
pub(super) fn unbound(plot: &mut Plot) {
    let gone = plot.random.percent(50);
    let set = plot.a_set(0, 1);
    if !gone {
        plot.live(&set);
    }
    for ordinal in 1..=plot.few() {
        let truth = Left::scaled_down().class("unbound").sure(Sure::Medium).since(Since::Now);
        let name = plot.as_controller(&set, ordinal, Truth::Left(truth));
        plot.alter(&name, |claim| claim["spec"]["storageClassName"] = json!("later"));
        if let Some(planned) = plot.claims.get_mut(&name) {
            planned.bound = false;
        }
    }
}

/// Admission refuses the pods, after the controller made their claims.
pub(super) fn no_pod(plot: &mut Plot) {
    let replicas = plot.few();
    let set = plot.a_set(0, replicas);
    let mut manifest = set.manifest();
    manifest["spec"]["template"]["spec"]["serviceAccountName"] = json!("absent");
    plot.unsettled.insert(set.name.clone());
    for ordinal in set.range() {
        let truth = Truth::Wanted("in the range of a set whose pods are refused");
        plot.as_controller(&set, ordinal, truth);
    }
    plot.create(1, "apis/apps/v1", "statefulsets", manifest);
    plot.as_controller(&set, replicas, Truth::Human("its set has not the pods it wants"));
}

pub(super) fn unscheduled(plot: &mut Plot) {
    let set = plot.a_set(0, 2);
    let mut manifest = set.manifest();
    manifest["spec"]["template"]["spec"]["nodeSelector"] = json!({ "nobody": "here" });
    plot.live_with(&set, manifest);
    plot.as_controller(&set, 2, left(2));
}

/// A set that was told to go and is kept by a finalizer.
pub(super) fn set_going(plot: &mut Plot) {
    let set = plot.a_set(0, 2);
    let mut manifest = set.manifest();
    manifest["metadata"]["finalizers"] = json!(["example.com/hold"]);
    plot.unsettled.insert(set.name.clone());
    for ordinal in set.range() {
        plot.as_controller(&set, ordinal, Truth::Wanted("in the range of a set that is going"));
    }
    plot.create(1, "apis/apps/v1", "statefulsets", manifest);
    plot.as_controller(&set, 2, Truth::Human("its set is going"));
    plot.send(2, "DELETE", &set.path(), json!({ "propagationPolicy": "Background" }));
}

/// A set was deleted without its pods: the first half of a re-creation.
pub(super) fn recreated(plot: &mut Plot) {
    let set = plot.a_set(0, 2);
    for ordinal in set.range() {
        plot.by_cluster(&set, ordinal, Truth::Wanted("a pod without a set uses it"));
    }
    plot.create(1, "apis/apps/v1", "statefulsets", set.manifest());
    for ordinal in 2..2 + plot.few() {
        plot.as_controller(&set, ordinal, Truth::Human("its set may be on its way back"));
    }
    plot.send(2, "DELETE", &set.path(), json!({ "propagationPolicy": "Orphan" }));
}
