//! Many sets, or one with its claims, kept up to date by one watch for each kind.

use jiff::Timestamp;
use kube::Client;

use crate::cluster::fleet::Scope;
use crate::cluster::fleet::sort;
use crate::cluster::list::Lists;
use crate::cluster::watch::Stale;
use crate::cluster::watch::feed::Feed;
use crate::cluster::watch::feed::Filter;
use crate::cluster::watch::stale;
use crate::cluster::watch::watched::ClaimRow;
use crate::cluster::watch::watched::PodRow;
use crate::model::claim_index::ClaimIndex;
use crate::model::fleet::Fleet;
use crate::model::roster::Roster;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::text::clean;
use crate::wire::set::StatefulSet;

/// Three watches: on sets, on their pods and on claims.
pub struct FleetWatch {
    sets: Feed<StatefulSet>,
    pods: Feed<PodRow>,
    claims: Claims,
}

/// The watch of the claims, unless this user may not watch them.
enum Claims {
    Watched(Box<Feed<ClaimRow>>),
    Unknown(String),
}

impl FleetWatch {
    /// Starts to watch one set. Renews each watch after so many seconds.
    pub fn of_set(client: &Client, set: &Set, lists: Lists, renew_after: u32) -> Self {
        let namespace = Some(set.namespace.as_str());
        let by_name = Filter::Name(set.name.clone());
        let by_label = Filter::Labels(set.selector.clone());
        Self {
            sets: Feed::new(client, namespace, by_name, lists, renew_after),
            pods: Feed::new(client, namespace, by_label, lists, renew_after),
            claims: if set.claim_templates.is_empty() {
                Claims::Unknown("not asked for".to_owned())
            } else {
                Claims::watched(client, namespace, lists, renew_after)
            },
        }
    }

    /// Starts to watch many sets.
    pub fn of_scope(client: &Client, scope: Scope<'_>, lists: Lists, renew_after: u32) -> Self {
        let Scope { namespace, labels } = scope;
        let chosen = labels.map_or(Filter::All, |labels| Filter::Labels(labels.to_owned()));
        Self {
            sets: Feed::new(client, namespace, chosen, lists, renew_after),
            pods: Feed::new(client, namespace, Filter::All, lists, renew_after),
            claims: Claims::watched(client, namespace, lists, renew_after),
        }
    }

    /// Waits until something has changed, or the trust in it. The first change comes when all
    /// there is to watch is known.
    ///
    /// Fails when watching sets or pods cannot go on. May be dropped and called again without
    /// losing a change.
    pub async fn changed(&mut self) -> Result<(), kube::Error> {
        loop {
            tokio::select! {
                changed = self.sets.changed() => changed?,
                changed = self.pods.changed() => changed?,
                changed = self.claims.changed() => changed?,
            }
            if self.sets.is_listed() && self.pods.is_listed() && self.claims.is_listed() {
                self.sets.take_queued()?;
                self.pods.take_queued()?;
                return self.claims.take_queued();
            }
        }
    }

    /// The state after the last change.
    pub fn fleet(&self) -> Fleet {
        let mut sets: Vec<Set> = self.sets.objects().cloned().collect();
        sort(&mut sets);
        let mut pods = Roster::default();
        for member in self.pods.objects() {
            pods.add(member.clone());
        }
        #[expect(clippy::disallowed_methods, reason = "the edge reads the clock")]
        let taken_at = Timestamp::now();
        Fleet { sets, pods, claims: self.claims.index(), taken_at }
    }

    /// Why this may not be what the cluster looks like now.
    pub fn stale(&self) -> Option<Stale> {
        let claims = match &self.claims {
            Claims::Watched(feed) => feed.trouble(),
            Claims::Unknown(_) => None,
        };
        stale([self.sets.trouble(), self.pods.trouble(), claims])
    }
}

impl Claims {
    fn watched(client: &Client, namespace: Option<&str>, lists: Lists, renew_after: u32) -> Self {
        Self::Watched(Box::new(Feed::new(client, namespace, Filter::All, lists, renew_after)))
    }

    async fn changed(&mut self) -> Result<(), kube::Error> {
        let Self::Watched(feed) = self else { return std::future::pending().await };
        let changed = feed.changed().await;
        self.judge(changed)
    }

    fn take_queued(&mut self) -> Result<(), kube::Error> {
        let Self::Watched(feed) = self else { return Ok(()) };
        let taken = feed.take_queued();
        self.judge(taken)
    }

    /// What may not be watched is unknown; any other failure is one.
    fn judge(&mut self, watched: Result<(), kube::Error>) -> Result<(), kube::Error> {
        match watched {
            Err(kube::Error::Api(status)) if status.is_forbidden() => {
                *self = Self::Unknown(clean(&status.message));
                Ok(())
            }
            other => other,
        }
    }

    fn is_listed(&self) -> bool {
        match self {
            Self::Watched(feed) => feed.is_listed(),
            Self::Unknown(_) => true,
        }
    }

