//! What the pages show of the demo is what it prints: times aside, and but for what `…` leaves out.

use std::{
    path::Path,
    process::{Command, Output},
};

use super::{Page, block, blocks};

/// A line with other digits where a time stands, with another word where an id stands, and without the port.
fn timeless(line: &str) -> String {
    let line = line.split_once("127.0.0.1:").map_or(line, |(before, _)| before);
    let words = line.split(' ').map(|word| {
        let is_time = word.len() >= 8 && word.bytes().all(|byte| byte.is_ascii_digit() || b"-:.TZ,".contains(&byte));
        // An id that is made of a time.
        let is_id = word.len() == 36 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        // An id of a silence, which has no vowels.
        let is_short_id = word.len() == 5 && word.bytes().all(|byte| b"23456789bcdfghjkmnpqrstvwxyz".contains(&byte));
        if is_id || is_short_id {
            return "an id".to_owned();
        }
        if is_time { word.replace(|digit: char| digit.is_ascii_digit(), "0") } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

/// Asserts that `output` holds the pieces of a sample in their order.
#[track_caller]
fn assert_shows(sample: &str, output: &str) {
    let output: Vec<String> = output.lines().map(timeless).collect();
    let mut rest = &output[..];
    for piece in sample.split("…\n") {
        let lines: Vec<String> = piece.trim_matches('\n').lines().map(timeless).collect();
        let found = rest.windows(lines.len()).position(|window| window == lines);
        let found =
            found.unwrap_or_else(|| panic!("this is not printed, or not there:\n{piece}\nbut:\n{}", rest.join("\n")));
        rest = &rest[found + lines.len()..];
    }
}

/// Runs a command of the tool where the demo's database is.
fn run(folder: &Path, command: &str) -> Output {
    let command = command.replace("aws-dx-monitor", concat!("'", env!("CARGO_BIN_EXE_aws-dx-monitor"), "'"));
    Command::new("/bin/bash").args(["-c", &command]).current_dir(folder).env_clear().output().unwrap()
}

#[test]
fn the_samples_of_the_demo_are_what_it_prints() {
    let folder = tempfile::tempdir().unwrap();
    let demo = String::from_utf8(run(folder.path(), "aws-dx-monitor demo").stdout).unwrap();
    assert_shows(&block("README.md", "Two commands", "text"), &demo);
    assert_shows(&block("src/guide/demo.md", "demo", "text"), &demo);

    let mut commands = 0;
    for (path, heading) in
        [("src/guide/demo.md", "demo"), ("src/guide/tool.md", "Commands"), ("src/guide/planned.md", "Silences")]
    {
        let page = Page::read(path);
        for sample in blocks(page.section(heading), "text") {
            let Some((command, shown)) = sample.strip_prefix("$ ").and_then(|sample| sample.split_once('\n')) else {
                continue;
            };
            assert_shows(shown, &String::from_utf8(run(folder.path(), command).stdout).unwrap());
            commands += 1;
        }
    }
    assert_eq!(commands, 5);
}

#[test]
fn a_sample_that_is_not_printed_is_found() {
    let output = "a 10:00:00 down\nb\n\nc 2 of 2026-11-28\n";
    for sample in ["a 11:11:11 down\n…\nc 2 of 2027-01-01", "b\n\nc 2 of 2026-11-28"] {
        assert_shows(sample, output);
    }
    for sample in ["a 10:00:00 up", "c 3 of 2026-11-28", "b\n…\na 10:00:00 down", "a 10:00:00 down\nc 2 of 2026-11-28"]
    {
        let shown = std::panic::catch_unwind(|| assert_shows(sample, output));
        assert!(shown.is_err(), "{sample}");
    }
}
