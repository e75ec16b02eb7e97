//! Credentials of the role that each other account has for the hub.
//!
//! A session by a chained role lasts an hour at most. It is used for fifty minutes, and one set of credentials serves all
//! regions. Of several polls that need new ones at the same moment, one asks and the others wait for its answer. The clients
//! of an account ask for the credentials at each call, so that they are made once and outlive every session. Credentials
//! appear in no log and in no `Debug`.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex as Map, PoisonError},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};
use aws_sdk_directconnect::config::{Credentials, IdentityCache, SharedCredentialsProvider};
use aws_sdk_sts::{Client, config::Builder, types::Credentials as Answered};
use tokio::sync::Mutex;

use super::{
    failure::CallFailure,
    limits::{CallLimits, Limited},
    obstacle::Obstacle,
};
use crate::domain::{Caller, Denial, NoAccess, Timestamp};

/// How long credentials are used.
const USED_FOR: Duration = Duration::from_secs(50 * 60);

/// How long a session lasts: the most that AWS allows for a chained role.
const SESSION_SECONDS: i32 = 3_600;

/// How long before their end credentials are not used any more, so that no poll outlives them.
const RESERVE: Duration = Duration::from_secs(5 * 60);

/// The accounts' roles, and the credentials that they gave.
pub struct MemberRoles {
    config: SdkConfig,
    sts: Client,
    name: String,
    external_id: Option<String>,
    accounts: Map<BTreeMap<String, Slot>>,
}

/// The credentials of one account, as the polls of it renew them and its clients use them.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<Assumed>>>);

/// Credentials, and until when they are used.
struct Assumed {
    credentials: Credentials,
    until: Timestamp,
}

impl MemberRoles {
    /// The roles of this name. All clients share the HTTP client of `config`; roles are assumed in its region.
    pub fn new(config: &SdkConfig, name: &str, external_id: Option<&str>) -> MemberRoles {
        MemberRoles {
            sts: Client::from_conf(Builder::from(config).limited(&CallLimits::ROLE).build()),
            config: config.clone(),
            name: name.to_owned(),
            external_id: external_id.map(str::to_owned),
            accounts: Map::default(),
        }
    }

    /// Makes sure that the clients of an account have credentials of its role for the next minutes.
    ///
    /// # Errors
    ///
    /// The role gave none.
    pub async fn enter(&self, account: &str, caller: &Caller, now: Timestamp) -> Result<(), NoAccess> {
        let slot = self.slot(account);
        let mut credentials = slot.0.lock().await;
        if credentials.as_ref().is_none_or(|assumed| now >= assumed.until) {
            // One that is not renewed is not used either.
            *credentials = None;
            *credentials = Some(self.assume(account, caller, now).await?);
        }
        Ok(())
    }

    /// The configuration for clients that read an account, with the credentials that [`MemberRoles::enter`] has got.
    pub fn config_of(&self, account: &str) -> SdkConfig {
        let provider = SharedCredentialsProvider::new(self.slot(account));
        self.config
            .clone()
            .into_builder()
            .credentials_provider(provider)
            .identity_cache(IdentityCache::no_cache())
            .build()
    }

    /// Forgets the credentials of an account: nothing could be read with them, and the role may be another by now.
    pub async fn forget(&self, account: &str) {
        *self.slot(account).0.lock().await = None;
    }

    fn slot(&self, account: &str) -> Slot {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(account.to_owned()).or_default().clone()
    }

    async fn assume(&self, account: &str, caller: &Caller, now: Timestamp) -> Result<Assumed, NoAccess> {
        let role = caller.role_in(account, &self.name);
        let request = self.sts.assume_role().role_arn(&role).role_session_name(session_name(&caller.name));
        let request = request.duration_seconds(SESSION_SECONDS).set_external_id(self.external_id.clone());
        // On the heap: the SDK's futures are large.
        let answer = Box::pin(request.send()).await;
        let no_access = |denial, reason: String| NoAccess { account: account.to_owned(), denial, reason };
        let answer = answer.map_err(|error| {
            let failure = CallFailure::of(&error);
            let denial = denial(&failure);
            no_access(denial, format!("the role {role} cannot be assumed: {failure}{}", advice(denial)))
        })?;
        let answered = answer.credentials.ok_or_else(|| {
            no_access(Denial::Failed, format!("the role {role} cannot be assumed: the answer has no credentials"))
        })?;
        Ok(Assumed::of(answered, now))
    }
}

