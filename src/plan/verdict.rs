//! The built-in gate: what one pod's status says about it.

use jiff::{SignedDuration, Timestamp};

use crate::model::pod::{Pod, Trouble};

/// What a pod must be to count as updated.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// The revision it must run.
    pub revision: &'a str,
    /// How long it must have been ready.
    pub ready_for: SignedDuration,
    /// When it became ready by the local clock, where that was seen to happen. Without it the
    /// pod's own condition counts, which is the server's clock and whole seconds.
    pub seen_ready: Option<Timestamp>,
    /// The most restarts it may have behind it.
    pub restarts: u32,
}

/// How a pod stands against a [`Need`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Updated and ready for long enough.
    Good,
    /// Updated and ready, but not for long enough.
    Soaking {
        /// When it will have been.
        until: Timestamp,
    },
    /// Not there yet, and nothing is wrong so far.
    NotYet,
    /// Not ready, and its status says why.
    Troubled(Trouble),
    /// Restarted too often.
    Restarted {
        /// How often in all.
        restarts: u32,
    },
}

/// Judges an updated pod. A pod that is missing, going away, or on another revision is not yet
/// there: the controller has still to replace it.
pub fn judge(pod: Option<&Pod>, need: &Need<'_>, now: Timestamp) -> Verdict {
    let Some(pod) = pod else { return Verdict::NotYet };
    if pod.deleting_since.is_some() || pod.revision.as_deref() != Some(need.revision) {
        return Verdict::NotYet;
    }
    if pod.restarts > need.restarts {
        return Verdict::Restarted { restarts: pod.restarts };
    }
    match (pod.is_ready(), need.seen_ready.or(pod.ready_since)) {
        (true, _) if need.ready_for.is_zero() => Verdict::Good,
        (true, Some(since)) => match since.saturating_add(need.ready_for) {
            Ok(until) if now < until => Verdict::Soaking { until },
            _ => Verdict::Good,
        },
        _ => pod
            .troubles
            .first()
            .map_or(Verdict::NotYet, |trouble| Verdict::Troubled(trouble.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::TroubleKind;
    use crate::testing::{NEW, OLD, a_pod, a_set, at};

    const SOAK: SignedDuration = SignedDuration::from_secs(30);

    fn need() -> Need<'static> {
        Need { revision: NEW, ready_for: SOAK, seen_ready: None, restarts: 0 }
    }

    fn pod() -> Pod {
        a_pod(&a_set("db"), 2).on(NEW).ready_at(at(0))
    }

    #[test]
    fn what_has_still_to_be_replaced_is_not_there_yet() {
        assert_eq!(judge(None, &need(), at(99)), Verdict::NotYet);
        assert_eq!(judge(Some(&pod().on(OLD)), &need(), at(99)), Verdict::NotYet);
        assert_eq!(judge(Some(&pod().deleting()), &need(), at(99)), Verdict::NotYet);
        let old_and_broken = pod().on(OLD).troubled(TroubleKind::Crash, "CrashLoopBackOff");
        assert_eq!(judge(Some(&old_and_broken), &need(), at(99)), Verdict::NotYet);
    }

    #[test]
    fn ready_counts_once_it_has_lasted() {
        assert_eq!(judge(Some(&pod()), &need(), at(29)), Verdict::Soaking { until: at(30) });
        assert_eq!(judge(Some(&pod()), &need(), at(30)), Verdict::Good);
    }

    #[test]
    fn what_was_seen_here_counts_more_than_the_servers_clock() {
        let seen = Need { seen_ready: Some(at(20)), ..need() };
        assert_eq!(judge(Some(&pod()), &seen, at(49)), Verdict::Soaking { until: at(50) });
        assert_eq!(judge(Some(&pod()), &seen, at(50)), Verdict::Good);
    }

    #[test]
    fn no_soak_means_ready_is_enough() {
        let none = Need { ready_for: SignedDuration::ZERO, ..need() };
        assert_eq!(judge(Some(&pod().ready_at(at(500))), &none, at(0)), Verdict::Good);
        assert_eq!(judge(Some(&pod().unready()), &none, at(0)), Verdict::NotYet);
    }

    #[test]
    fn a_restart_fails_a_pod_even_when_it_is_ready_again() {
        assert_eq!(
            judge(Some(&pod().restarted(1)), &need(), at(99)),
            Verdict::Restarted { restarts: 1 }
        );
        let lenient = Need { restarts: 1, ..need() };
        assert_eq!(judge(Some(&pod().restarted(1)), &lenient, at(99)), Verdict::Good);
    }

    #[test]
    fn the_worst_trouble_is_named() {
        let pod = pod()
            .troubled(TroubleKind::Image, "ImagePullBackOff")
            .troubled(TroubleKind::Unschedulable, "Unschedulable");
        match judge(Some(&pod), &need(), at(99)) {
            Verdict::Troubled(trouble) => assert_eq!(trouble.reason, "ImagePullBackOff"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_end_of_time_is_not_an_overflow() {
        let forever = Need { ready_for: SignedDuration::MAX, ..need() };
        let end = Verdict::Soaking { until: Timestamp::MAX };
        assert_eq!(judge(Some(&pod()), &forever, at(0)), end);
    }
}
