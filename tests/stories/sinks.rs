//! Sinks that are down, forbidden, choosy or new; the others go on.

use aws_dx_monitor::{
    domain::{Kind, SinkName},
    ports::Form,
};

use super::bench::{Answer, Bench, RecordingAnnouncer, Step, Trouble, account};

async fn connections(size: usize) -> Bench {
    Bench::watching_only(Kind::Connection, account::connections(size)).await
}

#[tokio::test]
async fn a_sink_that_is_down_for_some_polls_hears_everything_in_order_when_it_is_back() {
    let bench = connections(2).await;
    bench.sns().answers(Answer::Transient);
    for (number, word) in [(1, "down"), (2, "available"), (3, "down")] {
        let report = bench.minute(number).turns("dxcon-0", word).poll().await;
        assert_eq!(report.pending, number, "{report}");
        assert_eq!(report.pending_by_sink[&SinkName::SNS], number);
        assert_eq!((report.announced[&SinkName::SNS], report.announced[&SinkName::CHAT]), (0, 1));
        assert_eq!(bench.metrics.own("AnnouncementsPending"), Some(number as f64));
        let by_sink = bench.metrics.last("AnnouncementsPending", &format!("{} sns", super::bench::MONITOR));
        assert_eq!(by_sink, Some(number as f64));
        assert_eq!(report.failures.len(), 1, "{report}");
        assert_eq!(report.failures[0].to_string(), "sns connection/dxcon-0: the sink is throttled");
    }
    assert_eq!(bench.chat().told().lines().count(), 3, "the others have heard of it meanwhile");
    assert_eq!(bench.sns().told(), "");

    bench.sns().answers(Answer::Accepts);
    bench.minute(4).turns("dxcon-0", "available").turns("dxcon-1", "down");
    let report = bench.poll_well().await;
    assert_eq!((report.pending, report.announced[&SinkName::SNS]), (0, 5));
    insta::assert_snapshot!(bench.sns().told(), @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-1 available -> down (fibre dxcon-1)
    ");
    assert_eq!(bench.chat().told().lines().count(), 2, "and are not told again");
}

#[tokio::test]
async fn what_a_sink_hears_late_is_what_the_others_heard() {
    let bench = connections(1).await;
    bench.sns().answers(Answer::Transient);
    bench.minute(1).turns("dxcon-0", "down").poll().await;
    bench.sns().answers(Answer::Accepts);
    bench.minute(30).poll_well().await;
    let late = bench.sns().offers().pop().unwrap();
    let early = bench.bus().offers().pop().unwrap();
    assert_eq!((late.event, late.document.clone()), (early.event, early.document));
    assert_eq!(late.document, bench.history("connection/dxcon-0").await[1].event);
}

#[tokio::test]
async fn a_sink_that_is_forbidden_holds_everything_and_is_named_once_with_a_count() {
    let bench = connections(40).await;
    bench.minute(1).turn(Kind::Connection, 40, "down");
    bench.sns().answers(Answer::IsForbidden);
    let report = bench.poll().await;
    let tried = bench.sns().offers().len();
    assert!((1..=16).contains(&tried), "it is left alone after the calls in flight: {tried}");
    assert_eq!((report.pending_by_sink[&SinkName::SNS], report.parked), (40, 0));
    let [failure] = &report.failures[..] else { panic!("{report}") };
    assert!(
        failure.to_string().ends_with(&format!(": the sink may not be used (and {} more alike)", tried - 1)),
        "{report}"
    );
    assert_eq!(report.announced[&SinkName::EVENTBRIDGE], 40);

    bench.sns().answers(Answer::Accepts);
    let report = bench.minute(2).poll_well().await;
    assert_eq!((report.announced[&SinkName::SNS], report.pending), (40, 0));
    assert_eq!(report.announced[&SinkName::EVENTBRIDGE], 0);
}

#[tokio::test]
async fn an_event_that_is_too_large_is_told_in_short() {
    let bench = connections(1).await;
    bench.sns().answers_by(|_, form| if form == Form::Full { Answer::RefusesTheEvent } else { Answer::Accepts });
    let report = bench.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!((report.parked, report.pending, report.announced[&SinkName::SNS]), (0, 0, 1));
    let [full, short] = &bench.sns().offers()[..] else { panic!("two offers") };
    assert_eq!(short.for_people.subject, "[critical] connection dxcon-0 available -> down");
    assert!(short.event.metadata.minimal && !full.event.metadata.minimal);
    assert_eq!(short.event.metadata.id, full.event.metadata.id);
    assert_eq!(bench.bus().offers().len(), 1, "nobody else is told in short");
    assert!(bench.history("connection/dxcon-0").await[1].parked.is_empty());
}

#[tokio::test]
async fn an_event_that_a_sink_never_takes_is_parked_and_the_item_goes_on() {
    let bench = connections(1).await;
    bench.sns().answers_by(|event, _| match event.state.value.as_str() {
        "down" => Answer::RefusesTheEvent,
        _ => Answer::Accepts,
    });
    let report = bench.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!((report.parked, report.pending, report.announced[&SinkName::SNS]), (1, 0, 0));
    assert_eq!(bench.metrics.own("AnnouncementsParked"), Some(1.0));
    let parked = &bench.history("connection/dxcon-0").await[1].parked;
    assert_eq!(parked.len(), 1);
    assert_eq!(parked["sns"], "the event is too large; in short form: the event is too large");

    bench.minute(2).turns("dxcon-0", "available").poll_well().await;
    assert_eq!(bench.sns().told(), "[info] connection dxcon-0 down -> available (fibre dxcon-0)");
    assert_eq!(bench.chat().told().lines().count(), 2);
}

#[tokio::test]
async fn an_event_whose_parking_fails_is_offered_again() {
    let bench = connections(1).await;
    bench.sns().answers(Answer::RefusesTheEvent);
    bench.ledger.trouble(Step::Park, Trouble::Refuses);
    let report = bench.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.parked, report.pending), (0, 1), "{report}");
    bench.ledger.mend();
    let report = bench.minute(2).poll_well().await;
    assert_eq!((report.parked, report.pending), (1, 0));
}

