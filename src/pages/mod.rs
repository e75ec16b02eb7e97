//! The pages that a stack keeps in a bucket: the status page and the page of incidents, which are replaced, and the report of
//! each month, which is written once.
//!
//! A schedule asks for them. Whether the status page is due is read from the history, once a minute: so a storm of changes
//! makes one page a minute, and it matters neither which bus there is nor whether an event gets lost.

mod bucket;
mod letter;
mod monthly;
mod request;
mod status;
mod writer;

pub use bucket::{Cache, Claim, Page, Shelf};
pub use monthly::Month;
pub use request::Request;
pub use status::{Renewal, whole};
pub use writer::{Done, Mail, Writer};
