//! The table of what a month costs: computed here, from calls that are measured and prices that are named.

use aws_dx_monitor::{
    domain::{Health, Kind},
    ports::Roster,
    simulator::Scenario,
};

use super::stack::{Stack, as_text};
use crate::{
    documentation::Page,
    function::{
        hub::{MEMBER, deliver, hub, member, order},
        pages::{Deployment, ask},
        rig::{REGION, Rig, TIMEOUT, good_poll},
    },
    support::dynamodb,
};

/// List prices of us-east-1 in dollars; no free tier, no discount. None was seen in an AWS account: each is what public
/// projects have written down that asked AWS's price list (or, where it says so, read its pricing pages), with the month
/// in which they did.
mod price {
    /// `CW:MetricMonitorUsage`, price list, September 2026.
    pub const METRIC: f64 = 0.30;
    /// The same, from 10,000 to 250,000 metrics; price list, August 2026.
    pub const METRIC_BEYOND_10_000: f64 = 0.10;
    /// `CW:Requests`, price list, 2026.
    pub const PUT_METRIC_DATA: f64 = 0.01 / 1_000.0;
    /// `CW:AlarmMonitorUsage`, price list, September 2026.
    pub const ALARM: f64 = 0.10;
    /// `CW:MetricInsightAlarmUsage`, for each metric that the query matches; price list, August 2026.
    pub const METRIC_ANALYZED_BY_AN_ALARM: f64 = 0.10;
    /// Pricing page (the price list has no dashboards), 2026.
    pub const DASHBOARD: f64 = 3.0;
    /// `ReadRequestUnits`, price list, September 2026.
    pub const READ_UNIT: f64 = 0.125 / 1e6;
    /// `WriteRequestUnits`, price list, September 2026.
    pub const WRITE_UNIT: f64 = 0.625 / 1e6;
    /// `Request` of Lambda, price list, September 2026.
    pub const INVOCATION: f64 = 0.20 / 1e6;
    /// `Lambda-GB-Second`, first tier, price list, September 2026; `arm64` is a fifth less.
    pub const GIGABYTE_SECOND: f64 = 0.000_016_666_7;
    /// EventBridge Scheduler, pricing page, March 2026.
    pub const SCHEDULED_INVOCATION: f64 = 1.0 / 1e6;
    /// `Requests-Tier1` of S3, for each object that is written; pricing page, 2026.
    pub const WRITTEN_OBJECT: f64 = 0.005 / 1_000.0;
    /// An API destination of EventBridge, price list, September 2026.
    pub const PAGE: f64 = 0.20 / 1e6;
    /// A request to a standard queue with fair groups: $0.40 a million and $0.10 for the groups; as public pages have it, March
    /// 2026.
    pub const QUEUE_REQUEST: f64 = 0.50 / 1e6;
    /// `DataProcessing-Bytes` of CloudWatch Logs, price list, September 2026.
    pub const LOGGED_GIGABYTE: f64 = 0.50;
}

/// No state row of the built-in scenario, names and all, is larger on average.
const STATE_ROW_BYTES: f64 = 800.0;
/// The function's and the alarms' own metrics: ten, one for each of up to three sinks, and the missing subscriptions.
const OWN_METRICS: f64 = 14.0;
/// An account in one region: what is regional, and what is global.
const SCOPES: f64 = 2.0;
/// What a quiet poll writes: in each scope, one row of up to a kilobyte.
const WRITES: f64 = SCOPES;
/// Seconds that a poll takes, and how many more for each 100 items: a page of each list after the other.
const SECONDS: (f64, f64) = (0.5, 0.2);
/// What a quiet poll logs, in bytes.
const LOGGED_BYTES: f64 = 1_500.0;

struct Estate {
    items: f64,
    minutes: f64,
    summary: bool,
}

impl Estate {
    fn polls(&self) -> f64 {
        730.0 * 60.0 / self.minutes
    }

    /// The metrics of items that are published.
    fn metrics(&self) -> f64 {
        if self.summary { (Kind::usual().count() * Health::ALL.len()) as f64 } else { self.items }
    }

    /// The metrics that alarms on states look at.
    fn analyzed(&self) -> f64 {
        if self.summary { Kind::usual().count() as f64 } else { self.items }
    }

    fn put_metric_data(&self) -> f64 {
        // 1,000 in a request, the monitor's own among them.
        ((self.metrics() + OWN_METRICS) / 1_000.0).ceil()
    }

