//! How much storage a namespace may ask for.

use crate::model::quantity::Quantity;

/// The resource every claim counts for.
const STORAGE: &str = "requests.storage";

/// What follows the name of a storage class in the resource that only its claims count for.
const OF_CLASS: &str = ".storageclass.storage.k8s.io/requests.storage";

/// One resource of a ResourceQuota that claims count for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageQuota {
    /// Name of the quota.
    pub quota: String,
    /// The resource, such as `requests.storage`.
    pub resource: String,
    /// The most.
    pub hard: Quantity,
    /// How much of it is taken.
    pub used: Quantity,
}

impl StorageQuota {
    /// Whether this is a resource of amounts of storage.
    pub fn is_about(resource: &str) -> bool {
        resource == STORAGE || resource.ends_with(OF_CLASS)
    }

    /// Whether claims of this storage class count for it.
    pub fn counts(&self, class: Option<&str>) -> bool {
        let of = self.resource.strip_suffix(OF_CLASS);
        self.resource == STORAGE || (of.is_some() && of == class)
    }

    /// What is left of it.
    pub fn left(&self) -> Quantity {
        self.hard.less(self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_count_for_the_whole_and_for_their_class() {
        let quota = |resource: &str| StorageQuota {
            quota: "q".to_owned(),
            resource: resource.to_owned(),
            hard: Quantity::bytes(3),
            used: Quantity::bytes(2),
        };
        let of_fast = quota("fast.storageclass.storage.k8s.io/requests.storage");
        assert!(StorageQuota::is_about(&of_fast.resource));
        assert!(of_fast.counts(Some("fast")) && !of_fast.counts(Some("slow")));
        assert!(!of_fast.counts(None));
        assert!(quota(STORAGE).counts(None) && StorageQuota::is_about(STORAGE));
        assert!(!StorageQuota::is_about("requests.cpu"));
        assert_eq!(of_fast.left(), Quantity::bytes(1));
    }
}
