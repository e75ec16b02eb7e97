//! Takes over the terminal for a view, and restores it at the end, on an error and in a panic.

use std::io;

use ratatui::{DefaultTerminal, buffer::Buffer, layout::Rect};

/// The terminal while it belongs to the view.
pub(super) struct Screen(DefaultTerminal);

impl Screen {
    /// Takes over the terminal: the alternate screen, and raw keys. A panic restores it first, so that its message can be
    /// read.
    pub(super) fn take() -> io::Result<Screen> {
        match ratatui::try_init() {
            Ok(terminal) => Ok(Screen(terminal)),
            Err(error) => {
                // It may have been half taken over.
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
        // Errors do not matter: the terminal may be gone.
        // Cleared first: a terminal that has grown may copy lines from the alternate screen to the normal one.
        let _ = self.0.clear();
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}
