//! Removal of variables that a program does not need.

use alloc::vec::Vec;

use super::code::{Code, Stmt};

/// Removes positions that are not used, and reads values directly into the variables of their
/// fields.
pub(super) fn tidy(stmts: Vec<Stmt>) -> Vec<Stmt> {
    directly(used(stmts))
}

/// Counts how often a variable is used.
fn uses(stmts: &[Stmt], var: &Code) -> usize {
    let mut count = 0;
    let mut visit = |code: &Code| count += usize::from(code == var);
    stmts.iter().for_each(|stmt| stmt.each(&mut visit));
    count
}

/// Removes unused positions.
fn used(stmts: Vec<Stmt>) -> Vec<Stmt> {
    let mut used_vars = Vec::new();
    stmts.iter().for_each(|stmt| {
        stmt.each(&mut |code| {
            if let Code::Var(_) = code {
                used_vars.push(code.clone());
            }
        });
    });
    without(stmts, &|stmt| match stmt {
        Stmt::Let(var @ Code::Var(_), _, Code::Property(..)) => !used_vars.contains(var),
        _ => false,
    })
}

/// Removes the statements for which `is_left_out` is true.
fn without(stmts: Vec<Stmt>, is_left_out: &dyn Fn(&Stmt) -> bool) -> Vec<Stmt> {
    let inside = |stmt| match stmt {
        Stmt::If(condition, yes, no) => {
            Stmt::If(condition, without(yes, is_left_out), without(no, is_left_out))
        }
        stmt => stmt,
    };
    stmts.into_iter().filter(|stmt| !is_left_out(stmt)).map(inside).collect()
}

/// If a variable is used only to set the variable of a field, reads the value directly into the
/// field's variable.
fn directly(mut stmts: Vec<Stmt>) -> Vec<Stmt> {
    while let Some((taken, read)) = taken_over(&stmts) {
        let Stmt::Let(field, ..) = stmts.remove(taken) else { break };
        if let Some(Stmt::Let(var, ..)) = stmts.get_mut(read) {
            *var = field;
        }
    }
    let inside = |stmt| match stmt {
        Stmt::If(condition, yes, no) => Stmt::If(condition, directly(yes), directly(no)),
        stmt => stmt,
    };
    stmts.into_iter().map(inside).collect()
}

/// Returns the indices of two statements of this block: one that sets the variable of a field from
/// a variable, and the declaration of that variable.
fn taken_over(stmts: &[Stmt]) -> Option<(usize, usize)> {
    stmts.iter().enumerate().find_map(|(taken, stmt)| {
        let Stmt::Let(Code::Local(_), None, var @ Code::Var(_)) = stmt else { return None };
        let declares = |stmt: &Stmt| matches!(stmt, Stmt::Let(other, None, _) if other == var);
        let read = stmts.get(..taken)?.iter().rposition(declares)?;
        (uses(stmts, var) == 1).then_some((taken, read))
    })
}
