//! What a write is done to, in words that fit a log.

use crate::plan::step::Step;

/// The object a step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// Such as `patch`.
    pub verb: &'static str,
    /// The short name kubectl takes, such as `pvc`.
    pub kind: &'static str,
    /// Namespace; absent for what is in none.
    pub namespace: Option<&'a str>,
    /// Name.
    pub name: &'a str,
    /// UID; absent for what is not there yet.
    pub uid: Option<&'a str>,
}

impl Step {
    /// What it is done to.
    pub fn target(&self) -> Target<'_> {
        let of = |verb, kind, namespace, name, uid| Target { verb, kind, namespace, name, uid };
        match self {
            Self::PatchSet(set) => {
                of("patch", "statefulset", Some(&*set.namespace), &*set.name, Some(&*set.uid))
            }
            Self::Scale(set) => {
                of("scale", "statefulset", Some(&set.namespace), &set.name, Some(&set.uid))
            }
            Self::DeletePod(pod) => {
                of("delete", "pod", Some(&pod.namespace), &pod.pod, Some(&pod.uid))
            }
            Self::EvictPod(pod) => {
                of("evict", "pod", Some(&pod.namespace), &pod.pod, Some(&pod.uid))
            }
            Self::TaintNode(node) => of("taint", "node", None, &node.node, Some(&node.uid)),
            Self::UntaintNode(node) => of("untaint", "node", None, &node.node, Some(&node.uid)),
            Self::PatchClaim(claim) => {
                of("patch", "pvc", Some(&claim.namespace), &claim.name, Some(&claim.uid))
            }
            Self::RemoveOwner(claim) => {
                of("patch", "pvc", Some(&claim.namespace), &claim.claim, Some(&claim.uid))
            }
            Self::PatchVolume(volume) => of("patch", "pv", None, &volume.name, Some(&volume.uid)),
            Self::Create(new) => {
                of("create", new.kind.name(), Some(&new.namespace), &new.name, None)
            }
            Self::Delete(old) => {
                of("delete", old.kind.name(), Some(&old.namespace), &old.name, Some(&old.uid))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::step::Step;
    use crate::plan::step::object::Deletion;
    use crate::plan::step::volume::VolumePatch;
    use crate::testing::{a_set, a_volume};

    #[test]
    fn a_step_names_what_it_is_done_to() {
        let step = Step::Delete(Deletion::of_set(&a_set("db")));
        let target = step.target();
        assert_eq!((target.verb, target.kind, target.name), ("delete", "statefulset", "db"));
        assert_eq!((target.namespace, target.uid), (Some("prod"), Some("set-uid")));
        let step = Step::PatchVolume(VolumePatch::of(&a_volume("pv-1")));
        assert_eq!((step.target().kind, step.target().namespace), ("pv", None));
    }
}
