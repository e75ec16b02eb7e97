//! DynamoDB: dynoxide, an emulator that is held to what AWS answers, built from `engine/` on first use.
//!
//! The tests of this process share one server, and keep apart by the names of their tables. Another engine serves where an
//! environment variable names it:
//!
//! - `TESTS_DYNAMODB=moto`: moto, as a second opinion. It is slow, and lets pass what DynamoDB refuses;
//! - `AWS_ENDPOINT_URL_DYNAMODB`: whatever listens there. Its tables stay.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};

use super::moto::Moto;
use super::python;
use super::sdk;
use super::service::Service;

/// The endpoint URL of the tests' DynamoDB.
pub fn endpoint() -> &'static str {
    static ENDPOINT: OnceLock<String> = OnceLock::new();
    ENDPOINT.get_or_init(|| {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("AWS_ENDPOINT_URL_DYNAMODB"), variable("TESTS_DYNAMODB").as_deref()) {
            (Some(endpoint), _) => endpoint,
            (None, None | Some("dynoxide")) => dynoxide().endpoint.clone(),
            (None, Some("moto")) => Moto::shared().endpoint.clone(),
            (None, Some(other)) => panic!("TESTS_DYNAMODB is {other:?}: set it to dynoxide or moto."),
        }
    })
}

/// The SDK's configuration for clients of it.
pub fn sdk_config(region: &str) -> SdkConfig {
    sdk::config(endpoint(), region)
}

/// A client of it.
pub fn client(region: &str) -> Client {
    Client::new(&sdk_config(region))
}

/// The server that the tests of this process share. A static is never dropped: the server ends when its standard input
/// closes with this process.
fn dynoxide() -> &'static Service {
    static SHARED: OnceLock<Service> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut engine = engine().unwrap_or_else(|reason| panic!("{reason}"));
        Service::start("dynoxide", &mut engine)
    })
}

/// The program of the server, which is built on first use; cargo itself keeps concurrent builds apart.
pub fn engine() -> Result<Command, String> {
    // A failure is remembered too: every test reports it, and none waits for the same network again.
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("dynamodb");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/dynamodb/engine/Cargo.toml");
    let build = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--manifest-path", manifest, "--target-dir"]).arg(&target);
        python::run(&mut cargo).map_err(|reason| {
            format!(
                "The tests need a DynamoDB, but `cargo build --manifest-path {manifest}` failed ({reason}): give cargo a \
                 package registry that it can reach, and run the tests again."
            )
        })
    };
    BUILT.get_or_init(build).clone()?;
    Ok(Command::new(target.join("debug/dynamodb-engine")))
}

/// The monitor's tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The name of the states table.
    pub states: String,
    /// The name of the history table.
    pub history: String,
}

/// Creates the monitor's tables, as `<name>-states` and `<name>-history`. Tables of another engine may outlive this process,
/// and stand beside those of the next: the names carry its number.
pub async fn create_tables(region: &str, name: &str) -> Tables {
    let client = client(region);
    let name = format!("{name}-{}", std::process::id());
    let tables = Tables { states: format!("{name}-states"), history: format!("{name}-history") };
    client
        .create_table()
        .table_name(&tables.states)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(strings(&["scope", "item"])))
        .set_key_schema(Some(key("scope", "item")))
        .send()
        .await
        .expect("the states table can be created");
    let all = Projection::builder().projection_type(ProjectionType::All).build();
    let by_day = GlobalSecondaryIndex::builder()
        .index_name("by-day")
        .set_key_schema(Some(key("day", "occurred_at")))
        .projection(all)
        .build()
        .expect("a complete index");
    client
        .create_table()
        .table_name(&tables.history)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(strings(&["item", "occurred_at", "day"])))
        .set_key_schema(Some(key("item", "occurred_at")))
        .global_secondary_indexes(by_day)
        .send()
        .await
        .expect("the history table can be created");
    tables
}

fn strings(names: &[&str]) -> Vec<AttributeDefinition> {
    let definition = |name: &&str| {
        AttributeDefinition::builder().attribute_name(*name).attribute_type(ScalarAttributeType::S).build()
    };
    names.iter().map(|name| definition(name).expect("a complete definition")).collect()
}

fn key(hash: &str, range: &str) -> Vec<KeySchemaElement> {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    [element(hash, KeyType::Hash), element(range, KeyType::Range)]
        .map(|element| element.expect("a complete key"))
        .into()
}

#[cfg(test)]
mod check;
