//! AWS, one room a service: the only place that names the SDK, whose types go no further.
//!
//! Adapters implement the traits of [`crate::ports`] and add to every error what an operator needs to know. All clients
//! of the process share one HTTP client, so that connections are made once and reused.

mod announcers;
mod batches;
pub mod cloudwatch;
pub mod direct_connect;
pub mod dynamodb;
mod environment;
pub mod eventbridge;
mod failure;
mod http;
pub mod lambda;
mod operator;
mod refusal;
pub mod sns;
pub mod sts;

use std::time::Duration;

pub use aws_config::SdkConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_directconnect::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};

pub use announcers::announcers;
pub use cloudwatch::CloudWatchMetrics;
pub use direct_connect::{CallLimits, DirectConnectInventory};
pub use dynamodb::DynamoLedger;
pub use environment::function_config;
pub use eventbridge::EventBridgeAnnouncer;
pub use http::http_client;
pub use lambda::LambdaFunction;
pub use operator::{operator_config, reader_limits};
pub use sns::SnsAnnouncer;

/// The same configuration for another region.
pub fn in_region(config: &SdkConfig, region: &str) -> SdkConfig {
    config.clone().into_builder().region(Region::new(region.to_owned())).build()
}

/// The configuration of clients that talk to a stand-in on loopback: made-up credentials, no TLS, and nothing read from
/// the machine.
pub fn loopback_config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "loopback", None, None, "loopback");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint_url)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// How long a call to a sink may take. A sink that hangs must not take the time of a poll: the next one tries again.
fn sink_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(http::CONNECT_TIMEOUT)
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}

/// How often a call to a sink is made before it counts as failed.
fn sink_retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(250))
}

/// The region that an ARN names: a topic or a bus may live in another one than the function does.
pub fn region_of(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let region = (parts.next() == Some("arn")).then(|| parts.nth(2)).flatten()?;
    (!region.is_empty()).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_its_region_and_a_name_names_none() {
        assert_eq!(region_of("arn:aws-cn:sns:cn-north-1:123456789012:people"), Some("cn-north-1"));
        assert_eq!(region_of("arn:aws:events:eu-central-1:123456789012:event-bus/network"), Some("eu-central-1"));
        for without in ["network", "default", "", "arn:aws:s3:::bucket", "arn:aws"] {
            assert_eq!(region_of(without), None, "{without}");
        }
    }
}
