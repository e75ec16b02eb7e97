//! Reads every environment variable, with its default, and reports all mistakes in one error.
//!
//! The names are contract. An empty value means unset. `AWS_ENDPOINT_URL` and its per-service forms, the credentials and
//! `AWS_REGION` belong to the AWS SDK, and are read where its configuration is made.

mod hub;
#[cfg(feature = "pages")]
mod pages;
mod reader;
mod sinks;

use std::{collections::BTreeSet, time::Duration};

pub use hub::{DEFAULT_MEMBER_ROLE, Hub, external_id_form, role_name};
#[cfg(feature = "pages")]
pub use pages::PagesConfiguration;
pub use reader::{ConfigurationError, variable};
pub use sinks::{sinks_from_environment, topic_arn};

use crate::{
    domain::{Accounts, Caller, Kind, Notify, RoutesMode, Sinks, defaults, is_region},
    metrics::MetricsMode,
    monitor::Settings,
    resilience::Intents,
};
use reader::Reader;

/// CloudWatch's default namespace: the predecessor's.
pub const DEFAULT_NAMESPACE: &str = "AWSx/DirectConnect";

/// The most tags that an item carries. Each is in every event and in every row of the item.
const MAXIMUM_TAGS: usize = 5;

/// The configuration of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// `DX_MONITOR_STATE_TABLE`
    pub state_table: String,
    /// `DX_MONITOR_HISTORY_TABLE`
    pub history_table: String,
    /// `DX_MONITOR_TOPIC_ARN`, `DX_MONITOR_CHAT_TOPIC_ARN`, `DX_MONITOR_EVENT_BUS`
    pub sinks: Sinks,
    /// `DX_MONITOR_REGIONS`, else the function's own region. The global kinds are read from the first that answers.
    pub regions: Vec<String>,
    /// `DX_MONITOR_KINDS`, else all.
    pub kinds: BTreeSet<Kind>,
    /// `DX_MONITOR_ROUTES`: what is watched of the routes over virtual interfaces.
    pub routes: RoutesMode,
    /// `DX_MONITOR_ROUTES_EVERY`: once in how many polls those of each interface are read.
    pub routes_every: usize,
    /// `DX_MONITOR_TAGS`: the keys of the tags that items carry.
    pub tags: Vec<String>,
    /// `DX_MONITOR_METRICS`
    pub metrics: MetricsMode,
    /// `DX_MONITOR_NAMESPACE`
    pub namespace: String,
    /// `DX_MONITOR_CONFIRM_POLLS`
    pub confirm_polls: u64,
    /// `DX_MONITOR_UNMONITORED_AFTER_SECONDS`
    pub unmonitored_after: Duration,
    /// `DX_MONITOR_HISTORY_DAYS`: at least eight, since a change that a sink has not accepted is kept pending for seven.
    pub keep_history: Duration,
    /// What is announced to people.
    pub notify: Notify,
    /// After how long people are first reminded of an open critical incident; zero is never.
    pub remind_after: Duration,
    /// `DX_MONITOR_EVIDENCE`: whether AWS's own metrics are asked for evidence.
    pub asks_metrics: bool,
    /// `DX_MONITOR_INTENDED_RESILIENCE`: what the destinations' paths are meant to amount to.
    pub intents: Intents,
    /// Whose Direct Connect is watched, and how.
    pub hub: Hub,
    /// `AWS_LAMBDA_FUNCTION_NAME`: the dimension of this monitor's own metrics.
    pub function_name: String,
}

