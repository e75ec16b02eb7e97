//! The mark of a health. It means the same as the colour beside it.

use crate::{domain::Health, words};

/// The mark as a shape of 14 units around (`x`, `y`), with the sign in it.
pub(super) fn shape(health: Health, x: u32, y: u32) -> String {
    let outline = match health {
        Health::Up => "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
        Health::Down => "M0-8L8 0L0 8L-8 0z",
        Health::Unknown => "M-6-6H6V6H-6z",
        Health::Testing => "M-7 6L0-7L7 6z",
        Health::Pending => "M-6-4H6V4H-6z",
        Health::Removed => "M-6-2H6V2H-6z",
    };
    let sign = match health {
        Health::Removed => "",
        other => words::sign(other),
    };
    format!(
        "<g class=\"mark {health}\" transform=\"translate({x} {y})\"><path d=\"{outline}\"/><text \
         text-anchor=\"middle\" y=\"4\">{sign}</text></g>"
    )
}
