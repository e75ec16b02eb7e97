//! The front on a terminal: the live view. `board` holds what is to be shown, `picture` draws it into a buffer, `columns`
//! fits an item into a line, and `screen` takes over the terminal and restores it.

mod board;
mod columns;
mod picture;
mod screen;
mod scroll;

use std::time::Duration;

use anyhow::Context;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures::StreamExt;
use tokio::time::{MissedTickBehavior, interval};

use self::{
    board::{Board, Entry},
    picture::{Palette, Picture},
    screen::Screen,
    scroll::Scroll,
};
use super::{
    feed::{Content, Feed},
    plan::Watched,
    poller::Poller,
    signals::EndSignals,
};
use crate::{domain::Health, escape, ports::Clock};

/// The shortest time between two pictures.
const FRAME: Duration = Duration::from_millis(100);

/// Shows the watch until a key or a signal ends it.
pub(super) async fn run(
    watched: Watched,
    mut feed: Feed,
    poller: &mut Poller,
    signals: &mut EndSignals,
) -> anyhow::Result<()> {
    let mut screen = Screen::take()
        .context("the live view needs a terminal that it can draw on; --output text writes lines instead")?;
    let time = watched.time;
    let mut board = Board::new(watched);
    let palette =
        Palette { coloured: anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never };
    let mut keys = EventStream::new();
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut drawn_second, mut changed) = (None, true);
    let outcome = loop {
        tokio::select! {
            biased;
            () = signals.asked_to_end() => break Ok(()),
            event = keys.next() => match event {
                Some(Ok(event)) => match Key::of(&event) {
                    Key::End => break Ok(()),
                    Key::Scroll(scroll) => {
                        board.scroll(scroll);
                        changed = true;
                    }
                    Key::Redraw => changed = true,
                    Key::Other => {}
                },
                // Without keys the terminal is gone.
                Some(Err(error)) => break Err(anyhow::Error::from(error).context("the keyboard cannot be read")),
                None => break Ok(()),
            },
            _ = frames.tick() => {
                let now = time.now();
                if changed || drawn_second != Some(now.seconds()) {
                    board.settle();
                    let drawn = screen.draw(|area, buffer| {
                        let last_offset = Picture { board: &board, now, palette, area }.last_offset();
                        board.offset = board.offset.min(last_offset);
                        Picture { board: &board, now, palette, area }.draw(buffer);
                    });
                    if let Err(error) = drawn {
                        break Err(anyhow::Error::from(error).context("the terminal cannot be drawn on"));
                    }
                    (drawn_second, changed) = (Some(now.seconds()), false);
                }
            }
            seen = feed.status.changed() => match seen {
                Ok(()) => {
                    let status = feed.status.borrow_and_update().clone();
                    board.take(status);
                    changed = true;
                }
                Err(_) => break poller.ended().await.map(drop),
            },
            Some(notice) = feed.notices.recv() => {
                board.add(Entry::Note { at: notice.at, health: notice.health, text: notice.text });
                changed = true;
            }
            Some(message) = feed.messages.recv() => {
                match message.content {
                    Content::Change(document) => board.add_change(&document),
                    Content::Baseline(sentence) => board.add(Entry::Note {
                        at: time.now(),
                        health: Health::Up,
                        text: escape::terminal(&sentence),
                    }),
                }
                changed = true;
                // A poll that has stopped waiting announces it again. The board drops repeats by id.
                let _ = message.done.send(());
            }
        }
    };
    drop(screen);
    poller.stop().await;
    outcome
}

/// What a key or a change of the terminal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    End,
    Scroll(Scroll),
    Redraw,
    Other,
}

/// How many lines the page keys scroll.
const PAGE: isize = 10;

impl Key {
    fn of(event: &Event) -> Key {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Key::of_key(*key),
            Event::Resize(..) | Event::FocusGained => Key::Redraw,
            _ => Key::Other,
        }
    }

    fn of_key(key: KeyEvent) -> Key {
        match (key.code, key.modifiers) {
            (KeyCode::Char('c'), KeyModifiers::CONTROL) | (KeyCode::Char('q' | 'Q'), _) => Key::End,
            (KeyCode::Char('l'), KeyModifiers::CONTROL) => Key::Redraw,
            (KeyCode::Up | KeyCode::Char('k'), _) => Key::Scroll(Scroll::By(-1)),
            (KeyCode::Down | KeyCode::Char('j'), _) => Key::Scroll(Scroll::By(1)),
            (KeyCode::PageUp, _) => Key::Scroll(Scroll::By(-PAGE)),
            (KeyCode::PageDown | KeyCode::Char(' '), _) => Key::Scroll(Scroll::By(PAGE)),
            (KeyCode::Home | KeyCode::Char('g'), _) => Key::Scroll(Scroll::Top),
            (KeyCode::End | KeyCode::Char('G'), _) => Key::Scroll(Scroll::Bottom),
            _ => Key::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_usual_meanings() {
        let key = |code, modifiers| Key::of(&Event::Key(KeyEvent::new(code, modifiers)));
        assert_eq!(key(KeyCode::Char('q'), KeyModifiers::NONE), Key::End);
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::CONTROL), Key::End);
        assert_eq!(key(KeyCode::Char('c'), KeyModifiers::NONE), Key::Other);
        assert_eq!(key(KeyCode::Down, KeyModifiers::NONE), Key::Scroll(Scroll::By(1)));
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT), Key::Scroll(Scroll::Bottom));
        assert_eq!(Key::of(&Event::Resize(1, 1)), Key::Redraw);
    }
}
