//! The random numbers of this crate: small, seeded, and the same for ever.
//!
//! A generator of our own, because data sets must not change when a library changes its algorithm.
//! Not for anything secret.

/// SplitMix64: one addition and three mixing steps per number, passes the usual statistical batteries.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator that depends on the seed alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An independent generator for one part of the data, named by a path of numbers.
    ///
    /// A part drawn from its own stream stays the same when other parts change.
    #[must_use]
    pub fn stream(seed: u64, path: &[u64]) -> Self {
        let mut rng = Self(seed);
        for step in path {
            rng = Self(rng.next_u64() ^ step.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        }
        Self(rng.next_u64())
    }

    /// 64 uniform bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in `0..n`; 0 if `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// Uniform index of a slice of `n` elements.
    pub fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap_or(0)
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One element of a slice that is not empty.
    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.index(choices.len())]
    }

    /// How many trials fail before the first success; mean `(1 - p) / p`.
    pub fn geometric(&mut self, success: f64) -> u64 {
        let u = 1.0 - self.unit();
        (u.ln() / (1.0 - success).ln()) as u64
    }

    /// Heads among `n` fair coins.
    pub fn coin_heads(&mut self, n: u32) -> u32 {
        let mut heads = 0;
        let mut left = n;
        while left > 0 {
            let taken = left.min(64);
            heads += (self.next_u64() >> (64 - taken)).count_ones();
            left -= taken;
        }
        heads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_change() {
        let mut rng = Rng::new(1);
        assert_eq!(rng.next_u64(), 10_451_216_379_200_822_465);
        assert_eq!(rng.next_u64(), 13_757_245_211_066_428_519);
    }

    #[test]
    fn streams_differ() {
        let first = Rng::stream(7, &[0, 1]).next_u64();
        assert_ne!(first, Rng::stream(7, &[1, 0]).next_u64());
        assert_ne!(first, Rng::stream(8, &[0, 1]).next_u64());
        assert_eq!(first, Rng::stream(7, &[0, 1]).next_u64());
    }

    #[test]
    fn coins_are_fair() {
        let mut rng = Rng::new(3);
        let heads: u32 = (0..1_000).map(|_| rng.coin_heads(100)).sum();
        assert!((49_000..51_000).contains(&heads), "{heads}");
    }
}
