//! The SDK's configuration of the operator's tool: the machine's own credentials and region. If it has none, the error
//! comes within seconds.

use anyhow::{Context, anyhow, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::ProvideCredentials;

use super::{http_client, limits::CREDENTIALS_TIMEOUT};

/// The configuration from the environment, the profile and the machine, as in every AWS SDK. `region` takes precedence.
///
/// # Errors
///
/// There is no region, or there are no credentials. The error says what to do, before any call to AWS.
pub async fn operator_config(region: Option<&str>) -> anyhow::Result<SdkConfig> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client());
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    let config = loader.load().await;
    if config.region().is_none_or(|region| region.as_ref().is_empty()) {
        bail!("no AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that has one");
    }
    const ADVICE: &str = "there are no AWS credentials: sign in (`aws sso login`), set AWS_PROFILE, or set \
                          AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    let provider = config.credentials_provider().context(ADVICE)?;
    match tokio::time::timeout(CREDENTIALS_TIMEOUT, provider.provide_credentials()).await {
        Ok(Ok(_)) => Ok(config),
        // The error of a chain of providers has a line for each.
        Ok(Err(error)) => {
            let causes = format!("{:#}", anyhow::Error::new(error));
            Err(anyhow!(causes.lines().map(str::trim).collect::<Vec<_>>().join("; ")).context(ADVICE))
        }
        Err(_) => Err(anyhow!("no answer within {} seconds", CREDENTIALS_TIMEOUT.as_secs()).context(ADVICE)),
    }
}
