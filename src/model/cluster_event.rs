//! What a controller told about an object, in words.

use jiff::Timestamp;

/// A Kubernetes Event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterEvent {
    /// Why, in a word such as `FailedCreate`.
    pub reason: String,
    /// Why, in a sentence.
    pub message: String,
    /// When it last happened.
    pub last_seen: Option<Timestamp>,
}
