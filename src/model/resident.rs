//! A pod as its node sees it: somebody who lives there, and may have to go.

use jiff::Timestamp;

use crate::model::node::Taint;
use crate::model::set::Owner;

/// A pod bound to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resident {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// What manages it.
    pub controller: Option<Owner>,
    /// When it was told to go, if it was.
    pub deleting_since: Option<Timestamp>,
    /// The taints it puts up with.
    pub tolerations: Vec<Toleration>,
}

/// What taints a pod puts up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// Their key; absent for all.
    pub key: Option<String>,
    /// Their value; absent for all.
    pub value: Option<String>,
    /// Their effect; absent for all.
    pub effect: Option<String>,
    /// For how many seconds; absent for ever.
    pub seconds: Option<i64>,
}

impl Resident {
    /// As `NAMESPACE/NAME`.
    pub fn display(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether it stays for good on a node with this taint.
    pub fn withstands(&self, taint: &Taint) -> bool {
        self.tolerations.iter().any(|toleration| {
            let all = |wanted: &Option<String>, is: &str| {
                wanted.as_deref().is_none_or(|wanted| wanted == is)
            };
            toleration.seconds.is_none()
                && all(&toleration.key, &taint.key)
                && all(&toleration.value, &taint.value)
                && all(&toleration.effect, &taint.effect)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::node::out_of_service;
    use crate::model::resident::Toleration;
    use crate::testing::a_resident;

    fn toleration(key: &str, value: &str, effect: &str) -> Toleration {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Toleration { key: some(key), value: some(value), effect: some(effect), seconds: None }
    }

    #[test]
    fn only_what_names_the_taint_or_all_taints_withstands_it() {
        let taint = out_of_service();
        let withstands = |toleration: Toleration| {
            let mut pod = a_resident("prod", "db-0");
            pod.tolerations.push(toleration);
            pod.withstands(&taint)
        };
        assert!(withstands(toleration("", "", "")));
        assert!(withstands(toleration(&taint.key, "", "NoExecute")));
        assert!(withstands(toleration(&taint.key, "nodeshutdown", "")));
        assert!(!withstands(toleration(&taint.key, "other", "")));
        assert!(!withstands(toleration("", "", "NoSchedule")));
        assert!(!withstands(toleration("node.kubernetes.io/unreachable", "", "")));
        let for_a_while = Toleration { seconds: Some(300), ..toleration("", "", "") };
        assert!(!withstands(for_a_while), "it goes, only later");
        assert!(!a_resident("prod", "db-0").withstands(&taint));
    }
}
