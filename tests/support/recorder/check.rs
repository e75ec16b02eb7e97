//! The recorder, held against the real SDK.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::operation::put_metric_data::PutMetricDataError;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_smithy_types::DateTime;
use aws_smithy_types::retry::RetryConfig;

use super::{DataPoint, Fault, Recorder, Refusal};
use crate::support::sdk;

const AT: i64 = 1_763_780_400_123;

fn client(recorder: &Recorder) -> Client {
    let config = sdk::config(&recorder.endpoint(), "us-east-1");
    Client::new(&config.into_builder().retry_config(RetryConfig::disabled()).build())
}

fn datum(connection: &str) -> MetricDatum {
    let dimension = Dimension::builder().name("ConnectionId").value(connection).build();
    MetricDatum::builder()
        .metric_name("ConnectionState")
        .dimensions(dimension)
        .value(4.0)
        .unit(StandardUnit::None)
        .timestamp(DateTime::from_millis(AT))
        .build()
}

async fn put(recorder: &Recorder, data: Vec<MetricDatum>) -> Result<(), PutMetricDataError> {
    let request = client(recorder).put_metric_data().namespace("AWSx/DirectConnect").set_metric_data(Some(data));
    request.send().await.map(drop).map_err(|error| error.into_service_error())
}

#[tokio::test]
async fn a_data_point_arrives_complete() {
    let recorder = Recorder::start();
    put(&recorder, vec![datum("dxcon-1")]).await.unwrap();
    let expected = DataPoint {
        namespace: "AWSx/DirectConnect".into(),
        metric: "ConnectionState".into(),
        dimensions: BTreeMap::from([("ConnectionId".into(), "dxcon-1".into())]),
        value: 4.0,
        unit: Some("None".into()),
        timestamp: chrono::DateTime::from_timestamp_millis(AT),
    };
    assert_eq!(recorder.data_points(), [expected]);
    assert_eq!(recorder.requests()[0].encoding, None);
}

#[tokio::test]
async fn a_thousand_metrics_arrive_compressed() {
    let recorder = Recorder::start();
    put(&recorder, (0..1000).map(|number| datum(&format!("dxcon-{number}"))).collect()).await.unwrap();
    let [request] = &recorder.requests()[..] else { panic!("one request") };
    assert_eq!((request.encoding.as_deref(), request.data_points.len()), (Some("gzip"), 1000));
    assert!(request.bytes < 20_000, "{} bytes", request.bytes);
    assert_eq!(request.data_points[999].dimensions["ConnectionId"], "dxcon-999");
}

#[tokio::test]
async fn what_cloudwatch_refuses_is_refused_whole() {
    let recorder = Recorder::start();
    for bad in ["", "dxcon-é", "two\nlines", &"x".repeat(1025)] {
        let error = put(&recorder, vec![datum("dxcon-1"), datum(bad)]).await.unwrap_err();
        assert!(error.is_invalid_parameter_value_exception(), "{bad:?}: {error:?}");
        assert!(error.message().unwrap().contains("MetricData.member.2.Dimensions.Value"), "{error:?}");
    }
    let error = put(&recorder, vec![datum("dxcon-1"); 1001]).await.unwrap_err();
    assert!(error.is_invalid_parameter_value_exception(), "{error:?}");
    assert_eq!((recorder.requests().len(), recorder.data_points().len()), (5, 0));
}

#[tokio::test]
async fn faults_hit_as_many_requests_as_they_are_set_to() {
    let recorder = Recorder::start();
    let one = || vec![datum("dxcon-1")];

    recorder.fail(2, Fault::Refuse(Refusal::internal()));
    assert!(put(&recorder, one()).await.unwrap_err().is_internal_service_fault());
    assert!(put(&recorder, one()).await.unwrap_err().is_internal_service_fault());
    put(&recorder, one()).await.unwrap();

    recorder.fail_always(Fault::Refuse(Refusal::throttling()));
    for _ in 0..3 {
        assert_eq!(put(&recorder, one()).await.unwrap_err().code(), Some("Throttling"));
    }
    recorder.recover();
    put(&recorder, one()).await.unwrap();

    recorder.fail(1, Fault::HangUp);
    assert!(client(&recorder).put_metric_data().namespace("n").send().await.is_err());
    recorder.fail(1, Fault::Delay(Duration::from_millis(60)));
    let start = Instant::now();
    put(&recorder, one()).await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert_eq!((recorder.requests().len(), recorder.data_points().len()), (9, 3));
}

#[tokio::test]
async fn a_throttled_client_tries_again() {
    let recorder = Recorder::start();
    recorder.fail(1, Fault::Refuse(Refusal::throttling()));
    let client = Client::new(&sdk::config(&recorder.endpoint(), "us-east-1"));
    client.put_metric_data().namespace("n").metric_data(datum("dxcon-1")).send().await.unwrap();
    assert_eq!((recorder.requests().len(), recorder.data_points().len()), (2, 1));
}
