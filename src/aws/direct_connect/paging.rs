//! The one loop that reads a list to its end: the SDK has no paginators for Direct Connect.
//!
//! Each page is translated as it arrives. AWS's own types take several times the memory, so no more than one page of
//! them exists at a time.
//!
//! A list that fails keeps what was read before the failure. A list that would never end, because it returns an earlier
//! token again or has too many pages, counts as failed.

use std::collections::HashSet;

/// More pages than any account has: at 100 items each, a million items.
const MAXIMUM_PAGES: u32 = 10_000;

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

/// A list, as far as it could be read.
#[derive(Debug)]
pub(super) struct Listing<T, F> {
    /// The items that were read, also of a list that failed.
    pub(super) items: Vec<T>,
    /// Why it was not read to its end, if it was not.
    pub(super) failure: Option<ListingFailure<F>>,
}

/// Where and why a list was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ListingFailure<F> {
    /// The page, counted from 1.
    pub(super) page: u32,
    pub(super) cause: Cause<F>,
}

/// Why a list was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause<F> {
    /// The call for the page failed.
    Call(F),
    /// The page returns a token that an earlier page returned.
    RepeatedToken,
    /// The list goes on after the most pages that it may have.
    Endless,
}

impl<T, F> Listing<T, F> {
    /// A list that was not asked for.
    pub(super) fn unread() -> Listing<T, F> {
        Listing { items: Vec::new(), failure: None }
    }
}

/// Reads a list from its first page to its last. `fetch` fetches the page of a token (none for the first page), and
/// `keep` turns a row into what is kept of it.
pub(super) async fn read_pages<T, U, F, Fetched>(
    keep: impl Fn(T) -> U,
    fetch: impl FnMut(Option<String>) -> Fetched,
) -> Listing<U, F>
where
    Fetched: Future<Output = Result<Page<T>, F>>,
{
    read_at_most(MAXIMUM_PAGES, keep, fetch).await
}

/// The same for a list that has no more than so many pages.
pub(super) async fn read_at_most<T, U, F, Fetched>(
    pages: u32,
    keep: impl Fn(T) -> U,
    mut fetch: impl FnMut(Option<String>) -> Fetched,
) -> Listing<U, F>
where
    Fetched: Future<Output = Result<Page<T>, F>>,
{
    let mut items = Vec::new();
    let mut token = None;
    let mut seen = HashSet::new();
    for page in 1..=pages {
        let failed = |cause| Some(ListingFailure { page, cause });
        let next = match fetch(token.take()).await {
            Ok(fetched) => {
                items.extend(fetched.items.into_iter().map(&keep));
                fetched.next_token.filter(|next| !next.is_empty())
            }
            Err(failure) => return Listing { items, failure: failed(Cause::Call(failure)) },
        };
        let Some(next) = next else { return Listing { items, failure: None } };
        if !seen.insert(next.clone()) {
            return Listing { items, failure: failed(Cause::RepeatedToken) };
        }
        token = Some(next);
    }
    Listing { items, failure: Some(ListingFailure { page: pages, cause: Cause::Endless }) }
}

#[cfg(test)]
mod tests {
    use std::{convert::identity, future::ready};

    use futures::executor::block_on;

    use super::*;

    /// Reads a list whose pages are given by `next`: the page of a token has one item, named after the token, and the
    /// next token.
    fn read(next: impl Fn(&str) -> Result<Option<&'static str>, &'static str>) -> Listing<String, &'static str> {
        block_on(read_pages(identity, |token| {
            let token = token.unwrap_or_else(|| "first".to_owned());
            ready(next(&token).map(|next| Page { items: vec![token], next_token: next.map(str::to_owned) }))
        }))
    }

    fn failure<'a>(listing: &'a Listing<String, &'static str>) -> Option<(u32, &'a Cause<&'static str>)> {
        listing.failure.as_ref().map(|failure| (failure.page, &failure.cause))
    }

    #[test]
    fn a_list_ends_on_no_token_or_an_empty_one() {
        for last in [None, Some("")] {
            let listing = read(|token| Ok(if token == "first" { Some("second") } else { last }));
            assert_eq!(listing.items, ["first", "second"]);
            assert_eq!(listing.failure, None);
        }
    }

    #[test]
    fn items_read_before_a_failure_are_kept() {
        let listing = read(|token| match token {
            "first" => Ok(Some("second")),
            "second" => Ok(Some("third")),
            _ => Err("refused"),
        });
        assert_eq!(listing.items, ["first", "second"]);
        assert_eq!(failure(&listing), Some((3, &Cause::Call("refused"))));
    }

    #[test]
    fn a_token_that_comes_again_is_a_failure() {
        let listing = read(|_| Ok(Some("second")));
        assert_eq!(listing.items, ["first", "second"]);
        assert_eq!(failure(&listing), Some((2, &Cause::RepeatedToken)));
        // Also one from further back.
        let circle = read(|token| Ok(Some(if token == "first" || token == "c" { "b" } else { "c" })));
        assert_eq!(circle.items, ["first", "b", "c"]);
        assert_eq!(failure(&circle), Some((3, &Cause::RepeatedToken)));
    }

    #[test]
    fn an_endless_list_is_given_up() {
        let mut page = 0_u32;
        let listing: Listing<u32, ()> = block_on(read_pages(identity, |_| {
            page += 1;
            ready(Ok(Page { items: vec![page], next_token: Some(page.to_string()) }))
        }));
        assert_eq!(listing.items.len(), MAXIMUM_PAGES as usize);
        assert_eq!(listing.failure, Some(ListingFailure { page: MAXIMUM_PAGES, cause: Cause::Endless }));
    }
}
