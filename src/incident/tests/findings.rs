//! Incidents about facts: they have no members, begin and end with what a comparison finds, and are announced as others are.

use insta::assert_snapshot;

use super::rig::{World, key};
use crate::{
    domain::{Category, DestinationKind, IncidentFacts, LowerResilience, Model, Root},
    incident::{Finding, Findings, Standing},
};

/// A destination that was of one model and is of another.
fn finding(world: &World, subject: &str, (previous_model, model): (Model, Model)) -> Finding {
    let facts = LowerResilience {
        kind: DestinationKind::DirectConnectGateway,
        id: "core-dxgw".to_owned(),
        address_family: "ipv4".to_owned(),
        previous_model,
        model,
        intended_model: None,
        paths: 2,
        devices: 2,
        locations: 1,
        changes: Vec::new(),
        more_changes: 0,
    };
    Finding {
        subject: subject.to_owned(),
        root: Root::item(&key("dxgw core-dxgw")),
        since: world.now,
        last_seen_at: None,
        facts: IncidentFacts::Resilience(facts),
        standing: if model < previous_model { Standing::Lasts } else { Standing::Ended },
    }
}

impl World {
    /// What a comparison finds from now on.
    fn finds(&mut self, found: Vec<Finding>) {
        self.findings = vec![Findings { category: Category::Resilience, found }];
    }

    fn finds_model(&mut self, model: Model) {
        let found = finding(self, "core-dxgw", (Model::Maximum, model));
        self.finds(vec![found]);
        self.poll(&[]);
    }
}

/// Two connections, each with an interface to one gateway.
fn two_paths() -> World {
    let world = World::new().item("dxgw core-dxgw", "available", |_| {});
    ["1", "2"].iter().fold(world, |world, id| {
        world.connection(id, &format!("EqDC2/{id}")).interface(id, &format!("dxcon-{id}"), "core-dxgw", &[])
    })
}

#[test]
fn it_begins_gets_worse_and_better_and_ends_once_each() {
    let mut world = two_paths();
    world.finds_model(Model::High);
    assert_snapshot!(world.announced(), @"warning resilience opened: direct-connect-gateway core-dxgw, 0 affected, none");
    let written = world.steps.len();
    world.finds_model(Model::High);
    assert_eq!(world.steps.len(), written, "what goes on writes nothing");
    world.finds_model(Model::None);
    world.finds_model(Model::Development);
    world.finds_model(Model::Maximum);
    world.finds_model(Model::Maximum);
    assert_snapshot!(world.announced(), @"
    warning resilience escalated: direct-connect-gateway core-dxgw, 0 affected, none
    warning resilience eased: direct-connect-gateway core-dxgw, 0 affected, none
    warning resilience resolved: direct-connect-gateway core-dxgw, 0 affected, none, over
    ");
}

#[test]
fn what_a_comparison_does_not_find_is_over_and_what_was_not_compared_goes_on() {
    let mut world = two_paths();
    world.finds_model(Model::High);
    world.findings.clear();
    world.poll(&[]);
    assert_snapshot!(world.announced(), @"warning resilience opened: direct-connect-gateway core-dxgw, 0 affected, none");
    world.finds(Vec::new());
    world.poll(&[]);
    assert_snapshot!(world.announced(), @"warning resilience resolved: direct-connect-gateway core-dxgw, 0 affected, none, over");
}

#[test]
fn what_was_over_before_anybody_looked_is_announced_once() {
    let mut world = two_paths();
    let mut found = finding(&world, "core-dxgw", (Model::Maximum, Model::High));
    found.standing = Standing::Passes;
    world.finds(vec![found]);
    world.poll(&[]);
    world.poll(&[]);
    assert_snapshot!(world.announced(), @"
    warning resilience opened: direct-connect-gateway core-dxgw, 0 affected, none
    (warning resilience resolved: direct-connect-gateway core-dxgw, 0 affected, none, over)
    ");
}

#[test]
fn it_neither_joins_nor_takes_over_an_outage_of_its_root() {
    let mut world = two_paths();
    world.finds_model(Model::High);
    world.poll(&[("dxgw core-dxgw", "deleting"), ("con 1", "down"), ("vif 1", "down")]);
    world.check();
    world.poll(&[("con 1", "available"), ("vif 1", "available")]);
    assert_snapshot!(world.announced(), @"
    warning resilience opened: direct-connect-gateway core-dxgw, 0 affected, none
    warning outage opened: connection dxcon-1, 2 affected, last-path
    warning removal opened: direct-connect-gateway core-dxgw, 1 affected, none
    warning outage resolved: connection dxcon-1, 2 affected, last-path, over
    ");
}

#[test]
fn people_are_reminded_of_it_until_somebody_has_taken_it_on() {
    let mut world = two_paths();
    world.finds_model(Model::High);
    world.announced();
    for _ in 0..3 {
        world.poll_after(86_400, &[]);
    }
    assert_snapshot!(world.announced(), @"
    warning resilience reminded: direct-connect-gateway core-dxgw, 0 affected, none
    warning resilience reminded: direct-connect-gateway core-dxgw, 0 affected, none
    warning resilience reminded: direct-connect-gateway core-dxgw, 0 affected, none
    ");
}

#[test]
fn the_same_comparison_has_the_same_incident_and_the_next_time_is_another() {
    let mut world = two_paths();
    world.finds_model(Model::High);
    let ids = |world: &World| world.recalled.incidents.keys().copied().collect::<Vec<_>>();
    let first = ids(&world);
    world.finds(Vec::new());
    world.poll(&[]);
    let again = finding(&world, "core-dxgw since then", (Model::Maximum, Model::High));
    world.finds(vec![again]);
    world.poll(&[]);
    assert_eq!((first.len(), ids(&world).len()), (1, 2));
    assert!(world.recalled.incidents[&first[0]].expires_at.is_some(), "it is over, and its row expires");
}
