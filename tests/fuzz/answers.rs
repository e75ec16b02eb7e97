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
    function::{
        calls::announcing,
        rig::{REGION, Rig, good_poll, poll},
    },
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
async fn polls(rig: &Rig, function: &Function, seed: &AtomicU64, answers: u64) {
    let mut failed = 0;
    while seed.load(Ordering::Relaxed) < answers {
        let before = seed.load(Ordering::Relaxed);
        if let Err(error) = poll(function).await {
            let known = error.error_type == "PollIncomplete";
            assert!(known, "answers from seed {before} on: {}: {}", error.error_type, error.message);
            failed += 1;
        }
        // What was announced is not what this is about; nothing may pile up.
        rig.received().await;
        rig.forget_calls();
        rig.recorder.clear();
    }
    rig.recover();
    assert!(failed > 0, "no answer was broken badly enough to be an error");
}

async fn watching() -> (Rig, Function) {
    let rig = Rig::of(Scenario::builtin()).await;
    let function = rig.program().start();
    good_poll(&function).await;
    rig.set_state("dxcon-ffx3v7tc", "down");
    good_poll(&function).await;
    (rig, function)
}

#[tokio::test]
async fn of_direct_connect() {
    let (rig, function) = watching().await;
    let seed = Arc::new(AtomicU64::new(0));
    break_answers(&rig.direct_connect, |_| true, &seed);
    polls(&rig, &function, &seed, cases(300)).await;
    good_poll(&function).await;
}

#[tokio::test]
async fn of_direct_connect_about_routes() {
    let mut scenario = Scenario::default();
    let prefixes = ["10.0.0.0/16", "10.1.0.0/16"];
    scenario.inventory.region_mut(REGION).virtual_interfaces.push(announcing("dxvif-1", &prefixes));
    let rig = Rig::of(scenario).await;
    let function = rig.program().environment("DX_MONITOR_ROUTES", "count").start();
    good_poll(&function).await;
    let seed = Arc::new(AtomicU64::new(0));
    break_answers(&rig.direct_connect, |call| call.operation == "ListVirtualInterfaceRoutes", &seed);
    polls(&rig, &function, &seed, cases(100)).await;
    good_poll(&function).await;
}

#[tokio::test]
async fn of_the_tables() {
    let (rig, function) = watching().await;
    let seed = Arc::new(AtomicU64::new(0));
    break_answers(&rig.dynamodb, |call| call.operation == "Query", &seed);
    polls(&rig, &function, &seed, cases(100)).await;
    good_poll(&function).await;
}
