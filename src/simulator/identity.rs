//! AWS's Security Token Service: `GetCallerIdentity` and `AssumeRole` (requests in the query protocol, answers in XML).
//!
//! A program that watches Direct Connect asks for its account first; with this it needs no other endpoint.

use std::collections::BTreeMap;

use super::error::ServiceError;
use super::member::{self, RoleAnswer};
use super::scenario::Scenario;

/// The name of that service in the credential scope of a call.
pub(super) const SERVICE: &str = "sts";

/// A call that is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// Whose the credentials are.
    CallerIdentity,
    /// Credentials of a role.
    Role {
        /// Its account.
        account: String,
        /// Its name, without a path.
        name: String,
        /// The external id that the caller gives.
        external_id: Option<String>,
        /// The name of the session.
        session: String,
    },
}

/// What a call asks for.
pub(super) fn asked(body: &[u8]) -> Result<Asked, ServiceError> {
    let body = std::str::from_utf8(body).unwrap_or_default();
    let form: BTreeMap<&str, String> =
        body.split('&').filter_map(|field| field.split_once('=')).map(|(name, value)| (name, decoded(value))).collect();
    match form.get("Action").map(String::as_str) {
        Some("GetCallerIdentity") => Ok(Asked::CallerIdentity),
        Some("AssumeRole") => {
            let invalid = || ServiceError::client("ValidationError", "RoleArn is not the ARN of a role".to_owned());
            let arn = form.get("RoleArn").ok_or_else(invalid)?;
            let mut parts = arn.splitn(6, ':').skip(4);
            let (account, resource) = (parts.next().ok_or_else(invalid)?, parts.next().ok_or_else(invalid)?);
            let name = resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next()).ok_or_else(invalid)?;
            Ok(Asked::Role {
                account: account.to_owned(),
                name: name.to_owned(),
                external_id: form.get("ExternalId").cloned(),
                session: form.get("RoleSessionName").cloned().unwrap_or_default(),
            })
        }
        _ => {
            let message = "Of the Security Token Service, this simulator answers GetCallerIdentity and AssumeRole only";
            Err(ServiceError::client("InvalidAction", message.to_owned()))
        }
    }
}

/// A value of a form. What is not well encoded stays as it is.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        let hexadecimal = more.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, hexadecimal.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to a caller of `account` whose signature is for `region`.
pub(super) fn caller(account: &str, region: &str) -> String {
    let arn = format!("arn:{}:sts::{account}:assumed-role/simulated/caller", partition(region));
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>AROASIMULATED:caller</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

/// The credentials of a role, for a caller who is in the account of `scenario` and signs for `region`; none if there is to
/// be no answer.
pub(super) fn assumed(scenario: &Scenario, region: &str, asked: &Asked) -> Option<Result<String, ServiceError>> {
    let Asked::Role { account, name, external_id, session } = asked else {
        return Some(Ok(caller(&scenario.account, region)));
    };
    let partition = partition(region);
    let denied = || ServiceError {
        status: 403,
        code: "AccessDenied",
        message: format!(
            "User: arn:{partition}:sts::{}:assumed-role/simulated/caller is not authorized to perform: sts:AssumeRole on \
             resource: arn:{partition}:iam::{account}:role/{name}",
            scenario.account
        ),
    };
    let Some(member) = scenario.accounts.get(account) else { return Some(Err(denied())) };
    let role = &member.role;
    let is_right = role.name.as_ref().is_none_or(|known| known == name)
        && role.external_id.as_ref().is_none_or(|known| Some(known) == external_id.as_ref());
    Some(match role.answers {
        RoleAnswer::Hangs => return None,
        RoleAnswer::Throttling => Err(ServiceError::client("Throttling", "Rate exceeded".to_owned())),
        RoleAnswer::ExpiredToken => Err(ServiceError {
            status: 403,
            code: "ExpiredToken",
            message: "The security token included in the request is expired".to_owned(),
        }),
        RoleAnswer::AccessDenied => Err(denied()),
        RoleAnswer::Credentials if !is_right => Err(denied()),
        // The time is far away, so that a simulator needs no clock of the machine.
        RoleAnswer::Credentials => Ok(format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
             <AssumedRoleUser><Arn>arn:{partition}:sts::{account}:assumed-role/{name}/simulated</Arn>\
             <AssumedRoleId>AROASIMULATED:simulated</AssumedRoleId></AssumedRoleUser>\
             <Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>simulated-secret</SecretAccessKey>\
             <SessionToken>simulated-token-{}</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>\
             </AssumeRoleResult></AssumeRoleResponse>",
            member::access_key(account),
            session.len()
        )),
    })
}

