//! AWS Lambda, as one who invokes a function sees it: the operator's tool asks the function to hold a drill.
//!
//! Needs `lambda:InvokeFunction` on the function. A call is made once: asked again after an answer that was lost, the
//! function would hold a second drill.

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
    /// The function of this name, partial ARN or ARN, with or without an alias; where it is an ARN, the client's region
    /// is the function's.
    ///
    /// # Errors
    ///
    /// Neither the ARN nor the configuration says in which region it is.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> anyhow::Result<LambdaFunction> {
        let name = name.into();
        let config = super::in_region_of(config, &name);
        if config.region().is_none() {
            bail!("no region is set, and {name} names none: set AWS_REGION, or give the ARN of the function");
        }
        let config = Builder::from(&config).limited(&CallLimits::INVOCATION);
        Ok(LambdaFunction { client: Client::from_conf(config.build()), name })
    }

    /// What the function answers to `payload`.
    ///
    /// # Errors
    ///
    /// It could not be invoked, did not come to its end, or says itself that it failed.
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
        let said: Value = serde_json::from_slice(body)
            .with_context(|| format!("the function {name} has answered with something that is not JSON"))?;
        // The emulators of Lambda give an error's body without the header that says so.
        match (answer.function_error(), error_of(&said)) {
            (_, Some(error)) => bail!("the function {name} has failed: {error}"),
            (Some(sort), None) => bail!("the function {name} has failed ({sort}), and does not say why"),
            (None, None) => Ok(said),
        }
    }
}

/// What to do about a failure, where its code says plainly what it is.
fn advice(failure: &CallFailure) -> Option<&'static str> {
    match Obstacle::of(failure) {
        Some(Obstacle::Missing) => Some("there is no such function in this account and region"),
        Some(Obstacle::Permission) => Some("it takes the permission lambda:InvokeFunction on it"),
        Some(Obstacle::Credentials) => Some("the credentials are not accepted"),
        None if failure.plain_code() == "TooManyRequests" => {
            Some("Lambda is throttling it, so that nothing was sent: try again")
        }
        _ => None,
    }
}

/// The error that a function's answer is, in the form of every runtime.
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
    fn an_answer_is_an_error_when_it_has_an_errors_form() {
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
    fn a_function_is_looked_for_in_its_own_region() {
        let nowhere = SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let error = LambdaFunction::new(&nowhere, "monitor").unwrap_err().to_string();
        assert!(error.starts_with("no region is set, and monitor names none"), "{error}");
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:monitor:live";
        let function = LambdaFunction::new(&nowhere, arn).unwrap();
        assert_eq!(function.client.config().region().map(AsRef::as_ref), Some("eu-central-1"));
    }
}
