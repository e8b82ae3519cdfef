//! What each setting offers, beside what it should.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::campaign::plot::Plot;
use crate::campaign::truth::Setting;
use crate::campaign::truth::Truth;

/// Counts of one setting.
#[derive(Clone, Copy, Default)]
struct Count {
    /// Claims that are left behind, whatever has to be lifted first.
    left: usize,
    /// Of these, offered.
    offered: usize,
    /// Of these, to be offered in this setting.
    due: usize,
}

/// Counts by setting, in the order in which settings came.
#[derive(Default)]
pub(super) struct Recall {
    settings: Vec<(String, Count)>,
    /// Left-behind claims by situation, with how many of them the last-but-one setting offered.
    situations: BTreeMap<&'static str, (usize, usize)>,
}

/// What is wrong with an offer.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) unsafe_offers: Vec<String>,
    pub(super) misses: Vec<String>,
}

impl Recall {
    /// Takes in what was offered of a namespace.
    pub(super) fn take(
        &mut self,
        setting: &Setting,
        (namespace, plot): (&str, &Plot),
        is_offered: impl Fn(&str) -> bool,
    ) -> Wrong {
        let index = self.settings.iter().position(|(name, _)| *name == setting.name);
        let index = index.unwrap_or_else(|| {
            self.settings.push((setting.name.clone(), Count::default()));
            self.settings.len() - 1
        });
        let mut wrong = Wrong::default();
        for (name, planned) in &plot.claims {
            let offered = is_offered(name);
            let (truth, situation) = (&planned.truth, planned.situation);
            let due = match truth {
                Truth::Left(left) => setting.offers(left),
                _ => false,
            };
            let line =
                || format!("{namespace}/{name} ({situation}; {truth:?}), setting {}", setting.name);
            if offered && !due {
                wrong.unsafe_offers.push(line());
            }
            if due && !offered {
                wrong.misses.push(line());
            }
            if let Truth::Left(_) = truth {
                let count = &mut self.settings[index].1;
                count.left += 1;
                count.offered += usize::from(offered);
                count.due += usize::from(due);
                if setting.is_the_aim() {
                    let counts = self.situations.entry(situation).or_default();
                    counts.0 += 1;
                    counts.1 += usize::from(offered);
                }
            }
        }
        wrong
    }

    /// As a table.
    pub(super) fn table(&self) -> String {
        let mut text = String::from("  offered  should  left behind\n");
        for (name, count) in &self.settings {
            let share = 100 * count.offered / count.left.max(1);
            let _infallible = writeln!(
                text,
                "  {:>7} {:>7} {:>12}  {share:>3} %  {name}",
                count.offered, count.due, count.left
            );
        }
        let short = self.situations.iter().filter(|(_, (left, offered))| offered < left);
        for (situation, (left, offered)) in short {
            let _infallible =
                writeln!(text, "  at medium with every flag, {offered} of {left}: {situation}");
        }
        text
    }
}
