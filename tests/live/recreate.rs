//! Sets that are deleted without their pods and created again.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::Component;
use crate::harness::ControlPlane;
use crate::harness::Fate;
use crate::harness::Namespace;
use crate::harness::Options;
use crate::harness::Output;
use crate::harness::Proxy;
use crate::harness::Rule;
use crate::harness::Sts;
use crate::rollouts::RECORD;
use crate::rollouts::ended;
use crate::rollouts::says;

const SOON: Duration = Duration::from_secs(30);

/// What is done to a manifest.
type Change = fn(&mut Value);

/// What a user would have in a file: the live set without what the server writes, and changed.
fn manifest(ns: &Namespace<'_>, set: &str, change: impl FnOnce(&mut Value)) -> String {
    let live = ns.read_set(set);
    let mut manifest = json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": { "name": set },
        "spec": live["spec"],
    });
    change(&mut manifest);
    manifest.to_string()
}

/// A claim template `extra`.
fn extra() -> Value {
    json!({
        "metadata": { "name": "extra" },
        "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } },
    })
}

fn adds_extra(set: &mut Value) {
    set["spec"]["volumeClaimTemplates"].as_array_mut().unwrap().push(extra());
}

fn other_service(set: &mut Value) {
    set["spec"]["serviceName"] = "other".into();
}

/// The command, with the manifest on its standard input, and a yes.
fn recreate(ns: &Namespace<'_>, set: &str, manifest: &str, flags: &[&str]) -> Sts {
    let words = [&["recreate", set, "-f", "-", "--yes"][..], flags].concat();
    ns.sts(&words).stdin(manifest)
}

fn resume(ns: &Namespace<'_>, set: &str, flags: &[&str]) -> Output {
    ns.sts(&[&["recreate", set, "--resume", "--yes"][..], flags].concat()).run()
}

fn copy(ns: &Namespace<'_>, set: &str) -> Option<Value> {
    ns.get("api/v1", &format!("configmaps/kubectl-sts-recreate-{set}"))
}

fn exists(ns: &Namespace<'_>, set: &str) -> bool {
    ns.get("apis/apps/v1", &format!("statefulsets/{set}")).is_some()
}

fn uid(ns: &Namespace<'_>, set: &str) -> String {
    ns.read_set(set)["metadata"]["uid"].as_str().unwrap().to_owned()
}

fn claims(ns: &Namespace<'_>) -> Vec<(String, Value)> {
    let list = ns.get("api/v1", "persistentvolumeclaims").unwrap();
    let mut claims: Vec<(String, Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| {
            let name = claim["metadata"]["name"].as_str().unwrap().to_owned();
            (name, claim["metadata"]["uid"].clone())
        })
        .collect();
    claims.sort_by(|a, b| a.0.cmp(&b.0));
    claims
}

/// The set is another one, its pods are those of before and belong to it, and nothing is left over.
#[track_caller]
fn adopted(ns: &Namespace<'_>, set: &str, old: &str, pods: &[String], output: &Output) {
    let now = uid(ns, set);
    assert_ne!(now, old, "{output}");
    assert_eq!(ns.pod_uids(set), pods, "no pod was restarted\n{output}");
    for pod in ns.pods(set).values() {
        assert_eq!(pod["metadata"]["ownerReferences"][0]["uid"], *now, "{output}");
    }
    assert_eq!(copy(ns, set), None, "{output}");
}

