//! Days and months in a time zone, including those on which its clocks change.

use std::time::Duration;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::{GapInfo, Tz};

use crate::domain::Timestamp;

/// A time zone, and the days, months and clock times in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar(Tz);

/// Whether a time is the beginning or the end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// A day means its first instant.
    Beginning,
    /// A day means the first instant of the next day, so that the day is included.
    End,
}

/// A time, month or zone that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not a zone of the IANA database.
    #[error("{0:?} is not a time zone like UTC, Europe/Berlin or America/New_York")]
    Zone(String),
    /// Not a month.
    #[error("{0:?} is not a month like 2026-10")]
    Month(String),
    /// Not a time.
    #[error(
        "{0:?} is not a time: give a day (2026-10-31), a time (2026-10-31T18:00, 2026-10-31T18:00:00Z) or how long ago (30d, 12h, 45m)"
    )]
    Time(String),
    /// Not a time of its own, whenever it is read.
    #[error("{0:?} is not a time: give a day (2026-10-31) or a time (2026-10-31T18:00, 2026-10-31T18:00:00Z)")]
    Moment(String),
    /// Not a length of time.
    #[error("{0:?} is not how long: give days, hours or minutes (2d, 12h, 45m)")]
    Length(String),
}

/// The length of time that `text` names, such as `2h`.
///
/// # Errors
///
/// It names none, or a length of zero.
pub fn length(text: &str) -> Result<Duration, CalendarError> {
    let milliseconds = milliseconds(text).and_then(|length| u64::try_from(length).ok()).filter(|length| *length > 0);
    milliseconds.map(Duration::from_millis).ok_or_else(|| CalendarError::Length(text.to_owned()))
}

impl Calendar {
    /// The calendar of UTC.
    pub const UTC: Calendar = Calendar(Tz::UTC);

    /// The calendar of the IANA time zone `name`.
    pub fn of_zone(name: &str) -> Result<Calendar, CalendarError> {
        name.parse().map(Calendar).map_err(|_| CalendarError::Zone(name.to_owned()))
    }

    /// The zone's IANA name.
    pub fn zone(&self) -> &'static str {
        self.0.name()
    }

    /// The beginning of the month `text` (`2026-10`), and of the next one.
    pub fn month(&self, text: &str) -> Result<(Timestamp, Timestamp), CalendarError> {
        let error = || CalendarError::Month(text.to_owned());
        // Four digits, a dash, two digits: chrono alone would accept a sign.
        let is_formed = text.len() == 7
            && text.bytes().enumerate().all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() });
        let first = is_formed.then(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()).flatten();
        let first = first.ok_or_else(error)?;
        let next = first.checked_add_months(Months::new(1)).ok_or_else(error)?;
        Ok((self.start_of(first), self.start_of(next)))
    }

    /// The instant that `text` names: a day, a clock time in this zone, an instant with its offset, or how long before
    /// `now`.
    pub fn instant(&self, text: &str, edge: Edge, now: Timestamp) -> Result<Timestamp, CalendarError> {
        match (self.moment(text, edge), milliseconds(text)) {
            (Ok(moment), _) => Ok(moment),
            (Err(_), Some(ago)) => Ok(Timestamp::from_milliseconds(now.milliseconds().saturating_sub(ago))),
            (Err(_), None) => Err(CalendarError::Time(text.to_owned())),
        }
    }

    /// The instant that `text` names, whenever it is read: a day, a clock time in this zone, or an instant with its offset.
    pub fn moment(&self, text: &str, edge: Edge) -> Result<Timestamp, CalendarError> {
        let error = || CalendarError::Moment(text.to_owned());
        if let Ok(instant) = text.parse() {
            return Ok(instant);
        }
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return match edge {
                Edge::Beginning => Ok(self.start_of(day)),
                Edge::End => Ok(self.start_of(day.checked_add_days(Days::new(1)).ok_or_else(error)?)),
            };
        }
        let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
        let clock = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        clock.map(|clock| self.at(clock)).ok_or_else(error)
    }

    /// The local time of an instant in this zone.
    pub fn local(&self, instant: Timestamp) -> DateTime<Tz> {
        instant.to_datetime().with_timezone(&self.0)
    }

    /// The first instant of the day in which `instant` lies.
    pub fn start_of_day(&self, instant: Timestamp) -> Timestamp {
        self.start_of(self.local(instant).date_naive())
    }

    /// The first instant of the day that is `days` after the one in which `instant` lies.
    pub fn start_of_day_after(&self, instant: Timestamp, days: u64) -> Timestamp {
        match self.local(instant).date_naive().checked_add_days(Days::new(days)) {
            Some(day) => self.start_of(day),
            None => Timestamp::MAXIMUM,
        }
    }

    /// The first instant of the month in which `instant` lies, or of the one that is `months` after it.
    pub fn start_of_month_after(&self, instant: Timestamp, months: u32) -> Timestamp {
        let day = self.local(instant).date_naive();
        match day.with_day(1).and_then(|first| first.checked_add_months(Months::new(months))) {
            Some(first) => self.start_of(first),
            None => Timestamp::MAXIMUM,
        }
    }

    fn start_of(&self, day: NaiveDate) -> Timestamp {
        self.at(day.and_time(NaiveTime::MIN))
    }

    /// The instant of a local time. Where clocks went back and it happened twice, the first. Where they went forward and
    /// skipped it, the instant at which they did.
    fn at(&self, clock: NaiveDateTime) -> Timestamp {
        let instant = self.0.from_local_datetime(&clock).earliest();
        let instant = instant.or_else(|| GapInfo::new(&clock, &self.0)?.end);
        // A gap has no end if it is the last change that is known of the zone. Then the time is taken as UTC.
        Timestamp::from(instant.map_or_else(|| clock.and_utc(), |instant| instant.to_utc()))
    }
}

