//! Whole polls of the function as it is released, with a fixed time for every call.
//!
//! The real binary runs as a process under a stand-in of the Lambda service. Direct Connect is the project's simulator,
//! CloudWatch the recorder of the tests; DynamoDB, SNS and EventBridge are stand-ins of this benchmark's own. Each is behind
//! a [`front`], where every call takes 20 ms. Beside it runs a program with the predecessor's behaviour, against the same
//! server in the same run, and a function that does nothing.
//!
//! Where a poll can be repeated the median is printed, and in brackets the least: on a machine that has other things to do,
//! the least is nearer to the truth.

mod deployed;
mod dynamodb;
mod estates;
mod expression;
mod front;
mod predecessor;
mod process;
mod sinks;
mod startup;
mod table;
mod tls;
mod world;

use std::path::PathBuf;
use std::time::Duration;

use aws_dx_monitor::simulator::Scenario;

use predecessor::Predecessor;
use table::{Table, calls_by_service, kilobytes, milliseconds};
use world::{Poll, World};

/// How long each call takes.
const DELAY: Duration = Duration::from_millis(20);
/// How many polls of a kind are measured that can be repeated: of a large account a few.
const POLLS: usize = 15;
const POLLS_OF_LARGE: usize = 5;
/// Of how many starts.
const STARTS: usize = 41;

/// Measures these accounts, or all.
#[tokio::main(flavor = "current_thread")]
pub async fn measure(accounts: &[Size], alone: bool) {
    let built = Built::new();
    println!("\n## Start\n");
    starts(&built);
    println!("\n## Over TLS, every call {} ms, 50 items\n", DELAY.as_millis());
    over_tls(&built).await;
    println!("\n## Polls, every call {} ms\n", DELAY.as_millis());
    let mut polls = Table::new(&[
        "items",
        "poll",
        "wall, ms",
        "of the ideal",
        "calls",
        "longest chain",
        "CPU, ms",
        "CPU per item, µs",
        "peak, MiB",
        "calls by service",
    ]);
    let mut beside = Table::new(&["items", "", "wall, ms", "calls", "items published", "peak, MiB"]);
    let mut ratios = Vec::new();
    for size in Size::ALL.into_iter().filter(|size| accounts.is_empty() || accounts.contains(size)) {
        let (world, quiet) = measure_account(size, &built, &mut polls).await;
        // Of a large account the predecessor's poll takes over a minute: that is measured where the account is named.
        let beside_it = accounts.contains(&size) || size.items() <= 1_000;
        if let (Size::Customer(_), true, false) = (size, beside_it, alone) {
            ratios.push(predecessor(size, &world, &quiet, &mut beside));
        }
    }
    println!("{polls}");
    if !alone {
        println!("\n## Beside the predecessor, a quiet poll each\n\n{beside}");
        ratios.iter().for_each(|ratio| println!("- {ratio}"));
    }
}

/// Measures quiet polls and an outage of this account as they are deployed.
#[tokio::main(flavor = "current_thread")]
pub async fn measure_outage(size: Size) {
    println!("\n## As deployed, every call {} ms\n", DELAY.as_millis());
    deployed::measure(size, &Built::new()).await;
}

/// The binaries under measurement.
struct Built {
    lambda: PathBuf,
    empty_function: PathBuf,
}

impl Built {
    fn new() -> Built {
        Built { lambda: crate::built("lambda"), empty_function: crate::built("empty-function") }
    }
}

/// The accounts.
#[derive(Clone, Copy, PartialEq)]
pub enum Size {
    Customer(usize),
    Partner,
}

impl Size {
    const ALL: [Size; 4] = [Size::Customer(50), Size::Customer(1_000), Size::Customer(10_000), Size::Partner];

    fn items(self) -> usize {
        match self {
            Size::Customer(items) => items,
            Size::Partner => 20_100,
        }
    }

    fn name(self) -> String {
        match self {
            Size::Customer(items) => items.to_string(),
            Size::Partner => "20100 (a partner)".to_owned(),
        }
    }

    fn scenario(self) -> Scenario {
        match self {
            Size::Customer(items) => estates::customer(items),
            Size::Partner => estates::partner(100, 200),
        }
    }

