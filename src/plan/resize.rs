//! What would become of the claims of a set that are to grow, or to get other attributes, and
//! whether that may be begun.
//!
//! A claim only ever grows: once more was asked for, the server takes no number back that is not
//! above what the volume has. That is why everything is checked that can be before the first.

pub mod refusal;
pub mod stand;

use std::collections::BTreeMap;

use crate::model::claim::Claim;
use crate::model::ordinal::Ordinal;
use crate::model::quantity::Quantity;
use crate::model::quota::StorageQuota;
use crate::model::set::Set;
use crate::model::snapshot::Known;
use crate::model::storage_class::{AttributesClass, StorageClass};
use crate::plan::resize::refusal::NotResized;
use crate::plan::resize::stand::{Goal, Stand, judge, requested};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The claim template.
    pub template: String,
    /// What its claims are to have.
    pub goal: Goal,
    /// Which of them.
    pub reach: Reach,
    /// What may be unknown.
    pub unknown: Unknown,
}

/// Which claims of a template are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the pods that are wanted.
    Range,
    /// Those that a scale-down has left behind, too.
    LeftBehindToo,
}

/// What is said to storage classes and quotas that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Nothing is begun.
    Refuse,
    /// The server is trusted to refuse each claim in its turn.
    Accept,
}

/// What is read beside the set.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The claims of the namespace.
    pub claims: Known<Vec<Claim>>,
    /// The storage classes of the claims, by name.
    pub classes: BTreeMap<String, Known<Option<StorageClass>>>,
    /// What the quotas of the namespace say of storage.
    pub quotas: Known<Vec<StorageQuota>>,
    /// The VolumeAttributesClass that is asked for, if one is.
    pub attributes: Known<Option<AttributesClass>>,
}

/// What would happen to one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The claim as read.
    pub claim: Claim,
    /// The ordinal it is of.
    pub ordinal: Ordinal,
    /// Whether its pod is wanted.
    pub place: Place,
    /// How it stands; nothing where that is why nothing is done.
    pub stand: Option<Stand>,
}

/// Where a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its pod is wanted.
    InRange,
    /// A scale-down has left it behind.
    LeftBehind,
}

/// What would happen to all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// The claims, in the order in which they are changed: the highest ordinal first.
    pub rows: Vec<Row>,
    /// Wanted claims that are not there; they will be made from the template.
    pub missing: Vec<String>,
    /// Claims that were left behind and are left alone.
    pub left_alone: Vec<String>,
    /// Why nothing is done; empty when it may be.
    pub refusals: Vec<NotResized>,
}

impl Outlook {
    /// The claims that do not have it yet.
    pub fn open(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.stand != Some(Stand::There))
    }
}

/// The claims of a template, whatever their ordinal, highest first.
pub fn claims_of<'a>(set: &Set, template: &str, claims: &'a [Claim]) -> Vec<(Ordinal, &'a Claim)> {
    let stem = format!("{template}-{}", set.name);
    let ordinal = |claim: &'a Claim| Some((Ordinal::of_pod(&claim.name, &stem)?, claim));
    let ours = claims.iter().filter(|claim| claim.namespace == set.namespace);
    let mut found: Vec<_> = ours.filter_map(ordinal).collect();
    found.sort_by_key(|(ordinal, _)| std::cmp::Reverse(*ordinal));
    found
}

/// What would happen, and why it may not.
pub fn outlook(set: &Set, around: &Surroundings, wish: &Wish) -> Outlook {
    let mut outlook = Outlook { refusals: of_set(set, wish), ..Outlook::default() };
    let claims = match &around.claims {
        Known::Read(claims) => claims,
        Known::Unknown(reason) => {
            outlook.refusals.push(NotResized::ClaimsUnknown { reason: reason.clone() });
            return outlook;
        }
    };
    for (ordinal, claim) in claims_of(set, &wish.template, claims) {
        let in_range = set.wanted.wants(ordinal);
        if !in_range && wish.reach == Reach::Range {
            outlook.left_alone.push(claim.name.clone());
            continue;
        }
        let place = if in_range { Place::InRange } else { Place::LeftBehind };
        let stand = match judge(claim, &wish.goal) {
            Ok(stand) => Some(stand),
            Err(why) => {
                outlook.refusals.push(why);
                None
            }
        };
        outlook.rows.push(Row { claim: claim.clone(), ordinal, place, stand });
    }
    let there = |name: &String| outlook.rows.iter().any(|row| row.claim.name == *name);
    let wanted = set.wanted.iter().map(|ordinal| set.claim_name(&wish.template, ordinal));
    let missing: Vec<String> = wanted.filter(|name| !there(name)).collect();
    outlook.missing = missing;
    let open: Vec<&Claim> = outlook.open().map(|row| &row.claim).collect();
    let refusals = [of_classes(&open, around, wish), of_quotas(&open, around, wish)].concat();
    outlook.refusals.extend(refusals);
    outlook
}

