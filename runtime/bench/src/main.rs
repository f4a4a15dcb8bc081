//! Framewright beside hand-written code and other libraries.

use std::io;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

mod by_hand;
mod case;
mod instructions;
mod layouts;
#[cfg(feature = "peers")]
mod peers;
mod table;

use table::Table;

/// Measures Framewright beside hand-written code and other libraries.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Counts the instructions of parsers and encoders, by callgrind.
    Codec {
        /// Only layouts with this in their name.
        #[arg(default_value = "")]
        layout: String,
        /// Where the files of callgrind go, to be looked at with `callgrind_annotate`.
        #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/callgrind"))]
        files: PathBuf,
    },
    #[command(hide = true)]
    RunCounted { layout: String },
}

fn main() -> io::Result<()> {
    match Arguments::parse().part {
        Part::Codec { layout, files } => {
            std::fs::create_dir_all(&files)?;
            let counts = instructions::count(&layout, &files)?;
            print!("{}", Table(&counts));
            Ok(())
        }
        Part::RunCounted { layout } => {
            instructions::run_counted(&layout);
            Ok(())
        }
    }
}
