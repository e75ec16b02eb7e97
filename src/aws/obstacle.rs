//! What has to be mended before a service accepts a call, as far as AWS's code says it plainly.
//!
//! Each service has codes of its own for its own affairs. For credentials, permissions and keys all have the same ones,
//! with or without `Exception` at the end.

use super::failure::CallFailure;

/// What has to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// A permission is missing, here or in the policy over there.
    Permission,
    /// A permission on the key that encrypts it over there is missing.
    KeyPermission,
    /// The key cannot be used: disabled, deleted, gone.
    Key,
    /// What was called is not there.
    Missing,
    /// Its name cannot be one, or it is of another kind.
    Address,
    /// The credentials are wrong or have expired.
    Credentials,
}

impl Obstacle {
    /// What a failure means in any service.
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
