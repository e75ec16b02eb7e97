//! The pure core on 10,000 items, and what one poll costs to encode; no network, no process.
//!
//! Times depend on the load of the machine. Where valgrind is installed, each piece of work is also counted in
//! instructions, by this binary run under callgrind: a figure to hold the next version against.

mod encoding;
mod estate;
mod instructions;
mod resilience;

use aws_dx_monitor::{
    diff::diff,
    domain::{Event, Timestamp},
    metrics::{self, MetricsMode},
};
use divan::{Bencher, counter::ItemsCount};
use estate::{Estate, ITEMS, rules};

pub use instructions::work;

pub fn measure() {
    println!("\n## The pure core, {ITEMS} items\n");
    divan::Divan::default().run_benches();
    println!();
    instructions::count();
}

/// Nothing has changed.
#[divan::bench]
fn diff_of_a_quiet_poll(bencher: Bencher<'_, '_>) {
    let Estate { recalled, snapshot } = Estate::quiet();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| diff(&recalled, &snapshot, &rules()));
}

/// Everything has.
#[divan::bench]
fn diff_of_a_mass_outage(bencher: Bencher<'_, '_>) {
    let Estate { recalled, snapshot } = Estate::mass_outage();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| diff(&recalled, &snapshot, &rules()));
}

/// The documents of a mass outage.
#[divan::bench]
fn events_of_a_mass_outage(bencher: Bencher<'_, '_>) {
    let Estate { recalled, snapshot } = Estate::mass_outage();
    let diff = diff(&recalled, &snapshot, &rules());
    let at = Timestamp::from_milliseconds(1_795_316_400_000);
    bencher
        .counter(ItemsCount::new(ITEMS))
        .bench_local(|| diff.transitions.iter().map(|transition| Event::of(transition, at)).collect::<Vec<_>>());
}

#[divan::bench]
fn data_points(bencher: Bencher<'_, '_>) {
    let Estate { snapshot, .. } = Estate::quiet();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| metrics::data_points(&snapshot, None, MetricsMode::Items));
}

/// One poll's data points, by the SDK, to the bytes of the requests: built, compressed, signed.
#[divan::bench]
fn encoding_of_a_poll(bencher: Bencher<'_, '_>) {
    let Estate { snapshot, .. } = Estate::quiet();
    let data = metrics::data_points(&snapshot, None, MetricsMode::Items);
    let encoding = encoding::Encoding::new();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| encoding.encode(&data));
}
