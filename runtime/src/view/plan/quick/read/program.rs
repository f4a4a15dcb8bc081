//! Preparation of a slow-path program for its conversion to the fast path.

use alloc::string::String;
use alloc::vec::Vec;

use crate::view::plan::code::{Code, Stmt};

/// Collects the variables of a program.
pub(super) fn names(stmts: &[Stmt], taken: &mut Vec<String>) {
    for stmt in stmts {
        match stmt {
            Stmt::Let(Code::Var(name) | Code::Local(name), ..)
            | Stmt::Declare(Code::Var(name) | Code::Local(name), _) => taken.push(name.clone()),
            Stmt::ReadRun(_, run) => {
                for number in run {
                    taken.push(number.name.clone());
                }
            }
            Stmt::If(_, yes, no) => {
                names(yes, taken);
                names(no, taken);
            }
            _ => {}
        }
    }
}

/// Changes an `if` at the end of a frame: each branch returns its value instead of setting a
/// variable. Returns `None` if other statements follow.
pub(super) fn ending(choice: &Stmt, rest: &[Stmt]) -> Option<Stmt> {
    let Some((Stmt::Return(value), before)) = rest.split_last() else { return None };
    let leaves = |stmt: &Stmt| matches!(stmt, Stmt::Do(Code::On(_, "leave", _)));
    if before.iter().all(leaves) { returned(choice, value) } else { None }
}

fn returned(stmt: &Stmt, value: &Code) -> Option<Stmt> {
    let branch = |stmts: &[Stmt]| {
        let (last, before) = stmts.split_last()?;
        let last = match last {
            Stmt::Set(var, made) if var == value => Stmt::Return(made.clone()),
            Stmt::If(..) => returned(last, value)?,
            Stmt::Do(Code::On(_, "unknown", _)) => last.clone(),
            _ => return None,
        };
        Some([before, &[last]].concat())
    };
    let Stmt::If(condition, yes, no) = stmt else { return None };
    Some(Stmt::If(condition.clone(), branch(yes)?, branch(no)?))
}
