//! The mark a failover leaves on a node, so that whoever clears it knows whose it is.

use jiff::Timestamp;

/// The annotation of a node that was declared to be off by this program.
pub const ANNOTATION: &str = "kubectl-sts.io/failover";

/// Who declared a node to be off, when, and for which pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// For which pod, as `NAMESPACE/NAME`.
    pub pod: String,
}
