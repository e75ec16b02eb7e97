//! What is drawn: frames with lines. Where there is too much to read, what is well is folded, by location and then by the
//! gateway that it leads to, with counts. Every item is in one line: drawn, or counted.

use std::collections::BTreeMap;

use super::{
    plan::{Map, Pass, Row},
    tally::Tally,
};

/// The most lines of a picture in which nothing is folded that is not well.
const MOST_LINES: usize = 150;
/// The most frames on each side, and the most lines of a frame, where even what is not well is folded.
const MOST_FRAMES: usize = 24;
const MOST_LINES_OF_A_FRAME: usize = 12;
/// The most folded lines of a frame that lead to one destination each.
const MOST_GROUPS: usize = 3;
/// Paths to a destination that are never folded when they are the only ones left.
const FEW: usize = 2;

/// How much is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Folded as far as it takes to be readable.
    Readable,
    /// Every item in full.
    Everything,
}

/// The map as it is drawn.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    /// What it shows.
    pub map: &'a Map<'a>,
    /// Locations, and last what is nowhere.
    pub places: Vec<Frame>,
    /// Destinations.
    pub destinations: Vec<Frame>,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What it is.
    pub what: Title,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// What a box is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Title {
    /// A location, by its name.
    Location(Option<String>),
    /// A destination, by its place in [`Map::destinations`].
    Destination(usize),
    /// What is neither at a location nor at a destination.
    Apart,
    /// So many further boxes.
    More(usize),
}

/// A part of a box.
#[derive(Clone, Debug)]
pub struct Section {
    /// The device, if it is one.
    pub device: Option<String>,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line in a box.
#[derive(Clone, Debug)]
pub struct Line {
    /// How far it is indented.
    pub depth: usize,
    /// What it shows.
    pub what: What,
    /// Where it leads to.
    pub leads: Vec<Lead>,
}

/// What a line shows.
#[derive(Clone, Debug)]
pub enum What {
    /// An item, and the marks on it; both are places in [`Estate::items`](super::Estate::items).
    Item(usize, Vec<usize>),
    /// Items that are counted.
    Folded(Tally),
}

/// Virtual interfaces that lead from a line to a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// The place of the box in [`Picture::destinations`].
    pub frame: usize,
    /// Whether they are paths.
    pub pass: Pass,
    /// How many.
    pub count: u64,
}

/// How much is folded, from nothing to all that is too much.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fold {
    Nothing,
    /// Boxes in which all is well.
    QuietFrames,
    /// All that is well.
    QuietLines,
    /// All that is too much.
    Rest,
}

/// A box before it is folded.
struct Draft<'a> {
    what: Title,
    sections: Vec<(Option<&'a str>, Vec<Entry<'a>>)>,
}

struct Entry<'a> {
    depth: usize,
    row: &'a Row,
    is_quiet: bool,
}

impl<'a> Picture<'a> {
    /// The picture of `map`.
    pub fn of(map: &'a Map<'a>, detail: Detail) -> Picture<'a> {
        if detail == Detail::Everything {
            return Picture::folded(map, Fold::Nothing);
        }
        let folds = [Fold::Nothing, Fold::QuietFrames, Fold::QuietLines].into_iter();
        let mut pictures = folds.map(|fold| Picture::folded(map, fold));
        pictures.find(|picture| picture.lines() <= MOST_LINES).unwrap_or_else(|| Picture::folded(map, Fold::Rest))
    }

    /// How many lines it has. The head of a box takes one too.
    fn lines(&self) -> usize {
        let frames = self.places.iter().chain(&self.destinations);
        frames.map(|frame| 1 + frame.sections.iter().map(|section| section.lines.len()).sum::<usize>()).sum()
    }

    fn folded(map: &'a Map<'a>, fold: Fold) -> Picture<'a> {
        let most = if fold == Fold::Rest { MOST_FRAMES } else { usize::MAX };
        let (destinations, frame_of) = gathered(destination_drafts(map), most);
        let (places, _) = gathered(place_drafts(map), most);
        let finish = |(draft, more): (Draft<'_>, usize)| finished(map, draft, more, fold, &frame_of);
        Picture {
            map,
            places: places.into_iter().map(finish).collect(),
            destinations: destinations.into_iter().map(finish).collect(),
        }
    }

    /// Whether anything is folded.
    pub fn is_folded(&self) -> bool {
        let frames = self.places.iter().chain(&self.destinations);
        let mut lines = frames.flat_map(|frame| frame.sections.iter().flat_map(|section| &section.lines));
        lines.any(|line| matches!(line.what, What::Folded(_)))
    }
}

fn place_drafts<'a>(map: &'a Map<'a>) -> Vec<Draft<'a>> {
    let mut drafts: Vec<Draft<'_>> = map
        .places
        .iter()
        .map(|place| Draft {
            what: Title::Location(place.location.clone()),
            sections: place.devices.iter().map(|device| (device.name.as_deref(), entries(map, &device.rows))).collect(),
        })
        .collect();
    if !map.apart.is_empty() {
        drafts.push(Draft { what: Title::Apart, sections: vec![(None, entries(map, &map.apart))] });
    }
    drafts
}

fn destination_drafts<'a>(map: &'a Map<'a>) -> Vec<Draft<'a>> {
    let numbered = map.destinations.iter().enumerate();
    let draft = numbered.map(|(number, destination)| Draft {
        what: Title::Destination(number),
        sections: vec![(None, entries(map, &destination.rows))],
    });
    draft.collect()
}

/// The rows one below the other.
fn entries<'a>(map: &Map<'_>, rows: &'a [Row]) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for row in rows {
        add(map, row, 0, &mut entries);
    }
    entries
}