    fn read_units(&self) -> f64 {
        (self.items * STATE_ROW_BYTES / 4_096.0).ceil() + SCOPES
    }

    fn alarms(&self) -> f64 {
        self.analyzed() * price::METRIC_ANALYZED_BY_AN_ALARM + 5.0 * price::ALARM
    }

    fn month(&self) -> f64 {
        let metrics = self.metrics() + OWN_METRICS;
        let memory = as_text(&Stack::of(&[]).properties("Function")["MemorySize"]).parse::<f64>().unwrap() / 1_024.0;
        let seconds = SECONDS.0 + SECONDS.1 * (self.items / 100.0);
        let of_each_poll = self.put_metric_data() * price::PUT_METRIC_DATA
            + self.read_units() * price::READ_UNIT
            + WRITES * price::WRITE_UNIT
            + price::INVOCATION
            + price::SCHEDULED_INVOCATION
            + seconds * memory * price::GIGABYTE_SECOND
            + LOGGED_BYTES / 1e9 * price::LOGGED_GIGABYTE;
        metrics.min(10_000.0) * price::METRIC
            + (metrics - 10_000.0).max(0.0) * price::METRIC_BEYOND_10_000
            + self.alarms()
            + price::DASHBOARD
            + self.polls() * of_each_poll
    }
}

/// What the pages in a bucket cost, where the status page is kept.
struct Pages {
    items: f64,
}

impl Pages {
    /// Eight shards of a day are asked for transitions and for documents, half a unit each where nothing is new.
    const LOOK_UNITS: f64 = 2.0 * 8.0 * 0.5;
    /// How often the states of all items are read for a page.
    const READINGS: f64 = 4.0;
    /// What is read besides: scopes, windows, documents of incidents.
    const MORE_QUERIES: f64 = 60.0;
    /// A look, and a page: the seconds of a function with a gigabyte, and how many more for each 100 items.
    const SECONDS: (f64, f64, f64) = (0.1, 0.5, 0.1);

    fn gigabyte_seconds(seconds: f64) -> f64 {
        let stack = Stack::of(&[("StatusPage", "true")]);
        let memory = as_text(&stack.properties("PagesFunction")["MemorySize"]).parse::<f64>().unwrap() / 1_024.0;
        seconds * memory * price::GIGABYTE_SECOND
    }

    /// Two objects.
    fn page(&self) -> f64 {
        let (_, page, of_100_items) = Self::SECONDS;
        2.0 * price::WRITTEN_OBJECT
            + Self::gigabyte_seconds(page + of_100_items * self.items / 100.0)
            + Self::READINGS * (self.items * STATE_ROW_BYTES / 4_096.0).ceil() * price::READ_UNIT
            + Self::MORE_QUERIES * price::READ_UNIT
    }

    fn month(&self) -> f64 {
        let look = price::INVOCATION
            + price::SCHEDULED_INVOCATION
            + Self::gigabyte_seconds(Self::SECONDS.0)
            + Self::LOOK_UNITS * price::READ_UNIT;
        // Without a change, a page every 15 minutes.
        price::ALARM + 730.0 * 60.0 * look + 730.0 * 4.0 * self.page()
    }
}

/// A hub in an organisation, with the defaults of the template for several accounts: beats of a minute, `summary`.
struct Organisation {
    accounts: f64,
    /// Those of them that have items.
    hot: f64,
}

impl Organisation {
    const ITEMS: f64 = 40.0;
    const REGIONS: f64 = 3.0;
    /// No row of the roster is larger.
    const ROSTER_ROW_BYTES: f64 = 500.0;
    /// The alarms for a queue and for other accounts.
    const ALARMS: f64 = 2.0;
    /// What a dispatch publishes, each beat.
    const METRICS: f64 = 6.0;
    /// What Lambda asks an idle queue in a minute: five readers that wait for twenty seconds.
    const IDLE_READS: f64 = 15.0;
    /// Calls of Direct Connect by a probe, and how many there are in a second.
    const PROBE: (f64, f64) = (2.0 * Self::REGIONS + 1.0, 15.0);
    const HOURS: f64 = 730.0;

    fn roster_units(&self) -> f64 {
        (self.accounts * Self::ROSTER_ROW_BYTES / 4_096.0).ceil()
    }

