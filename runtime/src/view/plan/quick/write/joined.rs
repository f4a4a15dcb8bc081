//! The output of a quick writer: consecutive values of fixed size are joined to runs.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Level, Piece, Put, Unit, Value};
use crate::view::plan::quick::Kind;

/// Returns the writer with its output as pieces, and with values of fixed size joined to runs.
pub(super) fn finished(level: Level) -> Option<Put> {
    let mut put = level.put;
    // Each unit is either a piece, with its index, or a number of bytes in a run.
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
            // The limit applies to the size without the added bytes, so it cannot be compared here.
            if fixed != 0 && most.is_some() {
                return None;
            }
            *value = Value::Size(varies, *plus + fixed, *most);
        }
    }
    put.pieces = pieces;
    Some(put)
}
