//! Draws the view: a pure function from the board, the time and the size to a buffer.
//!
//! From the top: what is watched, and the last poll; the problems; the open incidents and the items, worst first; the
//! changes, newest last. What does not fit is counted.

use std::time::Duration;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use super::{
    super::change::ChangeView,
    board::{Board, Entry},
    columns::{self, Column},
};
use crate::{
    domain::{Health, Timestamp},
    escape, terminal, words,
};

/// How many problems are shown; the others are counted.
const PROBLEMS: usize = 3;
/// One open incident, in one line or two, is shown for so many lines of the picture, and not more than the most; the others
/// are counted.
const LINES_PER_INCIDENT: usize = 8;
const INCIDENTS: usize = 8;
/// The lines reserved for changes, if there are so many.
const LEAST_ENTRIES: usize = 4;
/// The items that are shown before changes get more lines.
const LEAST_ITEMS: usize = 5;

/// The styles to draw with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    /// Without colours, signs and bold type carry the same meaning.
    pub(super) coloured: bool,
}

impl Palette {
    fn of_health(self, health: Health) -> Style {
        let known = terminal::of_health(health);
        let mut style = Style::new();
        if let Some(anstyle::Color::Ansi(colour)) = known.get_fg_color().filter(|_| self.coloured) {
            style = style.fg(Color::Indexed(anstyle::Ansi256Color::from(colour).index()));
        }
        for (effect, modifier) in [(anstyle::Effects::BOLD, Modifier::BOLD), (anstyle::Effects::DIMMED, Modifier::DIM)]
        {
            if known.get_effects().contains(effect) {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);

/// The board at an instant, on an area of the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture<'a> {
    pub(super) board: &'a Board,
    pub(super) now: Timestamp,
    pub(super) palette: Palette,
    pub(super) area: Rect,
}

impl Picture<'_> {
    /// Draws the picture into `buffer`.
    pub(super) fn draw(self, buffer: &mut Buffer) {
        let mut lines = self.header();
        let (items, entries) = share(self.board, lines.len(), self.area);
        lines.extend(self.item_lines(items));
        lines.extend(self.entry_lines(entries));
        for (y, line) in (self.area.top()..self.area.bottom()).zip(&lines) {
            buffer.set_line(self.area.left(), y, line, self.area.width);
        }
    }

    /// The furthest that the items can be scrolled: the last item is then on the last line.
    pub(super) fn last_offset(self) -> usize {
        let (items, _) = share(self.board, self.header().len(), self.area);
        let rows = self.board.status.rows.len();
        rows - shown(rows, items.saturating_sub(1))
    }

    fn width(self) -> usize {
        usize::from(self.area.width)
    }

    fn header(self) -> Vec<Line<'static>> {
        let Picture { board, now, .. } = self;
        let width = self.width();
        let watched = &board.watched;
        let regions = watched.regions.join(", ");
        let title = format!("Direct Connect of {} in {regions}", watched.account);
        let clock = format!("{} UTC", words::clock(now));
        let room = width.saturating_sub(clock.width() + 2);
        let title = escape::truncate(&escape::terminal(&title), room);
        let blank = width.saturating_sub(title.width() + clock.width());
        let mut lines =
            vec![Line::from(vec![Span::styled(title, BOLD), Span::raw(" ".repeat(blank)), Span::raw(clock)])];
        lines.push(Line::raw(escape::truncate(&self.poll_line(), width)));
        lines.push(self.counts());
        let problems = &board.status.problems;
        let style = self.palette.of_health(Health::Unknown);
        for problem in problems.iter().take(PROBLEMS) {
            let text = format!("? since {} {}", columns::since(problem.since, now), problem.text);
            lines.push(Line::styled(escape::truncate(&text, width), style));
        }
        if problems.len() > PROBLEMS {
            lines.push(Line::styled(format!("? and {} more problems", problems.len() - PROBLEMS), style));
        }
        lines.extend(self.incident_lines());
        lines
    }

