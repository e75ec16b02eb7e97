//! A long outage does not use up a client's retries: after it, a single passing error does no harm.
//!
//! The SDK's own allowance is shared by all clients of a service and region in the process, so that each test here has a
//! region that no other test calls.

use std::ops::AsyncFn;

use aws_dx_monitor::{
    aws::{CloudWatchMetrics, EventBridgeAnnouncer, SnsAnnouncer},
    domain::{Event, HistoryRow, ItemDescription, ItemKey, Kind, Scope, State, Timestamp, Transition},
    metrics::{DataPoint, Unit},
    ports::{Announcement, Announcer, Form, MetricSink},
};
use futures::future::join_all;

use crate::support::{
    moto::{ACCOUNT, Moto},
    proxy::Proxy,
    recorder::{Fault, Recorder, Refusal},
    sdk,
};

const REGION: &str = "sa-east-1";

/// More failed calls than the SDK's own allowance lasts for: 500 tokens, of which every retry takes 5.
const CALLS_OF_AN_OUTAGE: usize = 60;

/// Makes calls that are all throttled, then one that is throttled once: only that one succeeds.
async fn outlasts_an_outage(throttle: impl Fn(usize), succeeds: impl AsyncFn() -> bool) {
    throttle(usize::MAX);
    let answers = join_all((0..CALLS_OF_AN_OUTAGE).map(|_| succeeds())).await;
    assert!(!answers.contains(&true), "every call is throttled as often as it is made");
    throttle(1);
    assert!(succeeds().await, "a call that was throttled once is made again");
}

/// The same for a service behind a proxy.
async fn proxied(proxy: &Proxy, service: &str, operation: &str, succeeds: impl AsyncFn() -> bool) {
    let throttle = |times| {
        proxy.recover();
        proxy.on(service, operation).times(times).fail(400, "Throttling");
    };
    outlasts_an_outage(throttle, succeeds).await;
}

fn row() -> HistoryRow {
    let at: Timestamp = "2026-11-22T03:12:00.123Z".parse().unwrap();
    let key = ItemKey::new(Kind::Lag, "dxlag-ffrhowd9");
    let transition = Transition {
        item: ItemDescription::bare(&Scope::regional(ACCOUNT, REGION), &key).into(),
        sequence: 1,
        previous: None,
        state: State::of(Kind::Lag, Some("down")),
        since: at,
        seen_at: at,
        never_up: false,
    };
    let event = serde_json::to_value(Event::of(&transition, at)).unwrap();
    HistoryRow { occurred_at: at, sequence: 1, event, parked: [].into() }
}

async fn accepts(announcer: &impl Announcer) -> bool {
    let row = row();
    announcer.announce(&[Announcement { row: &row, form: Form::Full }]).await.remove(0).is_ok()
}

#[tokio::test]
async fn cloudwatch() {
    let recorder = Recorder::start();
    let metrics = CloudWatchMetrics::new(&sdk::config(&recorder.endpoint(), REGION), "AWSx/DirectConnect");
    let level = DataPoint {
        metric: "LagState",
        dimensions: vec![("LagId", "dxlag-ffrhowd9".to_owned())],
        value: 4.0,
        unit: Unit::None,
        at: row().occurred_at,
    };
    let throttle = |times| recorder.fail(times, Fault::Refuse(Refusal::throttling()));
    outlasts_an_outage(throttle, async || metrics.publish(std::slice::from_ref(&level)).await.accepted == 1).await;
}

#[tokio::test]
async fn sns() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let topic = moto.create_topic(REGION, "retries", true, None).await;
    let announcer = SnsAnnouncer::for_people(&sdk::config(&proxy.endpoint(), REGION), &topic.arn);
    proxied(&proxy, "sns", "Publish", async || accepts(&announcer).await).await;
}

#[tokio::test]
async fn eventbridge() {
    let moto = Moto::shared();
    let proxy = Proxy::start(&moto.endpoint);
    let bus = moto.create_bus(REGION, "retries", None).await;
    let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), &bus.name);
    proxied(&proxy, "events", "PutEvents", async || accepts(&announcer).await).await;
}
