//! The text of a list that was not read to its end, and the refusals that are answers rather than failures.

use std::fmt;

use super::paging::{Cause, Listing, ListingFailure};
use crate::aws::failure::CallFailure;

/// A list as Direct Connect gave it.
pub(super) type Listed<T> = Listing<T, CallFailure>;

/// Why a list of Direct Connect was not read to its end.
pub(super) type Failed = ListingFailure<CallFailure>;

impl<T> Listed<T> {
    /// Whether the list was not read to its end because AWS refused a call in the way that `refusal` recognizes.
    pub(super) fn is_refused(&self, refusal: impl Fn(&CallFailure) -> bool) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.is_refused(refusal))
    }
}

impl Failed {
    /// Whether AWS refused the call in the way that `refusal` recognizes.
    pub(super) fn is_refused(&self, refusal: impl Fn(&CallFailure) -> bool) -> bool {
        matches!(&self.cause, Cause::Call(failure) if refusal(failure))
    }
}

/// Whether AWS refuses to list interconnects because the account is no Direct Connect partner. There is no code for
/// this, only a sentence: `Account … is not an authorized Direct Connect partner in …`.
pub(super) fn is_not_a_partner(failure: &CallFailure) -> bool {
    let message = failure.message().to_ascii_lowercase();
    failure.code() == "DirectConnectClientException"
        && message.contains("not an authorized")
        && message.contains("partner")
}

/// Whether AWS refuses a call because its parent does not exist: a parent may be removed between the call that lists it
/// and the call for its children. There is no code for this either: `Could not find Connection with ID …`, `… does not
/// exist`, `… failed for connection … doesn't exist.`
pub(super) fn is_not_found(failure: &CallFailure) -> bool {
    const SENTENCES: [&str; 4] = ["could not find", "does not exist", "doesn't exist", "not found"];
    let message = failure.message().to_ascii_lowercase();
    failure.code() == "DirectConnectClientException" && SENTENCES.iter().any(|sentence| message.contains(sentence))
}

/// Whether the endpoint does not have the operation: not every region and partition has the newest ones.
pub(super) fn is_unknown_operation(failure: &CallFailure) -> bool {
    failure.code() == "UnknownOperationException"
}

/// Whether the account has not enabled the region, and so has nothing there. Wrong credentials get the same refusal,
/// but everywhere: they fail the lists of gateways as well.
pub(super) fn is_not_enabled(failure: &CallFailure) -> bool {
    matches!(failure.plain_code(), "InvalidClientTokenId" | "OptInRequired" | "UnrecognizedClient")
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "page {}: ", self.page)?;
        match &self.cause {
            Cause::Call(failure) => failure.fmt(formatter),
            Cause::RepeatedToken => formatter.write_str("its token for the next page came before: the list never ends"),
            Cause::Endless => formatter.write_str("the list still goes on: given up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_is_not_a_partner_is_known_by_the_sentence() {
        let is = |code, message| is_not_a_partner(&CallFailure::answered(Some(code), message));
        let sentence = "Account 123456789012 is not an authorized Direct Connect partner in us-east-1.";
        assert!(is("DirectConnectClientException", sentence));
        assert!(!is("DirectConnectClientException", "Account 123456789012 has no partner interconnect."));
        assert!(!is("DirectConnectServerException", sentence));
        assert!(!is_not_a_partner(&CallFailure::unanswered(sentence)));
    }

    #[test]
    fn a_missing_parent_is_known_by_the_sentence_and_the_code() {
        let is = |code, message| is_not_found(&CallFailure::answered(Some(code), message));
        for sentence in [
            "Could not find Connection with ID dxcon-gone0000",
            "123456789012 DescribeHostedConnections failed for connection dxcon-1 doesn't exist.",
            "Direct Connect Gateway 8384da05 does not exist",
        ] {
            assert!(is("DirectConnectClientException", sentence), "{sentence}");
            assert!(!is("AccessDeniedException", sentence), "{sentence}");
        }
        assert!(!is("DirectConnectClientException", "Invalid NextToken"));
        assert!(!is_not_found(&CallFailure::unanswered("the host was not found")));
    }

    #[test]
    fn a_region_that_is_not_enabled_is_known_by_the_code() {
        let is = |code| is_not_enabled(&CallFailure::answered(Some(code), "No."));
        assert!(is("UnrecognizedClientException") && is("OptInRequired"));
        for code in ["AccessDeniedException", "ExpiredTokenException", "ThrottlingException"] {
            assert!(!is(code), "{code}: what the account has there cannot be seen, and may be there");
        }
        assert!(!is_not_enabled(&CallFailure::unanswered("UnrecognizedClient")));
    }

    #[test]
    fn an_operation_that_is_not_there_yet_is_known_by_its_code() {
        let is = |code| is_unknown_operation(&CallFailure::answered(Some(code), "ListResiliencyGroups"));
        assert!(is("UnknownOperationException") && !is("AccessDeniedException"));
    }

    #[test]
    fn a_failure_has_its_page_and_its_cause() {
        let text = |cause| ListingFailure { page: 3, cause }.to_string();
        assert_eq!(
            text(Cause::Call(CallFailure::answered(Some("ThrottlingException"), "Rate exceeded"))),
            "page 3: ThrottlingException: Rate exceeded"
        );
        assert_eq!(text(Cause::RepeatedToken), "page 3: its token for the next page came before: the list never ends");
        assert_eq!(text(Cause::Endless), "page 3: the list still goes on: given up");
    }
}
