//! One run of the command of `--exec`: started, fed, watched, and ended.
//!
//! Whatever it does, the watch goes on: it may leave its input unread, write without end, or hang.

use std::{io, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::escape;

/// What is kept of its standard error, from the end.
const TAIL_BYTES: usize = 4096;
/// How many lines of that are told, and in how many columns.
const TOLD_LINES: usize = 3;
const TOLD_COLUMNS: usize = 300;
/// How long is waited for the rest of its standard error once it has ended: a process that it left behind may hold it.
const REST: Duration = Duration::from_millis(100);

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With status 0.
    Success,
    /// With another status, or by a signal; the last lines of its standard error, inert for a terminal.
    Failure { status: String, told: String },
    /// By us, after its time was over.
    Killed { told: String },
}

/// Runs `command` through the shell with `input` on its standard input, for at most `limit`. Dropped, it kills the
/// command and all that the command has started.
///
/// # Errors
///
/// It could not be started.
pub(super) async fn run(command: &str, input: &[u8], limit: Duration) -> io::Result<Ending> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    shell.process_group(0);
    let mut child = shell.spawn()?;
    let mut group = Group::of(&child);
    let (stdin, mut stderr) = (child.stdin.take(), child.stderr.take());
    let mut tail = Tail::default();

    let status = {
        let feeding = async {
            if let Some(mut stdin) = stdin {
                // A command that does not want it closes the pipe, and that is its right.
                let _ = stdin.write_all(input).await;
            }
            std::future::pending::<()>().await;
        };
        let listening = async {
            tail.follow(&mut stderr).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            status = child.wait() => Some(status?),
            () = sleep(limit) => None,
            () = feeding => None,
            () = listening => None,
        }
    };
    match status {
        Some(_) => group.is_done(),
        None => {
            group.kill();
            let _ = child.start_kill();
            child.wait().await?;
        }
    }
    let _ = timeout(REST, tail.follow(&mut stderr)).await;
    Ok(match status {
        Some(status) if status.success() => Ending::Success,
        Some(status) => Ending::Failure { status: status.to_string(), told: tail.told() },
        None => Ending::Killed { told: tail.told() },
    })
}

/// The process group of a command: what it has started dies with it.
#[derive(Debug)]
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    fn of(child: &Child) -> Group {
        #[cfg(not(unix))]
        let _ = child;
        Group {
            #[cfg(unix)]
            leader: child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw),
        }
    }

    /// It ended by itself: what it left running was meant to run on.
    fn is_done(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader.take() {
            // It may have ended in this very moment.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The end of what was written.
#[derive(Debug, Default)]
struct Tail(Vec<u8>);

impl Tail {
    /// Reads to the end, and keeps the last of it.
    async fn follow(&mut self, stream: &mut Option<impl AsyncRead + Unpin>) {
        let Some(stream) = stream else { return };
        let mut buffer = [0; TAIL_BYTES];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            self.0.extend_from_slice(&buffer[..read]);
            let surplus = self.0.len().saturating_sub(TAIL_BYTES);
            self.0.drain(..surplus);
        }
    }

    /// The last lines, as one.
    fn told(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(TOLD_LINES)..];
        let shown: Vec<String> = last.iter().map(|line| escape::terminal(line)).collect();
        escape::truncate(&shown.join(" | "), TOLD_COLUMNS)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn run(command: &str) -> Ending {
        super::run(command, b"{\"a\":1}\n", LONG).await.unwrap()
    }

    fn failure(status: &str, told: &str) -> Ending {
        Ending::Failure { status: status.to_owned(), told: told.to_owned() }
    }

    #[tokio::test]
    async fn it_has_the_document_on_its_input_and_a_shell_around_it() {
        assert_eq!(run("read -r line && [ \"$line\" = '{\"a\":1}' ] && ! read -r more").await, Ending::Success);
        assert_eq!(run("cat >/dev/null; exit 3").await, failure("exit status: 3", ""));
        let no_such = run("no-such-command-anywhere").await;
        assert!(
            matches!(&no_such, Ending::Failure { status, told } if status == "exit status: 127" && told.contains("no-such-command-anywhere")),
            "{no_such:?}"
        );
        assert!(matches!(run("kill -9 $$").await, Ending::Failure { status, .. } if status.starts_with("signal: 9")));
    }

    #[tokio::test]
    async fn the_last_lines_of_its_errors_are_told_and_inert() {
        let told = run("printf 'a\\nb\\n\\n\\033[2Jc\\nd\\n' >&2; false").await;
        assert_eq!(told, failure("exit status: 1", "b | \\u{1b}[2Jc | d"));
        let told = run("printf '\\377\\376' >&2; false").await;
        assert_eq!(told, failure("exit status: 1", "\u{fffd}\u{fffd}"));
    }

    #[tokio::test]
    async fn it_may_leave_its_input_unread_and_flood_its_outputs() {
        let much = vec![b'x'; 1 << 20];
        assert_eq!(super::run("exec <&-; true", &much, LONG).await.unwrap(), Ending::Success);
        assert_eq!(super::run("true", &much, LONG).await.unwrap(), Ending::Success);
        let flood =
            "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero | tr '\\0' 'y' >&2; echo >&2; echo last >&2; exit 1";
        let Ending::Failure { told, .. } = run(flood).await else { panic!("it fails") };
        assert!(told.starts_with('y') && told.chars().count() <= TOLD_COLUMNS, "{told}");
    }

    #[tokio::test]
    async fn it_is_killed_with_all_that_it_started_when_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let command = format!("echo hanging >&2; sleep 1000 & echo $! >{}; wait", path.display());
        let ending = super::run(&command, b"", Duration::from_millis(500)).await.unwrap();
        assert_eq!(ending, Ending::Killed { told: "hanging".to_owned() });
        assert!(is_gone(&path).await, "what it started is gone too");
    }

    #[tokio::test]
    async fn dropped_it_is_killed_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let command = format!("sleep 1000 & echo $! >{}; wait", path.display());
        let running = super::run(&command, b"", LONG);
        let written = async {
            while std::fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n')).eq(&false) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            _ = running => panic!("it hangs"),
            () = written => {}
        }
        assert!(is_gone(&path).await);
    }

    #[tokio::test]
    async fn what_it_leaves_running_in_good_order_is_not_waited_for() {
        let began = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        assert_eq!(run(&format!("sleep 30 & echo $! >{}", path.display())).await, Ending::Success);
        assert!(began.elapsed() < Duration::from_secs(25));
        let pid = std::fs::read_to_string(&path).unwrap();
        assert!(std::process::Command::new("kill").arg(pid.trim()).status().unwrap().success(), "it was left running");
    }

    /// Whether the process of the id in the file is gone, or will be as soon as somebody has reaped it.
    async fn is_gone(path: &std::path::Path) -> bool {
        let pid = std::fs::read_to_string(path).unwrap();
        for _ in 0..500 {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            if state.is_err() || state.is_ok_and(|state| state.contains(") Z ")) {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }
}
