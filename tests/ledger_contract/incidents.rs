//! Rows of incidents and their documents: cursors, backlogs and parking are those of any row.

use std::ops::ControlFlow;

use aws_dx_monitor::{
    domain::{FoldStep, Folding, HistoryRow, IncidentDocument, IncidentWrite, Selection, SinkName, Span},
    ports::{History, Ledger, Parking},
};

use super::{
    incident_rig::{change, cursors_of, id, new, state},
    rig::{EXPIRES_AT, Rig, SINKS, at},
};

pub async fn a_new_incident_starts_every_sink_at_zero(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 2).await;
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 0), ("sns", 0)]);
}

pub async fn an_announced_incident_starts_behind_its_documents(rig: Rig<'_, impl Ledger + History>) {
    let told = IncidentWrite { announced: true, ..new(1, rig.documents(1, 1..=2)) };
    rig.fold(&FoldStep { incidents: vec![told], ..rig.step(0) }).await;
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 2), ("sns", 2)]);
}

pub async fn a_sink_that_is_passed_by_is_behind_the_documents(rig: Rig<'_, impl Ledger + History>) {
    let passed_by = vec![SinkName::SNS];
    let opened = IncidentWrite { passed_by: passed_by.clone(), ..new(1, rig.documents(1, 1..=2)) };
    rig.fold(&FoldStep { incidents: vec![opened], ..rig.step(0) }).await;
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 0), ("sns", 2)]);
    let later = IncidentWrite { passed_by, ..change(1, 2, rig.documents(1, 3..=3)) };
    rig.fold(&FoldStep { incidents: vec![later], ..rig.step(1) }).await;
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 0), ("sns", 3)]);
    // One that came later.
    let step = IncidentWrite { passed_by: vec![SinkName::CHAT], ..change(1, 3, rig.documents(1, 4..=4)) };
    let step = FoldStep { incidents: vec![step], ..rig.step(2) };
    assert_eq!(rig.ledger.fold(&step, &[SinkName::SNS, SinkName::CHAT]).await.unwrap(), Folding::Folded);
    assert_eq!(cursors_of(&rig.incident(1).await), [("chat", 4), ("eventbridge", 0), ("sns", 3)]);
}

pub async fn an_incident_keeps_its_cursors(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 2).await;
    rig.ledger.acknowledge(&rig.incident_path(1), &[(SinkName::SNS, 1)].into()).await.unwrap();
    // Only a new row can start as announced by a summary.
    let later = IncidentWrite { announced: true, ..change(1, 2, rig.documents(1, 3..=3)) };
    rig.fold(&FoldStep { incidents: vec![later], ..rig.step(1) }).await;
    let row = rig.incident(1).await;
    assert_eq!((cursors_of(&row), row.sequence), (vec![("eventbridge", 0), ("sns", 1)], 3));
}

pub async fn a_sink_that_came_later_starts_where_the_incident_stood(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 2).await;
    let sinks = [SinkName::SNS, SinkName::CHAT];
    let step = FoldStep { incidents: vec![change(1, 2, rig.documents(1, 3..=4))], ..rig.step(1) };
    assert_eq!(rig.ledger.fold(&step, &sinks).await.unwrap(), Folding::Folded);
    assert_eq!(cursors_of(&rig.incident(1).await), [("chat", 2), ("eventbridge", 0), ("sns", 0)]);
}

pub async fn a_change_replaces_what_is_known(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    rig.fold(&FoldStep { incidents: vec![change(1, 1, Vec::new())], ..rig.step(1) }).await;
    let row = rig.incident(1).await;
    assert_eq!((row.state, row.sequence), (state(2), 1));
}

