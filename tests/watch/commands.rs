//! `--exec`: a command for each change, whatever the command does.

use std::{process::Command, time::Duration};

use super::{Bench, documents, ids, text};

#[test]
fn it_gets_every_change_from_when_it_is_first_given() {
    let bench = Bench::new();
    bench.seen(&[]);
    assert_ne!(bench.second(600).seen(&[]), "");
    let exec = ["--exec", "cat >>seen; echo shown nowhere"];
    assert_eq!(bench.seen(&exec), "", "what was recorded before is not replayed");
    assert!(!bench.path("seen").exists());
    let out = bench.second(1400).seen(&[&exec[..], &["--output", "json"]].concat());
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let seen = documents(&lines(&std::fs::read_to_string(bench.path("seen")).unwrap()));
    assert_eq!(ids(&seen), ids(&documents(&lines(&out))));
    assert!(!seen.is_empty());
}

#[test]
fn one_that_fails_is_reported_and_passed() {
    let bench = Bench::new();
    let exec = ["--kind", "connection", "--exec", "echo begun >>seen; printf 'no \\033[2Jroute\\n' >&2; exit 4"];
    bench.seen(&exec);
    let output = bench.second(600).once(&exec);
    assert_eq!(output.status.code(), Some(2), "a single look says so");
    let told = text(&output.stderr);
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("? the command for connection dxcon-ffx3v7tc -> down ended with exit status: 4: no \\u{1b}[2Jroute; it is not run again for this change"), "{told}");
    assert_eq!(bench.seen(&exec), "");
    assert_eq!(std::fs::read_to_string(bench.path("seen")).unwrap(), "begun\nbegun\n", "one for each change");
}

#[test]
fn one_that_hangs_is_killed_and_reported_while_the_watch_goes_on() {
    let bench = Bench::new();
    let exec = ["--kind", "connection", "--exec", "grep -q dxcon-ffx3v7tc && sleep 1000", "--exec-limit", "8s"];
    bench.seen(&exec);
    bench.second(600);
    let mut watch = bench.start(&exec);
    assert_eq!(watch.out.take(2).len(), 2);
    // The next poll comes before the command is killed.
    bench.second(700);
    assert!(watch.out.next().contains("dxcon-fg4h8n2b down -> available"));
    let killed = watch.err.find("was killed");
    assert!(
        killed.contains("the command for connection dxcon-ffx3v7tc -> down was killed, as it had not ended after 8s"),
        "{killed}"
    );
    watch.signal("INT");
    assert_eq!(watch.code(), Some(0));
}

#[test]
fn one_that_was_running_when_the_watch_was_killed_runs_again() {
    let bench = Bench::new();
    let kind = ["--kind", "lag", "--kind", "connection"];
    bench.seen(&[&kind[..], &["--exec", "true"]].concat());
    bench.second(450);
    let mut watch =
        bench.start(&[&kind[..], &["--exec", "cat >>first; echo $$ >pid; touch begun; exec sleep 1000"]].concat());
    while !bench.path("begun").exists() {
        std::thread::yield_now();
    }
    watch.signal("KILL");
    assert_eq!(watch.code(), None);
    bench.seen(&[&kind[..], &["--exec", "cat >>second"]].concat());
    let read = |name| std::fs::read_to_string(bench.path(name)).unwrap();
    assert_eq!(read("first"), read("second"), "the same change, the same document");
    // What a watch that is killed leaves behind.
    assert!(Command::new("kill").arg(read("pid").trim()).status().unwrap().success());
}

#[test]
fn what_runs_when_the_watch_is_ended_is_ended_too() {
    let bench = Bench::new();
    bench.seen(&["--exec", "true"]);
    bench.second(450);
    let mut watch = bench.start(&["--exec", "sleep 1000 & echo $! >pid; touch begun; wait"]);
    while !bench.path("begun").exists() {
        std::thread::yield_now();
    }
    watch.signal("TERM");
    assert_eq!(watch.code(), Some(0));
    let pid = std::fs::read_to_string(bench.path("pid")).unwrap();
    assert!(is_gone(pid.trim()), "nothing is left running");
}

/// Whether a process ends: it is told to at once, but takes its time where the machine is busy.
fn is_gone(pid: &str) -> bool {
    (0..500).any(|_| {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        let gone = state.map_or(true, |state| state.contains(") Z "));
        if !gone {
            std::thread::sleep(Duration::from_millis(10));
        }
        gone
    })
}
