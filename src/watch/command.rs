//! Runs the command of `--exec` once: starts it, feeds its standard input, reads its standard error, and ends it.
//!
//! The watch goes on even if the command leaves its input unread, writes without end, or hangs.

use std::{io, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::escape;

/// How many bytes are kept from the end of its standard error.
const TAIL_BYTES: usize = 4096;
/// How many lines of that are reported, and in how many columns.
const REPORTED_LINES: usize = 3;
const REPORTED_COLUMNS: usize = 300;
/// How long to wait for the rest of its standard error once it has ended. A process that it left behind may keep that
/// open.
const REST: Duration = Duration::from_millis(100);

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With status 0.
    Success,
    /// With another status, or by a signal. `errors` is the end of its standard error, inert for a terminal.
    Failure { status: String, errors: String },
    /// Killed by the watch at its time limit.
    Killed { errors: String },
}

/// Runs `command` through the shell for at most `limit`, with a text on its standard input and variables in its
/// environment. If the future is dropped, the command and all processes that it started are killed.
///
/// # Errors
///
/// It could not be started.
pub(super) async fn run(
    command: &str,
    (input, variables): (&[u8], &[(String, String)]),
    limit: Duration,
) -> io::Result<Ending> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    shell.envs(variables.iter().map(|(name, value)| (name, value)));
    #[cfg(unix)]
    shell.process_group(0);
    let mut child = shell.spawn()?;
    let mut group = ProcessGroup::of(&child);
    let (stdin, mut stderr) = (child.stdin.take(), child.stderr.take());
    let mut tail = Tail::default();

    let status = {
        let feeding = async {
            if let Some(mut stdin) = stdin {
                // A command may close its standard input unread.
                let _ = stdin.write_all(input).await;
            }
            std::future::pending::<()>().await;
        };
        let reading = async {
            tail.follow(&mut stderr).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            status = child.wait() => Some(status?),
            () = sleep(limit) => None,
            () = feeding => None,
            () = reading => None,
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
        Some(status) => Ending::Failure { status: status.to_string(), errors: tail.last_lines() },
        None => Ending::Killed { errors: tail.last_lines() },
    })
}

/// The process group of a command. Dropped, it kills the command with all processes that it started.
#[derive(Debug)]
struct ProcessGroup {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl ProcessGroup {
    fn of(child: &Child) -> ProcessGroup {
        #[cfg(not(unix))]
        let _ = child;
        ProcessGroup {
            #[cfg(unix)]
            leader: child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw),
        }
    }

    /// The command ended by itself. Processes that it left running on purpose are not killed.
    fn is_done(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader.take() {
            // It may have ended just now.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last bytes of a stream.
#[derive(Debug, Default)]
struct Tail(Vec<u8>);

impl Tail {
    /// Reads to the end of the stream, and keeps its last bytes.
    async fn follow(&mut self, stream: &mut Option<impl AsyncRead + Unpin>) {
        let Some(stream) = stream else { return };
        let mut buffer = [0; TAIL_BYTES];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            self.0.extend_from_slice(&buffer[..read]);
            let surplus = self.0.len().saturating_sub(TAIL_BYTES);
            self.0.drain(..surplus);
        }
    }

    /// The last lines, joined into one.
    fn last_lines(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(REPORTED_LINES)..];
        let shown: Vec<String> = last.iter().map(|line| escape::terminal(line)).collect();
        escape::truncate(&shown.join(" | "), REPORTED_COLUMNS)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn run(command: &str) -> Ending {
        super::run(command, (b"{\"a\":1}\n", &[("DX_A".to_owned(), "$b'".to_owned())]), LONG).await.unwrap()
    }

    fn failure(status: &str, errors: &str) -> Ending {
        Ending::Failure { status: status.to_owned(), errors: errors.to_owned() }
    }

    #[tokio::test]
    async fn a_shell_runs_it_with_the_document_on_its_input() {
        assert_eq!(run("read -r line && [ \"$line\" = '{\"a\":1}' ] && ! read -r more").await, Ending::Success);
        assert_eq!(run("[ \"$DX_A\" = \"\\$b'\" ]").await, Ending::Success, "and with its variables");
        assert_eq!(run("cat >/dev/null; exit 3").await, failure("exit status: 3", ""));
        let no_such = run("no-such-command-anywhere").await;
        assert!(
            matches!(&no_such, Ending::Failure { status, errors } if status == "exit status: 127" && errors.contains("no-such-command-anywhere")),
            "{no_such:?}"
        );
        assert!(matches!(run("kill -9 $$").await, Ending::Failure { status, .. } if status.starts_with("signal: 9")));
    }

    #[tokio::test]
    async fn the_last_lines_of_its_errors_are_reported_and_inert() {
        let ending = run("printf 'a\\nb\\n\\n\\033[2Jc\\nd\\n' >&2; false").await;
        assert_eq!(ending, failure("exit status: 1", "b | \\u{1b}[2Jc | d"));
        let ending = run("printf '\\377\\376' >&2; false").await;
        assert_eq!(ending, failure("exit status: 1", "\u{fffd}\u{fffd}"));
    }

    #[tokio::test]
    async fn it_may_leave_its_input_unread_and_flood_its_outputs() {
        let much = vec![b'x'; 1 << 20];
        assert_eq!(super::run("exec <&-; true", (&much, &[]), LONG).await.unwrap(), Ending::Success);
        assert_eq!(super::run("true", (&much, &[]), LONG).await.unwrap(), Ending::Success);
        let flood =
            "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero | tr '\\0' 'y' >&2; echo >&2; echo last >&2; exit 1";
        let Ending::Failure { errors, .. } = run(flood).await else { panic!("it fails") };
        assert!(errors.starts_with('y') && errors.chars().count() <= REPORTED_COLUMNS, "{errors}");
    }

    #[tokio::test]
    async fn at_its_limit_it_is_killed_with_all_processes_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let command = format!("echo hanging >&2; sleep 1000 & echo $! >{}; wait", path.display());
        let ending = super::run(&command, (b"", &[]), Duration::from_millis(500)).await.unwrap();
        assert_eq!(ending, Ending::Killed { errors: "hanging".to_owned() });
        assert!(is_gone(&path).await, "what it started is gone too");
    }

    #[tokio::test]
    async fn dropped_it_is_killed_with_all_processes_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        let command = format!("sleep 1000 & echo $! >{}; wait", path.display());
        let running = super::run(&command, (b"", &[]), LONG);
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
    async fn a_process_that_it_leaves_behind_is_neither_waited_for_nor_killed() {
        let began = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        assert_eq!(run(&format!("sleep 30 & echo $! >{}", path.display())).await, Ending::Success);
        assert!(began.elapsed() < Duration::from_secs(25));
        let pid = std::fs::read_to_string(&path).unwrap();
        assert!(std::process::Command::new("kill").arg(pid.trim()).status().unwrap().success(), "it was left running");
    }

    /// Whether the process whose id is in the file has ended, reaped or not.
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
