//! Collects the outages of an item or a group. All with monitored time are counted; the others are listed all the same,
//! since they are recorded. Of very many only the longest are kept.

use super::{
    condition::Condition,
    document::{Outage, Part},
    window::Window,
};
use crate::domain::{Span, Timestamp};

/// How many outages are kept in the end. Up to twice as many are held meanwhile.
const MAXIMUM: usize = 1_000;

/// The evidence for the beginning or the end of an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The id of the event.
    pub id: Option<uuid::Uuid>,
    /// The last complete observation before.
    pub last_seen_at: Timestamp,
}

/// The outages so far.
#[derive(Clone, Debug)]
pub struct Outages {
    window_from: Timestamp,
    window_to: Timestamp,
    open: Option<Outage>,
    kept: Vec<Outage>,
    /// The totals of all of them, kept or not.
    pub totals: OutageTotals,
}

/// The totals of outages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutageTotals {
    /// How many there are.
    pub count: u64,
    /// The counted milliseconds of the longest.
    pub longest: u64,
    /// How many began within the window.
    pub began: u64,
    /// How many ended within the window.
    pub ended: u64,
    /// The counted milliseconds of those that ended within the window.
    pub ended_milliseconds: u64,
    /// How many there are besides of which nothing counts, because they were unmonitored in all of the window.
    pub not_counted: u64,
    /// How many there are besides of which nothing counts, because planned time is left out.
    pub planned: u64,
}

impl OutageTotals {
    /// Adds an outage.
    pub fn add(&mut self, outage: &Outage) {
        match (outage.counted_milliseconds, outage.planned_milliseconds) {
            (0, 0) => self.not_counted += 1,
            (0, _) => self.planned += 1,
            (counted, _) => {
                self.count += 1;
                self.longest = self.longest.max(counted);
                self.began += u64::from(!outage.begins_before);
                self.ended += u64::from(!outage.goes_on);
                self.ended_milliseconds += if outage.goes_on { 0 } else { counted };
            }
        }
    }

    /// An outage with counted time has changed: `after` is what `before` has become. The longest is not looked for.
    pub fn change(&mut self, before: &Outage, after: &Outage) {
        self.count -= 1;
        self.began -= u64::from(!before.begins_before);
        self.ended -= u64::from(!before.goes_on);
        self.ended_milliseconds -= if before.goes_on { 0 } else { before.counted_milliseconds };
        self.add(after);
    }
}

impl Outages {
    /// No outages yet.
    pub fn new(window: &Window) -> Outages {
        Outages {
            window_from: window.from,
            window_to: window.to,
            open: None,
            kept: Vec::new(),
            totals: OutageTotals::default(),
        }
    }

    /// Begins an outage, unless one is open. Returns the open one.
    pub fn begin(&mut self, at: Timestamp, evidence: Option<Evidence>, state: Option<&str>) -> &mut Outage {
        let begins_before = at < self.window_from;
        self.open.get_or_insert_with(|| Outage {
            started_at: at,
            started_after: evidence.map(|evidence| evidence.last_seen_at),
            ended_at: None,
            ended_after: None,
            counted_milliseconds: 0,
            planned_milliseconds: 0,
            unplanned_milliseconds: 0,
            unmonitored_milliseconds: 0,
            begins_before,
            goes_on: false,
            state: state.map(str::to_owned),
            start_event_id: evidence.and_then(|evidence| evidence.id),
            end_event_id: None,
            incident_id: None,
            group_id: None,
            windows: Vec::new(),
            parts: Vec::new(),
            plans: Vec::new(),
        })
    }

    /// The open outage belongs to the incident `group`, if that is known. What is recorded later counts: an incident may
    /// have become part of another.
    pub fn join(&mut self, group: Option<uuid::Uuid>) {
        if let Some(open) = &mut self.open {
            open.group_id = group.or(open.group_id);
        }
    }

    /// Adds time in a condition that counts to the open outage.
    pub fn count(&mut self, span: Span, condition: Condition) {
        let Some(open) = &mut self.open else { return };
        open.counted_milliseconds += span.milliseconds();
        if condition == Condition::Planned {
            open.planned_milliseconds += span.milliseconds();
            return;
        }
        open.unplanned_milliseconds += span.milliseconds();
        match open.parts.last_mut() {
            Some(last) if last.condition == condition && last.span.until == span.from => last.span.until = span.until,
            _ => open.parts.push(Part { span, condition }),
        }
    }

    /// Adds planned time, which is left out, to the open outage.
    pub fn leave_out(&mut self, span: Span) {
        if let Some(open) = &mut self.open {
            open.planned_milliseconds += span.milliseconds();
        }
    }

    /// Adds unmonitored time, which does not count, to the open outage.
    pub fn pass_unmonitored(&mut self, span: Span) {
        if let Some(open) = &mut self.open {
            open.unmonitored_milliseconds += span.milliseconds();
        }
    }

    /// Ends the open outage, if there is one.
    pub fn end(&mut self, at: Timestamp, evidence: Option<Evidence>) {
        if let Some(mut outage) = self.open.take() {
            outage.ended_at = Some(at);
            outage.ended_after = evidence.map(|evidence| evidence.last_seen_at);
            outage.end_event_id = evidence.and_then(|evidence| evidence.id);
            outage.goes_on = at > self.window_to;
            self.keep(outage);
        }
    }

    /// The outages and their totals. An open outage was last seen at `last_seen_at`.
    pub fn finish(mut self, last_seen_at: Option<Timestamp>) -> (Vec<Outage>, OutageTotals) {
        if let Some(mut outage) = self.open.take() {
            outage.goes_on = true;
            outage.ended_after = last_seen_at.filter(|seen| *seen >= outage.started_at);
            self.keep(outage);
        }
        self.keep_the_longest();
        (self.kept, self.totals)
    }

    fn keep(&mut self, outage: Outage) {
        let Outage { counted_milliseconds, planned_milliseconds, unmonitored_milliseconds, .. } = outage;
        if counted_milliseconds + planned_milliseconds + unmonitored_milliseconds == 0 {
            // An outage without time in the window does not belong to it.
            return;
        }
        // It is recorded, so it is listed, although its length may be unknown.
        self.totals.add(&outage);
        self.kept.push(outage);
        if self.kept.len() >= 2 * MAXIMUM {
            self.keep_the_longest();
        }
    }

    fn keep_the_longest(&mut self) {
        if self.kept.len() > MAXIMUM {
            // The sort is stable: of equally long outages, the earlier are kept.
            self.kept.sort_by_key(|outage| std::cmp::Reverse(outage.counted_milliseconds));
            self.kept.truncate(MAXIMUM);
            self.kept.sort_by_key(|outage| outage.started_at);
        }
    }
}