/// The milliseconds in `30d`, `12h` or `45m`.
fn milliseconds(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit: i64 = match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return None,
    };
    let is_digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| number.parse::<i64>().ok()?.checked_mul(unit)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Calendar {
        Calendar::of_zone(name).unwrap()
    }

    fn month(name: &str, text: &str) -> String {
        let (from, to) = zone(name).month(text).unwrap();
        format!("{from} {to} {}h", to.since(from).as_secs() / 3600)
    }

    #[test]
    fn the_length_of_a_month_includes_clock_changes() {
        assert_eq!(month("UTC", "2026-10"), "2026-10-01T00:00:00.000Z 2026-11-01T00:00:00.000Z 744h");
        assert_eq!(month("Europe/Berlin", "2026-10"), "2026-09-30T22:00:00.000Z 2026-10-31T23:00:00.000Z 745h");
        assert_eq!(month("America/New_York", "2026-03"), "2026-03-01T05:00:00.000Z 2026-04-01T04:00:00.000Z 743h");
        assert_eq!(month("UTC", "2028-02"), "2028-02-01T00:00:00.000Z 2028-03-01T00:00:00.000Z 696h");
        assert_eq!(month("Asia/Kolkata", "2026-12"), "2026-11-30T18:30:00.000Z 2026-12-31T18:30:00.000Z 744h");
    }

    #[test]
    fn a_day_whose_midnight_is_skipped_begins_when_the_clocks_change() {
        // Clocks in Santiago went from 23:59:59 to 01:00 on 2026-09-06.
        let day = zone("America/Santiago").instant("2026-09-06", Edge::Beginning, Timestamp::MINIMUM).unwrap();
        assert_eq!(day.to_string(), "2026-09-06T04:00:00.000Z");
        // Samoa had no 2011-12-30 at all.
        let day = zone("Pacific/Apia").instant("2011-12-30", Edge::Beginning, Timestamp::MINIMUM).unwrap();
        assert_eq!(day.to_string(), "2011-12-30T10:00:00.000Z");
        // 02:30 happened twice in Berlin: the first is meant.
        let twice = zone("Europe/Berlin").instant("2026-10-25T02:30", Edge::End, Timestamp::MINIMUM).unwrap();
        assert_eq!(twice.to_string(), "2026-10-25T00:30:00.000Z");
    }

    #[test]
    fn a_time_is_read_in_every_format() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let read = |text: &str, edge| zone("Europe/Berlin").instant(text, edge, now).map(|at| at.to_string());
        assert_eq!(read("2026-11-01", Edge::Beginning).unwrap(), "2026-10-31T23:00:00.000Z");
        assert_eq!(read("2026-11-01", Edge::End).unwrap(), "2026-11-01T23:00:00.000Z", "the day is included");
        assert_eq!(read("2026-11-01T06:00", Edge::End).unwrap(), "2026-11-01T05:00:00.000Z");
        assert_eq!(read("2026-11-01T06:00:00Z", Edge::End).unwrap(), "2026-11-01T06:00:00.000Z");
        assert_eq!(read("30d", Edge::Beginning).unwrap(), "2026-10-24T12:00:00.000Z");
        assert_eq!(read("90m", Edge::Beginning).unwrap(), "2026-11-23T10:30:00.000Z");
        for wrong in ["", "d", "-3d", "+3d", "yesterday", "2026-13-01", "2026-02-30", "99999999999999999d", "3é"] {
            assert!(read(wrong, Edge::Beginning).is_err(), "{wrong:?}");
        }
        for wrong in ["2026-1", "2026-13", "2026-10-01", "", "20261-1", "+026-10", "é026-1"] {
            assert!(Calendar::UTC.month(wrong).is_err(), "{wrong:?}");
        }
        assert!(Calendar::of_zone("Mars/Olympus").unwrap_err().to_string().contains("Europe/Berlin"));
    }

    #[test]
    fn a_moment_does_not_depend_on_when_it_is_read() {
        let read = |text: &str| zone("Europe/Berlin").moment(text, Edge::Beginning).map(|at| at.to_string());
        assert_eq!(read("2026-11-01T06:00").unwrap(), "2026-11-01T05:00:00.000Z");
        assert!(read("2h").unwrap_err().to_string().starts_with("\"2h\" is not a time: give a day"));
    }

    #[test]
    fn a_length_is_in_one_unit() {
        assert_eq!(length("2h").unwrap(), Duration::from_secs(7_200));
        assert_eq!([length("45m").unwrap(), length("2d").unwrap()].map(|length| length.as_secs()), [2_700, 172_800]);
        for wrong in ["", "0h", "h", "-2h", "2", "2w", "1h30m", "99999999999999999d"] {
            assert!(length(wrong).is_err(), "{wrong:?}");
        }
    }
}
