//! The port through which pages are written.

use async_trait::async_trait;

/// How long whoever hands a page on may keep it without asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// It is replaced at any time.
    Never,
    /// It stays as it is.
    Long,
}

/// A page to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it is: a path without a slash at its beginning, of letters, digits, `-`, `.` and `/`.
    pub key: String,
    /// Its HTML, or plain text.
    pub content: String,
    /// How long it may be kept.
    pub cache: Cache,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The claim is this claimant's: by this call, or by an earlier one of the same claimant.
    Own,
    /// Another claimant was first.
    Anothers,
}

/// Where pages are kept.
#[async_trait(?Send)]
pub trait Shelf {
    /// Writes a page, in place of the one that is there.
    async fn write(&self, page: &Page) -> anyhow::Result<()>;

    /// Writes a page unless there is one. Returns whether there was none.
    async fn write_once(&self, page: &Page) -> anyhow::Result<bool>;

    /// Claims what is named by `key` for `claimant`, once and for all. A claimant may ask again, and gets the same answer.
    async fn claim(&self, key: &str, claimant: &str) -> anyhow::Result<Claim>;
}
