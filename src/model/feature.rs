//! Features of a cluster that change what its controllers do.

/// Whether `maxUnavailable` of a StatefulSet counts: the feature gate `MaxUnavailableStatefulSet`.
///
/// With it the controller also picks the pods to update in another way, whatever the field says.
/// The gate was switched on and off again over the versions of Kubernetes, so it is found out by
/// asking the server and never from its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxUnavailable {
    /// The field is kept, and up to that many pods are updated at once.
    Counts,
    /// The field is dropped, and pods are updated one by one.
    Dropped,
}
