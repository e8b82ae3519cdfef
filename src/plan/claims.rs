//! The claims of a set: which of its ordinals have theirs, and which claims no ordinal wants now.

use crate::model::claim::ClaimPhase;
use crate::model::claim_index::{ClaimIndex, ClaimRow};
use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Known;

/// The claims of a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// One entry per wanted ordinal and template, lowest ordinal first.
    pub wanted: Vec<ClaimStanding>,
    /// Claims of ordinals the set does not want: a scale-up that reaches them takes them again,
    /// with the data that is on them.
    pub left_behind: Vec<ClaimStanding>,
}

/// How one claim stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimStanding {
    /// Its name.
    pub name: String,
    /// The ordinal it is for; absent for one that is left behind.
    pub ordinal: Option<Ordinal>,
    /// Its state.
    pub state: ClaimState,
}

/// How a claim stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimState {
    /// It has its volume.
    Bound,
    /// It has no volume yet.
    Pending,
    /// Its volume is gone.
    Lost,
    /// It was told to go, and its data may go with it.
    Terminating,
    /// There is none of this name.
    Missing,
    /// In a phase this program does not know.
    Unknown,
}

impl ClaimState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Bound, Self::Pending, Self::Lost, Self::Terminating, Self::Missing, Self::Unknown];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Pending => "pending",
            Self::Lost => "lost",
            Self::Terminating => "terminating",
            Self::Missing => "missing",
            Self::Unknown => "in an unknown phase",
        }
    }

    fn of(row: Option<ClaimRow>) -> Self {
        match row {
            None => Self::Missing,
            Some(row) if row.deleting => Self::Terminating,
            Some(row) => match row.phase {
                ClaimPhase::Bound => Self::Bound,
                ClaimPhase::Pending => Self::Pending,
                ClaimPhase::Lost => Self::Lost,
                ClaimPhase::Unknown => Self::Unknown,
            },
        }
    }
}

impl Claims {
    /// How many wanted claims are in a state.
    pub fn count(&self, state: ClaimState) -> usize {
        self.wanted.iter().filter(|claim| claim.state == state).count()
    }

    /// The claims of an ordinal.
    pub fn of(&self, ordinal: Ordinal) -> impl Iterator<Item = &ClaimStanding> {
        self.wanted.iter().filter(move |claim| claim.ordinal == Some(ordinal))
    }
}

/// The claims of a set, unless they are not known. A set without claim templates has none, and
/// nothing has to be known for that.
pub fn claims(set: &Set, index: &Known<ClaimIndex>) -> Known<Claims> {
    if set.claim_templates.is_empty() {
        return Known::Read(Claims::default());
    }
    let index = match index {
        Known::Read(index) => index,
        Known::Unknown(reason) => return Known::Unknown(reason.clone()),
    };
    let wanted = set.wanted.iter().flat_map(|ordinal| {
        set.claim_names(ordinal).into_iter().map(move |name| ClaimStanding {
            state: ClaimState::of(index.get(&set.namespace, &name)),
            ordinal: Some(ordinal),
            name,
        })
    });
    let left_behind = index.left_behind(set).into_iter().map(|(name, row)| ClaimStanding {
        name,
        ordinal: None,
        state: ClaimState::of(Some(row)),
    });
    Known::Read(Claims { wanted: wanted.collect(), left_behind: left_behind.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::claim::Claim;
    use crate::testing::{a_claim, a_set};

    fn index(claims: &[Claim]) -> Known<ClaimIndex> {
        let mut index = ClaimIndex::default();
        for claim in claims {
            index.add(&claim.namespace, &claim.name, ClaimRow::of(claim));
        }
        Known::Read(index)
    }

    #[test]
    fn each_ordinal_has_its_claims_and_the_rest_is_left_behind() {
        let set = a_set("db").replicas(4).claiming("data");
        let known = index(&[
            a_claim(&set, 0),
            a_claim(&set, 1).in_phase(ClaimPhase::Pending),
            a_claim(&set, 2).going(),
            a_claim(&set, 6).in_phase(ClaimPhase::Lost),
            a_claim(&set, 5),
        ]);
        let Known::Read(found) = claims(&set, &known) else { panic!("known") };
        let states: Vec<ClaimState> = found.wanted.iter().map(|claim| claim.state).collect();
        assert_eq!(
            states,
            [ClaimState::Bound, ClaimState::Pending, ClaimState::Terminating, ClaimState::Missing]
        );
        let left: Vec<_> =
            found.left_behind.iter().map(|claim| (claim.name.as_str(), claim.state)).collect();
        assert_eq!(left, [("data-db-5", ClaimState::Bound), ("data-db-6", ClaimState::Lost)]);
        assert_eq!(found.count(ClaimState::Missing), 1);
        assert_eq!(found.of(Ordinal(2)).count(), 1);
    }

    #[test]
    fn unknown_is_not_missing_unless_there_is_nothing_to_know() {
        let unknown = Known::Unknown("forbidden".to_owned());
        let set = a_set("db").claiming("data");
        assert_eq!(claims(&set, &unknown), Known::Unknown("forbidden".to_owned()));
        assert_eq!(claims(&a_set("db"), &unknown), Known::Read(Claims::default()));
    }
}