#[tokio::test]
async fn a_short_form_that_is_throttled_is_not_parked() {
    let bench = connections(1).await;
    bench.sns().answers_by(|_, form| if form == Form::Full { Answer::RefusesTheEvent } else { Answer::Transient });
    let report = bench.minute(1).turns("dxcon-0", "down").poll().await;
    assert_eq!((report.parked, report.pending, report.failures.len()), (0, 1, 1), "{report}");
}

#[tokio::test]
async fn an_answer_that_is_missing_is_asked_for_again() {
    let bench = connections(3).await;
    bench.minute(1).turn(Kind::Connection, 3, "down");
    bench.bus().answers_by(|event, _| if event.item.id == "dxcon-1" { Answer::SaysNothing } else { Answer::Accepts });
    let report = bench.poll().await;
    assert_eq!((report.announced[&SinkName::EVENTBRIDGE], report.pending), (1, 2), "{report}");
    assert!(report.failures[0].to_string().contains("the sink gave no answer for it"), "{report}");
    bench.bus().answers(Answer::Accepts);
    assert_eq!(bench.minute(2).poll_well().await.announced[&SinkName::EVENTBRIDGE], 2);
}

/// Takes a sink out of the configuration.
fn remove(bench: &mut Bench, name: SinkName) -> RecordingAnnouncer {
    use aws_dx_monitor::ports::Announcer;
    let index = bench.sinks.iter().position(|sink| sink.sink() == name).unwrap();
    bench.sinks.remove(index)
}

#[tokio::test]
async fn a_sink_that_is_added_later_hears_of_what_happens_from_then_on() {
    let mut bench = Bench::of(account::connections(1));
    bench.choose(&[Kind::Connection]);
    let bus = remove(&mut bench, SinkName::EVENTBRIDGE);
    let mut bench = bench.with_baseline().await;
    bench.minute(1).turns("dxcon-0", "down").poll_well().await;
    bench.sinks.push(bus);
    let report = bench.minute(2).poll_well().await;
    assert_eq!((report.pending, bench.bus().told().as_str()), (0, ""), "what was before was never meant for it");

    // It is down when its first event comes: its cursor was made with that event.
    bench.bus().answers(Answer::Transient);
    bench.minute(3).turns("dxcon-0", "available").poll().await;
    bench.bus().answers(Answer::Accepts);
    bench.minute(4).turns("dxcon-0", "down").poll_well().await;
    insta::assert_snapshot!(bench.bus().told(), @r"
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    ");
}

#[tokio::test]
async fn a_sink_that_is_removed_and_added_again_goes_on_where_it_was() {
    let mut bench = connections(1).await;
    bench.minute(1).turns("dxcon-0", "down").poll_well().await;
    let bus = remove(&mut bench, SinkName::EVENTBRIDGE);
    let report = bench.minute(2).turns("dxcon-0", "available").poll_well().await;
    assert_eq!(report.announced.keys().map(|sink| sink.as_str()).collect::<Vec<_>>(), ["chat", "sns"]);
    assert_eq!(report.pending, 0, "it is owed nothing while it is not there");
    bench.minute(3).turns("dxcon-0", "down").poll_well().await;
    bench.sinks.push(bus);
    bench.minute(4).poll_well().await;
    insta::assert_snapshot!(bench.bus().told(), @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [info] connection dxcon-0 down -> available (fibre dxcon-0)
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    ");
}
