//! Pages of a list, and the tokens between them.
//!
//! A token holds the start of the next page and the list that it belongs to, sealed with a checksum. To a caller it is
//! opaque; a token that was altered, or that comes with other filters, is refused.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::error::ServiceError;
use super::request::Call;

/// What one request asks of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// How many items come before it.
    pub(super) offset: u64,
    /// Counted from 1.
    pub(super) number: u32,
    /// The most items that it may hold.
    pub(super) size: usize,
}

impl Page {
    /// The page that `call` asks for, in pages of at most `limit` items.
    pub(super) fn of(call: &Call, limit: usize) -> Result<Page, ServiceError> {
        if !call.operation.is_paged() {
            return Ok(Page { offset: 0, number: 1, size: usize::MAX });
        }
        let size = match call.parameters.max_results {
            None => limit,
            Some(wanted) if wanted >= 1 => usize::try_from(wanted).unwrap_or(usize::MAX).min(limit),
            Some(wanted) => {
                return Err(ServiceError::refused(format!("Invalid value for MaxResults: {wanted}")));
            }
        };
        match call.parameters.next_token.as_deref() {
            None | Some("") => Ok(Page { offset: 0, number: 1, size }),
            Some(token) => match open(token, call.fingerprint()) {
                Some((offset, number)) => Ok(Page { offset, number, size }),
                None => Err(ServiceError::refused("Invalid NextToken".to_owned())),
            },
        }
    }

    /// The token of the page after this one.
    pub(super) fn next_token(&self, call: &Call) -> String {
        let offset = self.offset.saturating_add(self.size as u64);
        seal(offset, self.number.saturating_add(1), call.fingerprint())
    }
}

fn check_sum(offset: u64, number: u32, list: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (offset, number, list).hash(&mut hasher);
    hasher.finish()
}

fn seal(offset: u64, number: u32, list: u64) -> String {
    format!("{:016x}{offset:016x}{number:08x}", check_sum(offset, number, list))
}

fn open(token: &str, list: u64) -> Option<(u64, u32)> {
    if token.len() != 40 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let offset = u64::from_str_radix(token.get(16..32)?, 16).ok()?;
    let number = u32::from_str_radix(token.get(32..)?, 16).ok()?;
    (seal(offset, number, list) == token).then_some((offset, number))
}

#[cfg(test)]
mod tests {
    use super::super::operation::Operation;
    use super::*;

    fn call(max_results: Option<i64>, next_token: Option<&str>) -> Call {
        let mut call =
            Call { operation: Operation::DescribeLags, region: "us-east-1".into(), parameters: Default::default() };
        call.parameters.max_results = max_results;
        call.parameters.next_token = next_token.map(str::to_owned);
        call
    }

    #[test]
    fn a_token_leads_to_the_page_after_its_own() {
        let first = Page::of(&call(Some(7), Some("")), 100).unwrap();
        assert_eq!(first, Page { offset: 0, number: 1, size: 7 });
        let token = first.next_token(&call(Some(7), None));
        let second = Page::of(&call(None, Some(&token)), 100).unwrap();
        assert_eq!(second, Page { offset: 7, number: 2, size: 100 });
    }

    #[test]
    fn a_page_is_never_larger_than_the_limit_nor_empty() {
        assert_eq!(Page::of(&call(Some(500), None), 100).unwrap().size, 100);
        assert_eq!(Page::of(&call(Some(100), None), 3).unwrap().size, 3);
        for wanted in [0, -1, i64::MIN] {
            assert!(Page::of(&call(Some(wanted), None), 100).is_err(), "{wanted}");
        }
    }

    #[test]
    fn an_altered_or_foreign_token_is_refused() {
        let token = Page::of(&call(None, None), 100).unwrap().next_token(&call(None, None));
        let mut filtered = call(None, Some(&token));
        filtered.parameters.lag_id = Some("dxlag-1".into());
        assert_eq!(Page::of(&filtered, 100).unwrap_err().message, "Invalid NextToken");
        let mut elsewhere = call(None, Some(&token));
        elsewhere.region = "eu-west-1".into();
        assert!(Page::of(&elsewhere, 100).is_err());
        let altered = format!("{}9", &token[..39]);
        for token in [altered.as_str(), "garbage", "é", &token.to_uppercase()[..39]] {
            assert!(Page::of(&call(None, Some(token)), 100).is_err(), "{token}");
        }
    }
}
