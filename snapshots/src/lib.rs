//! Snapshots: reviewed texts of encodings and errors.
//!
//! `cargo test` compares; `INSTA_UPDATE=always cargo test` updates them.

#[cfg(test)]
mod encodings;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod protocols;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod schemas;

/// Compares snapshots with the files in a directory of this package. A file has the name that the
/// test gives to its snapshot.
#[cfg(test)]
fn in_directory(name: &str, test: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../snapshots/{name}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(test);
}
