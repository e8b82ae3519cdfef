//! How one claim stands to what it is to have.

use crate::model::claim::{Claim, ClaimPhase, VolumeWork};
use crate::model::quantity::Quantity;
use crate::plan::resize::refusal::NotResized;
use crate::plan::step::claim::ClaimPatch;

/// What a claim is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// At least this much storage.
    Size(Quantity),
    /// The attributes of this VolumeAttributesClass.
    Attributes(String),
}

impl Goal {
    /// The write that asks for it.
    pub fn ask(&self, claim: &Claim) -> ClaimPatch {
        let patch = ClaimPatch::of(claim);
        match self {
            Self::Size(size) => ClaimPatch { storage: Some(size.to_string()), ..patch },
            Self::Attributes(name) => ClaimPatch { attributes_class: Some(name.clone()), ..patch },
        }
    }
}

/// How a claim stands to its goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It has it.
    There,
    /// It has not been asked for it.
    Behind,
    /// It was asked for something else, nobody is at it, and it is asked anew.
    Anew {
        /// What it asks for now.
        asks: String,
    },
    /// It was asked for it, and nothing tells that anybody has heard.
    Silent,
    /// It was asked for it, and somebody is at it.
    Working,
    /// The volume has grown; its file system has not, which is done where it is mounted.
    OnNode,
    /// It was asked for it, and that failed.
    Failed {
        /// In the words of who tried.
        why: String,
    },
}

/// The size a claim asks for, if that can be read.
pub fn requested(claim: &Claim) -> Option<Quantity> {
    claim.requested.as_deref()?.parse().ok()
}

/// The size a claim has, if that can be read.
pub fn capacity(claim: &Claim) -> Option<Quantity> {
    claim.capacity.as_deref()?.parse().ok()
}

/// How a claim stands, or why it cannot be changed.
pub fn judge(claim: &Claim, goal: &Goal) -> Result<Stand, NotResized> {
    let name = || claim.name.clone();
    if claim.deleting_since.is_some() {
        return Err(NotResized::Leaving { claim: name() });
    }
    if claim.phase != ClaimPhase::Bound {
        return Err(NotResized::NotBound { claim: name(), phase: claim.phase });
    }
    let none = VolumeWork::default();
    let work = claim.volume_work.as_deref().unwrap_or(&none);
    match goal {
        Goal::Size(size) => size_of(claim, work, *size),
        Goal::Attributes(class) => attributes(claim, work, class),
    }
}

fn size_of(claim: &Claim, work: &VolumeWork, size: Quantity) -> Result<Stand, NotResized> {
    let (Some(asks), Some(has)) = (requested(claim), capacity(claim)) else {
        return Err(NotResized::Unreadable { claim: claim.name.clone() });
    };
    if asks == size {
        return Ok(if has >= size { Stand::There } else { growing(claim, work, size) });
    }
    if has >= size && asks < size {
        // Drivers round up.
        return Ok(Stand::There);
    }
    if has >= size {
        return Err(NotResized::Shrinks { claim: claim.name.clone(), size, asks, has });
    }
    if asks <= has {
        return Ok(Stand::Behind);
    }
    let busy = work.allocated_status.is_some()
        || claim.has_condition("Resizing")
        || claim.has_condition("FileSystemResizePending");
    if busy && growth_failed(claim, work).is_none() {
        let asks = asks.to_string();
        return Err(NotResized::Elsewhere { claim: claim.name.clone(), asks });
    }
    Ok(Stand::Anew { asks: asks.to_string() })
}

/// How growth to this size goes.
fn growing(claim: &Claim, work: &VolumeWork, size: Quantity) -> Stand {
    let tried = work.allocated.as_deref().and_then(|text| text.parse::<Quantity>().ok());
    // What failed before another size was asked for still stands there for a while.
    let about_this = tried.is_none_or(|tried| tried == size);
    if !about_this {
        return Stand::Silent;
    }
    if let Some(why) = growth_failed(claim, work) {
        return Stand::Failed { why };
    }
    let on_node = work.allocated_status.as_deref() == Some("NodeResizePending");
    if on_node || claim.has_condition("FileSystemResizePending") {
        return Stand::OnNode;
    }
    let heard = work.allocated_status.is_some() || claim.has_condition("Resizing");
    if heard { Stand::Working } else { Stand::Silent }
}

