//! The functions that the peers need to read from slices and to write into a `Vec`.

use std::io::Cursor;

use binrw::meta::{ReadEndian, WriteEndian};
use binrw::{BinRead, BinWrite};
use deku::{DekuError, DekuWriter, writer::Writer};

/// Writes a value into a buffer with deku.
pub(crate) fn deku_into<T: DekuWriter>(value: &T, out: &mut Vec<u8>) -> Result<(), DekuError> {
    let mut writer = Writer::new(Cursor::new(out));
    value.to_writer(&mut writer, ())?;
    writer.finalize()
}

/// Reads a value from the front of a slice with binrw.
pub(crate) fn binrw_read<T>(bytes: &[u8]) -> binrw::BinResult<T>
where
    T: ReadEndian + for<'a> BinRead<Args<'a> = ()>,
{
    T::read(&mut Cursor::new(bytes))
}

/// Writes a value into a buffer with binrw.
pub(crate) fn binrw_into<T>(value: &T, out: &mut Vec<u8>) -> binrw::BinResult<()>
where
    T: WriteEndian + for<'a> BinWrite<Args<'a> = ()>,
{
    value.write(&mut Cursor::new(out))
}

/// Writes a value into a new buffer with binrw.
pub(crate) fn binrw_new<T>(value: &T) -> binrw::BinResult<Vec<u8>>
where
    T: WriteEndian + for<'a> BinWrite<Args<'a> = ()>,
{
    let mut out = Cursor::new(Vec::new());
    value.write(&mut out)?;
    Ok(out.into_inner())
}
