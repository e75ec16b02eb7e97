//! The identity under which the monitor works: partition, region, account and name.
//!
//! The caller's account is not always the account that is watched: a monitor may watch other accounts too, with a role in
//! each of them.

use super::{Arn, Scope};

/// Whose items are watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Those of the caller's own account.
    #[default]
    Own,
    /// Those of another account.
    Another,
}

/// The identity of the caller, from the function's ARN or from that of an operator's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The partition of AWS: `aws`, `aws-us-gov`, `aws-cn`.
    pub partition: String,
    /// The region of the function, or the one that the operator works in.
    pub region: String,
    /// The caller's own account.
    pub account: String,
    /// The name within the account: the function's name, or an operator's `role/session` or user name.
    pub name: String,
}

/// A text from AWS that does not name the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseCallerError {
    /// It is not the ARN of a function.
    #[error("the invocation came with {0:?}, which is not the ARN of a function: its account is not known")]
    Function(String),
    /// It is not the ARN of an identity, or the account is missing.
    #[error("AWS reports the caller {arn:?} of account {account:?}, which names no account and partition")]
    Identity {
        /// The ARN that AWS gave.
        arn: String,
        /// The account that AWS gave.
        account: String,
    },
}

impl Caller {
    /// The caller that a function's ARN (`arn:aws:lambda:us-east-1:123456789012:function:name`) names.
    ///
    /// # Errors
    ///
    /// It is not such an ARN.
    pub fn of_function(arn: &str) -> Result<Caller, ParseCallerError> {
        Arn::parse(arn)
            .filter(|arn| arn.service == "lambda" && arn.is_regional())
            .and_then(|arn| {
                // A version or an alias may follow the name.
                let name = arn.resource.strip_prefix("function:")?.split(':').next()?;
                (!name.is_empty()).then(|| Caller::new(arn.partition, arn.region, arn.account, name))
            })
            .ok_or_else(|| ParseCallerError::Function(arn.to_owned()))
    }

    /// The caller whose credentials have this identity (`arn:aws:sts::123456789012:assumed-role/…`), at work in `region`.
    ///
    /// # Errors
    ///
    /// It is not such an identity.
    pub fn of_identity(arn: &str, account: &str, region: &str) -> Result<Caller, ParseCallerError> {
        match Arn::parse(arn) {
            Some(arn) if !account.is_empty() => {
                // The name follows the type: `assumed-role/noc/me`, `user/alice`. The root user has none: `root`.
                let name = arn.resource.split_once('/').map_or(arn.resource, |(_, name)| name);
                Ok(Caller::new(arn.partition, region, account, name))
            }
            _ => Err(ParseCallerError::Identity { arn: arn.to_owned(), account: account.to_owned() }),
        }
    }

    fn new(partition: &str, region: &str, account: &str, name: &str) -> Caller {
        let [partition, region, account, name] = [partition, region, account, name].map(str::to_owned);
        Caller { partition, region, account, name }
    }

    /// Whose items are watched in this account.
    pub fn whose(&self, watched: &str) -> Whose {
        if watched == self.account { Whose::Own } else { Whose::Another }
    }

    /// The ARN of the role of this name in another account of the caller's partition.
    pub fn role_in(&self, account: &str, name: &str) -> String {
        format!("arn:{}:iam::{account}:role/{name}", self.partition)
    }

    /// The scope of the caller's own region.
    pub fn scope(&self) -> Scope {
        Scope::regional(self.account.clone(), self.region.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_read_from_the_functions_arn() {
        let caller =
            Caller::of_function("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:monitor:3").unwrap();
        assert_eq!((caller.partition.as_str(), caller.account.as_str()), ("aws-us-gov", "123456789012"));
        assert_eq!(caller.name, "monitor");
        assert_eq!(caller.scope().to_string(), "123456789012/us-gov-west-1");
        assert!(Caller::of_function("arn:aws:lambda:us-east-1::function:x").is_err());
        assert!(Caller::of_function("arn:aws:lambda:us-east-1:123456789012:function:").is_err());
        assert!(Caller::of_function("").unwrap_err().to_string().contains("is not the ARN of a function"));
    }

    #[test]
    fn another_account_is_watched_with_a_role_there_in_the_callers_partition() {
        let caller = Caller::of_function("arn:aws-cn:lambda:cn-north-1:123456789012:function:monitor").unwrap();
        assert_eq!((caller.whose("123456789012"), caller.whose("111122223333")), (Whose::Own, Whose::Another));
        assert_eq!(caller.role_in("111122223333", "reader"), "arn:aws-cn:iam::111122223333:role/reader");
    }

    #[test]
    fn the_caller_is_read_from_an_identity() {
        let arn = "arn:aws-cn:sts::123456789012:assumed-role/noc/me";
        let caller = Caller::of_identity(arn, "123456789012", "cn-north-1").unwrap();
        assert_eq!(
            (caller.partition.as_str(), caller.scope().to_string().as_str()),
            ("aws-cn", "123456789012/cn-north-1")
        );
        for (who, name) in
            [("assumed-role/noc/me@x.com", "noc/me@x.com"), ("user/path/alice", "path/alice"), ("root", "root")]
        {
            let arn = format!("arn:aws:sts::123456789012:{who}");
            assert_eq!(Caller::of_identity(&arn, "123456789012", "us-east-1").unwrap().name, name);
        }
        for (arn, account) in [("", "123456789012"), ("me", "123456789012"), (arn, ""), ("arn::sts::1:x", "1")] {
            assert!(Caller::of_identity(arn, account, "cn-north-1").is_err(), "{arn} {account}");
        }
    }
}
