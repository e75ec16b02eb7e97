//! The timeouts and retries of every client of AWS.
//!
//! No client uses the SDK's shared budget of retries. By default all clients of a service and region in a process draw on
//! one bucket of 500 tokens. A retry takes five or ten of them, and only later successes give them back. A long outage
//! empties the bucket. For many polls after it, a single throttled call would be a lost minute of metrics, a gap, or a
//! delayed announcement. The bucket exists to spare a service in trouble. Here few calls are in flight, each has few
//! attempts, and every call and every observation has a time limit.

use std::time::Duration;

use aws_sdk_directconnect::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};

/// How long the function may take to open a connection, TLS included. It is the same for all services, so that they share
/// one connector ([`super::http_client`]).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the observation of a scope may take in all. Everything read by then is used, and the rest is a gap: a partner
/// with hundreds of interconnects must not lose the whole poll because one call hangs.
pub(super) const OBSERVATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The least time between two messages on a topic: eight a second. SNS switches an e-mail subscription off, without notice,
/// when more than ten reach it in a second.
pub(super) const MESSAGE_SPACING: Duration = Duration::from_millis(125);

/// How long an operator waits for credentials: a sign-in service or a credential process may take a moment.
#[cfg(feature = "tool")]
pub(super) const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a client's calls may take, and how often they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// How often a call is made before it counts as failed.
    pub attempts: u32,
    /// The longest wait before the second attempt. It doubles with each attempt, and the actual wait is a random part of
    /// it.
    pub initial_backoff: Duration,
    /// The longest wait between any two attempts.
    pub maximum_backoff: Duration,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// How long a call may take with all its attempts.
    pub operation_timeout: Duration,
}

impl CallLimits {
    /// For Direct Connect's lists, in a poll once a minute.
    pub const DIRECT_CONNECT: CallLimits = CallLimits {
        attempts: 4,
        initial_backoff: Duration::from_millis(500),
        maximum_backoff: Duration::from_secs(4),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(5),
        operation_timeout: Duration::from_secs(15),
    };

    /// For the tables of the function. A poll's recall has 5 seconds, and a call fails, with its reason, before that.
    pub const LEDGER: CallLimits = CallLimits {
        attempts: 6,
        initial_backoff: Duration::from_millis(50),
        maximum_backoff: Duration::from_secs(1),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(2),
        operation_timeout: Duration::from_millis(4_500),
    };

    /// For reading the same tables from a terminal. A page has up to a megabyte, and the line may be slow.
    pub const READER: CallLimits = CallLimits {
        attempts: 4,
        initial_backoff: Duration::from_millis(100),
        maximum_backoff: Duration::from_secs(2),
        connect_timeout: Duration::from_secs(3),
        attempt_timeout: Duration::from_secs(8),
        operation_timeout: Duration::from_secs(15),
    };

    /// For metrics and sinks. One that hangs must not use up the time of a poll; the next poll tries again.
    pub const SINK: CallLimits = CallLimits {
        attempts: 3,
        initial_backoff: Duration::from_millis(250),
        maximum_backoff: Duration::from_secs(1),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(3),
        operation_timeout: Duration::from_secs(8),
    };

    /// For evidence. All of it has five seconds, after the poll; what fails is asked again minutes later.
    pub const EVIDENCE: CallLimits = CallLimits {
        attempts: 2,
        initial_backoff: Duration::from_millis(200),
        maximum_backoff: Duration::from_millis(500),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(2),
        operation_timeout: Duration::from_secs(4),
    };

    /// For the lists of an organisation, once an hour. They are throttled at a few a second, whoever calls.
    pub const ORGANIZATION: CallLimits = CallLimits {
        attempts: 6,
        initial_backoff: Duration::from_millis(500),
        maximum_backoff: Duration::from_secs(4),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(5),
        operation_timeout: Duration::from_secs(20),
    };

    /// For assuming the role of another account. An account whose role does not answer delays no other by more than this.
    pub const ROLE: CallLimits = CallLimits {
        attempts: 3,
        initial_backoff: Duration::from_millis(250),
        maximum_backoff: Duration::from_secs(1),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(2),
        operation_timeout: Duration::from_millis(4_500),
    };

    /// For finding out whose an operator's credentials are. An attempt may have to get the credentials first.
    pub const IDENTITY: CallLimits = CallLimits {
        attempts: 3,
        initial_backoff: Duration::from_millis(250),
        maximum_backoff: Duration::from_secs(1),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(6),
        operation_timeout: Duration::from_secs(12),
    };

    /// For writing pages. One may have several megabytes.
    #[cfg(feature = "pages")]
    pub const PAGES: CallLimits = CallLimits {
        attempts: 4,
        initial_backoff: Duration::from_millis(250),
        maximum_backoff: Duration::from_secs(2),
        connect_timeout: CONNECT_TIMEOUT,
        attempt_timeout: Duration::from_secs(6),
        operation_timeout: Duration::from_secs(15),
    };

    /// For invoking the function. There is one attempt, since after a lost answer a second one would send a second drill.
    /// Lambda stops the function itself before the minute is over.
    pub const INVOCATION: CallLimits = CallLimits {
        attempts: 1,
        initial_backoff: Duration::ZERO,
        maximum_backoff: Duration::ZERO,
        connect_timeout: Duration::from_secs(3),
        attempt_timeout: Duration::from_secs(60),
        operation_timeout: Duration::from_secs(60),
    };

    pub(super) fn retry_config(&self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.initial_backoff)
            .with_max_backoff(self.maximum_backoff)
    }

    pub(super) fn timeout_config(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .operation_timeout(self.operation_timeout)
            .build()
    }
}

/// The configuration of a service's client.
pub(super) trait Limited: Sized {
    /// The same with these limits, and without the SDK's shared budget of retries.
    fn limited(self, limits: &CallLimits) -> Self;
}

/// Implements [`Limited`] for the configurations of the services. Each is a type of its own with the same methods.
macro_rules! limited {
    ($($sdk:ident),* $(,)?) => {$(
        impl Limited for $sdk::config::Builder {
            fn limited(self, limits: &CallLimits) -> Self {
                let unlimited = RetryPartition::custom(stringify!($sdk)).token_bucket(TokenBucket::unlimited()).build();
                self.retry_config(limits.retry_config())
                    .timeout_config(limits.timeout_config())
                    .retry_partition(unlimited)
            }
        }
    )*};
}

limited!(aws_sdk_cloudwatch, aws_sdk_directconnect, aws_sdk_dynamodb, aws_sdk_eventbridge, aws_sdk_sns, aws_sdk_sts,);

#[cfg(feature = "tool")]
limited!(aws_sdk_lambda);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_to_the_ledger_ends_before_the_time_limit_of_a_recall() {
        assert!(CallLimits::LEDGER.operation_timeout < Duration::from_secs(5));
    }
}
