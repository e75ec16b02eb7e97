//! The AWS SDK's configuration in tests: one endpoint on loopback, fake credentials, and nothing read from the machine.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// The access key of every test; no secret, since nothing on loopback checks a signature.
pub const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// The secret key that goes with it.
pub const SECRET_ACCESS_KEY: &str = "test-secret-access-key";

/// A configuration whose clients call `endpoint` in `region`.
///
/// Each configuration has an HTTP client of its own: the connections of one belong to the runtime they were opened on, and
/// every test has its own runtime. Without TLS such a client costs nothing.
pub fn config(endpoint: &str, region: &str) -> SdkConfig {
    let credentials = Credentials::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// The same for a process: what its environment must hold so that it calls `endpoint` in `region` and no one else.
pub fn environment(endpoint: &str, region: &str) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
