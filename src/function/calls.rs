//! Calls to Direct Connect, as AWS CloudTrail records them: who changed what, and when.
//!
//! Only calls that write and that succeeded explain a change. Of a call's parameters and its answer nothing is taken but the
//! ids of items. They hold addresses and keys, too, and AWS masks some of these, not all.

mod caller;
mod ids;

use serde_json::Value;

use super::fact::{Content, Fact, Global, NoFact, detail, event_time, key_part, text};
use crate::domain::{Evidence, EvidenceType, bounded};

/// The `detail-type` of such an event.
pub(super) const DETAIL_TYPE: &str = "AWS API Call via CloudTrail";
/// The longest name of an operation that is kept, in characters. AWS's longest has some fifty.
const MAXIMUM_OPERATION: usize = 100;

/// What a call brings.
///
/// # Errors
///
/// It brings nothing, or cannot be read.
pub(super) fn read(event: &Value) -> Result<Fact, NoFact> {
    let detail = detail(event)?;
    if text(detail, "eventSource") != Some("directconnect.amazonaws.com") {
        return Err(NoFact::Ignored("it is a call to another service"));
    }
    let operation = text(detail, "eventName").ok_or(NoFact::Malformed("it names no operation"))?;
    if reads(detail, operation) {
        return Err(NoFact::Ignored("it is a call that only reads"));
    }
    if ["errorCode", "errorMessage"].iter().any(|key| text(detail, key).is_some()) {
        return Err(NoFact::Ignored("it is a call that failed"));
    }
    let account = text(detail, "recipientAccountId").or_else(|| text(event, "account"));
    let account = account.ok_or(NoFact::Malformed("it names no account"))?;
    let region = text(detail, "awsRegion").or_else(|| text(event, "region"));
    let region = region.ok_or(NoFact::Malformed("it names no region"))?;
    let at = text(detail, "eventTime").and_then(|time| time.parse().ok()).or_else(|| event_time(event));
    let id = text(detail, "eventID").or_else(|| text(event, "id"));
    let operation: String = operation.chars().filter(char::is_ascii_alphanumeric).take(MAXIMUM_OPERATION).collect();
    let by = caller::name(detail.get("userIdentity"), account);
    let found = ids::in_call(detail);
    let evidence = Evidence {
        id: key_part(id.ok_or(NoFact::Malformed("it has no id"))?).into_owned(),
        kind: EvidenceType::ApiCall,
        at: at.ok_or(NoFact::Malformed("it has no time"))?,
        summary: match &by {
            Some(by) => format!("{operation} by {by}"),
            None => operation.clone(),
        },
        by,
        items: found.ids,
    };
    Ok(Fact {
        account: bounded(account).into_owned(),
        region: bounded(region).into_owned(),
        global: if found.are_global || is_of_global_kind(&operation) { Global::Always } else { Global::No },
        content: Content::Evidence(evidence),
    })
}

/// Whether a call only reads: CloudTrail says so, or where it does not, the operation's name.
fn reads(detail: &Value, operation: &str) -> bool {
    match detail.get("readOnly") {
        Some(Value::Bool(reads)) => *reads,
        Some(Value::String(reads)) => reads.eq_ignore_ascii_case("true"),
        _ => ["Describe", "List", "Get"].iter().any(|verb| operation.starts_with(verb)),
    }
}

/// Whether an operation is about items of the global kinds, whatever it names: gateways, their associations, groups.
fn is_of_global_kind(operation: &str) -> bool {
    ["DirectConnectGateway", "ResiliencyGroup"].iter().any(|kind| operation.contains(kind))
}

#[cfg(test)]
mod tests;
