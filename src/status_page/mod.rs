//! The status page, the page of incidents and that of resilience: for a wall and for a phone. Each is one self-contained
//! file: it runs no script, and makes no request. All of it is pure.
//!
//! What is open stands first, in boxes. The colours, marks and words are those of the [map], the strips those of
//! the [report](crate::report).

pub mod incidents;
pub mod resilience;
pub mod status;

mod cards;

pub use status::Standing;

use crate::{
    domain::Timestamp,
    escape, map,
    report::html::{COLOURS, POLICY, STYLE},
    words,
};

const OWN_STYLE: &str = include_str!("page.css");
/// The longest sentence from a document.
const MOST_SENTENCE: usize = 400;

/// Text from AWS, cut and escaped.
fn shown(text: &str, most: usize) -> String {
    escape::html(&escape::truncate(&escape::terminal(text), most))
}

/// When a page that is kept somewhere is replaced by a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// The latest time. After it the page is out of date.
    pub by: Timestamp,
}

impl Renewal {
    /// Lets a browser that shows the page read it again every minute. It runs no script for it.
    const RELOAD: &str = "<meta http-equiv=\"refresh\" content=\"60\">\n";

    /// What the page says of it: it cannot see by itself how old it is.
    fn sentence(self) -> String {
        format!(
            " A newer page replaces it by {} at the latest: if you still see this one after that, it is out of date.",
            words::instant(self.by)
        )
    }
}

/// What comes before the sections of a page: its head, its title, and `summary`, which is escaped already.
fn beginning(title: &str, summary: &str, renewal: Option<Renewal>, now: Timestamp) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n{}\
         <title>{title}</title>\n<style>\n{COLOURS}{STYLE}{}{OWN_STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{summary}\n<p class=\"faint\">Made on {} by aws-dx-monitor {}.{}</p>\n</header>\n<main>\n",
        renewal.map_or("", |_| Renewal::RELOAD),
        map::html::OWN_STYLE,
        words::instant(now),
        env!("CARGO_PKG_VERSION"),
        renewal.map(Renewal::sentence).unwrap_or_default(),
    )
}

/// What comes after them.
const END: &str = "</main>\n</body>\n</html>\n";

#[cfg(test)]
mod tests;
