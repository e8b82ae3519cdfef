//! Builds lists as a server sends them.

use prost::Message;
use serde_json::Value;

use crate::wire::list::ListMeta;

#[derive(Clone, PartialEq, Message)]
struct Unknown {
    #[prost(bytes = "vec", tag = "1")]
    type_meta: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

/// An object in protobuf's envelope.
pub(crate) fn wrap(object: &impl Message) -> Vec<u8> {
    let unknown = Unknown { type_meta: Vec::new(), raw: object.encode_to_vec() };
    let mut bytes = b"k8s\0".to_vec();
    bytes.extend(unknown.encode_to_vec());
    // As the server does: the encoding and the type of the content, both empty.
    bytes.extend_from_slice(b"\x1a\x00\x22\x00");
    bytes
}

/// A list in protobuf.
pub(crate) fn protobuf<T: Message>(items: &[T], next: &str) -> Vec<u8> {
    #[derive(Clone, PartialEq, Message)]
    struct List {
        #[prost(message, optional, tag = "1")]
        metadata: Option<ListMeta>,
        #[prost(bytes = "vec", repeated, tag = "2")]
        items: Vec<Vec<u8>>,
    }

    let metadata = Some(ListMeta { next: next.to_owned() });
    wrap(&List { metadata, items: items.iter().map(Message::encode_to_vec).collect() })
}

/// A list in JSON.
pub(crate) fn json(items: &[Value], next: &str) -> Vec<u8> {
    let items: Vec<String> = items.iter().map(Value::to_string).collect();
    format!(
        r#"{{"kind":"List","metadata":{{"resourceVersion":"5","continue":"{next}"}},"items":[{}]}}"#,
        items.join(", ")
    )
    .into_bytes()
}
