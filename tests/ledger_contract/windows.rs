//! Planned time, and who has taken which incident on: rows of an account, each written whole.

use std::collections::BTreeSet;

use aws_dx_monitor::{
    domain::{
        Acknowledgement, Kind, Matcher, Notice, NoticeChange, Plans, Timestamp, Window, WindowRows, WindowSource,
    },
    ports::{History, Ledger},
};
use uuid::Uuid;

use super::{
    hostile::HOSTILE,
    rig::{Rig, at},
};

/// A silence of an hour about one connection.
pub fn silence(id: &str) -> Window {
    Window {
        matcher: Matcher::of_id("dxcon-1"),
        title: "router swap".to_owned(),
        by: "alice".to_owned(),
        ..Window::bare(WindowSource::Silence, id, (at(0), at(3_600)))
    }
}

/// A page of a notice of AWS Health.
fn page(id: &str, communication: &str, page: u64) -> Window {
    let notice = Notice {
        updated_at: at(-60),
        event: "arn:aws:health:us-east-1::event/DIRECTCONNECT/AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED/x-1".to_owned(),
        communication: communication.to_owned(),
        page,
        change: NoticeChange::Scheduled,
    };
    Window { source: WindowSource::AwsHealth, notice: Some(notice), ..silence(id) }
}

fn acknowledgement(by: &str, at: Timestamp) -> Acknowledgement {
    Acknowledgement { by: by.to_owned(), at, note: Some("on it".to_owned()) }
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn windows(&self) -> WindowRows {
        self.ledger.windows(self.scope.account()).await.unwrap()
    }

    async fn write(&self, window: &Window) {
        self.ledger.write_window(self.scope.account(), window).await.unwrap();
    }

    async fn acknowledge_incident(&self, incident: Uuid, acknowledgement: &Acknowledgement) {
        self.ledger.write_acknowledgement(self.scope.account(), incident, acknowledgement).await.unwrap();
    }
}

pub async fn a_silence_reads_back_as_it_was_written(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.windows().await, WindowRows::default());
    let matcher = Matcher {
        ids: BTreeSet::from(["dxcon-1".to_owned(), "dxvif-1".to_owned()]),
        kinds: BTreeSet::from([Kind::Connection, Kind::VirtualInterface]),
        location: Some("EqDC2".to_owned()),
        device: Some("EqDC2-abc".to_owned()),
        gateway: Some("9a1f3c5e".to_owned()),
        region: Some("us-east-1".to_owned()),
    };
    let everything = Window { matcher, even_outage: true, ..silence("s-1") };
    let little = Window { matcher: Matcher::default(), ..silence("s-2") };
    rig.write(&everything).await;
    rig.write(&little).await;
    assert_eq!(rig.windows().await.windows, [everything, little]);
}

pub async fn a_page_of_a_notice_reads_back_as_it_was_written(rig: Rig<'_, impl Ledger + History>) {
    for change in [NoticeChange::Scheduled, NoticeChange::Completed, NoticeChange::Cancelled] {
        let mut written = page("work-1", "c-1", 1);
        written.notice.as_mut().unwrap().change = change;
        rig.write(&written).await;
        assert_eq!(rig.windows().await.windows, [written]);
    }
}

pub async fn a_row_is_replaced_whole(rig: Rig<'_, impl Ledger + History>) {
    rig.write(&silence("s-1")).await;
    let matcher = Matcher { region: Some("eu-west-1".to_owned()), ..Matcher::default() };
    let moved = Window { until: at(60), matcher, title: String::new(), ..silence("s-1") };
    for _ in 0..2 {
        rig.write(&moved).await;
        assert_eq!(rig.windows().await.windows, std::slice::from_ref(&moved));
    }
}

pub async fn what_no_longer_applies_leaves_the_row(rig: Rig<'_, impl Ledger + History>) {
    rig.write(&Window { even_outage: true, ..silence("s-1") }).await;
    rig.write(&silence("s-1")).await;
    assert_eq!(rig.windows().await.windows, [silence("s-1")]);
}

pub async fn every_page_has_a_row_of_its_own(rig: Rig<'_, impl Ledger + History>) {
    let mut ids = BTreeSet::new();
    for (communication, number) in [("c-1", 1), ("c-1", 2), ("c-2", 1)] {
        let mut written = page("work-1", communication, number);
        let id = format!("dxcon-{communication}-{number}");
        written.matcher.ids = BTreeSet::from([id.clone()]);
        written.notice.as_mut().unwrap().updated_at = at(if communication == "c-2" { -120 } else { -60 });
        rig.write(&written).await;
        rig.write(&written).await;
        ids.insert(id);
    }
    let rows = rig.windows().await;
    assert_eq!(rows.windows.iter().flat_map(|window| window.matcher.ids.clone()).collect::<BTreeSet<_>>(), ids);
    assert_eq!(rows.windows.len(), 3);
    let united = &Plans::of(&rows).windows;
    assert_eq!((united.len(), united[0].matcher.ids.len()), (1, 2), "the pages of the newest notice");
}

