use framewright::Frame;

const STOP: &[u8] = b"\r";

#[derive(Frame)]
#[frame(be)]
struct Wrong {
    #[until(b"\r" | b"\r\n")]
    prefix: String,
    #[until(b"a" | b"")]
    empty: String,
    #[until(b"a", left, between)]
    both: String,
    #[until(b"a", between, optional)]
    twice: String,
    #[len_prefixed(u8)]
    #[fixed(4, until = "a")]
    text: String,
    #[fixed(4, until = b"a", lenient)]
    lenient: String,
    #[len(4, fill = 0)]
    fill: String,
    #[until(0, left)]
    items: Vec<u16>,
}

#[derive(Frame)]
#[frame(be, until(b"\r\n" | b"\r"))]
struct Whole(u8);

#[derive(Frame)]
#[frame(be, until(b"\r\n" | |_| true))]
struct Closure(u8);

#[derive(Frame)]
#[frame(be)]
struct Separated {
    #[separated(b" ")]
    #[count_prefixed(u8)]
    counted: Vec<String>,
    #[separated(b" ")]
    #[until(b" \r\n")]
    clash: Vec<String>,
    #[separated(b" ")]
    #[len_prefixed(u8)]
    text: String,
    #[separated]
    #[len_prefixed(u8)]
    empty: Vec<String>,
    #[separated(b" ")]
    #[each(len_prefixed(u8))]
    #[len_prefixed(u8)]
    twice: Vec<String>,
}

fn main() {}
