//! Scrolling through the list of items.

/// A move through the list of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scroll {
    Top,
    Bottom,
    By(isize),
}
