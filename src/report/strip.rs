//! A timeline for drawing, in bounded memory: stretches too short to draw are merged with their neighbours.

use super::{condition::Condition, document::Stretch, window::Window};
use crate::domain::Span;

/// The most stretches. Beyond it, short ones are merged.
const MAXIMUM: usize = 1_000;
/// The window is divided into so many cells. Changes within a cell cannot be distinguished on a page.
const CELLS: i64 = 250;

/// Stretches in order, each beginning where the one before ended.
#[derive(Clone, Debug)]
pub struct Strip {
    origin: i64,
    cell: i64,
    stretches: Vec<Stretch>,
}

impl Strip {
    /// An empty timeline of `window`.
    pub fn new(window: &Window) -> Strip {
        let origin = window.from.milliseconds();
        let cell = ((window.to.milliseconds() - origin) / CELLS).max(1);
        Strip { origin, cell, stretches: Vec::new() }
    }

    /// Adds the next stretch.
    pub fn push(&mut self, span: Span, condition: Condition, state: Option<&str>) {
        let Span { from, until: to } = span;
        match self.stretches.last_mut() {
            Some(last) if last.condition == condition && last.state.as_deref() == state && last.merged.is_none() => {
                last.to = to;
            }
            _ => {
                let state = state.map(str::to_owned);
                self.stretches.push(Stretch { from, to, condition, state, merged: None });
            }
        }
        if self.stretches.len() > MAXIMUM {
            self.merge_within_cells();
        }
    }

    /// The timeline.
    pub fn finish(self) -> Vec<Stretch> {
        self.stretches
    }

    /// Merges the stretches that lie within one cell. After it, a cell holds at most one of these, and one that reaches
    /// beyond the cell.
    fn merge_within_cells(&mut self) {
        let (origin, cell) = (self.origin, self.cell);
        let cell_of = |at: i64| (at - origin) / cell;
        let cell_within = |stretch: &Stretch| {
            let first = cell_of(stretch.from.milliseconds());
            (first == cell_of(stretch.to.milliseconds() - 1)).then_some(first)
        };
        let mut merged: Vec<Stretch> = Vec::with_capacity(MAXIMUM);
        for stretch in self.stretches.drain(..) {
            match merged.last_mut() {
                Some(last) if cell_within(last).is_some() && cell_within(last) == cell_within(&stretch) => {
                    last.merged = Some(last.merged.unwrap_or(1) + stretch.merged.unwrap_or(1));
                    last.to = stretch.to;
                    if severity(stretch.condition) > severity(last.condition) {
                        last.condition = stretch.condition;
                        last.state = stretch.state;
                    }
                }
                _ => merged.push(stretch),
            }
        }
        self.stretches = merged;
    }
}

/// Which condition a merged stretch shows: the one of the highest severity.
fn severity(condition: Condition) -> u8 {
    match condition {
        Condition::Undiscovered | Condition::Retired | Condition::Removed => 0,
        Condition::Up => 1,
        Condition::Pending => 2,
        Condition::Testing => 3,
        Condition::Unmonitored => 4,
        Condition::Unknown => 5,
        Condition::Planned => 6,
        Condition::Down => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::Calendar, domain::Timestamp, report::Asked};

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(milliseconds)
    }

    fn day() -> Window {
        let asked = Asked { from: Some("1970-01-01"), to: Some("1970-01-01"), month: None };
        Window::new(&asked, Calendar::UTC, None, at(1 << 40)).unwrap()
    }

    #[test]
    fn a_stretch_in_the_same_state_extends_the_one_before() {
        let mut strip = Strip::new(&day());
        strip.push(Span::new(at(0), at(10)), Condition::Up, Some("available"));
        strip.push(Span::new(at(10), at(20)), Condition::Up, Some("available"));
        strip.push(Span::new(at(20), at(30)), Condition::Up, Some("updating"));
        let stretches: Vec<_> = strip.finish().into_iter().map(|stretch| (stretch.to, stretch.merged)).collect();
        assert_eq!(stretches, [(at(20), None), (at(30), None)]);
    }

    #[test]
    fn a_flapping_item_takes_bounded_memory() {
        let mut strip = Strip::new(&day());
        // One second down in each of 43,200 two seconds.
        for pair in 0..43_200 {
            strip.push(Span::new(at(pair * 2_000), at(pair * 2_000 + 1_000)), Condition::Up, Some("available"));
            strip.push(Span::new(at(pair * 2_000 + 1_000), at(pair * 2_000 + 2_000)), Condition::Down, Some("down"));
            assert!(strip.stretches.len() <= MAXIMUM);
        }
        let stretches = strip.finish();
        assert!(stretches.windows(2).all(|pair| pair[0].to == pair[1].from), "no hole");
        assert_eq!((stretches[0].from, stretches.last().unwrap().to), (at(0), at(86_400_000)));
        assert_eq!(stretches[0].condition, Condition::Down, "the worst is shown");
        let changes: u64 = stretches.iter().map(|stretch| stretch.merged.unwrap_or(1)).sum();
        assert_eq!(changes, 86_400);
    }
}