/// What the set itself has against it.
fn of_set(set: &Set, wish: &Wish) -> Vec<NotResized> {
    let mut refusals = Vec::new();
    if let Some(owner) = &set.controller {
        let (kind, name) = (owner.kind.clone(), owner.name.clone());
        refusals.push(NotResized::Operator { kind, name });
    }
    if !set.claim_templates.iter().any(|template| template.name == wish.template) {
        let there = set.claim_templates.iter().map(|template| template.name.clone()).collect();
        refusals.push(NotResized::NoTemplate { template: wish.template.clone(), there });
    }
    if set.run.is_some() {
        refusals.push(NotResized::Rollout);
    }
    refusals
}

/// What the classes of these claims have against it, each once.
fn of_classes(claims: &[&Claim], around: &Surroundings, wish: &Wish) -> Vec<NotResized> {
    let mut refusals = Vec::new();
    if let Goal::Attributes(name) = &wish.goal {
        match &around.attributes {
            Known::Read(Some(_)) => {}
            Known::Read(None) => refusals.push(NotResized::AttributesGone { name: name.clone() }),
            Known::Unknown(reason) => refusals
                .push(NotResized::AttributesUnknown { name: name.clone(), reason: reason.clone() }),
        }
    }
    let mut asked: Vec<Option<&str>> = Vec::new();
    for claim in claims {
        let class = claim.storage_class.as_deref().filter(|class| !class.is_empty());
        if asked.contains(&class) {
            continue;
        }
        asked.push(class);
        refusals.extend(match class {
            None => Some(NotResized::NoClass { claim: claim.name.clone() }),
            Some(class) => of_class(class, around, wish),
        });
    }
    refusals
}

fn of_class(name: &str, around: &Surroundings, wish: &Wish) -> Option<NotResized> {
    let unread = Known::Unknown("it was not read".to_owned());
    let class = match around.classes.get(name).unwrap_or(&unread) {
        Known::Read(Some(class)) => class,
        Known::Read(None) => return Some(NotResized::ClassGone { class: name.to_owned() }),
        Known::Unknown(reason) => {
            let (class, reason) = (name.to_owned(), reason.clone());
            // The server takes attributes of another driver without a word.
            let trusted =
                wish.unknown == Unknown::Accept && !matches!(wish.goal, Goal::Attributes(_));
            return (!trusted).then_some(NotResized::ClassUnknown { class, reason });
        }
    };
    match (&wish.goal, &around.attributes) {
        (Goal::Size(_), _) => {
            (!class.expands).then(|| NotResized::Fixed { class: name.to_owned() })
        }
        (Goal::Attributes(_), Known::Read(Some(attributes)))
            if attributes.driver != class.provisioner =>
        {
            Some(NotResized::OtherDriver {
                attributes: attributes.name.clone(),
                driver: attributes.driver.clone(),
                class: name.to_owned(),
                provisioner: class.provisioner.clone(),
            })
        }
        (Goal::Attributes(_), _) => None,
    }
}

/// What the quotas have against it.
fn of_quotas(claims: &[&Claim], around: &Surroundings, wish: &Wish) -> Vec<NotResized> {
    let Goal::Size(size) = &wish.goal else { return Vec::new() };
    let quotas = match &around.quotas {
        Known::Read(quotas) => quotas,
        Known::Unknown(_) if wish.unknown == Unknown::Accept => return Vec::new(),
        Known::Unknown(reason) => {
            return vec![NotResized::QuotasUnknown { reason: reason.clone() }];
        }
    };
    let more = |quota: &StorageQuota| -> Quantity {
        let counted = claims.iter().filter(|claim| quota.counts(claim.storage_class.as_deref()));
        counted.filter_map(|claim| Some(size.less(requested(claim)?))).sum()
    };
    let over = quotas.iter().filter(|quota| more(quota) > quota.left());
    over.map(|quota| NotResized::OverQuota {
        quota: quota.quota.clone(),
        resource: quota.resource.clone(),
        more: more(quota),
        left: quota.left(),
    })
    .collect()
}

#[cfg(test)]
mod tests;
