//! Reading the evidence.

use crate::commands::context::Context;
use crate::commands::failover::failure;
use crate::exit::Failure;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::set::Set;
use crate::plan::failover::{Evidence, Machine, Refusal};

/// The pod that is stuck, and what it belongs to.
pub(super) struct Subject {
    /// The pod.
    pub pod: Pod,
    /// Its ordinal.
    pub ordinal: Ordinal,
    /// Its set.
    pub set: Set,
    /// The node it is bound to.
    pub node: String,
}

/// Reads a pod of a set that is bound to a node.
pub(super) async fn subject(cx: &Context, name: &str) -> Result<Subject, Failure> {
    let namespace = cx.session.namespace();
    let pod = cx.session.pod(namespace, name).await?;
    let refuse = |why| failure(&[why], Some(name), "");
    let Some(ordinal) = pod.ordinal else { return Err(refuse(Refusal::NoSet)) };
    let Some(node) = pod.node.clone() else { return Err(refuse(Refusal::NotBound)) };
    let suffix = format!("-{ordinal}");
    let of = name.strip_suffix(suffix.as_str()).unwrap_or(name);
    let set = cx.session.set(namespace, of).await?;
    if pod.controller.as_ref() != Some(&set.uid) {
        return Err(refuse(Refusal::NoSet));
    }
    Ok(Subject { pod, ordinal, set, node })
}

/// Reads everything a decision is made on; the node and the leases last, since the newest sign of
/// life counts.
pub(super) async fn gather(cx: &Context, subject: &Subject) -> Result<Evidence, Failure> {
    let Subject { pod, ordinal, set, node } = subject;
    let session = &cx.session;
    let (residents, attachments, claims) = tokio::try_join!(
        session.residents(node),
        session.attachments(node),
        session.claims(Some(&set.namespace)),
    )?;
    Ok(Evidence {
        pod: pod.clone(),
        ordinal: *ordinal,
        set: set.clone(),
        machine: machine(cx, node).await?,
        residents,
        attachments,
        claims,
    })
}

/// Reads what is known of a node. The leases come after the time, so that none is newer than it
/// for another reason than a clock that is ahead.
pub(super) async fn machine(cx: &Context, name: &str) -> Result<Machine, Failure> {
    let (node, server_time) = cx.session.node(name).await?;
    let leases = cx.session.node_leases().await?;
    Ok(Machine { name: name.to_owned(), node, leases, server_time })
}
