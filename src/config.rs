//! Every environment variable, once: what it means, its default, and every mistake in one error.
//!
//! The names are contract. An empty value means unset. `AWS_ENDPOINT_URL` and its per-service forms, credentials and
//! `AWS_REGION` are the AWS SDK's own, and are read where its configuration is made.

use std::{collections::BTreeSet, fmt, time::Duration};

use crate::{
    domain::{Arn, Kind},
    metrics::MetricsMode,
    monitor::Settings,
};

/// CloudWatch's default namespace: the predecessor's.
pub const DEFAULT_NAMESPACE: &str = "AWSx/DirectConnect";

/// The environment of the function, read and found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// `DX_MONITOR_STATE_TABLE`
    pub state_table: String,
    /// `DX_MONITOR_HISTORY_TABLE`
    pub history_table: String,
    /// `DX_MONITOR_TOPIC_ARN`: the SNS topic for people.
    pub topic_arn: Option<String>,
    /// `DX_MONITOR_CHAT_TOPIC_ARN`: the SNS topic for Amazon Q Developer.
    pub chat_topic_arn: Option<String>,
    /// `DX_MONITOR_EVENT_BUS`: name or ARN.
    pub event_bus: Option<String>,
    /// `DX_MONITOR_REGIONS`, else the function's own. The global kinds are read from the first.
    pub regions: Vec<String>,
    /// `DX_MONITOR_KINDS`, else all.
    pub kinds: BTreeSet<Kind>,
    /// `DX_MONITOR_METRICS`
    pub metrics: MetricsMode,
    /// `DX_MONITOR_NAMESPACE`
    pub namespace: String,
    /// `DX_MONITOR_CONFIRM_POLLS`
    pub confirm_polls: u64,
    /// `DX_MONITOR_UNMONITORED_AFTER_SECONDS`
    pub unmonitored_after: Duration,
    /// `DX_MONITOR_HISTORY_DAYS`: at least eight, since what a sink has not taken is owed for seven.
    pub keep_history: Duration,
    /// `AWS_LAMBDA_FUNCTION_NAME`: what the monitor's own metrics are told apart by.
    pub function_name: String,
}

/// Where transitions are announced, for one who announces with credentials of his own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sinks {
    /// `DX_MONITOR_TOPIC_ARN`
    pub topic_arn: Option<String>,
    /// `DX_MONITOR_CHAT_TOPIC_ARN`
    pub chat_topic_arn: Option<String>,
    /// `DX_MONITOR_EVENT_BUS`
    pub event_bus: Option<String>,
}

impl Sinks {
    /// The sinks that the environment names.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn from_environment() -> Result<Sinks, ConfigurationError> {
        let mut reader = Reader { variable, mistakes: Vec::new() };
        let sinks = reader.sinks();
        if reader.mistakes.is_empty() { Ok(sinks) } else { Err(ConfigurationError(reader.mistakes)) }
    }

    /// These, and `others` where there is none.
    pub fn or(self, others: Sinks) -> Sinks {
        Sinks {
            topic_arn: self.topic_arn.or(others.topic_arn),
            chat_topic_arn: self.chat_topic_arn.or(others.chat_topic_arn),
            event_bus: self.event_bus.or(others.event_bus),
        }
    }
}

/// The ARN of a topic, if `text` is one.
///
/// # Errors
///
/// It is not; says what one looks like.
pub fn topic_arn(text: &str) -> Result<String, String> {
    let is_topic = |arn: Arn<'_>| arn.service == "sns" && arn.is_regional() && !arn.resource.contains(':');
    match Arn::parse(text) {
        Some(arn) if is_topic(arn) => Ok(text.to_owned()),
        _ => Err("not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name".to_owned()),
    }
}

/// Every mistake of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError(Vec<String>);

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the environment is not usable: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigurationError {}

