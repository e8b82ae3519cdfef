//! Releases and applications that bring their objects back, from the wire.

use std::collections::BTreeMap;

use crate::convert::optional;
use crate::model::survey::Deployment;
use crate::model::text::clean;
use crate::wire::custom::Delivery;

/// An Application of Argo CD, whose objects carry its name.
pub fn application(wire: &Delivery) -> Deployment {
    Deployment {
        kind: "Application.argoproj.io".to_owned(),
        namespace: wire.spec.destination.namespace.as_deref().and_then(optional),
        name: clean(&wire.metadata.name),
    }
}

/// A HelmRelease of Flux, whose objects carry the name of the release.
pub fn helm_release(wire: &Delivery) -> Deployment {
    let target = wire.spec.target_namespace.as_deref().and_then(optional);
    let own = || match &target {
        Some(target) => format!("{target}-{}", clean(&wire.metadata.name)),
        None => clean(&wire.metadata.name),
    };
    let name = wire.spec.release_name.as_deref().and_then(optional).unwrap_or_else(own);
    Deployment {
        kind: "HelmRelease.helm.toolkit.fluxcd.io".to_owned(),
        namespace: target.or_else(|| optional(&wire.metadata.namespace)),
        name,
    }
}

/// A Kustomization of Flux, whose objects carry its name and may be anywhere.
pub fn kustomization(wire: &Delivery) -> Deployment {
    Deployment {
        kind: "Kustomization.kustomize.toolkit.fluxcd.io".to_owned(),
        namespace: wire.spec.target_namespace.as_deref().and_then(optional),
        name: clean(&wire.metadata.name),
    }
}

/// A release of Helm, by the labels of the Secret that remembers it.
pub fn release(namespace: &str, labels: &BTreeMap<String, String>) -> Option<Deployment> {
    Some(Deployment {
        kind: "Helm release".to_owned(),
        namespace: optional(namespace),
        name: labels.get("name").and_then(|name| optional(name))?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::*;

    fn wire(spec: &Value) -> Delivery {
        let object = json!({"metadata": {"name": "db", "namespace": "flux"}, "spec": spec});
        serde_json::from_value(object).unwrap()
    }

    fn named(found: &Deployment) -> (&str, Option<&str>) {
        (&found.name, found.namespace.as_deref())
    }

    #[test]
    fn each_says_what_its_objects_carry_and_where_they_are() {
        let app = application(&wire(&json!({"destination": {"namespace": "prod"}})));
        assert_eq!(named(&app), ("db", Some("prod")));
        assert_eq!(named(&application(&wire(&Value::Null))), ("db", None));
        assert_eq!(named(&helm_release(&wire(&json!({})))), ("db", Some("flux")));
        let elsewhere = wire(&json!({"targetNamespace": "prod"}));
        assert_eq!(named(&helm_release(&elsewhere)), ("prod-db", Some("prod")));
        let renamed = wire(&json!({"targetNamespace": "prod", "releaseName": "pg"}));
        assert_eq!(named(&helm_release(&renamed)), ("pg", Some("prod")));
        assert_eq!(named(&kustomization(&wire(&json!({})))), ("db", None));
    }

    #[test]
    fn a_release_is_known_by_the_label_of_its_secret() {
        let labels = BTreeMap::from([("name".to_owned(), "pg".to_owned())]);
        assert_eq!(named(&release("prod", &labels).unwrap()), ("pg", Some("prod")));
        assert_eq!(release("prod", &BTreeMap::new()), None);
    }
}
