//! A token bucket: what a service takes in a second, and not more.

use std::time::Instant;

/// So many tokens come in a second, and as many are kept at most. What is admitted may cost more than there is: the bucket is
/// in debt until that has come in.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    per_second: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    /// A full one.
    pub fn full(per_second: f64, now: Instant) -> Self {
        Self { per_second, level: per_second, at: now }
    }

    /// Whether anything is left.
    pub fn admits(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + passed * self.per_second).min(self.per_second);
        self.at = self.at.max(now);
        self.level > 0.0
    }

    /// Takes tokens out, whether or not they are there.
    pub fn pay(&mut self, tokens: f64) {
        self.level -= tokens;
    }
}

#[cfg(test)]
mod check {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_admits_a_second_s_worth_at_once_and_then_what_comes_in() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut bucket = Bucket::full(10.0, start);
        let mut admitted = |now| {
            let admits = bucket.admits(now);
            bucket.pay(if admits { 1.0 } else { 0.0 });
            admits
        };
        assert_eq!((0..20).filter(|_| admitted(start)).count(), 10);
        assert!(!admitted(start), "empty");
        assert!(admitted(at(100)) && !admitted(at(100)), "a tenth of a second brings one");
        assert!(!admitted(at(50)), "a clock that goes back brings nothing");
        assert_eq!((0..20).filter(|_| admitted(at(60_000))).count(), 10, "no more than a second's worth is kept");
    }

    #[test]
    fn what_is_admitted_may_cost_more_than_there_is() {
        let start = Instant::now();
        let mut bucket = Bucket::full(10.0, start);
        bucket.pay(30.0);
        assert!(!bucket.admits(start + Duration::from_secs(2)));
        assert!(bucket.admits(start + Duration::from_millis(2_001)));
    }
}
