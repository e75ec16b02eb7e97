//! The publication of a poll's metrics without a service at the other end: the function's own adapter and the real SDK,
//! over a connection that takes every request and answers that all is well.

use aws_dx_monitor::{
    aws::{self, CloudWatchMetrics},
    metrics::DataPoint,
    ports::MetricSink,
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;

/// An empty map in CBOR.
const ANSWER: &[u8] = &[0xbf, 0xff];

#[derive(Debug)]
struct Accepting;

impl HttpConnector for Accepting {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let status = 200.try_into().expect("a status");
        let mut answer = HttpResponse::new(status, SdkBody::from(ANSWER));
        answer.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
        HttpConnectorFuture::ready(Ok(answer))
    }
}

pub struct Encoding {
    runtime: tokio::runtime::Runtime,
    metrics: CloudWatchMetrics,
}

impl Encoding {
    pub fn new() -> Encoding {
        let accepting = http_client_fn(|_, _| SharedHttpConnector::new(Accepting));
        let config = aws::loopback_config("http://127.0.0.1:9").into_builder().http_client(accepting).build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Encoding { runtime, metrics: CloudWatchMetrics::new(&config, "AWSx/DirectConnect") }
    }

    /// Publishes the data points.
    pub fn encode(&self, data: &[DataPoint]) {
        let publication = self.runtime.block_on(self.metrics.publish(data));
        assert_eq!(publication.accepted, data.len(), "{:?}", publication.errors);
    }
}
