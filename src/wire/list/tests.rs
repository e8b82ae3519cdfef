//! Both splitters on lists that are whole, in pieces, cut, and damaged.

use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::wire::pod::Pod;

/// A list of pods with these names, as protobuf.
fn protobuf(names: &[String], next: &str) -> Vec<u8> {
    #[derive(Clone, PartialEq, Message)]
    struct PodList {
        #[prost(message, optional, tag = "1")]
        metadata: Option<ListMeta>,
        #[prost(message, repeated, tag = "2")]
        items: Vec<Pod>,
    }

    #[derive(Clone, PartialEq, Message)]
    struct Unknown {
        #[prost(bytes = "vec", tag = "1")]
        type_meta: Vec<u8>,
        #[prost(bytes = "vec", tag = "2")]
        raw: Vec<u8>,
    }

    let items = names.iter().map(|name| serde_json::from_str(&item(name)).unwrap()).collect();
    let metadata = Some(ListMeta { next: next.to_owned() });
    let raw = PodList { metadata, items }.encode_to_vec();
    let mut bytes = b"k8s\0".to_vec();
    Unknown { type_meta: b"\x0a\x02v1\x12\x07PodList".to_vec(), raw }.encode(&mut bytes).unwrap();
    // As the server does: the encoding and the type of the content, both empty.
    bytes.extend_from_slice(b"\x1a\x00\x22\x00");
    bytes
}

/// The same list as JSON.
fn json(names: &[String], next: &str) -> Vec<u8> {
    let items: Vec<String> = names.iter().map(|name| item(name)).collect();
    format!(
        r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"5","continue":"{next}"}},"items":[{}]}}"#,
        items.join(", ")
    )
    .into_bytes()
}

fn item(name: &str) -> String {
    let name = serde_json::to_string(name).unwrap();
    format!(
        r#"{{"metadata":{{"name":{name},"labels":{{"\u0041]}}":"[{{\"\\"}}}},"status":{{"phase":"Running"}}}}"#
    )
}

fn read(encoding: Encoding, bytes: &[u8], piece: usize) -> Result<(Vec<String>, String), Garbled> {
    let mut splitter = Splitter::new(encoding);
    let mut names = Vec::new();
    for part in bytes.chunks(piece) {
        splitter.push(part, &mut |item| {
            let pod = match encoding {
                Encoding::Protobuf => {
                    Pod::decode(item).map_err(|error| Garbled::Unreadable(error.to_string()))?
                }
                Encoding::Json => serde_json::from_slice(item)
                    .map_err(|error| Garbled::Unreadable(error.to_string()))?,
            };
            names.push(pod.metadata.unwrap_or_default().name);
            Ok::<(), Garbled>(())
        })?;
    }
    Ok((names, splitter.finish()?.next))
}

fn write(encoding: Encoding, names: &[String], next: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => protobuf(names, next),
        Encoding::Json => json(names, next),
    }
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop::sample::select(vec![Encoding::Protobuf, Encoding::Json])
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z\"\\\\{}\\[\\],é\u{1b}]{1,12}", 0..6)
}

proptest! {
    #[test]
    fn whatever_the_pieces_the_items_are_the_same(
        encoding in encodings(), names in names(), next in "[a-z0-9]{0,8}", piece in 1_usize..80,
    ) {
        let bytes = write(encoding, &names, &next);
        prop_assert_eq!(read(encoding, &bytes, piece), Ok((names, next)));
    }

    #[test]
    fn a_cut_list_is_never_a_list(
        encoding in encodings(), names in names(), cut in any::<prop::sample::Index>(),
        piece in 1_usize..80,
    ) {
        let bytes = write(encoding, &names, "");
        // Protobuf's last four bytes say nothing, and the list is whole without them.
        let end = if encoding == Encoding::Protobuf { bytes.len() - 4 } else { bytes.len() };
        let cut = cut.index(end);
        prop_assert!(read(encoding, &bytes[..cut], piece).is_err());
    }

    #[test]
    fn a_damaged_list_is_never_a_shorter_list(
        encoding in encodings(), names in names(), at in any::<prop::sample::Index>(),
        byte in any::<u8>(), piece in 1_usize..80,
    ) {
        let mut bytes = write(encoding, &names, "");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok((read, _)) = read(encoding, &bytes, piece) {
            prop_assert!(read.len() >= names.len(), "{} of {}", read.len(), names.len());
        }
    }

    #[test]
    fn noise_is_not_a_list(
        encoding in encodings(), noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assert!(read(encoding, &noise, 7).is_err());
    }

    #[test]
    fn noise_after_the_first_bytes_does_no_harm(
        noise in prop::collection::vec(any::<u8>(), 0..200), piece in 1_usize..80,
    ) {
        let mut bytes = b"k8s\0".to_vec();
        bytes.extend(noise);
        // Only that it returns: random bytes can happen to be an empty list.
        let returned = read(Encoding::Protobuf, &bytes, piece);
        prop_assert!(returned.is_err() || returned.is_ok());
    }
}

#[test]
fn items_may_come_before_the_metadata_and_be_null() {
    let read = |json: &str| read(Encoding::Json, json.as_bytes(), 3).map(|(names, _)| names.len());
    assert_eq!(read(r#"{"items": null, "metadata": {}}"#), Ok(0));
    assert_eq!(
        read(r#" {"items": [ ], "other": [1, {"a": "]"}], "metadata": {"continue": ""}} "#),
        Ok(0)
    );
    assert_eq!(read(r#"{"items":[{"metadata":{"name":"a"}}],"metadata":{}}"#), Ok(1));
}

#[test]
fn json_that_is_no_list_is_refused() {
    let read = |json: &str| read(Encoding::Json, json.as_bytes(), 5).unwrap_err().to_string();
    assert_eq!(read(r#"{"metadata":{}}"#), "the answer is not a list: it has no items");
    assert_eq!(read(r#"{"items":[]}"#), "the answer is not a list: it has no metadata");
    assert_eq!(
        read(r#"{"metadata":{},"items":{}}"#),
        "the answer is not a list: its items are no array"
    );
    assert_eq!(read(r#"{"metadata":{},"items":[]"#), "the list was cut short");
    assert_eq!(read(""), "the list was cut short");
    for json in [
        r#"{"metadata":{},"items":[]}}"#,
        r#"{"metadata":{},"items":[],"items":[]}"#,
        r#"{"metadata":{},"items":[{},]}"#,
        r#"{"metadata":{},"items":[{} {}]}"#,
        r#"{"metadata":{},"items":[],}"#,
        r#"{"metadata":{},,"items":[]}"#,
        r#"{"metadata":{}"items":[]}"#,
        r#"{"kind":,"metadata":{},"items":[]}"#,
        r#"{"kind":tru,"metadata":{},"items":[]}"#,
        r#"{kind:"x","metadata":{},"items":[]}"#,
        r#"[{"metadata":{},"items":[]}]"#,
        "<html>502 Bad Gateway</html>",
    ] {
        assert!(!read(json).is_empty());
    }
}

#[test]
fn an_object_comes_out_of_its_envelope() {
    let list = protobuf(&[], "token");
    let unwrapped: Result<Pod, Garbled> = unwrap(&list);
    assert!(unwrapped.is_ok());
    assert_eq!(
        unwrap::<Pod>(b"{}").unwrap_err(),
        Garbled::NotAList("it does not start as protobuf does")
    );
    assert!(matches!(unwrap::<Pod>(b"k8s\0\x12\x7f"), Err(Garbled::Unreadable(_))));
}
