//! Sinks that are down, forbidden, choosy or new; the others go on.

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    ports::Form,
};

use super::rig::{Answer, RecordingAnnouncer, Rig, Step, Trouble, account};

async fn connections(size: usize) -> Rig {
    Rig::watching_only(Kind::Connection, account::connections(size)).await
}

#[tokio::test]
async fn a_sink_that_is_down_for_some_polls_hears_everything_in_order_when_it_is_back() {
    let rig = connections(2).await;
    rig.sns().answers(Answer::Transient);
    for (number, word) in [(1, "down"), (2, "available"), (3, "down")] {
        let report = rig.minute(number).turns("dxcon-0", word).poll().await;
        assert_eq!(report.pending, number, "{report}");
        assert_eq!(report.pending_by_sink[&SinkName::SNS], number);
        assert_eq!((report.announced[&SinkName::SNS], report.announced[&SinkName::CHAT]), (0, 1));
        assert_eq!(rig.metrics.own("AnnouncementsPending"), Some(number as f64));
        let by_sink = rig.metrics.last("AnnouncementsPending", &format!("{} sns", super::rig::MONITOR));
        assert_eq!(by_sink, Some(number as f64));
        assert_eq!(report.failures.len(), 1, "{report}");
        assert_eq!(report.failures[0].to_string(), "sns connection/dxcon-0: the sink is throttled");
    }
    assert_eq!(rig.chat().told().lines().count(), 3, "the others have heard of it meanwhile");
    assert_eq!(rig.sns().told(), "");

    rig.sns().answers(Answer::Accepts);
    rig.minute(4).turns("dxcon-0", "available").turns("dxcon-1", "down");
    let report = rig.poll_well().await;
    assert_eq!((report.pending, report.announced[&SinkName::SNS]), (0, 5));
    insta::assert_snapshot!(rig.sns().told(), @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-1 available -> down (fibre dxcon-1)
    ");
    assert_eq!(rig.chat().told().lines().count(), 2, "and are not told again");
}

#[tokio::test]
async fn what_a_sink_hears_late_is_what_the_others_heard() {
    let rig = connections(1).await;
    rig.sns().answers(Answer::Transient);
    rig.minute(1).turns("dxcon-0", "down").poll().await;
    rig.sns().answers(Answer::Accepts);
    rig.minute(30).poll_well().await;
    let late = rig.sns().offers().pop().unwrap();
    let early = rig.bus().offers().pop().unwrap();
    assert_eq!((late.event, late.document.clone()), (early.event, early.document));
    assert_eq!(late.document, rig.history("connection/dxcon-0").await[1].event);
}

#[tokio::test]
async fn a_sink_that_is_forbidden_holds_everything_and_is_named_once_with_a_count() {
    let rig = connections(40).await;
    rig.minute(1).turn(Kind::Connection, 40, "down");
    rig.sns().answers(Answer::IsForbidden);
    let report = rig.poll().await;
    let tried = rig.sns().offers().len();
    assert!((1..=16).contains(&tried), "it is left alone after the calls in flight: {tried}");
    // The documents of incidents are none of its business.
    assert_eq!((report.pending_by_sink[&SinkName::SNS], report.parked), (40, 0));
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(
        failure.to_string().ends_with(&format!(": the sink may not be used (and {} more alike)", tried - 1)),
        "{report}"
    );
    assert_eq!(report.announced[&SinkName::EVENTBRIDGE], 40 + 40, "each with its incident");

    rig.sns().answers(Answer::Accepts);
    let report = rig.minute(2).poll_well().await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (40, 0));
    assert_eq!(report.announced[&SinkName::EVENTBRIDGE], 0);
}

#[tokio::test]
async fn an_event_that_is_too_large_is_announced_in_short() {
    let rig = connections(1).await;
    rig.sns().answers_by(|_, form| if form == Form::Full { Answer::RefusesTheEvent } else { Answer::Accepts });
    let report = rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!((report.parked, report.pending, report.announced[&SinkName::SNS]), (0, 0, 1));
    let [full, short] = &rig.sns().offers()[..] else { panic!("two offers") };
    assert_eq!(short.for_people.subject, "[critical] connection dxcon-0 available -> down");
    assert!(short.event.metadata.minimal && !full.event.metadata.minimal);
    assert_eq!(short.event.metadata.id, full.event.metadata.id);
    assert_eq!(rig.bus().offers().len(), 1, "nobody else is told in short");
    assert!(rig.history("connection/dxcon-0").await[1].parked.is_empty());
}

