//! How the figures were made, in words that the other side of a contract can check.

use crate::report::{document::Report, phrases};

/// The section.
pub(super) fn section(report: &Report) -> String {
    let tolerated = phrases::duration(report.unmonitored_after_seconds.saturating_mul(1000));
    let counted = if report.counted_as_down.is_empty() {
        String::new()
    } else {
        let names: Vec<&str> = report.counted_as_down.iter().map(|condition| condition.as_str()).collect();
        format!(" In this report, {} time was counted as down instead.", names.join(", "))
    };
    format!(
        "<section aria-labelledby=\"method\">\n<h2 id=\"method\">How this was measured</h2>\n<ul class=\"method\">\n\
         <li>The monitor asks the AWS Direct Connect API for the state of every item at regular intervals. What is reported \
         is AWS&#39;s own word for each item, at the times of these looks. What goes down and comes back between two \
         looks is not seen.</li>\n\
         <li>A change is dated by the look that first saw it. It happened after the last complete look before; both times \
         are given for each outage, and the outage was no longer than from the one bound to the other.</li>\n\
         <li><strong>Availability</strong> is up time divided by up and down time. Per cents are cut, not rounded: 100% means \
         that no down time was seen.</li>\n\
         <li><strong>Excluded</strong> is what is neither: time in which nobody looked (unmonitored), before the first \
         sight, in which AWS did not say (unknown), before the item was in service (pending), in a failover test that was \
         made on purpose (testing), and after it was removed. Up, down and excluded time add up to the window.{counted}</li>\n\
         <li>An item is <strong>unmonitored</strong> from one complete listing of its kind to the next where these lie more than \
         {tolerated} apart, and from the last one to now likewise. No such time is called up.</li>\n\
         <li><strong>Coverage</strong> is the part of the window in which the item was known and looked at. Where there is \
         neither up nor down time, there is no data, and no availability.</li>\n\
         <li><strong>MTTR</strong> is the mean length of the outages that ended in the window, <strong>MTBF</strong> the up \
         time divided by the number of outages that began in it.</li>\n\
         <li><strong>Connections together</strong> are up while at least one of them is. While none is known to be up, but \
         one was unmonitored or unknown, nothing is counted. They are down while at least one is down and none is up.</li>\n\
         <li>Every change was recorded once, before it was announced, under the event id that is given here; the same id is \
         in the notifications that were sent at the time, and in the archived event.</li>\n\
         </ul>\n</section>\n"
    )
}
