//! Both splitters on lists that are whole, in pieces, cut, and damaged.

use proptest::prelude::*;
use prost::Message;
use serde_json::Value;
use serde_json::json;

use super::*;
use crate::wire::pod::Pod;

/// A pod with this name, and with labels that are hard to read.
fn pod(name: &str) -> Value {
    json!({
        "metadata": {"name": name, "labels": {"\u{41}]}": "[{\"\\"}},
        "status": {"phase": "Running"},
    })
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
    let pods: Vec<Value> = names.iter().map(|name| pod(name)).collect();
    match encoding {
        Encoding::Json => testing::json(&pods, next),
        Encoding::Protobuf => {
            let pods = pods.into_iter().map(|pod| serde_json::from_value(pod).unwrap());
            testing::protobuf(&pods.collect::<Vec<Pod>>(), next)
        }
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
    fn damaged_json_is_never_a_shorter_list(
        names in names(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        piece in 1_usize..80,
    ) {
        let mut bytes = write(Encoding::Json, &names, "");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok((read, _)) = read(Encoding::Json, &bytes, piece) {
            prop_assert!(read.len() >= names.len(), "{} of {}", read.len(), names.len());
        }
    }

    #[test]
    fn protobuf_that_lost_bytes_is_never_a_shorter_list(
        names in names(), from in any::<prop::sample::Index>(), lost in 1_usize..200,
        piece in 1_usize..80,
    ) {
        let mut bytes = write(Encoding::Protobuf, &names, "");
        let from = from.index(bytes.len());
        let to = bytes.len().min(from + lost);
        bytes.drain(from..to);
        if let Ok((read, _)) = read(Encoding::Protobuf, &bytes, piece) {
            prop_assert!(read.len() >= names.len(), "{} of {}", read.len(), names.len());
        }
    }

    #[test]
    fn damaged_protobuf_does_no_harm(
        names in names(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
        piece in 1_usize..80,
    ) {
        let mut bytes = write(Encoding::Protobuf, &names, "");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        // It returns, and that is all that can be asked for: a length changed to end where another
        // item does swallows that item, and no reader of this format could tell.
        let read = read(Encoding::Protobuf, &bytes, piece);
        prop_assert!(read.is_err() || read.is_ok());
    }

    #[test]
    fn noise_is_not_a_list(
        encoding in encodings(), noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assert!(read(encoding, &noise, 7).is_err());
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
    let list = write(Encoding::Protobuf, &[], "token");
    let unwrapped: Result<Pod, Garbled> = unwrap(&list);
    assert!(unwrapped.is_ok());
    assert_eq!(
        unwrap::<Pod>(b"{}").unwrap_err(),
        Garbled::NotAList("it does not start as protobuf does")
    );
    assert!(matches!(unwrap::<Pod>(b"k8s\0\x12\x7f"), Err(Garbled::Unreadable(_))));
}

#[test]
fn escapes_in_keys_and_values_are_read() {
    let list = r#"{"metadata":{},"items":[{"metadata":{"name":"\u0064b","labels":{"\u0041\"":"\ud83d\ude00\\"}}}]}"#;
    let mut splitter = Splitter::new(Encoding::Json);
    let mut labels = Vec::new();
    let mut add = |item: &[u8]| {
        let pod: Pod = serde_json::from_slice(item).unwrap();
        labels.extend(pod.metadata.unwrap().labels);
        Ok::<(), Garbled>(())
    };
    splitter.push(list.as_bytes(), &mut add).unwrap();
    assert_eq!(labels, [("A\"".to_owned(), "😀\\".to_owned())]);
}
