//! Folding: a step is written whole or not at all, and only if the rows are still those that it was decided from.

use aws_dx_monitor::{
    domain::{
        DestinationKind, FoldStep, Folding, KnownDestination, KnownPath, KnownResilience, Membership, Model, SinkName,
        StateRow,
    },
    ports::{History, Ledger},
};

use super::{
    incident_rig::{change, id, membership, new},
    rig::{Rig, SINKS, at, cursors},
};

pub async fn a_scope_that_was_never_folded_has_revision_zero(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.revision().await, 0);
    rig.goes_down("dxcon-1").await;
    assert_eq!(rig.revision().await, 0);
}

/// The step that opens an incident with one document and one member.
async fn opening(rig: &Rig<'_, impl Ledger + History>) -> FoldStep {
    let row = rig.goes_down("dxcon-1").await;
    FoldStep {
        members: vec![membership("dxcon-1", &row, Some(id(1)))],
        incidents: vec![new(1, rig.documents(1, 1..=1))],
        ..rig.step(0)
    }
}

pub async fn a_step_is_written_whole(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    assert_eq!(rig.revision().await, 1);
    let row = rig.row("dxcon-1").await;
    assert_eq!((row.group, row.cursor("incidents")), (Some(id(1)), 2));
    let incident = rig.incident(1).await;
    assert_eq!((&incident.state, incident.sequence, incident.expires_at), (&step.incidents[0].state, 1, None));
    let documents = rig.told(1).await;
    assert_eq!(documents.iter().map(|row| (row.sequence, row.occurred_at)).collect::<Vec<_>>(), [(1, at(60))]);
}

