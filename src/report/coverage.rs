//! Unmonitored time within a window. It never counts as up.

use std::time::Duration;

use super::window::Window;
use crate::domain::{Span, Timestamp, Unmonitored};

/// The unmonitored time of one kind in one scope, or of its items of one parent, within a window, in ascending stretches of which no two touch; and since
/// when the kind is retired, if it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmonitoredTime {
    stretches: Vec<Span>,
    last_complete_at: Option<Timestamp>,
    retired_at: Option<Timestamp>,
}

impl UnmonitoredTime {
    /// The `recorded` stretches, and the one from the last complete listing to now if it is longer than `tolerated`. A
    /// kind that was never listed completely is unmonitored throughout. Of a kind that is retired, the last stretch ends
    /// when it was.
    pub fn new(
        window: &Window,
        recorded: &[Unmonitored],
        last_complete_at: Option<Timestamp>,
        tolerated: Duration,
        retired_at: Option<Timestamp>,
    ) -> UnmonitoredTime {
        let until = retired_at.unwrap_or(window.now);
        let since_last = match last_complete_at {
            None => Some(window.span()),
            Some(last) => (until.since(last) > tolerated).then_some(Span::new(last, until)),
        };
        let recorded = recorded.iter().map(|stretch| Span::new(stretch.from, stretch.to));
        let mut within: Vec<Span> =
            recorded.chain(since_last).filter_map(|stretch| stretch.within(window.span())).collect();
        within.sort_unstable_by_key(|stretch| (stretch.from, stretch.until));
        let mut stretches: Vec<Span> = Vec::with_capacity(within.len());
        for stretch in within {
            match stretches.last_mut() {
                Some(last) if stretch.from <= last.until => last.until = last.until.max(stretch.until),
                _ => stretches.push(stretch),
            }
        }
        UnmonitoredTime { stretches, last_complete_at, retired_at }
    }

    /// The stretches, ascending.
    pub fn stretches(&self) -> &[Span] {
        &self.stretches
    }

    /// Since when the kind is configured no longer.
    pub fn retired_at(&self) -> Option<Timestamp> {
        self.retired_at
    }

    /// The last time that the kind, or its items of that parent, were listed completely.
    pub fn last_complete_at(&self) -> Option<Timestamp> {
        self.last_complete_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::Calendar,
        domain::{CoveragePath, Kind, Scope},
        report::Asked,
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_milliseconds(minute * 60_000)
    }

    fn unmonitored(recorded: &[(i64, i64)], last: Option<i64>) -> Vec<(i64, i64)> {
        let asked = Asked { from: Some("1970-01-01T01:00:00Z"), to: Some("1970-01-01T02:00:00Z"), month: None };
        let window = Window::new(&asked, Calendar::UTC, None, at(200)).unwrap();
        let path = CoveragePath::new(Scope::regional("1", "us-east-1"), Kind::Lag);
        let recorded: Vec<Unmonitored> = recorded.iter().map(|(from, to)| path.stretch(at(*from), at(*to))).collect();
        let minute = |at: Timestamp| at.milliseconds() / 60_000;
        let time = UnmonitoredTime::new(&window, &recorded, last.map(at), Duration::from_secs(900), None);
        time.stretches().iter().map(|stretch| (minute(stretch.from), minute(stretch.until))).collect()
    }

    #[test]
    fn stretches_are_cut_to_the_window_and_joined() {
        assert_eq!(
            unmonitored(&[(0, 61), (70, 90), (90, 95), (80, 85), (119, 130), (130, 150)], Some(190)),
            [(60, 61), (70, 95), (119, 120)]
        );
    }

    #[test]
    fn time_since_the_last_complete_listing_is_unmonitored_once_it_is_too_long() {
        assert_eq!(unmonitored(&[], Some(190)), []);
        assert_eq!(unmonitored(&[], Some(185)), [], "exactly the tolerated time");
        assert_eq!(unmonitored(&[], Some(100)), [(100, 120)]);
        assert_eq!(unmonitored(&[], Some(10)), [(60, 120)]);
        assert_eq!(unmonitored(&[(61, 62)], None), [(60, 120)], "never listed completely");
    }
}