#[test]
fn no_pod_is_restarted_for_what_only_the_set_has_otherwise() {
    let ns = ControlPlane::shared().namespace("recreate");
    let changes: [(&str, Change); 4] = [
        ("fuse", other_service),
        ("service", other_service),
        ("policy", |set| set["spec"]["podManagementPolicy"] = "Parallel".into()),
        ("size", |set| {
            set["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] =
                "2Gi".into();
        }),
    ];
    for (set, _) in &changes {
        // The claims of one go with it, unless its pods and claims are left out of its deletion.
        let when_deleted = if *set == "fuse" { "Delete" } else { "Retain" };
        let retention = json!({ "whenDeleted": when_deleted });
        ns.set(set)
            .claims("1Gi")
            .with(|set| set["spec"]["persistentVolumeClaimRetentionPolicy"] = retention)
            .create();
    }
    for (set, change) in changes {
        ns.wait_ready(set);
        let (old, pods, before) = (uid(&ns, set), ns.pod_uids(set), claims(&ns));
        let revision = ns.read_set(set)["status"]["updateRevision"].clone();
        let file = manifest(&ns, set, change);

        let dry = ended(recreate(&ns, set, &file, &["--dry-run=server"]).run(), 0);
        says(&dry, &["recreated (server dry run)"]);
        let dry = ended(recreate(&ns, set, &file, &["--dry-run"]).run(), 0);
        says(&dry, &["recreated (dry run)"]);
        assert_eq!(uid(&ns, set), old, "a dry run deletes nothing\n{dry}");

        let output = ended(recreate(&ns, set, &file, &[]).run(), 0);

        says(&output, &["deleted; its pods run on", &format!("statefulset.apps/{set} recreated")]);
        adopted(&ns, set, &old, &pods, &output);
        assert_eq!(claims(&ns), before, "{output}");
        ns.wait_until(SOON, "the status is filled", |ns| {
            ns.read_set(set)["status"]["updateRevision"] == revision
        });
        let again = ended(recreate(&ns, set, &file, &[]).run(), 9);
        says(&again, &["nothing differs"]);
    }
    assert_eq!(ns.read_set("service")["spec"]["serviceName"], "other");
    assert_eq!(ns.read_set("policy")["spec"]["podManagementPolicy"], "Parallel");
}

#[test]
fn a_claim_template_more_needs_a_restart_of_every_pod() {
    let ns = ControlPlane::shared().namespace("recreate-claim");
    ns.set("db").claims("1Gi").create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let file = manifest(&ns, "db", adds_extra);

    let output = ended(recreate(&ns, "db", &file, &[]).run(), 9);
    says(&output, &["claim template extra", "--restart", "nothing was changed"]);
    assert_eq!(uid(&ns, "db"), old, "{output}");

    let output = ended(recreate(&ns, "db", &file, &["--restart", "--soak", "0s"]).run(), 0);

    says(&output, &["restarted one at a time, the lowest first", "statefulset.apps/db recreated"]);
    let now = ns.pod_uids("db");
    assert!(now.iter().all(|uid| !pods.contains(uid)), "{output}");
    let names: Vec<String> = claims(&ns).into_iter().map(|(name, _)| name).collect();
    let all = ["data-db-0", "data-db-1", "data-db-2", "extra-db-0", "extra-db-1", "extra-db-2"];
    assert_eq!(names, all, "{output}");
    assert_eq!(copy(&ns, "db"), None);
    // Nothing is stuck: a pod that dies comes back.
    ns.kubectl_ok(&["delete", "pod", "db-1", "--wait=false"]);
    ns.wait_until(SOON, "db-1 is another", |ns| ns.pod_uids("db").get(1) != now.get(1));
    ns.wait_ready("db");
}

/// Why the restart is needed: without it the controller replaces no pod that is missing.
#[test]
fn the_controller_stops_at_a_pod_without_the_new_volume() {
    let ns = ControlPlane::shared().namespace("recreate-wedge");
    ns.set("db").claims("1Gi").create_ready();
    let file = manifest(&ns, "db", adds_extra);
    ns.kubectl_ok(&["delete", "statefulset", "db", "--cascade=orphan"]);
    ns.kubectl_command(&["create", "-f", "-"]).stdin(&file).run().success();
    ns.wait_until(SOON, "the pods are adopted", |ns| {
        let uid = uid(ns, "db");
        ns.pods("db").values().all(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == *uid)
    });
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(ns.images("db").join(" "), "0:v1 1:? 2:v1");
}

#[test]
fn a_claim_template_fewer_stops_nothing() {
    let ns = ControlPlane::shared().namespace("recreate-fewer");
    ns.set("db").claims("1Gi").with(adds_extra).create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let file = manifest(&ns, "db", |set| {
        set["spec"]["volumeClaimTemplates"].as_array_mut().unwrap().pop();
    });
    let output = ended(recreate(&ns, "db", &file, &[]).run(), 0);
    says(&output, &["claim template extra: removed", "stay with their data"]);
    adopted(&ns, "db", &old, &pods, &output);
    ns.kubectl_ok(&["delete", "pod", "db-1", "--wait=false"]);
    ns.wait_until(SOON, "db-1 is another", |ns| ns.pod_uids("db").get(1) != pods.get(1));
    ns.wait_ready("db");

    let mounted = manifest(&ns, "db", |set| set["spec"]["volumeClaimTemplates"] = json!([]));
    let output = ended(recreate(&ns, "db", &mounted, &[]).run(), 9);
    says(&output, &["would not take the new set: StatefulSet.apps \"db\" is invalid", "\"data\""]);
    let output = ended(recreate(&ns, "db", &mounted, &["--dry-run=client"]).run(), 9);
    says(&output, &["containers mount data"]);
}

#[test]
fn what_pods_would_not_live_through_is_refused() {
    let ns = ControlPlane::shared().namespace("recreate-refused");
    ns.set("db").claims("1Gi").create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let cases: [(Change, &[&str], i32); 6] = [
        (
            |set| {
                set["spec"]["selector"]["matchLabels"]["tier"] = "x".into();
                set["spec"]["template"]["metadata"]["labels"]["tier"] = "x".into();
            },
            &["app=db,tier=x does not match db-0, db-1 and db-2", "another pod template"],
            9,
        ),
        (
            |set| {
                other_service(set);
                set["spec"]["template"]["spec"]["containers"][0]["image"] = "app:v2".into();
            },
            &["another pod template", "--keep-template", "rollout stage db -f FILE"],
            9,
        ),
        (
            |set| {
                other_service(set);
                set["spec"]["replicas"] = 5.into();
            },
            &["has 3 replicas from ordinal 0, the file has 5 replicas from ordinal 0"],
            9,
        ),
        (|set| set["spec"]["minReadySeconds"] = 5.into(), &["nothing differs"], 9),
        (
            |set| {
                other_service(set);
                set["spec"]["template"]["spec"]["containers"] = json!([]);
            },
            &["would not take the new set", "spec.template.spec.containers"],
            9,
        ),
        (|set| set["metadata"]["name"] = "web".into(), &["-: it holds ", "/web, not "], 2),
    ];
    for (change, texts, code) in cases {
        let file = manifest(&ns, "db", change);
        let output = ended(recreate(&ns, "db", &file, &[]).run(), code);
        says(&output, texts);
        assert_eq!((uid(&ns, "db"), ns.pod_uids("db")), (old.clone(), pods.clone()), "{output}");
        assert_eq!(copy(&ns, "db"), None, "{output}");
    }
    // The template is kept, and is rolled out afterwards.
    let file = manifest(&ns, "db", |set| {
        other_service(set);
        set["spec"]["template"]["spec"]["containers"][0]["image"] = "app:v2".into();
    });
    let output = ended(recreate(&ns, "db", &file, &["--keep-template"]).run(), 0);
    adopted(&ns, "db", &old, &pods, &output);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
    let output = ended(ns.sts(&["recreate", "db", "-f", "-"]).stdin(&file).run(), 9);
    says(&output, &["nothing differs"]);
}

#[test]
fn what_belongs_to_others_or_is_in_motion_is_refused() {
    let ns = ControlPlane::shared().namespace("recreate-owned");
    ns.set("db").create_ready();
    let old = uid(&ns, "db");
    let refused = |texts: &[&str], code| {
        let file = manifest(&ns, "db", other_service);
        let output = ended(recreate(&ns, "db", &file, &["--timeout", "20s"]).run(), code);
        says(&output, texts);
        says(&output, &["nothing was changed"]);
        assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (old.clone(), None), "{output}");
    };
    let annotate = |annotations: &Value| {
        ns.patch_set("db", &json!({ "metadata": { "annotations": annotations } }));
    };
    annotate(&json!({ "argocd.argoproj.io/tracking-id": "x" }));
    refused(&["managed by Argo CD", "--i-own-this"], 7);
    annotate(
        &json!({ "argocd.argoproj.io/tracking-id": null, "meta.helm.sh/release-name": "shop" }),
    );
    refused(&["managed by Helm", "its release shop"], 7);
    annotate(&json!({ "meta.helm.sh/release-name": null }));

    let owner = ns.post(
        &format!("/api/v1/namespaces/{}/configmaps", ns.name()),
        &json!({ "metadata": { "name": "owner" } }),
    );
    let owners = json!([{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "controller": true,
        "uid": owner["metadata"]["uid"],
    }]);
    ns.patch_set("db", &json!({ "metadata": { "ownerReferences": owners } }));
    refused(&["belongs to ConfigMap/owner"], 7);
    ns.patch_set("db", &json!({ "metadata": { "ownerReferences": null } }));

    ended(ns.sts(&["rollout", "hold", "db", "--yes"]).run(), 0);
    refused(&["a staged rollout of statefulset.apps/db is held"], 9);
    ended(ns.sts(&["rollout", "release", "db", "--yes"]).run(), 0);
    annotate(&json!({ RECORD: "{" }));
    refused(&["cannot be read"], 9);
    annotate(&json!({ RECORD: null }));

    ns.patch_set("db", &json!({ "metadata": { "finalizers": ["example.com/guard"] } }));
    refused(&["finalizers", "example.com/guard"], 9);
    ns.patch_set("db", &json!({ "metadata": { "finalizers": null } }));

    ns.patch_set(
        "db",
        &json!({ "spec": { "updateStrategy": { "type": "OnDelete", "rollingUpdate": null } } }),
    );
    ns.set_image("db", "app:v2");
    ns.wait_ready("db");
    refused(&["db-0, db-1 and db-2 are not on the expected revision"], 7);
}