/// That growth failed, in the words of who tried.
fn growth_failed(claim: &Claim, work: &VolumeWork) -> Option<String> {
    let status = work.allocated_status.as_deref().unwrap_or_default();
    let conditions = ["ControllerResizeError", "NodeResizeError"];
    let told = conditions.iter().find_map(|kind| Some((*kind, claim.condition(kind)?)));
    match told {
        Some((kind, "")) => Some(kind.to_owned()),
        Some((kind, message)) => Some(format!("{kind}: {message}")),
        // `Failed` is what they were called before 1.31.
        None if status.ends_with("Infeasible") || status.ends_with("Failed") => {
            Some(status.to_owned())
        }
        None => None,
    }
}

fn attributes(claim: &Claim, work: &VolumeWork, class: &str) -> Result<Stand, NotResized> {
    let (asks, has) = (&work.attributes_class, &work.current_attributes_class);
    let failed = match claim.condition("ModifyVolumeError") {
        Some("") => Some("ModifyVolumeError".to_owned()),
        Some(message) => Some(format!("ModifyVolumeError: {message}")),
        None if work.modification.as_deref() == Some("Infeasible") => Some("Infeasible".to_owned()),
        None => None,
    };
    let heard = work.modification.is_some() || claim.has_condition("ModifyingVolume");
    if asks.as_deref() == Some(class) {
        return Ok(match failed {
            _ if has == asks => Stand::There,
            Some(why) => Stand::Failed { why },
            None if heard => Stand::Working,
            None => Stand::Silent,
        });
    }
    match asks {
        Some(asks) if work.attributes_class != *has => {
            if heard && failed.is_none() {
                let asks = asks.clone();
                return Err(NotResized::Elsewhere { claim: claim.name.clone(), asks });
            }
            Ok(Stand::Anew { asks: asks.clone() })
        }
        _ => Ok(Stand::Behind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_claim, a_set};

    fn gi(size: &str) -> Goal {
        Goal::Size(size.parse().unwrap())
    }

    fn a(asks: &str, has: &str) -> Claim {
        Claim {
            requested: Some(asks.to_owned()),
            capacity: Some(has.to_owned()),
            ..a_claim(&a_set("db").claiming("data"), 1)
        }
    }

    fn working(claim: Claim, work: VolumeWork) -> Claim {
        Claim { volume_work: Some(Box::new(work)), ..claim }
    }

    fn status(allocated: &str, status: &str) -> VolumeWork {
        VolumeWork {
            allocated: Some(allocated.to_owned()),
            allocated_status: Some(status.to_owned()),
            ..VolumeWork::default()
        }
    }

    fn condition(kind: &str, message: &str) -> VolumeWork {
        let conditions = vec![(kind.to_owned(), message.to_owned())];
        VolumeWork { conditions, ..VolumeWork::default() }
    }

    #[test]
    fn a_claim_is_there_when_its_volume_is() {
        assert_eq!(judge(&a("2Gi", "2Gi"), &gi("2048Mi")), Ok(Stand::There));
        assert_eq!(judge(&a("2Gi", "4Gi"), &gi("2Gi")), Ok(Stand::There));
        assert_eq!(judge(&a("1500Mi", "2Gi"), &gi("2Gi")), Ok(Stand::There), "rounded up");
        assert_eq!(judge(&a("1Gi", "1Gi"), &gi("2Gi")), Ok(Stand::Behind));
        assert_eq!(judge(&a("2Gi", "1Gi"), &gi("2Gi")), Ok(Stand::Silent), "asked is not there");
    }

    #[test]
    fn nothing_shrinks_not_even_to_what_the_volume_has() {
        for (asks, has, size) in
            [("2Gi", "2Gi", "1Gi"), ("3Gi", "1Gi", "1Gi"), ("3Gi", "2Gi", "1Gi")]
        {
            let judged = judge(&a(asks, has), &gi(size));
            assert!(matches!(judged, Err(NotResized::Shrinks { .. })), "{asks} {has} {size}");
        }
    }

    #[test]
    fn a_failed_request_can_be_lowered_or_raised_and_one_in_work_cannot() {
        let failed = working(a("4Gi", "1Gi"), status("4Gi", "ControllerResizeInfeasible"));
        for size in ["2Gi", "8Gi"] {
            assert_eq!(judge(&failed, &gi(size)), Ok(Stand::Anew { asks: "4Gi".to_owned() }));
        }
        let unheard = a("4Gi", "1Gi");
        assert!(matches!(judge(&unheard, &gi("2Gi")), Ok(Stand::Anew { .. })));
        let busy = working(a("4Gi", "1Gi"), status("4Gi", "ControllerResizeInProgress"));
        assert!(matches!(judge(&busy, &gi("2Gi")), Err(NotResized::Elsewhere { .. })));
        let retried = VolumeWork {
            conditions: vec![("ControllerResizeError".to_owned(), "full".to_owned())],
            ..status("4Gi", "ControllerResizeInProgress")
        };
        let stand = judge(&working(a("4Gi", "1Gi"), retried), &gi("2Gi"));
        assert!(matches!(stand, Ok(Stand::Anew { .. })), "{stand:?}");
    }

    #[test]
    fn growth_is_told_in_the_words_of_the_claim() {
        let grows = |work| judge(&working(a("2Gi", "1Gi"), work), &gi("2Gi"));
        assert_eq!(grows(condition("Resizing", "")), Ok(Stand::Working));
        assert_eq!(grows(condition("FileSystemResizePending", "")), Ok(Stand::OnNode));
        assert_eq!(grows(status("2Gi", "NodeResizePending")), Ok(Stand::OnNode));
        assert_eq!(grows(status("2Gi", "ControllerResizeInProgress")), Ok(Stand::Working));
        let why = "ControllerResizeError: no space".to_owned();
        assert_eq!(
            grows(condition("ControllerResizeError", "no space")),
            Ok(Stand::Failed { why })
        );
        let why = "NodeResizeInfeasible".to_owned();
        assert_eq!(grows(status("2Gi", "NodeResizeInfeasible")), Ok(Stand::Failed { why }));
        // What is told is about the size that was asked for before.
        assert_eq!(grows(status("4Gi", "ControllerResizeInfeasible")), Ok(Stand::Silent));
    }

    #[test]
    fn claims_without_a_volume_and_those_that_go_are_left_alone() {
        let pending = a("1Gi", "1Gi").in_phase(ClaimPhase::Pending);
        assert!(matches!(judge(&pending, &gi("2Gi")), Err(NotResized::NotBound { .. })));
        let going = a("1Gi", "1Gi").going();
        assert!(matches!(judge(&going, &gi("2Gi")), Err(NotResized::Leaving { .. })));
        let unread = Claim { capacity: None, ..a("1Gi", "1Gi") };
        assert!(matches!(judge(&unread, &gi("2Gi")), Err(NotResized::Unreadable { .. })));
    }

    #[test]
    fn attributes_are_there_when_the_volume_has_them() {
        let gold = Goal::Attributes("gold".to_owned());
        let stand = |asks: Option<&str>, has: Option<&str>, modification: Option<&str>| {
            let text = |text: Option<&str>| text.map(str::to_owned);
            let work = VolumeWork {
                attributes_class: text(asks),
                current_attributes_class: text(has),
                modification: text(modification),
                ..VolumeWork::default()
            };
            judge(&working(a("1Gi", "1Gi"), work), &gold)
        };
        assert_eq!(stand(None, None, None), Ok(Stand::Behind));
        assert_eq!(stand(Some("silver"), Some("silver"), None), Ok(Stand::Behind));
        assert_eq!(stand(Some("gold"), None, None), Ok(Stand::Silent));
        assert_eq!(stand(Some("gold"), None, Some("InProgress")), Ok(Stand::Working));
        assert_eq!(stand(Some("gold"), Some("gold"), None), Ok(Stand::There));
        let failed = stand(Some("gold"), Some("silver"), Some("Infeasible"));
        assert!(matches!(failed, Ok(Stand::Failed { .. })), "{failed:?}");
        let anew = stand(Some("iron"), Some("silver"), Some("Infeasible"));
        assert!(matches!(anew, Ok(Stand::Anew { .. })), "{anew:?}");
        let busy = stand(Some("iron"), Some("silver"), Some("InProgress"));
        assert!(matches!(busy, Err(NotResized::Elsewhere { .. })), "{busy:?}");
    }
}
