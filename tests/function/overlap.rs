//! Two processes that poll at once: one transition, told of, and nobody fails.

use std::collections::BTreeSet;

use super::bench::{Bench, SINKS, good_poll};

#[tokio::test]
async fn two_processes_at_once_record_one_transition_and_neither_fails() {
    let bench = Bench::of_connections(1).await;
    let one = bench.start_watching_connections().await;
    let other = bench.watching_connections().start();
    let mut states = ["down", "available"].into_iter().cycle();
    let mut recorded = 1;
    for round in 0..16 {
        bench.set_state("dxcon-1", states.next().unwrap());
        let (first, second) = if round % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let reports = match round % 4 {
            // Both have seen the change; one of them comes late with writing it down.
            0 | 1 => {
                let gate = bench.dynamodb.on("dynamodb", "TransactWriteItems").times(1).hold();
                futures::join!(good_poll(first), async {
                    gate.arrived(1).await;
                    let report = good_poll(second).await;
                    gate.open();
                    report
                })
            }
            // One has written it down, but told nobody, when the other begins.
            2 => {
                let gate = bench.sinks.on("sns", "Publish").times(1).hold();
                futures::join!(good_poll(first), async {
                    gate.arrived(1).await;
                    let report = good_poll(second).await;
                    gate.open();
                    report
                })
            }
            _ => futures::join!(good_poll(first), good_poll(second)),
        };
        bench.recover();
        let count = |report: &serde_json::Value| report["transitions"].as_u64().unwrap();
        // Two processes that look and write in the same millisecond write the same document: each may call it its own.
        let in_lockstep = usize::from(round % 4 == 3);
        let counted = count(&reports.0) + count(&reports.1);
        assert!((1..=1 + in_lockstep as u64).contains(&counted), "round {round}: {reports:?}");

        let ids = bench.ids("connection/dxcon-1").await;
        recorded += 1;
        assert_eq!(ids.len(), recorded, "round {round}");
        let received = bench.received().await;
        for sink in SINKS {
            let told = received.ids_on(sink);
            let distinct: BTreeSet<&String> = told.iter().collect();
            assert_eq!(distinct, [ids.last().unwrap()].into(), "round {round}: {sink}");
            assert!(told.len() <= 2, "round {round}: {sink} was told {} times", told.len());
        }
    }
    assert_eq!(bench.history("connection/dxcon-1").await.last().unwrap().sequence, 17);
}
