//! Where everything of a picture stands, in units of the drawing: locations on the left, destinations on the right.

use super::picture::{Frame, Picture, Title};

/// The width of the drawing.
pub(super) const WIDTH: u32 = 1240;
/// The left edge and the width of the boxes of locations.
pub(super) const LEFT: (u32, u32) = (10, 660);
/// The left edge and the width of the boxes of destinations.
pub(super) const RIGHT: (u32, u32) = (790, 440);
/// The height of a line.
pub(super) const LINE: u32 = 20;
/// The height of the head of a box.
pub(super) const HEAD: u32 = 28;
const GAP: u32 = 12;
const MARGIN: u32 = 10;

/// A box with its place.
pub(super) struct Placed<'a> {
    /// The box.
    pub(super) frame: &'a Frame,
    /// Its upper edge.
    pub(super) top: u32,
    /// Its height.
    pub(super) height: u32,
    /// Its parts, each line with the middle of its height.
    pub(super) sections: Vec<PlacedSection>,
}

/// A part of a box, with the places of its lines.
pub(super) struct PlacedSection {
    /// The middle of its title, if it has one.
    pub(super) title: Option<u32>,
    /// The middle of each line.
    pub(super) lines: Vec<u32>,
}

/// The whole drawing.
pub(super) struct Layout<'a> {
    /// Its height.
    pub(super) height: u32,
    /// The locations.
    pub(super) places: Vec<Placed<'a>>,
    /// The destinations.
    pub(super) destinations: Vec<Placed<'a>>,
}

impl<'a> Layout<'a> {
    /// The layout of `picture`. Each destination stands as close to what leads to it as those above it allow.
    pub(super) fn of(picture: &'a Picture<'a>) -> Layout<'a> {
        let mut top = MARGIN;
        let mut places = Vec::new();
        for frame in &picture.places {
            let placed = placed(frame, top, 0);
            top += placed.height + GAP;
            places.push(placed);
        }
        let mut bottom = top;
        let mut top = MARGIN;
        let mut destinations = Vec::new();
        for (number, frame) in picture.destinations.iter().enumerate() {
            let families = match frame.what {
                Title::Destination(place) => picture.map.destinations[place].families.len(),
                _ => 0,
            };
            let placed_at_top = placed(frame, 0, families);
            let wanted = middle_of_leads(&places, number).map(|middle| middle.saturating_sub(placed_at_top.height / 2));
            let placed = placed(frame, wanted.unwrap_or(top).max(top), families);
            top = placed.top + placed.height + GAP;
            destinations.push(placed);
        }
        bottom = bottom.max(top_aligned(&destinations));
        lift(&mut destinations, bottom);
        Layout { height: (bottom + MARGIN).saturating_sub(GAP), places, destinations }
    }
}

/// Where the last box would end if all stood at the top.
fn top_aligned(destinations: &[Placed<'_>]) -> u32 {
    destinations.iter().fold(MARGIN, |top, placed| top + placed.height + GAP)
}

/// Lifts the boxes that stand too low, so that the last one ends above `bottom`.
fn lift(destinations: &mut [Placed<'_>], bottom: u32) {
    let mut lowest = bottom;
    for placed in destinations.iter_mut().rev() {
        let top = placed.top.min(lowest.saturating_sub(placed.height + GAP));
        placed.raise(placed.top - top);
        lowest = top;
    }
}

impl Placed<'_> {
    fn raise(&mut self, by: u32) {
        self.top -= by;
        for section in &mut self.sections {
            let lines = section.lines.iter_mut().chain(section.title.as_mut());
            lines.for_each(|line| *line -= by);
        }
    }
}

/// The box with its upper edge at `top` and so many lines above its parts.
fn placed(frame: &Frame, top: u32, lines_above: usize) -> Placed<'_> {
    let mut at = top + HEAD + LINE * u32::try_from(lines_above).unwrap_or(0);
    let mut next = || {
        at += LINE;
        at - LINE / 2
    };
    let sections: Vec<PlacedSection> = frame
        .sections
        .iter()
        .map(|section| PlacedSection {
            title: section.device.is_some().then(&mut next),
            lines: section.lines.iter().map(|_| next()).collect(),
        })
        .collect();
    Placed { frame, top, height: at - top + 8, sections }
}

/// The middle of all lines that lead to a destination.
fn middle_of_leads(places: &[Placed<'_>], destination: usize) -> Option<u32> {
    let lines = places.iter().flat_map(|placed| {
        let sections = placed.frame.sections.iter().zip(&placed.sections);
        sections.flat_map(|(section, at)| section.lines.iter().zip(&at.lines))
    });
    let leading = lines.filter(|(line, _)| line.leads.iter().any(|lead| lead.frame == destination));
    let (count, sum) = leading.fold((0, 0), |(count, sum), (_, at)| (count + 1, sum + u64::from(*at)));
    u32::try_from(sum.checked_div(count)?).ok()
}