    fn index(&self) -> Known<ClaimIndex> {
        let feed = match self {
            Self::Watched(feed) => feed,
            Self::Unknown(reason) => return Known::Unknown(reason.clone()),
        };
        let mut index = ClaimIndex::default();
        for (namespace, name, row) in feed.objects() {
            index.add(namespace, name, *row);
        }
        Known::Read(index)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use bytes::Bytes;
    use futures::FutureExt;
    use futures::channel::mpsc::UnboundedSender;
    use serde_json::Value;
    use serde_json::json;

    use super::*;
    use crate::cluster::testing::Answer;
    use crate::cluster::testing::Asked;
    use crate::cluster::testing::json as answer;
    use crate::cluster::testing::open;
    use crate::cluster::testing::server;
    use crate::cluster::watch::RENEWED_AFTER;
    use crate::model::claim::ClaimPhase;

    type Line = UnboundedSender<io::Result<Bytes>>;

    fn say(line: &Line, kind: &str, object: &Value) {
        let event = json!({"type": kind, "object": object});
        line.unbounded_send(Ok(Bytes::from(format!("{event}\n")))).unwrap();
    }

    /// An open watch that has shown these objects.
    fn shown(objects: &[Value]) -> (Line, Answer) {
        let (line, answer) = open();
        for object in objects {
            say(&line, "ADDED", object);
        }
        let annotations = json!({"k8s.io/initial-events-end": "true"});
        let metadata = json!({"resourceVersion": "5", "annotations": annotations});
        say(&line, "BOOKMARK", &json!({"kind": "X", "apiVersion": "v1", "metadata": metadata}));
        (line, answer)
    }

    fn a_set(namespace: &str) -> Value {
        json!({
            "metadata": {"name": "db", "namespace": namespace, "uid": namespace, "resourceVersion": "5"},
            "spec": {"selector": {"matchLabels": {"app": "db"}}},
        })
    }

    fn a_pod(namespace: &str, name: &str, kind: &str) -> Value {
        json!({"metadata": {
            "name": name, "namespace": namespace, "uid": "p", "resourceVersion": "5",
            "ownerReferences": [{"kind": kind, "name": "db", "uid": namespace, "controller": true}],
        }})
    }

    fn a_claim() -> Value {
        let metadata =
            json!({"name": "data-db-0", "namespace": "a", "uid": "c", "resourceVersion": "5"});
        json!({"metadata": metadata, "status": {"phase": "Bound"}})
    }

    /// Watches all namespaces of a server that has one set of the same name in two of them.
    fn watch(claims: Answer) -> (FleetWatch, Line, Asked) {
        let (_, sets) = shown(&[a_set("b"), a_set("a")]);
        let (pods_line, pods) =
            shown(&[a_pod("a", "db-0", "StatefulSet"), a_pod("b", "db-0", "StatefulSet")]);
        let answers = std::sync::Mutex::new([Some(sets), Some(pods), Some(claims)]);
        let (client, asked) = server(move |path, _| {
            let place = ["/statefulsets", "/pods", "/persistentvolumeclaims"]
                .iter()
                .position(|kind| path.contains(kind));
            let next = answers.lock().unwrap()[place.unwrap()].take();
            next.ok_or_else(|| io::ErrorKind::WouldBlock.into())
        });
        let scope = Scope { namespace: None, labels: None };
        (FleetWatch::of_scope(&client, scope, Lists::Whole, RENEWED_AFTER), pods_line, asked)
    }

    #[tokio::test(start_paused = true)]
    async fn one_watch_for_each_kind_serves_all_namespaces() {
        let (_claims, answer) = shown(&[a_claim()]);
        let (mut watch, pods, asked) = watch(answer);
        watch.changed().await.unwrap();
        let fleet = watch.fleet();
        let places: Vec<&str> = fleet.sets.iter().map(|set| set.namespace.as_str()).collect();
        assert_eq!(places, ["a", "b"], "sets of one name are two sets");
        assert_eq!(fleet.snapshot(&fleet.sets[1]).pods.len(), 1, "and so are their pods");
        let Known::Read(claims) = &fleet.claims else { panic!("claims are known") };
        assert_eq!(claims.get("a", "data-db-0").unwrap().phase, ClaimPhase::Bound);
        assert_eq!(asked.paths().len(), 3);
        assert!(
            asked.paths().iter().all(|path| !path.contains("/namespaces/")),
            "{asked:?}",
            asked = asked.paths()
        );

        say(&pods, "ADDED", &a_pod("a", "web-7f", "ReplicaSet"));
        assert!(watch.changed().now_or_never().is_none(), "pods of others change nothing");
        say(&pods, "DELETED", &a_pod("a", "db-0", "StatefulSet"));
        watch.changed().await.unwrap();
        let fleet = watch.fleet();
        assert_eq!(fleet.snapshot(&fleet.sets[0]).pods.len(), 0);
        assert_eq!(fleet.snapshot(&fleet.sets[1]).pods.len(), 1);
        assert_eq!(watch.stale(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn claims_that_may_not_be_watched_are_unknown_and_the_rest_goes_on() {
        let refusal = json!({"kind": "Status", "status": "Failure", "code": 403,
            "reason": "Forbidden", "message": "no claims for you"});
        let (mut watch, pods, _) = watch(answer(403, &refusal));
        watch.changed().await.unwrap();
        assert_eq!(watch.fleet().claims, Known::Unknown("no claims for you".to_owned()));
        say(&pods, "DELETED", &a_pod("b", "db-0", "StatefulSet"));
        watch.changed().await.unwrap();
        let fleet = watch.fleet();
        assert_eq!(fleet.snapshot(&fleet.sets[1]).pods.len(), 0);
    }
}
