//! Runs of numbers. Consecutive reads of numbers are joined to one call, and so are consecutive
//! writes.

use alloc::string::String;
use alloc::vec::Vec;

use super::code::{Code, Stmt};

/// A number of a run.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) struct Number {
    /// Name of the field, for the paths of errors.
    pub(in crate::view) name: String,
    /// Variable into which the number is read, or value that is written.
    pub(in crate::view) code: Code,
    /// Size of the number in bytes: 1, 2, 4 or 8.
    pub(in crate::view) bytes: usize,
    pub(in crate::view) signed: bool,
    pub(in crate::view) little: bool,
}

/// Joins the runs of a program.
pub(super) fn joined(stmts: Vec<Stmt>) -> Vec<Stmt> {
    let mut out = Vec::new();
    let mut stmts = stmts.into_iter().map(inside).peekable();
    while let Some(stmt) = stmts.next() {
        let second = stmts.peek();
        match second.and_then(|second| pair(&stmt, second)) {
            Some(number) => {
                add(&mut out, number);
                stmts.next();
            }
            None => out.push(stmt),
        }
    }
    out.into_iter().flat_map(alone).collect()
}

/// Joins the runs in the branches of a statement.
fn inside(stmt: Stmt) -> Stmt {
    match stmt {
        Stmt::If(condition, yes, no) => Stmt::If(condition, joined(yes), joined(no)),
        stmt => stmt,
    }
}

/// The reader or writer of a run.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Read(Code),
    Write(Code),
}

/// Returns the number that two statements read or write. The first statement names the field.
fn pair(first: &Stmt, second: &Stmt) -> Option<(Way, Number)> {
    let Stmt::Do(Code::On(of, "field", name)) = first else { return None };
    let [Code::Str(name)] = name.as_slice() else { return None };
    let (way, code, on) = match second {
        Stmt::Let(var @ Code::Local(_), None, Code::On(on, method, arguments)) => {
            (Way::Read((**on).clone()), var, (on, *method, arguments.as_slice()))
        }
        Stmt::Do(Code::On(on, method, arguments)) => {
            let (value @ Code::Member(me, _), rest) = arguments.split_first()? else { return None };
            if **me != Code::Me {
                return None;
            }
            (Way::Write((**on).clone()), value, (on, *method, rest))
        }
        _ => return None,
    };
    let (on, method, arguments) = on;
    let (size, little) = match arguments {
        [Code::Int(size)] => (*size, false),
        [Code::Int(size), Code::Str(order)] => (*size, order == "little"),
        _ => return None,
    };
    let is_big = method.ends_with("_big");
    let signed = match method {
        "uint" | "uint_big" => false,
        "sint" | "sint_big" => true,
        _ => return None,
    };
    let bytes = match (size, is_big) {
        (1, false) => 1,
        (2, false) => 2,
        (4, false) => 4,
        (8, _) => 8,
        _ => return None,
    };
    (of == on).then(|| (way, Number { name: name.clone(), code: code.clone(), bytes, signed, little }))
}

/// Adds a number to the run before it, or begins a new run.
fn add(out: &mut Vec<Stmt>, (way, number): (Way, Number)) {
    let fits = |run: &[Number]| {
        let mut orders = run.iter().filter(|each| each.bytes > 1).map(|each| each.little);
        number.bytes == 1 || orders.all(|little| little == number.little)
    };
    match (&way, out.last_mut()) {
        (Way::Read(of), Some(Stmt::ReadRun(from, run))) if of == from && fits(run) => run.push(number),
        (Way::Write(of), Some(Stmt::WriteRun(to, run))) if of == to && fits(run) => run.push(number),
        _ => out.push(match way {
            Way::Read(of) => Stmt::ReadRun(of, Vec::from([number])),
            Way::Write(of) => Stmt::WriteRun(of, Vec::from([number])),
        }),
    }
}

/// Turns a run of one number back into a single statement.
fn alone(stmt: Stmt) -> Vec<Stmt> {
    let (reads, of, number) = match &stmt {
        Stmt::ReadRun(of, run) => match run.as_slice() {
            [number] => (true, of, number),
            _ => return Vec::from([stmt]),
        },
        Stmt::WriteRun(of, run) => match run.as_slice() {
            [number] => (false, of, number),
            _ => return Vec::from([stmt]),
        },
        _ => return Vec::from([stmt]),
    };
    let method = match (number.signed, reads && number.bytes == 8) {
        (false, false) => "uint",
        (false, true) => "uint_big",
        (true, false) => "sint",
        (true, true) => "sint_big",
    };
    let mut arguments = Vec::from([Code::size(number.bytes)]);
    arguments.extend(number.little.then(|| Code::text("little")));
    let field = Stmt::Do(of.clone().on("field", [Code::Str(number.name.clone())]));
    let does = match reads {
        true => Stmt::Let(number.code.clone(), None, of.clone().on(method, arguments)),
        false => {
            arguments.insert(0, number.code.clone());
            Stmt::Do(of.clone().on(method, arguments))
        }
    };
    Vec::from([field, does])
}