pub async fn windows_are_told_apart_by_account(rig: Rig<'_, impl Ledger + History>) {
    let account = rig.scope.account();
    rig.write(&silence("s-1")).await;
    let other = format!("{account}0");
    rig.ledger.write_window(&other, &silence("s-2")).await.unwrap();
    assert_eq!(rig.windows().await.windows, [silence("s-1")]);
    assert_eq!(rig.ledger.windows(&other).await.unwrap().windows, [silence("s-2")]);
}

pub async fn windows_are_no_rows_of_a_scope(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    let before = rig.recall().await;
    rig.write(&silence("s-1")).await;
    rig.write(&page("work-1", "c-1", 1)).await;
    rig.acknowledge_incident(Uuid::from_u128(1), &acknowledgement("alice", at(0))).await;
    assert_eq!(rig.recall().await, before);
    let account = rig.scope.account();
    let listed = rig.ledger.scopes().await.unwrap();
    assert!(listed.iter().all(|listed| listed.scope.account() != account), "no poll of it is on record: {listed:?}");
}

pub async fn any_text_of_a_window_reads_back(rig: Rig<'_, impl Ledger + History>) {
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let text = || hostile.to_owned();
        let matcher = Matcher {
            ids: BTreeSet::from([text(), String::new()]),
            kinds: BTreeSet::new(),
            location: Some(text()),
            device: Some(text()),
            gateway: Some(text()),
            region: Some(text()),
        };
        let notice = Notice { event: text(), communication: text(), page: u64::MAX, ..page("", "", 1).notice.unwrap() };
        let own = Window { matcher, title: text(), by: text(), ..silence(&format!("s-{number}")) };
        let theirs = Window { id: text(), source: WindowSource::AwsHealth, notice: Some(notice), ..own.clone() };
        rig.write(&own).await;
        rig.write(&theirs).await;
        let found = rig.windows().await;
        assert!(found.windows.contains(&own) && found.windows.contains(&theirs), "{hostile:?}");
        let incident = Uuid::from_u128(number as u128);
        let taken_on = Acknowledgement { by: text(), at: at(0), note: Some(text()) };
        rig.acknowledge_incident(incident, &taken_on).await;
        assert_eq!(rig.windows().await.acknowledgements[&incident], taken_on);
    }
    assert_eq!(rig.windows().await.windows.len(), 2 * HOSTILE.len());
}

/// More than a megabyte, so that a store that reads by pages has to turn them.
pub async fn all_windows_are_found_over_many_large_rows(rig: Rig<'_, impl Ledger + History>) {
    let title = "🦀".repeat(5_000);
    for number in 0..60 {
        rig.write(&Window { title: title.clone(), ..silence(&format!("s-{number:02}")) }).await;
    }
    let found = rig.windows().await.windows;
    let ids: Vec<String> = (0..60).map(|number| format!("s-{number:02}")).collect();
    assert_eq!(found.iter().map(|window| window.id.clone()).collect::<Vec<_>>(), ids);
    assert!(found.iter().all(|window| window.title == title));
}

pub async fn what_is_over_still_reads_and_does_no_harm(rig: Rig<'_, impl Ledger + History>) {
    let long_over =
        Window { from: Timestamp::from_milliseconds(0), until: Timestamp::from_milliseconds(1), ..silence("s-1") };
    rig.write(&long_over).await;
    rig.write(&Window { from: at(0), until: at(0), ..silence("s-2") }).await;
    rig.write(&silence("s-3")).await;
    let found = rig.windows().await;
    assert!(found.windows.contains(&silence("s-3")));
    assert!(found.windows.iter().all(|window| window.id == "s-3" || window.until <= at(0)));
}

pub async fn an_acknowledgement_reads_back_as_it_was_written(rig: Rig<'_, impl Ledger + History>) {
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let silent = Acknowledgement { note: None, ..acknowledgement("bob", at(5)) };
    rig.acknowledge_incident(one, &acknowledgement("alice", at(0))).await;
    rig.acknowledge_incident(other, &silent).await;
    let expected = [(one, acknowledgement("alice", at(0))), (other, silent)];
    assert_eq!(rig.windows().await.acknowledgements, expected.into());
}

pub async fn whoever_was_first_stays(rig: Rig<'_, impl Ledger + History>) {
    let incident = Uuid::from_u128(1);
    rig.acknowledge_incident(incident, &acknowledgement("alice", at(60))).await;
    for (by, seconds) in [("bob", 90), ("carol", 0), ("alice", 60)] {
        rig.acknowledge_incident(incident, &acknowledgement(by, at(seconds))).await;
        assert_eq!(rig.windows().await.acknowledgements, [(incident, acknowledgement("alice", at(60)))].into());
    }
}

pub async fn acknowledgements_are_told_apart_from_windows(rig: Rig<'_, impl Ledger + History>) {
    let incident = Uuid::from_u128(1);
    for id in ["acknowledged", "acknowledged/", "acknowledged/9a1f"] {
        rig.write(&silence(id)).await;
    }
    rig.acknowledge_incident(incident, &acknowledgement("alice", at(0))).await;
    let found = rig.windows().await;
    assert_eq!((found.windows.len(), found.acknowledgements.len()), (3, 1));
}