    /// The fewest calls in a chain that a poll needs if everything is one page: recall, lists, children and metrics;
    /// with a transition that is announced by itself, record, read back, announce and acknowledge after the children.
    fn ideal(self, name: &str) -> Option<u32> {
        match (self, name) {
            (Size::Customer(50), "quiet") => Some(4),
            (Size::Customer(50), "one transition") => Some(7),
            _ => None,
        }
    }
}

/// The account of so many items.
pub fn account(items: &str) -> Result<Size, String> {
    let named = Size::ALL.into_iter().find(|size| size.items().to_string() == items);
    named.ok_or_else(|| format!("they are {}", Size::ALL.map(|size| size.items().to_string()).join(", ")))
}

/// Measures an account; returns its world, and the quiet poll in the middle.
async fn measure_account(size: Size, built: &Built, polls: &mut Table) -> (World, Poll) {
    eprintln!("measuring {} items", size.name());
    let world = World::of(size.scenario(), DELAY);
    // The first poll of an account, by a process that has polled nothing yet.
    let first = world.program(&built.lambda).start();
    note(polls, size, "first, in a new process", &[world.poll(&first).await]);
    drop(first);
    let function = world.program(&built.lambda).start();
    note(polls, size, "quiet, in a new process", &[world.poll(&function).await]);
    let times = if size.items() > 1_000 { POLLS_OF_LARGE } else { POLLS };
    let mut quiet = Vec::new();
    for _ in 0..times {
        quiet.push(world.poll(&function).await);
    }
    let quiet = note(polls, size, "quiet", &quiet).clone();
    let mut transitions = Vec::new();
    for _ in 0..times {
        world.happens(estates::one_changes);
        transitions.push(world.poll(&function).await);
    }
    note(polls, size, "one transition", &transitions);
    world.happens(estates::all_go_down);
    // What an invocation has no time for, the next one does.
    for name in ["mass outage", "what was left of it", "what was left then"] {
        let outage = world.poll(&function).await;
        note(polls, size, name, std::slice::from_ref(&outage));
        if outage.outcome.is_ok() {
            break;
        }
    }
    drop(function);
    (world, quiet)
}

/// Notes polls of one kind; gives back the one in the middle.
fn note<'a>(table: &mut Table, size: Size, name: &str, polls: &'a [Poll]) -> &'a Poll {
    let mut polls: Vec<&Poll> = polls.iter().collect();
    polls.sort_by_key(|poll| poll.wall);
    let (least, poll) = (polls[0], polls[polls.len() / 2]);
    let refused =
        poll.calls.iter().filter(|call| !call.succeeded && call.name != "directconnect:DescribeInterconnects");
    let refused: Vec<&str> = refused.map(|call| call.name.as_str()).collect();
    assert!(refused.is_empty(), "{name}: refused {refused:?}");
    let name = match &poll.outcome {
        Ok(report) => {
            assert_eq!(report["items"], size.items(), "{report}");
            name.to_owned()
        }
        Err(incomplete) => {
            eprintln!("{name}: {incomplete}");
            format!("{name}, cut short after 48 s")
        }
    };
    let items = size.items();
    let of_ideal = size.ideal(&name).map(|chain| {
        let of = |poll: &Poll| poll.wall.as_secs_f64() / (DELAY * chain).as_secs_f64();
        format!("{:.2} ({:.2})", of(poll), of(least))
    });
    table.row([
        size.name(),
        name,
        if polls.len() > 1 {
            format!("{} ({})", milliseconds(poll.wall), milliseconds(least.wall))
        } else {
            milliseconds(poll.wall)
        },
        of_ideal.unwrap_or_default(),
        poll.calls.len().to_string(),
        front::longest_chain(&poll.calls).to_string(),
        milliseconds(poll.cpu),
        format!("{:.0}", poll.cpu.as_secs_f64() * 1e6 / items as f64),
        kilobytes(poll.peak_memory),
        calls_by_service(&poll.calls),
    ]);
    poll
}

