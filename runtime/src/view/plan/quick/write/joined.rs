//! The output of a fast-path writer. Consecutive values of fixed size are joined to runs.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Level, Piece, Put, Unit, Value};
use crate::view::plan::quick::Kind;

/// Converts the units of a writer to pieces. Consecutive values of fixed size become one run.
pub(super) fn finished(level: Level) -> Option<Put> {
    let mut put = level.put;
    // For each unit: the index of its piece, or its size in bytes if it is in a run.
    let mut places = BTreeMap::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut units: Vec<_> = level.units.into_iter().map(Some).collect();
    for id in level.written.get("w")? {
        match units.get_mut(*id)?.take()? {
            Unit::Fixed(kind, value) => {
                let value = value?;
                places.insert(*id, Err(kind.size()));
                let fits = |run: &[(Kind, Value)]| {
                    let other = run.iter().find_map(|(kind, _)| kind.little());
                    other.is_none() || kind.little().is_none() || other == kind.little()
                };
                match pieces.last_mut() {
                    Some(Piece::Run(run)) if fits(run) => run.push((kind, value)),
                    _ => pieces.push(Piece::Run(Vec::from([(kind, value)]))),
                }
            }
            Unit::Piece(piece) => {
                places.insert(*id, Ok(pieces.len()));
                pieces.push(piece);
            }
        }
    }
    for (_, value) in pieces
        .iter_mut()
        .filter_map(|piece| match piece {
            Piece::Run(run) => Some(run),
            _ => None,
        })
        .flatten()
    {
        if let Value::Size(of, plus, most) = value {
            let (mut varies, mut fixed) = (Vec::new(), 0);
            for id in of.iter() {
                match places.get(id)? {
                    Ok(piece) => varies.push(*piece),
                    Err(size) => fixed += i128::try_from(*size).ok()?,
                }
            }
            // The size is compared with `most` before the constant is added, so the comparison
            // would miss these bytes.
            if fixed != 0 && most.is_some() {
                return None;
            }
            *value = Value::Size(varies, *plus + fixed, *most);
        }
    }
    put.pieces = pieces;
    Some(put)
}
