//! Output to a terminal: colours by health, tables, errors and notes. Colour is never the only sign. The streams remove it
//! where it does not belong (pipes, `NO_COLOR`).

use std::io::{self, IsTerminal, Write, stdout};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

pub use crate::words::sign;
use crate::{domain::Health, escape};

/// Writes an error to standard error.
pub fn complain(message: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    // If the error cannot be written, the exit code still reports it.
    let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {message}");
}

/// Writes a note to standard error, beside the output of a command.
pub fn remark(message: &str) {
    let style = Style::new().fg_color(Some(AnsiColor::Yellow.into()));
    // A note that cannot be written is no failure.
    let _ = writeln!(anstream::stderr(), "{style}note:{style:#} {message}");
}

/// The widest text in a cell of a table. Ids are never cut, so that they can be copied.
const MAXIMUM_TEXT_WIDTH: usize = 64;

/// Text from AWS for a cell: inert, and cut if it is too wide.
pub fn text(text: &str) -> String {
    escape::truncate(&escape::terminal(text), MAXIMUM_TEXT_WIDTH)
}

/// Whether standard output is a terminal.
pub fn is_watched() -> bool {
    stdout().is_terminal()
}

/// The width of the terminal on standard output; `None` if there is none or its width is not known.
fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// The style of a health.
pub fn of_health(health: Health) -> Style {
    let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
    match health {
        Health::Up => colour(AnsiColor::Green),
        Health::Down => colour(AnsiColor::Red).bold(),
        Health::Unknown => colour(AnsiColor::Yellow),
        Health::Testing => colour(AnsiColor::Cyan),
        Health::Pending => colour(AnsiColor::Blue),
        Health::Removed => Style::new().dimmed(),
    }
}

/// A cell of a table: its text, which must be inert, and the health whose colour it has.
#[derive(Debug)]
pub struct Cell {
    text: String,
    health: Option<Health>,
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Cell {
        Cell { text: text.to_string(), health: None }
    }
}

/// A cell in the colour of a health.
pub fn cell(text: impl ToString, health: Health) -> Cell {
    Cell { text: text.to_string(), health: Some(health) }
}

/// A table without rules. If it is wider than the terminal, each row is wrapped between cells and never within one, so
/// that an id can still be copied.
pub struct Table<'a, const COLUMNS: usize> {
    header: [&'a str; COLUMNS],
    rows: Vec<[Cell; COLUMNS]>,
}

impl<'a, const COLUMNS: usize> Table<'a, COLUMNS> {
    /// A table without rows.
    pub fn new(header: [&'a str; COLUMNS]) -> Table<'a, COLUMNS> {
        Table { header, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn add_row(&mut self, row: [Cell; COLUMNS]) {
        self.rows.push(row);
    }

    /// Writes the table for the terminal's present width, or for a pipe without one.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_within(out, width())
    }

    fn write_within(&self, out: &mut impl Write, width: Option<usize>) -> io::Result<()> {
        match width {
            Some(width) if width < self.natural_width() => self.write_flowing(out, width),
            _ => self.write_aligned(out),
        }
    }

    fn widths(&self) -> [usize; COLUMNS] {
        std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| row[column].text.width());
            cells.chain([self.header[column].width()]).max().unwrap_or(0)
        })
    }

    fn natural_width(&self) -> usize {
        self.widths().iter().map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
    }

    fn write_aligned(&self, out: &mut impl Write) -> io::Result<()> {
        let widths = self.widths();
        let header: [Cell; COLUMNS] = self.header.map(Cell::from);
        for row in std::iter::once(&header).chain(&self.rows) {
            // No padding behind the last cell of a line.
            let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
            for (column, cell) in row.iter().enumerate().take(last + 1) {
                write_cell(out, cell)?;
                if column < last {
                    write!(out, "{:1$}", "", widths[column] - cell.text.width() + GAP)?;
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_flowing(&self, out: &mut impl Write, width: usize) -> io::Result<()> {
        for row in &self.rows {
            let mut at = 0;
            for cell in row.iter().filter(|cell| !cell.text.is_empty()) {
                if at > 0 && at + GAP + cell.text.width() > width {
                    write!(out, "\n{:INDENT$}", "")?;
                    at = INDENT;
                } else if at > 0 {
                    write!(out, "{:GAP$}", "")?;
                    at += GAP;
                }
                write_cell(out, cell)?;
                at += cell.text.width();
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

/// The blanks between two cells.
const GAP: usize = 2;
/// The indent of a wrapped line.
const INDENT: usize = 4;

fn write_cell(out: &mut impl Write, cell: &Cell) -> io::Result<()> {
    match cell.health {
        Some(health) => {
            let style = of_health(health);
            write!(out, "{style}{}{style:#}", cell.text)
        }
        None => write!(out, "{}", cell.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(width: Option<usize>) -> String {
        let mut table = Table::new(["", "ID", "NAME", "STATE"]);
        table.add_row(["+".into(), "dxcon-fg5678gh".into(), "東京".into(), "available".into()]);
        table.add_row(["!".into(), "dxcon-1".into(), "".into(), cell("down", Health::Down)]);
        let mut out = anstream::StripStream::new(Vec::new());
        table.write_within(&mut out, width).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn columns_are_aligned_by_display_width() {
        insta::assert_snapshot!(written(None), @"
           ID              NAME  STATE
        +  dxcon-fg5678gh  東京  available
        !  dxcon-1               down
        ");
        assert_eq!(written(Some(80)), written(None));
    }

    #[test]
    fn in_a_narrow_terminal_rows_are_wrapped_between_cells() {
        insta::assert_snapshot!(written(Some(24)), @"
        +  dxcon-fg5678gh  東京
            available
        !  dxcon-1  down
        ");
    }
}
