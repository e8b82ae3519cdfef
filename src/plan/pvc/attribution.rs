//! Whose claim it is: computed forward from the sets there are, and looked up.
//!
//! A set named `c` with a template `a-b` and a set named `b-c` with a template `a` make claims of
//! the same names (kubernetes/kubernetes#41153), so a claim can have several owners.

use std::collections::HashMap;

use crate::model::ordinal::Ordinal;
use crate::model::survey::claimant::{Claimant, Place};

/// Every stem that a claimant could have made, by namespace.
pub struct Stems<'a> {
    stems: HashMap<(&'a str, String), Vec<(&'a Claimant, &'a str)>>,
}

/// A claimant that would use a claim of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribution<'a> {
    /// The claimant.
    pub claimant: &'a Claimant,
    /// The template.
    pub template: &'a str,
    /// The ordinal.
    pub ordinal: Ordinal,
    /// Where that ordinal is.
    pub place: Place,
}

impl<'a> Stems<'a> {
    /// The stems of these.
    pub fn of(claimants: &'a [Claimant]) -> Self {
        let mut stems: HashMap<_, Vec<_>> = HashMap::new();
        for claimant in claimants {
            for (template, _) in &claimant.templates {
                let stem = format!("{template}-{}", claimant.name);
                stems
                    .entry((claimant.namespace.as_str(), stem))
                    .or_default()
                    .push((claimant, template.as_str()));
            }
        }
        Self { stems }
    }

    /// Who would use a claim of this name.
    pub fn owners(&self, namespace: &'a str, claim: &str) -> Vec<Attribution<'a>> {
        let Some((stem, ordinal)) = split(claim) else { return Vec::new() };
        let Some(found) = self.stems.get(&(namespace, stem.to_owned())) else { return Vec::new() };
        found
            .iter()
            .map(|(claimant, template)| Attribution {
                claimant,
                template,
                ordinal,
                place: claimant.wanted.place(ordinal),
            })
            .collect()
    }
}

/// The name before the last dash, and the ordinal behind it, if a controller could have made it.
///
/// The ordinal has no leading zero and fits into the controller's `int32`; the name before it is
/// a template, a dash and a set, and neither of those is empty or ends in a dash.
pub fn split(claim: &str) -> Option<(&str, Ordinal)> {
    let (stem, digits) = claim.rsplit_once('-')?;
    let ordinal: u32 = digits.parse().ok()?;
    let written = ordinal.to_string() == digits && i32::try_from(ordinal).is_ok();
    let inner = stem.trim_matches('-');
    (written && inner == stem && inner.contains('-')).then_some((stem, Ordinal(ordinal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_controller_would_write_is_an_ordinal() {
        assert_eq!(split("data-web-7"), Some(("data-web", Ordinal(7))));
        for stranger in [
            "data-web-01",
            "data-web-99999999999",
            "data-web-2147483648",
            "web",
            "-1",
            "data-web-+1",
            "data-web--1",
            "web-1",
            "-web-1",
        ] {
            assert_eq!(split(stranger), None, "{stranger}");
        }
    }
}
