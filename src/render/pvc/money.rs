//! What storage costs, by prices somebody gave.

use std::collections::BTreeMap;

/// A price per GiB, by storage class; `*` is every class without one of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices(BTreeMap<String, f64>);

impl Prices {
    /// Takes in a price, written `CLASS=PRICE`.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let wrong = || format!("{text:?} is not CLASS=PRICE, such as standard=0.10 or *=0.08");
        let (class, price) = text.split_once('=').ok_or_else(wrong)?;
        let price: f64 = price.parse().map_err(|_| wrong())?;
        if class.is_empty() || !price.is_finite() || price < 0.0 {
            return Err(wrong());
        }
        self.0.insert(class.to_owned(), price);
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What so many GiB of a class cost; nothing where no price is known.
    pub fn of(&self, class: Option<&str>, gib: f64) -> Option<f64> {
        let price = class.and_then(|class| self.0.get(class)).or_else(|| self.0.get("*"))?;
        Some(price * gib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_own_price_or_the_one_of_all_others() {
        let mut prices = Prices::default();
        assert!(prices.is_empty());
        prices.add("fast=0.25").unwrap();
        assert_eq!(prices.of(Some("slow"), 4.0), None);
        prices.add("*=0.10").unwrap();
        assert_eq!(prices.of(Some("fast"), 4.0), Some(1.0));
        assert_eq!(prices.of(None, 10.0), Some(1.0));
        for wrong in ["fast", "=1", "fast=x", "fast=-1", "fast=inf"] {
            assert!(prices.add(wrong).is_err(), "{wrong}");
        }
    }
}
