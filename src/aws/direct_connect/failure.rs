//! How a list that was not read to its end is told, and the one refusal that is none.

use std::fmt;

use super::paging::{Cause, ListingFailure};
use crate::aws::failure::CallFailure;

/// Whether AWS refuses to list interconnects because the account is no Direct Connect partner. It has no code of its own
/// for this, only a sentence: `Account … is not an authorized Direct Connect partner in …`.
pub(super) fn says_not_a_partner(failure: &CallFailure) -> bool {
    let message = failure.message().to_ascii_lowercase();
    failure.code() == "DirectConnectClientException"
        && message.contains("not an authorized")
        && message.contains("partner")
}

impl fmt::Display for ListingFailure<CallFailure> {
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
