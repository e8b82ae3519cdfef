//! Many sets in one pass: one list each of sets, pods and claims, all at the same time.
//!
//! Pods and claims are folded into rows while they arrive, so that memory holds the rows and not
//! the objects. Nothing is asked for by namespace or by set.

use jiff::Timestamp;
use kube::Client;

use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::fold;
use crate::cluster::read::collect;
use crate::cluster::read::known;
use crate::convert;
use crate::model::claim_index::ClaimIndex;
use crate::model::claim_index::ClaimRow;
use crate::model::fleet::Fleet;
use crate::model::roster::Member;
use crate::model::roster::Roster;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::wire::pod::Pod;

/// Which sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// One namespace, or all.
    pub namespace: Option<&'a str>,
    /// A label selector.
    pub labels: Option<&'a str>,
}

/// Reads them.
pub(super) async fn read(
    client: &Client,
    scope: Scope<'_>,
    lists: Lists,
) -> Result<Fleet, kube::Error> {
    // Pods and claims need not have the labels of their sets.
    let all = Query { namespace: scope.namespace, labels: None, fields: None, lists };
    let chosen = Query { labels: scope.labels, ..all };
    let (mut sets, pods, claims) = tokio::try_join!(
        collect(client, chosen, convert::set::set),
        roster(client, all),
        claim_index(client, all),
    )?;
    sort(&mut sets);
    #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
    let taken_at = Timestamp::now();
    Ok(Fleet { sets, pods, claims, taken_at })
}

/// By namespace and name.
pub(super) fn sort(sets: &mut [Set]) {
    sets.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
}

/// The pods of all sets there.
async fn roster(client: &Client, query: Query<'_>) -> Result<Roster, kube::Error> {
    let add = |roster: &mut Roster, wire: Pod| {
        if convert::pod::is_of_a_set(&wire)
            && let Some(member) = Member::of(convert::pod::pod(&wire)?)
        {
            roster.add(member);
        }
        Ok(())
    };
    fold(client, query, Roster::default, add).await
}

/// The claims there, unless this user may not see them.
pub(super) async fn claim_index(
    client: &Client,
    query: Query<'_>,
) -> Result<Known<ClaimIndex>, kube::Error> {
    let add = |index: &mut ClaimIndex, wire| {
        let claim = convert::claim::claim(wire)?;
        index.add(&claim.namespace, &claim.name, ClaimRow::of(&claim));
        Ok(())
    };
    known(fold(client, query, ClaimIndex::default, add).await)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::*;
    use crate::cluster::testing::json as answer;
    use crate::cluster::testing::server;
    use crate::model::claim::ClaimPhase;
    use crate::wire::list::testing::json as list;

    fn a_set(namespace: &str, name: &str, uid: &str) -> Value {
        json!({
            "metadata": {"name": name, "namespace": namespace, "uid": uid, "resourceVersion": "7"},
            "spec": {"selector": {"matchLabels": {"app": name}}},
        })
    }

    fn a_pod(name: &str, kind: &str, owner: &str, uid: &str) -> Value {
        json!({"metadata": {
            "name": name, "uid": "p", "resourceVersion": "3",
            "ownerReferences": [{"kind": kind, "name": owner, "uid": uid, "controller": true}],
        }})
    }

    fn items(items: &[Value]) -> String {
        String::from_utf8(list(items, "")).unwrap()
    }

    fn cluster(claims: u16) -> (Client, crate::cluster::testing::Asked) {
        server(move |path, _| {
            Ok(match path {
                path if path.contains("/statefulsets?") => {
                    answer(200, &items(&[a_set("b", "x", "u2"), a_set("a", "db", "u1")]))
                }
                path if path.contains("/pods?") => answer(
                    200,
                    &items(&[
                        a_pod("db-0", "StatefulSet", "db", "u1"),
                        a_pod("web-7f", "ReplicaSet", "web", "r1"),
                        json!({"metadata": {"name": "bare", "uid": "p", "resourceVersion": "3"}}),
                        a_pod("x-1", "StatefulSet", "x", "u2"),
                    ]),
                ),
                path if path.contains("/persistentvolumeclaims?") && claims == 200 => answer(
                    200,
                    &items(&[json!({
                        "metadata": {
                            "name": "data-db-0", "namespace": "a", "uid": "c", "resourceVersion": "1",
                        },
                        "status": {"phase": "Pending"},
                    })]),
                ),
                path if path.contains("/persistentvolumeclaims?") => answer(
                    claims,
                    &json!({"kind": "Status", "status": "Failure", "code": claims,
                        "reason": if claims == 403 { "Forbidden" } else { "InternalError" },
                        "message": "no claims for you"}),
                ),
                path => panic!("{path}"),
            })
        })
    }

    const ALL: Scope<'_> = Scope { namespace: None, labels: Some("tier=data") };

    #[tokio::test]
    async fn a_cluster_takes_three_requests() {
        let (client, asked) = cluster(200);
        let fleet = read(&client, ALL, Lists::Whole).await.unwrap();
        let mut paths = asked.paths();
        paths.sort();
        assert_eq!(
            paths,
            [
                "/api/v1/persistentvolumeclaims?",
                "/api/v1/pods?",
                "/apis/apps/v1/statefulsets?&labelSelector=tier%3Ddata",
            ]
        );
        let names: Vec<&str> = fleet.sets.iter().map(|set| set.name.as_str()).collect();
        assert_eq!(names, ["db", "x"], "by namespace");
        let pods = |set: usize| -> Vec<String> {
            let snapshot = fleet.snapshot(&fleet.sets[set]);
            snapshot.own_pods().map(|pod| pod.name.clone()).collect()
        };
        assert_eq!((pods(0), pods(1)), (vec!["db-0".to_owned()], vec!["x-1".to_owned()]));
        let Known::Read(claims) = &fleet.claims else { panic!("claims are known") };
        assert_eq!(claims.get("a", "data-db-0").unwrap().phase, ClaimPhase::Pending);
    }

    #[tokio::test]
    async fn claims_that_may_not_be_read_are_unknown_and_nothing_else_is() {
        let (client, _) = cluster(403);
        let fleet = read(&client, ALL, Lists::Whole).await.unwrap();
        assert_eq!(fleet.claims, Known::Unknown("no claims for you".to_owned()));
        assert_eq!(fleet.sets.len(), 2);
        let (client, _) = cluster(500);
        assert!(read(&client, ALL, Lists::Whole).await.is_err(), "a failure is not a refusal");
    }
}
