//! The adapters for AWS, one module for each service. Only they use the SDK, and its types do not leave them.
//!
//! Adapters implement the traits of [`crate::ports`] and add to every error what an operator needs to know. All clients
//! of the process share one HTTP client, so that connections are opened once and reused.

mod announcers;
mod batches;
pub mod cloudwatch;
pub mod direct_connect;
pub mod dynamodb;
mod environment;
pub mod eventbridge;
mod failure;
mod http;
#[cfg(feature = "tool")]
pub mod lambda;
mod limits;
mod measurements;
mod member_inventories;
mod members;
mod obstacle;
#[cfg(feature = "tool")]
mod operator;
mod organizations;
#[cfg(feature = "pages")]
mod pages_bucket;
mod prober;
mod queue;
mod refusal;
mod signed;
pub mod sns;
pub mod sts;
mod topics;

pub use aws_config::SdkConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_directconnect::config::{Credentials, SharedCredentialsProvider};

pub use announcers::announcers;
pub use cloudwatch::CloudWatchMetrics;
pub use direct_connect::DirectConnectInventory;
pub use dynamodb::DynamoLedger;
pub use environment::function_config;
pub use eventbridge::EventBridgeAnnouncer;
pub use http::http_client;
pub use limits::CallLimits;
pub use measurements::CloudWatchMeasurements;
pub use member_inventories::MemberInventories;
pub use members::MemberRoles;
pub use organizations::AwsOrganization;
#[cfg(feature = "pages")]
pub use pages_bucket::PagesBucket;
pub use prober::AccountProber;
pub use queue::SqsQueue;
pub use sns::SnsAnnouncer;
pub use topics::SnsTopics;
#[cfg(feature = "tool")]
pub use {lambda::LambdaFunction, operator::operator_config};

use crate::domain::Arn;

/// The same configuration for another region.
pub fn in_region(config: &SdkConfig, region: &str) -> SdkConfig {
    config.clone().into_builder().region(Region::new(region.to_owned())).build()
}

/// The configuration for the region of an ARN. It is unchanged for a name that is not an ARN.
fn in_region_of(config: &SdkConfig, name: &str) -> SdkConfig {
    region_of(name).map_or_else(|| config.clone(), |region| in_region(config, region))
}

/// The configuration of clients for a simulated service on loopback: made-up credentials, no TLS, and nothing read from the
/// machine.
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

/// The region in an ARN. A topic or a bus may be in another region than the function.
pub fn region_of(arn: &str) -> Option<&str> {
    Arn::parse(arn).map(|arn| arn.region).filter(|region| !region.is_empty())
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
