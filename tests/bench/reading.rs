//! How soon the reading commands answer on a large store: fills a SQLite file, runs the built program on it as an operator
//! would, and prints the table of figures that the page beside this file shows.
//!
//! Nothing is asserted: the plans of the queries, which a test holds, keep it fast; this says how fast.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, ErrorKind},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use aws_dx_monitor::{
    domain::{Event, ItemDescription, ItemKey, Kind, Previous, Scope, State, Timestamp, Transition},
    local::SqliteLedger,
    ports::{Clock, Ledger, Progress, SystemClock},
};
use rusqlite::{Connection, Statement, named_params};

/// How large the store is by default.
pub const ITEMS: usize = 10_000;
pub const TRANSITIONS: usize = 200_000;
/// How often each command runs, unless it is slow; the median is printed.
const RUNS: usize = 5;
/// How long a command's runs may take together before it is run no more.
const PATIENCE: Duration = Duration::from_secs(10);
/// Over how long the history is spread.
const DAYS: u64 = 400;
/// How many times more transitions the busiest item makes than any other.
const BUSIEST: usize = 100;
const DAY: Duration = Duration::from_secs(86_400);
/// How long each outage lasts.
const OUTAGE: Duration = Duration::from_secs(600);

/// Measures on a store of `items` items that made `transitions` transitions.
pub fn measure(items: usize, transitions: usize) {
    println!("\n## Reading\n");
    assert!(items > 0 && transitions >= 2 * (items + BUSIEST), "some transitions for each item");
    let file = crate::target_directory().join("reading.db");
    remove(&file);
    let now = SystemClock.now();
    let started = Instant::now();
    let written = fill(&file, items, transitions, now);
    let size = fs::metadata(&file).map_or(0, |file| file.len() / 1_000_000);
    println!("{items} items, {written} transitions in {DAYS} days: {size} MB, filled in {:.0?}\n", started.elapsed());

    let month = previous_month(now);
    let commands: [&[&str]; 9] = [
        &["status"],
        &["status", "--health", "down", "--output", "json"],
        &["history", "dxcon-00005"],
        &["history", "dxcon-00000", "--output", "json"],
        &["history", "--since", "1d"],
        &["history", "--since", "30d", "--output", "csv"],
        &["history", "--output", "json"],
        &["report", "--month", &month],
        &["report", "--month", &month, "--output", "html"],
    ];
    println!("| command | median | peak memory | lines |\n| --- | --- | --- | --- |");
    for arguments in commands {
        let mut times = Vec::new();
        while times.len() < RUNS && times.iter().sum::<Duration>() < PATIENCE {
            times.push(timed(&file, arguments));
        }
        times.sort();
        let (memory, lines) = watched(&file, arguments);
        let (median, command) = (times[times.len() / 2].as_secs_f64(), arguments.join(" "));
        println!("| `{command}` | {median:.2} s | {memory} | {lines} |");
    }
    remove(&file);
}

/// Removes a database and what SQLite keeps beside it.
fn remove(file: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != ErrorKind::NotFound
        {
            panic!("{} cannot be removed: {error}", path.display());
        }
    }
}

/// The program on the file, in an environment that names no tables.
fn program(file: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(crate::built("aws-dx-monitor"));
    command.env_clear().args(arguments).arg("--db").arg(file).stdout(Stdio::null());
    command
}

fn timed(file: &Path, arguments: &[&str]) -> Duration {
    let started = Instant::now();
    let status = program(file, arguments).status().expect("the built program runs");
    let elapsed = started.elapsed();
    assert!(matches!(status.code(), Some(0 | 1)), "{arguments:?}: {status}");
    elapsed
}

/// The most memory that it held at once, as the kernel counts it, and how many lines it wrote.
fn watched(file: &Path, arguments: &[&str]) -> (String, usize) {
    // What is over in milliseconds may be over before it is looked at.
    let mut seen = watched_once(file, arguments);
    for _ in 0..50 {
        if seen.0.is_some() {
            break;
        }
        seen = watched_once(file, arguments);
    }
    let (peak, lines) = seen;
    (peak.map_or("unknown".to_owned(), |kilobytes| format!("{} MB", kilobytes.div_ceil(1000))), lines)
}

/// The kernel forgets the number with the process, so it is asked again and again while that runs.
fn watched_once(file: &Path, arguments: &[&str]) -> (Option<u64>, usize) {
    let mut child = program(file, arguments).stdout(Stdio::piped()).spawn().expect("the built program runs");
    let output = child.stdout.take().expect("a piped standard output");
    let status = format!("/proc/{}/status", child.id());
    let watching = thread::spawn(move || {
        let mut peak = None;
        while let Some(memory) = fs::read_to_string(&status).ok().as_deref().and_then(high_water_mark) {
            peak = Some(memory);
            thread::sleep(Duration::from_micros(200));
        }
        peak
    });
    let lines = BufReader::new(output).split(b'\n').count();
    child.wait().expect("the built program ends");
    (watching.join().expect("watching does not fail"), lines)
}

