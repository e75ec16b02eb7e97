//! The body for people: plain, short, and enough to act on at three in the morning.

use std::fmt;

use super::phrases;
use crate::{
    domain::{RecordedEvent, RecordedItem},
    escape, words,
};

/// The longest name or other free text, in columns.
pub(super) const MAXIMUM_VALUE: usize = 120;
/// The longest state word.
pub(super) const MAXIMUM_WORD: usize = 40;
/// The longest id. Ids have at most 512 bytes, but escaped characters take more room.
pub(super) const MAXIMUM_ID: usize = 600;
/// The column at which values begin, unless their label is longer.
const COLUMN: usize = 13;

/// What every letter of a drill begins with.
pub(super) const DRILL: &str = "*** DRILL *** This is a rehearsal: nothing has changed, and there is nothing to do.";

/// Free text, made inert and cut to `width`, as a piece of a line.
pub(super) fn inert(text: &str, width: usize) -> String {
    escape::truncate(&escape::line(text), width)
}

/// The text for people that announces a transition, in its parts. An e-mail shows all of them, a terminal some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Paragraphs of lines: what happened, and what to check first.
    pub opening: Vec<Vec<String>>,
    /// The facts: states, times, ids.
    pub facts: Vec<Fact>,
    /// Paragraphs of lines: what else to know or do.
    pub closing: Vec<Vec<String>>,
}

/// A line of a letter: a label and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The label, such as `Since`.
    pub label: &'static str,
    /// The value.
    pub value: String,
}

impl Letter {
    /// The letter that announces `event`.
    pub(super) fn of(event: RecordedEvent<'_>) -> Letter {
        let mut opening = Vec::new();
        if event.is_drill() {
            opening.push(vec![DRILL.to_owned()]);
        }
        let what_happened = format!("{} {}", title(event.item()), phrases::predicate(event));
        let first_check = phrases::first_check(event).map(str::to_owned);
        opening.push([Some(what_happened), first_check].into_iter().flatten().collect());
        let mut closing = Vec::new();
        // A drill is in no table.
        if let Some(command) = phrases::history_command(event.item()).filter(|_| !event.is_drill()) {
            closing.push(vec!["Its history:".to_owned(), format!("  {command}")]);
        }
        if event.is_minimal() {
            let short = "This is the short form: the full event was refused. The history has all of it.";
            closing.push(vec![short.to_owned()]);
        }
        let facts = states(event).into_iter().chain(what(event));
        Letter { opening, facts: facts.map(|(label, value)| Fact { label, value }).collect(), closing }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:COLUMN$} {}", format!("{}:", self.label), self.value)
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for paragraph in &self.opening {
            writeln!(formatter, "{}\n", paragraph.join("\n"))?;
        }
        self.facts.iter().try_for_each(|fact| writeln!(formatter, "{fact}"))?;
        self.closing.iter().try_for_each(|paragraph| writeln!(formatter, "\n{}", paragraph.join("\n")))
    }
}

/// `Virtual interface dxvif-ffabc123 (prod-private)`.
fn title(item: RecordedItem<'_>) -> String {
    let kind = inert(phrases::kind(item), MAXIMUM_VALUE);
    let id = inert(item.id(), MAXIMUM_ID);
    let name = inert(item.name().unwrap_or_default(), MAXIMUM_VALUE);
    let name = if name.is_empty() { name } else { format!(" ({name})") };
    let mut letters = kind.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} {id}{name}", letters.as_str())
}

/// The states before and after, and what is known of when it happened.
fn states(event: RecordedEvent<'_>) -> Vec<(&'static str, String)> {
    let word = |value: &str| inert(value, MAXIMUM_WORD);
    let state = event.state();
    let (was, is) = phrases::step(event);
    let is = format!("{} ({})", word(is), phrases::meaning(state));
    let since = state.since().map(words::instant);
    let Some(previous) = phrases::left_state(event) else {
        return [Some(("State", is)), since.map(|since| ("First seen", since))].into_iter().flatten().collect();
    };
    let was = word(was.unwrap_or_default());
    let mut states = vec![("State", format!("{was} -> {is}"))];
    states.extend(since.map(|since| ("Since", since)));
    if let (Some(since), Some(last_seen_at)) = (state.since(), previous.last_seen_at()) {
        let (last_seen, within) = (words::instant(last_seen_at), words::duration_in_words(since.since(last_seen_at)));
        let known = format!("when it was last seen {was} (known to within {within})");
        states.push(("Happened", format!("after {last_seen}, {known}")));
    }
    if let (Some(lasted), Some(since)) = (event.previous_duration(), previous.since()) {
        let (lasted, since) = (words::duration_in_words(lasted), words::instant(since));
        states.push(("Before", format!("{was} for {lasted}, since {since}")));
    }
    states
}

/// The item, where it is, and the ids of incident and event.
fn what(event: RecordedEvent<'_>) -> Vec<(&'static str, String)> {
    let word = |value: &str| inert(value, MAXIMUM_WORD);
    let item = event.item();
    let mut what = vec![
        ("Severity", format!("{} ({})", word(event.severity_word()), word(event.change_word()))),
        ("Item", format!("{} {}", word(item.kind_word()), inert(item.id(), MAXIMUM_ID))),
    ];
    what.extend(phrases::whereabouts(item).into_iter().map(|(label, value)| (label, inert(&value, MAXIMUM_VALUE))));
    if let Some(incident_id) = event.incident_id() {
        let over = if phrases::ends_outage(event) { " (ended)" } else { "" };
        what.push(("Incident", format!("{}{over}", inert(incident_id, MAXIMUM_VALUE))));
    }
    let id = inert(event.id().unwrap_or_default(), MAXIMUM_VALUE);
    what.push(match event.sequence() {
        // A drill's sequence is a time, not a count.
        Some(sequence) if !event.is_drill() => ("Event", format!("{id} (transition {sequence} of this item)")),
        _ => ("Event", id),
    });
    what
}
