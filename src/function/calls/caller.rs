//! Who made a call, in words that a person recognises: the session and its role, a user's name, a service. No key is read.

use serde_json::Value;

use crate::{
    domain::{Arn, bounded},
    function::fact::text,
};

/// The name of whoever made a call in `account`; none where CloudTrail says nothing of it.
pub(super) fn name(identity: Option<&Value>, account: &str) -> Option<String> {
    let identity = identity?;
    let mut name = own_name(identity)?;
    if let Some(service) = text(identity, "invokedBy").filter(|service| *service != name) {
        name = format!("{name}, through {service}");
    }
    if let Some(other) = text(identity, "accountId").filter(|other| *other != account && !name.contains(*other)) {
        name = format!("{name}, of account {other}");
    }
    Some(bounded(&name).into_owned())
}

fn own_name(identity: &Value) -> Option<String> {
    let kind = text(identity, "type").unwrap_or_default();
    let issuer = identity.get("sessionContext").and_then(|context| context.get("sessionIssuer"));
    let role = issuer.and_then(|issuer| text(issuer, "userName"));
    let resource = text(identity, "arn").and_then(|arn| Arn::parse(arn).map(|arn| arn.resource));
    if kind == "Root" {
        return Some("the root user".to_owned());
    }
    // `assumed-role/<role>/<session>`
    if let Some((own_role, session)) = resource.and_then(|own| own.strip_prefix("assumed-role/")?.rsplit_once('/')) {
        return Some(format!("{session} (role {})", role.unwrap_or(own_role)));
    }
    let user = || text(identity, "userName").map(str::to_owned);
    // `user/<path>/<name>`, `federated-user/<name>`
    let of_arn = || resource.map(|own| own.rsplit('/').next().unwrap_or(own).to_owned());
    let of_role = || role.map(|role| format!("role {role}"));
    let of_center = || {
        let on_behalf = identity.get("onBehalfOf")?;
        text(on_behalf, "userId").map(|user| format!("user {user} of IAM Identity Center"))
    };
    let service = || text(identity, "invokedBy").map(str::to_owned);
    let of_account = || text(identity, "accountId").map(|account| format!("account {account}"));
    user().or_else(of_arn).or_else(of_role).or_else(of_center).or_else(service).or_else(of_account)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ACCOUNT: &str = "123456789012";

    #[test]
    fn everybody_has_a_name() {
        let session = json!({
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:jane@example.com",
            "arn": "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Net_1/jane@example.com",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "AWSReservedSSO_Net_1"}},
        });
        for (identity, expected) in [
            (session, "jane@example.com (role AWSReservedSSO_Net_1)"),
            (
                json!({"type": "IAMUser", "userName": "alice", "arn": "arn:aws:iam::123456789012:user/net/alice"}),
                "alice",
            ),
            (json!({"type": "Root", "arn": "arn:aws:iam::123456789012:root"}), "the root user"),
            (json!({"type": "FederatedUser", "arn": "arn:aws:sts::123456789012:federated-user/bob"}), "bob"),
            (json!({"type": "WebIdentityUser", "userName": "carol"}), "carol"),
            (json!({"type": "Role", "sessionContext": {"sessionIssuer": {"userName": "Deploy"}}}), "role Deploy"),
            (
                json!({"type": "IdentityCenterUser", "accountId": ACCOUNT, "onBehalfOf": {"userId": "u-1"}}),
                "user u-1 of IAM Identity Center",
            ),
            (json!({"type": "AWSService", "invokedBy": "directconnect.amazonaws.com"}), "directconnect.amazonaws.com"),
            (json!({"type": "AWSAccount", "accountId": "210987654321"}), "account 210987654321"),
            (
                json!({
                    "type": "AssumedRole",
                    "arn": "arn:aws:sts::123456789012:assumed-role/Deploy/stack",
                    "invokedBy": "cloudformation.amazonaws.com",
                    "accountId": "210987654321",
                }),
                "stack (role Deploy), through cloudformation.amazonaws.com, of account 210987654321",
            ),
        ] {
            assert_eq!(name(Some(&identity), ACCOUNT).as_deref(), Some(expected), "{identity}");
        }
    }

    #[test]
    fn who_is_not_named_has_none() {
        for identity in
            [json!(null), json!({}), json!("alice"), json!({"type": "Unknown", "accessKeyId": "AKIAEXAMPLE"})]
        {
            assert_eq!(name(Some(&identity), ACCOUNT), None, "{identity}");
        }
        assert_eq!(name(None, ACCOUNT), None);
    }
}
