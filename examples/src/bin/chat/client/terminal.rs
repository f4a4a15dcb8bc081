//! Lines from whoever types them, or from a pipe; and what is printed meanwhile.

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
    /// Where a person types.
    editor: Option<Editor>,
    /// As it was before the editor changed it.
    #[cfg(unix)]
    saved: Option<rustix::termios::Termios>,
}

/// The editor runs on a thread of its own. It keeps what is being typed whole while something is printed above.
struct Editor {
    prompts: sync::Sender<String>,
    printer: Box<dyn ExternalPrinter + Send>,
}

impl Terminal {
    /// # Errors
    /// If the terminal does not let itself be used.
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
                        // What cannot be remembered can still be sent.
                        let _ = editor.add_history_entry(&line);
                        if sender.blocking_send(line).is_err() {
                            return;
                        }
                    }
                    // The end of the input: Ctrl-D, or Ctrl-C.
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

    /// Whether somebody types.
    pub fn is_typed(&self) -> bool {
        self.editor.is_some()
    }

    /// Asks for the next line.
    pub fn prompt(&self, prompt: String) {
        if let Some(editor) = &self.editor {
            // The thread has ended with the input.
            let _ = editor.prompts.send(prompt);
        }
    }

    /// The next line; nothing at the end of the input.
    ///
    /// # Cancel safety
    /// If cancelled, no line is lost.
    pub async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Prints what came.
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

    /// Prints what the client has to say itself. A script has it apart.
    pub fn note(&mut self, line: impl Display) {
        match self.editor {
            Some(_) => self.say(format_args!("* {line}")),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The editor may be waiting for a key, and have the terminal to itself.
        #[cfg(unix)]
        if let Some(saved) = &self.saved {
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, saved);
        }
    }
}
