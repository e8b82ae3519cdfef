//! Lists in protobuf.
//!
//! `k8s\0`, then `runtime.Unknown` {1: typeMeta, 2: raw, 3: contentEncoding, 4: contentType}, whose
//! `raw` is the list: {1: `ListMeta`, 2: item, 2: item, …}.

use std::mem;

use prost::Message;
use prost::encoding::decode_varint;

use crate::wire::list::Garbled;
use crate::wire::list::ListMeta;

const MAGIC: &[u8] = b"k8s\0";

/// Cuts a list in protobuf into items.
#[derive(Debug, Default)]
pub(super) struct ProtobufSplitter {
    at: At,
    /// Bytes that do not make a whole field yet.
    held: Vec<u8>,
    meta: Option<ListMeta>,
}

#[derive(Clone, Copy, Debug, Default)]
enum At {
    /// Before the first four bytes.
    #[default]
    Magic,
    /// In the envelope, before the list.
    Envelope,
    /// In the list, with this many bytes of it to come.
    List(u64),
    /// In the envelope, after the list.
    Trailer,
}

/// The head of a field: everything before its content.
struct Head {
    number: u64,
    is_message: bool,
    size: usize,
    /// Length of the content.
    length: u64,
}

impl ProtobufSplitter {
    pub(super) fn push<E: From<Garbled>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.held.is_empty() {
            let used = self.take(bytes, each)?;
            self.held.extend_from_slice(bytes.get(used..).unwrap_or_default());
        } else {
            self.held.extend_from_slice(bytes);
            let mut held = mem::take(&mut self.held);
            let used = self.take(&held, each)?;
            held.drain(..used);
            self.held = held;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<ListMeta, Garbled> {
        match self.at {
            At::Trailer if self.held.is_empty() => {
                self.meta.ok_or(Garbled::NotAList("it has no metadata"))
            }
            _ => Err(Garbled::Cut),
        }
    }

    /// Takes whole fields and returns how many bytes they were.
    fn take<E: From<Garbled>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut rest = bytes;
        while let Some(after) = self.step(rest, each)? {
            rest = after;
        }
        Ok(bytes.len() - rest.len())
    }

    /// Takes one field and returns what follows it, or nothing when it is not whole.
    fn step<'a, E: From<Garbled>>(
        &mut self,
        bytes: &'a [u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Option<&'a [u8]>, E> {
        if let At::List(0) = self.at {
            self.at = At::Trailer;
        }
        if let At::Magic = self.at {
            let Some((magic, rest)) = bytes.split_at_checked(MAGIC.len()) else { return Ok(None) };
            if magic != MAGIC {
                return Err(Garbled::NotAList("it does not start as protobuf does").into());
            }
            self.at = At::Envelope;
            return Ok(Some(rest));
        }
        let Some(head) = head(bytes)? else { return Ok(None) };
        let content = bytes.get(head.size..).unwrap_or_default();
        match (self.at, head.number) {
            (At::Envelope, 2) if head.is_message => {
                self.at = At::List(head.length);
                Ok(Some(content))
            }
            (At::Envelope, 1) | (At::Trailer, 3 | 4) => Ok(split(content, head.length)),
            (At::List(left), 1 | 2) if head.is_message => {
                let whole = head.length.saturating_add(head.size as u64);
                let Some(left) = left.checked_sub(whole) else {
                    return Err(Garbled::NotAList("an item is longer than the list").into());
                };
                let Some(rest) = split(content, head.length) else { return Ok(None) };
                let content = content.get(..content.len() - rest.len()).unwrap_or_default();
                if head.number == 2 {
                    each(content)?;
                } else if self.meta.replace(list_meta(content)?).is_some() {
                    return Err(Garbled::NotAList("it has metadata twice").into());
                }
                self.at = At::List(left);
                Ok(Some(rest))
            }
            // Lists have had these two fields since there is protobuf in Kubernetes. Skipping
            // others would turn a damaged item into a missing one.
            _ => Err(Garbled::NotAList("a field is where no field can be").into()),
        }
    }
}

fn list_meta(bytes: &[u8]) -> Result<ListMeta, Garbled> {
    ListMeta::decode(bytes).map_err(|error| Garbled::Unreadable(error.to_string()))
}

/// What follows the first `length` bytes, if they are all there.
fn split(bytes: &[u8], length: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(length).ok()?..)
}

fn head(bytes: &[u8]) -> Result<Option<Head>, Garbled> {
    let mut rest = bytes;
    let Some(key) = varint(&mut rest)? else { return Ok(None) };
    let (is_message, length) = match key & 7 {
        0 => (false, varint(&mut rest)?.map(|_| 0)),
        1 => (false, Some(8)),
        2 => (true, varint(&mut rest)?),
        5 => (false, Some(4)),
        _ => return Err(Garbled::NotAList("a field has no known wire type")),
    };
    let size = bytes.len() - rest.len();
    Ok(length.map(|length| Head { number: key >> 3, is_message, size, length }))
}

/// Reads a number off the front, unless it is not whole.
fn varint(bytes: &mut &[u8]) -> Result<Option<u64>, Garbled> {
    const LONGEST: usize = 10;
    let is_whole = bytes.len() >= LONGEST || bytes.iter().any(|byte| byte & 0x80 == 0);
    if !is_whole {
        return Ok(None);
    }
    decode_varint(bytes).map(Some).map_err(|_| Garbled::NotAList("a number is too long"))
}

/// `runtime.Unknown`.
#[derive(Clone, PartialEq, Eq, Message)]
struct Unknown {
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

/// Takes a single object out of its envelope.
pub fn unwrap<T: Message + Default>(bytes: &[u8]) -> Result<T, Garbled> {
    let envelope =
        bytes.strip_prefix(MAGIC).ok_or(Garbled::NotAList("it does not start as protobuf does"))?;
    Unknown::decode(envelope)
        .and_then(|unknown| T::decode(unknown.raw.as_slice()))
        .map_err(|error| Garbled::Unreadable(error.to_string()))
}
