//! Moving through the list of items.

/// Where the list of items goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scroll {
    Top,
    Bottom,
    By(isize),
}