impl Configuration {
    /// The configuration of this process.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn from_environment() -> Result<Configuration, ConfigurationError> {
        Configuration::read(variable)
    }

    /// The configuration that `variable` gives by name.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Configuration, ConfigurationError> {
        let mut reader = Reader { variable, mistakes: Vec::new() };
        let state_table = reader.required("DX_MONITOR_STATE_TABLE", "the DynamoDB table of states");
        let history_table = reader.required("DX_MONITOR_HISTORY_TABLE", "the DynamoDB table of history");
        let Sinks { topic_arn, chat_topic_arn, event_bus } = reader.sinks();
        let configuration = Configuration {
            state_table,
            history_table,
            topic_arn,
            chat_topic_arn,
            event_bus,
            regions: reader.regions(),
            kinds: reader.kinds(),
            metrics: reader.metrics(),
            namespace: reader.namespace(),
            confirm_polls: reader.number("DX_MONITOR_CONFIRM_POLLS", 3, 1..=1000),
            unmonitored_after: Duration::from_secs(reader.number(
                "DX_MONITOR_UNMONITORED_AFTER_SECONDS",
                900,
                1..=31_536_000,
            )),
            keep_history: Duration::from_secs(86_400 * reader.number("DX_MONITOR_HISTORY_DAYS", 400, 8..=36_500)),
            function_name: reader.get("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "aws-dx-monitor".to_owned()),
        };
        if reader.mistakes.is_empty() { Ok(configuration) } else { Err(ConfigurationError(reader.mistakes)) }
    }

    /// What to watch and by which rules, seen from `account`.
    pub fn settings(&self, account: &str) -> Settings {
        Settings {
            scopes: Settings::scopes(account, &self.regions, &self.kinds),
            kinds: self.kinds.clone(),
            metrics: self.metrics,
            confirm_polls: self.confirm_polls,
            unmonitored_after: self.unmonitored_after,
            keep_history: self.keep_history,
            monitor: self.function_name.clone(),
        }
    }
}

