//! The variables of the function that keeps pages in a bucket.

use std::time::Duration;

use super::{
    reader::{ConfigurationError, Reader, variable},
    topic_arn,
};
use crate::{calendar::Calendar, domain::defaults};

/// The configuration of the function that keeps pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagesConfiguration {
    /// `DX_MONITOR_STATE_TABLE`
    pub state_table: String,
    /// `DX_MONITOR_HISTORY_TABLE`
    pub history_table: String,
    /// `DX_MONITOR_TOPIC_ARN`: the topic for people.
    pub topic_arn: String,
    /// `DX_MONITOR_PAGES_BUCKET`
    pub bucket: String,
    /// `DX_MONITOR_PAGES_LINK`: what comes before a page's key in its address.
    pub link: String,
    /// `DX_MONITOR_REPORT_TIMEZONE`: the calendar of months.
    pub calendar: Calendar,
    /// `DX_MONITOR_UNMONITORED_AFTER_SECONDS`
    pub unmonitored_after: Duration,
}

impl PagesConfiguration {
    /// The configuration of this process.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn from_environment() -> Result<PagesConfiguration, ConfigurationError> {
        PagesConfiguration::read(variable)
    }

    /// The configuration from the variables that `variable` returns by name.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<PagesConfiguration, ConfigurationError> {
        let mut reader = Reader::new(&variable);
        let configuration = PagesConfiguration {
            state_table: reader.required("DX_MONITOR_STATE_TABLE", "the DynamoDB table of states"),
            history_table: reader.required("DX_MONITOR_HISTORY_TABLE", "the DynamoDB table of history"),
            topic_arn: topic(&mut reader),
            bucket: reader.required("DX_MONITOR_PAGES_BUCKET", "the bucket that pages are kept in"),
            link: reader.required("DX_MONITOR_PAGES_LINK", "the address of the pages"),
            calendar: calendar(&mut reader),
            unmonitored_after: Duration::from_secs(reader.number(
                "DX_MONITOR_UNMONITORED_AFTER_SECONDS",
                defaults::UNMONITORED_AFTER_SECONDS,
                1..=31_536_000,
            )),
        };
        reader.finish(configuration)
    }
}

fn topic(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "DX_MONITOR_TOPIC_ARN";
    let arn = reader.required(NAME, "the topic for people");
    if let (false, Err(why)) = (arn.is_empty(), topic_arn(&arn)) {
        reader.mistake(format!("{NAME} is {arn:?}, which is {why}"));
    }
    arn
}

fn calendar(reader: &mut Reader<'_>) -> Calendar {
    const NAME: &str = "DX_MONITOR_REPORT_TIMEZONE";
    let Some(zone) = reader.get(NAME) else { return Calendar::UTC };
    Calendar::of_zone(&zone).unwrap_or_else(|mistake| {
        reader.mistake(format!("{NAME}: {mistake}"));
        Calendar::UTC
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: [(&str, &str); 6] = [
        ("DX_MONITOR_STATE_TABLE", "states"),
        ("DX_MONITOR_HISTORY_TABLE", "history"),
        ("DX_MONITOR_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:people"),
        ("DX_MONITOR_PAGES_BUCKET", "pages"),
        ("DX_MONITOR_PAGES_LINK", "https://dx.example.com/"),
        ("DX_MONITOR_REPORT_TIMEZONE", "Europe/Berlin"),
    ];

    #[test]
    fn everything_is_read() {
        let found =
            |name: &str| VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let read = PagesConfiguration::read(found).unwrap();
        assert_eq!((read.bucket.as_str(), read.link.as_str()), ("pages", "https://dx.example.com/"));
        assert_eq!((read.calendar.zone(), read.unmonitored_after.as_secs()), ("Europe/Berlin", 900));
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let error = PagesConfiguration::read(|name| match name {
            "DX_MONITOR_TOPIC_ARN" => Some("people".to_owned()),
            "DX_MONITOR_REPORT_TIMEZONE" => Some("Mars".to_owned()),
            _ => None,
        });
        insta::assert_snapshot!(error.unwrap_err(), @r#"the environment is not usable: DX_MONITOR_STATE_TABLE is not set: it names the DynamoDB table of states; DX_MONITOR_HISTORY_TABLE is not set: it names the DynamoDB table of history; DX_MONITOR_TOPIC_ARN is "people", which is not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name; DX_MONITOR_PAGES_BUCKET is not set: it names the bucket that pages are kept in; DX_MONITOR_PAGES_LINK is not set: it names the address of the pages; DX_MONITOR_REPORT_TIMEZONE: "Mars" is not a time zone like UTC, Europe/Berlin or America/New_York"#);
    }
}
