//! The times in events of AWS Health: RFC 2822 with weekdays that are wrong at times, ISO 8601, or seconds since 1970.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use crate::domain::Timestamp;

/// `Fri, 3 Jun 2022 05:01:10 GMT` without what stands around it. The day has one digit or two.
const WITHOUT_WEEKDAY: &str = "%d %b %Y %H:%M:%S";

/// The instant that `value` names. A strict reader of RFC 2822 would refuse a Tuesday that is called a Thursday, as it is in
/// AWS's own samples: the weekday is not read.
pub(super) fn health_time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => from_text(text.trim()),
        // The API's form.
        Value::Number(number) => from_seconds(number.as_f64()?),
        _ => None,
    }
}

fn from_text(text: &str) -> Option<Timestamp> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let day_first = text.split_once(',').map_or(text, |(_, rest)| rest).trim();
    let (date_time, zone) = day_first.rsplit_once(' ')?;
    if !["GMT", "UTC", "Z", "+0000", "-0000"].contains(&zone) {
        return DateTime::parse_from_str(day_first, &format!("{WITHOUT_WEEKDAY} %z"))
            .ok()
            .map(|datetime| Timestamp::from(datetime.with_timezone(&Utc)));
    }
    let naive = NaiveDateTime::parse_from_str(date_time.trim(), WITHOUT_WEEKDAY).ok()?;
    Some(Timestamp::from(naive.and_utc()))
}

fn from_seconds(seconds: f64) -> Option<Timestamp> {
    let milliseconds = seconds * 1000.0;
    // What lies outside is no time of an event. Within, no digit of a millisecond is lost.
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds that are checked")]
    (milliseconds.abs() < 1e14).then(|| Timestamp::from_milliseconds(milliseconds.round() as i64))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn days_of_one_digit_or_two_and_wrong_weekdays_are_read() {
        for (text, instant) in [
            ("Fri, 3 Jun 2022 05:01:10 GMT", "2022-06-03T05:01:10.000Z"),
            ("Fri, 03 Jun 2022 05:01:10 GMT", "2022-06-03T05:01:10.000Z"),
            ("Thu, 27 Jan 2026 06:02:51 GMT", "2026-01-27T06:02:51.000Z"),
            ("27 Jan 2023 06:02:51 UTC", "2023-01-27T06:02:51.000Z"),
            ("Fri, 27 Jan 2023 06:02:51 +0200", "2023-01-27T04:02:51.000Z"),
            ("2026-08-15T10:00:00Z", "2026-08-15T10:00:00.000Z"),
            ("2026-08-15T12:00:00.5+02:00", "2026-08-15T10:00:00.500Z"),
        ] {
            assert_eq!(health_time(&json!(text)).map(|time| time.to_string()).as_deref(), Some(instant), "{text}");
        }
        assert_eq!(health_time(&json!(1_587_462_325.096)), Some(Timestamp::from_milliseconds(1_587_462_325_096)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for none in [
            json!(null),
            json!(""),
            json!("soon"),
            json!("Fri, 32 Jun 2022 05:01:10 GMT"),
            json!("Fri, 3 Jun 2022 05:01 GMT"),
            json!(1e300),
            json!({}),
        ] {
            assert_eq!(health_time(&none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in "\\PC{0,40}", number in any::<f64>()) {
            health_time(&json!(text));
            health_time(&json!(number));
        }

        #[test]
        fn every_second_is_read_in_aws_words_under_any_weekday(seconds in 0_i64..4_000_000_000, weekday in "[A-Z][a-z]{2}") {
            let instant = Timestamp::from_milliseconds(seconds * 1000);
            let written = instant.to_datetime().format(&format!("{weekday}, {WITHOUT_WEEKDAY} GMT")).to_string();
            prop_assert_eq!(health_time(&json!(written)), Some(instant));
        }
    }
}
