//! `v1` Event.

use prost::Message;
use serde::Deserialize;

use crate::wire::value::Time;

/// `v1` Event.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    /// Why, in a word.
    #[prost(string, tag = "3")]
    pub reason: String,
    /// Why, in a sentence.
    #[prost(string, tag = "4")]
    pub message: String,
    /// When it last happened, by recorders of the old kind.
    #[prost(message, optional, tag = "7")]
    pub last_timestamp: Option<Time>,
    /// When it first happened, by recorders of the new kind.
    #[prost(message, optional, tag = "10")]
    pub event_time: Option<Time>,
    /// What followed, by recorders of the new kind.
    #[prost(message, optional, tag = "11")]
    pub series: Option<EventSeries>,
}

/// `series`.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EventSeries {
    /// When it last happened.
    #[prost(message, optional, tag = "2")]
    pub last_observed_time: Option<Time>,
}
