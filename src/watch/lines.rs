//! The front in a pipe: one line for each change on standard output, flushed at once; everything else on standard error.
//!
//! Each stream is written by a thread of its own. A reader that is slow or has stopped reading holds up that thread, but
//! neither the polls nor Ctrl-C.

use std::{
    io::{self, Write},
    thread,
};

use anyhow::anyhow;
use tokio::sync::{mpsc, oneshot};

use super::{
    change::{ChangeView, unreadable_line},
    feed::{Content, Feed, FrontMessage, Notice},
    plan::Watched,
    poller::Poller,
    signals::EndSignals,
};
use crate::{escape, terminal, words};

/// The format of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// A line for people.
    Text,
    /// The recorded document on a line, for programs.
    Json,
}

/// Writes until the poller ends, a signal ends the watch, or standard output is closed. Returns whether everything was
/// read, recorded and announced.
pub(super) async fn run(
    watched: &Watched,
    format: LineFormat,
    feed: Feed,
    poller: &mut Poller,
    signals: &mut EndSignals,
) -> anyhow::Result<bool> {
    if !watched.once {
        let mut err = anstream::stderr();
        writeln!(
            err,
            "watching account {} in {} every {}; states and history are in {}",
            watched.account,
            watched.regions.join(", "),
            words::duration(watched.every),
            escape::terminal(&watched.db)
        )?;
    }
    let Feed { messages, notices, .. } = feed;
    let mut writing = in_a_thread("messages", move || write_messages(messages, format))?;
    let noticing = in_a_thread("notices", move || write_notices(notices))?;
    let written = async {
        // The poller waits until its messages are written. Notices are written before the watch ends.
        let complete = tokio::select! {
            complete = poller.ended() => complete,
            written = &mut writing => match written {
                Ok(Err(error)) => Err(error.into()),
                _ => poller.ended().await,
            },
        }?;
        noticing.await??;
        Ok(complete)
    };
    let outcome: anyhow::Result<Option<bool>> = tokio::select! {
        biased;
        () = signals.asked_to_end() => Ok(None),
        complete = written => complete.map(Some),
    };
    poller.stop().await;
    Ok(outcome?.unwrap_or(true))
}

/// Runs `work` in a thread that does not keep the watch from ending.
fn in_a_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<oneshot::Receiver<T>> {
    let (done, result) = oneshot::channel();
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        // The watch may have ended meanwhile.
        let _ = done.send(work());
    })?;
    Ok(result)
}

fn write_messages(mut messages: mpsc::Receiver<FrontMessage>, format: LineFormat) -> io::Result<()> {
    // Only lines for people have colours, which anstream removes in a pipe. Documents are written unchanged.
    let mut out: Box<dyn Write> = match format {
        LineFormat::Json => Box::new(io::stdout()),
        LineFormat::Text => Box::new(anstream::stdout()),
    };
    while let Some(FrontMessage { content, done }) = messages.blocking_recv() {
        match content {
            Content::Change(document) => {
                write_change(&mut out, format, &document)?;
                out.flush()?;
            }
            Content::Baseline(sentence) => writeln!(anstream::stderr(), "{}", escape::terminal(&sentence))?,
        }
        // If the poll has stopped waiting, the next one announces the change again.
        let _ = done.send(());
    }
    Ok(())
}

fn write_change(out: &mut (impl Write + ?Sized), format: LineFormat, document: &serde_json::Value) -> io::Result<()> {
    match (format, ChangeView::of_document(document)) {
        // In one write, so that a reader never sees half a line.
        (LineFormat::Json, _) => out.write_all(format!("{document}\n").as_bytes()),
        (LineFormat::Text, Some(change)) => out.write_all(format!("{}\n", change.line()).as_bytes()),
        (LineFormat::Text, None) => out.write_all(format!("{}\n", unreadable_line(document)).as_bytes()),
    }
}

fn write_notices(mut notices: mpsc::UnboundedReceiver<Notice>) -> anyhow::Result<()> {
    let mut err = anstream::stderr();
    while let Some(Notice { at, health, text }) = notices.blocking_recv() {
        let style = terminal::of_health(health);
        writeln!(err, "{at} {style}{}{style:#} {text}", terminal::sign(health))
            .map_err(|error| anyhow!(error).context("problems cannot be written to standard error"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{domain::Kind, watch::transition::tests::event};

    fn written(format: LineFormat, document: &serde_json::Value) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        write_change(&mut out, format, document).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn a_change_is_one_line_in_either_format() {
        let hostile = event(Kind::Lag, "dxlag-1", Some("a\u{1b}[2J\nb"), Some("available"), "down");
        let document = serde_json::to_value(&hostile).unwrap();
        insta::assert_snapshot!(written(LineFormat::Text, &document), @r"
        2026-11-22T03:12:00.123Z ! [critical] lag dxlag-1 available -> down after 1h (a\u{1b}[2J\u{a}b) in us-east-1
        ");
        let line = written(LineFormat::Json, &document);
        assert_eq!((line.lines().count(), line.contains('\u{1b}')), (1, false));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), document);
    }

    #[test]
    fn a_document_of_another_version_is_passed_on_unchanged() {
        let document = json!({"metadata": {"version": "7", "id": "e1"}, "news": true});
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written(LineFormat::Json, &document)).unwrap(), document);
        assert_eq!(written(LineFormat::Text, &document), "? a change that this version cannot read: document e1\n");
    }
}