impl Configuration {
    /// The configuration of this process.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn from_environment() -> Result<Configuration, ConfigurationError> {
        Configuration::read(variable)
    }

    /// The configuration from the variables that `variable` returns by name.
    ///
    /// # Errors
    ///
    /// Every mistake, named.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Configuration, ConfigurationError> {
        let mut reader = Reader::new(&variable);
        let hub = hub::hub(&mut reader);
        let routes: RoutesMode = reader.word("DX_MONITOR_ROUTES");
        let configuration = Configuration {
            state_table: reader.required("DX_MONITOR_STATE_TABLE", "the DynamoDB table of states"),
            history_table: reader.required("DX_MONITOR_HISTORY_TABLE", "the DynamoDB table of history"),
            sinks: sinks::sinks(&mut reader),
            regions: regions(&mut reader),
            kinds: kinds(&mut reader, routes),
            routes,
            routes_every: routes_every(&mut reader),
            tags: tags(&mut reader),
            metrics: metrics(&mut reader, &hub),
            namespace: namespace(&mut reader),
            confirm_polls: reader.number("DX_MONITOR_CONFIRM_POLLS", defaults::CONFIRM_POLLS, 1..=1000),
            unmonitored_after: Duration::from_secs(reader.number(
                "DX_MONITOR_UNMONITORED_AFTER_SECONDS",
                defaults::UNMONITORED_AFTER_SECONDS,
                1..=31_536_000,
            )),
            notify: reader.word("DX_MONITOR_NOTIFY"),
            remind_after: Duration::from_secs(reader.number(
                "DX_MONITOR_REMIND_AFTER_SECONDS",
                defaults::REMIND_AFTER_SECONDS,
                0..=31_536_000,
            )),
            keep_history: Duration::from_secs(
                86_400 * reader.number("DX_MONITOR_HISTORY_DAYS", defaults::HISTORY_DAYS, 8..=36_500),
            ),
            asks_metrics: asks_metrics(&mut reader),
            intents: intents(&mut reader),
            hub,
            function_name: reader.get("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "aws-dx-monitor".to_owned()),
        };
        reader.finish(configuration)
    }

    /// The settings of the polls of `account` by this caller.
    pub fn settings(&self, account: &str, caller: &Caller) -> Settings {
        Settings {
            scopes: Settings::scopes(account, &self.regions, &self.kinds),
            whose: caller.whose(account),
            keeps_prefixes: self.routes.keeps_prefixes() && self.kinds.contains(&Kind::BgpRoutes),
            kinds: self.kinds.clone(),
            metrics: self.metrics,
            confirm_polls: self.confirm_polls,
            unmonitored_after: self.unmonitored_after,
            notify: self.notify,
            remind_after: self.remind_after,
            keep_history: self.keep_history,
            asks_metrics: self.asks_metrics,
            intents: self.intents.clone(),
            monitor: self.function_name.clone(),
        }
    }
}

/// The tables to read, states and history; `None` when neither is set.
///
/// # Errors
///
/// Only one of them is set.
pub fn tables_from_environment() -> Result<Option<(String, String)>, ConfigurationError> {
    tables(variable)
}

fn tables(variable: impl Fn(&str) -> Option<String>) -> Result<Option<(String, String)>, ConfigurationError> {
    const NAMES: [&str; 2] = ["DX_MONITOR_STATE_TABLE", "DX_MONITOR_HISTORY_TABLE"];
    let mut reader = Reader::new(&variable);
    let [states, history] = NAMES.map(|name| reader.get(name));
    if states.is_some() != history.is_some() {
        let [set, unset] = if states.is_some() { NAMES } else { [NAMES[1], NAMES[0]] };
        reader.mistake(format!(
            "{set} is set, and {unset} is not: set both to read those tables in DynamoDB, or neither to read a file"
        ));
    }
    reader.finish(states.zip(history))
}

/// The name of the user of this machine, where the environment says it.
pub fn user_name() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable)
}

/// What pseudonyms are made with: `DX_MONITOR_REDACT_KEY`.
#[cfg(feature = "tool")]
pub fn redaction_key() -> Option<String> {
    variable("DX_MONITOR_REDACT_KEY").map(|key| key.trim().to_owned())
}

/// The models that destinations are meant to have: `DX_MONITOR_INTENDED_RESILIENCE`, a comma-separated list.
///
/// # Errors
///
/// Every mistake, named.
#[cfg(feature = "tool")]
pub fn intended_resilience_from_environment() -> Result<Intents, ConfigurationError> {
    intended_resilience(variable)
}

#[cfg(feature = "tool")]
fn intended_resilience(variable: impl Fn(&str) -> Option<String>) -> Result<Intents, ConfigurationError> {
    let mut reader = Reader::new(&variable);
    let intents = intents(&mut reader);
    reader.finish(intents)
}

fn intents(reader: &mut Reader<'_>) -> Intents {
    const NAME: &str = "DX_MONITOR_INTENDED_RESILIENCE";
    let parts = reader.list(NAME).unwrap_or_default();
    Intents::read(parts.iter().map(String::as_str)).unwrap_or_else(|mistakes| {
        mistakes.into_iter().for_each(|mistake| reader.mistake(format!("{NAME}: {mistake}")));
        Intents::default()
    })
}

/// The level of the log: `AWS_LAMBDA_LOG_LEVEL`, else `RUST_LOG`, else `info`.
pub fn log_level_from_environment() -> String {
    log_level(variable)
}

