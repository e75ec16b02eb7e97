//! Data points on their way to CloudWatch: all of them, in few calls, whatever their names.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_dx_monitor::{
    aws::CloudWatchMetrics,
    domain::{Extent, Health, ItemDescription, ItemKey, Kind, Observation, Snapshot},
    metrics::{self, DataPoint, MetricsMode, PollFigures, Unit},
    ports::{MetricSink, Publication},
};

use super::{REGION, at, scope};
use crate::support::recorder::{Fault, Recorder, Refusal};
use crate::support::sdk;

const NAMESPACE: &str = "AWSx/DirectConnect";

fn sink(recorder: &Recorder) -> CloudWatchMetrics {
    CloudWatchMetrics::new(&sdk::config(&recorder.endpoint(), REGION), NAMESPACE)
}

fn level(id: impl Into<String>) -> DataPoint {
    DataPoint {
        metric: "ConnectionState",
        dimensions: vec![("ConnectionId", id.into())],
        value: 5.0,
        unit: Unit::None,
        at: at("2026-11-22T03:12:00.123Z"),
    }
}

fn levels(count: usize) -> Vec<DataPoint> {
    (0..count).map(|number| level(format!("dxcon-{number:08}"))).collect()
}

fn ids(recorder: &Recorder) -> BTreeSet<String> {
    recorder.data_points().into_iter().map(|point| point.dimensions["ConnectionId"].clone()).collect()
}

fn errors(publication: &Publication) -> Vec<String> {
    publication.errors.iter().map(|error| format!("{error:#}")).collect()
}

#[tokio::test]
async fn every_data_point_arrives_in_as_few_calls_as_they_fit_in() {
    let recorder = Recorder::start();
    let sink = sink(&recorder);
    for (points, calls) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (2_500, 3)] {
        recorder.clear();
        let publication = sink.publish(&levels(points)).await;
        assert_eq!((publication.accepted, publication.left_out, errors(&publication)), (points, 0, vec![]));
        assert_eq!(recorder.requests().len(), calls, "{points} data points");
        assert_eq!(ids(&recorder).len(), points);
    }
    assert!(recorder.requests().iter().all(|request| request.encoding.as_deref() == Some("gzip")));
}

#[tokio::test]
async fn a_data_point_keeps_its_name_dimensions_value_unit_and_time() {
    let recorder = Recorder::start();
    let figures = PollFigures { succeeded: true, duration: Duration::from_millis(1_250), ..PollFigures::default() };
    let mut data = metrics::own_data_points(&figures, "dx-monitor", at("2026-11-22T03:12:00.123Z"));
    data.push(level("dxcon-fg5678gh"));
    sink(&recorder).publish(&data).await;
    let seen = |metric: &str| {
        let point = recorder.metric(metric).remove(0);
        assert_eq!(point.namespace, NAMESPACE);
        assert_eq!(point.timestamp, Some(at("2026-11-22T03:12:00.123Z").to_datetime()));
        (point.dimensions.into_iter().collect::<Vec<_>>(), point.value, point.unit.unwrap())
    };
    let monitor = vec![("Monitor".to_owned(), "dx-monitor".to_owned())];
    assert_eq!(seen("PollSucceeded"), (monitor.clone(), 1.0, "None".to_owned()));
    assert_eq!(seen("PollDuration"), (monitor.clone(), 1_250.0, "Milliseconds".to_owned()));
    assert_eq!(seen("Gaps"), (monitor, 0.0, "Count".to_owned()));
    let connection = vec![("ConnectionId".to_owned(), "dxcon-fg5678gh".to_owned())];
    assert_eq!(seen("ConnectionState"), (connection, 5.0, "None".to_owned()));
}

#[tokio::test]
async fn a_summary_has_its_zeros() {
    let recorder = Recorder::start();
    let key = ItemKey::new(Kind::Lag, "dxlag-ffrhowd9");
    let item = aws_dx_monitor::domain::Item {
        description: ItemDescription::bare(&scope(), &key).into(),
        state: aws_dx_monitor::domain::State::of(Kind::Lag, Some("down")),
    };
    let snapshot = Snapshot {
        scope: scope(),
        began: at("2026-11-22T03:12:00.123Z"),
        at: at("2026-11-22T03:12:00.123Z"),
        kinds: [Kind::Lag].into(),
        observation: Observation { items: [(key, item)].into(), ..Observation::default() },
    };
    sink(&recorder).publish(&metrics::data_points(&snapshot, None, MetricsMode::Summary)).await;
    let points = recorder.metric("Items");
    assert_eq!(points.len(), Health::ALL.len());
    for point in points {
        assert_eq!((point.dimensions["Kind"].as_str(), point.dimensions["Region"].as_str()), ("lag", REGION));
        let expected = if point.dimensions["Health"] == "down" { 1.0 } else { 0.0 };
        assert_eq!((point.value, point.unit.as_deref()), (expected, Some("Count")));
    }
}

