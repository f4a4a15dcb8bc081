//! The cases that are measured: each is an operation of one implementation on one layout.
//!
//! Instructions and time are measured with the same loops. Before that, each loop is checked to
//! give the same results as the other implementations.

mod stream;

use std::fmt::{self, Debug};
use std::hint::black_box;

use self::stream::Next;
pub(crate) use self::stream::used;

/// The implementation that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// The empty loop. Its result is subtracted from the results of the other cases.
    Nothing,
    /// Code with slices, `from_be_bytes` and `extend_from_slice`, as somebody writes it who knows
    /// the layout and wants speed.
    ByHand,
    Framewright,
    Nom,
    #[cfg(feature = "peers")]
    NomDerive,
    #[cfg(feature = "peers")]
    Deku,
    #[cfg(feature = "peers")]
    Binrw,
    #[cfg(feature = "peers")]
    Zerocopy,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing",
            Self::ByHand => "by hand",
            Self::Framewright => "framewright",
            Self::Nom => "nom 8",
            #[cfg(feature = "peers")]
            Self::NomDerive => "nom-derive",
            #[cfg(feature = "peers")]
            Self::Deku => "deku",
            #[cfg(feature = "peers")]
            Self::Binrw => "binrw",
            #[cfg(feature = "peers")]
            Self::Zerocopy => "zerocopy",
        })
    }
}

/// The operation that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    /// Parses a value that borrows everything of variable length from the input.
    ParseBorrowed,
    /// Parses a value that owns everything. Dropping the value is included.
    ParseOwned,
    /// Encodes into a buffer that is cleared and used again.
    EncodeReused,
    /// Encodes into a new buffer. Dropping the buffer is included.
    EncodeNew,
    /// Parses like `ParseBorrowed`, in a loop into which the compiler may inline the parser, as in
    /// user code.
    ParseBorrowedInline,
    /// Parses like `ParseOwned`, in a loop into which the compiler may inline the parser.
    ParseOwnedInline,
    /// Encodes like `EncodeReused`, in a loop into which the compiler may inline the encoder.
    EncodeReusedInline,
    /// Reads frames through the framer, in pieces of this many bytes.
    Stream(usize),
    /// Reads one frame of this many bytes through the framer, byte by byte.
    Trickle(usize),
}

impl Operation {
    /// Returns the same operation in a loop into which the compiler may inline it.
    fn inline(self) -> Self {
        match self {
            Self::ParseBorrowed => Self::ParseBorrowedInline,
            Self::ParseOwned => Self::ParseOwnedInline,
            Self::EncodeReused => Self::EncodeReusedInline,
            other => other,
        }
    }

    /// Returns `true` if the compiler may inline the operation into its loop.
    pub(crate) fn is_inlined(self) -> bool {
        matches!(self, Self::ParseBorrowedInline | Self::ParseOwnedInline | Self::EncodeReusedInline)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ParseBorrowed => "parse borrowed",
            Self::ParseOwned => "parse owned",
            Self::EncodeReused => "encode, reused buffer",
            Self::EncodeNew => "encode, new buffer",
            Self::ParseBorrowedInline => "parse borrowed, inline",
            Self::ParseOwnedInline => "parse owned, inline",
            Self::EncodeReusedInline => "encode, reused, inline",
            Self::Stream(piece) => return f.pad(&format!("{piece}-byte pieces")),
            Self::Trickle(len) => return f.pad(&format!("one frame of {len} bytes")),
        })
    }
}

/// A loop that is measured.
pub(crate) struct Case {
    pub(crate) layout: &'static str,
    pub(crate) subject: Subject,
    pub(crate) operation: Operation,
    /// The number of frames in one iteration of the loop.
    pub(crate) frames: u32,
    /// The number of calls for each frame.
    pub(crate) calls: f64,
    /// The number of iterations in which instructions are counted.
    pub(crate) counted: u32,
    turns: Box<dyn Fn(u32)>,
    check: Box<dyn Fn()>,
}

impl Case {
    /// Returns the name of the case.
    pub(crate) fn name(&self) -> String {
        format!("{}, {}, {}", self.layout, self.subject, self.operation)
    }

