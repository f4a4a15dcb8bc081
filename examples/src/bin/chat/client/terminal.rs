//! Reads lines from a terminal or a pipe, and prints while a line is being typed.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::mpsc as sync;
use std::thread;

use framewright_examples::{inputs, say};
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, ExternalPrinter};
use tokio::sync::mpsc;

pub struct Terminal {
    lines: mpsc::Receiver<String>,
    /// The line editor, if the input is a terminal.
    editor: Option<Editor>,
    /// The terminal settings from before the editor changed them.
    #[cfg(unix)]
    saved: Option<rustix::termios::Termios>,
}

/// The line editor, which runs in its own thread. It prints messages above the line that is being
/// typed.
struct Editor {
    prompts: sync::Sender<String>,
    printer: Box<dyn ExternalPrinter + Send>,
}

impl Terminal {
    ///
    /// # Errors
    /// Returns an error if the terminal cannot be used.
    pub fn open() -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            let lines = inputs(Vec::new());
            return Ok(Self {
                lines,
                editor: None,
                #[cfg(unix)]
                saved: None,
            });
        }
        #[cfg(unix)]
        let saved = rustix::termios::tcgetattr(io::stdin()).ok();
        let mut editor = DefaultEditor::new().map_err(io::Error::other)?;
        let printer = Box::new(editor.create_external_printer().map_err(io::Error::other)?);
        let (prompts, asked) = sync::channel::<String>();
        let (sender, lines) = mpsc::channel(1);
        thread::spawn(move || {
            while let Ok(prompt) = asked.recv() {
                match editor.readline(&prompt) {
                    Ok(line) => {
                        // If the line cannot be added to the history, it is sent all the same.
                        let _ = editor.add_history_entry(&line);
                        if sender.blocking_send(line).is_err() {
                            return;
                        }
                    }
                    // Ctrl-D and Ctrl-C end the input.
                    Err(ReadlineError::Eof | ReadlineError::Interrupted) => return,
                    Err(error) => return eprintln!("error: {error}"),
                }
            }
        });
        Ok(Self {
            lines,
            editor: Some(Editor { prompts, printer }),
            #[cfg(unix)]
            saved,
        })
    }

    /// Returns `true` if the input is a terminal.
    pub fn is_typed(&self) -> bool {
        self.editor.is_some()
    }

    /// Shows the prompt for the next line.
    pub fn prompt(&self, prompt: String) {
        if let Some(editor) = &self.editor {
            // Sending fails if the thread has ended because of the end of the input.
            let _ = editor.prompts.send(prompt);
        }
    }

    /// Returns the next line, or `None` at the end of the input.
    ///
    /// # Cancel safety
    /// If cancelled, no line is lost.
    pub async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Prints a received message.
    pub fn say(&mut self, line: impl Display) {
        match &mut self.editor {
            Some(editor) => {
                if let Err(error) = editor.printer.print(format!("{line}\n")) {
                    eprintln!("{line}\nerror: {error}");
                }
            }
            None => say(line),
        }
    }

    /// Prints a note from the client itself. In a script, it is printed to standard error.
    pub fn note(&mut self, line: impl Display) {
        match self.editor {
            Some(_) => self.say(format_args!("* {line}")),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The editor may still be waiting for a key, with the terminal in raw mode.
        #[cfg(unix)]
        if let Some(saved) = &self.saved {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, saved);
        }
    }
}
