//! The whole pipeline in a simulated world: the real [`Monitor::poll`](aws_dx_monitor::monitor::Monitor::poll) over
//! simulated ports, without threads or real time, so that every world can be played again from one number.
//!
//! - `executor` lets one port call through at a time and decides what becomes of it; `world` is what the ports share;
//!   `port` is a poll's way in, `tables`, `rows`, `ledger`, `folding`, `progress` and `history` are a ledger with DynamoDB's
//!   semantics, and `ports` is everything else.
//! - `auditor`, `invariants`, `bounds`, `context`, `incidents`, `folds`, `plans` and `sights` say what must be so: at every moment, and at the end of every world.
//! - `crashes` and `overlaps` try everything in small worlds; `seeded` plays large ones by `chance`; `poisoned`,
//!   `isolation`, `holes`, `backlog`, `pace`, `outage`, `late` and `found` tell one story each.
//!
//! `DX_MONITOR_SIMULATION_SEEDS=1000` plays as many seeded worlds, `DX_MONITOR_SIMULATION_SEED=17` only that one.

mod auditor;
mod backlog;
mod bounds;
mod chance;
mod context;
mod crashes;
mod executor;
mod folding;
mod folds;
mod found;
mod history;
mod holes;
mod incidents;
mod invariants;
mod isolation;
mod late;
mod ledger;
mod outage;
mod overlaps;
mod pace;
mod plans;
mod poisoned;
mod port;
mod ports;
mod progress;
pub mod random;
mod resilience;
mod roster;
mod rows;
mod seeded;
mod sights;
mod tables;
mod windows;
mod world;

use self::{ledger::SimulatedLedger, port::Port, world::World};
use crate::ledger_contract::Fresh;

ledger_contract!(contract, crate::simulation::direct);

/// The simulated ledger, which keeps the contract as the real ones do.
async fn direct() -> Fresh<SimulatedLedger> {
    let world = World::direct();
    // Small pages, so that reading turns many.
    world.inner.borrow_mut().page = 7;
    Fresh::new(SimulatedLedger(Port { world, poll: 0, poller: 0 }))
}
