//! The section that explains how the figures were made. The other party to a contract must be able to check it.

use crate::{
    escape,
    report::{document::Report, phrases, planned_phrases},
};

/// The section.
pub(super) fn section(report: &Report) -> String {
    let tolerated = phrases::duration(report.unmonitored_after_seconds.saturating_mul(1000));
    let counted = if report.counted_as_down.is_empty() {
        String::new()
    } else {
        let names: Vec<&str> = report.counted_as_down.iter().map(|condition| condition.as_str()).collect();
        format!(" In this report, {} time was counted as down instead.", names.join(", "))
    };
    let planned = planned_phrases::kinds(&report.planned.counted);
    let choice = planned_phrases::treatment(report, escape::html).unwrap_or_else(|| "It counts as down.".to_owned());
    format!(
        "<section aria-labelledby=\"method\">\n<h2 id=\"method\">How this was measured</h2>\n<ul class=\"method\">\n\
         <li>The monitor polls the AWS Direct Connect API for the state of every item at regular intervals. The report is \
         made from AWS&#39;s own state words at the times of these polls. An item that goes down and comes back between \
         two polls is not seen down.</li>\n\
         <li>A change is dated by the poll that first saw it. It happened after the last complete poll before that. Both \
         times are given for the beginning and the end of each outage, so the outage was no longer than from its first \
         bound to its last.</li>\n\
         <li><strong>Availability</strong> is up time divided by up and down time. Per cents are cut, not rounded: 100% means \
         that no down time was seen.</li>\n\
         <li><strong>Excluded</strong> time is neither up nor down: time that was not monitored (unmonitored), before the \
         first sight, while AWS did not report the state (unknown), before the item was in service (pending), during a \
         failover test (testing), after it was removed, and after its kind or region was polled no longer (retired); and, only by choice, within planned time (planned). Up, down and excluded time add up to the window.{counted}</li>\n\
         <li>An item is <strong>unmonitored</strong> between two complete listings of its kind that are more than \
         {tolerated} apart, and likewise from the last one to now. Where AWS lists items parent by parent, such as the \
         connections hosted on one interconnect, the listing is that of its parent. Such time never counts as up, nor as \
         down. An outage that was recorded in it is listed, but not counted.</li>\n\
         <li><strong>Planned</strong> is down time within announced time: {planned}. An announcement that came after the work \
         began excuses nothing, and a window excuses no time outside it. Windows that overlap count once. Several paths \
         together were down as planned only while each of them that was down was. {choice} Which window covers an outage \
         is read from the documents of its incident, and from the windows that are still stored: these are dropped eight \
         days after their end.</li>\n\
         <li><strong>Coverage</strong> is the part of the window in which the item was known and monitored. Where there is \
         neither up nor down time, there is no data, and no availability.</li>\n\
         <li><strong>MTTR</strong> is the mean length of the outages that ended in the window, <strong>MTBF</strong> the up \
         time divided by the number of outages that began in it.</li>\n\
         <li><strong>Connections together</strong> are up while at least one of them is. While none is known to be up, but \
         one is unmonitored or unknown, the time is excluded. They are down while at least one is down and none is up.</li>\n\
         <li><strong>A destination</strong> is a Direct Connect gateway, a virtual private gateway, or the public interfaces of \
         an account, in one address family. It is up while it has a path. While none is known to be up, but whether there was \
         one is not known (a part is unmonitored or unknown), the time is excluded, and likewise while its paths are pending, \
         tested, removed or retired and none is down. Which interface leads where is read from the items as they were last \
         seen, and from their events; where these disagree about what an interface ran over, its own state decides.</li>\n\
         <li><strong>An incident</strong> is what has one cause. An outage is under the incident that its events name, or \
         that a document of an incident lists it in; nothing is guessed from times alone. Severity and impact are the worst \
         that was said.</li>\n\
         <li>Every change was recorded once, before it was announced, under the event id given here. The notifications sent \
         at the time and the archived event have the same id.</li>\n\
         </ul>\n</section>\n"
    )
}
