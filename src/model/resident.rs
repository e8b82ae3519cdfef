//! A pod as its node sees it: somebody who lives there, and may have to go.

use jiff::Timestamp;

use crate::model::node::Taint;
use crate::model::placement::Toleration;
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

impl Resident {
    /// As `NAMESPACE/NAME`.
    pub fn display(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether it stays for good on a node with this taint.
    pub fn withstands(&self, taint: &Taint) -> bool {
        let for_good = |one: &Toleration| one.seconds.is_none() && one.tolerates(taint);
        self.tolerations.iter().any(for_good)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::node::out_of_service;
    use crate::model::placement::Toleration;
    use crate::testing::a_resident;

    fn toleration(key: &str, operator: &str, value: &str, effect: &str) -> Toleration {
        let [key, operator, value, effect] = [key, operator, value, effect].map(str::to_owned);
        Toleration { key, operator, value, effect, seconds: None }
    }

    #[test]
    fn only_what_names_the_taint_or_all_taints_withstands_it() {
        let taint = out_of_service();
        let withstands = |toleration: Toleration| {
            let mut pod = a_resident("prod", "db-0");
            pod.tolerations.push(toleration);
            pod.withstands(&taint)
        };
        assert!(withstands(toleration("", "Exists", "", "")));
        assert!(withstands(toleration(&taint.key, "Exists", "", "NoExecute")));
        assert!(withstands(toleration(&taint.key, "Equal", "nodeshutdown", "")));
        assert!(!withstands(toleration(&taint.key, "Equal", "other", "")));
        assert!(!withstands(toleration("", "Exists", "", "NoSchedule")));
        assert!(!withstands(toleration("node.kubernetes.io/unreachable", "Exists", "", "")));
        let for_a_while = Toleration { seconds: Some(300), ..toleration("", "Exists", "", "") };
        assert!(!withstands(for_a_while), "it goes, only later");
        assert!(!a_resident("prod", "db-0").withstands(&taint));
    }
}
