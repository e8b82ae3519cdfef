//! `metav1.Status` in protobuf, which is how a server answers a refused protobuf request.

use prost::Message;

/// `metav1.Status`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Status {
    /// In a sentence.
    #[prost(string, tag = "3")]
    pub message: String,
    /// In a word.
    #[prost(string, tag = "4")]
    pub reason: String,
    /// About what.
    #[prost(message, optional, tag = "5")]
    pub details: Option<StatusDetails>,
    /// HTTP status.
    #[prost(int32, tag = "6")]
    pub code: i32,
}

/// `metav1.StatusDetails`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StatusDetails {
    /// Name of the object.
    #[prost(string, tag = "1")]
    pub name: String,
    /// API group.
    #[prost(string, tag = "2")]
    pub group: String,
    /// Kind, or the resource.
    #[prost(string, tag = "3")]
    pub kind: String,
    /// Causes.
    #[prost(message, repeated, tag = "4")]
    pub causes: Vec<StatusCause>,
    /// How long to wait before asking again.
    #[prost(int32, tag = "5")]
    pub retry_after_seconds: i32,
    /// UID of the object.
    #[prost(string, tag = "6")]
    pub uid: String,
}

/// `metav1.StatusCause`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct StatusCause {
    /// In a word.
    #[prost(string, tag = "1")]
    pub reason: String,
    /// In a sentence.
    #[prost(string, tag = "2")]
    pub message: String,
    /// The field it is about.
    #[prost(string, tag = "3")]
    pub field: String,
}
