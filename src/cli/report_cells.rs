//! The cells that the tables of the availability report have alike.

use crate::{
    domain::Health,
    report::{Figures, phrases},
    terminal,
};

/// The cells that items, destinations and groups have alike: availability, down time, outages, the longest of them, and
/// what is excluded.
pub(super) fn cells(figures: &Figures) -> [terminal::Cell; 5] {
    [
        terminal::cell(phrases::availability(figures), health(figures)),
        phrases::down(figures).into(),
        phrases::outages(figures).into(),
        phrases::optional_duration(figures.longest_outage_milliseconds).into(),
        phrases::excluded(figures).into(),
    ]
}

/// The health whose sign and colour the figures have.
pub(super) fn health(figures: &Figures) -> Health {
    match figures {
        figures if figures.down_milliseconds > 0 => Health::Down,
        figures if figures.availability.is_some() => Health::Up,
        _ => Health::Unknown,
    }
}
