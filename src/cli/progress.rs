//! The progress bar of a long read, on standard error. It is shown only on a terminal and only for reads that take a
//! while, and it is cleared at the end.

use std::{
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A read that ends sooner shows no progress.
const SHOWN_AFTER: Duration = Duration::from_millis(300);
/// How often the spinner moves.
const EVERY: Duration = Duration::from_millis(120);

/// The progress of a read.
#[derive(Debug)]
pub struct ReadProgress {
    /// `None` where standard error is not a terminal.
    bar: Option<ProgressBar>,
    since: Instant,
    done: u64,
}

impl ReadProgress {
    /// The progress of a read of `total` pieces.
    pub fn of(total: usize, pieces: &str) -> ReadProgress {
        let template = format!("{{spinner}} {{pos}} of {{len}} {pieces} {{bar:30}} {{eta}}");
        ReadProgress::new(Some(u64::try_from(total).unwrap_or(u64::MAX)), &template)
    }

    /// The progress of a read of an unknown number of pieces. `shown` is false where other output goes to the same
    /// terminal meanwhile.
    pub fn of_unknown(pieces: &str, shown: bool) -> ReadProgress {
        let progress = ReadProgress::new(None, &format!("{{spinner}} {{pos}} {pieces} {{msg}}"));
        if shown { progress } else { ReadProgress { bar: None, ..progress } }
    }

    fn new(total: Option<u64>, template: &str) -> ReadProgress {
        let bar = stderr().is_terminal().then(|| {
            // The templates are constant. Should one be invalid, the default style does.
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden()).with_style(style)
        });
        ReadProgress { bar, since: Instant::now(), done: 0 }
    }

    /// Counts one more piece. `at` makes the text that is shown beside the count.
    pub fn advance(&mut self, at: impl FnOnce() -> String) {
        let Some(bar) = &self.bar else { return };
        self.done += 1;
        if bar.is_hidden() {
            if self.since.elapsed() < SHOWN_AFTER {
                return;
            }
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(EVERY);
        }
        // Not for every piece: a read may have a million.
        if self.done.is_multiple_of(256) || bar.position() == 0 {
            bar.set_message(at());
        }
        bar.set_position(self.done);
    }
}

impl Drop for ReadProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
