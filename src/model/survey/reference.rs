//! Who names a claim.

use std::collections::{BTreeMap, BTreeSet};

/// Objects that name claims, by namespace and name of the claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Claims that somebody could name; all others are of no interest.
    claims: BTreeMap<String, Vec<Reference>>,
}

/// One mention of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The object, such as `pod/db-0` or `cronjob/backup`.
    pub by: String,
    /// How it names the claim.
    pub how: Mention,
}

/// How an object names a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// A pod mounts it, or would, in whatever phase the pod is.
    Pod {
        /// `status.phase`, as the API spells it.
        phase: String,
        /// Whether the pod was bound to a node.
        scheduled: bool,
        /// Whether the pod was told to go.
        going: bool,
        /// Whether the claim is the one of an ephemeral volume of the pod.
        ephemeral: bool,
    },
    /// A pod template names it.
    Template,
    /// Text somewhere in the object is its name, or its namespace, a slash and its name.
    Text {
        /// Where, as a path such as `spec.sourcePVC`.
        path: String,
    },
}

impl Mention {
    /// Whether it was found by searching text.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text { .. })
    }
}

/// An object, and the claims of its namespace that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mentioner {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID.
    pub uid: String,
    /// Whether something manages it.
    pub managed: bool,
    /// Names of claims, and how it names them.
    pub mentions: Vec<(String, Reference)>,
}

impl References {
    /// Begins with the claims there are: only mentions of these are kept.
    pub fn to<'a>(claims: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let claims = claims
            .into_iter()
            .map(|(namespace, name)| (key(namespace, name), Vec::new()))
            .collect();
        Self { claims }
    }

    /// Takes in a mention, if the claim is one of those that matter.
    pub fn add(&mut self, namespace: &str, claim: &str, mention: impl FnOnce() -> Reference) {
        if let Some(mentions) = self.claims.get_mut(&key(namespace, claim)) {
            let mention = mention();
            // A pod may name a claim in several volumes.
            if !mentions.contains(&mention) {
                // Most claims are named once, and there may be many claims.
                mentions.reserve_exact(1);
                mentions.push(mention);
            }
        }
    }

    /// Who names this claim.
    pub fn of(&self, namespace: &str, claim: &str) -> &[Reference] {
        self.claims.get(&key(namespace, claim)).map_or(&[], Vec::as_slice)
    }

    /// Whether a claim of that name is one of those that matter.
    pub fn knows(&self, namespace: &str, claim: &str) -> bool {
        self.claims.contains_key(&key(namespace, claim))
    }

    /// The namespaces of claims that nobody names so far.
    pub fn unnamed_namespaces(&self) -> BTreeSet<String> {
        self.claims
            .iter()
            .filter(|(_, mentions)| mentions.is_empty())
            .filter_map(|(key, _)| Some(key.split_once('/')?.0.to_owned()))
            .collect()
    }
}

/// Neither part can have a slash in it.
fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(by: &str) -> Reference {
        Reference { by: by.to_owned(), how: Mention::Template }
    }

    #[test]
    fn only_claims_that_are_there_are_remembered_and_each_mention_once() {
        let mut references = References::to([("a", "data-db-0"), ("b", "data-db-0")]);
        references.add("a", "data-db-0", || by("job/x"));
        references.add("a", "data-db-0", || by("job/x"));
        references.add("a", "other", || by("job/x"));
        assert_eq!(references.of("a", "data-db-0"), [by("job/x")]);
        assert!(references.of("b", "data-db-0").is_empty(), "namespaces do not mix");
        assert!(references.of("a", "other").is_empty());
        assert_eq!(references.unnamed_namespaces(), BTreeSet::from(["b".to_owned()]));
    }
}
