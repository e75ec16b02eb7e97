//! Invokes a function of AWS Lambda: the operator's tool lets the monitor's function send a drill.
//!
//! Needs `lambda:InvokeFunction` on the function. A call is never retried, since after a lost answer a retry would send a
//! second drill.

use anyhow::{Context, anyhow, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::{Client, config::Builder, primitives::Blob};
use serde_json::Value;

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
    obstacle::Obstacle,
};

/// A function of AWS Lambda.
#[derive(Clone, Debug)]
pub struct LambdaFunction {
    client: Client,
    name: String,
}

impl LambdaFunction {
    /// The function of this name, partial ARN or ARN, with or without an alias. For an ARN, the client's region is that of
    /// the function.
    ///
    /// # Errors
    ///
    /// Neither the ARN nor the configuration has a region.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> anyhow::Result<LambdaFunction> {
        let name = name.into();
        let config = super::in_region_of(config, &name);
        if config.region().is_none() {
            bail!("no region is set, and {name} names none: set AWS_REGION, or give the ARN of the function");
        }
        let config = Builder::from(&config).limited(&CallLimits::INVOCATION);
        Ok(LambdaFunction { client: Client::from_conf(config.build()), name })
    }

    /// Invokes the function with `payload` and returns its answer.
    ///
    /// # Errors
    ///
    /// It could not be invoked, did not finish, or answered with an error.
    pub async fn invoke(&self, payload: &Value) -> anyhow::Result<Value> {
        let name = &self.name;
        let request = self.client.invoke().function_name(name).payload(Blob::new(payload.to_string()));
        let answer = Box::pin(request.send()).await.map_err(|error| {
            let failure = CallFailure::of(&error);
            match advice(&failure) {
                Some(why) => anyhow!("cannot invoke the function {name}: {why}: {failure}"),
                None => anyhow!("cannot invoke the function {name}: {failure}"),
            }
        })?;
        let body = answer.payload().map(|payload| payload.as_ref()).unwrap_or_default();
        let content: Value = serde_json::from_slice(body)
            .with_context(|| format!("the function {name} has answered with something that is not JSON"))?;
        // Emulators of Lambda return an error's body without the header that marks it as one.
        match (answer.function_error(), error_of(&content)) {
            (_, Some(error)) => bail!("the function {name} has failed: {error}"),
            (Some(sort), None) => bail!("the function {name} has failed ({sort}) without a reason"),
            (None, None) => Ok(content),
        }
    }
}

/// What to do about a failure, if its code makes the cause clear.
fn advice(failure: &CallFailure) -> Option<&'static str> {
    match Obstacle::of(failure) {
        Some(Obstacle::Missing) => Some("there is no such function in this account and region"),
        Some(Obstacle::Permission) => Some("it needs the permission lambda:InvokeFunction on it"),
        Some(Obstacle::Credentials) => Some("the credentials are not accepted"),
        None if failure.plain_code() == "TooManyRequests" => {
            Some("Lambda throttled the call, and nothing was sent: try again")
        }
        _ => None,
    }
}

/// The error in a function's answer, in the format of all runtimes.
fn error_of(answer: &Value) -> Option<String> {
    let message = answer.get("errorMessage")?.as_str()?;
    Some(match answer.get("errorType").and_then(Value::as_str) {
        Some(sort) if !sort.is_empty() => format!("{sort}: {message}"),
        _ => message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_with_an_error_message_is_an_error() {
        let error = |answer: Value| error_of(&answer);
        assert_eq!(
            error(json!({"errorType": "DrillRefused", "errorMessage": "sns: no"})).as_deref(),
            Some("DrillRefused: sns: no")
        );
        assert_eq!(error(json!({"errorMessage": "Task timed out"})).as_deref(), Some("Task timed out"));
        assert_eq!(error(json!({"errorType": "", "errorMessage": "x"})).as_deref(), Some("x"));
        for none in [json!(null), json!([]), json!({"accepted": true}), json!({"errorMessage": 7})] {
            assert_eq!(error(none), None);
        }
    }

    #[test]
    fn a_function_is_invoked_in_the_region_of_its_arn() {
        let nowhere = SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let error = LambdaFunction::new(&nowhere, "monitor").unwrap_err().to_string();
        assert!(error.starts_with("no region is set, and monitor names none"), "{error}");
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:monitor:live";
        let function = LambdaFunction::new(&nowhere, arn).unwrap();
        assert_eq!(function.client.config().region().map(AsRef::as_ref), Some("eu-central-1"));
    }
}
