//! The answers: which items of the inventory a call lists, page by page, in their form on the wire.

use serde::Serialize;
use serde_json::{Map, Value};

mod global;
mod regional;

use super::error::ServiceError;
use super::inventory::{Inventory, RegionalInventory};
use super::operation::Operation;
use super::page::Page;
use super::request::Call;
use super::scenario::Scenario;

/// The answer to `call`, from the inventory of this moment.
pub(super) fn describe(
    scenario: &Scenario,
    inventory: &Inventory,
    call: &Call,
    page: Page,
) -> Result<Map<String, Value>, ServiceError> {
    let nothing = RegionalInventory::default();
    let listing =
        Listing { scenario, call, page, inventory, region: inventory.regions.get(&call.region).unwrap_or(&nothing) };
    match call.operation {
        Operation::DescribeConnections => listing.connections(),
        Operation::DescribeConnectionsOnInterconnect => listing.connections_on_interconnect(),
        Operation::DescribeDirectConnectGatewayAssociationProposals => listing.proposals(),
        Operation::DescribeDirectConnectGatewayAssociations => listing.associations(),
        Operation::DescribeDirectConnectGatewayAttachments => listing.attachments(),
        Operation::DescribeDirectConnectGateways => listing.gateways(),
        Operation::DescribeHostedConnections => listing.hosted_connections(),
        Operation::DescribeInterconnects => listing.interconnects(),
        Operation::DescribeLags => listing.lags(),
        Operation::DescribeVirtualGateways => listing.virtual_gateways(),
        Operation::DescribeVirtualInterfaces => listing.virtual_interfaces(),
        Operation::ListResiliencyGroups => listing.resiliency_groups(),
        Operation::ListVirtualInterfaceRoutes => listing.virtual_interface_routes(),
    }
}

type Answer = Result<Map<String, Value>, ServiceError>;

struct Listing<'a> {
    scenario: &'a Scenario,
    call: &'a Call,
    page: Page,
    inventory: &'a Inventory,
    region: &'a RegionalInventory,
}

impl<'a> Listing<'a> {
    fn answer<T>(&self, items: impl Iterator<Item = T>, form: impl Fn(T) -> Map<String, Value>) -> Map<String, Value> {
        let offset = usize::try_from(self.page.offset).unwrap_or(usize::MAX);
        let mut rest = items.skip(offset);
        let list: Vec<Value> = rest.by_ref().take(self.page.size).map(|item| Value::Object(form(item))).collect();
        let mut answer = Map::new();
        answer.insert(self.call.operation.list().to_owned(), Value::Array(list));
        if rest.next().is_some() {
            answer.insert("nextToken".to_owned(), self.page.next_token(self.call).into());
        }
        answer
    }
}

/// A filter's value; an empty one filters nothing.
fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|value| !value.is_empty())
}

fn matches(wanted: Option<&str>, is: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == is)
}

/// An item as the wire carries it: members that it does not have are left out, those of `defaults` are filled in.
fn wire(item: &impl Serialize, defaults: &[(&str, &str)]) -> Map<String, Value> {
    // Plain structures of strings, numbers and lists always have a JSON form, and it is an object.
    let Ok(Value::Object(mut fields)) = serde_json::to_value(item) else {
        return Map::new();
    };
    leave_out_nulls(&mut fields);
    for (name, value) in defaults {
        fields.entry(*name).or_insert_with(|| (*value).into());
    }
    fields
}

fn leave_out_nulls(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !value.is_null());
    for value in fields.values_mut() {
        match value {
            Value::Object(inner) => leave_out_nulls(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(leave_out_nulls),
            _ => {}
        }
    }
}