#[test]
fn a_denied_creation_is_found_before_anything_is_deleted() {
    let ns = ControlPlane::shared().namespace("recreate-denied");
    ns.set("db").create_ready();
    let old = uid(&ns, "db");
    let file = manifest(&ns, "db", other_service);
    let _policy = ns.deny(&Rule {
        group: "apps",
        resource: "statefulsets",
        operation: "CREATE",
        expression: "object.spec.serviceName != 'other'",
        message: "this service name is reserved",
    });
    ns.wait_until(SOON, "the policy is in force", |ns| {
        let output = recreate(ns, "db", &file, &["--dry-run=server"]).run();
        output.code == 9 && output.stderr.contains("this service name is reserved")
    });
    let output = ended(recreate(&ns, "db", &file, &[]).run(), 9);
    says(&output, &["would not take the new set", "this service name is reserved"]);
    assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (old, None), "{output}");
}

/// The fourth write of a run without restarts is the removal of the copy.
fn writes(ns: &Namespace<'_>, set: &str) -> [String; 4] {
    let sets = format!("/apis/apps/v1/namespaces/{}/statefulsets", ns.name());
    let maps = format!("/api/v1/namespaces/{}/configmaps", ns.name());
    [
        format!("POST {maps}"),
        format!("DELETE {sets}/{set}"),
        format!("POST {sets}"),
        format!("DELETE {maps}/kubectl-sts-recreate-{set}"),
    ]
}