/// An error in the service's own form. What it quotes of a request is escaped.
pub(super) fn error_body(error: &ServiceError) -> String {
    let message = error.message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{}</Code><Message>{message}</Message></Error></ErrorResponse>",
        error.code
    )
}

/// The partition that a region lies in.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::{MemberAccount, Role};
    use super::*;

    const ROLE: &[u8] = b"Action=AssumeRole&Version=2011-06-15&RoleSessionName=monitor&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fwatch%2Freader";

    #[test]
    fn a_caller_is_of_the_scenarios_account_in_the_partition_of_its_region() {
        assert_eq!(asked(b"Version=2011-06-15&Action=GetCallerIdentity"), Ok(Asked::CallerIdentity));
        for (region, arn) in [
            ("eu-central-1", "arn:aws:sts::123456789012:assumed-role/simulated/caller"),
            ("us-gov-west-1", "arn:aws-us-gov:sts::123456789012:assumed-role/simulated/caller"),
            ("cn-north-1", "arn:aws-cn:sts::123456789012:assumed-role/simulated/caller"),
        ] {
            let answer = caller("123456789012", region);
            assert!(answer.contains(&format!("<Arn>{arn}</Arn>")), "{answer}");
            assert!(answer.contains("<Account>123456789012</Account>"), "{answer}");
        }
    }

    #[test]
    fn nothing_else_is_answered() {
        for body in [&b""[..], b"Action=AssumeRoot", b"\xff", b"Action="] {
            assert_eq!(asked(body).unwrap_err().code, "InvalidAction");
        }
        for body in [
            &b"Action=AssumeRole"[..],
            b"Action=AssumeRole&RoleArn=reader",
            b"Action=AssumeRole&RoleArn=a:b:c:d:e:user/x",
        ] {
            assert_eq!(asked(body).unwrap_err().code, "ValidationError");
        }
    }

    fn answer(role: Role, body: &[u8]) -> Option<Result<String, &'static str>> {
        let member = MemberAccount { role, ..MemberAccount::default() };
        let scenario = Scenario { accounts: [("111122223333".to_owned(), member)].into(), ..Scenario::default() };
        let answer = assumed(&scenario, "us-east-1", &asked(body).unwrap())?;
        Some(answer.map_err(|error| error.code))
    }

    #[test]
    fn a_role_answers_as_the_scenario_wants() {
        let credentials = answer(Role::default(), ROLE).unwrap().unwrap();
        assert!(credentials.contains("<AccessKeyId>ASIA111122223333SIMU</AccessKeyId>"), "{credentials}");
        let of = |answers| answer(Role { answers, ..Role::default() }, ROLE);
        assert_eq!(of(RoleAnswer::AccessDenied), Some(Err("AccessDenied")));
        assert_eq!(of(RoleAnswer::Throttling), Some(Err("Throttling")));
        assert_eq!(of(RoleAnswer::ExpiredToken), Some(Err("ExpiredToken")));
        assert_eq!(of(RoleAnswer::Hangs), None);
    }

    #[test]
    fn a_role_of_another_name_or_external_id_is_refused() {
        let named = |name: &str| Role { name: Some(name.to_owned()), ..Role::default() };
        assert!(answer(named("reader"), ROLE).unwrap().is_ok(), "the path is no part of the name");
        assert_eq!(answer(named("writer"), ROLE), Some(Err("AccessDenied")));
        let of_customer = || Role { external_id: Some("a b&c".to_owned()), ..Role::default() };
        assert_eq!(answer(of_customer(), ROLE), Some(Err("AccessDenied")));
        let with_id = [ROLE, b"&ExternalId=a+b%26c"].concat();
        assert!(answer(of_customer(), &with_id).unwrap().is_ok());
        let elsewhere = String::from_utf8(ROLE.to_vec()).unwrap().replace("111122223333", "999900001111");
        assert_eq!(answer(Role::default(), elsewhere.as_bytes()), Some(Err("AccessDenied")));
    }
}
