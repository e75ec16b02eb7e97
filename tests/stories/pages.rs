//! The pages in a bucket: when they are written, and what is sent about a report. The bucket is a stand-in.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use async_trait::async_trait;
use aws_dx_monitor::{
    announcement::Message,
    calendar::Calendar,
    domain::{Acknowledgement, Timestamp},
    pages::{Cache, Claim, Done, Mail, Page, Shelf, Writer},
    ports::Windows,
    query::{self, IncidentFilter, Records},
};

use super::rig::{ACCOUNT, Rig, account, minute};

/// A bucket and a topic in one.
#[derive(Default)]
struct Stack {
    pages: RefCell<BTreeMap<String, Page>>,
    claims: RefCell<BTreeMap<String, String>>,
    sent: RefCell<Vec<Message>>,
    refuses: Cell<bool>,
}

#[async_trait(?Send)]
impl Shelf for Stack {
    async fn write(&self, page: &Page) -> anyhow::Result<()> {
        self.pages.borrow_mut().insert(page.key.clone(), page.clone());
        Ok(())
    }

    async fn write_once(&self, page: &Page) -> anyhow::Result<bool> {
        let is_new = !self.pages.borrow().contains_key(&page.key);
        if is_new {
            self.write(page).await?;
        }
        Ok(is_new)
    }

    async fn claim(&self, key: &str, claimant: &str) -> anyhow::Result<Claim> {
        let mut claims = self.claims.borrow_mut();
        let owner = claims.entry(key.to_owned()).or_insert_with(|| claimant.to_owned());
        Ok(if owner == claimant { Claim::Own } else { Claim::Anothers })
    }
}

#[async_trait(?Send)]
impl Mail for Stack {
    async fn send(&self, message: Message) -> anyhow::Result<()> {
        anyhow::ensure!(!self.refuses.get(), "no");
        self.sent.borrow_mut().push(message);
        Ok(())
    }
}

impl Stack {
    fn writer<'a>(&'a self, rig: &'a Rig) -> Writer<'a> {
        let ledger = &rig.ledger.inner;
        Writer {
            records: Records { history: ledger, windows: ledger },
            shelf: self,
            people: self,
            tolerated: Duration::from_secs(900),
            calendar: Calendar::UTC,
            link: "https://dx.example.com/",
        }
    }

    fn page(&self, key: &str) -> String {
        self.pages.borrow()[key].content.clone()
    }
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

#[tokio::test]
async fn the_status_page_is_written_after_a_change_and_now_and_then() {
    let rig = Rig::watching(account::of_each(2)).await;
    let stack = Stack::default();
    let is_written = async |last: Option<Timestamp>, now| {
        stack.pages.borrow_mut().clear();
        let done = stack.writer(&rig).status(last, now).await.unwrap();
        let written = stack.pages.borrow().keys().cloned().collect::<Vec<_>>().join(" ");
        let is_written = done == Done::Status { at: now };
        assert_eq!(written, if is_written { "incidents.html status.html" } else { "" });
        assert!(is_written || done == Done::NotDue, "{done:?}");
        is_written
    };
    assert!(is_written(None, minute(0)).await, "a new process does not know when the last one was written");
    assert!(!is_written(Some(minute(2)), minute(3)).await);
    assert!(!is_written(Some(minute(2)), minute(16)).await);
    assert!(is_written(Some(minute(2)), minute(17)).await, "a page says of the last poll what is no longer so");

    // A change is observed at its minute, and recorded some seconds later: maybe after the page was begun.
    rig.minute(20).turns("dxcon-0", "down").poll_well().await;
    assert!(is_written(Some(minute(19)), minute(20).plus(seconds(5))).await);
    assert!(is_written(Some(minute(20).plus(seconds(5))), minute(21)).await, "it may have come too late for that");
    assert!(!is_written(Some(minute(21).plus(seconds(5))), minute(22)).await);

    // An incident has news, and no item has changed.
    let open = IncidentFilter { open: true, categories: Vec::new(), severities: Vec::new(), since: minute(0) };
    let open = query::incidents(&rig.ledger.inner, &open, minute(30)).await.unwrap();
    let id = open.incidents[0].id.parse().unwrap();
    let by = Acknowledgement { by: "kim".to_owned(), at: minute(30), note: None };
    rig.ledger.inner.write_acknowledgement(ACCOUNT, id, &by).await.unwrap();
    rig.minute(30).poll_well().await;
    assert!(is_written(Some(minute(29)), minute(30).plus(seconds(5))).await);
    assert!(stack.page("status.html").contains("kim"));
}

#[tokio::test]
async fn a_page_says_until_when_it_holds_and_is_read_again_by_itself() {
    let rig = Rig::watching(account::of_each(2)).await;
    let stack = Stack::default();
    stack.writer(&rig).status(None, minute(1)).await.unwrap();
    for key in ["status.html", "incidents.html"] {
        let page = stack.page(key);
        assert!(page.contains("Made on 2026-11-22 03:01:00 UTC"), "{page}");
        assert!(page.contains("by 2026-11-22 03:22:00 UTC at the latest"), "{page}");
        assert!(page.contains("<meta http-equiv=\"refresh\" content=\"60\">") && !page.contains("<script"), "{page}");
        assert_eq!(stack.pages.borrow()[key].cache, Cache::Never);
    }
}

#[tokio::test]
async fn the_report_of_a_month_is_written_and_announced_once() {
    let rig = Rig::watching(account::of_each(2)).await;
    rig.minute(10).turns("dxcon-0", "down").poll_well().await;
    rig.minute(70).turns("dxcon-0", "available").poll_well().await;
    let stack = Stack::default();
    let [too_early, first, second]: [Timestamp; 3] =
        ["2026-11-30T23:59:59Z", "2026-12-01T06:00:00Z", "2026-12-02T06:00:00Z"].map(|text| text.parse().unwrap());
    let report = async |invocation, now| stack.writer(&rig).report(invocation, now).await;
    let month = || "2026-11".to_owned();
    assert_eq!(report("a", too_early).await.unwrap(), Done::NothingToReport { month: "2026-10".to_owned() });

    // The topic refuses it: Lambda repeats the invocation under its id, and any other leaves it alone.
    stack.refuses.set(true);
    let error = format!("{:#}", report("b", first).await.unwrap_err());
    assert_eq!(error, "the report of 2026-11 is written, and the message about it is not sent: no");
    stack.refuses.set(false);
    assert_eq!(report("c", first).await.unwrap(), Done::ReportIsThere { month: month() });
    assert_eq!(report("b", first.plus(seconds(60))).await.unwrap(), Done::Report { month: month() });
    let written = stack.page("reports/2026-11.html");
    assert_eq!(report("d", second).await.unwrap(), Done::ReportIsThere { month: month() });
    assert_eq!(stack.page("reports/2026-11.html"), written, "it is evidence: it stays as it was made");
    assert!(written.contains("1 November 2026 to 30 November 2026") && written.contains("dxcon-0"), "{written}");
    let sent = stack.sent.borrow();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].attributes, [("change", "report".to_owned())].into());
    insta::assert_snapshot!(format!("{}\n\n{}", sent[0].subject, sent[0].text), @r#"
    [report] Direct Connect in November 2026: 100.000%

    Direct Connect in November 2026.

    At least one connection up: 100.000%
    Outages: 0, on 0 of 20 items

    The report, with every outage and its evidence:
      https://dx.example.com/reports/2026-11.html
    "#);
}
