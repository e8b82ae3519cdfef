//! Lists in JSON: `{"kind":…,"apiVersion":…,"metadata":{…},"items":[{…},{…}]}`, keys in any order.

use std::mem;

use serde::de::IgnoredAny;

use crate::wire::list::Garbled;
use crate::wire::list::ListMeta;

/// Cuts a list in JSON into items.
///
/// Only finds where values start and end; whether they are JSON is for `serde_json` to say.
#[derive(Debug, Default)]
pub(super) struct JsonSplitter {
    at: At,
    value: Extent,
    /// The beginning of a value that is not whole yet.
    held: Vec<u8>,
    key: Option<Key>,
    meta: Option<ListMeta>,
    has_items: bool,
}

/// What the next byte that is not white space belongs to.
#[derive(Clone, Copy, Debug, Default)]
enum At {
    #[default]
    Start,
    /// After `{`: a key or `}`.
    FirstKey,
    /// After `,`: a key.
    Key,
    Colon,
    Value,
    /// After a value: `,` or `}`.
    AfterValue,
    /// After `[`: an item or `]`.
    FirstItem,
    /// After `,`: an item.
    Item,
    /// After an item: `,` or `]`.
    AfterItem,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Metadata,
    Items,
    Other,
}

impl JsonSplitter {
    pub(super) fn push<E: From<Garbled>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rest = bytes;
        while let Some((&byte, tail)) = rest.split_first() {
            let in_value = self.value.is_open();
            if !in_value && byte.is_ascii_whitespace() {
                rest = tail;
            } else if in_value || self.starts_value(byte) {
                let (found, length) = self.value.advance(rest);
                let (part, tail) = rest.split_at(length);
                rest = tail;
                if !found {
                    self.held.extend_from_slice(part);
                } else if self.held.is_empty() {
                    self.take(part, each)?;
                } else {
                    self.held.extend_from_slice(part);
                    let whole = mem::take(&mut self.held);
                    self.take(&whole, each)?;
                    // Keeps the allocation for the next item that arrives in pieces.
                    self.held = whole;
                    self.held.clear();
                }
            } else {
                self.punctuation(byte)?;
                rest = tail;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<ListMeta, Garbled> {
        match self.at {
            At::End if !self.has_items => Err(Garbled::NotAList("it has no items")),
            At::End => self.meta.ok_or(Garbled::NotAList("it has no metadata")),
            _ => Err(Garbled::Cut),
        }
    }

    fn starts_value(&self, byte: u8) -> bool {
        match self.at {
            At::FirstKey => byte != b'}',
            At::FirstItem => byte != b']',
            At::Value => !(self.key == Some(Key::Items) && byte == b'['),
            At::Key | At::Item => true,
            At::Start | At::Colon | At::AfterValue | At::AfterItem | At::End => false,
        }
    }

    fn punctuation(&mut self, byte: u8) -> Result<(), Garbled> {
        self.at = match (self.at, byte) {
            (At::Start, b'{') => At::FirstKey,
            (At::Colon, b':') => At::Value,
            (At::Value, b'[') if !mem::replace(&mut self.has_items, true) => At::FirstItem,
            (At::AfterItem, b',') => At::Item,
            (At::AfterItem | At::FirstItem, b']') => At::AfterValue,
            (At::AfterValue, b',') => At::Key,
            (At::AfterValue | At::FirstKey, b'}') => At::End,
            _ => return Err(Garbled::NotAList("a character is where it cannot be")),
        };
        Ok(())
    }

    /// Takes a whole value: a key, an item, or what a key stands for.
    fn take<E: From<Garbled>>(
        &mut self,
        value: &[u8],
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.at {
            At::FirstKey | At::Key => {
                let key: String = read(value)?;
                self.key = Some(match key.as_str() {
                    "metadata" => Key::Metadata,
                    "items" => Key::Items,
                    _ => Key::Other,
                });
                self.at = At::Colon;
            }
            At::FirstItem | At::Item => {
                each(value)?;
                self.at = At::AfterItem;
            }
            _ => {
                match self.key {
                    Some(Key::Metadata) => self.meta = Some(read(value)?),
                    // Go writes an empty list it never appended to as null.
                    Some(Key::Items) if value == b"null" && !self.has_items => {
                        self.has_items = true;
                    }
                    Some(Key::Items) => {
                        return Err(Garbled::NotAList("its items are no array").into());
                    }
                    Some(Key::Other) | None => {
                        let IgnoredAny = read(value)?;
                    }
                }
                self.at = At::AfterValue;
            }
        }
        Ok(())
    }
}

fn read<'a, T: serde::Deserialize<'a>>(json: &'a [u8]) -> Result<T, Garbled> {
    serde_json::from_slice(json).map_err(|error| Garbled::Unreadable(error.to_string()))
}

/// Where a value ends: after its closing bracket or quote, or before what follows a bare word.
#[derive(Debug, Default)]
struct Extent {
    depth: u32,
    in_string: bool,
    escaped: bool,
    in_word: bool,
}

impl Extent {
    fn is_open(&self) -> bool {
        self.depth > 0 || self.in_string || self.in_word
    }

    /// Goes on through these bytes: whether the value ends in them, and how many are its.
    fn advance(&mut self, bytes: &[u8]) -> (bool, usize) {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => continue,
                }
            } else {
                match byte {
                    b'"' if !self.in_word => self.in_string = true,
                    b'{' | b'[' if !self.in_word => self.depth += 1,
                    b'}' | b']' if self.depth > 0 => self.depth -= 1,
                    _ if self.depth > 0 => continue,
                    b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                        let had_word = mem::take(&mut self.in_word);
                        // With no word before it the byte is out of place. Taken as a value, it
                        // is one that nobody can read.
                        return (true, if had_word { at } else { at + 1 });
                    }
                    _ => self.in_word = true,
                }
            }
            if !self.is_open() {
                return (true, at + 1);
            }
        }
        (false, bytes.len())
    }
}
