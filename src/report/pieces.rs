//! Cuts time at the edges of planned time.

use crate::domain::{Span, Timestamp};

/// Spans of which no two touch, ascending. What several of them cover counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// The union of `spans`.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Spans {
        let mut spans: Vec<Span> = spans.into_iter().filter(|span| !span.is_empty()).collect();
        spans.sort_unstable_by_key(|span| (span.from, span.until));
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
                _ => joined.push(span),
            }
        }
        Spans(joined)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The parts of `span` that they cover.
    pub fn within(&self, span: Span) -> impl Iterator<Item = Span> {
        self.0.iter().filter_map(move |own| own.within(span))
    }

    /// `span` in pieces, each with whether it is covered.
    pub fn pieces(&self, span: Span) -> Vec<(Span, bool)> {
        let mut pieces = Vec::new();
        let mut at = span.from;
        let mut piece = |from: Timestamp, until: Timestamp, is_covered| {
            if from < until {
                pieces.push((Span::new(from, until), is_covered));
            }
        };
        for covered in self.within(span) {
            piece(at, covered.from, false);
            piece(covered.from, covered.until, true);
            at = covered.until;
        }
        piece(at, span.until, false);
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, until: i64) -> Span {
        Span::new(Timestamp::from_milliseconds(from), Timestamp::from_milliseconds(until))
    }

    #[test]
    fn what_is_covered_twice_is_covered_once() {
        let spans = Spans::of([span(10, 20), span(0, 5), span(15, 30), span(30, 31), span(7, 7)]);
        assert_eq!(spans, Spans(vec![span(0, 5), span(10, 31)]));
        assert_eq!(
            spans.pieces(span(3, 40)),
            [(span(3, 5), true), (span(5, 10), false), (span(10, 31), true), (span(31, 40), false)]
        );
        assert_eq!(spans.pieces(span(12, 13)), [(span(12, 13), true)]);
        assert_eq!(spans.pieces(span(50, 50)), []);
    }
}
