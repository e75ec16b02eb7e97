//! The caller's identity: `GetCallerIdentity` of AWS's Security Token Service (requests in the query protocol, answers
//! in XML).
//!
//! A program that watches Direct Connect asks for its account first; with this it needs no other endpoint.

use super::error::ServiceError;

/// The name of that service in the credential scope of a call.
pub(super) const SERVICE: &str = "sts";

/// The answer to a caller of `account` whose signature is for `region`.
pub(super) fn answer(account: &str, region: &str, body: &[u8]) -> Result<String, ServiceError> {
    let asked = std::str::from_utf8(body).unwrap_or_default();
    let action = asked.split('&').find_map(|parameter| parameter.strip_prefix("Action=")).unwrap_or_default();
    if action != "GetCallerIdentity" {
        let message = "Of the Security Token Service, this simulator answers GetCallerIdentity only".to_owned();
        return Err(ServiceError::client("InvalidAction", message));
    }
    let arn = format!("arn:{}:sts::{account}:assumed-role/simulated/caller", partition(region));
    Ok(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>AROASIMULATED:caller</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    ))
}

/// An error in the service's own form. Codes and messages are ours and need no escaping.
pub(super) fn error_body(error: &ServiceError) -> String {
    format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{}</Code><Message>{}</Message></Error></ErrorResponse>",
        error.code, error.message
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
    use super::*;

    #[test]
    fn a_caller_is_of_the_scenarios_account_in_the_partition_of_its_region() {
        let body = b"Version=2011-06-15&Action=GetCallerIdentity";
        for (region, arn) in [
            ("eu-central-1", "arn:aws:sts::123456789012:assumed-role/simulated/caller"),
            ("us-gov-west-1", "arn:aws-us-gov:sts::123456789012:assumed-role/simulated/caller"),
            ("cn-north-1", "arn:aws-cn:sts::123456789012:assumed-role/simulated/caller"),
        ] {
            let answer = answer("123456789012", region, body).unwrap();
            assert!(answer.contains(&format!("<Arn>{arn}</Arn>")), "{answer}");
            assert!(answer.contains("<Account>123456789012</Account>"), "{answer}");
        }
    }

    #[test]
    fn nothing_else_is_answered() {
        for body in [&b""[..], b"Action=AssumeRole", b"\xff", b"Action="] {
            assert_eq!(answer("123456789012", "us-east-1", body).unwrap_err().code, "InvalidAction");
        }
    }
}
