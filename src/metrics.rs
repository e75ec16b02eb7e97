//! Turns observations into CloudWatch data points: pure.
//!
//! Metric names, dimensions and numbers are contract, since alarms depend on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::domain::{Dimension, Health, ItemKey, Kind, Recalled, SinkName, Snapshot, State, Timestamp, Whose};

/// One number for CloudWatch.
#[derive(Clone, Debug, PartialEq)]
pub struct DataPoint {
    /// The metric's name.
    pub metric: &'static str,
    /// Its dimensions, by name.
    pub dimensions: Vec<(&'static str, String)>,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// When it was observed.
    pub at: Timestamp,
}

/// The unit of a data point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A level, which stands for a state and is not an amount.
    None,
    /// A number of things.
    Count,
    /// A duration.
    Milliseconds,
    /// A long duration.
    Seconds,
}

/// Which metrics of items are published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsMode {
    /// One metric per item: its level.
    #[default]
    Items,
    /// One metric per kind, health and region: how many items.
    Summary,
    /// Both.
    Both,
}

impl MetricsMode {
    /// The words of the configuration.
    pub const WORDS: [(&'static str, MetricsMode); 3] =
        [("items", MetricsMode::Items), ("summary", MetricsMode::Summary), ("both", MetricsMode::Both)];
}

/// The data points of one snapshot, for the account that is watched. Those of the monitor's own account name no account.
/// Those of another have its id as their first dimension; of its summary there is only how many items are down, since a
/// metric for each kind and health of a thousand accounts would cost more than all else.
pub fn data_points_of(
    whose: Whose,
    snapshot: &Snapshot,
    recalled: Option<&Recalled>,
    mode: MetricsMode,
) -> Vec<DataPoint> {
    if whose == Whose::Own {
        return data_points(snapshot, recalled, mode);
    }
    let mut data = match mode {
        MetricsMode::Items | MetricsMode::Both => data_points(snapshot, recalled, MetricsMode::Items),
        MetricsMode::Summary => Vec::new(),
    };
    if mode != MetricsMode::Items && !snapshot.observation.items.is_empty() {
        data.push(items_down(snapshot));
    }
    for point in &mut data {
        point.dimensions.insert(0, ("AccountId", snapshot.scope.account().to_owned()));
    }
    data
}

/// The metric of how many items of another account are down. It is one number for all scopes of the account.
pub const ITEMS_DOWN: &str = "ItemsDown";

/// How many items of a snapshot are down.
fn items_down(snapshot: &Snapshot) -> DataPoint {
    let down = snapshot.observation.items.values().filter(|item| item.state.health() == Health::Down).count();
    DataPoint { metric: ITEMS_DOWN, dimensions: Vec::new(), value: down as f64, unit: Unit::Count, at: snapshot.at }
}

/// The data points of one snapshot of the monitor's own account. An item whose list waits for its turn was seen a short while ago: it has the level of
/// its row, so that an alarm is not without data in between.
pub fn data_points(snapshot: &Snapshot, recalled: Option<&Recalled>, mode: MetricsMode) -> Vec<DataPoint> {
    let seen = snapshot.observation.items.iter().map(|(key, item)| (key, &item.state));
    let deferred = recalled.into_iter().flat_map(|recalled| snapshot.deferred(recalled));
    let states: Vec<(&ItemKey, &State)> = seen.chain(deferred.map(|(key, row)| (key, &row.state))).collect();
    let mut data = Vec::new();
    if matches!(mode, MetricsMode::Items | MetricsMode::Both) {
        data.extend(states.iter().map(|(key, state)| DataPoint {
            metric: key.kind.metric(),
            dimensions: dimensions(key),
            value: f64::from(state.level()),
            unit: Unit::None,
            at: snapshot.at,
        }));
    }
    if matches!(mode, MetricsMode::Summary | MetricsMode::Both) {
        data.extend(summary(snapshot, states.into_iter()));
    }
    data
}

/// How many items of each kind have each health. A kind that was listed completely gets its zeros too, so that an alarm
/// can clear. A kind with a gap, if only in the children of one parent, gets none, since items that were not read may
/// have that health: what is published of it counts the items that were read.
fn summary<'a>(
    snapshot: &'a Snapshot,
    states: impl Iterator<Item = (&'a ItemKey, &'a State)>,
) -> impl Iterator<Item = DataPoint> + 'a {
    let complete = snapshot.complete_kinds().filter(|kind| !snapshot.observation.gaps.contains_key(kind));
    let mut counts: BTreeMap<(Kind, Health), u64> =
        complete.flat_map(|kind| Health::ALL.map(|health| ((kind, health), 0))).collect();
    for (key, state) in states {
        *counts.entry((key.kind, state.health())).or_default() += 1;
    }
    counts.into_iter().map(|((kind, health), count)| DataPoint {
        metric: "Items",
        dimensions: vec![
            ("Kind", kind.slug().to_owned()),
            ("Health", health.as_str().to_owned()),
            ("Region", snapshot.scope.region().to_owned()),
        ],
        value: count as f64,
        unit: Unit::Count,
        at: snapshot.at,
    })
}

