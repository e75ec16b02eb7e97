//! The rig of the stories about what is planned: cables that lead to one gateway, notices of AWS Health and calls as AWS
//! hands them on, and what people read, with the time at which they do.

use std::{cell::RefCell, ops::RangeInclusive};

use async_trait::async_trait;
use aws_dx_monitor::{
    announcement::Message,
    domain::{Acknowledgement, Matcher, Notify, Timestamp, Turn, Window, WindowSource},
    function::{self, Intake, TakenIn},
    ports::{Turns, Windows},
    simulator::{Connection, Scenario, VirtualInterface},
};
use serde_json::{Value, json};

use crate::{
    aws_events::sample,
    stories::rig::{ACCOUNT, REGION, Rig, account, minute},
};

const GATEWAY: &str = "5f294f92-bafb-4011-916d-9b0bexample";

/// A monitor that gets the events of AWS, too, and everything that people have read.
pub struct Planned {
    pub rig: Rig,
    turn: LastTurn,
    read: RefCell<Vec<(Timestamp, Message)>>,
}

/// The row of the account's last turn.
#[derive(Default)]
struct LastTurn(RefCell<Option<Turn>>);

#[async_trait(?Send)]
impl Turns for LastTurn {
    async fn turn(&self, _: &str) -> anyhow::Result<Option<Turn>> {
        Ok(self.0.borrow().clone())
    }

    async fn write_turn(&self, _: &str, turn: &Turn) -> anyhow::Result<bool> {
        self.0.replace(Some(turn.clone()));
        Ok(true)
    }

    async fn poll_lasted(&self, _: &str, _: std::time::Duration) -> anyhow::Result<()> {
        Ok(())
    }
}

/// So many cables, each on a device of its own, with an interface and a session to one gateway.
fn cables(count: usize) -> Scenario {
    let mut scenario = Scenario::default();
    for number in 1..=count {
        let region = scenario.inventory.region_mut(REGION);
        region.connections.push(Connection {
            connection_name: Some(format!("prod-{number}")),
            location: Some("EqDC2".into()),
            aws_device_v2: Some(format!("EqDC2-{number}")),
            ..account::connection(&format!("dxcon-{number}"))
        });
        region.virtual_interfaces.push(VirtualInterface {
            virtual_interface_name: Some(format!("prod-{number}")),
            bgp_peers: vec![account::session(number, "ipv4")],
            ..account::interface_to(GATEWAY, number)
        });
    }
    account::add_gateway(&mut scenario, GATEWAY, Some("core-dxgw"));
    scenario
}

/// What becomes of a piece of work, as the notices of AWS say it.
#[derive(Clone, Copy)]
pub enum Says {
    Scheduled,
    Complete,
    Cancelled,
}

/// A notice of AWS Health, last changed at minute `updated`, about work on `items` between two minutes.
pub fn notice(says: Says, updated: u64, items: &[&str], (from, until): (u64, u64)) -> Value {
    let mut event = sample(match says {
        Says::Scheduled => "health/scheduled",
        Says::Complete => "health/complete",
        Says::Cancelled => "health/cancelled",
    });
    event["resources"] = json!(items);
    let detail = &mut event["detail"];
    detail["affectedEntities"] = items.iter().map(|item| json!({"entityValue": item, "status": "PENDING"})).collect();
    detail["startTime"] = json!(minute(from));
    detail["endTime"] = json!(minute(until));
    detail["lastUpdatedTime"] = json!(minute(updated));
    event
}

impl Planned {
    /// A monitor of so many cables, with its baseline; people get incidents.
    pub async fn watching(count: usize) -> Planned {
        let mut rig = Rig::of(cables(count));
        rig.settings.notify = Notify::Incidents;
        let rig = rig.with_baseline().await;
        Planned { rig, turn: LastTurn::default(), read: RefCell::default() }
    }

    /// Every one of these minutes is polled.
    pub async fn minutes(&self, minutes: RangeInclusive<u64>) {
        for number in minutes {
            self.rig.minute(number).poll_well().await;
            self.read();
        }
    }

