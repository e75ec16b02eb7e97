//! Two processes that poll at once: one transition, announced, and neither fails.

use std::collections::BTreeSet;

use super::rig::{Rig, SINKS, good_poll};

#[tokio::test]
async fn two_processes_at_once_record_one_transition_and_neither_fails() {
    let rig = Rig::of_connections(1).await;
    let one = rig.start_watching_connections().await;
    let other = rig.watching_connections().start();
    let mut states = ["down", "available"].into_iter().cycle();
    let mut recorded = 1;
    // Where the first of them is held up while the second polls from end to end: after both have seen the change,
    // before it is written; before it is read back, announced on each sink, recorded as announced, or published in
    // metrics.
    let places = [
        (&rig.dynamodb, "TransactWriteItems", 0),
        (&rig.dynamodb, "Query", 1),
        (&rig.sinks, "Publish", 0),
        (&rig.sinks, "Publish", 1),
        (&rig.sinks, "PutEvents", 0),
        (&rig.dynamodb, "UpdateItem", 0),
        (&rig.dynamodb, "UpdateItem", 1),
        (&rig.cloudwatch, "PutMetricData", 0),
    ];
    let rounds = places.map(Some).into_iter().chain([None; 10]).enumerate();
    for (round, place) in rounds {
        rig.set_state("dxcon-1", states.next().unwrap());
        let (first, second) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let reports = match place {
            Some((proxy, operation, number)) => {
                let gate = proxy.on_call(move |call| call.operation == operation).skip(number).times(1).hold();
                futures::join!(good_poll(first), async {
                    gate.arrived(1).await;
                    let report = good_poll(second).await;
                    gate.open();
                    report
                })
            }
            // As it comes.
            None => futures::join!(good_poll(first), good_poll(second)),
        };
        rig.recover();
        let count = |report: &serde_json::Value| report["transitions"].as_u64().unwrap();
        // Two processes that observe and write in the same millisecond write the same document: each may take it for
        // its own.
        let in_lockstep = u64::from(place.is_none());
        let counted = count(&reports.0) + count(&reports.1);
        assert!((1..=1 + in_lockstep).contains(&counted), "round {round}: {reports:?}");

        let ids = rig.ids("connection/dxcon-1").await;
        recorded += 1;
        assert_eq!(ids.len(), recorded, "round {round}");
        let received = rig.received().await;
        for sink in SINKS {
            let told = received.ids_on(sink);
            let distinct: BTreeSet<&String> = told.iter().collect();
            assert_eq!(distinct, [ids.last().unwrap()].into(), "round {round}: {sink}");
            assert!(told.len() <= 2, "round {round}: {sink} was told {} times", told.len());
        }
    }
    assert_eq!(rig.history("connection/dxcon-1").await.last().unwrap().sequence, 19);
}