#[test]
fn the_old_set_comes_back_where_the_new_one_is_not_taken() {
    let ns = ControlPlane::shared().namespace("recreate-back");
    ns.set("db").claims("1Gi").create_ready();
    let proxy = Proxy::start(ns.control_plane());
    let (old, pods, before) = (uid(&ns, "db"), ns.pod_uids("db"), claims(&ns));
    let file = manifest(&ns, "db", other_service);
    let through = || ns.sts_through(&proxy, &["recreate", "db", "-f", "-", "--yes"]).stdin(&file);

    let output = ended(proxy.run(through(), &[(3, Fate::Refused(403))]), 4);

    says(&output, &["creating the old one again", "was created again as it was"]);
    adopted(&ns, "db", &old, &pods, &output);
    assert_eq!(ns.read_set("db")["spec"]["serviceName"], "db", "{output}");
    assert_eq!(claims(&ns), before, "{output}");

    // A deletion that is refused has touched nothing.
    let now = uid(&ns, "db");
    let output = ended(proxy.run(through(), &[(2, Fate::Refused(403))]), 1);
    says(&output, &["the set was not deleted"]);
    assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (now.clone(), None), "{output}");
    let output = ended(proxy.run(through(), &[(1, Fate::Refused(403))]), 1);
    says(&output, &["the set was not touched"]);
    assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (now.clone(), None), "{output}");

    let output = ended(proxy.run(through(), &[]), 0);
    assert_eq!(proxy.writes(), writes(&ns, "db"), "{output}");
    adopted(&ns, "db", &now, &pods, &output);
}

