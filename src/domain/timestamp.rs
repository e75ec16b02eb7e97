//! An instant in milliseconds, written as RFC 3339 in UTC. Every time that the program stores or shows is one.

use std::{fmt, str::FromStr, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z, between the years 0 and 9999, so that texts sort in the same order as
/// values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant that can be written: 0000-01-01T00:00:00.000Z.
    pub const MINIMUM: Timestamp = Timestamp(-62_167_219_200_000);
    /// The last instant that can be written: 9999-12-31T23:59:59.999Z.
    pub const MAXIMUM: Timestamp = Timestamp(253_402_300_799_999);

    /// The instant `milliseconds` after 1970-01-01T00:00:00Z, held within [`Timestamp::MINIMUM`] and
    /// [`Timestamp::MAXIMUM`].
    pub fn from_milliseconds(milliseconds: i64) -> Timestamp {
        Timestamp(milliseconds.clamp(Timestamp::MINIMUM.0, Timestamp::MAXIMUM.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, as DynamoDB's time to live counts.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant plus a duration, at most [`Timestamp::MAXIMUM`].
    pub fn plus(self, duration: Duration) -> Timestamp {
        let milliseconds = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_milliseconds(self.0.saturating_add(milliseconds))
    }

    /// The time from `earlier` to this instant; zero when `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The UTC day, such as `2026-11-22`.
    pub fn day(self) -> String {
        self.to_string()[..10].to_owned()
    }

    /// As chrono's type, for formatting in time zones.
    pub fn to_datetime(self) -> DateTime<Utc> {
        // In range by construction: chrono holds the years −262143 to 262142.
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(datetime: DateTime<Utc>) -> Self {
        Timestamp::from_milliseconds(datetime.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.to_datetime().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A text that is not an instant in RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time like 2026-11-22T03:12:00.123Z")]
pub struct ParseTimestampError(pub String);

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|datetime| Timestamp::from(datetime.with_timezone(&Utc)))
            .map_err(|_| ParseTimestampError(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_written_in_utc_with_milliseconds() {
        let instant: Timestamp = "2026-11-22T04:12:00.1239+01:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2026-11-22T03:12:00.123Z");
        assert_eq!(instant.day(), "2026-11-22");
        assert_eq!(instant.seconds(), 1_795_317_120);
        assert!("yesterday".parse::<Timestamp>().unwrap_err().to_string().contains("yesterday"));
    }

    proptest! {
        #[test]
        fn its_text_sorts_as_its_value_and_reads_back(a in any::<i64>(), b in any::<i64>()) {
            let (a, b) = (Timestamp::from_milliseconds(a), Timestamp::from_milliseconds(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.day().len(), 10);
        }
    }
}
