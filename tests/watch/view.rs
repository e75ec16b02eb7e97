//! The live view of `watch`, on a pseudo-terminal.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{PATIENCE, Rig};

/// A terminal on which the program runs.
pub(super) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<(Mutex<vt100::Parser>, Condvar)>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn lines(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

/// The tool, in a folder, with nothing of this machine's environment.
fn tool(folder: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(assert_cmd::cargo::cargo_bin!("aws-dx-monitor"));
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.cwd(folder);
    command
}

impl Terminal {
    /// A watch whose changes are those of items.
    fn start(rig: &Rig, rows: u16, cols: u16, variables: &[(&str, &str)]) -> Terminal {
        Terminal::with(rig, (rows, cols), variables, &["--notify", "items"])
    }

    pub(super) fn with(
        rig: &Rig,
        (rows, cols): (u16, u16),
        variables: &[(&str, &str)],
        arguments: &[&str],
    ) -> Terminal {
        let mut command = tool(rig.folder.path());
        rig.environment().iter().for_each(|(name, value)| command.env(name, value));
        variables.iter().for_each(|(name, value)| command.env(name, value));
        command.args(["watch", "--every", "5s"]);
        command.args(arguments);
        Terminal::running(command, (rows, cols))
    }

    fn running(command: CommandBuilder, (rows, cols): (u16, u16)) -> Terminal {
        let pair = native_pty_system().openpty(size(rows, cols)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new((Mutex::new(vt100::Parser::new(lines(rows), lines(cols), 0)), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        std::thread::spawn({
            let screen = Arc::clone(&screen);
            move || {
                let mut bytes = [0; 4096];
                while let Ok(read @ 1..) = output.read(&mut bytes) {
                    screen.0.lock().unwrap().process(&bytes[..read]);
                    screen.1.notify_all();
                }
                screen.1.notify_all();
            }
        });
        Terminal { keys: pair.master.take_writer().unwrap(), master: pair.master, child, screen }
    }

    /// Waits until the screen fulfils `condition`. Returns its text.
    pub(super) fn until(&self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) -> String {
        let limit = Instant::now() + PATIENCE;
        let mut parser = self.screen.0.lock().unwrap();
        while !condition(parser.screen()) {
            let left = limit.saturating_duration_since(Instant::now());
            assert!(left > Duration::ZERO, "{what}:\n{}", parser.screen().contents());
            parser = self.screen.1.wait_timeout(parser, left).unwrap().0;
        }
        parser.screen().contents()
    }

    pub(super) fn until_shown(&self, text: &str) -> String {
        self.until(text, |screen| screen.contents().contains(text))
    }

    pub(super) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn resize(&self, rows: u16, cols: u16) {
        self.screen.0.lock().unwrap().screen_mut().set_size(lines(rows), lines(cols));
        self.master.resize(size(rows, cols)).unwrap();
    }

    /// Waits for the end. Returns the exit code, and whether the terminal was restored.
    pub(super) fn ended(mut self) -> (u32, bool) {
        let code = self.child.wait().unwrap().exit_code();
        self.until("the other screen is left", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.contents().contains("Direct Connect of")
        });
        #[cfg(unix)]
        let is_cooked =
            self.master.get_termios().is_none_or(|termios| format!("{:?}", termios.local_flags).contains("ECHO"));
        (code, is_cooked)
    }
}

#[test]
fn it_shows_items_and_changes_and_restores_the_terminal() {
    let rig = Rig::new();
    let mut terminal = Terminal::start(&rig, 32, 80, &[]);
    let picture = terminal.until_shown("everything was listed");
    assert!(picture.starts_with("Direct Connect of 123456789012 in us-east-1 "), "{picture}");
    terminal.until_shown("+ [baseline] Watching 27 items in 2 scopes: all of them are up");
    terminal.until_shown("not shown: ");

    rig.second(600);
    terminal.until_shown("! connection dxcon-ffx3v7tc available -> down");
    let first_item =
        |screen: &vt100::Screen| 1 + screen.contents().lines().take_while(|line| !line.contains("KIND")).count();
    terminal.until("the worst comes first", |screen| {
        screen.contents().lines().nth(first_item(screen)).is_some_and(|line| line.starts_with("! connection"))
    });
    let is_red = |screen: &vt100::Screen| {
        let row = u16::try_from(first_item(screen)).unwrap();
        screen.cell(row, 0).is_some_and(|cell| cell.fgcolor() == vt100::Color::Idx(1))
    };
    terminal.until("what is down is red, too", is_red);

    terminal.resize(50, 200);
    terminal.until("the picture fills the terminal", |screen| {
        let contents = screen.contents();
        contents.lines().any(|line| line.ends_with("UTC") && line.len() == 200) && !contents.contains("not shown")
    });
    terminal.resize(12, 60);
    terminal.until("and shrinks with it", |screen| {
        let contents = screen.contents();
        contents.contains("not shown")
            && contents.lines().next().is_some_and(|line| line.len() <= 62 && line.ends_with("UTC"))
    });
    terminal.press("G");
    terminal.until_shown("0 below");
    terminal.press("k");
    terminal.until_shown("1 below");
    terminal.press("q");
    assert_eq!(terminal.ended(), (0, true));
    assert!(!rig.recorded().is_empty());
}

#[test]
fn ctrl_c_and_sigterm_end_it_too_and_no_color_is_respected() {
    let rig = Rig::new();
    rig.seen(&[]);
    rig.second(600).seen(&[]);
    let mut terminal = Terminal::start(&rig, 24, 80, &[("NO_COLOR", "1")]);
    terminal.until_shown("everything was listed");
    // Changes from before the start are there.
    terminal.until_shown("! connection dxcon-ffx3v7tc available -> down");
    let plain = |screen: &vt100::Screen| {
        (0..24).all(|y| screen.cell(y, 0).is_none_or(|cell| cell.fgcolor() == vt100::Color::Default))
    };
    terminal.until("no colours", plain);
    terminal.press("\u{3}");
    assert_eq!(terminal.ended(), (0, true));

    let terminal = Terminal::start(&rig, 24, 80, &[]);
    terminal.until_shown("everything was listed");
    let pid = terminal.child.process_id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(terminal.ended(), (0, true));
}

/// Keys and clock work during a poll, however long it takes.
#[test]
fn a_slow_poll_does_not_freeze_the_view() {
    let rig = Rig::new();
    let gate = rig.proxy.on_call(|call| call.service == "directconnect").hold();
    let mut terminal = Terminal::start(&rig, 24, 80, &[]);
    terminal.until_shown("polling for 2s");
    terminal.press("q");
    assert_eq!(terminal.ended(), (0, true));
    gate.open();
}

#[test]
fn an_error_leaves_the_terminal_alone() {
    let rig = Rig::new();
    rig.proxy.on("sts", "GetCallerIdentity").fail(403, "InvalidClientTokenId");
    let terminal = Terminal::start(&rig, 24, 80, &[]);
    terminal.until_shown("error: ");
    assert_eq!(terminal.ended(), (2, true));
}

/// Where it is watched, the slow demo is the live view of its own time: four seconds are a minute.
#[test]
fn the_slow_demo_is_played_in_the_live_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tool(folder.path());
    command.args(["demo", "--slow"]);
    let mut terminal = Terminal::running(command, (40, 120));
    terminal.until_shown("+ [baseline] Watching 31 items in 3 scopes: all of them are up");
    let picture = terminal.until_shown("every 1m; q ends it");
    assert!(picture.starts_with("Direct Connect of 123456789012 in "), "{picture}");
    let began = Instant::now();
    terminal.until_shown("BGP peer dxpeer-fgc5d6v6 (shared-transit-eqdc2) down");
    assert!(began.elapsed() > Duration::from_secs(10), "so that one can follow it: {:?}", began.elapsed());
    terminal.press("q");
    terminal.until_shown("aws-dx-monitor status --db dx-monitor-demo.db");
    assert_eq!(terminal.ended(), (0, true));
    assert!(folder.path().join("dx-monitor-demo.db").is_file());
}
