//! From objects on the wire to the model.
//!
//! The only place where the API's defaults are applied, where unknown values become errors or
//! `Unknown`, and where text is made safe to show. Pure: nothing here asks anybody anything.

use std::collections::BTreeMap;

use crate::model::text::clean;

pub mod adopted;
mod affinity;
pub mod attachment;
pub mod autoscaler;
pub mod budget;
pub mod claim;
pub mod claim_manifest;
pub mod claim_user;
pub mod claimant;
pub mod cluster_event;
pub mod delivery;
pub mod failover;
pub mod lease;
pub mod manifest;
pub mod measured;
mod meta;
pub mod node;
pub mod pod;
pub mod quota;
pub mod resident;
pub mod revision;
pub mod run;
pub mod scaler;
mod selector;
pub mod set;
pub mod snapshot;
pub mod storage_class;
pub mod template;
pub mod tenant;
pub mod text_mention;
mod trouble;
pub mod volume;
pub mod volume_snapshot;

/// A field that does not hold what Kubernetes promises it does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{object} makes no sense: {field} {problem}")]
pub struct Malformed {
    /// The object, as `KIND/NAME`.
    pub object: String,
    /// The field, as a path.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// The object being converted, for errors.
#[derive(Clone, Copy)]
struct Subject<'a> {
    kind: &'static str,
    name: &'a str,
}

impl Subject<'_> {
    fn malformed(self, field: &'static str, problem: impl Into<String>) -> Malformed {
        let object = format!("{}/{}", self.kind, clean(self.name));
        Malformed { object, field, problem: problem.into() }
    }

    fn missing(self, field: &'static str) -> Malformed {
        self.malformed(field, "is missing")
    }

    /// Text that is always there.
    fn required(self, field: &'static str, text: &str) -> Result<String, Malformed> {
        if text.is_empty() { Err(self.missing(field)) } else { Ok(clean(text)) }
    }

    /// A count, which is signed on the wire and never negative.
    fn count(self, field: &'static str, count: i32) -> Result<u32, Malformed> {
        u32::try_from(count).map_err(|_| self.malformed(field, format!("is negative: {count}")))
    }
}

/// A figure that a controller computed.
///
/// Some versions let one dip below zero for a moment. The controller itself compares them with
/// indexes, for which below zero and zero are the same.
fn figure(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| clean(text))
}

fn clean_map(map: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    map.iter().map(|(key, value)| (clean(key), clean(value))).collect()
}
