//! Admission policies that deny something in the namespace of one test.

use serde_json::json;

use super::Namespace;

const API: &str = "/apis/admissionregistration.k8s.io/v1";

/// What a policy denies, unless its expression holds.
pub(crate) struct Rule<'r> {
    /// API group, such as `apps`; empty for the core group.
    pub(crate) group: &'r str,
    /// Such as `statefulsets`.
    pub(crate) resource: &'r str,
    /// Such as `DELETE`.
    pub(crate) operation: &'r str,
    /// What must hold, in CEL.
    pub(crate) expression: &'r str,
    /// What is said of what is denied.
    pub(crate) message: &'r str,
}

/// A policy that is there until this is dropped. It takes the API server a moment to heed it, and to forget it.
pub(crate) struct Policy<'n, 'a> {
    ns: &'n Namespace<'a>,
    name: String,
}

impl<'a> Namespace<'a> {
    /// Has the API server deny something in this namespace.
    #[track_caller]
    pub(crate) fn deny(&self, rule: &Rule<'_>) -> Policy<'_, 'a> {
        let name = format!("deny-{}", self.name());
        self.post(
            &format!("{API}/validatingadmissionpolicies"),
            &json!({
                "metadata": { "name": name },
                "spec": {
                    "failurePolicy": "Fail",
                    "matchConstraints": { "resourceRules": [{
                        "apiGroups": [rule.group], "apiVersions": ["v1"],
                        "operations": [rule.operation], "resources": [rule.resource],
                    }] },
                    "validations": [{ "expression": rule.expression, "message": rule.message }],
                },
            }),
        );
        self.post(
            &format!("{API}/validatingadmissionpolicybindings"),
            &json!({
                "metadata": { "name": name },
                "spec": {
                    "policyName": name, "validationActions": ["Deny"],
                    "matchResources": { "namespaceSelector": {
                        "matchLabels": { "kubernetes.io/metadata.name": self.name() },
                    } },
                },
            }),
        );
        Policy { ns: self, name }
    }

    /// Has the API server deny the deletion of claims in this namespace, in these words.
    #[track_caller]
    pub(crate) fn deny_deletion_of_claims(&self, message: &str) -> Policy<'_, 'a> {
        let (group, resource, operation) = ("", "persistentvolumeclaims", "DELETE");
        self.deny(&Rule { group, resource, operation, expression: "false", message })
    }
}

impl Drop for Policy<'_, '_> {
    fn drop(&mut self) {
        for kind in ["validatingadmissionpolicybinding", "validatingadmissionpolicy"] {
            let _answer = self.ns.kubectl(&["delete", kind, &self.name]);
        }
    }
}