#[test]
fn an_answer_that_is_lost_is_looked_up_and_nothing_is_done_twice() {
    let ns = ControlPlane::shared().namespace("recreate-lost");
    let proxy = Proxy::start(ns.control_plane());
    for write in 2..=3 {
        let set = format!("db{write}");
        ns.set(&set).create_ready();
        let (old, pods) = (uid(&ns, &set), ns.pod_uids(&set));
        let file = manifest(&ns, &set, other_service);
        let run = ns.sts_through(&proxy, &["recreate", &set, "-f", "-", "--yes"]).stdin(&file);
        let output = ended(proxy.run(run, &[(write, Fate::Lost)]), 0);
        adopted(&ns, &set, &old, &pods, &output);
        assert_eq!(proxy.writes(), writes(&ns, &set), "{output}");
    }
}

#[test]
fn any_process_finishes_what_another_was_killed_in() {
    let ns = ControlPlane::shared().namespace("recreate-killed");
    let proxy = Proxy::start(ns.control_plane());
    for write in 1..=4 {
        for fate in [Fate::KilledBefore, Fate::KilledAfter] {
            let set = format!("db{write}{}", if fate == Fate::KilledBefore { "b" } else { "a" });
            ns.set(&set).replicas(2).claims("1Gi").create_ready();
            let (old, pods) = (uid(&ns, &set), ns.pod_uids(&set));
            let file = manifest(&ns, &set, other_service);
            let words = ["recreate", &set, "-f", "-", "--yes"];
            let run = ns.sts_through(&proxy, &words).stdin(&file);

            let killed = ended(proxy.run(run, &[(write, fate)]), 137);

            assert_eq!(ns.pod_uids(&set), pods, "{killed}");
            let begun = (write, fate) != (1, Fate::KilledBefore);
            let ended_there = (write, fate) == (4, Fate::KilledAfter);
            assert_eq!(copy(&ns, &set).is_some(), begun && !ended_there, "{killed}");
            if begun && !ended_there {
                if exists(&ns, &set) {
                    let output = ended(recreate(&ns, &set, &file, &[]).run(), 9);
                    says(&output, &["is not finished", "recreate", "--resume"]);
                }
                let output = ended(resume(&ns, &set, &[]), 0);
                says(&output, &["recreated"]);
            } else if !begun {
                assert_eq!(uid(&ns, &set), old, "{killed}");
                let output = ended(resume(&ns, &set, &[]), 9);
                says(&output, &["no recreation of", "is unfinished"]);
                ended(recreate(&ns, &set, &file, &[]).run(), 0);
            }
            adopted(&ns, &set, &old, &pods, &killed);
            assert_eq!(ns.read_set(&set)["spec"]["serviceName"], "other", "{killed}");
        }
    }
}

