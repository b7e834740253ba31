//! A failed run: its exit code, message, causes and hint, printed in one place.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use crate::report::text::on_one_line;

use super::advice;

/// Exit codes, as documented in `guide/running.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All well.
    Ok = 0,
    /// Internal error.
    Internal = 1,
    /// A wrong argument, path or configuration.
    Usage = 2,
    /// Published, but the input needs a look.
    LookAtInput = 3,
    /// Refused; nothing was published.
    Refused = 4,
    /// Reading or writing failed; nothing was published.
    Io = 5,
    /// Another run works there; nothing was done.
    Busy = 75,
    /// Stopped by SIGINT.
    Interrupted = 130,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// The meaning of the code, as in the table of `guide/running.md`, in a few words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Ok => "all well",
            Self::Internal => "internal error",
            Self::Usage => "usage: an argument, a path or the configuration",
            Self::LookAtInput => "published, but look at the input",
            Self::Refused => "refused",
            Self::Io => "reading or writing failed",
            Self::Busy => "another run works there, nothing was done",
            Self::Interrupted => "stopped by SIGINT",
            Self::Terminated => "stopped by SIGTERM",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failed run. Paths, names and keys of a configuration that stand in its texts cannot control a terminal.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    /// What was kept and published, and what was not.
    outcome: Option<String>,
    /// Printed on one line, for logs that nobody watches.
    one_line: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: on_one_line(&message.into()),
            causes: Vec::new(),
            hint: None,
            outcome: None,
            one_line: false,
        }
    }

    /// A run that was asked to end; [`Failure::by`] adds the signal.
    pub(crate) fn stopped() -> Self {
        Self::new(Exit::Terminated, "nothing was kept, nothing was published")
    }

    /// Says which generation was kept, if the run was asked to end.
    pub(crate) fn after_commit(mut self, generation: u64) -> Self {
        if self.exit == Exit::Terminated {
            self.message = format!(
                "generation {generation} is kept, its reports are not published; the next run publishes them"
            );
        }
        self
    }

    /// Names the signal, if the run was asked to end.
    pub(crate) fn by(self, (signal, exit): (&'static str, Exit)) -> Self {
        if self.exit == Exit::Terminated {
            return Self {
                message: format!("stopped by {signal}: {}", self.message),
                exit,
                ..self
            };
        }
        self
    }

    /// A failure with the message of an error and its causes.
    pub(crate) fn from_error(exit: Exit, error: &dyn Error) -> Self {
        let mut failure = Self::new(exit, error.to_string());
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            // Some libraries repeat the message of their cause.
            if !failure.causes.last().is_some_and(|last| last.ends_with(&text)) {
                failure.causes.push(on_one_line(&text));
            }
            cause = inner.source();
        }
        failure
    }

    /// An I/O failure, with what to do about it.
    pub(crate) fn io(message: impl Into<String>, error: &io::Error) -> Self {
        let mut failure = Self::new(Exit::Io, message);
        failure.causes.push(error.to_string());
        failure.hint(advice::advice(error))
    }

    /// The same from an error that has an I/O error somewhere below it.
    pub(crate) fn of_system(error: &(dyn Error + 'static)) -> Self {
        Self::from_error(Exit::Io, error).advised(error, "run again")
    }

    /// Adds the hint that fits the I/O error below, or `otherwise` if there is none.
    pub(super) fn advised(self, error: &(dyn Error + 'static), otherwise: &str) -> Self {
        let said = advice::cause(error).filter(|_| self.exit == Exit::Io);
        match said {
            Some(said) => self.hint(advice::advice(said)),
            None => self.hint(otherwise),
        }
    }

    /// The same with another exit code.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Adds what was kept and published and what was not, unless the message or the hint says so already.
    pub(crate) fn outcome(mut self, outcome: impl Into<String>) -> Self {
        let said = [Some(&self.message), self.hint.as_ref()].into_iter().flatten();
        let is_said = said.into_iter().any(|text| text.contains("was published"));
        if self.outcome.is_none() && !is_said {
            self.outcome = Some(on_one_line(&outcome.into()));
        }
        self
    }

    /// Prints it on one line.
    pub(crate) fn in_one_line(self) -> Self {
        Self { one_line: true, ..self }
    }

    /// The message.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Everything but the message, for JSON.
    pub(crate) fn fields(&self) -> serde_json::Value {
        serde_json::json!({
            "causes": self.causes,
            "hint": self.hint,
            "outcome": self.outcome,
            "exit_code": self.exit as u8,
        })
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(on_one_line(&hint.into()));
        self
    }

    /// What is printed to stderr.
    pub(crate) fn text(&self) -> String {
        if self.one_line || matches!(self.exit, Exit::Io | Exit::LookAtInput) {
            return self.line();
        }
        let mut text = format!("error: {}", self.message);
        if let Some(outcome) = &self.outcome {
            text.push_str("; ");
            text.push_str(outcome);
        }
        for cause in &self.causes {
            text.push_str("\n  caused by: ");
            text.push_str(cause);
        }
        if let Some(hint) = &self.hint {
            text.push_str("\n  hint: ");
            text.push_str(hint);
        }
        text
    }
}

impl Failure {
    /// One line: what failed, where, why, what was and was not published, what to do.
    fn line(&self) -> String {
        let level = if self.exit == Exit::LookAtInput { "warning" } else { "error" };
        let mut text = format!("{level}: {}", self.message);
        for cause in &self.causes {
            text.push_str(": ");
            text.push_str(cause);
        }
        for more in self.outcome.iter().chain(&self.hint) {
            text.push_str("; ");
            text.push_str(more);
        }
        text
    }
}
