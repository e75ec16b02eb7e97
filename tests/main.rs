//! The one integration binary: stories and real-protocol tests.

mod house;
mod support;
mod watch;
