//! The page of incidents: the open ones, and those that ended lately.

use super::{END, Renewal, beginning, cards};
use crate::{domain::Timestamp, query::Incidents, words};

/// The most incidents in a section.
const MOST: usize = 500;

/// The page of a list, made at `now`, and replaced as `renewal` says where it is kept.
pub fn page(list: &Incidents, renewal: Option<Renewal>, now: Timestamp) -> String {
    let (open, ended): (Vec<_>, Vec<_>) = list.incidents.iter().partition(|incident| incident.open);
    let counted = words::counted(list.incidents.len() as u64, "incident", "incidents");
    let mut summary = format!("<p>{counted}, {} of them open.</p>", open.len());
    if list.unreadable > 0 {
        let unreadable = words::counted(list.unreadable as u64, "incident", "incidents");
        summary +=
            &format!("\n<p class=\"notice\">Not shown: {unreadable} that a newer version of the program keeps.</p>");
    }
    let mut page = beginning("Direct Connect incidents", &summary, renewal, now);
    for (id, title, incidents) in [("open", "Open", open), ("ended", "Ended", ended)] {
        page += &format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n");
        page += if incidents.is_empty() { "<p>None.</p>\n" } else { "<div class=\"frames\">\n" };
        page.extend(incidents.iter().take(MOST).map(|incident| cards::card(incident, now)));
        page += if incidents.is_empty() { "" } else { "</div>\n" };
        if incidents.len() > MOST {
            page += &format!("<p class=\"notice\">{} more are left out.</p>\n", incidents.len() - MOST);
        }
        page += "</section>\n";
    }
    page + END
}
