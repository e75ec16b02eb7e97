//! A function that does nothing, built as the real one is: what `cargo bench` holds the start of the real one against.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

fn main() -> Result<(), lambda_runtime::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<Value, lambda_runtime::Error>(event.payload)
    })))
}
