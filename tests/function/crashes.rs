//! Throttled, cut off and killed at any moment: every change is recorded once and announced at least once, with one id.

use std::collections::{BTreeMap, BTreeSet};

use super::rig::{Rig, SINKS, bad_poll, good_poll, made_for_the_first_time, poll};

#[tokio::test]
async fn a_poll_succeeds_when_every_call_is_throttled_once() {
    let rig = Rig::of_connections(3).await;
    for proxy in rig.proxies() {
        proxy.on_call(made_for_the_first_time()).fail(400, "ThrottlingException");
    }
    let function = rig.start_watching_connections().await;
    rig.set_state("dxcon-2", "down");
    assert_eq!(good_poll(&function).await["transitions"], 1);
    let ids = rig.ids("connection/dxcon-2").await;
    assert_eq!(ids.len(), 2);
    assert_eq!(rig.received().await.ids(), [&ids[1..], &ids[1..], &ids[1..]]);
}

#[tokio::test]
async fn what_a_service_throttles_for_a_whole_poll_the_next_one_makes_up_for() {
    let rig = Rig::of_connections(1).await;
    let function = rig.start_watching_connections().await;
    let mut states = ["down", "available"].into_iter().cycle();
    for (number, proxy) in rig.proxies().into_iter().enumerate() {
        rig.set_state("dxcon-1", states.next().unwrap());
        proxy.on_call(|_| true).fail(400, "ThrottlingException");
        let message = bad_poll(&function).await;
        assert!(message.contains("Throttling"), "{message}");
        rig.recover();
        good_poll(&function).await;
        let ids = rig.ids("connection/dxcon-1").await;
        assert_eq!(ids.len(), number + 2);
        assert_eq!(rig.received().await.ids(), [&ids[number + 1..], &ids[number + 1..], &ids[number + 1..]]);
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_finds_its_own_commit() {
    let rig = Rig::of_connections(2).await;
    let lose_answers = || {
        for operation in ["TransactWriteItems", "UpdateItem", "PutItem"] {
            rig.dynamodb.on("dynamodb", operation).times(2).lose_answer();
        }
    };
    lose_answers();
    let function = rig.start_watching_connections().await;
    rig.recover();
    assert_eq!(rig.ids("connection/dxcon-1").await.len(), 1);
    for (number, state) in [(2, "down"), (3, "available")] {
        lose_answers();
        rig.set_state("dxcon-1", state);
        assert_eq!(good_poll(&function).await["transitions"], 1);
        rig.recover();
        let ids = rig.ids("connection/dxcon-1").await;
        assert_eq!(ids.len(), number);
        let last = vec![ids[number - 1].clone()];
        assert_eq!(rig.received().await.ids(), [last.clone(), last.clone(), last]);
    }
}

/// What happens to a call when the function is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kill {
    BeforeItsEffect,
    AfterItsEffect,
}

/// How many calls there were through each proxy, by service and operation.
fn calls(rig: &Rig) -> BTreeMap<(usize, String, String), usize> {
    let mut calls = BTreeMap::new();
    for (number, proxy) in rig.proxies().into_iter().enumerate() {
        for call in proxy.calls() {
            *calls.entry((number, call.service, call.operation)).or_default() += 1;
        }
    }
    calls
}

#[tokio::test]
async fn a_function_killed_at_any_call_has_announced_everything_after_one_more_poll() {
    let rig = Rig::of_connections(24).await;
    let mut function = rig.start_watching_connections().await;
    // Each connection goes down and comes back once: one that flaps would be counted rather than announced.
    let mut changes = (1..=24).flat_map(|number| [(number, "down"), (number, "available")]);
    let mut change = || {
        let (number, state) = changes.next().expect("enough connections");
        let id = format!("dxcon-{number}");
        rig.set_state(&id, state);
        (format!("connection/{id}"), if state == "down" { 2 } else { 3 })
    };

    // A poll with a change, to learn which calls there are.
    rig.forget_calls();
    change();
    good_poll(&function).await;
    rig.received().await;
    let mut calls = calls(&rig);
    // The transition and its incident, together or one after the other.
    calls.iter_mut().filter(|((_, _, name), _)| name == "PutEvents").for_each(|(_, count)| *count = 1);
    // Recalled, with what is planned, and evidence; and read once for all sinks, the transition and its incident; recorded,
    // and folded; announced; both acknowledged for all sinks, and progress; levels, and its own.
    let counts: Vec<(&str, usize)> = calls.iter().map(|((_, _, name), count)| (name.as_str(), *count)).collect();
    assert_eq!(
        counts,
        [
            ("DescribeConnections", 1),
            ("Query", 5),
            ("TransactWriteItems", 2),
            ("UpdateItem", 3),
            ("PutMetricData", 2),
            ("PutEvents", 1),
            ("Publish", 2),
        ]
    );

    for ((proxy, service, operation), count) in calls {
        for (number, kill) in
            (0..count).flat_map(|number| [Kill::BeforeItsEffect, Kill::AfterItsEffect].map(|kill| (number, kill)))
        {
            let story = format!("killed at call {number} of {service}:{operation}, {kill:?}");
            let (mut item, mut recorded) = change();
            if operation == "Query" && number + 1 == count && recorded == 3 {
                // Evidence is read only where an incident begins.
                good_poll(&function).await;
                rig.received().await;
                (item, recorded) = change();
            }
            let killer = function.killer();
            let rule = rig.proxies()[proxy].on(&service, &operation).skip(number).times(1);
            match kill {
                Kill::BeforeItsEffect => rule.instead(move |_| killer.kill()),
                Kill::AfterItsEffect => rule.after(move |_| killer.kill()),
            }
            let error = poll(&function).await.expect_err(&story);
            assert_eq!(error.error_type, "Runtime.ExitError", "{story}: {}", error.message);
            rig.recover();
            function.restart();
            good_poll(&function).await;

            let ids = rig.ids(&item).await;
            assert_eq!(ids.len(), recorded, "{story}");
            let received = rig.received().await;
            let reason = if recorded == 2 { "opened" } else { "resolved" };
            assert!((1..=2).contains(&received.incidents.len()), "{story}");
            assert!(received.incident_reasons().iter().all(|word| word == reason), "{story}");
            for sink in SINKS {
                let told = received.ids_on(sink);
                let distinct: BTreeSet<&String> = told.iter().collect();
                assert_eq!(distinct, [&ids[recorded - 1]].into(), "{story}: {sink}");
                assert!(told.len() <= 2, "{story}: {sink} was told {} times", told.len());
            }
            assert_eq!(good_poll(&function).await["pending"], 0);
            assert_eq!(rig.received().await.counts(), [0, 0, 0], "{story}");
        }
    }
}

#[tokio::test]
async fn a_first_poll_that_is_killed_repeats_its_summary_rather_than_losing_it() {
    // In the order of the poll: the baseline, the list of scopes, progress, and twice: told, and remembered as told.
    for (operation, number) in [
        ("TransactWriteItems", 0),
        ("PutItem", 0),
        ("UpdateItem", 0),
        ("Publish", 0),
        ("UpdateItem", 1),
        ("Publish", 1),
        ("UpdateItem", 2),
    ] {
        let story = format!("killed after call {number} of {operation}");
        let rig = Rig::of_connections(2).await;
        let mut function = rig.watching_connections().start();
        for proxy in [&rig.dynamodb, &rig.sinks] {
            let killer = function.killer();
            let rule = proxy.on_call(move |call| call.operation == operation).skip(number).times(1);
            rule.after(move |_| killer.kill());
        }
        let error = poll(&function).await.expect_err(&story);
        assert_eq!(error.error_type, "Runtime.ExitError", "{story}: {}", error.message);
        rig.recover();
        function.restart();
        good_poll(&function).await;
        let received = rig.received().await;
        for summaries in [&received.people, &received.chat] {
            assert!((1..=2).contains(&summaries.len()), "{story}: {} summaries", summaries.len());
            assert!(summaries.iter().all(|summary| summary.attributes["change"] == "baseline"), "{story}");
        }
        assert!(received.events.is_empty(), "{story}");
        good_poll(&function).await;
        assert_eq!(rig.received().await.counts(), [0, 0, 0], "{story}");
        for id in ["dxcon-1", "dxcon-2"] {
            assert_eq!(rig.ids(&format!("connection/{id}")).await.len(), 1, "{story}");
        }
    }
}