impl Assumed {
    fn of(answered: Answered, now: Timestamp) -> Assumed {
        let end = Timestamp::from_milliseconds(answered.expiration.to_millis().unwrap_or(i64::MAX));
        let usable = end.since(now).saturating_sub(RESERVE).min(USED_FOR);
        let token = Some(answered.session_token);
        let credentials =
            Credentials::new(answered.access_key_id, answered.secret_access_key, token, None, "member role");
        Assumed { credentials, until: now.plus(usable) }
    }
}

impl ProvideCredentials for Slot {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let assumed = self.0.lock().await;
            let none = || CredentialsError::not_loaded("the role of the account has given no credentials");
            assumed.as_ref().map(|assumed| assumed.credentials.clone()).ok_or_else(none)
        })
    }
}

/// Without the credentials.
impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Slot")
    }
}

/// The name of a session, from the function's: 2 to 64 characters that AWS accepts.
fn session_name(function: &str) -> String {
    let name: String = function
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || "_+=,.@-".contains(*letter))
        .take(64)
        .collect();
    if name.len() < 2 { "aws-dx-monitor".to_owned() } else { name }
}

/// What kind of reason a failure is.
fn denial(failure: &CallFailure) -> Denial {
    match (failure.plain_code(), Obstacle::of(failure)) {
        ("ExpiredToken", _) => Denial::Expired,
        ("Throttling" | "Throttled" | "RequestLimitExceeded" | "TooManyRequests" | "SlowDown", _) => Denial::Throttled,
        (_, Some(Obstacle::Permission)) => Denial::Refused,
        _ => Denial::Failed,
    }
}

/// What to do about it.
fn advice(denial: Denial) -> &'static str {
    match denial {
        Denial::Refused => {
            "; make it there with the template of `aws-dx-monitor member-role`, or see whether it trusts this account, its \
             organisation and the external id"
        }
        Denial::Expired => "; the function's own credentials have expired",
        Denial::Throttled | Denial::Failed => "",
    }
}

/// Without the credentials.
impl fmt::Debug for MemberRoles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MemberRoles").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: &str) -> Denial {
        denial(&CallFailure::answered(Some(code), "User: … is not authorized to perform: sts:AssumeRole"))
    }

    #[test]
    fn a_refusal_is_told_from_what_passes() {
        assert_eq!(failure("AccessDenied"), Denial::Refused);
        assert_eq!(failure("ExpiredToken"), Denial::Expired);
        assert_eq!(failure("ExpiredTokenException"), Denial::Expired);
        assert_eq!(failure("Throttling"), Denial::Throttled);
        assert_eq!(failure("ThrottlingException"), Denial::Throttled);
        assert_eq!(failure("InvalidClientTokenId"), Denial::Failed);
        assert_eq!(denial(&CallFailure::unanswered("timeout")), Denial::Failed);
    }

    #[test]
    fn a_session_is_named_after_the_function() {
        assert_eq!(session_name("dx-monitor-Function-1A2B"), "dx-monitor-Function-1A2B");
        assert_eq!(session_name("noc/me & you"), "nocmeyou");
        assert_eq!(session_name("ü"), "aws-dx-monitor");
        assert_eq!(session_name(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn credentials_are_used_for_fifty_minutes_and_never_to_their_end() {
        let now = Timestamp::from_milliseconds(1_795_316_400_000);
        let lasting = |seconds: u64| {
            let end = aws_smithy_types::DateTime::from_millis(now.plus(Duration::from_secs(seconds)).milliseconds());
            let answered = Answered::builder().access_key_id("A").secret_access_key("S").session_token("T");
            Assumed::of(answered.expiration(end).build().unwrap(), now).until.since(now)
        };
        assert_eq!(lasting(3_600), Duration::from_secs(3_000));
        assert_eq!(lasting(900), Duration::from_secs(600));
        assert_eq!(lasting(60), Duration::ZERO);
    }
}
