//! The choices from which a sample is made.

use std::vec::Vec;

/// A small pseudorandom number generator.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Creates a generator with this seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        u32::try_from(mixed >> 32).unwrap_or(0)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(0) % count.max(1)
    }
}

/// A source of choices between possible values.
#[derive(Default)]
pub(crate) struct Choices {
    pub(crate) list: Vec<u32>,
    pub(crate) at: usize,
    /// The choice that is returned after the end of the list.
    pub(crate) end: u32,
    /// Index of the sample. It is added to the choice of a variant, so consecutive samples take
    /// different variants.
    pub(crate) turn: usize,
    /// How simple values must be. It increases after values were refused.
    pub(crate) tame: usize,
}

impl Choices {
    pub(crate) fn next(&mut self) -> u32 {
        let choice = self.list.get(self.at).copied().unwrap_or(self.end);
        self.at += 1;
        choice
    }

    /// Returns an index below `count`. The choice `u32::MAX` gives the last index.
    pub(crate) fn of(&mut self, count: usize) -> usize {
        match self.next() {
            u32::MAX => count.saturating_sub(1),
            choice => usize::try_from(choice).unwrap_or(0) % count.max(1),
        }
    }

    /// Returns a number from `least` to `most`. Edge cases are about as frequent as other numbers.
    pub(crate) fn number(&mut self, least: i128, most: i128) -> i128 {
        let choice = self.next();
        let span = most.saturating_sub(least);
        let some = i128::from(choice >> 4);
        let wide = some.wrapping_mul(0x1_0000_0001_0000_0001).rem_euclid(span.saturating_add(1).max(1));
        let number = match choice % 16 {
            _ if choice == u32::MAX => most,
            0 => 0,
            1 => 1,
            2..=5 => some % 16,
            6 | 7 => some % 256,
            _ if self.tame > 2 => some % 8,
            8 => most,
            9 => least,
            10 => most.saturating_sub(1),
            11 => 1i128.checked_shl(u32::try_from(some % 64).unwrap_or(0)).unwrap_or(1),
            12 => 1i128.checked_shl(u32::try_from(some % 64).unwrap_or(0)).unwrap_or(1) - 1,
            13 => -1,
            _ => least.saturating_add(wide),
        };
        number.clamp(least, most)
    }

    /// Returns a small number of items or bytes.
    pub(crate) fn size(&mut self) -> usize {
        let most = if self.tame > 4 { 2 } else { 12 };
        match self.next() {
            0 => 0,
            u32::MAX => most,
            choice => usize::try_from(choice).unwrap_or(0) % (most + 1),
        }
    }
}
