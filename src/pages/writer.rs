//! Writes the pages that are due.

use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use serde::Serialize;

use super::{Cache, Claim, Month, Page, Shelf, letter, status};
use crate::{
    announcement::Message,
    calendar::Calendar,
    domain::Timestamp,
    query::{self, Records},
    report::{Asked, Exclusions, Report, Terms, Window, html},
    status_page,
};

/// Sends messages to people.
#[async_trait(?Send)]
pub trait Mail {
    /// Sends one message.
    async fn send(&self, message: Message) -> anyhow::Result<()>;
}

/// What an invocation has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "pages", rename_all = "kebab-case")]
pub enum Done {
    /// Nothing has changed since the pages were written.
    NotDue,
    /// The status page and the page of incidents are written.
    Status {
        /// When what they show was read.
        at: Timestamp,
    },
    /// Nothing was watched in that month.
    NothingToReport {
        /// The month.
        month: String,
    },
    /// The report is written, and the message about it is sent.
    Report {
        /// The month.
        month: String,
    },
    /// The report is there, and another invocation sends the message about it, or has.
    ReportIsThere {
        /// The month.
        month: String,
    },
}

/// Writes pages from the records.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// What they are made from.
    pub records: Records<'a>,
    /// Where they are written.
    pub shelf: &'a dyn Shelf,
    /// Who is sent the message about a report.
    pub people: &'a dyn Mail,
    /// How long a kind may be without a complete listing.
    pub tolerated: Duration,
    /// The calendar of months.
    pub calendar: Calendar,
    /// What comes before a page's key in its address.
    pub link: &'a str,
}

impl Writer<'_> {
    /// Writes the status page and the page of incidents, if they are due. They were last begun at `last`.
    ///
    /// # Errors
    ///
    /// The store cannot be read, or a page cannot be written.
    pub async fn status(&self, last: Option<Timestamp>, now: Timestamp) -> anyhow::Result<Done> {
        let store = self.records.history;
        let is_due = status::is_due(store, last, now).await.context("cannot see whether something has changed")?;
        if !is_due {
            return Ok(Done::NotDue);
        }
        let renewal = Some(status::renewal(now));
        let page =
            status::whole(self.records, self.tolerated, renewal, now).await.context("cannot make the status page")?;
        self.write("status.html", page).await?;
        let list = status::incidents(store, now).await.context("cannot make the page of incidents")?;
        self.write("incidents.html", status_page::incidents::page(&list, renewal, now)).await?;
        Ok(Done::Status { at: now })
    }

    async fn write(&self, key: &str, content: String) -> anyhow::Result<()> {
        self.shelf.write(&Page { key: key.to_owned(), content, cache: Cache::Never }).await
    }

    /// Writes the report of the month before this one, if there is none, and sends one message about it. An `invocation` that
    /// failed is repeated under the same id, and sends the message then; any other finds that it is claimed.
    ///
    /// # Errors
    ///
    /// The store cannot be read, the report cannot be written, or the message cannot be sent.
    pub async fn report(&self, invocation: &str, now: Timestamp) -> anyhow::Result<Done> {
        let month = Month::before(now, self.calendar);
        let name = month.name.clone();
        let Some(report) = self.of(&month, now).await.with_context(|| format!("cannot make the report of {name}"))?
        else {
            return Ok(Done::NothingToReport { month: name });
        };
        let page = Page { key: month.key(), content: html::page(&report, self.calendar), cache: Cache::Long };
        self.shelf.write_once(&page).await?;
        if self.shelf.claim(&month.claim(), invocation).await? == Claim::Anothers {
            return Ok(Done::ReportIsThere { month: name });
        }
        let message = letter::of(&report, &month, &format!("{}{}", self.link, page.key));
        let sent = self.people.send(message).await;
        sent.with_context(|| format!("the report of {name} is written, and the message about it is not sent"))?;
        Ok(Done::Report { month: name })
    }

    /// The report of a month; none if nothing was watched before its end.
    async fn of(&self, month: &Month, now: Timestamp) -> anyhow::Result<Option<Report>> {
        let remembered = query::everything(self.records.history).await?;
        let first = query::first_observation(&remembered);
        if first.is_none_or(|first| first >= month.span.until) {
            return Ok(None);
        }
        let asked = Asked { month: Some(&month.name), ..Asked::default() };
        let window = Window::new(&asked, self.calendar, first, now)?;
        let exclusions = Exclusions::default();
        let terms =
            Terms { window: &window, exclusions: &exclusions, unmonitored_after: self.tolerated, shows_retired: false };
        query::availability(self.records, remembered, terms, |_| ()).await.map(Some)
    }
}
