//! How far a long read has come, for whoever waits at a terminal for it. On standard error; nothing in pipes, nothing of
//! what is over in a moment, and nothing left behind.

use std::{
    io::{IsTerminal, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is over sooner is not worth a word.
const SHOWN_AFTER: Duration = Duration::from_millis(300);
/// How often the sign of life moves while nothing else does.
const EVERY: Duration = Duration::from_millis(120);

/// The progress of a read.
#[derive(Debug)]
pub struct ReadProgress {
    /// None where nobody watches.
    bar: Option<ProgressBar>,
    since: Instant,
    done: u64,
}

impl ReadProgress {
    /// Of a read of so many pieces.
    pub fn of(total: usize, pieces: &str) -> ReadProgress {
        let template = format!("{{spinner}} {{pos}} of {{len}} {pieces} {{bar:30}} {{eta}}");
        ReadProgress::new(Some(u64::try_from(total).unwrap_or(u64::MAX)), &template)
    }

    /// Of a read of nobody knows how many pieces. `shown` is false where its bar would come between what is written to the
    /// same terminal meanwhile.
    pub fn of_unknown(pieces: &str, shown: bool) -> ReadProgress {
        let progress = ReadProgress::new(None, &format!("{{spinner}} {{pos}} {pieces} {{msg}}"));
        if shown { progress } else { ReadProgress { bar: None, ..progress } }
    }

    fn new(total: Option<u64>, template: &str) -> ReadProgress {
        let bar = stderr().is_terminal().then(|| {
            // A template that cannot be read would be a mistake of ours: then it looks as indicatif likes it.
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden()).with_style(style)
        });
        ReadProgress { bar, since: Instant::now(), done: 0 }
    }

    /// One more piece; `at` says where, if there is more to say than the number.
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
        // Words are made now and then: a read of a million pieces has something else to do.
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
