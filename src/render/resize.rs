//! A change of claims in words: what it would do, and why it is not done.

use crate::model::set::Set;
use crate::plan::resize::refusal::NotResized;
use crate::plan::resize::stand::{Goal, Stand};
use crate::plan::resize::{Outlook, Place, Row, Wish};
use crate::progress::resize::Pace;
use crate::render::refusal::list;
use crate::render::table::{Headers, table};
use crate::render::text::{Text, Tone};

/// The most claims of a table.
const MOST: usize = 40;

/// A change that could begin, for showing.
pub struct Shown<'a> {
    /// The set as read.
    pub set: &'a Set,
    /// What would happen.
    pub outlook: &'a Outlook,
    /// What was asked for.
    pub wish: &'a Wish,
    /// How carefully.
    pub pace: Pace,
    /// How the claim template changes, if it does.
    pub template: Option<&'a str>,
}

impl Shown<'_> {
    /// The plan as text, without a line end.
    pub fn text(&self) -> Text {
        let template = &self.wish.template;
        let mut text = Text::new().with(Tone::Strong, self.set.display());
        let (what, order) = (wanted(&self.wish.goal), self.order());
        let claims = format!(": claims of {template} to {what}{order}\n");
        if !self.outlook.refusals.is_empty() {
            return text.with(Tone::Plain, claims).with(Tone::Plain, self.table());
        }
        if !self.outlook.rows.is_empty() {
            text.push(Tone::Plain, claims);
            text.push(Tone::Plain, self.table());
        }
        if let Some(change) = self.template {
            let words = format!(
                "\nclaim template {template}: {change}, by creating the set again around its pods"
            );
            text.push(Tone::Plain, words);
        }
        for note in self.notes() {
            text.push(Tone::Warn, "\nnote:");
            text.push(Tone::Plain, format!(" {note}"));
        }
        text
    }

    fn order(&self) -> String {
        if self.outlook.open().nth(1).is_none() || !self.outlook.refusals.is_empty() {
            return String::new();
        }
        let each = match self.pace.at_once {
            1 => "one at a time".to_owned(),
            many => format!("{many} at a time"),
        };
        match self.pace.canary {
            0 => format!(", {each} from the top"),
            1 => format!(", the first alone, then the others {each}"),
            canary => format!(", the first {canary} before the others, {each}"),
        }
    }

    fn table(&self) -> String {
        let rows = &self.outlook.rows;
        let cells = |row: &Row| {
            let claim = &row.claim;
            let none = || "-".to_owned();
            let (asks, has) = match &self.wish.goal {
                Goal::Size(_) => (claim.requested.clone(), claim.capacity.clone()),
                Goal::Attributes(_) => {
                    let work = claim.volume_work.as_ref();
                    (
                        work.and_then(|work| work.attributes_class.clone()),
                        work.and_then(|work| work.current_attributes_class.clone()),
                    )
                }
            };
            vec![
                format!("pvc/{}", claim.name),
                asks.unwrap_or_else(none),
                has.unwrap_or_else(none),
                claim.storage_class.clone().unwrap_or_else(none),
                self.becomes(row),
            ]
        };
        let names = ["claim", "asks for", "has", "class", "what happens"];
        let shown = table(&names, Headers::Shown, rows.iter().take(MOST).map(cells));
        match rows.len().saturating_sub(MOST) {
            0 => shown,
            more => format!("{shown}\n… and {more} more"),
        }
    }

    fn becomes(&self, row: &Row) -> String {
        let what = wanted(&self.wish.goal);
        let left = match row.place {
            Place::InRange => "",
            Place::LeftBehind => ", left behind by a scale-down",
        };
        let words = match &row.stand {
            None => "cannot be changed".to_owned(),
            Some(Stand::Behind | Stand::Anew { .. }) if !self.outlook.refusals.is_empty() => {
                "stays as it is".to_owned()
            }
            Some(Stand::There) => "has it".to_owned(),
            Some(Stand::Behind) => format!("asked for {what}"),
            Some(Stand::Anew { asks }) => {
                format!("asked for {what} instead of {asks}, which it has not got")
            }
            Some(Stand::Silent) => "was asked for it; nobody has said anything yet".to_owned(),
            Some(Stand::Working) => "was asked for it; its driver is at it".to_owned(),
            Some(Stand::OnNode) => "its node has still to grow the file system".to_owned(),
            Some(Stand::Failed { why }) => format!("was asked for it, which failed: {why}"),
        };
        format!("{words}{left}")
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if matches!(self.wish.goal, Goal::Size(_)) && self.outlook.open().next().is_some() {
            notes.push(
                "a claim never shrinks: once it was asked for more, it cannot be taken back to the \
                 number it had"
                    .to_owned(),
            );
        }
        if let Some(drift) = self.drift() {
            notes.push(drift);
        }
        if !self.outlook.missing.is_empty() {
            let (them, template) = match self.outlook.missing.len() {
                1 => ("is not there", "it will be made from the claim template"),
                _ => ("are not there", "they will be made from the claim template"),
            };
            notes.push(format!("{} {them}: {template}", list(&self.outlook.missing)));
        }
        if !self.outlook.left_alone.is_empty() {
            notes.push(format!(
                "left behind by a scale-down and left alone: {} (--include-left-behind)",
                list(&self.outlook.left_alone)
            ));
        }
        notes
    }

    /// That claims of one template have different sizes.
    fn drift(&self) -> Option<String> {
        let sizes = self.outlook.rows.iter().filter_map(|row| row.claim.capacity.clone());
        let mut sizes: Vec<String> = sizes.collect();
        sizes.sort();
        sizes.dedup();
        (sizes.len() > 1).then(|| format!("the claims have different sizes: {}", sizes.join(", ")))
    }
}

