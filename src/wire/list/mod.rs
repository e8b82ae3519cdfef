//! Lists, cut into items as their bytes arrive.
//!
//! A list is never held as a whole: bytes go in, complete items come out, and what is kept is the
//! beginning of the next item. A list that ends early or is not built as it should be is an
//! error, never a shorter list.

use prost::Message;
use serde::Deserialize;

mod json;
mod protobuf;

use json::JsonSplitter;
use protobuf::ProtobufSplitter;
pub use protobuf::unwrap;

/// `metav1.ListMeta`.
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default)]
pub struct ListMeta {
    /// Where the next page starts; empty on the last one.
    #[prost(string, tag = "3")]
    #[serde(rename = "continue")]
    pub next: String,
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

/// Bytes that are no list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Garbled {
    /// The bytes end before the list does.
    #[error("the list was cut short")]
    Cut,
    /// Something is where it cannot be.
    #[error("the answer is not a list: {0}")]
    NotAList(&'static str),
    /// An item, or the list's metadata, cannot be read.
    #[error("part of the list cannot be read: {0}")]
    Unreadable(String),
}

/// Cuts one list into items.
#[derive(Debug)]
pub struct Splitter(Kind);

#[derive(Debug)]
enum Kind {
    Protobuf(ProtobufSplitter),
    Json(JsonSplitter),
}

impl Splitter {
    /// A splitter that has seen nothing.
    pub fn new(encoding: Encoding) -> Self {
        Self(match encoding {
            Encoding::Protobuf => Kind::Protobuf(ProtobufSplitter::default()),
            Encoding::Json => Kind::Json(JsonSplitter::default()),
        })
    }

    /// Takes the next bytes and hands out every item they complete.
    pub fn push<E: From<Garbled>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.0 {
            Kind::Protobuf(splitter) => splitter.push(bytes, each),
            Kind::Json(splitter) => splitter.push(bytes, each),
        }
    }

    /// Ends the list, which must be complete.
    pub fn finish(self) -> Result<ListMeta, Garbled> {
        match self.0 {
            Kind::Protobuf(splitter) => splitter.finish(),
            Kind::Json(splitter) => splitter.finish(),
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
