//! One list after the other, each folded into what is kept of it.

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream;
use futures::stream::StreamExt;
use kube::Client;
use serde::de::DeserializeOwned;

use crate::cluster::list::Listed;
use crate::cluster::list::Lists;
use crate::cluster::list::Query;
use crate::cluster::list::Source;
use crate::cluster::list::fold_source;
use crate::cluster::survey::progress::Progress;
use crate::cluster::survey::seen::Interest;
use crate::cluster::survey::seen::Seen;
use crate::convert;
use crate::convert::Malformed;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Gap;
use crate::model::survey::coverage::Need;
use crate::model::text::clean;
use crate::wire::autoscaler::HorizontalPodAutoscaler;
use crate::wire::claim_user::ClaimUser;
use crate::wire::claim_user::ControllerSpec;
use crate::wire::claim_user::CronJobSpec;
use crate::wire::claim_user::DaemonSetSpec;
use crate::wire::claim_user::DeploymentSpec;
use crate::wire::claim_user::HasTemplate;
use crate::wire::claim_user::JobSpec;
use crate::wire::claim_user::ReplicaSetSpec;
use crate::wire::claim_user::Workload;
use crate::wire::claimant::Claimant;

/// Reads lists of one namespace, or of all.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
    pub(super) namespace: Option<&'a str>,
    pub(super) lists: Lists,
    pub(super) interest: &'a Interest<'a>,
    pub(super) progress: &'a Progress<'a>,
}

/// What came of one list.
pub(super) struct Part {
    /// The kind, by its plural name.
    pub(super) what: String,
    /// The namespaces for which it matters; all when there is none.
    pub(super) concerns: Vec<String>,
    pub(super) need: Need,
    pub(super) extent: Extent,
    pub(super) seen: Result<Seen, kube::Error>,
}

/// How much of a kind was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every object.
    All,
    /// Those that were asked for by name.
    Chosen,
}

impl Part {
    /// Puts it into the survey: what was seen, or that nothing was.
    pub(super) fn into_survey(self, survey: &mut Survey) {
        let Self { what, concerns, need, extent, seen } = self;
        match seen {
            Ok(seen) => {
                *survey.coverage.objects.entry(what.clone()).or_default() += seen.objects;
                if extent == Extent::All && !survey.coverage.read.contains(&what) {
                    survey.coverage.read.push(what);
                }
                seen.into_survey(survey);
            }
            Err(error) => {
                let why = why(&error);
                let mut miss = |namespace: Option<String>| {
                    let (what, why) = (what.clone(), why.clone());
                    survey.coverage.miss(Gap { namespace, what, why, need });
                };
                if concerns.is_empty() {
                    miss(None);
                }
                concerns.into_iter().map(Some).for_each(miss);
            }
        }
    }
}

/// Why something could not be read, in the server's words where it said any.
pub(super) fn why(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if !status.message.is_empty() => clean(&status.message),
        other => clean(&other.to_string()),
    }
}

impl Reader<'_> {
    /// Whatever could name, make or want a claim, of the kinds that Kubernetes itself has.
    ///
    /// Not more than two long lists are under way at a time: a server gives a person a few dozen
    /// seats, and a long list takes eight.
    pub(super) async fn users(&self) -> Vec<Part> {
        let at_once = if self.namespace.is_some() { 4 } else { 2 };
        let lists: [BoxFuture<'_, Part>; 9] = [
            self.pods().boxed(),
            self.sets().boxed(),
            self.workloads::<ReplicaSetSpec>().boxed(),
            self.workloads::<DeploymentSpec>().boxed(),
            self.workloads::<DaemonSetSpec>().boxed(),
            self.workloads::<ControllerSpec>().boxed(),
            self.workloads::<JobSpec>().boxed(),
            self.workloads::<CronJobSpec>().boxed(),
            self.autoscalers().boxed(),
        ];
        stream::iter(lists).buffer_unordered(at_once).collect().await
    }

    /// Pods of all phases.
    async fn pods(&self) -> Part {
        self.required("pods", |seen: &mut Seen, wire: ClaimUser| {
            let pod = convert::claim_user::pod(wire)?;
            if !seen.peopled.contains(&pod.namespace) {
                seen.peopled.insert(pod.namespace.clone());
            }
            if !pod.managed {
                seen.note_ownerless(&pod.namespace, &pod.name);
            }
            seen.note(self.interest, pod);
            Ok(())
        })
        .await
    }

    /// StatefulSets, with what they make and what they name.
    async fn sets(&self) -> Part {
        self.required("statefulsets", |seen: &mut Seen, wire: Claimant| {
            let (claimant, mentioner) = convert::claimant::set(wire)?;
            seen.claimants.push(claimant);
            seen.note(self.interest, mentioner);
            Ok(())
        })
        .await
    }

    /// Something else with a template for pods.
    async fn workloads<S: HasTemplate>(&self) -> Part
    where
        Workload<S>: Listed,
    {
        let what = format!("{}s", S::KIND);
        self.required(&what, |seen: &mut Seen, wire: Workload<S>| {
            seen.note(self.interest, convert::claim_user::workload(wire)?);
            Ok(())
        })
        .await
    }

    /// HorizontalPodAutoscalers.
    async fn autoscalers(&self) -> Part {
        let add = |seen: &mut Seen, wire: HorizontalPodAutoscaler| {
            seen.scalers.push(convert::scaler::autoscaler(wire)?);
            Ok(())
        };
        let source = Source::of(self.everything());
        self.read("horizontalpodautoscalers", Need::Optional, source, add).await
    }

    async fn required<T: Listed>(
        &self,
        what: &str,
        add: impl Fn(&mut Seen, T) -> Result<(), Malformed> + Send,
    ) -> Part {
        self.read(what, Need::Required, Source::of(self.everything()), add).await
    }

    fn everything(&self) -> Query<'_> {
        Query { namespace: self.namespace, labels: None, fields: None, lists: self.lists }
    }

    /// Reads one list, and tells how far it is.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        what: &str,
        need: Need,
        source: Source<T>,
        add: impl Fn(&mut Seen, T) -> Result<(), Malformed> + Send,
    ) -> Part {
        let count_and_add = |seen: &mut Seen, item| {
            seen.objects += 1;
            self.progress.one_more(what, seen.objects);
            add(seen, item)
        };
        let seen = fold_source(self.client, source, Seen::default, count_and_add).await;
        if let Ok(seen) = &seen {
            self.progress.complete(what, seen.objects);
        }
        let concerns = self.namespace.map(str::to_owned).into_iter().collect();
        Part { what: what.to_owned(), concerns, need, extent: Extent::All, seen }
    }
}
