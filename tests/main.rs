//! The one integration binary: stories and real-protocol tests.
