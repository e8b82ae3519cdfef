//! A ControllerRevision: one remembered template of a set.

use jiff::Timestamp;

use crate::model::set::Template;

/// A ControllerRevision.
///
/// Its identity is the name. The number moves: going back to an earlier template re-uses the
/// name and takes the next number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Name, equal to the `controller-revision-hash` label of its pods.
    pub name: String,
    /// `revision`, growing.
    pub number: i64,
    /// UID of the owner reference with `controller: true`.
    pub controller: Option<String>,
    /// When it was first made.
    pub created_at: Option<Timestamp>,
    /// The annotation `kubernetes.io/change-cause`.
    pub change_cause: Option<String>,
    /// The revision that a rollout recorded on the set came from when the controller made this
    /// one: it copies the set's annotations. Tells nothing once the revision was used again.
    pub came_from: Option<String>,
    /// The template it holds, without the `$patch` marker.
    pub template: Template,
}
