//! Seeded chance: the same seed makes the same choices. It does not make the same moments; those are the machine's.

/// A xorshift generator.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        // Spreads small seeds over all bits; zero is the one state that a xorshift never leaves.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 up to and without `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // The upper bits are the better ones.
        (self.next() >> 16) % limit
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    /// Another generator, whose choices do not depend on how many this one still makes.
    pub(crate) fn fork(&mut self) -> Self {
        Self::new(self.next())
    }
}
