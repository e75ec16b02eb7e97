//! Checks that the types of a scenario cannot express: ids differ, the timeline names items that exist, every fault can
//! strike. All mistakes are collected, so that a scenario is corrected in one go.

use std::collections::HashMap;
use std::time::Duration;

use super::fault::{Fault, FaultKind};
use super::operation::Operation;
use super::scenario::{LARGEST_PAGE, Mistake, Scenario};
use super::world::chronological;

/// Everything that is wrong with `scenario`.
pub(super) fn mistakes(scenario: &Scenario) -> Vec<Mistake> {
    let mut mistakes = Mistakes::default();
    check_account(scenario, &mut mistakes);
    check_regions(scenario, &mut mistakes);
    check_ids(scenario, &mut mistakes);
    check_parents(scenario, &mut mistakes);
    check_timeline(scenario, &mut mistakes);
    for (index, fault) in scenario.faults.iter().enumerate() {
        check_fault(index, fault, &mut mistakes);
    }
    check_members(scenario, &mut mistakes);
    mistakes.0
}

/// Checks each other account as the scenario that it is.
fn check_members(scenario: &Scenario, mistakes: &mut Mistakes) {
    for (account, member) in &scenario.accounts {
        let place = format!("accounts.{account}");
        if *account == scenario.account {
            mistakes.add(place, "this is the scenario's own account: it assumes no role in itself");
            continue;
        }
        if let Some(unit) = member.unit.as_ref().filter(|unit| {
            scenario.organization.as_ref().is_none_or(|organization| !organization.units.contains_key(*unit))
        }) {
            mistakes.add(format!("{place}.unit"), format!("{unit:?} is no unit of the scenario's organization"));
        }
        for mistake in self::mistakes(&scenario.of_member(account, member)) {
            let field = mistake.place.strip_prefix("account").unwrap_or(&mistake.place);
            let dot = if field.is_empty() || field.starts_with('.') { "" } else { "." };
            mistakes.add(format!("{place}{dot}{field}"), mistake.text);
        }
    }
}

#[derive(Default)]
struct Mistakes(Vec<Mistake>);

impl Mistakes {
    fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.0.push(Mistake { place: place.into(), text: text.into() });
    }
}

fn check_account(scenario: &Scenario, mistakes: &mut Mistakes) {
    let account = &scenario.account;
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        mistakes.add("account", format!("{account:?} is not an account id: write its 12 digits"));
    }
    if scenario.page_size.is_some_and(|size| size == 0 || size > LARGEST_PAGE) {
        mistakes
            .add("pageSize", format!("a page holds 1 to {LARGEST_PAGE} items: choose such a number or leave it out"));
    }
}

fn check_regions(scenario: &Scenario, mistakes: &mut Mistakes) {
    let added = scenario.timeline.iter().enumerate().flat_map(|(index, entry)| {
        let regions = entry.add.iter().flat_map(|added| added.regions.keys());
        regions.map(move |name| (format!("timeline[{index}].add.regions"), name))
    });
    let listed = scenario.inventory.regions.keys().map(|name| ("inventory.regions".to_owned(), name));
    for (place, name) in listed.chain(added) {
        let proper = name.contains('-')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !proper {
            mistakes.add(place, format!("{name:?} is not a region: write its code, such as us-east-1"));
        }
    }
    for (name, region) in &scenario.inventory.regions {
        for other in region.also_lists.iter().filter(|other| !scenario.inventory.regions.contains_key(*other)) {
            mistakes.add(
                format!("inventory.regions.{name}.alsoLists"),
                format!("{other:?} is no region of this scenario: give it its items, or leave it out"),
            );
        }
    }
}

fn check_ids(scenario: &Scenario, mistakes: &mut Mistakes) {
    let mut inventory = scenario.inventory.clone();
    inventory.unfold_members();
    let mut seen: HashMap<String, String> = HashMap::new();
    inventory.each_id(&mut |place, id, own| {
        // An empty id is allowed on purpose: it plays an item that nothing can name.
        if id.is_empty() || !own {
            return;
        }
        match seen.get(id.as_ref()) {
            Some(first) => mistakes.add(
                format!("inventory.{place}"),
                format!(
                    "the id `{id}` is that of inventory.{first} too: ids must differ, also between kinds and regions"
                ),
            ),
            None => {
                seen.insert(id.into_owned(), place.to_string());
            }
        }
    });
}

/// Checks that hosted connections run on an interconnect or LAG that exists, or that the timeline adds.
fn check_parents(scenario: &Scenario, mistakes: &mut Mistakes) {
    let additions = || scenario.timeline.iter().filter_map(|entry| entry.add.as_ref());
    for (name, region) in std::iter::once(&scenario.inventory).chain(additions()).flat_map(|added| &added.regions) {
        for parent in region.hosted_connections.keys() {
            let known = std::iter::once(&scenario.inventory)
                .chain(additions())
                .filter_map(|inventory| inventory.regions.get(name))
                .any(|region| {
                    region.interconnects.iter().any(|interconnect| &interconnect.interconnect_id == parent)
                        || region.lags.iter().any(|lag| &lag.lag_id == parent)
                });
            if !known {
                mistakes.add(
                    format!("inventory.regions.{name}.hostedConnections"),
                    format!(
                        "`{parent}` is neither an interconnect nor a LAG of {name}: add it there, or correct the id"
                    ),
                );
            }
        }
    }
}