fn wanted(goal: &Goal) -> String {
    match goal {
        Goal::Size(size) => size.to_string(),
        Goal::Attributes(class) => format!("the attributes of {class}"),
    }
}

/// One line saying why, and hints. `command` makes a command line of this program out of words.
pub fn refusal(
    refusal: &NotResized,
    set: &str,
    command: &dyn Fn(&[&str]) -> String,
) -> (String, Vec<String>) {
    let name = format!("statefulset.apps/{set}");
    let (text, mut hints) = match refusal {
        NotResized::Operator { kind, name: owner } => (
            format!("{name} belongs to {kind}/{owner}, and its claims do"),
            vec![format!("set the size in {kind}/{owner}, whose own field it is")],
        ),
        NotResized::NoTemplate { template, there } => {
            let has = match there.as_slice() {
                [] => "it has none".to_owned(),
                names => format!("it has {}", list(names)),
            };
            (format!("{name} has no claim template {template}: {has}"), Vec::new())
        }
        NotResized::Rollout => (
            format!("a staged rollout of {name} is not finished"),
            vec![format!("see where it stands: {}", command(&["rollout", "status", set]))],
        ),
        NotResized::ClaimsUnknown { reason } => (
            format!("the claims of {name} could not be read: {reason}"),
            vec!["kubectl auth can-i list persistentvolumeclaims".to_owned()],
        ),
        NotResized::NotBound { claim, phase } => (
            format!("pvc/{claim} is {}: there is no volume that could change", phase.name()),
            vec![format!("kubectl describe pvc {claim}")],
        ),
        NotResized::Leaving { claim } => (format!("pvc/{claim} is being deleted"), Vec::new()),
        NotResized::Unreadable { claim } => {
            (format!("the size of pvc/{claim} cannot be read"), Vec::new())
        }
        NotResized::Shrinks { claim, size, asks, has } => (
            if asks == has {
                format!("pvc/{claim} has {has}: a claim never shrinks to {size}")
            } else {
                format!("pvc/{claim} has {has} and asks for {asks}: it never shrinks to {size}")
            },
            vec![if asks > has {
                format!("the smallest it can still be asked for is more than {has}")
            } else {
                format!("ask for {asks} or more")
            }],
        ),
        NotResized::Elsewhere { claim, asks } => (
            format!("pvc/{claim} was asked for {asks}, and its driver is at it"),
            vec!["wait until that is done or has failed".to_owned()],
        ),
        NotResized::NoClass { claim } => (
            format!(
                "pvc/{claim} has no storage class, and so nothing that could change its volume"
            ),
            Vec::new(),
        ),
        NotResized::Fixed { class } => (
            format!("volumes of storageclass/{class} do not grow: it has no allowVolumeExpansion"),
            vec![format!(
                "if its driver can do it: kubectl patch storageclass {class} -p \
                 '{{\"allowVolumeExpansion\":true}}'"
            )],
        ),
        NotResized::ClassGone { class } => (
            format!("storageclass/{class} is gone: nothing says whether its volumes grow"),
            Vec::new(),
        ),
        NotResized::ClassUnknown { class, reason } => (
            format!("storageclass/{class} could not be read: {reason}"),
            vec![format!("kubectl auth can-i get storageclass/{class}")],
        ),
        NotResized::QuotasUnknown { reason } => (
            format!("whether quotas have room could not be read: {reason}"),
            vec!["kubectl auth can-i list resourcequotas".to_owned()],
        ),
        NotResized::OverQuota { quota, resource, more, left } => (
            format!(
                "resourcequota/{quota} leaves {left} of {resource}, and this would ask for {more} more"
            ),
            vec![format!("kubectl describe resourcequota {quota}")],
        ),
        NotResized::AttributesGone { name } => (
            format!("there is no volumeattributesclass/{name}"),
            vec!["kubectl get volumeattributesclasses".to_owned()],
        ),
        NotResized::AttributesUnknown { name, reason } => (
            format!("volumeattributesclass/{name} could not be read: {reason}"),
            vec![format!("kubectl auth can-i get volumeattributesclass/{name}")],
        ),
        NotResized::OtherDriver { attributes, driver, class, provisioner } => (
            format!(
                "volumeattributesclass/{attributes} is for volumes of {driver}, and those of \
                 storageclass/{class} are made by {provisioner}"
            ),
            Vec::new(),
        ),
    };
    hints.extend(refusal.flag().map(|flag| format!("or go on with {flag}")));
    (text, hints)
}

#[cfg(test)]
mod tests;
