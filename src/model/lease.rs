//! The lease by which a node says that it is alive.

use jiff::Timestamp;

/// The namespace of the leases of nodes; each has the name of its node.
pub const NODE_LEASES: &str = "kube-node-lease";

/// A lease of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The node.
    pub node: String,
    /// When it was renewed, by the clock of the node.
    pub renewed_at: Option<Timestamp>,
    /// For how many seconds it stands.
    pub seconds: Option<u32>,
}