#[test]
fn restarts_that_were_cut_off_go_on_where_they_were() {
    let ns = ControlPlane::shared().namespace("recreate-cut");
    let proxy = Proxy::start(ns.control_plane());
    let home = TempDir::new().unwrap();
    // Copy, deletion, creation, and an eviction for each of two pods.
    for write in 4..=6 {
        for fate in [Fate::KilledBefore, Fate::KilledAfter] {
            let set = format!("db{write}{}", if fate == Fate::KilledBefore { "b" } else { "a" });
            ns.set(&set).replicas(2).claims("1Gi").create_ready();
            let (old, pods) = (uid(&ns, &set), ns.pod_uids(&set));
            let file = manifest(&ns, &set, adds_extra);
            let words = ["recreate", &set, "-f", "-", "--yes", "--restart", "--soak", "0s"];
            let run = ns.sts_through(&proxy, &words).stdin(&file);
            let run = run.env("XDG_STATE_HOME", &home.path().to_string_lossy());

            let killed = ended(proxy.run(run, &[(write, fate)]), 137);

            if (write, fate) == (6, Fate::KilledAfter) {
                assert_eq!(copy(&ns, &set), None, "{killed}");
            } else {
                let output = ended(resume(&ns, &set, &["--soak", "0s"]), 0);
                says(&output, &["recreated"]);
            }
            assert_ne!(uid(&ns, &set), old, "{killed}");
            assert_eq!(copy(&ns, &set), None, "{killed}");
            let now = ns.pod_uids(&set);
            assert!(now.len() == 2 && now.iter().all(|uid| !pods.contains(uid)), "{killed}");
            for pod in ns.pods(&set).values() {
                let volumes = pod["spec"]["volumes"].as_array().unwrap();
                assert!(volumes.iter().any(|volume| volume["name"] == "extra"), "{killed}");
            }
        }
    }
}

/// Why a changed template is refused: a hold on a set that was just created holds nothing.
#[test]
fn a_new_set_brings_no_pod_back_on_an_earlier_template() {
    let ns = ControlPlane::shared().namespace("recreate-hold");
    ns.set("db").create_ready();
    let file = manifest(&ns, "db", |set| {
        set["spec"]["template"]["spec"]["containers"][0]["image"] = "app:v2".into();
        set["spec"]["updateStrategy"] = json!({ "rollingUpdate": { "partition": 32767 } });
    });
    ns.kubectl_ok(&["delete", "statefulset", "db", "--cascade=orphan"]);
    ns.kubectl_command(&["create", "-f", "-"]).stdin(&file).run().success();
    ns.wait_ready("db");
    ns.kubectl_ok(&["delete", "pod", "db-1"]);
    ns.wait_images("db", "0:v1 1:v2 2:v1");
}

#[test]
fn a_set_that_somebody_else_created_in_between_is_left_alone() {
    let ns = ControlPlane::shared().namespace("recreate-foreign");
    let proxy = Proxy::start(ns.control_plane());
    ns.set("db").create_ready();
    let file = manifest(&ns, "db", other_service);
    let theirs = manifest(&ns, "db", |set| set["spec"]["serviceName"] = "theirs".into());
    let run = ns.sts_through(&proxy, &["recreate", "db", "-f", "-", "--yes"]).stdin(&file);
    ended(proxy.run(run, &[(3, Fate::KilledBefore)]), 137);
    ns.kubectl_command(&["create", "-f", "-"]).stdin(&theirs).run().success();
    let there = uid(&ns, "db");

    let output = ended(resume(&ns, "db", &[]), 7);

    says(&output, &["neither the old nor the new one", "delete configmap kubectl-sts-recreate-db"]);
    assert_eq!(uid(&ns, "db"), there, "{output}");
    ns.kubectl_ok(&["delete", "configmap", "kubectl-sts-recreate-db"]);
    ended(recreate(&ns, "db", &file, &[]).run(), 0);
}

#[test]
fn a_copy_that_somebody_changed_is_not_created() {
    let ns = ControlPlane::shared().namespace("recreate-planted");
    let proxy = Proxy::start(ns.control_plane());
    ns.set("db").create_ready();
    let file = manifest(&ns, "db", other_service);
    let run = ns.sts_through(&proxy, &["recreate", "db", "-f", "-", "--yes"]).stdin(&file);
    ended(proxy.run(run, &[(3, Fate::KilledBefore)]), 137);
    let kept = copy(&ns, "db").unwrap();
    let with = |new: &str| {
        let map = json!({ "data": { "new.json": new } });
        let patch = ["patch", "configmap", "kubectl-sts-recreate-db", "--type=merge", "-p"];
        ns.kubectl_ok(&[&patch[..], &[&map.to_string()]].concat());
    };
    let new = kept["data"]["new.json"].as_str().unwrap();

    with(&new.replace("app:v1", "app:planted"));
    let output = ended(resume(&ns, "db", &[]), 9);
    says(&output, &["cannot be trusted", "another template", "nothing was changed"]);
    with("{");
    let output = ended(resume(&ns, "db", &[]), 9);
    says(&output, &["configmap/kubectl-sts-recreate-db cannot be read"]);
    assert!(!exists(&ns, "db"));
    with(new);
    ended(resume(&ns, "db", &[]), 0);
    assert_eq!(ns.images("db").join(" "), "0:v1 1:v1 2:v1");
}

