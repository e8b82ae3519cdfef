//! One watch: the objects it has shown so far, and whether they can still be trusted.

use std::collections::BTreeMap;
use std::future::pending;
use std::mem;
use std::time::Duration;

use futures::FutureExt;
use futures::StreamExt;
use futures::stream::BoxStream;
use kube::Api;
use kube::Client;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher;
use kube::runtime::watcher::Event;
use kube::runtime::watcher::InitialListStrategy;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;
use tokio::time::sleep_until;

use crate::cluster::list::Lists;
use crate::cluster::list::garbled;
use crate::cluster::watch::pulse::listen;
use crate::cluster::watch::watched::Watchable;
use crate::cluster::watch::watched::Watched;
use crate::model::text::clean;
use crate::model::text::shorten;

/// How long after a watch should have been renewed the server counts as gone. The watcher gives
/// up its connection after the same time.
const GRACE: Duration = Duration::from_secs(5);

/// Errors can repeat a whole object.
const LONGEST_REASON: usize = 300;

/// Which objects to watch.
pub(super) enum Filter {
    /// All of them.
    All,
    /// The one with this name.
    Name(String),
    /// Those with these labels.
    Labels(String),
}

/// Why the objects may be out of date.
pub(super) struct Trouble {
    pub(super) since: Instant,
    pub(super) reason: String,
}

type Events<T> = BoxStream<'static, watcher::Result<Event<Watched<T>>>>;

/// A watch and what it has shown.
pub(super) struct Feed<T: Watchable> {
    api: Api<Watched<T>>,
    config: watcher::Config,
    events: Events<T>,
    heard: Receiver<Instant>,
    silence: Duration,
    objects: BTreeMap<String, T::Model>,
    /// Filled while the watch starts over; replaces `objects` when that is complete.
    incoming: BTreeMap<String, T::Model>,
    listing: bool,
    listed: bool,
    /// Starting over is tried once when an event cannot be read.
    began_anew: bool,
    trouble: Option<Trouble>,
}

impl<T: Watchable> Feed<T> {
    pub(super) fn new(
        client: &Client,
        namespace: Option<&str>,
        filter: Filter,
        lists: Lists,
        renew_after: u32,
    ) -> Self {
        let (client, heard) = listen(client);
        let config = watcher::Config::default().timeout(renew_after);
        let config = match filter {
            Filter::All => config,
            Filter::Name(name) => config.fields(&format!("metadata.name={name}")),
            Filter::Labels(selector) => config.labels(&selector),
        };
        let config = match lists {
            Lists::Whole => config.streaming_lists(),
            Lists::Paged => config,
        };
        let api = match namespace {
            Some(namespace) => Api::namespaced(client, namespace),
            None => Api::all(client),
        };
        Self {
            events: events(&api, &config),
            api,
            config,
            heard,
            silence: Duration::from_secs(u64::from(renew_after)) + GRACE,
            objects: BTreeMap::new(),
            incoming: BTreeMap::new(),
            listing: true,
            listed: false,
            began_anew: false,
            trouble: None,
        }
    }

    /// The objects, by namespace and name.
    pub(super) fn objects(&self) -> impl Iterator<Item = &T::Model> {
        self.objects.values()
    }

    /// Whether there has been a complete state.
    pub(super) fn is_listed(&self) -> bool {
        self.listed
    }

    /// Why the objects may be out of date.
    pub(super) fn trouble(&self) -> Option<&Trouble> {
        self.trouble.as_ref()
    }

    /// Waits until the objects, or the trust in them, have changed.
    pub(super) async fn changed(&mut self) -> Result<(), kube::Error> {
        loop {
            let may_recover = !self.listing;
            let changed = tokio::select! {
                event = self.events.next() => self.take(event)?,
                since = silent(&self.heard, self.silence), if self.trouble.is_none() => {
                    let reason = format!("no word from the server for {}s", self.silence.as_secs());
                    self.trouble = Some(Trouble { since, reason });
                    true
                }
                () = heard_after(&self.heard, self.trouble.as_ref()), if may_recover => {
                    self.trouble = None;
                    true
                }
            };
            if changed && self.listed {
                return Ok(());
            }
        }
    }

    /// Takes in what has arrived, without waiting.
    pub(super) fn take_queued(&mut self) -> Result<(), kube::Error> {
        while let Some(event) = self.events.next().now_or_never() {
            self.take(event)?;
        }
        Ok(())
    }

