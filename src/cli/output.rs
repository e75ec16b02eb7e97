//! The output formats that the reading commands share.

use std::{
    io::{self, Write},
    time::Duration,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{domain::defaults, escape};

/// The output format of a reading command.
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

/// The output format of a reading command that can make a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
    /// For spreadsheets: times in UTC
    Csv,
    /// One self-contained page, for a wall or a phone
    Html,
}

/// How old the last complete listing may be.
#[derive(Clone, Copy, Debug, Args)]
pub struct Freshness {
    /// How long a kind may be without a complete listing; after that it is unmonitored, and its states are stale
    #[arg(long, value_name = "SECONDS", default_value_t = defaults::UNMONITORED_AFTER_SECONDS)]
    unmonitored_after: u64,
}

impl Freshness {
    /// The longest time that a kind may be without a complete listing.
    pub fn tolerated(self) -> Duration {
        Duration::from_secs(self.unmonitored_after)
    }
}

/// Writes a document as JSON for programs. It is inert on a terminal too.
pub fn write_json(out: &mut impl Write, document: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", escape::json(&serde_json::to_string_pretty(document)?))
}

/// A JSON array that is streamed, element by element, in the layout of [`write_json`].
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
        // JSON strings hold no line breaks, so each of these is part of the layout.
        for (number, line) in element.lines().enumerate() {
            if number > 0 {
                out.write_all(b"\n")?;
            }
            write!(out, "  {line}")?;
        }
        Ok(())
    }

    /// Writes the end of the array.
    pub fn finish(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(if self.has_elements { b"\n]\n" } else { b"[]\n" })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_streamed_array_has_the_layout_of_one_written_at_once() {
        let elements = [json!({"a": [1, {}], "b": "line\nbreak"}), json!({}), json!("\u{202e}"), Value::Null];
        for count in 0..=elements.len() {
            let (mut whole, mut pieces, mut array) = (Vec::new(), Vec::new(), JsonArray::default());
            write_json(&mut whole, &elements[..count].to_vec()).unwrap();
            elements[..count].iter().for_each(|element| array.element(&mut pieces, element).unwrap());
            array.finish(&mut pieces).unwrap();
            assert_eq!(String::from_utf8(pieces).unwrap(), String::from_utf8(whole).unwrap());
        }
    }
}