/// Adds a row and those beneath it. Returns whether nothing there has to be seen.
fn add<'a>(map: &Map<'_>, row: &'a Row, depth: usize, entries: &mut Vec<Entry<'a>>) -> bool {
    let own = entries.len();
    entries.push(Entry { depth, row, is_quiet: true });
    let is_well = |place: &usize| map.estate.items[*place].is_well();
    let mut is_quiet = is_well(&row.item) && row.riders.iter().all(is_well) && !stands_out(map, row);
    for child in &row.rows {
        is_quiet &= add(map, child, depth + 1, entries);
    }
    entries[own].is_quiet = is_quiet;
    is_quiet
}

/// Whether a row is a lost path, or one of the last.
fn stands_out(map: &Map<'_>, row: &Row) -> bool {
    row.way.is_some_and(|way| match way.pass {
        Pass::Lost => true,
        Pass::Left => {
            let mut families = map.destinations[way.destination].families.iter();
            families.any(|family| family.has_lost() && family.paths <= FEW)
        }
        Pass::Open | Pass::Idle => false,
    })
}

/// The boxes, with the number of those that each is for, and which box each of `drafts` is in. At most `most`, those with
/// something to see before all others; the rest become one.
fn gathered(drafts: Vec<Draft<'_>>, most: usize) -> (Vec<(Draft<'_>, usize)>, Vec<usize>) {
    let mut chosen: Vec<usize> = (0..drafts.len()).collect();
    chosen.sort_by_key(|number| drafts[*number].is_quiet());
    chosen.truncate(most);
    chosen.sort_unstable();
    let mut kept = Vec::new();
    let mut rest: Vec<(Option<&str>, Vec<Entry<'_>>)> = Vec::new();
    let mut more = 0;
    let mut frame_of = Vec::new();
    for (number, draft) in drafts.into_iter().enumerate() {
        match chosen.binary_search(&number) {
            Ok(frame) => {
                frame_of.push(frame);
                kept.push((draft, 0));
            }
            Err(_) => {
                frame_of.push(chosen.len());
                rest.extend(draft.sections);
                more += 1;
            }
        }
    }
    if more > 0 {
        kept.push((Draft { what: Title::More(more), sections: rest }, more));
    }
    (kept, frame_of)
}

impl Draft<'_> {
    fn is_quiet(&self) -> bool {
        self.sections.iter().flat_map(|(_, entries)| entries).all(|entry| entry.is_quiet)
    }
}

/// The box with its lines drawn or folded.
fn finished(map: &Map<'_>, draft: Draft<'_>, more: usize, fold: Fold, frame_of: &[usize]) -> Frame {
    let is_quiet = draft.is_quiet();
    let mut left = if fold == Fold::Rest { MOST_LINES_OF_A_FRAME } else { usize::MAX };
    let mut sections = Vec::new();
    let mut folded: Vec<&Row> = Vec::new();
    for (device, entries) in draft.sections {
        let mut lines = Vec::new();
        for Entry { depth, row, is_quiet: is_quiet_itself } in entries {
            let is_folded = match fold {
                Fold::Nothing => false,
                Fold::QuietFrames => is_quiet,
                Fold::QuietLines => is_quiet_itself,
                Fold::Rest => more > 0 || is_quiet_itself || left == 0,
            };
            if is_folded {
                folded.push(row);
            } else {
                left -= 1;
                lines.push(line(row, depth, frame_of));
            }
        }
        if !lines.is_empty() {
            sections.push(Section { device: device.map(str::to_owned), lines });
        }
    }
    let lines = folds(map, &folded, frame_of);
    if !lines.is_empty() {
        sections.push(Section { device: None, lines });
    }
    Frame { what: draft.what, sections }
}

fn line(row: &Row, depth: usize, frame_of: &[usize]) -> Line {
    let lead = row.way.map(|way| Lead { frame: frame_of[way.destination], pass: way.pass, count: 1 });
    Line { depth, what: What::Item(row.item, row.riders.clone()), leads: lead.into_iter().collect() }
}

/// Items that become one line, and how many of them lead to which box.
type Group = (Tally, BTreeMap<(usize, Pass), u64>);

/// The rows in few lines: one for those that lead nowhere, and one for each destination, or for all that are too many.
fn folds(map: &Map<'_>, rows: &[&Row], frame_of: &[usize]) -> Vec<Line> {
    let mut groups: BTreeMap<Option<usize>, Group> = BTreeMap::new();
    let mut frames: BTreeMap<usize, u64> = BTreeMap::new();
    for way in rows.iter().filter_map(|row| row.way) {
        *frames.entry(frame_of[way.destination]).or_default() += 1;
    }
    let mut largest: Vec<(usize, u64)> = frames.into_iter().collect();
    largest.sort_by_key(|(frame, count)| (std::cmp::Reverse(*count), *frame));
    let own: Vec<usize> = largest.iter().take(MOST_GROUPS).map(|(frame, _)| *frame).collect();
    for row in rows {
        let frame = row.way.map(|way| frame_of[way.destination]);
        let group = frame.map(|frame| if own.contains(&frame) { frame } else { usize::MAX });
        let (tally, leads) = groups.entry(group).or_default();
        for place in row.riders.iter().chain([&row.item]) {
            tally.add(&map.estate.items, *place);
        }
        if let (Some(frame), Some(way)) = (frame, row.way) {
            *leads.entry((frame, way.pass)).or_default() += 1;
        }
    }
    let line = |(tally, leads): Group| Line {
        depth: 0,
        what: What::Folded(tally),
        leads: leads.into_iter().map(|((frame, pass), count)| Lead { frame, pass, count }).collect(),
    };
    groups.into_values().map(line).collect()
}
