//! Arrays and tuples: a known number of consecutive values.

use alloc::vec::Vec;
use core::marker::PhantomData;

use nom::{IResult, Offset};

use super::list::{awaits, write_array};
use super::{ByteOrder, Each, Fixed, Format, Read, Wire, Write};
use crate::error::{DecodeError, EncodeError};
use crate::schema::{Endless, Type};
use crate::sink::{Mark, Sink};
use crate::source::Source;
use crate::support::{in_item, max_len_sum, max_len_times, open_array, open_tuple};

impl<F: Each, T: Wire<F>, const N: usize> Wire<F> for [T; N] {
    const MIN: usize = T::MIN.saturating_mul(N);
    const MAX: Option<usize> = max_len_times(T::MAX, N);
    const TYPE: Type = Type::Array(&T::TYPE, N);
    const OPEN: bool = open_array(T::OPEN, N);

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        self.iter().all(|item| item.nests_within(levels))
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        T::may_nest_deeper(levels)
    }
}

impl<F: Each, T: Fixed<F>, const N: usize> Fixed<F> for [T; N] {
    const SIZE: usize = T::SIZE * N;
    const ZERO: Self = [T::ZERO; N];

    #[inline(always)]
    fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
        let mut items = Self::ZERO;
        for (index, item) in items.iter_mut().enumerate() {
            *item = T::get(run).map_err(|error| error.in_item(index).after(index * T::SIZE))?;
        }
        Ok(items)
    }

    #[inline(always)]
    fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
        for (index, item) in self.into_iter().enumerate() {
            item.set(run).map_err(|error| error.in_item(index))?;
        }
        Ok(())
    }
}

impl<'a, F: Each, T: Read<'a, F>, const N: usize> Read<'a, F> for [T; N] {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        T::read_array(input, src)
    }
}

/// Reads an array item by item. The items are collected in a list that grows, so that a large `N`
/// takes no memory before its bytes have arrived.
pub(super) fn read_each<'a, T: Read<'a, F>, F, const N: usize>(
    input: &'a [u8],
    src: &Source<'a>,
) -> IResult<&'a [u8], [T; N], DecodeError> {
    let mut items = Vec::new();
    let mut rest = input;
    for index in 0..N {
        let (left, item) = T::read(rest, src).map_err(|error| {
            let error = in_item(error, index, input.offset(rest));
            awaits(error, src, input.offset(rest), Endless::Items(const { &T::TYPE }, N - index))
        })?;
        items.push(item);
        rest = left;
    }
    match items.try_into() {
        Ok(array) => Ok((rest, array)),
        Err(_) => Err(src.short(T::MIN.saturating_mul(N), input.len())),
    }
}

impl<F: Each, T: Write<F>, const N: usize> Write<F> for [T; N] {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        write_array(self, out)
    }

    #[inline]
    fn size(&self) -> usize {
        T::size_all(self)
    }
}

/// The format of an array of items in the format `F`, for formats that would otherwise take the
/// array as a whole.
#[derive(Debug)]
pub struct EachOf<F>(PhantomData<F>);

impl<F: Format> Format for EachOf<F> {
    const LIMIT: u128 = F::LIMIT;
}

impl<F, T: Wire<F>, const N: usize> Wire<EachOf<F>> for [T; N] {
    const MIN: usize = T::MIN.saturating_mul(N);
    const MAX: Option<usize> = max_len_times(T::MAX, N);
    const TYPE: Type = Type::Array(&T::TYPE, N);
    const OPEN: bool = open_array(T::OPEN, N);

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        self.iter().all(|item| item.nests_within(levels))
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        T::may_nest_deeper(levels)
    }
}

impl<'a, F, T: Read<'a, F>, const N: usize> Read<'a, EachOf<F>> for [T; N] {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        T::read_array(input, src)
    }
}

impl<F, T: Write<F>, const N: usize> Write<EachOf<F>> for [T; N] {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        write_array(self, out)
    }

    #[inline]
    fn size(&self) -> usize {
        T::size_all(self)
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),*) => {
        impl<F: ByteOrder, $($name: Wire<F>),*> Wire<F> for ($($name,)*) {
            const MIN: usize = 0usize $(.saturating_add($name::MIN))*;
            const MAX: Option<usize> = max_len_sum(&[$($name::MAX),*]);
            const TYPE: Type = Type::Tuple(&[$($name::TYPE),*]);
            const OPEN: bool = open_tuple(&[$($name::OPEN),*]);

            #[inline]
            fn nests_within(&self, levels: u16) -> bool {
                true $(&& self.$index.nests_within(levels))*
            }

            #[inline]
            fn may_nest_deeper(levels: u16) -> bool {
                false $(|| $name::may_nest_deeper(levels))*
            }
        }

        impl<F: ByteOrder, $($name: Fixed<F>),*> Fixed<F> for ($($name,)*) {
            const SIZE: usize = 0 $(+ $name::SIZE)*;
            const ZERO: Self = ($($name::ZERO,)*);

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let whole = *run;
                Ok(($({
                    let start = whole.offset(run);
                    $name::get(run).map_err(|error| error.in_field(stringify!($index)).after(start))?
                },)*))
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                $(self.$index.set(run).map_err(|error| error.in_field(stringify!($index)))?;)*
                Ok(())
            }
        }

        impl<'a, F: ByteOrder, $($name: Read<'a, F>),*> Read<'a, F> for ($($name,)*) {
            #[inline]
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                let mut rest = input;
                let value = ($({
                    let (left, value) = $name::read(rest, src)
                        .map_err(|error| error.map(|error| error.in_field(stringify!($index)).after(input.offset(rest))))?;
                    rest = left;
                    value
                },)*);
                Ok((rest, value))
            }
        }

        impl<F: ByteOrder, $($name: Write<F>),*> Write<F> for ($($name,)*) {
            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                // Values without frames are read from their bytes.
                let is_marked = S::RECORDS && const { <Self as Wire<F>>::TYPE.holds_frames() };
                $(
                    if is_marked {
                        out.mark(Mark::Item($index));
                    }
                    self.$index.write(out).map_err(|error| error.in_field(stringify!($index)))?;
                    if is_marked {
                        out.mark(Mark::Leave);
                    }
                )*
                Ok(())
            }

            #[inline]
            fn size(&self) -> usize {
                0usize $(.saturating_add(self.$index.size()))*
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10);
tuple!(A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9, L 10, M 11);

impl<F: ByteOrder> Wire<F> for () {
    const MIN: usize = 0;
    const MAX: Option<usize> = Some(0);
    const TYPE: Type = Type::Unit;
}

impl<'a, F: ByteOrder> Read<'a, F> for () {
    #[inline]
    fn read(input: &'a [u8], _: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        Ok((input, ()))
    }
}

impl<F: ByteOrder> Write<F> for () {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, _: &mut S) -> Result<(), EncodeError> {
        Ok(())
    }

    #[inline]
    fn size(&self) -> usize {
        0
    }
}
