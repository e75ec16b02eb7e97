//! What a poll reads, and whether it is one of the regular polls or one in between.

use crate::domain::Scope;

/// What a poll reads, and why.
///
/// A poll in between sees a part of what is configured, at no regular time. It reports what happened in it and nothing that is
/// true of the whole: an alarm on a missing `PollSucceeded` must find out that the schedule has stopped, whatever number of
/// events comes, and a count of items must not leave most of them out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion<'a> {
    /// The scopes that are read: all that are configured, or some of them.
    pub(super) scopes: &'a [Scope],
    /// Whether it is one of the regular polls.
    pub(super) is_regular: bool,
}

impl<'a> Occasion<'a> {
    /// A regular poll: of everything that is configured, or of these scopes of it.
    pub(super) fn regular(scopes: &'a [Scope]) -> Occasion<'a> {
        Occasion { scopes, is_regular: true }
    }

    /// A poll in between, of these scopes.
    pub(super) fn in_between(scopes: &'a [Scope]) -> Occasion<'a> {
        Occasion { scopes, is_regular: false }
    }
}
