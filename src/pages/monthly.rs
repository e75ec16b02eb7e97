//! The month that is reported on.

use crate::{
    calendar::Calendar,
    domain::{Span, Timestamp},
};

/// A month of a calendar that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its name, such as `2026-10`.
    pub name: String,
    /// Its name for people, such as `October 2026`.
    pub title: String,
    /// From its first instant to the first of the next one.
    pub span: Span,
}

impl Month {
    /// The month before the one in which `now` lies.
    pub fn before(now: Timestamp, calendar: Calendar) -> Month {
        let until = calendar.start_of_month_after(now, 0);
        let last = calendar.local(Timestamp::from_milliseconds(until.milliseconds() - 1));
        let from = calendar.start_of_month_after(last.to_utc().into(), 0);
        Month {
            name: last.format("%Y-%m").to_string(),
            title: last.format("%B %Y").to_string(),
            span: Span::new(from, until),
        }
    }

    /// Where its report is.
    pub fn key(&self) -> String {
        format!("reports/{}.html", self.name)
    }

    /// What whoever sends the message about it claims.
    pub fn claim(&self) -> String {
        format!("reports/{}.announced", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(zone: &str, now: &str) -> String {
        let month = Month::before(now.parse().unwrap(), Calendar::of_zone(zone).unwrap());
        format!("{} ({}): {} to {}", month.name, month.title, month.span.from, month.span.until)
    }

    #[test]
    fn it_is_the_month_before_in_its_own_zone() {
        for (zone, now, expected) in [
            (
                "UTC",
                "2026-11-01T00:00:00Z",
                "2026-10 (October 2026): 2026-10-01T00:00:00.000Z to 2026-11-01T00:00:00.000Z",
            ),
            (
                "UTC",
                "2026-10-31T23:59:59Z",
                "2026-09 (September 2026): 2026-09-01T00:00:00.000Z to 2026-10-01T00:00:00.000Z",
            ),
            (
                "UTC",
                "2027-01-31T12:00:00Z",
                "2026-12 (December 2026): 2026-12-01T00:00:00.000Z to 2027-01-01T00:00:00.000Z",
            ),
            // It is November there already, and clocks were changed in October.
            (
                "Europe/Berlin",
                "2026-10-31T23:00:00Z",
                "2026-10 (October 2026): 2026-09-30T22:00:00.000Z to 2026-10-31T23:00:00.000Z",
            ),
        ] {
            assert_eq!(month(zone, now), expected);
        }
    }
}