#[test]
fn a_set_without_pods_needs_no_restart() {
    let ns = ControlPlane::shared().namespace("recreate-empty");
    ns.set("db").replicas(0).claims("1Gi").create();
    ns.wait_ready("db");
    let old = uid(&ns, "db");
    let file = manifest(&ns, "db", adds_extra);
    let output = ended(recreate(&ns, "db", &file, &["--restart"]).run(), 0);
    says(&output, &["there is no pod"]);
    adopted(&ns, "db", &old, &[], &output);
    ns.kubectl_ok(&["scale", "statefulset", "db", "--replicas=1"]);
    ns.wait_ready("db");
    let names: Vec<String> = claims(&ns).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["data-db-0", "extra-db-0"]);
}

#[test]
fn going_back_can_be_cut_off_as_well() {
    let ns = ControlPlane::shared().namespace("recreate-back-cut");
    let proxy = Proxy::start(ns.control_plane());
    for fate in [Fate::KilledBefore, Fate::KilledAfter] {
        let set = if fate == Fate::KilledBefore { "before" } else { "after" };
        ns.set(set).create_ready();
        let (old, pods) = (uid(&ns, set), ns.pod_uids(set));
        let file = manifest(&ns, set, other_service);
        let run = ns.sts_through(&proxy, &["recreate", set, "-f", "-", "--yes"]).stdin(&file);
        ended(proxy.run(run, &[(3, Fate::Refused(422)), (4, fate)]), 137);
        // Where nothing is there, the new set is tried again, and the server takes it now.
        let (code, service) = if fate == Fate::KilledBefore { (0, "other") } else { (4, set) };
        let output = ended(resume(&ns, set, &[]), code);
        adopted(&ns, set, &old, &pods, &output);
        assert_eq!(ns.read_set(set)["spec"]["serviceName"], service, "{output}");
    }
}

#[test]
fn a_server_that_takes_neither_set_leaves_both_copies() {
    let ns = ControlPlane::shared().namespace("recreate-neither");
    let proxy = Proxy::start(ns.control_plane());
    ns.set("db").create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let file = manifest(&ns, "db", other_service);
    let run = ns.sts_through(&proxy, &["recreate", "db", "-f", "-", "--yes"]).stdin(&file);

    let output = ended(proxy.run(run, &[(3, Fate::Refused(403)), (4, Fate::Refused(403))]), 8);

    says(&output, &["is gone", "recreate db --resume", "kubectl get configmap"]);
    assert_eq!((exists(&ns, "db"), ns.pod_uids("db")), (false, pods.clone()), "{output}");
    let output = ended(resume(&ns, "db", &[]), 0);
    adopted(&ns, "db", &old, &pods, &output);
}

#[test]
fn restarts_that_no_budget_has_room_for_are_found_before_anything_is_deleted() {
    let ns = ControlPlane::shared().namespace("recreate-budget");
    ns.set("db").claims("1Gi").create_ready();
    let old = uid(&ns, "db");
    ns.kubectl_ok(&["create", "pdb", "db", "--selector=app=db", "--max-unavailable=0"]);
    ns.wait_until(SOON, "the budget is seen", |ns| {
        ns.json(&["get", "pdb", "db"])["status"]["observedGeneration"] == 1
    });
    let file = manifest(&ns, "db", adds_extra);
    let output = ended(recreate(&ns, "db", &file, &["--restart"]).run(), 9);
    says(&output, &["cannot be evicted", "nothing was changed"]);
    assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (old, None), "{output}");
}

