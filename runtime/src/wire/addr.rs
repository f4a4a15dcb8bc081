//! Internet addresses. They are in network order, whatever byte order the type declares.

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use nom::IResult;

use super::number::{fill, read_all_fixed, read_and_write_fixed, read_fixed, split};
use super::{Be, Fault, Fixed, Le, NoOrder, Read, Wire, Write};
use crate::error::{DecodeError, EncodeError};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

macro_rules! address {
    ($type:ty, $schema:expr, $bytes:literal: $($format:ty),*) => {$(
        impl Wire<$format> for $type {
            const MIN: usize = $bytes;
            const MAX: Option<usize> = Some($bytes);
            const TYPE: Type = $schema;
        }

        impl Fixed<$format> for $type {
            const SIZE: usize = $bytes;
            const ZERO: Self = <$type>::UNSPECIFIED;

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                Ok(Self::from(split::<$bytes>(run)))
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                fill(run, self.octets());
                Ok(())
            }
        }

        read_and_write_fixed!($type, $format);
    )*};
}

address!(Ipv4Addr, Type::Ipv4, 4: Be, Le, NoOrder);
address!(Ipv6Addr, Type::Ipv6, 16: Be, Le, NoOrder);
