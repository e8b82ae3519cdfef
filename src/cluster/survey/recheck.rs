//! A few claims and whatever could want them, as they are this moment.

use futures::stream;
use futures::stream::StreamExt;
use futures::stream::TryStreamExt;
use kube::Client;

use crate::cluster::list::Lists;
use crate::cluster::read;
use crate::cluster::survey::claims;
use crate::cluster::survey::now;
use crate::cluster::survey::progress::Progress;
use crate::cluster::survey::reader::Reader;
use crate::cluster::survey::seen::Interest;
use crate::cluster::survey::unnamed;
use crate::model::claim::Claim;
use crate::model::survey::Survey;
use crate::model::survey::coverage::Coverage;

/// Claims that are read at the same time.
const AT_ONCE: usize = 4;

/// Reads them again, claims first; what is not read again comes from the survey before.
pub(super) async fn read(
    client: &Client,
    lists: Lists,
    before: &Survey,
    namespace: &str,
    names: &[String],
) -> Result<Survey, kube::Error> {
    let reads = stream::iter(names).map(|name| read::claim_if_any(client, namespace, name));
    let found: Vec<Option<Claim>> = reads.buffered(AT_ONCE).try_collect().await?;
    let mut claims: Vec<Claim> = found.into_iter().flatten().collect();
    claims::sort(&mut claims);
    claims.dedup_by(|a, b| a.name == b.name);

    let silent = |_| {};
    let progress = Progress::new(&silent);
    let parts = {
        let interest = Interest::of(&claims);
        let namespace = Some(namespace);
        let reader = Reader { client, namespace, lists, interest: &interest, progress: &progress };
        let named: Vec<&Claim> = claims.iter().collect();
        let (mut parts, volumes) =
            tokio::join!(reader.users(), unnamed::volumes_by_name(&reader, &named));
        parts.push(volumes);
        parts
    };
    let mut survey = claims::survey(claims, Coverage::default());
    for part in parts {
        part.into_survey(&mut survey);
    }
    survey.carry_over(before, namespace);
    survey.taken_at = now();
    Ok(survey)
}