fn dimensions(key: &ItemKey) -> Vec<(&'static str, String)> {
    match key.kind.dimension() {
        Dimension::Id(name) => vec![(name, key.id.clone())],
        Dimension::Pair(first, second) => {
            let (one, other) = key.id.split_once(':').unwrap_or((&key.id, ""));
            vec![(first, one.to_owned()), (second, other.to_owned())]
        }
    }
}

/// The state words of a snapshot that this version does not know, each once with its kind.
pub fn unrecognized_words(snapshot: &Snapshot) -> BTreeSet<(Kind, String)> {
    snapshot
        .observation
        .items
        .iter()
        .filter(|(_, item)| item.state.is_unrecognized())
        .map(|(key, item)| (key.kind, item.state.value().to_owned()))
        .collect()
}

/// The monitor's own figures after a poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollFigures {
    /// Whether the poll had no gap and no failure.
    pub succeeded: bool,
    /// How long it took.
    pub duration: Duration,
    /// Items observed.
    pub items: u64,
    /// Transitions recorded.
    pub transitions: u64,
    /// Announcements pending, by configured sink.
    pub pending: BTreeMap<SinkName, u64>,
    /// Announcements given up.
    pub parked: u64,
    /// State words that this version does not know.
    pub unrecognized: u64,
    /// Rows of listings that name no item.
    pub unidentified: u64,
    /// Kinds, and parents' children, that could not be listed completely.
    pub gaps: u64,
    /// Incidents that are open; none where no scope could be folded.
    pub incidents_open: Option<u64>,
    /// The time from the end of the observation to the acceptance of the first message for people, if there was one.
    pub first_message_delay: Option<Duration>,
}

/// The monitor's own data points. Their dimension is the function's name.
pub fn own_data_points(figures: &PollFigures, monitor: &str, at: Timestamp) -> Vec<DataPoint> {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let point = |metric, value: f64, unit| DataPoint {
        metric,
        dimensions: vec![("Monitor", monitor.to_owned())],
        value,
        unit,
        at,
    };
    let count = |metric, count: u64| point(metric, count as f64, Unit::Count);
    let mut data = vec![
        point("PollSucceeded", if figures.succeeded { 1.0 } else { 0.0 }, Unit::None),
        point("PollDuration", milliseconds(figures.duration), Unit::Milliseconds),
        count("ItemsObserved", figures.items),
        count("Transitions", figures.transitions),
        count("AnnouncementsPending", figures.pending.values().sum()),
        count("AnnouncementsParked", figures.parked),
        count("UnrecognizedStates", figures.unrecognized),
        count("UnidentifiedItems", figures.unidentified),
        count("Gaps", figures.gaps),
    ];
    data.extend(figures.incidents_open.map(|open| count("IncidentsOpen", open)));
    data.extend(
        figures.first_message_delay.map(|delay| point("FirstMessageDelay", milliseconds(delay), Unit::Milliseconds)),
    );
    data.extend(figures.pending.iter().map(|(sink, pending)| {
        let mut by_sink = count("AnnouncementsPending", *pending);
        by_sink.dimensions.push(("Sink", sink.as_str().to_owned()));
        by_sink
    }));
    data
}

/// The monitor's own data points after a poll in between: what happened in it, and that it failed. What holds for the whole, and
/// that a poll succeeded, is published by regular polls only.
pub fn own_data_points_in_between(figures: &PollFigures, monitor: &str, at: Timestamp) -> Vec<DataPoint> {
    let happened = |point: &DataPoint| match point.metric {
        "PollSucceeded" => !figures.succeeded,
        metric => ["Transitions", "AnnouncementsParked", "FirstMessageDelay"].contains(&metric),
    };
    own_data_points(figures, monitor, at).into_iter().filter(happened).collect()
}

/// The monitor's own data points after a poll of another account: what happened in it, as long as it is anything, and that
/// something failed which concerns all accounts. A quiet poll has none.
pub fn own_data_points_of_another(figures: &PollFigures, monitor: &str, at: Timestamp) -> Vec<DataPoint> {
    let happened = own_data_points_in_between(figures, monitor, at).into_iter();
    happened.filter(|point| point.metric == "PollSucceeded" || point.value > 0.0).collect()
}

/// The data point for how many subscriptions the monitor's topics lack. It is counted every hour, not in a poll.
pub fn subscriptions_missing(missing: u64, monitor: &str, at: Timestamp) -> DataPoint {
    DataPoint {
        metric: "SubscriptionsMissing",
        dimensions: vec![("Monitor", monitor.to_owned())],
        value: missing as f64,
        unit: Unit::Count,
        at,
    }
}

/// The data point for an event of AWS that cannot be read.
pub fn unreadable_event(monitor: &str, at: Timestamp) -> DataPoint {
    DataPoint {
        metric: "EventsUnreadable",
        dimensions: vec![("Monitor", monitor.to_owned())],
        value: 1.0,
        unit: Unit::Count,
        at,
    }
}

/// The data points to publish again, because those of `published` were wrong: the data points of `figures` that differ.
/// There are none if only the duration of the poll differs.
pub fn corrections(published: &PollFigures, figures: &PollFigures, monitor: &str, at: Timestamp) -> Vec<DataPoint> {
    if *figures == (PollFigures { duration: figures.duration, ..published.clone() }) {
        return Vec::new();
    }
    let published = own_data_points(published, monitor, at);
    own_data_points(figures, monitor, at).into_iter().filter(|point| !published.contains(point)).collect()
}