#[test]
fn a_summary_counts_what_was_read_and_claims_nothing_of_what_was_not() {
    let key = ItemKey::new(Kind::HostedConnection, "dxcon-h1");
    let item = aws_dx_monitor::domain::Item {
        description: ItemDescription::bare(&scope(), &key).into(),
        state: aws_dx_monitor::domain::State::of(Kind::HostedConnection, Some("available")),
    };
    let denied = Extent::Children([("dxcon-i7".to_owned(), "denied".to_owned())].into());
    for gap in [denied, Extent::Kind("throttled".to_owned())] {
        let gaps = [(Kind::HostedConnection, gap)].into();
        let snapshot = Snapshot {
            scope: scope(),
            began: at("2026-11-22T03:12:00.123Z"),
            at: at("2026-11-22T03:12:00.123Z"),
            kinds: [Kind::HostedConnection].into(),
            observation: Observation { items: [(key.clone(), item.clone())].into(), gaps, ..Observation::default() },
        };
        let points = metrics::data_points(&snapshot, None, MetricsMode::Summary);
        let counts: Vec<_> = points.iter().map(|point| (point.dimensions[1].1.as_str(), point.value)).collect();
        assert_eq!(counts, [("up", 1.0)], "no zeros: what was not read may be down");
    }
}

#[tokio::test]
async fn what_cloudwatch_would_not_take_is_left_out_and_the_rest_arrives() {
    let recorder = Recorder::start();
    let mut data = levels(3);
    for id in ["dxcon-é", "", "  ", "a\nb", &"x".repeat(1_025)] {
        data.insert(1, level(id));
    }
    let publication = sink(&recorder).publish(&data).await;
    assert_eq!((publication.accepted, publication.left_out, errors(&publication)), (3, 5, vec![]));
    assert_eq!(ids(&recorder).len(), 3);

    recorder.clear();
    let publication = sink(&recorder).publish(&[level("é")]).await;
    assert_eq!((publication.accepted, publication.left_out, recorder.requests().len()), (0, 1, 0));
}

#[tokio::test]
async fn long_ids_make_more_calls_and_none_above_the_limit() {
    let recorder = Recorder::start();
    let config = sdk::config(&recorder.endpoint(), REGION);
    let config = config.into_builder().disable_request_compression(true).build();
    let sink = CloudWatchMetrics::new(&config, NAMESPACE);
    for length in [8, 300, 1_000] {
        recorder.clear();
        let data: Vec<_> = (0..1_000).map(|number| level(format!("{number:length$}"))).collect();
        let publication = sink.publish(&data).await;
        assert_eq!((publication.accepted, errors(&publication)), (1_000, vec![]));
        let sizes: Vec<_> = recorder.requests().iter().map(|request| request.bytes).collect();
        assert!(sizes.iter().all(|bytes| *bytes < 820_000), "{sizes:?}");
        assert_eq!(sizes.len(), if length == 1_000 { 2 } else { 1 });
    }
}

#[tokio::test]
async fn one_call_that_fails_does_not_take_the_others_with_it() {
    let recorder = Recorder::start();
    recorder.fail(1, Fault::Refuse(Refusal::invalid_value("The value is bad.")));
    let publication = sink(&recorder).publish(&levels(3_000)).await;
    assert_eq!((publication.accepted, recorder.requests().len()), (2_000, 3));
    assert_eq!(
        errors(&publication),
        ["cannot publish 1000 data points in the CloudWatch namespace AWSx/DirectConnect: \
          InvalidParameterValue: The value is bad."]
    );
}

#[tokio::test]
async fn throttling_and_lost_answers_are_tried_again() {
    let recorder = Recorder::start();
    for fault in [Fault::Refuse(Refusal::throttling()), Fault::Refuse(Refusal::internal()), Fault::HangUp] {
        recorder.clear();
        recorder.fail(1, fault.clone());
        let publication = sink(&recorder).publish(&levels(1)).await;
        assert_eq!((publication.accepted, errors(&publication)), (1, vec![]), "{fault:?}");
        assert_eq!(recorder.requests().len(), 2);
    }
    recorder.clear();
    recorder.fail_always(Fault::Refuse(Refusal::throttling()));
    let publication = sink(&recorder).publish(&levels(1)).await;
    assert_eq!((publication.accepted, recorder.requests().len()), (0, 3));
    assert_eq!(
        errors(&publication),
        ["cannot publish 1 data point in the CloudWatch namespace AWSx/DirectConnect: \
          Throttling: Rate exceeded"]
    );
}

#[tokio::test]
async fn calls_are_made_at_the_same_time() {
    let recorder = Recorder::start();
    recorder.fail_always(Fault::Delay(Duration::from_millis(400)));
    let started = std::time::Instant::now();
    let publication = sink(&recorder).publish(&levels(4_000)).await;
    assert_eq!(publication.accepted, 4_000);
    assert!(started.elapsed() < Duration::from_millis(1_600), "{:?}", started.elapsed());
}