#[tokio::test]
async fn an_event_that_a_sink_never_takes_is_parked_and_the_item_goes_on() {
    let rig = connections(1).await;
    rig.sns().answers_by(|event, _| match event.state.value.as_str() {
        "down" => Answer::RefusesTheEvent,
        _ => Answer::Accepts,
    });
    let report = rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!((report.parked, report.pending, report.announced[&SinkName::SNS]), (1, 0, 0));
    assert_eq!(rig.metrics.own("AnnouncementsParked"), Some(1.0));
    let parked = &rig.history("connection/dxcon-0").await[1].parked;
    assert_eq!(parked.len(), 1);
    assert_eq!(parked["sns"], "the event is too large; in short form: the event is too large");

    rig.minute(2).turns("dxcon-0", "available").poll_well().await;
    assert_eq!(rig.sns().told(), "[info] connection dxcon-0 down -> available (fibre dxcon-0)");
    assert_eq!(rig.chat().told().lines().count(), 2);
}

#[tokio::test]
async fn an_event_whose_parking_fails_is_offered_again() {
    let rig = connections(1).await;
    rig.sns().answers(Answer::RefusesTheEvent);
    rig.ledger.trouble(Step::Park, Trouble::Refuses);
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.parked, report.pending), (0, 1), "{report}");
    rig.ledger.mend();
    let report = rig.minute(2).poll_well().await;
    assert_eq!((report.parked, report.pending), (1, 0));
}

#[tokio::test]
async fn a_short_form_that_is_throttled_is_not_parked() {
    let rig = connections(1).await;
    rig.sns().answers_by(|_, form| if form == Form::Full { Answer::RefusesTheEvent } else { Answer::Transient });
    let report = rig.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.parked, report.pending, report.failures.len()), (0, 1, 1), "{report}");
}

#[tokio::test]
async fn an_answer_that_is_missing_is_asked_for_again() {
    let rig = connections(3).await;
    rig.minute(1).turn(Kind::Connection, 3, "down");
    rig.bus().answers_by(|event, _| if event.item.id == "dxcon-1" { Answer::SaysNothing } else { Answer::Accepts });
    let report = rig.poll().await;
    // One answer of six: three transitions and their incidents are one batch.
    assert_eq!((report.announced[&SinkName::EVENTBRIDGE], report.pending), (1, 2 + 3), "{report}");
    assert!(report.failures[0].to_string().contains("the sink gave no answer for it"), "{report}");
    rig.bus().answers(Answer::Accepts);
    assert_eq!(rig.minute(2).poll_well().await.announced[&SinkName::EVENTBRIDGE], 2 + 3);
}

/// Takes a sink out of the configuration.
fn remove(rig: &mut Rig, name: SinkName) -> RecordingAnnouncer {
    use aws_dx_monitor::ports::Announcer;
    let index = rig.sinks.iter().position(|sink| sink.sink() == name).unwrap();
    rig.sinks.remove(index)
}

#[tokio::test]
async fn a_sink_that_is_added_later_hears_of_what_happens_from_then_on() {
    let mut rig = Rig::of(account::connections(1));
    rig.choose(&[Kind::Connection]);
    let bus = remove(&mut rig, SinkName::EVENTBRIDGE);
    let mut rig = rig.with_baseline().await;
    rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    rig.sinks.push(bus);
    let report = rig.minute(2).poll_well().await;
    assert_eq!((report.pending, rig.bus().told().as_str()), (0, ""), "what was before was never meant for it");

    // It is down when its first event comes: its cursor was made with that event.
    rig.bus().answers(Answer::Transient);
    rig.minute(3).turns("dxcon-0", "available").poll().await;
    rig.bus().answers(Answer::Accepts);
    rig.minute(4).turns("dxcon-0", "down").poll_well().await;
    insta::assert_snapshot!(rig.bus().told(), @r"
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    ");
}

#[tokio::test]
async fn a_sink_that_is_removed_and_added_again_goes_on_where_it_was() {
    let mut rig = connections(1).await;
    rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    let bus = remove(&mut rig, SinkName::EVENTBRIDGE);
    let report = rig.minute(2).turns("dxcon-0", "available").poll_well().await;
    assert_eq!(report.announced.keys().map(|sink| sink.as_str()).collect::<Vec<_>>(), ["chat", "sns"]);
    assert_eq!(report.pending, 0, "it is owed nothing while it is not there");
    rig.minute(3).turns("dxcon-0", "down").poll_well().await;
    rig.sinks.push(bus);
    rig.minute(4).poll_well().await;
    insta::assert_snapshot!(rig.bus().told(), @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    ");
}