pub async fn an_ended_incident_expires(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    let mut ended = IncidentWrite { expires_at: Some(EXPIRES_AT), ..change(1, 1, rig.documents(1, 2..=2)) };
    ended.state.closed_at = Some(at(120));
    rig.fold(&FoldStep { incidents: vec![ended.clone()], ..rig.step(1) }).await;
    let row = rig.incident(1).await;
    assert_eq!((row.state, row.expires_at), (ended.state, Some(EXPIRES_AT)));
    // It reopens.
    rig.fold(&FoldStep { incidents: vec![change(1, 2, rig.documents(1, 3..=3))], ..rig.step(2) }).await;
    assert_eq!(rig.incident(1).await.expires_at, None);
    let born_over = IncidentWrite { expires_at: Some(EXPIRES_AT), ..new(2, rig.documents(2, 1..=1)) };
    rig.fold(&FoldStep { incidents: vec![born_over], ..rig.step(3) }).await;
    assert_eq!(rig.incident(2).await.expires_at, Some(EXPIRES_AT));
}

pub async fn an_incident_that_is_there_is_not_made_again(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    rig.assert_refused(&FoldStep { incidents: vec![new(1, Vec::new())], ..rig.step(1) }).await;
}

pub async fn an_incident_that_is_not_there_is_not_changed(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    rig.assert_refused(&FoldStep { incidents: vec![change(2, 1, rig.documents(2, 2..=2))], ..rig.step(1) }).await;
}

pub async fn a_document_in_an_occupied_place_refuses_the_step(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 2).await;
    let documents = vec![rig.document(1, 3, 120)];
    rig.assert_refused(&FoldStep { incidents: vec![change(1, 2, documents)], ..rig.step(1) }).await;
}

pub async fn incidents_are_recalled_with_their_scope(rig: Rig<'_, impl Ledger + History>) {
    let incidents = (1..=20).map(|number| new(number, rig.documents(number, 1..=1))).collect();
    rig.fold(&FoldStep { incidents, ..rig.step(0) }).await;
    rig.story("dxcon-1", &[]).await;
    let recalled = rig.recall().await;
    assert_eq!(recalled.incidents.keys().copied().collect::<Vec<_>>(), (1..=20).map(id).collect::<Vec<_>>());
    assert_eq!((recalled.states.len(), recalled.unreadable_incidents), (1, 0));
    assert_eq!(rig.ledger.states(&rig.scope).await.unwrap(), recalled, "readers see them too");
}

async fn pending(rig: &Rig<'_, impl Ledger + History>, number: u128, cursor: u64) -> Vec<u64> {
    let rows = rig.ledger.pending(&rig.incident_path(number), cursor).await.unwrap();
    rows.iter().map(|row| row.sequence).collect()
}

pub async fn documents_are_pending_above_the_cursor(rig: Rig<'_, impl Ledger + History>) {
    let incidents = vec![new(1, rig.documents(1, 1..=4)), new(2, rig.documents(2, 1..=1))];
    rig.fold(&FoldStep { incidents, ..rig.step(0) }).await;
    assert_eq!(pending(&rig, 1, 0).await, [1, 2, 3, 4]);
    assert_eq!(pending(&rig, 1, 3).await, [4]);
    assert_eq!(pending(&rig, 1, 4).await, [0; 0]);
    assert_eq!(pending(&rig, 2, 0).await, [1]);
    assert_eq!(pending(&rig, 3, 0).await, [0; 0]);
}

pub async fn a_document_is_kept_unchanged(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    let (occurred_at, document) = rig.document(1, 1, 60);
    let pending = rig.ledger.pending(&rig.incident_path(1), 0).await.unwrap();
    assert_eq!((pending.len(), pending[0].occurred_at, pending[0].sequence), (1, occurred_at, 1));
    assert_eq!(pending[0].event, serde_json::to_value(&document).unwrap());
    assert_eq!(serde_json::from_value::<IncidentDocument>(pending[0].event.clone()).unwrap(), document);
    assert_eq!(rig.told(1).await, pending, "history and outbox are one");
}

pub async fn documents_are_acknowledged_and_parked(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 3).await;
    let path = &rig.incident_path(1);
    rig.ledger.acknowledge(path, &[(SinkName::SNS, 2), (SinkName::EVENTBRIDGE, 3)].into()).await.unwrap();
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 3), ("sns", 2)]);
    let parking = Parking { path, occurred_at: at(180), sink: SinkName::SNS, reason: "expired" };
    rig.ledger.park(&parking).await.unwrap();
    let parked = rig.told(1).await.into_iter().map(|row| row.parked).collect::<Vec<_>>();
    assert_eq!(parked, [[].into(), [].into(), [("sns".to_owned(), "expired".to_owned())].into()]);
    assert_eq!(cursors_of(&rig.incident(1).await), [("eventbridge", 3), ("sns", 2)], "parking moves none");
}