fn log_level(variable: impl Fn(&str) -> Option<String>) -> String {
    // Lambda's highest level is FATAL, which tracing does not have.
    match variable("AWS_LAMBDA_LOG_LEVEL") {
        Some(level) if level.eq_ignore_ascii_case("fatal") => "error".to_owned(),
        Some(level) => level,
        None => variable("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
    }
}

fn regions(reader: &mut Reader<'_>) -> Vec<String> {
    const NAME: &str = "DX_MONITOR_REGIONS";
    let Some(listed) = reader.list(NAME) else {
        let own = reader.get("AWS_REGION");
        if own.is_none() {
            reader.mistake(format!("{NAME} is not set, and neither is AWS_REGION: there is no region to poll"));
        }
        return own.into_iter().collect();
    };
    if listed.is_empty() {
        reader.mistake(format!("{NAME} names no region"));
    }
    let mut regions: Vec<String> = Vec::new();
    for region in listed {
        if !is_region(&region) {
            reader.mistake(format!("{NAME} names {region:?}, which is not a region like us-east-1"));
        } else if !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions
}

/// The kinds. Routes are watched only where that is switched on, since they cost calls.
fn kinds(reader: &mut Reader<'_>, routes: RoutesMode) -> BTreeSet<Kind> {
    const NAME: &str = "DX_MONITOR_KINDS";
    let Some(slugs) = reader.list(NAME) else {
        let routes = (routes != RoutesMode::Off).then_some(Kind::BgpRoutes);
        return Kind::usual().chain(routes).collect();
    };
    let mut kinds = BTreeSet::new();
    for slug in &slugs {
        match slug.parse() {
            Ok(kind) => drop(kinds.insert(kind)),
            Err(error) => reader.mistake(format!("{NAME}: {error}")),
        }
    }
    if slugs.is_empty() {
        reader.mistake(format!("{NAME} names no kind"));
    }
    if kinds.contains(&Kind::BgpRoutes) && routes == RoutesMode::Off {
        let kind = Kind::BgpRoutes;
        reader.mistake(format!("{NAME} names {kind}, which are watched with DX_MONITOR_ROUTES=count or prefixes only"));
    }
    kinds
}

fn routes_every(reader: &mut Reader<'_>) -> usize {
    let polls = reader.number("DX_MONITOR_ROUTES_EVERY", defaults::ROUTES_EVERY as u64, 1..=60);
    usize::try_from(polls).unwrap_or(defaults::ROUTES_EVERY)
}

fn tags(reader: &mut Reader<'_>) -> Vec<String> {
    const NAME: &str = "DX_MONITOR_TAGS";
    let mut keys = reader.list(NAME).unwrap_or_default();
    let mut seen = BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    if keys.len() > MAXIMUM_TAGS {
        reader.mistake(format!("{NAME} names {} keys of tags; it may name at most {MAXIMUM_TAGS}", keys.len()));
    }
    keys
}

/// The metrics of items. Those of several accounts would be many: by default they are summed up.
fn metrics(reader: &mut Reader<'_>, hub: &Hub) -> MetricsMode {
    const NAME: &str = "DX_MONITOR_METRICS";
    let Some(word) = reader.get(NAME) else {
        return if hub.accounts == Accounts::Own { MetricsMode::Items } else { MetricsMode::Summary };
    };
    match MetricsMode::WORDS.into_iter().find(|(known, _)| *known == word) {
        Some((_, mode)) => mode,
        None => {
            let words = MetricsMode::WORDS.map(|(word, _)| word).join(", ");
            reader.mistake(format!("{NAME} is {word:?}; it must be one of {words}"));
            MetricsMode::default()
        }
    }
}

/// Whether evidence is sought where it does not come by itself.
fn asks_metrics(reader: &mut Reader<'_>) -> bool {
    const NAME: &str = "DX_MONITOR_EVIDENCE";
    let words = reader.list(NAME).unwrap_or_default();
    for word in words.iter().filter(|word| *word != "metrics") {
        reader.mistake(format!("{NAME} names {word:?}; it may name metrics"));
    }
    !words.is_empty()
}

/// The CloudWatch namespace: 1 to 255 letters, digits and `.-_/#:`. The prefix `AWS/` is reserved by Amazon.
fn namespace(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "DX_MONITOR_NAMESPACE";
    let Some(value) = reader.get(NAME) else { return DEFAULT_NAMESPACE.to_owned() };
    let sound = value.len() <= 255
        && !value.starts_with("AWS/")
        && !value.starts_with(':')
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte));
    if !sound {
        reader.mistake(format!("{NAME} is {value:?}, which CloudWatch does not accept as a namespace"));
    }
    value
}

#[cfg(test)]
mod tests;
