//! A ControllerRevision from the wire.

use serde::Deserialize;
use serde_json::Value;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::meta::controller_uid;
use crate::convert::meta::moment;
use crate::convert::optional;
use crate::convert::run;
use crate::convert::template::template;
use crate::model::revision::Revision;
use crate::model::run::ANNOTATION;
use crate::model::run::RecordedRun;
use crate::wire::revision::ControllerRevision;

/// Where `kubectl` looks for the reason of a change.
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// The patch a revision holds: `{"spec":{"template":{…,"$patch":"replace"}}}`.
#[derive(Deserialize)]
struct Data {
    spec: Spec,
}

#[derive(Deserialize)]
struct Spec {
    template: serde_json::Map<String, Value>,
}

/// The revision.
pub fn revision(wire: ControllerRevision) -> Result<Revision, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "controllerrevision", name: &meta.name };
    let data = wire.data.ok_or_else(|| subject.missing("data"))?;
    let mut data: Data = serde_json::from_slice(&data.text)
        .map_err(|error| subject.malformed("data", error.to_string()))?;
    data.spec.template.remove("$patch");
    Ok(Revision {
        name: subject.required("metadata.name", &meta.name)?,
        number: wire.revision,
        controller: controller_uid(&meta.owner_references),
        created_at: moment(subject, "metadata.creationTimestamp", meta.creation_timestamp)?,
        change_cause: meta.annotations.get(CHANGE_CAUSE).and_then(|cause| optional(cause)),
        came_from: meta.annotations.get(ANNOTATION).and_then(|text| base(text)),
        template: template(Value::Object(data.spec.template)),
    })
}

/// The base of the rollout in a record; `None` when the record cannot be read.
fn base(text: &str) -> Option<String> {
    match run::read(text) {
        RecordedRun::Read(run) => Some(run.base),
        RecordedRun::Unreadable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    fn object(data: &Value) -> Value {
        json!({
            "metadata": {"name": "db-7f", "annotations": {CHANGE_CAUSE: "bump\u{7}"}},
            "revision": 4, "data": data,
        })
    }

    #[test]
    fn the_marker_is_not_part_of_the_template() {
        let data = json!({"spec": {"template": {
            "spec": {"containers": [{"name": "db", "image": "db:2"}]}, "$patch": "replace",
        }}});
        let wire: ControllerRevision = serde_json::from_value(object(&data)).unwrap();
        let over_protobuf = ControllerRevision::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = revision(wire).unwrap();
        assert_eq!(read.template.json, r#"{"spec":{"containers":[{"image":"db:2","name":"db"}]}}"#);
        assert_eq!(read.change_cause.as_deref(), Some("bump"));
        assert_eq!(read.number, 4);
        assert_eq!(revision(over_protobuf).unwrap(), read);
    }

    #[test]
    fn the_copied_record_tells_where_a_rollout_came_from() {
        let of = |record: &str| {
            let mut object = object(&json!({"spec": {"template": {}}}));
            object["metadata"]["annotations"][ANNOTATION] = json!(record);
            revision(serde_json::from_value(object).unwrap()).unwrap().came_from
        };
        let run = crate::testing::a_run(&crate::testing::a_set("db"));
        assert_eq!(of(&run::print(&run)).as_deref(), Some(crate::testing::OLD));
        assert_eq!(of("junk"), None);
    }

    #[test]
    fn go_escapes_in_the_data_do_not_make_another_template() {
        let plain = json!({"spec": {"template": {"spec": {"command": ["a && b > c"]}}}});
        let mut wire: ControllerRevision = serde_json::from_value(object(&plain)).unwrap();
        let read = revision(wire.clone()).unwrap();
        let escaped = r#"{"spec":{"template":{"$patch":"replace","spec":{"command":["a \u0026\u0026 b \u003e c"]}}}}"#;
        wire.data.as_mut().unwrap().text = escaped.as_bytes().to_vec();
        assert_eq!(revision(wire).unwrap().template, read.template);
    }

    #[test]
    fn data_of_another_kind_is_an_error() {
        for data in [json!({"spec": {}}), json!([]), json!({"spec": {"template": "no"}})] {
            let wire = serde_json::from_value(object(&data)).unwrap();
            assert_eq!(revision(wire).unwrap_err().field, "data", "{data}");
        }
    }
}
