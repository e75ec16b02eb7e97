//! How a list that was not read to its end is told, and the refusals that are none.

use std::fmt;

use super::paging::{Cause, Listing, ListingFailure};
use crate::aws::failure::CallFailure;

/// A list as Direct Connect gave it.
pub(super) type Listed<T> = Listing<T, CallFailure>;

/// Why a list of Direct Connect's was not read to its end.
pub(super) type Failed = ListingFailure<CallFailure>;

impl<T> Listed<T> {
    /// Whether the list was not read to its end because AWS refused a call in words that `says` knows.
    pub(super) fn is_refused(&self, says: impl Fn(&CallFailure) -> bool) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.is_refused(says))
    }
}

impl Failed {
    /// Whether AWS refused the call in words that `says` knows.
    pub(super) fn is_refused(&self, says: impl Fn(&CallFailure) -> bool) -> bool {
        matches!(&self.cause, Cause::Call(failure) if says(failure))
    }
}

/// Whether AWS refuses to list interconnects because the account is no Direct Connect partner. It has no code of its own
/// for this, only a sentence: `Account … is not an authorized Direct Connect partner in …`.
pub(super) fn says_not_a_partner(failure: &CallFailure) -> bool {
    let message = failure.message().to_ascii_lowercase();
    failure.code() == "DirectConnectClientException"
        && message.contains("not an authorized")
        && message.contains("partner")
}

/// Whether AWS says that what was asked about does not exist. Parents go between the call that lists them and the call
/// for their children. There is no code of its own for this either: `Could not find Connection with ID …`,
/// `… does not exist`, `… failed for connection … doesn't exist.`
pub(super) fn says_not_found(failure: &CallFailure) -> bool {
    const SENTENCES: [&str; 4] = ["could not find", "does not exist", "doesn't exist", "not found"];
    let message = failure.message().to_ascii_lowercase();
    failure.code() == "DirectConnectClientException" && SENTENCES.iter().any(|sentence| message.contains(sentence))
}

/// Whether the endpoint does not have the operation: not every region and partition has the newest ones.
pub(super) fn says_unknown_operation(failure: &CallFailure) -> bool {
    failure.code() == "UnknownOperationException"
}

/// Whether the region does not know the account: it is not enabled there, so it has nothing there. Credentials that are
/// wrong everywhere fail the lists of gateways as well.
pub(super) fn says_not_enabled(failure: &CallFailure) -> bool {
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
    fn only_the_sentence_about_partners_says_not_a_partner() {
        let says = |code, message| says_not_a_partner(&CallFailure::answered(Some(code), message));
        let sentence = "Account 123456789012 is not an authorized Direct Connect partner in us-east-1.";
        assert!(says("DirectConnectClientException", sentence));
        assert!(!says("DirectConnectClientException", "Account 123456789012 has no partner interconnect."));
        assert!(!says("DirectConnectServerException", sentence));
        assert!(!says_not_a_partner(&CallFailure::unanswered(sentence)));
    }

    #[test]
    fn what_is_gone_is_known_by_the_sentence_and_the_code() {
        let says = |code, message| says_not_found(&CallFailure::answered(Some(code), message));
        for sentence in [
            "Could not find Connection with ID dxcon-gone0000",
            "123456789012 DescribeHostedConnections failed for connection dxcon-1 doesn't exist.",
            "Direct Connect Gateway 8384da05 does not exist",
        ] {
            assert!(says("DirectConnectClientException", sentence), "{sentence}");
            assert!(!says("AccessDeniedException", sentence), "{sentence}");
        }
        assert!(!says("DirectConnectClientException", "Invalid NextToken"));
        assert!(!says_not_found(&CallFailure::unanswered("the host was not found")));
    }

    #[test]
    fn a_region_that_is_not_enabled_is_known_by_the_code() {
        let says = |code| says_not_enabled(&CallFailure::answered(Some(code), "No."));
        assert!(says("UnrecognizedClientException") && says("OptInRequired"));
        for code in ["AccessDeniedException", "ExpiredTokenException", "ThrottlingException"] {
            assert!(!says(code), "{code}: what the account has there cannot be seen, and may be there");
        }
        assert!(!says_not_enabled(&CallFailure::unanswered("UnrecognizedClient")));
    }

    #[test]
    fn an_operation_that_is_not_there_yet_is_known_by_its_code() {
        let says = |code| says_unknown_operation(&CallFailure::answered(Some(code), "ListResiliencyGroups"));
        assert!(says("UnknownOperationException") && !says("AccessDeniedException"));
    }

    #[test]
    fn a_failure_says_on_which_page_and_why() {
        let told = |cause| ListingFailure { page: 3, cause }.to_string();
        assert_eq!(
            told(Cause::Call(CallFailure::answered(Some("ThrottlingException"), "Rate exceeded"))),
            "page 3: ThrottlingException: Rate exceeded"
        );
        assert_eq!(told(Cause::RepeatedToken), "page 3: its token for the next page came before: the list never ends");
        assert_eq!(told(Cause::Endless), "page 3: the list still goes on: given up");
    }
}
