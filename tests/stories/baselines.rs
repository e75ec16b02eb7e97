//! The first poll of an account: it announces nothing but one summary for people.

use aws_dx_monitor::{
    domain::{Change, Kind},
    monitor::BaselineProgress,
    simulator::{Connection, Fault, FaultKind, Operation, Scenario},
};

use super::rig::{
    Answer, REGION, Rig, Step, Trouble,
    account::{self, connection},
    minute,
};

#[tokio::test]
async fn the_first_poll_announces_one_summary_to_people_and_nothing_to_programs() {
    let mut scenario = account::of_each(2);
    let region = scenario.inventory.region_mut(REGION);
    region.connections[1].connection_state = Some("down".into());
    region.virtual_interfaces[0].virtual_interface_state = Some("unknown".into());
    let rig = Rig::of(scenario);
    let report = rig.poll_well().await;
    assert_eq!((report.items, report.transitions, report.pending), (20, 0, 0));
    assert_eq!(report.announced.values().sum::<u64>(), 0, "summaries are not announcements of transitions");
    let summaries = rig.sns().summaries();
    assert_eq!(rig.chat().summaries(), summaries);
    assert!(rig.bus().summaries().is_empty());
    let not_up: Vec<String> =
        summaries[0].not_up.iter().map(|(item, state)| format!("{} {state}", item.key())).collect();
    assert_eq!(not_up, ["connection/dxcon-1 down", "virtual-interface/dxvif-0 unknown"]);
    for sink in &rig.sinks {
        assert!(sink.offers().is_empty(), "the items are not announced one by one");
    }

    let event = rig.last_event("connection/dxcon-1").await;
    assert_eq!((event.change, event.metadata.sequence, event.previous_state), (Change::Discovered, 1, None));
    let row = rig.row("connection/dxcon-1").await;
    assert_eq!(row.announced.into_values().collect::<Vec<_>>(), [1, 1, 1, 1], "three sinks, and the folding");
    assert_eq!(rig.metrics.last("ConnectionState", "dxcon-1"), Some(5.0), "metrics do not wait");

    rig.minute(1).poll_well().await;
    assert!(rig.sns().summaries().is_empty() && rig.chat().summaries().is_empty(), "once");
}

#[tokio::test]
async fn an_account_with_nothing_in_it_is_watched_too() {
    let rig = Rig::of(Scenario::default());
    rig.poll_well().await;
    let told = rig.sns().summary_texts();
    assert!(told.starts_with("Watching, but no items were found yet.\n"), "{told}");
    rig.minute(1).appears(connection("dxcon-0")).poll_well().await;
    assert_eq!(rig.sns().told(), "[info] connection dxcon-0 discovered: available (fibre dxcon-0)");
}

#[tokio::test]
async fn an_interrupted_baseline_is_resumed() {
    let mut rig = Rig::of(account::connections(120));
    rig.choose(&[Kind::Connection]);
    rig.ledger.trouble_between(Step::RecordBaseline, Trouble::Refuses, 1, 1);
    let report = rig.poll().await;
    assert_eq!(report.failures.len(), 1, "{report}");
    assert_eq!(rig.all_events().await.len(), 70, "two batches of three");
    assert!(rig.sns().summaries().is_empty(), "there is nothing whole to tell of yet");

    // One that has its row changes meanwhile, and one that has not: the batches go by id.
    rig.minute(1).turns("dxcon-0", "down").turns("dxcon-50", "down");
    rig.ledger.mend();
    rig.poll_well().await;
    assert_eq!(rig.sns().told(), "[critical] connection dxcon-0 available -> down (fibre dxcon-0)");
    assert_eq!(rig.events("connection/dxcon-50").await.len(), 1, "it belongs to the baseline");
    assert_eq!(rig.all_events().await.len(), 121);
    let summaries = rig.sns().summaries();
    assert_eq!(summaries.len(), 1);
    assert_eq!(summaries[0].counts.values().sum::<usize>(), 120);
    assert_eq!(summaries[0].not_up.len(), 2);

    rig.minute(2).appears(connection("dxcon-late")).poll_well().await;
    assert_eq!(rig.sns().told(), "[info] connection dxcon-late discovered: available (fibre dxcon-late)");
}

#[tokio::test]
async fn a_baseline_whose_answer_was_lost_is_not_written_twice() {
    let mut rig = Rig::of(account::connections(60));
    rig.choose(&[Kind::Connection]);
    rig.ledger.trouble(Step::RecordBaseline, Trouble::LosesTheAnswer);
    rig.poll().await;
    rig.ledger.mend();
    rig.minute(1).poll_well().await;
    assert_eq!(rig.all_events().await.len(), 60);
    assert_eq!((rig.sns().told().as_str(), rig.sns().summaries().len()), ("", 1));
}

#[tokio::test]
async fn a_baseline_that_begins_with_a_gap_is_completed_and_announced_later() {
    let rig = Rig::of(Scenario { page_size: Some(2), ..account::of_each(3) });
    let operation = Some(Operation::DescribeConnections.name().to_owned());
    rig.fault(Fault { operation, page: Some(2), kind: Some(FaultKind::AccessDenied), ..Fault::default() });
    let report = rig.poll().await;
    assert_eq!((report.items, report.gaps.len()), (29, 2), "of connections, and of their encryption");
    let kinds = |summaries: Vec<aws_dx_monitor::announcement::BaselineSummary>| -> Vec<(Kind, usize)> {
        summaries.into_iter().flat_map(|summary| summary.counts).map(|((_, kind), count)| (kind, count)).collect()
    };
    let first = kinds(rig.sns().summaries());
    assert_eq!(first.len(), Kind::usual().count() - 2, "every kind but connections and their encryption: {first:?}");
    assert!(first.iter().all(|(kind, _)| ![Kind::Connection, Kind::PortEncryption].contains(kind)));

    let unread = rig.minute(1).nothing_fails().poll_well().await;
    assert_eq!(unread.transitions, 0);
    assert_eq!(kinds(rig.sns().summaries()), [(Kind::Connection, 3), (Kind::PortEncryption, 0)]);
    assert_eq!(rig.sns().told(), "");
    assert_eq!(rig.row("connection/dxcon-0").await.since, minute(0));
    assert_eq!(rig.row("connection/dxcon-2").await.since, minute(1));
}

