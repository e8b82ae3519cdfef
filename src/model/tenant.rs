//! A pod as a claim sees it: somebody who uses it, or would.

use crate::model::set::Owner;

/// A pod and the claims it names, in whatever phase it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Name.
    pub pod: String,
    /// UID.
    pub uid: String,
    /// Opaque version of the object.
    pub resource_version: String,
    /// What manages it.
    pub controller: Option<Owner>,
    /// Names of the claims, those of ephemeral volumes among them.
    pub claims: Vec<String>,
    /// Whether it was told to go.
    pub going: bool,
}
