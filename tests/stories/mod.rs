//! Stories: what happens in a Direct Connect, and what is announced to people and programs. The whole pipeline plays in
//! each of them; only the sinks, the metrics and the clock are stand-ins. Start with `rig`, then read any file.

mod another_account;
mod backlog;
mod baselines;
mod bounds;
mod coverage;
mod crowds;
mod failover;
mod first_message;
mod gaps;
mod in_between;
mod in_service;
mod incidents;
mod independence;
mod kinds;
mod levels;
mod month;
mod names;
mod newer_kinds;
mod notify;
mod outages;
mod overlap;
mod own_metrics;
mod ownership;
mod parents;
mod planned;
mod report;
mod reported_incidents;
mod retired;
mod rig;
mod secrets;
mod sinks;
mod subsets;
mod withdrawn;
mod words;
mod write_units;