pub async fn a_fold_goes_on_from_revision_to_revision(rig: Rig<'_, impl Ledger + History>) {
    rig.fold(&opening(&rig).await).await;
    for revision in 1..4 {
        let incidents = vec![change(1, revision, rig.documents(1, revision + 1..=revision + 1))];
        assert_eq!(rig.fold(&FoldStep { incidents, ..rig.step(revision) }).await, Folding::Folded);
        assert_eq!(rig.revision().await, revision + 1);
    }
    assert_eq!(rig.told(1).await.iter().map(|row| row.sequence).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

pub async fn a_step_changes_nothing_else_of_a_member(rig: Rig<'_, impl Ledger + History>) {
    let before = rig.goes_down("dxcon-1").await;
    let history = rig.history("dxcon-1").await;
    let members = vec![membership("dxcon-1", &before, Some(id(1)))];
    assert_eq!(rig.fold(&FoldStep { members, ..rig.step(0) }).await, Folding::Folded);
    let mut expected = StateRow { group: Some(id(1)), ..before };
    expected.announced.insert("incidents".to_owned(), 2);
    assert_eq!(rig.row("dxcon-1").await, expected);
    assert_eq!(rig.history("dxcon-1").await, history);
}

pub async fn a_member_leaves_its_incident(rig: Rig<'_, impl Ledger + History>) {
    rig.fold(&opening(&rig).await).await;
    let row = rig.row("dxcon-1").await;
    let members = vec![membership("dxcon-1", &row, None)];
    assert_eq!(rig.fold(&FoldStep { members, ..rig.step(1) }).await, Folding::Folded);
    assert_eq!(rig.row("dxcon-1").await, StateRow { group: None, ..row });
}

pub async fn a_transition_leaves_the_incident_on_the_row(rig: Rig<'_, impl Ledger + History>) {
    rig.fold(&opening(&rig).await).await;
    let row = rig.go_on("dxcon-1", &["available"]).await;
    assert_eq!((row.group, row.cursor("incidents"), row.sequence), (Some(id(1)), 2, 3));
}

pub async fn a_step_on_another_revision_is_refused(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    rig.assert_refused(&FoldStep { revision: 1, ..step.clone() }).await;
    rig.fold(&step).await;
    let row = rig.row("dxcon-1").await;
    let next = FoldStep {
        members: vec![membership("dxcon-1", &row, None)],
        incidents: vec![change(1, 1, rig.documents(1, 2..=2))],
        ..rig.step(1)
    };
    rig.assert_refused(&FoldStep { revision: 0, ..next.clone() }).await;
    rig.assert_refused(&FoldStep { revision: 2, ..next.clone() }).await;
    assert_eq!(rig.fold(&next).await, Folding::Folded);
}

pub async fn a_member_with_another_cursor_refuses_the_step(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    for recalled in [None, Some(1), Some(2)] {
        let mut other = step.clone();
        other.members[0].recalled_cursor = recalled;
        rig.assert_refused(&other).await;
    }
    assert_eq!(rig.fold(&step).await, Folding::Folded);
}

pub async fn a_member_of_another_incident_refuses_the_step(rig: Rig<'_, impl Ledger + History>) {
    let mut step = opening(&rig).await;
    step.members[0].recalled_group = Some(id(1));
    rig.assert_refused(&step).await;
    step.members[0].recalled_group = None;
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    let row = rig.row("dxcon-1").await;
    for recalled_group in [None, Some(id(2))] {
        let member = Membership { recalled_group, ..membership("dxcon-1", &row, None) };
        rig.assert_refused(&FoldStep { members: vec![member], ..rig.step(1) }).await;
    }
}

pub async fn a_member_without_a_row_refuses_the_step(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    for recalled_cursor in [None, Some(0)] {
        let mut other = step.clone();
        other.members[0].key = rig.key("dxcon-2");
        other.members[0].recalled_cursor = recalled_cursor;
        rig.assert_refused(&other).await;
    }
}

pub async fn one_member_refuses_the_whole_step(rig: Rig<'_, impl Ledger + History>) {
    let mut step = opening(&rig).await;
    let other = rig.goes_down("dxcon-2").await;
    step.members.push(membership("dxcon-2", &other, Some(id(1))));
    step.members[1].recalled_cursor = Some(1);
    rig.assert_refused(&step).await;
    step.members[1].recalled_cursor = Some(0);
    assert_eq!(rig.fold(&step).await, Folding::Folded);
}

pub async fn a_row_without_the_cursor_gets_it(rig: Rig<'_, impl Ledger + History>) {
    let row = rig.story("dxcon-1", &["down"]).await;
    let member = membership("dxcon-1", &row, Some(id(1)));
    assert_eq!(member.recalled_cursor, None);
    assert_eq!(rig.fold(&FoldStep { members: vec![member], ..rig.step(0) }).await, Folding::Folded);
    let row = rig.row("dxcon-1").await;
    assert_eq!(cursors(&row), [("eventbridge", 0), ("incidents", 2), ("sns", 0)]);
    assert_eq!(row.group, Some(id(1)));
}

pub async fn a_repeated_step_finds_its_own_commit(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    let written = rig.recall().await;
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    assert_eq!((rig.recall().await, rig.revision().await, rig.told(1).await.len()), (written, 1, 1));
}

pub async fn a_repeat_finds_its_own_commit_after_a_member_has_moved_on(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    rig.fold(&step).await;
    let row = rig.go_on("dxcon-1", &["available"]).await;
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    assert_eq!(rig.row("dxcon-1").await, row);
}

pub async fn a_step_that_differs_in_anything_is_no_repeat(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    rig.fold(&step).await;
    let mut others = [(); 4].map(|()| step.clone());
    others[0].expires_at += 1;
    others[1].members[0].group = None;
    others[2].incidents[0].state.told.count += 1;
    others[3].incidents[0].documents[0].1.summary.push('!');
    for other in others {
        rig.assert_refused(&other).await;
    }
}

pub async fn a_repeat_after_another_step_is_refused(rig: Rig<'_, impl Ledger + History>) {
    let step = opening(&rig).await;
    rig.fold(&step).await;
    let incidents = vec![change(1, 1, rig.documents(1, 2..=2))];
    assert_eq!(rig.fold(&FoldStep { incidents, ..rig.step(1) }).await, Folding::Folded);
    rig.assert_refused(&step).await;
}

pub async fn of_two_steps_on_one_revision_one_is_written(rig: Rig<'_, impl Ledger + History>) {
    let (one, other) = (rig.goes_down("dxcon-1").await, rig.goes_down("dxcon-2").await);
    // Of disjoint rows: nothing but the revision keeps them apart.
    let step = |member, number| FoldStep {
        members: vec![member],
        incidents: vec![new(number, rig.documents(number, 1..=1))],
        ..rig.step(0)
    };
    let one = step(membership("dxcon-1", &one, Some(id(1))), 1);
    let other = step(membership("dxcon-2", &other, Some(id(2))), 2);
    let results: [Folding; 2] = futures::join!(rig.fold(&one), rig.fold(&other)).into();
    assert_eq!(results.iter().filter(|result| **result == Folding::Folded).count(), 1, "{results:?}");
    let recalled = rig.recall().await;
    let winner = if results[0] == Folding::Folded { 1 } else { 2 };
    assert_eq!(recalled.incidents.keys().copied().collect::<Vec<_>>(), [id(winner)]);
    assert_eq!(recalled.states.values().filter_map(|row| row.group).collect::<Vec<_>>(), [id(winner)]);
    assert_eq!(rig.revision().await, 1);
}

pub async fn a_step_of_ninety_members(rig: Rig<'_, impl Ledger + History>) {
    let mut step = FoldStep { incidents: vec![new(1, rig.documents(1, 1..=8))], ..rig.step(0) };
    for number in 0..90 {
        let item = format!("dxcon-{number:02}");
        let row = rig.goes_down(&item).await;
        step.members.push(membership(&item, &row, Some(id(1))));
    }
    assert_eq!(step.rows(), 100);
    assert_eq!(rig.fold(&step).await, Folding::Folded);
    let recalled = rig.recall().await;
    assert_eq!(recalled.states.values().filter(|row| row.group == Some(id(1))).count(), 90);
    assert!(recalled.states.values().all(|row| row.cursor("incidents") == 2));
    assert_eq!(rig.told(1).await.len(), 8);
}

pub async fn each_scope_is_folded_on_its_own(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("eu-west-1");
    rig.fold(&opening(&rig).await).await;
    assert_eq!((elsewhere.revision().await, elsewhere.recall().await.incidents.len()), (0, 0));
    elsewhere.open(1, 2).await;
    assert_eq!((rig.told(1).await.len(), elsewhere.told(1).await.len()), (1, 2));
    assert_eq!((rig.incident(1).await.sequence, elsewhere.incident(1).await.sequence), (1, 2));
}

pub async fn the_row_of_folding_is_no_item(rig: Rig<'_, impl Ledger + History>) {
    rig.fold(&rig.step(0)).await;
    let recalled = rig.recall().await;
    assert_eq!((recalled.states.len(), recalled.incidents.len(), recalled.unreadable_incidents), (0, 0, 0));
    assert!(rig.ledger.fold(&rig.step(1), &SINKS).await.is_ok());
    assert_eq!(rig.revision().await, 2);
}

pub async fn an_acknowledgement_moves_no_cursor_of_folding(rig: Rig<'_, impl Ledger + History>) {
    rig.goes_down("dxcon-1").await;
    rig.acknowledge("dxcon-1", SinkName::SNS, 2).await;
    assert_eq!(cursors(&rig.row("dxcon-1").await), [("eventbridge", 0), ("incidents", 0), ("sns", 2)]);
}

/// What is known of a gateway whose paths amount to a model.
fn known(model: Model) -> KnownResilience {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let path = |interface: &str, connection: Option<&str>| KnownPath {
        interface: interface.to_owned(),
        connection: connection.map(str::to_owned),
        devices: names(&["EqDC2-abc", "EqDC2-phy"]),
        locations: names(&["EqDC2"]),
    };
    KnownResilience {
        regions: names(&["eu-west-1", "global"]),
        kinds: names(&["connection", "virtual-interface"]),
        destinations: vec![KnownDestination {
            kind: DestinationKind::DirectConnectGateway,
            id: "8384da05".to_owned(),
            address_family: "ipv4".to_owned(),
            model,
            since: at(60),
            paths: vec![path("dxvif-1", Some("dxcon-1")), path("dxvif-2", None)],
        }],
    }
}

pub async fn what_is_known_of_destinations_is_written_with_the_step_and_stays(rig: Rig<'_, impl Ledger + History>) {
    let step = |model, revision| FoldStep { resilience: Some(known(model)), ..rig.step(revision) };
    assert_eq!(rig.recall().await.resilience, None);
    assert_eq!(rig.fold(&step(Model::High, 0)).await, Folding::Folded);
    assert_eq!(rig.fold(&step(Model::High, 0)).await, Folding::Folded, "its answer was lost");
    assert_eq!((rig.recall().await.resilience, rig.revision().await), (Some(known(Model::High)), 1));
    let incidents = vec![new(1, rig.documents(1, 1..=1))];
    assert_eq!(rig.fold(&FoldStep { incidents, ..rig.step(1) }).await, Folding::Folded);
    assert_eq!(rig.recall().await.resilience, Some(known(Model::High)), "a step that says nothing leaves it");
    assert_eq!(rig.fold(&step(Model::Maximum, 2)).await, Folding::Folded);
    assert_eq!(rig.recall().await.resilience, Some(known(Model::Maximum)));
    assert_eq!(rig.elsewhere("eu-west-1").recall().await.resilience, None);
    assert!(rig.recall().await.states.is_empty(), "the row is no item");
}

pub async fn what_is_known_of_destinations_is_not_written_by_a_step_that_is_refused(
    rig: Rig<'_, impl Ledger + History>,
) {
    rig.fold(&FoldStep { resilience: Some(known(Model::High)), ..rig.step(0) }).await;
    // A poll that knows less than the one that has folded meanwhile.
    rig.assert_refused(&FoldStep { resilience: Some(known(Model::None)), ..rig.step(0) }).await;
    let incidents = vec![change(7, 1, rig.documents(7, 2..=2))];
    rig.assert_refused(&FoldStep { incidents, resilience: Some(known(Model::None)), ..rig.step(1) }).await;
    assert_eq!(rig.recall().await.resilience, Some(known(Model::High)));
}
