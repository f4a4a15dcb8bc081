use framewright::prelude::*;

#[derive(Frame)]
struct Lead {
    #[lead]
    bare: Option<u8>,
    #[lead(b"")]
    empty: Option<u8>,
    #[lead(b":" | b";")]
    several: Option<u8>,
    #[lead(":")]
    text: Option<u8>,
    #[lead(b":")]
    always: u8,
    #[lead(b":")]
    #[when(always > 1)]
    both: Option<u8>,
    #[lead(b":")]
    #[pad(2)]
    auto: Auto,
    #[lead(always)]
    field: Option<u8>,
}

#[derive(Frame)]
struct Open {
    #[lead(b":")]
    last: Option<u8>,
}

#[derive(Frame)]
struct Around {
    open: Open,
    behind: u8,
}

#[derive(Frame)]
struct MayEndBefore {
    count: u8,
    #[lead(b":")]
    led: Option<u8>,
    #[count(count)]
    list: Vec<u8>,
}

#[derive(Frame)]
struct AroundIt {
    may_end: MayEndBefore,
    behind: u8,
}

fn main() {}
