//! The terminal, taken over for a view and given back whatever happens: on the way out, on an error, and in a panic.

use std::io;

use ratatui::{DefaultTerminal, buffer::Buffer, layout::Rect};

/// The terminal while it belongs to the view.
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    /// Takes the terminal over: its other screen, and every key as it is pressed. A panic gives it back first, so that
    /// its message can be read.
    pub(super) fn take() -> io::Result<Screen> {
        match ratatui::try_init() {
            Ok(terminal) => Ok(Screen(terminal)),
            Err(error) => {
                // It may have come half-way.
                let _ = ratatui::try_restore();
                Err(error)
            }
        }
    }

    /// Draws a picture; what has not changed is not sent.
    pub(super) fn draw(&mut self, picture: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        self.0.draw(|frame| picture(frame.area(), frame.buffer_mut())).map(drop)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing.
        // Cleared first: one that has grown meanwhile may move what is left on the other screen to the one below.
        let _ = self.0.clear();
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}