    /// Takes in one event, and tells whether it changed anything visible.
    fn take(
        &mut self,
        event: Option<watcher::Result<Event<Watched<T>>>>,
    ) -> Result<bool, kube::Error> {
        let event = match event {
            Some(Ok(event)) => event,
            Some(Err(error)) => return self.fail(error),
            None => return Err(garbled("the watch ended")),
        };
        match event {
            Event::Init => {
                self.listing = true;
                self.incoming.clear();
                return Ok(false);
            }
            Event::InitApply(new) => {
                insert(&mut self.incoming, new)?;
                return Ok(false);
            }
            Event::InitDone => {
                self.objects = mem::take(&mut self.incoming);
                self.listing = false;
                self.listed = true;
                self.began_anew = false;
                self.trouble = None;
            }
            Event::Apply(new) => return insert(&mut self.objects, new),
            Event::Delete(old) => return Ok(self.objects.remove(&key(&old.object)).is_some()),
        }
        Ok(true)
    }

    /// Decides whether watching can go on after an error.
    fn fail(&mut self, error: watcher::Error) -> Result<bool, kube::Error> {
        let did_not_start = matches!(error, watcher::Error::WatchStartFailed(_));
        let error = plain(error);
        match &error {
            // A server that does not send initial events: list first, as it is done there.
            kube::Error::Api(status) if self.streams() && matches!(status.code, 400 | 422) => {
                self.config.initial_list_strategy = InitialListStrategy::ListWatch;
                self.begin_anew();
                return Ok(false);
            }
            kube::Error::Api(status) if matches!(status.code, 400 | 401 | 403..=405 | 422) => {
                return Err(error);
            }
            // Said in a watch, the watcher starts over by itself. Said to the request for one, it
            // would ask for the same version for ever.
            kube::Error::Api(status) if status.code == 410 => {
                if did_not_start && !self.listing {
                    self.begin_anew();
                }
                self.listing = true;
            }
            // What cannot be read is a change that was missed, so only a new list will do.
            kube::Error::SerdeError(_) => {
                if mem::replace(&mut self.began_anew, true) {
                    return Err(error);
                }
                self.begin_anew();
            }
            _ => {}
        }
        let reason = match &error {
            kube::Error::Api(status) => clean(&status.message),
            other => clean(&other.to_string()),
        };
        let reason = shorten(&reason, LONGEST_REASON);
        self.trouble = Some(Trouble { since: Instant::now(), reason });
        Ok(true)
    }

    fn streams(&self) -> bool {
        self.config.initial_list_strategy == InitialListStrategy::StreamingList
    }

    fn begin_anew(&mut self) {
        self.events = events(&self.api, &self.config);
        self.listing = true;
    }
}

fn events<T: Watchable>(api: &Api<Watched<T>>, config: &watcher::Config) -> Events<T> {
    watcher(api.clone(), config.clone()).default_backoff().boxed()
}

fn plain(error: watcher::Error) -> kube::Error {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => error,
        watcher::Error::WatchError(status) => kube::Error::Api(status),
        watcher::Error::NoResourceVersion => garbled("an object has no resource version"),
    }
}

/// Takes in an object, and tells whether that changed anything.
fn insert<T: Watchable>(
    objects: &mut BTreeMap<String, T::Model>,
    new: Watched<T>,
) -> Result<bool, kube::Error> {
    let key = key(&new.object);
    Ok(match new.object.model().map_err(garbled)? {
        Some(model) => {
            objects.insert(key, model);
            true
        }
        None => objects.remove(&key).is_some(),
    })
}

/// Neither part can have a slash in it.
fn key<T: Watchable>(object: &T) -> String {
    let identity = object.identity();
    format!("{}/{}", identity.namespace, identity.name)
}

/// Ends when the server has been silent for so long, with the moment it was last heard.
async fn silent(heard: &Receiver<Instant>, silence: Duration) -> Instant {
    loop {
        let last = *heard.borrow();
        sleep_until(last + silence).await;
        if *heard.borrow() == last {
            return last;
        }
    }
}

/// Ends when the server is heard after the trouble began.
async fn heard_after(heard: &Receiver<Instant>, trouble: Option<&Trouble>) {
    let Some(trouble) = trouble else { return pending().await };
    let mut heard = heard.clone();
    if heard.wait_for(|at| *at > trouble.since).await.is_err() {
        pending::<()>().await;
    }
}
