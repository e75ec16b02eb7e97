//! An event-driven state-change notifier for AWS Direct Connect.
