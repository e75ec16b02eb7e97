//! What the reading commands have in common in what they write: its forms, and how durations are said.

use std::{
    io::{self, Write},
    time::Duration,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::escape;

/// In which form a command writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
    /// For spreadsheets: times in UTC
    Csv,
}

/// How long a state stays true while nobody looks.
#[derive(Clone, Copy, Debug, Args)]
pub struct Freshness {
    /// Without a complete listing for longer than this, a kind is unmonitored: what is said of it is stale
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    unmonitored_after: u64,
}

impl Freshness {
    /// The longest time without a complete listing that is tolerated.
    pub fn tolerated(self) -> Duration {
        Duration::from_secs(self.unmonitored_after)
    }
}

/// Writes a document as JSON: for programs, and yet inert on the terminal where somebody looks at it first.
pub fn write_json(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(document)?))
}

/// A JSON array that is written element by element, however many there are. Looks as [`write_json`] writes one.
#[derive(Debug, Default)]
pub struct JsonArray {
    has_elements: bool,
}

impl JsonArray {
    /// Writes one more element.
    pub fn element(&mut self, out: &mut impl Write, element: &impl Serialize) -> io::Result<()> {
        let element = escape::json(&serde_json::to_string_pretty(element)?);
        out.write_all(if self.has_elements { b",\n" } else { b"[\n" })?;
        self.has_elements = true;
        // A string holds no line break: each of these is the form's own.
        for (number, line) in element.lines().enumerate() {
            if number > 0 {
                out.write_all(b"\n")?;
            }
            write!(out, "  {line}")?;
        }
        Ok(())
    }

    /// Writes what comes after the last.
    pub fn finish(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if self.has_elements { b"\n]\n" } else { b"[]\n" })
    }
}

/// A duration as people say it, in its two largest units.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) if seconds.is_multiple_of(60) => format!("{minutes}m"),
        (0, 0, _) => format!("{minutes}m {}s", seconds % 60),
        (0, _, 0) => format!("{hours}h"),
        (0, ..) => format!("{hours}h {minutes}m"),
        (_, 0, _) => format!("{days}d"),
        _ => format!("{days}d {hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_array_written_piece_by_piece_looks_as_one_written_at_once() {
        let elements = [json!({"a": [1, {}], "b": "line\nbreak"}), json!({}), json!("\u{202e}"), Value::Null];
        for count in 0..=elements.len() {
            let (mut whole, mut pieces, mut array) = (Vec::new(), Vec::new(), JsonArray::default());
            write_json(&mut whole, &elements[..count].to_vec()).unwrap();
            elements[..count].iter().for_each(|element| array.element(&mut pieces, element).unwrap());
            array.finish(&mut pieces).unwrap();
            assert_eq!(String::from_utf8(pieces).unwrap(), String::from_utf8(whole).unwrap());
        }
    }

    #[test]
    fn durations_are_told_in_their_two_largest_units() {
        let told: Vec<String> = [0, 59, 60, 61, 3600, 3660, 86_399, 86_400, 90_000, 31_536_000]
            .map(|seconds| duration(Duration::from_secs(seconds)))
            .into();
        assert_eq!(told, ["0s", "59s", "1m", "1m 1s", "1h", "1h 1m", "23h 59m", "1d", "1d 1h", "365d"]);
    }
}
