//! Joins neighbouring atoms into runs: the steps of `a: u8` and `b: u16` become one run of 3 bytes.
//! A run has one bounds check on decode.

use crate::layout::{Atom, Step};

pub(crate) fn coalesce(steps: Vec<Step<'_>>) -> Vec<Step<'_>> {
    let mut joined = Vec::new();
    let mut run: Vec<Atom<'_>> = Vec::new();
    for step in steps {
        let step = match step {
            Step::Run(atoms) => {
                run.extend(atoms);
                continue;
            }
            Step::Scope(mut scope) => {
                scope.steps = coalesce(scope.steps);
                let leads =
                    |step: &Step<'_>| matches!(step, Step::Length(length) if length.var == scope.length.var);
                scope.adjacent = run.is_empty() && joined.last().is_some_and(leads);
                Step::Scope(scope)
            }
            Step::Delimited(mut delimited) => {
                delimited.steps = coalesce(delimited.steps);
                Step::Delimited(delimited)
            }
            Step::Cond(mut cond) => {
                cond.steps = coalesce(cond.steps);
                Step::Cond(cond)
            }
            Step::Match(mut dispatch) => {
                for arm in &mut dispatch.arms {
                    arm.steps = coalesce(std::mem::take(&mut arm.steps));
                }
                Step::Match(dispatch)
            }
            step @ (Step::Value(_)
            | Step::Length(_)
            | Step::Tag(_)
            | Step::Body(_)
            | Step::List(_)
            | Step::Items(_)
            | Step::Fill(_)
            | Step::Gap(_)
            | Step::Peek(_)
            | Step::Agree(_)
            | Step::Skip(_)) => step,
        };
        flush(&mut joined, &mut run);
        joined.push(step);
    }
    flush(&mut joined, &mut run);
    joined
}

fn flush<'a>(joined: &mut Vec<Step<'a>>, run: &mut Vec<Atom<'a>>) {
    if !run.is_empty() {
        joined.push(Step::Run(std::mem::take(run)));
    }
}
