//! Events of AWS Health about Direct Connect: rows of planned work, and evidence of everything else.
//!
//! What an event means follows from its category, from the ending of its code and from its status, never from a list of
//! codes: AWS has more than are documented. All of it but the ARN, the service and the code may be missing.
//!
//! - Of `scheduledChange`, the notices that schedule, complete and cancel one piece of work have different ARNs. What these
//!   have in common is their last token, the id of the [`Window`]. A notice that comes again, page by page or from AWS's
//!   backup region, has the same row.
//! - Work concerns the items that are named. Where an account's notice names the account alone, it concerns the region. A
//!   public notice that names no item is ignored: these come for every region, whatever an account has there, and a window
//!   over a whole region would hide what is no work at all.
//! - Everything else is evidence of the items that are named, or of the whole region.

mod entities;
mod planned;
mod reported;
mod words;

use serde_json::Value;

use self::reported::Reported;
use super::fact::{Content, Fact, Global, NoFact, detail, text};
use crate::domain::bounded;

/// What an event of AWS Health brings.
///
/// # Errors
///
/// It brings nothing, or cannot be read.
pub(super) fn read(event: &Value) -> Result<Fact, NoFact> {
    let detail = detail(event)?;
    let service = text(detail, "service").ok_or(NoFact::Malformed("it names no service"))?;
    if !service.eq_ignore_ascii_case("DIRECTCONNECT") {
        return Err(NoFact::Ignored("it is about another service"));
    }
    // Where a delegated administrator gets the notices of an organisation, the account of the envelope is the administrator's.
    let account = text(detail, "affectedAccount").or_else(|| text(event, "account"));
    let account = account.ok_or(NoFact::Malformed("it names no account"))?;
    let reported = Reported::of(event, detail)?;
    let content = if is_planned(text(detail, "eventTypeCategory"), reported.code) {
        planned::content(&reported)?
    } else {
        Content::Evidence(reported.evidence())
    };
    Ok(Fact {
        account: bounded(account).into_owned(),
        region: bounded(reported.region).into_owned(),
        global: Global::WithRegion,
        content,
    })
}

/// Whether it is about planned work: its category says so, or where that is missing, its code.
fn is_planned(category: Option<&str>, code: &str) -> bool {
    match category {
        Some(category) => category.eq_ignore_ascii_case("scheduledChange"),
        None => ["MAINTENANCE", "SCHEDULED"].iter().any(|word| code.to_ascii_uppercase().contains(word)),
    }
}

#[cfg(test)]
mod tests;
