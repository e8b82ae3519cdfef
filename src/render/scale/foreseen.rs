//! What the controller will do with a new size, as far as it can be foreseen.

use crate::model::feature::MaxUnavailable;
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::plan::scale::foresee::Foreseen;
use crate::plan::simulate::forecast::{Before, Cause, Deed, End, Forecast};
use crate::render::outlook::waited_for;
use crate::render::pods::pods;

/// One line for each way it can go.
pub(super) fn foreseen(set: &Set, ways: &[Foreseen]) -> Vec<String> {
    let line = |way: &Foreseen| {
        let only = match way.only_where {
            None => "",
            Some(MaxUnavailable::Counts) => "where maxUnavailable counts, ",
            Some(MaxUnavailable::Dropped) => "where maxUnavailable does not count, ",
        };
        format!("{only}{}", course(set, &way.forecast))
    };
    ways.iter().map(line).collect()
}

fn course(set: &Set, forecast: &Forecast) -> String {
    let those = |test: &dyn Fn(&Deed) -> bool| {
        let mut all: Vec<Ordinal> = Vec::new();
        for act in forecast.acts.iter().filter(|act| test(&act.deed)) {
            if !all.contains(&act.pod) {
                all.push(act.pod);
            }
        }
        all
    };
    let goes = those(&|deed| matches!(deed, Deed::Delete(Cause::ScaledDown)));
    let updated = those(&|deed| matches!(deed, Deed::Delete(Cause::Updated)));
    let mut comes = those(&|deed| matches!(deed, Deed::Create { .. }));
    comes.retain(|pod| !updated.contains(pod));
    let mut parts = Vec::new();
    for (verb, list) in [("takes away", goes), ("makes", comes), ("updates", updated)] {
        if !list.is_empty() {
            parts.push(format!("{verb} {}", pods(set, &list)));
        }
    }
    let acts = if parts.is_empty() { "does nothing".to_owned() } else { parts.join(", then ") };
    let end = match &forecast.end {
        End::Settled => "and is done".to_owned(),
        End::Stuck(wait) if wait.before == Before::Nothing => {
            format!("and is done but for {}", waited_for(set, *wait))
        }
        End::Stuck(wait) => format!("and gets stuck: it waits for {}", waited_for(set, *wait)),
        End::Endless => "and makes and deletes some of them again and again".to_owned(),
        End::Unknown(strategy) => format!("and does what {strategy} says, which is not known here"),
    };
    format!("the controller {acts}, {end}")
}