/// Whether `text` has the form of a region's name. Which regions there are is not known here: AWS adds new ones.
pub fn is_region(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The tables that a reader looks into, states and history; none when neither is set.
///
/// # Errors
///
/// One is set and the other is not: whoever set one does not mean a file on this machine.
pub fn tables_from_environment() -> Result<Option<(String, String)>, ConfigurationError> {
    tables(variable)
}

fn tables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<(String, String)>, ConfigurationError> {
    const NAMES: [&str; 2] = ["DX_MONITOR_STATE_TABLE", "DX_MONITOR_HISTORY_TABLE"];
    let half = |set: &str, unset: &str| {
        ConfigurationError(vec![format!(
            "{set} is set, and {unset} is not: set both to read those tables in DynamoDB, or neither to read a file"
        )])
    };
    let value = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    match NAMES.map(value) {
        [Some(states), Some(history)] => Ok(Some((states, history))),
        [None, None] => Ok(None),
        [Some(_), None] => Err(half(NAMES[0], NAMES[1])),
        [None, Some(_)] => Err(half(NAMES[1], NAMES[0])),
    }
}

/// The level of the log: `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `info`.
pub fn log_level_from_environment() -> String {
    log_level(variable)
}

fn log_level(variable: impl Fn(&str) -> Option<String>) -> String {
    // Lambda's word for the highest level is FATAL, which tracing does not have.
    match variable("AWS_LAMBDA_LOG_LEVEL") {
        Some(level) if level.eq_ignore_ascii_case("fatal") => "error".to_owned(),
        Some(level) => level,
        None => variable("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
    }
}

/// A variable of the environment; none where it is empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

struct Reader<F> {
    variable: F,
    mistakes: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn required(&mut self, name: &str, what: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.mistakes.push(format!("{name} is not set: it names {what}"));
            String::new()
        })
    }

    fn sinks(&mut self) -> Sinks {
        Sinks {
            topic_arn: self.topic_arn("DX_MONITOR_TOPIC_ARN"),
            chat_topic_arn: self.topic_arn("DX_MONITOR_CHAT_TOPIC_ARN"),
            event_bus: self.get("DX_MONITOR_EVENT_BUS"),
        }
    }

    fn topic_arn(&mut self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        if let Err(why) = topic_arn(&value) {
            self.mistakes.push(format!("{name} is {value:?}, which is {why}"));
        }
        Some(value)
    }

    fn list(&self, name: &str) -> Option<Vec<String>> {
        let value = self.get(name)?;
        Some(value.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
    }

    fn regions(&mut self) -> Vec<String> {
        const NAME: &str = "DX_MONITOR_REGIONS";
        let Some(listed) = self.list(NAME) else {
            let own = self.get("AWS_REGION");
            if own.is_none() {
                self.mistakes.push(format!("{NAME} is not set, and neither is AWS_REGION: there is no region to poll"));
            }
            return own.into_iter().collect();
        };
        let mut regions: Vec<String> = Vec::new();
        for region in listed {
            if !is_region(&region) {
                self.mistakes.push(format!("{NAME} names {region:?}, which is not a region like us-east-1"));
            } else if !regions.contains(&region) {
                regions.push(region);
            }
        }
        if regions.is_empty() && self.mistakes.is_empty() {
            self.mistakes.push(format!("{NAME} names no region"));
        }
        regions
    }

    fn kinds(&mut self) -> BTreeSet<Kind> {
        const NAME: &str = "DX_MONITOR_KINDS";
        let Some(slugs) = self.list(NAME) else { return Kind::ALL.into() };
        let mut kinds = BTreeSet::new();
        for slug in &slugs {
            match slug.parse() {
                Ok(kind) => drop(kinds.insert(kind)),
                Err(error) => self.mistakes.push(format!("{NAME}: {error}")),
            }
        }
        if slugs.is_empty() {
            self.mistakes.push(format!("{NAME} names no kind"));
        }
        kinds
    }

    fn metrics(&mut self) -> MetricsMode {
        const NAME: &str = "DX_MONITOR_METRICS";
        let Some(word) = self.get(NAME) else { return MetricsMode::default() };
        match MetricsMode::WORDS.into_iter().find(|(known, _)| *known == word) {
            Some((_, mode)) => mode,
            None => {
                let words = MetricsMode::WORDS.map(|(word, _)| word).join(", ");
                self.mistakes.push(format!("{NAME} is {word:?}; it must be one of {words}"));
                MetricsMode::default()
            }
        }
    }

    /// CloudWatch: 1 to 255 characters of letters, digits and `.-_/#:`, and `AWS/` is Amazon's own.
    fn namespace(&mut self) -> String {
        const NAME: &str = "DX_MONITOR_NAMESPACE";
        let Some(value) = self.get(NAME) else { return DEFAULT_NAMESPACE.to_owned() };
        let sound = value.len() <= 255
            && !value.starts_with("AWS/")
            && !value.starts_with(':')
            && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte));
        if !sound {
            self.mistakes.push(format!("{NAME} is {value:?}, which CloudWatch does not take as a namespace"));
        }
        value
    }

    fn number(&mut self, name: &str, default: u64, range: std::ops::RangeInclusive<u64>) -> u64 {
        let Some(text) = self.get(name) else { return default };
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (low, high) = range.into_inner();
                self.mistakes.push(format!("{name} is {text:?}; it must be a whole number from {low} to {high}"));
                default
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
        Configuration::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const TABLES: [(&str, &str); 3] =
        [("DX_MONITOR_STATE_TABLE", "states"), ("DX_MONITOR_HISTORY_TABLE", "history"), ("AWS_REGION", "eu-central-1")];

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let mut variables = TABLES.to_vec();
        variables.extend([("DX_MONITOR_TOPIC_ARN", ""), ("DX_MONITOR_KINDS", " "), ("DX_MONITOR_CONFIRM_POLLS", "")]);
        let configuration = read(&variables).unwrap();
        assert_eq!(configuration.regions, ["eu-central-1"]);
        assert_eq!(configuration.kinds.len(), 10);
        assert_eq!((configuration.metrics, configuration.confirm_polls), (MetricsMode::Items, 3));
        assert_eq!(configuration.unmonitored_after, Duration::from_secs(900));
        assert_eq!(configuration.keep_history, Duration::from_secs(400 * 86_400));
        assert_eq!(configuration.namespace, "AWSx/DirectConnect");
        assert_eq!(
            (configuration.topic_arn, configuration.chat_topic_arn, configuration.event_bus),
            (None, None, None)
        );
    }

    #[test]
    fn everything_can_be_set() {
        let mut variables = TABLES.to_vec();
        variables.extend([
            ("DX_MONITOR_TOPIC_ARN", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:people"),
            ("DX_MONITOR_REGIONS", "us-east-1, eu-west-1,us-east-1"),
            ("DX_MONITOR_KINDS", "connection,bgp-peer"),
            ("DX_MONITOR_METRICS", "both"),
            ("DX_MONITOR_HISTORY_DAYS", "30"),
        ]);
        let configuration = read(&variables).unwrap();
        assert_eq!(configuration.regions, ["us-east-1", "eu-west-1"]);
        assert_eq!(configuration.kinds, BTreeSet::from([Kind::Connection, Kind::BgpPeer]));
        let settings = configuration.settings("123456789012");
        let scopes: Vec<String> = settings.scopes.iter().map(ToString::to_string).collect();
        assert_eq!(scopes, ["123456789012/us-east-1", "123456789012/eu-west-1"], "no global kind, no global scope");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let error = read(&[
            ("DX_MONITOR_TOPIC_ARN", "people"),
            ("DX_MONITOR_REGIONS", "Frankfurt"),
            ("DX_MONITOR_KINDS", "connection,vif"),
            ("DX_MONITOR_METRICS", "all"),
            ("DX_MONITOR_NAMESPACE", "AWS/DX"),
            ("DX_MONITOR_CONFIRM_POLLS", "0"),
            ("DX_MONITOR_HISTORY_DAYS", "a year"),
        ])
        .unwrap_err();
        insta::assert_snapshot!(error, @r#"the environment is not usable: DX_MONITOR_STATE_TABLE is not set: it names the DynamoDB table of states; DX_MONITOR_HISTORY_TABLE is not set: it names the DynamoDB table of history; DX_MONITOR_TOPIC_ARN is "people", which is not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name; DX_MONITOR_REGIONS names "Frankfurt", which is not a region like us-east-1; DX_MONITOR_KINDS: "vif" is not a kind; the kinds are connection, interconnect, hosted-connection, lag, virtual-interface, bgp-peer, virtual-gateway, direct-connect-gateway, gateway-attachment, gateway-association; DX_MONITOR_METRICS is "all"; it must be one of items, summary, both; DX_MONITOR_NAMESPACE is "AWS/DX", which CloudWatch does not take as a namespace; DX_MONITOR_CONFIRM_POLLS is "0"; it must be a whole number from 1 to 1000; DX_MONITOR_HISTORY_DAYS is "a year"; it must be a whole number from 8 to 36500"#);
    }

    #[test]
    fn a_reader_looks_into_both_tables_or_into_none() {
        let tables = |variables: &'static [(&str, &str)]| {
            tables(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(tables(&[]), Ok(None));
        assert_eq!(tables(&[("DX_MONITOR_STATE_TABLE", " "), ("DX_MONITOR_HISTORY_TABLE", "")]), Ok(None));
        assert_eq!(tables(&TABLES), Ok(Some(("states".to_owned(), "history".to_owned()))));
        let half = tables(&[("DX_MONITOR_STATE_TABLE", "states"), ("DX_MONITOR_HISTORY_TABLE", " ")]).unwrap_err();
        insta::assert_snapshot!(half, @"the environment is not usable: DX_MONITOR_STATE_TABLE is set, and DX_MONITOR_HISTORY_TABLE is not: set both to read those tables in DynamoDB, or neither to read a file");
        assert!(
            tables(&[("DX_MONITOR_HISTORY_TABLE", "history")]).unwrap_err().to_string().contains("STATE_TABLE is not")
        );
    }

    #[test]
    fn a_namespace_is_what_cloudwatch_takes() {
        let namespace = |value: &str| {
            let mut variables = TABLES.to_vec();
            variables.push(("DX_MONITOR_NAMESPACE", value));
            Configuration::read(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
            .is_ok()
        };
        assert!(namespace("Network/Direct Connect_1.x-y#z:a") && namespace(&"n".repeat(255)));
        for unsound in [&"n".repeat(256), "AWS/DX", ":network", "Netzwerk/Köln", "a\\b"] {
            assert!(!namespace(unsound), "{unsound}");
        }
    }

    #[test]
    fn the_log_level_is_lambdas_or_rusts() {
        let level = |variables: &'static [(&str, &str)]| {
            log_level(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(level(&[]), "info");
        assert_eq!(level(&[("RUST_LOG", "debug")]), "debug");
        assert_eq!(level(&[("RUST_LOG", "debug"), ("AWS_LAMBDA_LOG_LEVEL", "FATAL")]), "error");
        assert_eq!(level(&[("RUST_LOG", "debug"), ("AWS_LAMBDA_LOG_LEVEL", "WARN")]), "WARN");
    }
}
