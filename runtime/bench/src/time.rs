//! Measurements of time in rounds. In each round, all implementations of an operation are measured
//! one after the other. So other programs on the machine affect all of them, and results that are
//! compared are measured at nearly the same time.

use std::time::{Duration, Instant};

use crate::case::{Case, Operation, Subject};
use crate::spread::Spread;

/// The approximate duration of one measurement.
const TURN: Duration = Duration::from_micros(500);

const ROUNDS: usize = 41;

/// The time for one frame.
#[derive(Debug, Clone)]
pub(crate) struct Timing {
    pub(crate) layout: &'static str,
    pub(crate) subject: Subject,
    pub(crate) operation: Operation,
    pub(crate) nanoseconds: Spread,
    /// The ratio to the time of hand-written code, calculated for each round.
    pub(crate) ratio: Spread,
}

/// Times cases, each together with all other cases of its layout and operation.
pub(crate) fn time(cases: &[Case]) -> Vec<Timing> {
    let mut groups = Vec::<Vec<&Case>>::new();
    for case in cases {
        let same = |group: &&mut Vec<&Case>| {
            group
                .first()
                .is_some_and(|first| (first.layout, first.operation) == (case.layout, case.operation))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(case),
            None => groups.push(vec![case]),
        }
    }
    groups.iter().flat_map(|group| time_group(group)).collect()
}

fn time_group(group: &[&Case]) -> Vec<Timing> {
    let turns = group.iter().map(|case| turns(case)).collect::<Vec<_>>();
    let mut taken = vec![Vec::new(); group.len()];
    for _ in 0..ROUNDS {
        for ((case, turns), taken) in group.iter().zip(&turns).zip(&mut taken) {
            taken.push(nanoseconds(case, *turns));
        }
    }
    let of =
        |subject| group.iter().position(|case| case.subject == subject).and_then(|index| taken.get(index));
    let (Some(nothing), Some(by_hand)) = (of(Subject::Nothing), of(Subject::ByHand)) else {
        return Vec::new();
    };
    let net = |taken: &[f64]| taken.iter().zip(nothing).map(|(all, loops)| all - loops).collect::<Vec<_>>();
    let by_hand = net(by_hand);
    let others = group.iter().zip(&taken).filter(|(case, _)| case.subject != Subject::Nothing);
    let timings = others.map(|(case, taken)| {
        let own = net(taken);
        Timing {
            layout: case.layout,
            subject: case.subject,
            operation: case.operation,
            nanoseconds: Spread::of(own.iter().copied()),
            ratio: Spread::of(own.iter().zip(&by_hand).map(|(own, by_hand)| own / by_hand)),
        }
    });
    timings.collect()
}

/// Returns the number of iterations of the loop that take about [`TURN`].
fn turns(case: &Case) -> u32 {
    let mut turns = 1;
    loop {
        let start = Instant::now();
        case.run(turns);
        if start.elapsed() >= TURN || turns > 1 << 20 {
            return turns;
        }
        turns *= 2;
    }
}

/// Returns the time for a frame in nanoseconds, including the loop.
fn nanoseconds(case: &Case, turns: u32) -> f64 {
    let start = Instant::now();
    case.run(turns);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(turns) / f64::from(case.frames)
}
