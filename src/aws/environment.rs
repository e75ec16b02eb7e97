//! The configuration of a process whose environment says everything, as a Lambda function's does.
//!
//! The SDK's own way to a configuration looks in files, asks a metadata service, and knows how to log in; that is right for
//! a person's machine, and a good part of the function's size and start for nothing. What a function needs of it is here:
//! credentials, region, endpoints, FIPS and dual stack.

use aws_config::{BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider};
use aws_sdk_directconnect::config::SharedCredentialsProvider;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::http_client;

/// Gives a variable of the environment by its name.
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

/// The endpoints that the environment names: a service's own before the one for all.
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
    fn a_services_own_endpoint_comes_before_the_one_for_all() {
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
    fn region_fips_and_dual_stack_are_the_environments() {
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