    /// The open incidents, as their last documents say them.
    fn incident_lines(self) -> Vec<Line<'static>> {
        let Picture { board, now, palette, area } = self;
        let incidents = &board.status.incidents;
        let most = (usize::from(area.height) / LINES_PER_INCIDENT).clamp(1, INCIDENTS);
        let mut lines = Vec::new();
        for incident in incidents.iter().take(most) {
            let (sign, since) = (terminal::sign(incident.health), columns::since(incident.since, now));
            let before = format!("{sign} since {since} ");
            let style = palette.of_health(incident.health);
            let shown = in_two_lines(&before, &incident.headline, self.width());
            lines.extend(shown.into_iter().map(|line| Line::styled(line, style)));
        }
        if incidents.len() > most {
            let more = words::counted((incidents.len() - most) as u64, "more open incident", "more open incidents");
            lines.push(Line::styled(format!("  and {more}"), DIM));
        }
        lines
    }

    fn poll_line(self) -> String {
        let Picture { board, now, .. } = self;
        let status = &board.status;
        let ago = |at: Timestamp| words::duration(now.since(at));
        let last = match status.polled_at {
            Some(at) => format!("last poll {} ago", ago(at)),
            None => "no poll yet".to_owned(),
        };
        let next = match (status.polling_since, status.next_at) {
            (Some(since), _) => format!("polling for {}", ago(since)),
            (None, Some(next)) => {
                // Rounded up, so that the countdown is at zero when the poll begins.
                let left =
                    Duration::from_secs(next.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX));
                format!("next in {}", words::duration(left))
            }
            (None, None) => "starting".to_owned(),
        };
        format!("{last}, {next}, every {}; q ends it", words::duration(board.watched.every))
    }

    /// How many items there are of each health, and how many problems.
    fn counts(self) -> Line<'static> {
        let Picture { board, palette, .. } = self;
        let rows = &board.status.rows;
        let mut spans = vec![Span::raw(format!("{} items", rows.len()))];
        let mut separator = ": ";
        for health in Health::BY_URGENCY {
            let count = rows.iter().filter(|row| row.health == health).count();
            if count > 0 {
                spans.push(Span::raw(separator));
                spans.push(Span::styled(
                    format!("{} {count} {health}", terminal::sign(health)),
                    palette.of_health(health),
                ));
                separator = ", ";
            }
        }
        match (board.status.problems.len(), board.status.polled_at) {
            (_, None) => {}
            (0, Some(_)) => spans.push(Span::raw("; everything was listed")),
            (count, Some(_)) => {
                let text = format!("; ? {}", words::counted(count as u64, "problem", "problems"));
                spans.push(Span::styled(text, palette.of_health(Health::Unknown)));
            }
        }
        Line::from(spans)
    }

    fn item_lines(self, height: usize) -> Vec<Line<'static>> {
        let Picture { board, now, palette, .. } = self;
        let rows = &board.status.rows;
        if height == 0 {
            return Vec::new();
        }
        let body = height - 1;
        let shown = shown(rows.len(), body);
        let offset = board.offset.min(rows.len() - shown);
        let end = offset + shown;
        let visible = &rows[offset..end];
        let fitting = columns::fitting(visible, now, self.width().saturating_sub(2));

        let heading = fitting.iter().map(|(column, width)| columns::cell(Column::Name, column.heading(), *width));
        let mut lines = vec![Line::styled(format!("  {}", heading.collect::<Vec<_>>().join("  ")), DIM)];
        for row in visible {
            let style = palette.of_health(row.health);
            let mut spans = vec![Span::styled(format!("{} ", terminal::sign(row.health)), style)];
            for (position, (column, width)) in fitting.iter().enumerate() {
                if position > 0 {
                    spans.push(Span::raw("  "));
                }
                let text = columns::cell(*column, &column.text(row, now), *width);
                // The whole line of an item that is not up stands out.
                let is_plain = row.health == Health::Up && *column != Column::State;
                spans.push(if is_plain { Span::raw(text) } else { Span::styled(text, style) });
            }
            lines.push(Line::from(spans));
        }
        let (above, below) = (offset, rows.len() - end);
        if above + below > 0 && body > 0 {
            let above = if above == 0 { String::new() } else { format!("{above} above, ") };
            lines.push(Line::styled(format!("  … not shown: {above}{below} below (arrows, page keys)"), DIM));
        }
        lines
    }

    fn entry_lines(self, height: usize) -> Vec<Line<'static>> {
        let Picture { board, now, palette, .. } = self;
        let width = self.width();
        if height < 2 {
            return Vec::new();
        }
        let rule = "─".repeat(width.saturating_sub(" changes ".width() + 2));
        let mut lines = vec![Line::styled(format!("── changes {rule}"), DIM)];
        if board.entries.is_empty() {
            lines.push(Line::styled("  none in the last 24 hours", DIM));
        }
        let first = board.entries.len().saturating_sub(height - 1);
        for entry in board.entries.range(first..) {
            let (health, text) = match entry {
                Entry::Note { at, health, text } => {
                    (*health, format!("{} {} {text}", columns::since(*at, now), terminal::sign(*health)))
                }
                Entry::Change(ChangeView::Incident(incident)) => {
                    let (time, sign) = (columns::since(incident.at, now), terminal::sign(incident.health));
                    (incident.health, format!("{time} {sign} {}", incident.headline))
                }
                Entry::Change(ChangeView::Transition(change)) => {
                    let after =
                        change.after.map(|after| format!(" after {}", words::duration(after))).unwrap_or_default();
                    let name = if change.name.is_empty() { String::new() } else { format!(" ({})", change.name) };
                    let (time, sign) = (columns::since(change.at, now), terminal::sign(change.health));
                    let before = format!("{time} {sign} {} ", change.kind);
                    let behind = format!(" {}{after}", change.step());
                    // The name and the middle of the id may be cut, but never the change itself.
                    let room = width.saturating_sub(before.width() + behind.width()).max(15);
                    (change.health, format!("{before}{}{behind}{name}", words::elided(&change.item, room, "…")))
                }
            };
            lines.push(Line::styled(escape::truncate(&text, width), palette.of_health(health)));
        }
        lines
    }
}