    /// A quiet stretch: it is polled every ten minutes, and in its last three minutes every minute.
    pub async fn quiet(&self, minutes: RangeInclusive<u64>) {
        let last = *minutes.end();
        for number in minutes.clone().step_by(10).filter(|number| number + 3 < last) {
            self.minutes(number..=number).await;
        }
        self.minutes(last - 2..=last).await;
    }

    /// AWS hands an event on, in this minute. What it concerns is polled at once.
    pub async fn gets(&self, at: u64, event: &Value) {
        let rig = self.rig.minute(at);
        let (ledger, clock, scopes) = (&rig.ledger, &rig.clock, &rig.settings.scopes);
        let intake =
            Intake { scopes, windows: ledger, evidence: ledger, turns: &self.turn, clock, invocation: &at.to_string() };
        let fact = function::fact(event).expect("an event of AWS").expect("it brings something");
        if let TakenIn::Poll(scopes) = intake.take_in(&fact).await.expect("it is kept") {
            let report = rig.monitor(ledger, clock).poll_in_between(&scopes, None).await;
            assert!(report.is_success(), "{report}");
        }
        self.read();
    }

    /// Somebody silences an item, from one minute until another.
    pub async fn silences(&self, item: &str, (from, until): (u64, u64), even_outage: bool) {
        let silence = Window {
            matcher: Matcher::of_id(item),
            title: "new optics on our side".to_owned(),
            by: "anna".to_owned(),
            even_outage,
            announced_at: Some(self.rig.now()),
            ..Window::bare(WindowSource::Silence, "silence-1", (minute(from), minute(until)))
        };
        self.rig.ledger.write_window(ACCOUNT, &silence).await.expect("it is written");
    }

    /// Somebody takes on the incident that people read of last.
    pub async fn acknowledges(&self, incident: &str, by: &str) {
        let acknowledgement = Acknowledgement { by: by.to_owned(), at: self.rig.now(), note: None };
        let id = incident.parse().expect("the id of an incident");
        self.rig.ledger.write_acknowledgement(ACCOUNT, id, &acknowledgement).await.expect("it is written");
    }

    /// So many cables, after work on the first that was planned from minute 10 to minute 70: it took that down at 12 and left
    /// it so until 91.
    pub async fn overrunning(count: usize) -> Planned {
        let story = Planned::watching(count).await;
        story.gets(1, &notice(Says::Scheduled, 1, &["dxcon-1"], (10, 70))).await;
        story.minutes(2..=11).await;
        story.cable(1, false);
        story.quiet(12..=90).await;
        story.cable(1, true);
        story.minutes(91..=100).await;
        story
    }

    /// A whole cable goes down, or is up again: with the interface and the session over it.
    pub fn cable(&self, number: usize, is_up: bool) -> &Rig {
        self.rig.cable(number, is_up)
    }

    fn read(&self) {
        let letters = self.rig.sns().incidents().into_iter().map(|offer| (self.rig.now(), offer.for_people));
        self.read.borrow_mut().extend(letters);
    }

    /// The subjects of everything that people have read since the last time that this was asked, with the time.
    pub fn subjects(&self) -> String {
        let lines: Vec<String> =
            self.read.take().iter().map(|(at, letter)| format!("{} {}", time(*at), letter.subject)).collect();
        lines.join("\n")
    }

    /// The same letters in full.
    pub fn letters(&self) -> Vec<String> {
        self.read.take().into_iter().map(|(_, letter)| format!("{}\n\n{}", letter.subject, letter.text)).collect()
    }

    /// The reasons of all documents that programs have got since the last time that this was asked.
    pub fn programs(&self) -> String {
        let documents = self.rig.bus().incidents();
        documents.iter().map(|offer| offer.document["reason"].as_str().unwrap()).collect::<Vec<_>>().join(", ")
    }
}

/// `22 03:11`: the day and the minute.
fn time(at: Timestamp) -> String {
    at.to_string()[8..16].replace('T', " ")
}
