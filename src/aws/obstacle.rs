//! The obstacles that an operator must remove before a service accepts a call, as far as AWS's code makes them clear.
//!
//! Each service has error codes of its own. For credentials, permissions and keys all have the same codes, with or without
//! the suffix `Exception`.

use super::failure::CallFailure;

/// What an operator must fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A permission is missing, in the caller's policy or in that of the resource.
    Permission,
    /// A permission on the resource's KMS key is missing.
    KeyPermission,
    /// The KMS key cannot be used: it is disabled or deleted.
    Key,
    /// The resource does not exist.
    Missing,
    /// The name is invalid, or the resource is of an unsuitable type.
    Address,
    /// The credentials are wrong or have expired.
    Credentials,
}

impl Obstacle {
    /// The obstacle behind a failure, by the codes that all services share.
    pub(super) fn of(failure: &CallFailure) -> Option<Obstacle> {
        match failure.plain_code() {
            "AccessDenied" | "AuthorizationError" | "NotAuthorized" | "UnauthorizedOperation" => {
                let about_the_key = failure.message().to_ascii_lowercase().contains("kms:");
                Some(if about_the_key { Obstacle::KeyPermission } else { Obstacle::Permission })
            }
            "KMSAccessDenied" => Some(Obstacle::KeyPermission),
            "KMSDisabled" | "KMSInvalidState" | "KMSNotFound" | "KMSOptInRequired" => Some(Obstacle::Key),
            "ResourceNotFound" => Some(Obstacle::Missing),
            "ExpiredToken"
            | "IncompleteSignature"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSecurity"
            | "InvalidSignature"
            | "MissingAuthenticationToken"
            | "OptInRequired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClient" => Some(Obstacle::Credentials),
            _ => None,
        }
    }
}
