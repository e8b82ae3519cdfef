//! What several targets do.

use kubectl_sts::convert;
use kubectl_sts::model::text::clean;
use kubectl_sts::wire::budget::PodDisruptionBudget;
use kubectl_sts::wire::list::Encoding;
use kubectl_sts::wire::list::Garbled;
use kubectl_sts::wire::list::Splitter;
use kubectl_sts::wire::pod::Pod;
use kubectl_sts::wire::revision::ControllerRevision;
use kubectl_sts::wire::set::StatefulSet;

/// Reads bytes as a list twice, whole and in pieces, which must make no difference.
///
/// The first byte is the size of the pieces.
pub fn list(encoding: Encoding, bytes: &[u8]) {
    let Some((size, list)) = bytes.split_first() else { return };
    let whole = split(encoding, list, list.len().max(1));
    let pieces = split(encoding, list, usize::from(*size).max(1));
    // What is wrong may differ when there are two things wrong, but not whether anything is.
    assert_eq!(whole.as_ref().ok(), pieces.as_ref().ok());
}

fn split(encoding: Encoding, list: &[u8], size: usize) -> Result<(usize, usize), Garbled> {
    let mut splitter = Splitter::new(encoding);
    let (mut items, mut bytes) = (0, 0);
    for piece in list.chunks(size) {
        splitter.push(piece, &mut |item| {
            items += 1;
            bytes += item.len();
            Ok::<(), Garbled>(())
        })?;
    }
    splitter.finish()?;
    assert!(bytes <= list.len());
    Ok((items, bytes))
}

/// Turns a set into the model's value, whose text must be safe to show.
pub fn set(wire: StatefulSet) {
    let Ok(set) = convert::set::set(wire) else { return };
    assert_eq!(set.name, clean(&set.name));
    for (key, value) in set.labels.iter().chain(&set.annotations) {
        assert_eq!((key, value), (&clean(key), &clean(value)));
    }
}

/// The same for a pod.
pub fn pod(wire: &Pod) {
    let Ok(pod) = convert::pod::pod(wire) else { return };
    assert_eq!(pod.reason(), clean(&pod.reason()));
    for trouble in &pod.troubles {
        assert_eq!(trouble.message, clean(&trouble.message));
    }
}

/// The same for a revision.
pub fn revision(wire: ControllerRevision) {
    let Ok(revision) = convert::revision::revision(wire) else { return };
    assert_eq!(revision.name, clean(&revision.name));
}

/// The same for a budget.
pub fn budget(wire: PodDisruptionBudget) {
    let Ok(budget) = convert::budget::budget(wire) else { return };
    assert_eq!(budget.name, clean(&budget.name));
}