    fn of_each_poll(&self, memory: f64) -> f64 {
        let seconds = SECONDS.0 + SECONDS.1 * (Self::ITEMS / 100.0);
        let scopes = Self::REGIONS + 1.0;
        // A row of the roster is read with each poll, and written once in a quarter of an hour.
        let reads = (Self::ITEMS * STATE_ROW_BYTES / 4_096.0).ceil() + scopes + 1.0;
        let writes = scopes + 1.0 / 15.0;
        reads * price::READ_UNIT
            + writes * price::WRITE_UNIT
            + price::PUT_METRIC_DATA
            + price::INVOCATION
            + seconds * memory * price::GIGABYTE_SECOND
            + LOGGED_BYTES / 1e9 * price::LOGGED_GIGABYTE
            // Ten in a request to send; received, and removed.
            + (0.1 + 2.0) * price::QUEUE_REQUEST
    }

    fn of_each_beat(&self, memory: f64) -> f64 {
        price::SCHEDULED_INVOCATION
            + price::INVOCATION
            + memory * price::GIGABYTE_SECOND
            + self.roster_units() * price::READ_UNIT
            + price::PUT_METRIC_DATA
            + Self::IDLE_READS * price::QUEUE_REQUEST
            + self.hot * self.of_each_poll(memory)
    }

    fn of_each_sweep(&self, memory: f64) -> f64 {
        let cold = self.accounts - self.hot;
        cold * Self::PROBE.0 / Self::PROBE.1 * memory * price::GIGABYTE_SECOND
            + (self.roster_units() + cold) * price::READ_UNIT
            + cold * price::WRITE_UNIT
    }

    fn cloudwatch(&self) -> f64 {
        (OWN_METRICS + Self::METRICS + self.hot) * price::METRIC
            + self.hot * price::METRIC_ANALYZED_BY_AN_ALARM
            + (5.0 + Self::ALARMS) * price::ALARM
            + price::DASHBOARD
    }

    fn month(&self) -> f64 {
        let memory = as_text(&Stack::of(&[]).properties("Function")["MemorySize"]).parse::<f64>().unwrap() / 1_024.0;
        self.cloudwatch() + Self::HOURS * (60.0 * self.of_each_beat(memory) + self.of_each_sweep(memory))
    }
}

#[test]
fn what_pages_and_pagers_cost_is_computed() {
    let page = Page::read("src/guide/costs.md").text.split_whitespace().collect::<Vec<_>>().join(" ");
    let [small, large] = [50.0, 10_000.0].map(|items| Pages { items }.month());
    // A change is on two pages.
    let more = 1_000.0 * 2.0 * Pages { items: 50.0 }.page();
    for sentence in [
        format!("`StatusPage=true` is ${small:.2} a month with 50 items, and ${large:.2} with 10,000"),
        format!("${:.2} for its alarm, and ${:.2} for a million of the requests", price::ALARM, price::PAGE * 1e6),
        format!("with 50 items a thousand changes a month add ${more:.2}"),
    ] {
        assert!(page.contains(&sentence), "the page should say: {sentence}");
    }
}

/// What a page reads, where a month of history is there.
#[tokio::test]
async fn a_status_page_makes_the_calls_that_are_counted() {
    let deployment = Deployment::new().await;
    let function = deployment.program().start();
    ask(&function, "status").await.unwrap();
    let calls: Vec<String> = deployment.rig.dynamodb.calls().iter().map(|call| call.name()).collect();
    assert!(calls.len() as f64 <= Pages::MORE_QUERIES, "{} calls of an account with three scopes", calls.len());
    assert_eq!(deployment.s3.calls().len(), 2);
}

#[test]
fn the_table_of_an_organisation_is_computed() {
    let mut table =
        "| accounts | of these with 40 items | a month | of this CloudWatch |\n| --- | --- | --- | --- |\n".to_owned();
    for (accounts, written, hot) in [(10.0, "10", 5.0), (100.0, "100", 20.0), (1_000.0, "1,000", 50.0)] {
        let hub = Organisation { accounts, hot };
        table += &format!("| {written} | {hot:.0} | ${:.0} | ${:.0} |\n", hub.month(), hub.cloudwatch());
    }
    assert!(Page::read("src/guide/costs.md").text.contains(&table), "the table of an organisation should be:\n{table}");
}

