//! What is tried again, what is not, and when it is given up.

use std::time::Instant;

use super::*;

/// Observes the connections of an account that has two, under a fault; and how often they were asked for.
async fn connections_under(fault: Fault, limits: CallLimits) -> (Observation, u64) {
    let story = Story::with_limits(Scenario { faults: vec![fault], ..account_of(2) }, limits);
    let observation = story.look(&Scope::regional(ACCOUNT, REGION), &[Kind::Connection]).await;
    (observation, story.traffic().count("DescribeConnections"))
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for kind in [
        FaultKind::Throttling,
        FaultKind::ServerException,
        FaultKind::InternalError,
        FaultKind::ConnectionDropped,
        FaultKind::MalformedBody,
    ] {
        let twice = Fault { times: Some(2), ..fault(Operation::DescribeConnections, kind) };
        let (observation, calls) = connections_under(twice, quick()).await;
        assert_eq!(told(&observation), ["connection/dxcon-0 available", "connection/dxcon-1 available"], "{kind:?}");
        assert_eq!(calls, 3, "{kind:?}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_given_up_after_four_attempts() {
    for (kind, code) in
        [(FaultKind::Throttling, "ThrottlingException"), (FaultKind::ServerException, "DirectConnectServerException")]
    {
        let (observation, calls) = connections_under(fault(Operation::DescribeConnections, kind), quick()).await;
        assert!(why(&observation, Kind::Connection).contains(code), "{:?}", observation.gaps);
        assert_eq!(calls, 4, "{kind:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_not_tried_again() {
    for kind in [FaultKind::AccessDenied, FaultKind::NotAPartner] {
        let (observation, calls) = connections_under(fault(Operation::DescribeConnections, kind), quick()).await;
        assert_eq!((told(&observation), calls), (vec!["connection has a gap".to_owned()], 1), "{kind:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_late_is_asked_for_again() {
    let late = Fault { delay_milliseconds: Some(2_000), times: Some(1), ..Fault::default() };
    let limits = CallLimits { attempt_timeout: Duration::from_millis(200), ..quick() };
    let (observation, calls) = connections_under(late, limits).await;
    assert_eq!((observation.items.len(), calls), (2, 2));
}

#[tokio::test]
async fn what_never_answers_is_given_up_in_time() {
    let never = Fault { delay_milliseconds: Some(60_000), ..Fault::default() };
    let started = Instant::now();
    let limits = CallLimits { operation_timeout: Duration::from_millis(200), ..quick() };
    let (observation, _) = connections_under(never.clone(), limits).await;
    let gap = why(&observation, Kind::Connection);
    assert!(gap.contains("timeout"), "{gap}");

    let story = Story::of(Scenario { faults: vec![never], ..account_of(2) });
    let story = story.observing_within(Duration::from_millis(200));
    let observation = story.look(&Scope::regional(ACCOUNT, REGION), &[Kind::Connection]).await;
    let gap = why(&observation, Kind::Connection);
    assert!(gap.contains("the time limit for one observation of Direct Connect"), "{gap}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn what_was_read_before_the_time_was_over_is_used() {
    let slow = Fault { page: Some(2), delay_milliseconds: Some(60_000), ..Fault::default() };
    let story = Story::of(Scenario { faults: vec![slow], ..account_of(4) });
    let observation = story.observing_within(Duration::from_millis(500)).look_at_region().await;
    assert_eq!(count(&observation, Kind::Connection), 3);
    assert_eq!(count(&observation, Kind::VirtualGateway), 4);
    assert!(why(&observation, Kind::Connection).contains("page 2: "), "{:?}", observation.gaps);
    assert!(!observation.gaps.contains_key(&Kind::VirtualGateway));
}

#[tokio::test]
async fn a_long_outage_does_not_use_up_the_retries() {
    let story = Story::of(Scenario { faults: vec![], ..account_of(1) });
    let scope = Scope::regional(ACCOUNT, REGION);
    let throttled = |times| Fault { times, ..fault(Operation::DescribeConnections, FaultKind::Throttling) };
    story.simulator.edit(|scenario| scenario.faults = vec![throttled(None)]).unwrap();
    for _ in 0..40 {
        assert_eq!(story.look(&scope, &[Kind::Connection]).await.gaps.len(), 1);
    }
    story.simulator.edit(|scenario| scenario.faults = vec![throttled(Some(3))]).unwrap();
    assert_eq!(told(&story.look(&scope, &[Kind::Connection]).await), ["connection/dxcon-0 available"]);
}