#[tokio::test]
async fn an_item_that_appears_later_is_announced_on_every_sink() {
    let rig = Rig::watching(account::connections(1)).await;
    let ordered = Connection { connection_state: Some("requested".into()), ..connection("dxcon-new") };
    rig.minute(1).appears(ordered).poll_well().await;
    rig.minute(2).turns("dxcon-new", "available").poll_well().await;
    let told = rig.sns().told();
    insta::assert_snapshot!(told, @r"
    [info] connection dxcon-new discovered: requested (fibre dxcon-new)
    [info] connection dxcon-new requested -> available (fibre dxcon-new)
    ");
    assert_eq!((rig.chat().told(), rig.bus().told()), (told.clone(), told));
    let events = rig.events("connection/dxcon-new").await;
    assert_eq!((events[0].change, events[1].change), (Change::Discovered, Change::Activated));
    let cursors = rig.row("connection/dxcon-new").await.announced;
    assert_eq!(cursors.into_values().collect::<Vec<_>>(), [2, 2, 2, 2], "three sinks, and the folding");
}

#[tokio::test]
async fn a_sink_that_refuses_the_summary_gets_it_later_and_the_other_not_twice() {
    for refusal in [Answer::Transient, Answer::RefusesTheEvent, Answer::IsForbidden] {
        let rig = Rig::of(account::connections(1));
        rig.sns().answers_to_summaries(refusal);
        let report = rig.poll().await;
        assert_eq!(report.failures.len(), 1, "{report}");
        assert!(report.failures[0].to_string().starts_with("sns summary of the baseline: "), "{report}");
        assert_eq!((rig.sns().summaries().len(), rig.chat().summaries().len()), (0, 1));
        rig.minute(1).poll().await;
        rig.sns().answers_to_summaries(Answer::Accepts);
        rig.minute(2).turns("dxcon-0", "down").poll_well().await;
        let late = rig.sns().summaries();
        assert_eq!((late.len(), rig.chat().summaries().len()), (1, 0), "{refusal:?}");
        assert_eq!(late[0].not_up.len(), 1, "it tells of the present");
        rig.minute(3).poll_well().await;
        assert_eq!((rig.sns().summaries().len(), rig.chat().summaries().len()), (0, 0));
    }
}

#[tokio::test]
async fn a_summary_whose_announcing_cannot_be_recorded_is_repeated_rather_than_lost() {
    let rig = Rig::of(account::connections(1));
    rig.ledger.trouble(Step::BaselineAnnounced, Trouble::Refuses);
    let report = rig.poll().await;
    assert!(!report.is_success());
    rig.ledger.mend();
    rig.minute(1).poll_well().await;
    rig.minute(2).poll_well().await;
    assert_eq!((rig.sns().summaries().len(), rig.chat().summaries().len()), (2, 2));
}

#[tokio::test]
async fn a_baseline_that_the_store_takes_in_parts_is_finished_by_the_next_polls_and_no_failure() {
    let mut rig = Rig::of(account::connections(170));
    rig.choose(&[Kind::Connection]);
    rig.ledger.trouble_between(Step::RecordBaseline, Trouble::Throttles, 2, usize::MAX);
    let report = rig.poll_well().await;
    assert_eq!(report.baseline, Some(BaselineProgress { recorded: 100, items: 170 }));
    assert!(report.to_string().ends_with("; baseline: 100 of 170 items"), "{report}");
    assert!(rig.sns().summaries().is_empty(), "it is announced when it is complete");

    rig.ledger.mend();
    let report = rig.minute(1).poll_well().await;
    assert_eq!((report.baseline, report.transitions), (None, 0));
    let summaries = rig.sns().summaries();
    assert_eq!(summaries.iter().map(|summary| summary.counts.values().sum::<usize>()).collect::<Vec<_>>(), [170]);
    assert_eq!(rig.all_events().await.len(), 170);
    rig.minute(2).poll_well().await;
    assert!(rig.sns().summaries().is_empty(), "once");
}

#[tokio::test]
async fn a_store_that_takes_less_at_a_time_gets_less_at_a_time() {
    let mut rig = Rig::of(account::connections(170));
    rig.choose(&[Kind::Connection]);
    rig.ledger.trouble_between(Step::RecordBaseline, Trouble::Throttles, 1, 5);
    let report = rig.poll_well().await;
    assert_eq!((report.baseline, rig.sns().summaries().len()), (None, 1), "in the same poll");
    assert!(rig.ledger.calls(Step::RecordBaseline) > 10, "in smaller batches");
}

#[tokio::test]
async fn a_store_that_takes_nothing_of_a_baseline_is_a_failure() {
    let mut rig = Rig::of(account::connections(70));
    rig.choose(&[Kind::Connection]);
    rig.ledger.trouble(Step::RecordBaseline, Trouble::Throttles);
    let report = rig.poll().await;
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert_eq!(failure.step.as_str(), "baseline");
    assert_eq!(failure.to_string(), "123456789012/us-east-1: it cannot be done: the ledger is throttled");
    assert_eq!(report.baseline, None);
    assert!((12..=16).contains(&rig.ledger.calls(Step::RecordBaseline)), "it is not asked for ever");
}
