use framewright::Frame;

#[derive(Frame)]
#[frame(be)]
struct Wrong {
    size: u8,
    #[each(len_prefixed(u8))]
    #[len_prefixed]
    text: String,
    #[count_prefixed(u8)]
    #[each(count_of(size))]
    items: Vec<String>,
    #[count_prefixed(u8)]
    #[each(lenprefixed(u8))]
    misspelt: Vec<String>,
    #[count_prefixed(u8)]
    #[each]
    empty: Vec<String>,
    #[count_prefixed(u8)]
    #[each(len(sizze))]
    unknown: Vec<String>,
    #[count_prefixed(u8)]
    #[each(len(later))]
    early: Vec<String>,
    later: u8,
    #[count_prefixed(u8)]
    #[each(fixed(size))]
    constant: Vec<String>,
    #[count_prefixed(u8)]
    #[each(len(size), until(0))]
    twice: Vec<String>,
    #[count_prefixed(u8)]
    #[each(len(size))]
    number: Vec<u16>,
    #[count_prefixed(u8)]
    #[wire(u24)]
    #[each(wire(u24))]
    wires: Vec<u32>,
    #[count_prefixed(u8)]
    #[each(rest)]
    open: Vec<String>,
    #[count_prefixed(u8)]
    #[each(until = 0)]
    equals: Vec<String>,
    #[each(len_prefixed(u8))]
    endless: Vec<String>,
}

fn main() {}
