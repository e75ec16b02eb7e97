//! Answers of the services, changed on the wire: polls fail where they must, and nothing that was read leaves behind what
//! a later poll stumbles over.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_dx_monitor::simulator::Scenario;

use super::{
    cases,
    mutation::{mutate, written},
};
use crate::{
    function::bench::{Bench, good_poll, poll},
    simulation::random::Random,
    support::{
        http::{Response, response},
        proxy::{Proxy, call::Call},
        runtime_api::Function,
    },
};

/// Changes about every third answer of the calls that `matches` says, each with a seed of its own.
fn break_answers(proxy: &Proxy, matches: fn(&Call) -> bool, seed: &Arc<AtomicU64>) {
    let seed = Arc::clone(seed);
    proxy
        .on_call(matches)
        .rewrite(move |answer| changed(answer, &mut Random::new(seed.fetch_add(1, Ordering::Relaxed))));
}

fn changed(answer: Response, random: &mut Random) -> Response {
    let Ok(mut document) = serde_json::from_slice(answer.body()) else { return answer };
    if random.per_mille(667) {
        return answer;
    }
    mutate(&mut document, random);
    let mut changed = response(answer.status().as_u16(), written(&document, random));
    *changed.headers_mut() = answer.headers().clone();
    changed
}

/// Polls until so many answers were changed, or left, by their seeds.
async fn polls(bench: &Bench, function: &Function, seed: &AtomicU64, answers: u64) {
    let mut failed = 0;
    while seed.load(Ordering::Relaxed) < answers {
        let before = seed.load(Ordering::Relaxed);
        if let Err(error) = poll(function).await {
            let known = error.error_type == "PollIncomplete";
            assert!(known, "answers from seed {before} on: {}: {}", error.error_type, error.message);
            failed += 1;
        }
        // What was announced is not what this is about; nothing may pile up.
        bench.received().await;
        bench.forget_calls();
        bench.recorder.clear();
    }
    bench.recover();
    assert!(failed > 0, "no answer was broken badly enough to be an error");
}

async fn watching() -> (Bench, Function) {
    let bench = Bench::of(Scenario::builtin()).await;
    let function = bench.program().start();
    good_poll(&function).await;
    bench.set_state("dxcon-ffx3v7tc", "down");
    good_poll(&function).await;
    (bench, function)
}

#[tokio::test]
async fn of_direct_connect() {
    let (bench, function) = watching().await;
    let seed = Arc::new(AtomicU64::new(0));
    break_answers(&bench.direct_connect, |_| true, &seed);
    polls(&bench, &function, &seed, cases(300)).await;
    good_poll(&function).await;
}

#[tokio::test]
async fn of_the_tables() {
    let (bench, function) = watching().await;
    let seed = Arc::new(AtomicU64::new(0));
    break_answers(&bench.dynamodb, |call| call.operation == "Query", &seed);
    polls(&bench, &function, &seed, cases(100)).await;
    good_poll(&function).await;
}
