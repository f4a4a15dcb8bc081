//! Tests of the annotation language, with each word in both directions, alone and combined with
//! others.

// `hygiene` uses this other name of the crate.
extern crate framewright as renamed;

mod aliases;
mod attempt;
mod autos;
mod both_ways;
mod by_hand;
mod by_json;
mod combinations;
mod combinations_absent;
mod constants;
mod conversions;
mod derive;
mod design;
mod enums;
mod errors;
mod exactly;
mod expressions;
mod formats;
mod held;
mod hygiene;
mod last_items;
mod laws;
mod nesting;
mod own_constants;
mod regressions;
mod shapes;
mod sizes;
mod tags;
mod varying_lengths;
mod wide;
mod widths;
mod words;
