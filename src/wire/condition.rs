//! A condition of a pod or claim, which are the same to the field.

use prost::Message;
use serde::Deserialize;

use crate::wire::value::Time;

/// One of `status.conditions`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// What it is about.
    #[prost(string, tag = "1")]
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    #[prost(string, tag = "2")]
    pub status: String,
    /// Since when.
    #[prost(message, optional, tag = "4")]
    pub last_transition_time: Option<Time>,
    /// Why, in a word.
    #[prost(string, tag = "5")]
    pub reason: String,
    /// Why, in a sentence.
    #[prost(string, tag = "6")]
    pub message: String,
}
