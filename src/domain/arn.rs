//! ARNs, the names of resources in AWS.

/// The parts of an ARN: `arn:<partition>:<service>:<region>:<account>:<resource>`. Region and account are empty where the
/// resource has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition of AWS: `aws`, `aws-us-gov`, `aws-cn`.
    pub partition: &'a str,
    /// The service, such as `sns`.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The rest, colons included: `function:monitor:live`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses `text`, if it is an ARN.
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next() == Some("arn");
        let [partition, service, region, account, resource] = std::array::from_fn(|_| parts.next());
        let arn =
            Arn { partition: partition?, service: service?, region: region?, account: account?, resource: resource? };
        let is_named = [arn.partition, arn.service, arn.resource].iter().all(|part| !part.is_empty());
        (is_arn && is_named).then_some(arn)
    }

    /// Whether it names a resource of one account in one region.
    pub fn is_regional(&self) -> bool {
        !self.region.is_empty() && !self.account.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_five_parts_of_which_the_last_may_hold_colons() {
        let arn = Arn::parse("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:monitor:live").unwrap();
        assert_eq!((arn.partition, arn.service, arn.region), ("aws-us-gov", "lambda", "us-gov-west-1"));
        assert_eq!((arn.account, arn.resource), ("123456789012", "function:monitor:live"));
        assert!(arn.is_regional());
        assert!(!Arn::parse("arn:aws:s3:::bucket").unwrap().is_regional());
        for none in ["", "arn", "arn:aws", "urn:aws:sns:us-east-1:1:x", "arn:aws:sns:us-east-1:1:", "arn::sns:r:1:x"] {
            assert_eq!(Arn::parse(none), None, "{none}");
        }
    }
}