fn high_water_mark(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// The last month that is over.
fn previous_month(now: Timestamp) -> String {
    let (mut year, mut month) = (number(&now.day()[..4]), number(&now.day()[5..7]));
    (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
    format!("{year:04}-{month:02}")
}

fn number(digits: &str) -> u32 {
    digits.parse().expect("a day is written in digits")
}

/// Writes the store: rows as the ledger writes them, without a transaction for each.
fn fill(file: &Path, items: usize, rows: usize, now: Timestamp) -> usize {
    let ledger = SqliteLedger::open(file).expect("a new database");
    let kinds = [Kind::Connection, Kind::VirtualInterface, Kind::VirtualInterface, Kind::BgpPeer, Kind::BgpPeer];
    let scopes = ["us-east-1", "eu-west-1"].map(|region| Scope::regional("123456789012", region));
    let progress = |at: Timestamp| Progress {
        baseline: BTreeSet::from(kinds),
        interval_seconds: Some(60),
        first_poll: true,
        ..Progress::listed(at, kinds)
    };
    let beginning = Timestamp::from_milliseconds(now.milliseconds() - i64::try_from(DAYS).unwrap_or(0) * 86_400_000);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    for scope in &scopes {
        for at in [beginning, now] {
            runtime.block_on(ledger.progress(scope, &progress(at))).expect("progress can be written");
        }
    }
    let mut connection = Connection::open(file).expect("the same database");
    let transaction = connection.transaction().expect("a transaction");
    // An odd number of transitions ends up; every so many items, one ends down.
    let of_each = (rows / (items - 1 + BUSIEST) - 1) | 1;
    let of_item = |number: usize| if number % 500 == 499 { of_each - 1 } else { of_each };
    let of_busiest = rows - (1..items).map(of_item).sum::<usize>();
    let mut written = 0;
    {
        let mut history = transaction
            .prepare(
                "INSERT INTO history (item, occurred_at, sequence, event, expires_at)
                 VALUES (:item, :occurred_at, :sequence, :event, 4000000000)",
            )
            .expect("the ledger's table of history");
        let mut states = transaction
            .prepare(
                "INSERT INTO states (scope, item, state, level, health, since, name, sequence, last_transition_at, announced,
                     incident_id, details)
                 VALUES (:scope, :item, :state, :level, :health, :since, :name, :sequence, :since, '{\"sns\":1}',
                     :incident_id, :details)",
            )
            .expect("the ledger's table of states");
        for number in 0..items {
            let kind = kinds[number % kinds.len()];
            let prefix = match kind {
                Kind::Connection => "dxcon",
                Kind::VirtualInterface => "dxvif",
                _ => "dxpeer",
            };
            let scope = &scopes[usize::from(number > items / 2)];
            let mut item = ItemDescription::bare(scope, &ItemKey::new(kind, format!("{prefix}-{number:05}")));
            item.name = Some(format!("customer-{number}-primary"));
            item.location = Some(format!("EqDC{}", number % 40));
            item.vlan = Some(101);
            let item = Arc::new(item);
            let times = if number == 0 { of_busiest } else { of_item(number) };
            written += times;
            let last = write_history(&mut history, &item, times, beginning, number);
            states
                .execute(named_params! {
                    ":scope": scope.to_string(),
                    ":item": item.key().to_string(),
                    ":state": last.state.value(),
                    ":level": last.state.level(),
                    ":health": last.state.health().as_str(),
                    ":since": last.since.to_string(),
                    ":name": item.name,
                    ":sequence": i64::try_from(last.sequence).expect("not that many"),
                    ":incident_id": last.incident_after().map(|id| id.to_string()),
                    ":details": serde_json::to_string(&item).expect("a description is JSON"),
                })
                .expect("a state row");
        }
    }
    transaction.commit().expect("it can be committed");
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("the log can be folded in");
    written
}

/// Writes an item's outages, spread over the time there is; gives the last transition.
fn write_history(
    history: &mut Statement<'_>,
    item: &Arc<ItemDescription>,
    times: usize,
    beginning: Timestamp,
    number: usize,
) -> Transition {
    let apart = (DAY.mul_f64(DAYS as f64) - 2 * OUTAGE).div_f64((times / 2).max(1) as f64);
    let shift = apart.mul_f64((number % 997 + 1) as f64 / 998.0);
    let (up, down) = if item.kind == Kind::BgpPeer { ("up", "down") } else { ("available", "down") };
    let mut last: Option<Transition> = None;
    for sequence in 1..=times.max(1) {
        let round = u32::try_from(sequence / 2).expect("not that many");
        let is_up = sequence % 2 == 1;
        let since = match sequence {
            1 => beginning,
            _ if is_up => beginning.plus(apart * (round - 1) + shift + OUTAGE),
            _ => beginning.plus(apart * (round - 1) + shift),
        };
        let transition = Transition {
            item: Arc::clone(item),
            sequence: sequence as u64,
            previous: last.as_ref().map(|last| Previous {
                state: last.state.clone(),
                since: last.since,
                last_seen_at: Timestamp::from_milliseconds(since.milliseconds() - 60_000),
                last_transition_at: last.since,
                incident_id: last.incident_after(),
                group: None,
                certain: false,
                confirmed: None,
            }),
            state: State::of(item.kind, Some(if is_up { up } else { down })),
            since,
            seen_at: since,
            never_up: false,
        };
        history
            .execute(named_params! {
                ":item": format!("{}/{}", item.scope(), item.key()),
                ":occurred_at": since.to_string(),
                ":sequence": i64::try_from(sequence).expect("not that many"),
                ":event": serde_json::to_string(&Event::of(&transition, since)).expect("an event is JSON"),
            })
            .expect("a history row");
        last = Some(transition);
    }
    last.expect("at least one")
}