/// `text` behind `before`, and on a second line what does not fit on the first.
fn in_two_lines(before: &str, text: &str, width: usize) -> Vec<String> {
    let room = width.saturating_sub(before.width());
    let mut breaks = text.match_indices(' ').map(|(at, _)| at).filter(|at| text[..*at].width() <= room);
    match breaks.next_back().filter(|_| text.width() > room) {
        Some(at) => {
            let second = format!("    {}", text[at..].trim_start());
            vec![format!("{before}{}", &text[..at]), escape::truncate(&second, width)]
        }
        None => vec![escape::truncate(&format!("{before}{text}"), width)],
    }
}

/// How many lines items and changes get below a header of `header` lines, their own headings included. Neither leaves
/// lines blank that the other could use.
fn share(board: &Board, header: usize, area: Rect) -> (usize, usize) {
    let height = usize::from(area.height).saturating_sub(header);
    // Each has a heading.
    let (items, entries) = (board.status.rows.len() + 1, board.entries.len().max(1) + 1);
    if items + entries <= height {
        return (items, height - items);
    }
    let for_entries = (height / 3).max(LEAST_ENTRIES + 1).max(height.saturating_sub(items)).min(entries);
    let for_entries = for_entries.min(height.saturating_sub(LEAST_ITEMS + 1));
    (height - for_entries, for_entries)
}

/// How many of `rows` items are shown in `height` lines. Where not all fit, one line counts the others.
fn shown(rows: usize, height: usize) -> usize {
    if rows > height { height.saturating_sub(1) } else { rows }
}

#[cfg(test)]
mod tests;
