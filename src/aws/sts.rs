//! The Security Token Service: finds out whose the caller's credentials are.

use anyhow::{Context, anyhow};
use aws_config::SdkConfig;
use aws_sdk_sts::{Client, config::Builder};

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
};
use crate::domain::Caller;

/// Whose credentials these are (`sts:GetCallerIdentity`, which no policy can forbid), and in which partition and region
/// they are used.
///
/// # Errors
///
/// There is no region, there are no credentials, or the service did not accept them.
pub async fn caller(config: &SdkConfig) -> anyhow::Result<Caller> {
    let region = config.region().context("no region is set: set AWS_REGION, or a region in the AWS profile")?;
    let config = Builder::from(config).limited(&CallLimits::IDENTITY).build();
    let answer = Client::from_conf(config).get_caller_identity().send().await.map_err(|error| {
        // The SDK lists on separate lines where it has searched for credentials.
        let failure = CallFailure::of(&error).to_string();
        let failure = failure.split_whitespace().collect::<Vec<_>>().join(" ");
        anyhow!("cannot find out whose AWS credentials these are: sts:GetCallerIdentity: {failure}")
    })?;
    let (arn, account) = (answer.arn().unwrap_or_default(), answer.account().unwrap_or_default());
    Ok(Caller::of_identity(arn, account, region.as_ref())?)
}