fn check_timeline(scenario: &Scenario, mistakes: &mut Mistakes) {
    for (index, entry) in scenario.timeline.iter().enumerate() {
        if Duration::try_from_secs_f64(entry.at).is_err() {
            mistakes.add(
                format!("timeline[{index}].at"),
                format!("{} is no time after the start: write seconds from 0", entry.at),
            );
        }
    }
    let mut inventory = scenario.inventory.clone();
    inventory.unfold_members();
    for (index, _) in chronological(scenario) {
        if let Err(why) = scenario.timeline[index].apply(&mut inventory) {
            mistakes.add(format!("timeline[{index}]"), why);
        }
    }
}

fn check_fault(index: usize, fault: &Fault, mistakes: &mut Mistakes) {
    let place = |field: &str| format!("faults[{index}]{field}");
    for (field, value) in [(".from", Some(fault.from)), (".until", fault.until)] {
        if value.is_some_and(|value| Duration::try_from_secs_f64(value).is_err()) {
            mistakes.add(place(field), "this is no time after the start: write seconds from 0");
        }
    }
    if let Some(until) = fault.until
        && until <= fault.from
    {
        mistakes.add(
            place(".until"),
            format!("{until} is not after from ({}): the fault would never strike: make it later", fault.from),
        );
    }
    let operation = fault.operation.as_deref().map(|name| (name, Operation::from_name(name)));
    if let Some((name, None)) = operation {
        let names = Operation::ALL.map(Operation::name);
        mistakes.add(
            place(".operation"),
            format!("{name:?} is not an operation that is simulated: choose one of {}", names.join(", ")),
        );
    }
    if let Some((name, Some(operation))) = operation
        && !operation.is_paged()
        && (fault.kind == Some(FaultKind::RepeatedToken) || fault.page.is_some_and(|page| page > 1))
    {
        mistakes.add(place(""), format!("{name} has no pages: choose another operation, kind or page"));
    }
    if fault.page == Some(0) {
        mistakes.add(place(".page"), "pages are counted from 1");
    }
    if fault.times == Some(0) {
        mistakes.add(place(".times"), "the fault would never strike: make it 1 or more, or leave it out");
    }
    if fault.kind.is_none() && fault.delay_milliseconds.is_none() {
        mistakes.add(place(""), "the fault does nothing: give it a kind, delayMilliseconds, or both");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_come_at_once_each_with_its_place() {
        let error = Scenario::from_json(
            r#"{
            "account": "12345",
            "pageSize": 101,
            "inventory": {"regions": {
                "us-east-1": {
                    "connections": [{"connectionId": "dxcon-1"}, {"connectionId": ""}, {"connectionId": ""}],
                    "virtualInterfaces": [{"virtualInterfaceId": "dxcon-1", "bgpPeers": [{"bgpPeerId": "p"}, {"bgpPeerId": "p"}]}],
                    "hostedConnections": {"dxlag-none": []}
                },
                "Virginia": {}
            }},
            "timeline": [
                {"at": 10, "item": "dxcon-9", "state": "down"},
                {"at": 5, "item": "dxcon-9", "state": "down"},
                {"at": -1, "item": "dxcon-1", "state": "down"},
                {"at": 7, "add": {"regions": {"us-east-1": {"connections": [{"connectionId": "dxcon-9"}]}}}}
            ],
            "faults": [
                {"operation": "DescribeEverything", "kind": "throttling"},
                {"from": 20, "until": 10, "kind": "throttling"},
                {"page": 0, "times": 0},
                {"operation": "DescribeVirtualGateways", "kind": "repeatedToken"},
                {"from": -1, "kind": "throttling"}
            ]
        }"#,
        )
        .unwrap_err();
        let places: Vec<&str> = error.mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
        assert_eq!(
            places,
            [
                "account",
                "pageSize",
                "inventory.regions",
                "inventory.regions.us-east-1.virtualInterfaces[0]",
                "inventory.regions.us-east-1.bgpPeers[of dxcon-1][1]",
                "inventory.regions.us-east-1.hostedConnections",
                "timeline[2].at",
                "timeline[1]",
                "faults[0].operation",
                "faults[1].until",
                "faults[2].page",
                "faults[2].times",
                "faults[2]",
                "faults[3]",
                "faults[4].from",
            ],
            "{error}"
        );
        assert!(error.to_string().contains("no item `dxcon-9` at 5 s"), "{error}");
        assert!(error.to_string().contains("DescribeVirtualInterfaces"), "{error}");
    }
}