    /// Runs `turns` iterations of the loop.
    pub(crate) fn run(&self, turns: u32) {
        (self.turns)(turns);
    }

    /// Checks that the case gives the same results as all implementations of the layout.
    ///
    /// # Panics
    /// Panics if a result differs.
    pub(crate) fn check(&self) {
        (self.check)();
    }
}

/// The cases of one layout.
///
/// `T` is the type for comparisons: the results of all implementations are converted to it.
pub(crate) struct Layout<T: 'static> {
    name: &'static str,
    samples: &'static [Sample<T>],
    cases: Vec<Case>,
}

/// A value and its bytes.
struct Sample<T> {
    value: T,
    bytes: Vec<u8>,
}

impl<T: Debug + PartialEq + 'static> Layout<T> {
    pub(crate) fn new(name: &'static str, samples: Vec<(T, Vec<u8>)>) -> Self {
        let samples = samples.into_iter().map(|(value, bytes)| Sample { value, bytes }).collect::<Vec<_>>();
        // The loops outlive this function, and borrowed values borrow from the samples, so the
        // samples are leaked.
        let mut layout = Self { name, samples: samples.leak(), cases: Vec::new() };
        layout.nothing();
        layout
    }

    pub(crate) fn into_cases(self) -> Vec<Case> {
        self.cases
    }

    /// Adds cases of the framer with these frames. `next` takes a frame from the framer.
    pub(crate) fn stream(&mut self, next: impl Next) {
        let frames = self.samples.iter().map(|sample| &*sample.bytes).collect::<Vec<_>>();
        self.cases.extend(stream::in_pieces(self.name, &frames, next));
    }

    /// Adds cases with a long frame, and with a frame of half its length, that arrive byte by byte.
    pub(crate) fn trickle(&mut self, long: [Vec<u8>; 2], next: impl Next) {
        self.cases.extend(long.into_iter().map(|frame| stream::trickle(self.name, frame, next)));
    }

    /// Adds a parser. `plain` converts its result to the value that is compared.
    pub(crate) fn parse<R, E: Debug>(
        &mut self,
        subject: Subject,
        operation: Operation,
        parser: impl Fn(&'static [u8]) -> Result<R, E> + Copy + 'static,
        plain: impl Fn(R) -> T + 'static,
    ) {
        let (name, samples) = (self.name, self.samples);
        let turns = move |turns| {
            for _ in 0..turns {
                for sample in samples {
                    match apart(parser, black_box(&*sample.bytes)) {
                        Ok(value) => _ = black_box(&value),
                        Err(_) => failed(),
                    }
                }
            }
        };
        let inline = move |turns| {
            for _ in 0..turns {
                for sample in samples {
                    match parser(black_box(&*sample.bytes)) {
                        Ok(value) => _ = black_box(&value),
                        Err(_) => failed(),
                    }
                }
            }
        };
        self.add(subject, operation.inline(), inline, || ());
        let check = move || {
            for sample in samples {
                let value =
                    parser(&sample.bytes).unwrap_or_else(|error| panic!("{name}, {subject}: {error:?}"));
                assert_eq!(plain(value), sample.value, "{name}, {subject}, {operation}");
                for end in 0..sample.bytes.len() {
                    let cut = sample.bytes.get(..end).unwrap_or_default();
                    assert!(
                        parser(cut).is_err(),
                        "{name}, {subject}, {operation}: takes {end} bytes for all"
                    );
                }
            }
        };
        self.add(subject, operation, turns, check);
    }

    /// Adds an encoder: `into` appends to a buffer, and `new` returns a new buffer. `of` converts a
    /// value to the implementation's own type.
    pub(crate) fn encode<V: 'static, E: Debug + 'static>(
        &mut self,
        subject: Subject,
        of: impl Fn(&T) -> V,
        into: impl Fn(&V, &mut Vec<u8>) -> Result<(), E> + Copy + 'static,
        new: impl Fn(&V) -> Result<Vec<u8>, E> + Copy + 'static,
    ) {
        let (name, samples) = (self.name, self.samples);
        let values = &*samples.iter().map(|sample| of(&sample.value)).collect::<Vec<_>>().leak();

        let turns = move |turns| {
            let mut buffer = Vec::with_capacity(BUFFER);
            for _ in 0..turns {
                for value in values {
                    buffer.clear();
                    match encode_apart(into, black_box(value), &mut buffer) {
                        Ok(()) => _ = black_box(&buffer),
                        Err(_) => failed(),
                    }
                }
            }
        };
        let check = move || {
            for (value, sample) in values.iter().zip(samples) {
                let mut buffer = Vec::new();
                into(value, &mut buffer).unwrap_or_else(|error| panic!("{name}, {subject}: {error:?}"));
                assert_eq!(buffer, sample.bytes, "{name}, {subject}, into a buffer");
            }
        };
        self.add(subject, Operation::EncodeReused, turns, check);

        let inline = move |turns| {
            let mut buffer = Vec::with_capacity(BUFFER);
            for _ in 0..turns {
                for value in values {
                    buffer.clear();
                    match into(black_box(value), &mut buffer) {
                        Ok(()) => _ = black_box(&buffer),
                        Err(_) => failed(),
                    }
                }
            }
        };
        self.add(subject, Operation::EncodeReusedInline, inline, || ());

        let turns = move |turns| {
            for _ in 0..turns {
                for value in values {
                    match apart(new, black_box(value)) {
                        Ok(bytes) => _ = black_box(&bytes),
                        Err(_) => failed(),
                    }
                }
            }
        };
        let check = move || {
            for (value, sample) in values.iter().zip(samples) {
                let bytes = new(value).unwrap_or_else(|error| panic!("{name}, {subject}: {error:?}"));
                assert_eq!(bytes, sample.bytes, "{name}, {subject}, a new buffer");
            }
        };
        self.add(subject, Operation::EncodeNew, turns, check);
    }

    /// Adds the empty loops.
    fn nothing(&mut self) {
        let samples = self.samples;
        let over_bytes = move |turns| {
            for _ in 0..turns {
                for sample in samples {
                    black_box(black_box(&*sample.bytes));
                }
            }
        };
        let over_values = move |turns| {
            let mut buffer = Vec::<u8>::with_capacity(BUFFER);
            for _ in 0..turns {
                for sample in samples {
                    buffer.clear();
                    black_box(&sample.value);
                    black_box(&buffer);
                }
            }
        };
        for operation in [Operation::ParseBorrowed, Operation::ParseOwned] {
            self.add(Subject::Nothing, operation, over_bytes, || ());
            self.add(Subject::Nothing, operation.inline(), over_bytes, || ());
        }
        self.add(Subject::Nothing, Operation::EncodeReused, over_values, || ());
        self.add(Subject::Nothing, Operation::EncodeReusedInline, over_values, || ());
        self.add(Subject::Nothing, Operation::EncodeNew, over_bytes, || ());
    }

    fn add(
        &mut self,
        subject: Subject,
        operation: Operation,
        turns: impl Fn(u32) + 'static,
        check: impl Fn() + 'static,
    ) {
        self.cases.push(Case {
            layout: self.name,
            subject,
            operation,
            frames: u32::try_from(self.samples.len()).expect("a handful of samples"),
            calls: 1.0,
            counted: 50,
            turns: Box::new(turns),
            check: Box::new(check),
        });
    }
}

/// The size of a buffer that holds the longest sample, so that a reused buffer never grows.
const BUFFER: usize = 64 * 1024;

/// Calls an operation in the same way for all implementations. The compiler can neither leave the
/// call out nor move it out of the loop.
#[inline(never)]
fn apart<A, R>(operation: impl Fn(A) -> R, argument: A) -> R {
    operation(argument)
}

/// Calls an operation like [`apart`], with a buffer.
#[inline(never)]
fn encode_apart<V, R>(operation: impl Fn(&V, &mut Vec<u8>) -> R, value: &V, buffer: &mut Vec<u8>) -> R {
    operation(value, buffer)
}

#[cold]
#[inline(never)]
fn failed() -> ! {
    panic!("an operation that was checked failed when it was measured")
}