/// The predecessor against the same Direct Connect; says how it compares.
fn predecessor(size: Size, world: &World, quiet: &Poll, beside: &mut Table) -> String {
    use front::{Backend, Front};
    let cloud_watch = Front::start(DELAY, Backend::Own(std::sync::Arc::new(sinks::cloud_watch_in_json)));
    let mut predecessor = Predecessor::start(&world.direct_connect.url(), &cloud_watch.url());
    if size.items() < 1_000 {
        // As with the function: the first poll opens connections, which is something where a poll takes so short a time.
        predecessor.poll();
    }
    drop((world.direct_connect.take_calls(), cloud_watch.take_calls()));
    let outcome = predecessor.poll();
    let calls = world.direct_connect.take_calls().len() + cloud_watch.take_calls().len();
    let row = |program: &str, wall, calls: usize, published: u64, peak| {
        [size.name(), program.to_owned(), milliseconds(wall), calls.to_string(), published.to_string(), kilobytes(peak)]
    };
    beside.row(row("predecessor", outcome.wall, calls, outcome.published, outcome.peak_memory));
    let published = quiet.outcome.as_ref().ok().and_then(|report| report["metrics"].as_u64()).unwrap_or(0);
    beside.row(row("this program", quiet.wall, quiet.calls.len(), published, quiet.peak_memory));
    format!(
        "{} items: {:.1} times faster, {:.1} times fewer calls, {:.1} times less memory{}",
        size.name(),
        outcome.wall.as_secs_f64() / quiet.wall.as_secs_f64(),
        calls as f64 / quiet.calls.len() as f64,
        outcome.peak_memory as f64 / quiet.peak_memory as f64,
        if outcome.published < published {
            format!(", and {published} items published where the predecessor stops after {}", outcome.published)
        } else {
            String::new()
        }
    )
}

/// What connections cost: a poll that has to open them, and one that finds them open.
async fn over_tls(built: &Built) {
    let identity = tls::Identity::new(&crate::target_directory());
    let mut table = Table::new(&["", "poll", "wall, ms", "least", "CPU, ms", "connections opened"]);
    for (name, secured) in [("in clear", false), ("over TLS", true)] {
        let world = World::of(Size::Customer(50).scenario(), DELAY);
        let world = if secured { world.over_tls(&identity) } else { world };
        // The summary of a baseline is announced by another.
        world.poll(&world.program(&built.lambda).start()).await;
        let (mut opening, mut opened) = (Vec::new(), Vec::new());
        for _ in 0..POLLS {
            let function = world.program(&built.lambda).start();
            opening.push(world.poll(&function).await);
            opened.push(world.poll(&function).await);
        }
        for (poll, mut polls) in [("quiet, in a new process", opening), ("quiet", opened)] {
            polls.sort_by_key(|poll| poll.wall);
            let middle = &polls[POLLS / 2];
            assert!(middle.outcome.is_ok(), "{name}: {:?}", middle.outcome);
            table.row([
                name.to_owned(),
                poll.to_owned(),
                milliseconds(middle.wall),
                milliseconds(polls[0].wall),
                format!("{:.1}", middle.cpu.as_secs_f64() * 1e3),
                if secured { middle.opened.to_string() } else { String::new() },
            ]);
        }
    }
    println!("{table}");
}

/// How long both functions take to ask for work, by turns.
fn starts(built: &Built) {
    let environment = World::of(Scenario::default(), DELAY).program(&built.lambda).variables().to_vec();
    let mut starts: [Vec<startup::Start>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..STARTS {
        for (program, starts) in [&built.empty_function, &built.lambda].into_iter().zip(&mut starts) {
            starts.push(startup::start(program, &environment));
        }
    }
    let mut table =
        Table::new(&["", "exec to first request, ms (median)", "least", "CPU, ms", "peak, MiB", "size, MiB"]);
    let mut medians = Vec::new();
    for ((name, program), starts) in
        [("an empty function", &built.empty_function), ("this function", &built.lambda)].into_iter().zip(&mut starts)
    {
        starts.sort_by_key(|start| start.wall);
        let median = starts[STARTS / 2];
        let size = std::fs::metadata(program).map_or(0, |file| file.len());
        medians.push((median.wall, starts[0].wall));
        table.row([
            name.to_owned(),
            format!("{:.2}", median.wall.as_secs_f64() * 1e3),
            format!("{:.2}", starts[0].wall.as_secs_f64() * 1e3),
            format!("{:.2}", median.cpu.as_secs_f64() * 1e3),
            kilobytes(median.peak_memory),
            format!("{:.2}", size as f64 / 1024.0 / 1024.0),
        ]);
    }
    println!("{table}");
    let ratio =
        |of: fn(&(Duration, Duration)) -> Duration| of(&medians[1]).as_secs_f64() / of(&medians[0]).as_secs_f64();
    println!(
        "- ratio of the medians: {:.2}; of the least: {:.2}",
        ratio(|(median, _)| *median),
        ratio(|(_, least)| *least)
    );
}