pub async fn an_acknowledgement_goes_forward_and_no_further_than_the_documents(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 3).await;
    let path = rig.incident_path(1);
    rig.ledger.acknowledge(&path, &[(SinkName::SNS, 2)].into()).await.unwrap();
    let before = rig.recall().await;
    for cursors in [(SinkName::SNS, 1), (SinkName::SNS, 4), (SinkName::CHAT, 1)] {
        rig.ledger.acknowledge(&path, &[cursors].into()).await.unwrap();
        assert_eq!(rig.recall().await, before);
    }
    rig.ledger.acknowledge(&rig.incident_path(2), &[(SinkName::SNS, 1)].into()).await.unwrap();
    assert_eq!(rig.recall().await, before, "none is made");
}

pub async fn an_acknowledgement_leaves_the_revision(rig: Rig<'_, impl Ledger + History>) {
    rig.open(1, 1).await;
    rig.ledger.acknowledge(&rig.incident_path(1), &[(SinkName::SNS, 1)].into()).await.unwrap();
    assert_eq!(rig.revision().await, 1);
    assert_eq!(rig.ledger.fold(&rig.step(1), &SINKS).await.unwrap(), Folding::Folded);
}

pub async fn documents_are_no_transitions(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.open(1, 2).await;
    let all = rig.ledger.transitions(&Selection::of_all(Span::new(at(0), at(600)))).await.unwrap();
    let own = all.iter().filter(|row| row.event["item"]["account"] == rig.scope.account());
    assert_eq!(own.map(|row| row.sequence).collect::<Vec<_>>(), [1, 2]);
    assert!(all.iter().all(|row| row.event.get("incident").is_none()));
}

/// Incident and sequence of the documents in `span`, of this rig's account.
async fn everybodys(rig: &Rig<'_, impl Ledger + History>, span: Span, at_most: usize) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut keep = |row: HistoryRow| {
        assert!(row.event.get("item").is_none(), "a transition is no document");
        if row.event["incident"]["account"] == rig.scope.account() {
            found.push((row.event["incident"]["id"].as_str().unwrap().to_owned(), row.sequence));
        }
        if found.len() < at_most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    rig.ledger.each_document(span, &mut keep).await.unwrap();
    found
}

pub async fn documents_of_all_incidents_are_found_by_time(rig: Rig<'_, impl Ledger + History>) {
    const DAY: i64 = 86_400;
    let elsewhere = rig.elsewhere("eu-west-1");
    rig.story("dxcon-1", &["down"]).await;
    let one = new(1, vec![rig.document(1, 1, 60), rig.document(1, 2, DAY)]);
    let two = new(2, vec![rig.document(2, 1, 90), rig.document(2, 2, 2 * DAY)]);
    rig.fold(&FoldStep { incidents: vec![one, two], ..rig.step(0) }).await;
    let three = new(3, vec![elsewhere.document(3, 1, 120)]);
    elsewhere.fold(&FoldStep { incidents: vec![three], ..elsewhere.step(0) }).await;
    let expected =
        [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)].map(|(number, sequence)| (id(number).to_string(), sequence));
    let span = |from, until| Span::new(at(from), at(until));
    assert_eq!(everybodys(&rig, span(0, 3 * DAY), usize::MAX).await, expected);
    assert_eq!(everybodys(&rig, span(0, 3 * DAY), 2).await, expected[..2]);
    assert_eq!(everybodys(&rig, span(60, 120), usize::MAX).await, expected[..2], "half open");
    assert_eq!(everybodys(&rig, span(61, 121), usize::MAX).await, expected[1..3]);
    assert_eq!(everybodys(&rig, span(90, 90), usize::MAX).await, []);
}
