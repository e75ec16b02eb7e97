//! Unmonitored time, which reports do not count as up.

use std::time::Duration;

use super::{kind::Kind, path::CoveragePath, scope::Scope, timestamp::Timestamp};

/// A stretch of time, longer than tolerated, in which a kind, or its items of one parent, were not listed completely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmonitored {
    /// The scope.
    pub scope: Scope,
    /// The kind.
    pub kind: Kind,
    /// The parent, where only its children were not listed.
    pub parent: Option<String>,
    /// The beginning of the last complete listing before.
    pub from: Timestamp,
    /// The beginning of the first complete listing after.
    pub to: Timestamp,
}

impl CoveragePath {
    /// The stretch of unmonitored time between two instants.
    pub fn stretch(&self, from: Timestamp, to: Timestamp) -> Unmonitored {
        Unmonitored { scope: self.scope.clone(), kind: self.kind, parent: self.parent.clone(), from, to }
    }
}

impl Unmonitored {
    /// Its partition key in history.
    pub fn path(&self) -> CoveragePath {
        CoveragePath { scope: self.scope.clone(), kind: self.kind, parent: self.parent.clone() }
    }

    /// The unmonitored time of `path` that ends with a complete listing begun at `at`, if the listing before it is
    /// longer ago than `tolerated`. There is none before a first listing.
    pub fn between(
        path: &CoveragePath,
        last_complete_at: Option<Timestamp>,
        at: Timestamp,
        tolerated: Duration,
    ) -> Option<Unmonitored> {
        let from = last_complete_at?;
        (at.since(from) > tolerated).then(|| path.stretch(from, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_than_the_tolerated_time_is_unmonitored() {
        let path = CoveragePath::new(Scope::regional("1", "us-east-1"), Kind::Lag);
        let at = |seconds: i64| Timestamp::from_milliseconds(seconds * 1000);
        let between = |last, now| Unmonitored::between(&path, last, now, Duration::from_secs(900));
        assert_eq!(between(None, at(5_000)), None);
        assert_eq!(between(Some(at(100)), at(1_000)), None);
        assert_eq!(between(Some(at(2_000)), at(1_000)), None, "a clock that jumped back");
        let found = between(Some(at(100)), Timestamp::from_milliseconds(1_000_001)).unwrap();
        assert_eq!((found.from, found.to.milliseconds()), (at(100), 1_000_001));
    }
}