/// What that table stands on: the calls of a quiet poll of another account, in one region, and of a dispatch.
#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_poll_of_another_account_makes_the_calls_that_are_counted() {
    let (rig, program) = hub([(MEMBER, member(40))]).await;
    let function = program.environment("DX_MONITOR_ACCOUNTS", format!("own,{MEMBER}")).start();
    for _ in 0..2 {
        deliver(&function, &order(MEMBER)).await.unwrap();
    }
    let calls = |rig: &Rig| {
        let calls: Vec<String> = rig.calls().iter().map(|call| call.name()).collect();
        move |name: &str| calls.iter().filter(|call| *call == name).count()
    };
    rig.forget_calls();
    deliver(&function, &order(MEMBER)).await.unwrap();
    let made = calls(&rig);
    assert_eq!((made("dynamodb:UpdateItem"), made("dynamodb:PutItem"), made("monitoring:PutMetricData")), (1, 0, 1));
    assert_eq!(made("sts:AssumeRole"), 0, "once in fifty minutes");
    rig.forget_calls();
    function.invoke(&serde_json::json!({}), TIMEOUT).await.unwrap();
    let made = calls(&rig);
    assert_eq!((made("dynamodb:Query"), made("sqs:SendMessageBatch"), made("monitoring:PutMetricData")), (1, 1, 1));
    assert_eq!(rig.calls().len(), 3);

    let row = rig.ledger().roster_row(MEMBER).await.unwrap().unwrap();
    let bytes = serde_json::to_string(&row).unwrap().len();
    assert!((bytes as f64) < Organisation::ROSTER_ROW_BYTES, "{bytes}");
}

#[test]
fn the_table_of_costs_is_computed() {
    let mut table = "| items | `items`, 1 minute | `items`, 5 minutes | `summary`, 1 minute | `summary`, 5 minutes |\n\
                     | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for (items, written) in [(50.0, "50"), (1_000.0, "1,000"), (10_000.0, "10,000")] {
        let cells = [(false, 1.0), (false, 5.0), (true, 1.0), (true, 5.0)].map(|(summary, minutes)| {
            let estate = Estate { items, minutes, summary };
            format!("${:.0} (${:.0})", estate.month(), estate.alarms())
        });
        table += &format!("| {written} | {} |\n", cells.join(" | "));
    }
    assert!(Page::read("src/guide/costs.md").text.contains(&table), "the table of costs should be:\n{table}");
    let small = Estate { items: 50.0, minutes: 1.0, summary: false };
    let sentence = format!("An account with 50 items costs about ${:.0} a month", small.month());
    let readme = Page::read("README.md").text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(&sentence), "the README should say: {sentence}");
}

/// What the table stands on: the calls of a quiet poll, and the size of what it reads.
#[tokio::test]
async fn a_quiet_poll_makes_the_calls_that_are_counted() {
    let rig = Rig::of(Scenario::builtin()).await;
    let function = rig.program().start();
    let report = good_poll(&function).await;
    let items = report["items"].as_f64().unwrap();
    good_poll(&function).await;
    rig.forget_calls();
    rig.recorder.clear();
    let logged_before = function.logs().concat().len();
    good_poll(&function).await;

    let calls: Vec<String> = rig.dynamodb.calls().iter().map(|call| call.name()).collect();
    let count = |name: &str| calls.iter().filter(|call| *call == name).count() as f64;
    assert_eq!(count("dynamodb:UpdateItem"), WRITES, "{calls:?}");
    assert_eq!(calls.len() as f64, count("dynamodb:UpdateItem") + count("dynamodb:Query"), "{calls:?}");

    let published = rig.recorder.requests().len() as f64;
    assert_eq!(published, Estate { items, minutes: 1.0, summary: false }.put_metric_data());
    function.log_containing("\"message\":\"poll\"").await;
    assert!(((function.logs().concat().len() - logged_before) as f64) < LOGGED_BYTES);

    let client = dynamodb::client(REGION);
    let rows = client.scan().table_name(&rig.tables.states).send().await.unwrap().items.unwrap();
    let bytes: usize = rows.iter().flatten().map(|(name, value)| name.len() + size(value)).sum();
    let average = bytes as f64 / items;
    assert!((STATE_ROW_BYTES / 2.0..=STATE_ROW_BYTES).contains(&average), "{average} bytes");
}

/// The size of a value as DynamoDB counts it, roughly.
fn size(value: &aws_sdk_dynamodb::types::AttributeValue) -> usize {
    use aws_sdk_dynamodb::types::AttributeValue::{M, N, S};
    match value {
        S(text) => text.len(),
        N(digits) => digits.len().div_ceil(2) + 1,
        M(fields) => 3 + fields.iter().map(|(name, field)| 1 + name.len() + size(field)).sum::<usize>(),
        _ => 1,
    }
}
