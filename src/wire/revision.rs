//! `apps/v1` ControllerRevision.

use prost::Message;
use serde::Deserialize;

use crate::wire::meta::ObjectMeta;
use crate::wire::value::Json;

/// `apps/v1` ControllerRevision.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub struct ControllerRevision {
    /// Metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// A patch that makes the set's template what it was; JSON in both encodings.
    #[prost(message, optional, tag = "2")]
    pub data: Option<Json>,
    /// Its number.
    #[prost(int64, tag = "3")]
    pub revision: i64,
}
