//! The SDK's configuration of a Lambda function, read from its environment alone.
//!
//! The SDK's own loader also searches files, calls a metadata service, and supports logins. A person's machine needs that.
//! In a function it would be a large part of the size and the start, for nothing. A function needs only this: credentials,
//! region, endpoints, FIPS and dual stack.

use aws_config::{BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider};
use aws_sdk_directconnect::config::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::http_client;

/// Returns a variable of the environment by its name.
pub type Variable = fn(&str) -> Option<String>;

/// The configuration of a Lambda function.
pub fn function_config(variable: Variable) -> SdkConfig {
    let is_true = |name| variable(name).map(|value| value.eq_ignore_ascii_case("true"));
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .service_config(Endpoints(variable))
        .http_client(http_client());
    config.set_use_fips(is_true("AWS_USE_FIPS_ENDPOINT"));
    config.set_use_dual_stack(is_true("AWS_USE_DUALSTACK_ENDPOINT"));
    config.build()
}

/// The endpoints in the environment: a service's own takes precedence over the one for all.
#[derive(Debug)]
struct Endpoints(Variable);

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let Endpoints(variable) = self;
        if key.env() == "AWS_ENDPOINT_URL"
            && variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            return None;
        }
        let service = key.service_id().to_uppercase().replace(' ', "_");
        variable(&format!("{}_{service}", key.env())).or_else(|| variable(key.env()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(service_id: &str, variable: Variable) -> Option<String> {
        let key = ServiceConfigKey::builder().service_id(service_id).profile("endpoint_url").env("AWS_ENDPOINT_URL");
        Endpoints(variable).load_config(key.build().unwrap())
    }

    #[test]
    fn a_services_own_endpoint_takes_precedence() {
        let variable: Variable = |name| match name {
            "AWS_ENDPOINT_URL" => Some("http://all".into()),
            "AWS_ENDPOINT_URL_DIRECT_CONNECT" => Some("http://direct-connect".into()),
            _ => None,
        };
        assert_eq!(endpoint("Direct Connect", variable).as_deref(), Some("http://direct-connect"));
        assert_eq!(endpoint("DynamoDB", variable).as_deref(), Some("http://all"));
        assert_eq!(endpoint("DynamoDB", |_| None), None);
        let ignored: Variable = |name| match name {
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" => Some("TRUE".into()),
            _ => Some("http://all".into()),
        };
        assert_eq!(endpoint("DynamoDB", ignored), None);
    }

    #[test]
    fn region_fips_and_dual_stack_come_from_the_environment() {
        let config = function_config(|name| match name {
            "AWS_REGION" => Some("us-gov-west-1".into()),
            "AWS_USE_FIPS_ENDPOINT" => Some("true".into()),
            _ => None,
        });
        assert_eq!(config.region().map(AsRef::as_ref), Some("us-gov-west-1"));
        assert_eq!((config.use_fips(), config.use_dual_stack()), (Some(true), None));
        assert!(config.credentials_provider().is_some() && config.http_client().is_some());
    }
}
