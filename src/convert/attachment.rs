//! A VolumeAttachment from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::optional;
use crate::model::attachment::Attachment;
use crate::model::text::clean;
use crate::wire::attachment::VolumeAttachment;

/// The attachment.
pub fn attachment(wire: VolumeAttachment) -> Result<Attachment, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "volumeattachment", name: &meta.name };
    let spec = wire.spec.unwrap_or_default();
    let volume = spec.source.and_then(|source| source.persistent_volume_name);
    Ok(Attachment {
        name: subject.required("metadata.name", &meta.name)?,
        node: subject.required("spec.nodeName", &spec.node_name)?,
        volume: volume.and_then(|name| optional(&name)),
        attacher: clean(&spec.attacher),
        attached: wire.status.is_some_and(|status| status.attached),
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_encodings_make_the_same_attachment() {
        let wire: VolumeAttachment = serde_json::from_value(json!({
            "metadata": {"name": "csi-1"},
            "spec": {
                "attacher": "x.csi", "nodeName": "node-a",
                "source": {"persistentVolumeName": "pv-1"},
            },
            "status": {"attached": true},
        }))
        .unwrap();
        let over_protobuf = VolumeAttachment::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = attachment(wire).unwrap();
        assert_eq!(attachment(over_protobuf).unwrap(), read);
        assert_eq!((read.node.as_str(), read.volume.as_deref()), ("node-a", Some("pv-1")));
        assert!(read.attached);
    }

    #[test]
    fn an_attachment_to_nowhere_makes_no_sense() {
        let wire = serde_json::from_value(json!({"metadata": {"name": "csi-1"}})).unwrap();
        let error = attachment(wire).unwrap_err().to_string();
        assert_eq!(error, "volumeattachment/csi-1 makes no sense: spec.nodeName is missing");
    }
}
