//! A zone: the records of all its names.

use std::collections::BTreeMap;

use crate::name::Key;
use crate::protocol::{Data, Name, Record};

pub const INTERNET: u16 = 1;

const CNAME: u16 = 5;

/// The kind in a question that asks for all records of a name.
const ANY: u16 = 255;

pub struct Zone {
    apex: Key,
    nothing: Record,
    names: BTreeMap<Key, Vec<Record>>,
}

/// The result of a lookup of the records of a name that have a given kind.
pub enum Found<'a> {
    Records(Vec<&'a Record>),
    /// The name is an alias: its CNAME record, and the name to look up instead.
    Alias(&'a Record, &'a Name),
    /// The name exists, but has no record of that kind.
    NoData,
    NoSuchName,
    /// The name is not in this zone.
    Elsewhere,
}

impl Zone {
    pub fn new(records: Vec<Record>) -> Result<Self, String> {
        let soa = records.iter().find(|record| matches!(record.data, Data::Soa(..)));
        let mut nothing = soa.ok_or("there is no SOA record")?.clone();
        let apex = nothing.name.key().ok_or("the SOA record has no name")?;
        if let Data::Soa(_, _, [.., minimum]) = nothing.data {
            nothing.time = nothing.time.min(minimum);
        }
        let mut names = BTreeMap::<Key, Vec<Record>>::new();
        for record in records {
            let key = record.name.key().filter(|key| key.starts_with(&apex));
            names.entry(key.ok_or("there are records outside of the zone")?).or_default().push(record);
        }
        Ok(Self { apex, nothing, names })
    }

    /// Returns the SOA record for negative answers. Its time is how long clients may cache them.
    pub fn nothing(&self) -> &Record {
        &self.nothing
    }

    pub fn find(&self, name: &Key, kind: u16) -> Found<'_> {
        if !name.starts_with(&self.apex) {
            return Found::Elsewhere;
        }
        let Some(records) = self.names.get(name) else {
            // A name without records exists if a name below it exists: `b.deep` exists because of
            // `a.b.deep`.
            let below = self.names.range(name.clone()..).next();
            let below = below.is_some_and(|(next, _)| next.starts_with(name));
            return if below { Found::NoData } else { Found::NoSuchName };
        };
        let asked: Vec<_> =
            records.iter().filter(|record| kind == ANY || record.data.kind() == kind).collect();
        if !asked.is_empty() {
            return Found::Records(asked);
        }
        let alias = records.iter().find_map(|record| match &record.data {
            Data::Cname(name) => Some(Found::Alias(record, name)),
            _ => None,
        });
        alias.unwrap_or(Found::NoData)
    }
}

impl Data {
    /// Returns the number of this kind of data.
    pub fn kind(&self) -> u16 {
        match self {
            Self::A(_) => 1,
            Self::Ns(_) => 2,
            Self::Cname(_) => CNAME,
            Self::Soa(..) => 6,
            Self::Mx(..) => 15,
            Self::Txt(_) => 16,
            Self::Aaaa(_) => 28,
            Self::Opt(_) => 41,
            Self::Other(kind, _) => *kind,
        }
    }
}