#[test]
fn a_deletion_that_is_not_carried_out_is_finished_by_the_next_run() {
    let control_plane = ControlPlane::start(&Options::default());
    let ns = control_plane.namespace("recreate-slow");
    ns.set("db").create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let file = manifest(&ns, "db", other_service);
    control_plane.stop(Component::ControllerManager);

    let output = ended(recreate(&ns, "db", &file, &["--timeout", "2s"]).run(), 5);
    says(&output, &["told to go and still there", "recreate db --resume"]);
    let output = ended(ns.sts(&["recreate", "db", "--resume", "--dry-run"]).run(), 0);
    says(&output, &["the old set is on its way out"]);

    // The time without a set is not one to be stopped in; who insists is obeyed.
    let run = ns.sts(&["recreate", "db", "--resume", "--yes"]).spawn();
    run.wait_for_line("server", SOON);
    std::thread::sleep(Duration::from_secs(1));
    run.signal("INT");
    run.wait_for_line("once more", SOON);
    run.signal("INT");
    let output = ended(run.wait(), 130);
    says(&output, &["recreate db --resume"]);

    control_plane.cont(Component::ControllerManager);
    let output = ended(resume(&ns, "db", &["--timeout", "60s"]), 0);
    adopted(&ns, "db", &old, &pods, &output);
}

/// The role of the documentation, without one right, bound to a user of its own.
fn user_without(ns: &Namespace<'_>, right: Option<(&str, &str)>) -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rbac.md")).unwrap();
    let role = page.split("```yaml\n").find(|block| block.contains("name: kubectl-sts-recreate"));
    let role = role.and_then(|block| block.split("```").next()).unwrap();
    let create = ["create", "-f", "-", "--dry-run=client", "-o", "json"];
    let mut role = ns.kubectl_command(&create).stdin(role).run().success().json();
    let user = match right {
        Some((verb, resource)) => format!("no-{verb}-{}", resource.replace('/', "-")),
        None => "whole".to_owned(),
    };
    role["metadata"]["name"] = user.clone().into();
    for rule in role["rules"].as_array_mut().unwrap() {
        if let Some((verb, resource)) = right
            && rule["resources"] == json!([resource])
        {
            rule["verbs"].as_array_mut().unwrap().retain(|given| given != verb);
        }
    }
    // A rule without verbs is no rule.
    role["rules"].as_array_mut().unwrap().retain(|rule| rule["verbs"] != json!([]));
    ns.kubectl_command(&["create", "-f", "-"]).stdin(&role.to_string()).run().success();
    ns.kubectl_ok(&["create", "rolebinding", &user, "--role", &user, "--user", &user]);
    ns.wait_until(SOON, "the role works", |ns| {
        ns.kubectl(&["auth", "can-i", "get", "statefulsets", "--as", &user]).code == 0
    });
    user
}

#[test]
fn whoever_lacks_a_right_deletes_nothing() {
    let ns = ControlPlane::shared().namespace("recreate-rights");
    ns.set("db").claims("1Gi").create_ready();
    let (old, pods) = (uid(&ns, "db"), ns.pod_uids("db"));
    let file = manifest(&ns, "db", adds_extra);
    let rights = [
        ("create", "statefulsets"),
        ("delete", "statefulsets"),
        ("list", "pods"),
        ("list", "persistentvolumeclaims"),
        ("get", "configmaps"),
        ("create", "configmaps"),
        ("create", "pods/eviction"),
    ];
    for right in rights {
        let user = user_without(&ns, Some(right));
        let flags = ["--restart", "--soak", "0s", "--as", &user];
        let output = recreate(&ns, "db", &file, &flags).run();
        assert!([1, 9].contains(&output.code), "{right:?}: {output}");
        says(&output, &["cannot", right.1.split('/').next().unwrap()]);
        assert_eq!((uid(&ns, "db"), copy(&ns, "db")), (old.clone(), None), "{right:?}: {output}");
    }
    assert_eq!(ns.pod_uids("db"), pods);
    let user = user_without(&ns, None);
    let flags = ["--restart", "--soak", "0s", "--as", &user];
    let output = ended(recreate(&ns, "db", &file, &flags).run(), 0);
    assert_eq!(copy(&ns, "db"), None, "{output}");
}
