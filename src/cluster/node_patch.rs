//! The bodies of the patches of a node.
//!
//! They are JSON patches: the list of taints is one value to every other kind of patch, and
//! sending it back whole would drop whatever is in it that this program does not read. Version and
//! UID are written over with themselves, which the server refuses with 409 when they have changed.

use serde_json::{Value, json};

use crate::convert::failover::print;
use crate::model::failover::ANNOTATION;
use crate::model::node::{Taint, out_of_service};
use crate::plan::step::{NodeTaint, NodeUntaint};

/// The declaration that a node is off.
pub(super) fn taint(step: &NodeTaint) -> Value {
    let Taint { key, value, effect } = out_of_service();
    let taint = json!({ "key": key, "value": value, "effect": effect });
    let mut operations = as_read(&step.resource_version, &step.uid);
    operations.push(if step.has_taints {
        json!({ "op": "add", "path": "/spec/taints/-", "value": taint })
    } else {
        json!({ "op": "add", "path": "/spec/taints", "value": [taint] })
    });
    let mark = print(&step.mark);
    operations.push(if step.has_annotations {
        json!({ "op": "add", "path": annotation(), "value": mark })
    } else {
        json!({ "op": "add", "path": "/metadata/annotations", "value": { ANNOTATION: mark } })
    });
    operations.into()
}

/// Taking it back.
pub(super) fn untaint(step: &NodeUntaint) -> Value {
    let mut operations = as_read(&step.resource_version, &step.uid);
    if let Some(at) = step.taint {
        let path = format!("/spec/taints/{at}");
        let key = format!("{path}/key");
        operations.push(json!({ "op": "test", "path": key, "value": out_of_service().key }));
        operations.push(json!({ "op": "remove", "path": path }));
    }
    if step.marked {
        operations.push(json!({ "op": "remove", "path": annotation() }));
    }
    operations.into()
}

fn as_read(resource_version: &str, uid: &str) -> Vec<Value> {
    let same = |field: &str, value: &str| json!({ "op": "replace", "path": format!("/metadata/{field}"), "value": value });
    vec![same("resourceVersion", resource_version), same("uid", uid)]
}

/// The path of our annotation; RFC 6901 writes `/` as `~1`.
fn annotation() -> String {
    format!("/metadata/annotations/{}", ANNOTATION.replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::failover::Mark;
    use crate::model::node::Node;
    use crate::testing::{a_node, at};

    fn mark() -> Mark {
        Mark { by: "me@here".to_owned(), at: at(0), pod: "prod/db-1".to_owned() }
    }

    fn other() -> Taint {
        Taint {
            key: "node.kubernetes.io/unreachable".to_owned(),
            value: String::new(),
            effect: "NoExecute".to_owned(),
        }
    }

    #[test]
    fn a_taint_is_added_to_those_that_are_there() {
        let mut node = Node { taints: vec![other()], ..a_node("node-a", "a") };
        node.annotations.insert("a".to_owned(), "b".to_owned());
        let added = taint(&NodeTaint::of(&node, mark()));
        assert_eq!(
            added,
            json!([
                { "op": "replace", "path": "/metadata/resourceVersion", "value": "1" },
                { "op": "replace", "path": "/metadata/uid", "value": "uid-node-a" },
                { "op": "add", "path": "/spec/taints/-", "value": {
                    "key": "node.kubernetes.io/out-of-service",
                    "value": "nodeshutdown",
                    "effect": "NoExecute",
                } },
                {
                    "op": "add",
                    "path": "/metadata/annotations/kubectl-sts.io~1failover",
                    "value": r#"{"at":"2023-11-14T22:13:20Z","by":"me@here","pod":"prod/db-1"}"#,
                },
            ])
        );
    }

    #[test]
    fn where_there_is_no_list_one_is_made() {
        let added = taint(&NodeTaint::of(&a_node("node-a", "a"), mark()));
        assert_eq!(added[2]["path"], "/spec/taints");
        assert_eq!(added[2]["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(added[3]["path"], "/metadata/annotations");
    }

    #[test]
    fn only_our_taint_and_our_mark_are_removed() {
        let mut node = Node { taints: vec![other(), out_of_service()], ..a_node("node-a", "a") };
        node.annotations.insert(ANNOTATION.to_owned(), "{}".to_owned());
        assert_eq!(
            untaint(&NodeUntaint::of(&node)),
            json!([
                { "op": "replace", "path": "/metadata/resourceVersion", "value": "1" },
                { "op": "replace", "path": "/metadata/uid", "value": "uid-node-a" },
                {
                    "op": "test", "path": "/spec/taints/1/key",
                    "value": "node.kubernetes.io/out-of-service",
                },
                { "op": "remove", "path": "/spec/taints/1" },
                { "op": "remove", "path": "/metadata/annotations/kubectl-sts.io~1failover" },
            ])
        );
    }
}
