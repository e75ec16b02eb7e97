//! Separates the planned part of an item's outages from the rest.
//!
//! Only what is within a window is planned, to the millisecond: what came before it and what overran it is not. Windows that
//! overlap count once.

use std::collections::{BTreeMap, HashMap};

use super::{
    basis::Basis,
    condition::{Condition, Exclusions, Weight},
    course::{Course, Step},
    document::{Outage, ReportItem, Stretch},
    pieces::Spans,
    planned_time::{PlannedTime, Verdict},
    window::Window,
};
use crate::domain::{ItemPath, Plans, Span, Topology, Window as PlannedWindow, WindowRows};

/// Adds the windows of each account that are about an item with an outage, or about what carries it.
pub(super) fn take_in(items: &mut [ReportItem], rows: &BTreeMap<String, WindowRows>) {
    let plans: BTreeMap<&str, Plans> = rows.iter().map(|(account, rows)| (&**account, Plans::of(rows))).collect();
    let topology = Topology::of(items.iter().map(|entry| &*entry.item));
    let path = |entry: &ReportItem| ItemPath::new(entry.item.scope(), entry.item.key());
    let places: HashMap<ItemPath, usize> =
        items.iter().enumerate().map(|(place, entry)| (path(entry), place)).collect();
    for place in 0..items.len() {
        let Some(plans) = plans.get(&*items[place].item.account).filter(|_| !items[place].outages.is_empty()) else {
            continue;
        };
        let carriers = carriers(items, &topology, &places, place);
        let is_about =
            |window: &&PlannedWindow| carriers.iter().any(|carrier| window.matcher.matches(&items[*carrier].item));
        let times: Vec<PlannedTime> = plans.windows.iter().filter(is_about).map(PlannedTime::of_window).collect();
        let announced: HashMap<_, _> =
            plans.windows.iter().map(|window| ((&*window.id, window.from), window.announced_at)).collect();
        for outage in &mut items[place].outages {
            // The documents of older versions do not say when it was announced.
            for known in outage.plans.iter_mut().filter(|known| known.announced_at.is_none()) {
                known.announced_at = announced.get(&(&*known.id, known.from)).copied().flatten();
            }
            let is_new = |time: &&PlannedTime| !outage.plans.contains(time);
            let new: Vec<PlannedTime> = times.iter().filter(is_new).cloned().collect();
            outage.plans.extend(new);
        }
    }
}

/// An item, and all that carries it.
fn carriers(items: &[ReportItem], topology: &Topology, places: &HashMap<ItemPath, usize>, place: usize) -> Vec<usize> {
    let mut found = vec![place];
    let mut next = 0;
    while let Some(place) = found.get(next).copied() {
        next += 1;
        for path in topology.carriers(&items[place].item) {
            found.extend(places.get(&path).filter(|place| !found.contains(place)).copied());
        }
    }
    found
}

/// The planned time that covers a part of an outage.
pub(super) fn covering(outage: &Outage) -> impl Iterator<Item = &PlannedTime> {
    let planned = |time: &&PlannedTime| outage.parts.iter().any(|part| part.span.within(time.span()).is_some());
    outage.plans.iter().filter(planned)
}

/// Finds what was planned of the outages of an item, in its outages, figures, timeline and course.
pub(super) fn plan(entry: &mut ReportItem, basis: &mut Basis, window: &Window, exclusions: &Exclusions) {
    let mut planned = Vec::new();
    for outage in &mut entry.outages {
        let mut windows: Vec<String> = covering(outage).map(|time| time.id.clone()).collect();
        windows.sort_unstable();
        windows.dedup();
        outage.windows = windows;
        planned.extend(plan_outage(outage, basis, exclusions));
    }
    let planned = Spans::of(planned);
    if planned.is_empty() {
        return;
    }
    let counted = entry.outages.iter().map(|outage| outage.counted_milliseconds);
    basis.totals.longest = counted.max().unwrap_or_default();
    entry.figures = basis.times.figures(exclusions, &basis.totals);
    entry.timeline = entry.timeline.drain(..).flat_map(|stretch| cut_stretch(stretch, &planned, exclusions)).collect();
    cut_course(&mut basis.course, &planned, window, exclusions);
}

/// The same for one outage. Returns the time that was planned.
fn plan_outage(outage: &mut Outage, basis: &mut Basis, exclusions: &Exclusions) -> Vec<Span> {
    let choice = exclusions.planned();
    let counting = outage.plans.iter().filter(|time| time.verdict(choice) == Verdict::Counts);
    let counting = Spans::of(counting.map(PlannedTime::span));
    let before = outage.clone();
    let mut planned = Vec::new();
    for part in &outage.parts {
        for span in counting.within(part.span) {
            basis.times.plan(part.condition, span.milliseconds());
            planned.push(span);
        }
    }
    let milliseconds: u64 = planned.iter().map(|span| span.milliseconds()).sum();
    if milliseconds > 0 {
        outage.planned_milliseconds += milliseconds;
        outage.unplanned_milliseconds -= milliseconds;
        outage.counted_milliseconds -= if choice.is_excluded() { milliseconds } else { 0 };
        basis.totals.change(&before, outage);
    }
    planned
}

/// What is drawn. Where many short stretches are merged, their condition is the worst, and stays.
fn cut_stretch(stretch: Stretch, planned: &Spans, exclusions: &Exclusions) -> Vec<Stretch> {
    if exclusions.weigh(stretch.condition) != Weight::Down || stretch.merged.is_some() {
        return vec![stretch];
    }
    let pieces = planned.pieces(Span::new(stretch.from, stretch.to)).into_iter();
    let cut = pieces.map(|(span, is_planned)| Stretch {
        from: span.from,
        to: span.until,
        condition: if is_planned { Condition::Planned } else { stretch.condition },
        ..stretch.clone()
    });
    cut.collect()
}

fn cut_course(course: &mut Course, planned: &Spans, window: &Window, exclusions: &Exclusions) {
    let steps = std::mem::take(&mut course.steps);
    let ends: Vec<_> = steps.iter().skip(1).map(|step| step.at).chain([window.to]).collect();
    for (step, end) in steps.into_iter().zip(ends) {
        if exclusions.weigh(step.condition) != Weight::Down || step.at >= end {
            course.step(step);
            continue;
        }
        for (span, is_planned) in planned.pieces(Span::new(step.at, end)) {
            let condition = if is_planned { Condition::Planned } else { step.condition };
            course.step(Step { at: span.from, condition, ..step });
        }
    }
}
