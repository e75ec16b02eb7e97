//! One scenario that plays what monitors get wrong in ordinary situations: turn-ups, failover tests, other people's
//! gateways, parents that go, half-failed lists.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_dx_monitor::simulator::{Inventory, Scenario, Simulator, world_at};
use serde_json::Value;

use super::{client, ids, refusal};

fn scenario() -> Scenario {
    Scenario::from_json(include_str!("inputs.json")).unwrap()
}

/// Whatever in `value` has an id and a state: its state's words, by id.
fn states(value: &Value, states: &mut BTreeMap<String, String>) {
    let text = |fields: &serde_json::Map<String, Value>, ends: &[&str]| -> Vec<String> {
        let named = fields.iter().filter(|(name, _)| ends.iter().any(|end| name.ends_with(end)));
        named.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
    };
    match value {
        Value::Object(fields) => {
            // A peer without an id is known by its address, and without that by the family alone.
            const OWN: [&str; 8] = [
                "associationId",
                "proposalId",
                "resiliencyGroupId",
                "bgpPeerId",
                "connectionId",
                "virtualInterfaceId",
                "customerAddress",
                "addressFamily",
            ];
            let id = OWN.iter().find_map(|name| fields.get(*name)?.as_str());
            let words = text(fields, &["State", "state", "bgpStatus", "portEncryptionStatus"]);
            if let Some(id) = id.filter(|_| !words.is_empty()) {
                let others = states.remove(id).into_iter();
                states.insert(id.to_owned(), others.chain([words.join(", ")]).collect::<Vec<_>>().join(" beside "));
            }
            fields.values().for_each(|value| self::states(value, states));
        }
        Value::Array(values) => values.iter().for_each(|value| self::states(value, states)),
        _ => {}
    }
}

fn at(inventory: &Inventory) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    states(&serde_json::to_value(inventory).unwrap(), &mut found);
    found
}

#[test]
fn it_turns_up_tests_replaces_and_takes_away_as_aws_does() {
    let scenario = scenario();
    let mut before = at(&world_at(&scenario, Duration::ZERO));
    let mut story = String::new();
    for minute in 1..=4 {
        let now = at(&world_at(&scenario, Duration::from_secs(60 * minute)));
        for id in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
            let word = |states: &BTreeMap<String, String>| states.get(id).cloned().unwrap_or("-".into());
            if word(&before) != word(&now) {
                story += &format!("{minute} {id}: {} -> {}\n", word(&before), word(&now));
            }
        }
        before = now;
    }
    insta::assert_snapshot!(story, @"
    1 169.254.1.2/30: deleting, down beside pending, down -> pending, down
    1 a2: associated -> disassociating
    1 dxcon-going: available -> down
    1 dxcon-h1: ordering -> pending
    1 dxcon-missing: available -> -
    1 dxcon-secure: available, Encryption Up -> available, Encryption Down
    1 dxcon-unsure: available -> unknown
    1 dxpeer-a: available, up -> available, down
    1 dxpeer-new: - -> pending, down
    1 dxrg-1: available -> deleting
    1 dxvif-new: - -> pending
    1 dxvif-tested: available -> testing
    1 p1: requested -> accepted
    2 169.254.1.2/30: pending, down -> available, up
    2 a2: disassociating -> disassociated
    2 dxcon-going: down -> deleting
    2 dxcon-h1: pending -> down
    2 dxcon-missing: - -> down
    2 dxcon-unsure: unknown -> down
    2 dxpeer-a: available, down -> available, up
    2 dxpeer-new: pending, down -> available, down
    2 dxvif-new: pending -> down
    2 dxvif-tested: testing -> available
    3 dxcon-going: deleting -> deleted
    3 dxcon-h1: down -> available
    3 dxpeer-new: available, down -> available, up
    3 dxvif-new: down -> available
    ");
}

#[tokio::test]
async fn its_lists_fail_in_part_and_its_regions_wholly() {
    let simulator = Simulator::start(scenario(), 0).unwrap();
    simulator.set_elapsed(Duration::ZERO);
    let (east, west) = (client(&simulator, "us-east-1"), client(&simulator, "us-west-1"));
    let listed = east.describe_connections().send().await.unwrap();
    assert!(ids!(listed.connections(), connection_id).contains(&"dxcon-west"), "{listed:?}");
    let hosted = |parent| east.describe_hosted_connections().connection_id(parent).send();
    assert_eq!(hosted("dxcon-i1").await.unwrap().connections().len(), 1);
    assert!(refusal(hosted("dxcon-denied").await).starts_with("AccessDeniedException: "));
    let attachments =
        |gateway| east.describe_direct_connect_gateway_attachments().direct_connect_gateway_id(gateway).send();
    assert!(refusal(attachments("g-gone").await).ends_with("doesn't exist."));
    assert!(refusal(west.list_resiliency_groups().send().await).starts_with("UnknownOperationException: "));
    assert_eq!(east.list_resiliency_groups().send().await.unwrap().items().len(), 1);
    let foreign = west.describe_direct_connect_gateway_associations().associated_gateway_id("vgw-1");
    let foreign = foreign.send().await.unwrap();
    assert_eq!(ids!(foreign.direct_connect_gateway_associations(), association_id), ["a2"]);

    simulator.set_elapsed(Duration::from_secs(240));
    assert!(east.describe_connections().send().await.is_err());
    assert_eq!(west.describe_direct_connect_gateways().send().await.unwrap().direct_connect_gateways().len(), 3);
}
