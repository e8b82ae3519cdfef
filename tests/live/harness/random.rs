//! Numbers that are the same for the same seed, everywhere and for ever (splitmix64).

use super::must;

/// A source of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below the bound.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        must(u32::try_from(self.next() % u64::from(bound.max(1))), "stay below the bound")
    }

    /// Whether something happens that happens that often in a hundred.
    pub(crate) fn percent(&mut self, often: u32) -> bool {
        self.below(100) < often
    }

    /// One of these.
    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(must(u32::try_from(of.len()), "count what to choose from")) as usize].clone()
    }
}
