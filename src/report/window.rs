//! The window of a report.

use crate::{
    calendar::{Calendar, CalendarError, Edge},
    domain::{Span, Timestamp},
};

/// How many days before its end a window begins by default.
const DEFAULT_DAYS: i64 = 30;

/// The window as the options give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked<'a> {
    /// A month, such as `2026-10`.
    pub month: Option<&'a str>,
    /// A first day or instant.
    pub from: Option<&'a str>,
    /// A last day, or the instant after the last.
    pub to: Option<&'a str>,
}

/// A window that cannot be reported on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// One of its times cannot be read.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// It ends before it begins.
    #[error("the window ends at {to}, which is not after its beginning, {from}")]
    Backwards {
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
    },
    /// It has not begun.
    #[error("the window begins at {0}, which is in the future: there is nothing to report yet")]
    Future(Timestamp),
}

/// The time from one instant up to, but not including, another, with the calendar of its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it: the requested end, or now if that is earlier.
    pub to: Timestamp,
    /// The requested end.
    pub asked_to: Timestamp,
    /// When the report is made.
    pub now: Timestamp,
    /// The calendar of its days and months.
    pub calendar: Calendar,
}

impl Window {
    /// The requested window, cut off at `now`.
    ///
    /// By default it begins 30 days before its end, or at the first observation in the store if that is later.
    pub fn new(
        asked: &Asked<'_>,
        calendar: Calendar,
        first_observation: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Window, WindowError> {
        let (from, asked_to) = match asked.month {
            Some(month) => calendar.month(month)?,
            None => {
                let to = asked.to.map(|text| calendar.instant(text, Edge::End, now)).transpose()?.unwrap_or(now);
                let from = match asked.from {
                    Some(text) => calendar.instant(text, Edge::Beginning, now)?,
                    None => {
                        let back = to.min(now).milliseconds() - DEFAULT_DAYS * 86_400_000;
                        let back = Timestamp::from_milliseconds(back);
                        first_observation.filter(|first| *first < to).map_or(back, |first| first.max(back))
                    }
                };
                (from, to)
            }
        };
        if from >= asked_to {
            return Err(WindowError::Backwards { from, to: asked_to });
        }
        if from >= now {
            return Err(WindowError::Future(from));
        }
        Ok(Window { from, to: asked_to.min(now), asked_to, now, calendar })
    }

    /// From its first instant to the first after it.
    pub fn span(&self) -> Span {
        Span::new(self.from, self.to)
    }

    /// Whether it was cut off because its requested end is in the future.
    pub fn ends_early(&self) -> bool {
        self.to < self.asked_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn window(asked: Asked<'_>, first: Option<&str>, now: &str) -> Result<String, String> {
        Window::new(&asked, Calendar::UTC, first.map(at), at(now))
            .map(|window| format!("{} {} {}", window.from, window.to, window.ends_early()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_window_that_ends_in_the_future_ends_now() {
        let october = Asked { month: Some("2026-10"), ..Asked::default() };
        assert_eq!(
            window(october.clone(), None, "2026-11-23T12:00:00Z").unwrap(),
            "2026-10-01T00:00:00.000Z 2026-11-01T00:00:00.000Z false"
        );
        assert_eq!(
            window(october.clone(), None, "2026-10-02T12:00:00Z").unwrap(),
            "2026-10-01T00:00:00.000Z 2026-10-02T12:00:00.000Z true"
        );
        assert!(window(october, None, "2026-10-01T00:00:00Z").unwrap_err().contains("future"));
    }

    #[test]
    fn days_are_whole_and_the_end_must_come_after_the_beginning() {
        let days = Asked { from: Some("2026-10-05"), to: Some("2026-10-06"), month: None };
        assert_eq!(
            window(days, None, "2026-11-23T12:00:00Z").unwrap(),
            "2026-10-05T00:00:00.000Z 2026-10-07T00:00:00.000Z false"
        );
        let backwards = Asked { from: Some("2026-10-05"), to: Some("2026-10-04"), month: None };
        assert!(window(backwards, None, "2026-11-23T12:00:00Z").unwrap_err().contains("not after its beginning"));
    }

    #[test]
    fn by_default_it_begins_at_the_first_observation_or_thirty_days_back() {
        let now = "2026-11-23T12:00:00Z";
        let begins = |first| window(Asked::default(), first, now).unwrap()[..24].to_owned();
        assert_eq!(begins(None), "2026-10-24T12:00:00.000Z");
        assert_eq!(begins(Some("2026-11-23T11:15:00Z")), "2026-11-23T11:15:00.000Z");
        assert_eq!(begins(Some("2025-11-23T11:15:00Z")), "2026-10-24T12:00:00.000Z");
        assert_eq!(begins(Some("2026-11-24T00:00:00Z")), "2026-10-24T12:00:00.000Z", "a clock that jumped back");
    }
}
