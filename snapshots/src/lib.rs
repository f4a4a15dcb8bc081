//! Snapshots: reviewed text of what goes over the wire and of what is said when it is wrong.

#[cfg(test)]
mod encodings;
#[cfg(test)]
mod protocols;
